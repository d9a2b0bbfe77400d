//! The structure of a database in its canonical form: what comes out of a schema and out of a live database alike, so
//! that two catalogs can be compared part by part.
//!
//! Order is kept (a schema's declaration order, a database's name order) because scripts follow it; comparison pairs
//! things by name. This module knows no SQL text beyond type names and reads no database.

mod beyond;

use std::borrow::Cow;
use std::collections::HashMap;

use nicol_db::Dialect;
pub use nicol_schema::schema::{IndexKind, ReferentialAction, SortOrder};

pub use self::beyond::{Other, OtherKind, Remark, View};
pub use crate::cockroach::types::CockroachType;
pub use crate::mysql::types::MysqlType;
pub use crate::names::{EnumName, FieldName, ModelName, Names};
pub use crate::postgres::types::PostgresType;
pub use crate::sqlite::types::SqliteType;

/// A database's structure.
#[derive(Debug, Clone)]
pub struct Catalog {
    /// Which rules hold.
    pub dialect: Dialect,
    /// PostgreSQL schemas that exist (live) or are listed (from a schema). Empty on dialects without them.
    pub namespaces: Vec<String>,
    /// PostgreSQL extensions; none when the source of the catalog does not speak about them.
    pub extensions: Option<Vec<Extension>>,
    /// True when indexes' predicates are meant: always in a live database, in a schema only with the preview feature.
    pub speaks_of_predicates: bool,
    /// Enum types (PostgreSQL, CockroachDB).
    pub enums: Vec<Enum>,
    /// True when the server takes the names of tables in any case (`lower_case_table_names` of MySQL and MariaDB), and so
    /// tells them otherwise than they were written.
    pub folds_table_names: bool,
    /// Tables.
    pub tables: Vec<Table>,
    /// Views, known only where [`introspect_whole`](crate::introspect_whole) read the database. Never compared.
    pub views: Vec<View>,
    /// What stands beside tables and views, known as the views are. Never compared.
    pub others: Vec<Other>,
    /// What the schema it was made from calls these things. Never compared.
    pub names: Option<Names>,
}

impl Catalog {
    /// A catalog with nothing in it, not even the `public` schema of PostgreSQL.
    pub fn empty(dialect: Dialect) -> Catalog {
        Catalog {
            dialect,
            namespaces: Vec::new(),
            extensions: None,
            speaks_of_predicates: true,
            enums: Vec::new(),
            folds_table_names: false,
            tables: Vec::new(),
            views: Vec::new(),
            others: Vec::new(),
            names: None,
        }
    }

    /// The catalog of a database just made: like [`Catalog::empty`], but with the schema that PostgreSQL starts with.
    /// A first migration is written against this one.
    pub fn fresh(dialect: Dialect) -> Catalog {
        let mut catalog = Catalog::empty(dialect);
        if dialect.is_postgres_family() {
            catalog.namespaces.push(PUBLIC.to_owned());
        }
        catalog
    }

    /// The same with every table spelled as in another catalog, where the server does not keep the spelling itself.
    pub fn spelled_as<'a>(&'a self, other: &Catalog) -> Cow<'a, Catalog> {
        if !self.folds_table_names || other.folds_table_names {
            return Cow::Borrowed(self);
        }
        let spellings: HashMap<String, &str> =
            other.tables.iter().map(|table| (table.name.to_lowercase(), table.name.as_str())).collect();
        let spell = |name: &mut String| {
            if let Some(spelling) = spellings.get(&name.to_lowercase()) {
                (*spelling).clone_into(name);
            }
        };
        let mut spelled = self.clone();
        for table in &mut spelled.tables {
            spell(&mut table.name);
            table.foreign_keys.iter_mut().for_each(|key| spell(&mut key.referenced_table));
        }
        Cow::Owned(spelled)
    }

    /// True when there is no table and no enum.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.enums.is_empty()
    }

    /// The PostgreSQL schemas that a table or an enum is in, in name order.
    pub fn used_namespaces(&self) -> Vec<String> {
        if !self.dialect.is_postgres_family() {
            return Vec::new();
        }
        let tables = self.tables.iter().map(|table| &table.namespace);
        let all = tables.chain(self.enums.iter().map(|enumeration| &enumeration.namespace));
        let mut all: Vec<String> = all.map(|name| name.clone().unwrap_or_else(|| PUBLIC.to_owned())).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Forgets the schemas that are only listed. A schema is made when the first thing in it is, so a catalog that stands
    /// for what migrations have made so far must not count the others as there.
    pub fn forget_unused_namespaces(&mut self) {
        self.namespaces = self.used_namespaces();
        if self.dialect.is_postgres_family() && !self.namespaces.iter().any(|name| name == PUBLIC) {
            self.namespaces.push(PUBLIC.to_owned());
        }
    }

    /// The table of a name; namespaces are compared as [`same_namespace`] does.
    pub fn table(&self, namespace: Option<&str>, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name && same_namespace(table.namespace.as_deref(), namespace))
    }
}

