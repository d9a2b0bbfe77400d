//! What a live database holds beyond what the schema language can say: it is told by `db pull`, never compared and never
//! created.

use super::Column;

/// A view.
#[derive(Debug, Clone)]
pub struct View {
    /// Schema it is in.
    pub namespace: Option<String>,
    /// Name in the database.
    pub name: String,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Its query, where the server shows it.
    pub definition: Option<String>,
}

/// Something beside tables and views.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Schema it is in.
    pub namespace: Option<String>,
    /// Name in the database.
    pub name: String,
    /// What it is.
    pub kind: OtherKind,
}

/// Kinds of [`Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OtherKind {
    /// PostgreSQL: a materialized view.
    MaterializedView,
    /// PostgreSQL: a table of another server.
    ForeignTable,
    /// SQLite: a table that a module makes up.
    VirtualTable,
}

/// Something about a table that its columns, keys and indexes do not say. Names are those in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// A comment on the table, or on a column of it.
    Comment {
        /// The column; none for the table itself.
        column: Option<String>,
    },
    /// A check constraint.
    Check {
        /// Name, or the condition where it has none.
        name: String,
    },
    /// PostgreSQL: an exclusion constraint.
    Exclusion {
        /// Name.
        name: String,
    },
    /// An index with an expression among its columns: it is left out of [`Table::indexes`](super::Table::indexes).
    ExpressionIndex {
        /// Name.
        name: String,
    },
    /// MySQL: an index of a kind that cannot be declared, left out as well.
    SpatialIndex {
        /// Name.
        name: String,
    },
    /// PostgreSQL: a unique index that counts NULLs as equal, or has an operator class of its own, or an index
    /// that carries further columns along.
    IndexDetail {
        /// Name of the index.
        name: String,
        /// What it is, as SQL writes it.
        detail: String,
    },
    /// Something a column declaration says that a field cannot: a collation, a counter that cannot be overridden, a time
    /// that follows every change.
    ColumnDetail {
        /// The column.
        column: String,
        /// What it is, as SQL writes it.
        detail: String,
    },
    /// PostgreSQL: an index column whose NULLs do not stand where they do by default.
    NullOrder {
        /// Name of the index.
        index: String,
        /// The column.
        column: String,
    },
    /// PostgreSQL: a constraint that may be checked late.
    Deferrable {
        /// Name.
        name: String,
    },
    /// The table is divided into partitions.
    Partitioned,
    /// PostgreSQL: other tables inherit from it.
    Inherited,
    /// PostgreSQL: rows are shown by policy.
    RowSecurity,
    /// CockroachDB: rows end by themselves.
    RowTimeToLive,
    /// A trigger.
    Trigger {
        /// Name.
        name: String,
    },
    /// A generated column that is no field, since the server would refuse it as a plain one.
    GeneratedColumn {
        /// Name.
        name: String,
    },
}
