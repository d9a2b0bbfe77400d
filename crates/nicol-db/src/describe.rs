//! What a statement asks for and gives, as the server tells it without running it.
//!
//! **In**: the text of one statement. **Out**: a [`Description`]. A column counts as one that is never NULL only where that is
//! certain: PostgreSQL and SQLite know of tables' columns, but not what an outer join does to them, so that is found out here;
//! MySQL and MariaDB tell it themselves.

/// A statement as the server describes it; see [`Connection::describe`](crate::Connection::describe).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// Its parameters, in the order in which values are given.
    pub parameters: Vec<Parameter>,
    /// The columns of its rows; none for a statement that gives no rows.
    pub columns: Vec<ResultColumn>,
}

/// A parameter of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its placeholder, where that has a name: SQLite's `:name`, `@name`, `$1`, `?1`.
    pub name: Option<String>,
    /// The type that the server found for it; none where it takes any value (SQLite, MariaDB).
    pub kind: Option<Kind>,
}

/// A column of a statement's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultColumn {
    /// Its name or alias.
    pub name: String,
    /// Its type; none where the server knows none (an expression on SQLite).
    pub kind: Option<Kind>,
    /// Whether it may be NULL; true also where nobody knows.
    pub is_nullable: bool,
    /// The column of a table or view that it shows as it is.
    pub origin: Option<Origin>,
}

/// A column of a table or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The schema (PostgreSQL).
    pub schema: Option<String>,
    /// The table or view.
    pub table: String,
    /// The column.
    pub column: String,
}

/// What kind of value a parameter or column holds: a [`Value`](crate::Value) without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Boolean.
    Bool,
    /// Integer of at most 32 bits.
    Int,
    /// Integer of more.
    BigInt,
    /// Float.
    Float,
    /// Exact decimal.
    Decimal,
    /// Text, and types that are read as text: UUID, network addresses, intervals.
    Text,
    /// Bytes.
    Bytes,
    /// JSON.
    Json,
    /// Instant, date or time.
    DateTime,
    /// Enum type (PostgreSQL).
    Enum {
        /// Its schema.
        schema: String,
        /// Its name.
        name: String,
    },
    /// Array (PostgreSQL).
    List(Box<Kind>),
    /// A type that has no reading here, by the server's name.
    Other(String),
}