/// The schema PostgreSQL puts things into when none is named.
pub(crate) const PUBLIC: &str = "public";

/// Compares namespaces: none is the connection's own schema, `public` unless the URL says otherwise.
pub fn same_namespace(a: Option<&str>, b: Option<&str>) -> bool {
    a.unwrap_or(PUBLIC) == b.unwrap_or(PUBLIC)
}

/// A PostgreSQL extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Name in the database.
    pub name: String,
    /// Schema it is in, when known or wanted.
    pub namespace: Option<String>,
    /// Version, when known or wanted.
    pub version: Option<String>,
    /// True when its schema can be changed in place (known of live databases only).
    pub is_relocatable: bool,
}

/// An enum type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// Schema it is in.
    pub namespace: Option<String>,
    /// Name in the database.
    pub name: String,
    /// Values in order, by their database names.
    pub values: Vec<String>,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Schema it is in.
    pub namespace: Option<String>,
    /// Name in the database.
    pub name: String,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Primary key.
    pub primary_key: Option<PrimaryKey>,
    /// Unique and other indexes, the primary key's own left out.
    pub indexes: Vec<Index>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Conditions that `@nicol.check` says. Others that a database has are nobody's business here.
    pub checks: Vec<Check>,
    /// Rows are only ever added, as `@nicol.appendOnly` says: triggers refuse the rest.
    pub is_append_only: bool,
    /// What the schema language has no word for, known as [`Catalog::views`] are. Never compared.
    pub remarks: Vec<Remark>,
}

impl Table {
    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column of a name, and its place.
    pub(crate) fn column_index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// True when the column is in the primary key.
    pub fn is_in_primary_key(&self, column: &str) -> bool {
        self.primary_key.as_ref().is_some_and(|key| key.columns.iter().any(|part| part.name == column))
    }

    /// True when the column alone is the primary key.
    pub fn is_whole_primary_key(&self, column: &str) -> bool {
        self.primary_key.as_ref().is_some_and(|key| key.columns.len() == 1 && key.columns[0].name == column)
    }

    /// True for the table behind an implicit many-to-many relation: two columns, `A` and `B`.
    pub(crate) fn is_join_table(&self) -> bool {
        self.columns.len() == 2 && self.column("A").is_some() && self.column("B").is_some()
    }
}

/// How many values a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// NOT NULL.
    Required,
    /// May be NULL.
    Nullable,
    /// An array. Never NOT NULL in what nicol creates; whether NULL is allowed is not compared.
    List,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name in the database.
    pub name: String,
    /// Type.
    pub ty: ColumnType,
    /// Arity.
    pub arity: Arity,
    /// Default, the counters of [`Column::auto_increment`] and [`Column::identity`] left out.
    pub default: Option<Default>,
    /// The default as the server prints it, known of live databases only. Not compared.
    pub default_text: Option<String>,
    /// The expression that a generated column is computed from, known of live databases only. Its default is
    /// [`Default::Unknown`].
    pub generated: Option<String>,
    /// Counted up by the database: `SERIAL`, `AUTO_INCREMENT`, SQLite's integer key.
    pub auto_increment: bool,
    /// PostgreSQL: name of the sequence behind `auto_increment`, known of live databases only.
    pub sequence: Option<String>,
    /// CockroachDB: options of `GENERATED BY DEFAULT AS IDENTITY`.
    pub identity: Option<Identity>,
    /// True when the client fills in a value that the database knows nothing of (`uuid()` and the like). Not compared.
    pub has_client_default: bool,
}

impl Column {
    /// The column with the default it has had, where only the database knows which: for statements that say the whole
    /// definition again.
    pub(crate) fn with_known_default(&self, before: &Column) -> Column {
        let mut column = self.clone();
        if column.default == Some(Default::Unknown) {
            column.default.clone_from(&before.default);
        }
        column
    }
}

/// Options of an identity column, each none where the database decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are SQL's own")]
pub struct Identity {
    pub increment: Option<i64>,
    pub min_value: Option<i64>,
    pub max_value: Option<i64>,
    pub start: Option<i64>,
    pub cache: Option<i64>,
    pub is_virtual: bool,
}

/// A column's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnType {
    /// A type of SQLite.
    Sqlite(SqliteType),
    /// A type of PostgreSQL.
    Postgres(PostgresType),
    /// A type of CockroachDB.
    Cockroach(CockroachType),
    /// A type of MySQL or MariaDB, enums included.
    Mysql(MysqlType),
    /// An enum type of PostgreSQL or CockroachDB.
    Enum {
        /// Schema it is in.
        namespace: Option<String>,
        /// Name in the database.
        name: String,
    },
    /// A type the schema language has no name for, as text.
    Unsupported(String),
}

