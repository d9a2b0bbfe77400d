//! What generated code says about tables: plain constants, the only thing the runtime knows of a schema.
//!
//! Columns and relations are named by their index in [`TableMeta::columns`] and [`TableMeta::relations`].

use crate::Table;

/// A model and its table.
#[derive(Debug)]
pub struct TableMeta {
    /// Name of the model in the schema.
    pub model: &'static str,
    /// Name of the table in the database.
    pub table: &'static str,
    /// Database schema (`@@schema`); none uses the connection's.
    pub schema: Option<&'static str>,
    /// Columns in the order of the model's fields.
    pub columns: &'static [ColumnMeta],
    /// Columns that identify a row: the primary key, else the first required unique key. Empty for views without one.
    pub key: &'static [u16],
    /// The primary key and unique indexes, for naming the fields of a constraint error.
    pub uniques: &'static [UniqueMeta],
    /// Relations in the order of the model's fields.
    pub relations: &'static [RelationMeta],
}

/// The metadata of `M`, as a function: relations between tables may be circular, constants may not.
pub fn of<M: Table>() -> &'static TableMeta {
    M::META
}

impl TableMeta {
    /// The column at an index.
    pub(crate) fn column(&self, index: u16) -> &'static ColumnMeta {
        &self.columns[usize::from(index)]
    }

    /// The relation at an index.
    pub(crate) fn relation(&self, index: u16) -> &'static RelationMeta {
        &self.relations[usize::from(index)]
    }
}

/// A column.
#[derive(Debug)]
pub struct ColumnMeta {
    /// Name of the field in the schema.
    pub field: &'static str,
    /// Name of the column in the database.
    pub column: &'static str,
    /// Type of one value.
    pub kind: Kind,
    /// True for `T[]`.
    pub is_list: bool,
    /// True for `T?`.
    pub is_nullable: bool,
    /// Where a value comes from when none is given.
    pub default: Default,
    /// `@updatedAt`
    pub is_updated_at: bool,
}

impl ColumnMeta {
    /// A required column without default.
    pub const fn new(field: &'static str, column: &'static str, kind: Kind) -> Self {
        let default = Default::None;
        ColumnMeta { field, column, kind, is_list: false, is_nullable: false, default, is_updated_at: false }
    }

    /// The same column, with another name in the database.
    #[must_use]
    pub const fn named(mut self, column: &'static str) -> Self {
        self.column = column;
        self
    }

    /// The same column, `T?`.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.is_nullable = true;
        self
    }

    /// The same column, `T[]`.
    #[must_use]
    pub const fn list(mut self) -> Self {
        self.is_list = true;
        self
    }

    /// The same column with a default.
    #[must_use]
    pub const fn default(mut self, default: Default) -> Self {
        self.default = default;
        self
    }

    /// The same column with `@updatedAt`.
    #[must_use]
    pub const fn updated_at(mut self) -> Self {
        self.is_updated_at = true;
        self
    }
}

/// A required column without default, with the field's name in the database.
pub const fn column(field: &'static str, kind: Kind) -> ColumnMeta {
    ColumnMeta::new(field, field, kind)
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the schema language's own")]
pub enum Kind {
    Int,
    BigInt,
    Float,
    Decimal,
    Boolean,
    String,
    DateTime,
    Bytes,
    Json,
    Enum,
}

/// Where the value of a column comes from when a new row gives none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// Nowhere: the row must give one (or it is NULL, or an empty list).
    None,
    /// The database: a literal, `dbgenerated()`, `sequence()`.
    Database,
    /// A document or a list, as JSON. The client gives it: MySQL and MariaDB have no such defaults.
    Json(&'static str),
    /// A text of a type that has no defaults on MySQL. The client gives it.
    Text(&'static str),
    /// The database: `autoincrement()`.
    Autoincrement,
    /// `now()`
    Now,
    /// `cuid()`
    Cuid,
    /// `cuid(2)`
    Cuid2,
    /// `uuid()`, `uuid(4)`
    Uuid4,
    /// `uuid(7)`
    Uuid7,
    /// `ulid()`
    Ulid,
    /// `nanoid(length)`
    Nanoid(u32),
}

/// The primary key or a unique index.
#[derive(Debug)]
pub struct UniqueMeta {
    /// Name of the constraint or index in the database.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [u16],
}

/// One side of a relation.
#[derive(Debug)]
pub struct RelationMeta {
    /// Name of the field in the schema.
    pub field: &'static str,
    /// The table on the other side; see [`of`].
    pub target: fn() -> &'static TableMeta,
    /// True when the other side may hold any number of rows.
    pub is_many: bool,
    /// How rows find each other.
    pub link: Link,
}

/// How rows of two tables belong together.
#[derive(Debug)]
pub enum Link {
    /// This table has the foreign key: `columns` here equal `references` there.
    Owner {
        /// Columns of this table.
        columns: &'static [u16],
        /// Columns of the other table.
        references: &'static [u16],
    },
    /// The other table has the foreign key: `columns` there equal `references` here.
    Owned {
        /// Columns of this table.
        references: &'static [u16],
        /// Columns of the other table.
        columns: &'static [u16],
    },
    /// A join table of an implicit many-to-many relation.
    Join {
        /// Its name.
        table: &'static str,
        /// Its database schema.
        schema: Option<&'static str>,
        /// Key column of this table, and the join table's column that refers to it.
        here: (u16, &'static str),
        /// Key column of the other table, and the join table's column that refers to it.
        there: (u16, &'static str),
    },
}

/// See [`Link::Owner`].
pub const fn owner(columns: &'static [u16], references: &'static [u16]) -> Link {
    Link::Owner { columns, references }
}

/// See [`Link::Owned`].
pub const fn owned(references: &'static [u16], columns: &'static [u16]) -> Link {
    Link::Owned { references, columns }
}

/// See [`Link::Join`].
pub const fn join(
    schema: Option<&'static str>,
    table: &'static str,
    here: (u16, &'static str),
    there: (u16, &'static str),
) -> Link {
    Link::Join { table, schema, here, there }
}