impl ColumnType {
    /// Whether two types are one and the same to the server. Unsupported types count as the same: their text has too
    /// many spellings to be compared.
    pub fn is_same(&self, other: &ColumnType) -> bool {
        match (self, other) {
            (ColumnType::Sqlite(a), ColumnType::Sqlite(b)) => a == b,
            (ColumnType::Postgres(a), ColumnType::Postgres(b)) => a.is_same(b),
            (ColumnType::Cockroach(a), ColumnType::Cockroach(b)) => a.is_same(b),
            (ColumnType::Mysql(a), ColumnType::Mysql(b)) => a.is_same(b),
            (ColumnType::Enum { namespace: a_in, name: a }, ColumnType::Enum { namespace: b_in, name: b }) => {
                a == b && same_namespace(a_in.as_deref(), b_in.as_deref())
            }
            (ColumnType::Unsupported(_), ColumnType::Unsupported(_)) => true,
            (
                ColumnType::Sqlite(_)
                | ColumnType::Postgres(_)
                | ColumnType::Cockroach(_)
                | ColumnType::Mysql(_)
                | ColumnType::Enum { .. }
                | ColumnType::Unsupported(_),
                _,
            ) => false,
        }
    }
}

/// A column's default.
#[derive(Debug, Clone, PartialEq)]
pub enum Default {
    /// A constant.
    Literal(Literal),
    /// The current time.
    Now,
    /// CockroachDB's `unique_rowid()`.
    UniqueRowid,
    /// An expression, as text.
    Expression(String),
    /// `dbgenerated()` without text: there is some default, the database knows which. Nothing changes where it comes;
    /// where it goes, what takes its place is written.
    Unknown,
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Text.
    Text(String),
    /// A number as written.
    Number(String),
    /// A boolean.
    Boolean(bool),
    /// An enum value, by its database name.
    Enum(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A point in time as written.
    DateTime(String),
    /// JSON text.
    Json(String),
    /// A list.
    List(Vec<Literal>),
}

/// A primary key.
#[derive(Debug, Clone, PartialEq)]
pub struct PrimaryKey {
    /// Constraint name; none on SQLite and MySQL, where keys have no name.
    pub name: Option<String>,
    /// Columns in order.
    pub columns: Vec<IndexColumn>,
}

/// An index.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Name.
    pub name: String,
    /// Unique, plain or fulltext.
    pub kind: IndexKind,
    /// Columns in order.
    pub columns: Vec<IndexColumn>,
    /// Access method of PostgreSQL and CockroachDB; none is the B-tree.
    pub algorithm: Option<IndexAlgorithm>,
    /// Condition of a partial index.
    pub predicate: Option<String>,
    /// MySQL: made by the server because a foreign key needs it. Never created by a script.
    pub is_implied: bool,
    /// It belongs to a UNIQUE constraint and goes only with that (known of live databases only).
    pub is_of_constraint: bool,
}

/// Access methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are PostgreSQL's own")]
pub enum IndexAlgorithm {
    Hash,
    Gist,
    Gin,
    SpGist,
    Brin,
}

/// A column in an index or key.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexColumn {
    /// Column name.
    pub name: String,
    /// Direction when written.
    pub sort: Option<SortOrder>,
    /// MySQL: prefix length.
    pub length: Option<u32>,
    /// PostgreSQL: operator class.
    pub operator_class: Option<OperatorClass>,
}

impl IndexColumn {
    /// A column without anything further.
    pub(crate) fn plain(name: impl Into<String>) -> IndexColumn {
        IndexColumn { name: name.into(), sort: None, length: None, operator_class: None }
    }
}

/// An operator class of an index column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorClass {
    /// Name in the database.
    pub name: String,
    /// True when the server would choose it by itself.
    pub is_default: bool,
}

/// A condition that every row keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Constraint name. It ends in a mark of the expression, since servers print expressions in their own way.
    pub name: String,
    /// The condition, as SQL.
    pub expression: String,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignKey {
    /// Constraint name; none when read from SQLite.
    pub name: Option<String>,
    /// Columns of this table.
    pub columns: Vec<String>,
    /// Schema of the table referred to.
    pub referenced_namespace: Option<String>,
    /// Table referred to.
    pub referenced_table: String,
    /// Its columns.
    pub referenced_columns: Vec<String>,
    /// What happens to rows here when the row there goes.
    pub on_delete: ReferentialAction,
    /// What happens when its key changes.
    pub on_update: ReferentialAction,
}
