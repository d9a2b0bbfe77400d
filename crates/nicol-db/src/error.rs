//! Errors of the database layer.
//!
//! **In**: a P-code and words, or a driver's own error (see [`crate::codes`] for the tables). **Out**: one opaque type that
//! carries Prisma's code, the database's own code, and what the server said about the constraint, table or column.
//! No error ever holds a password: connection texts are never put into messages, and [`crate::ConnectionUrl`] masks itself.

use std::fmt;

use crate::codes;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What a violated constraint is known by; databases differ in what they tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// Name of the index or constraint (PostgreSQL, MySQL).
    Index(String),
    /// Column names (SQLite; not-null violations everywhere).
    Fields(Vec<String>),
    /// A foreign key, with its name where the database tells it.
    ForeignKey(Option<String>),
}

/// An error with a stable code.
pub struct Error(Box<Inner>);

struct Inner {
    code: &'static str,
    message: String,
    native_code: Option<String>,
    constraint: Option<Constraint>,
    table: Option<String>,
    column: Option<String>,
    position: Option<usize>,
    connection_lost: bool,
    outcome_unknown: bool,
}

impl Error {
    /// An error from its P-code and words. The message must not hold a secret.
    pub fn new(code: &'static str, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            code,
            message: message.into(),
            native_code: None,
            constraint: None,
            table: None,
            column: None,
            position: None,
            connection_lost: false,
            outcome_unknown: false,
        }))
    }

    /// The P-code, such as `P2002`.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The database's own code: a SQLSTATE, a MySQL error number, or an extended SQLite result code.
    pub fn native_code(&self) -> Option<&str> {
        self.0.native_code.as_deref()
    }

    /// What happened, in words; never holds a password.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The constraint a write ran into.
    pub fn constraint(&self) -> Option<&Constraint> {
        self.0.constraint.as_ref()
    }

    /// The table the database named.
    pub fn table(&self) -> Option<&str> {
        self.0.table.as_deref()
    }

    /// The column the database named.
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// Byte offset of the failing place in the statement or script, where it is known.
    pub fn position(&self) -> Option<usize> {
        self.0.position
    }

    /// True when the whole transaction may be run again: serialization failure, deadlock, or a lock that was busy.
    pub fn is_retryable(&self) -> bool {
        let native = self.native_code().unwrap_or_default();
        let is_lock = self.0.code == "P1008" && codes::LOCK_WAITS.contains(&native);
        (self.0.code == "P2034" || is_lock) && !self.0.outcome_unknown
    }

    /// True when the connection cannot be used any more.
    pub fn is_connection_lost(&self) -> bool {
        self.0.connection_lost
    }

    /// True when the connection was lost during COMMIT, or during a statement that writes outside a transaction: it may or may
    /// not have been carried out.
    pub fn outcome_unknown(&self) -> bool {
        self.0.outcome_unknown
    }

    pub(crate) fn with_native_code(mut self, native: impl Into<String>) -> Error {
        self.0.native_code = Some(native.into());
        self
    }

    pub(crate) fn with_constraint(mut self, constraint: Option<Constraint>) -> Error {
        self.0.constraint = constraint;
        self
    }

    pub(crate) fn with_table(mut self, table: Option<String>) -> Error {
        self.0.table = table;
        self
    }

    pub(crate) fn with_column(mut self, column: Option<String>) -> Error {
        self.0.column = column;
        self
    }

    pub(crate) fn with_position(mut self, position: Option<usize>) -> Error {
        self.0.position = position;
        self
    }

    pub(crate) fn lost(mut self) -> Error {
        self.0.connection_lost = true;
        self
    }

    /// Marks the error of a COMMIT during which the connection broke.
    pub(crate) fn with_unknown_outcome(mut self) -> Error {
        self.0.outcome_unknown = true;
        self.0.message.push_str("; the connection broke during COMMIT, so the transaction may or may not be committed");
        self
    }

    /// Marks the error of a statement outside a transaction whose answer did not come.
    pub(crate) fn with_unanswered_statement(mut self) -> Error {
        self.0.outcome_unknown = true;
        self.0.message.push_str("; no answer came, so the statement may or may not have been carried out");
        self
    }

    /// Data that does not fit the type it is read as.
    pub(crate) fn conversion(found: &str, wanted: &str) -> Error {
        Error::new("P2023", format!("inconsistent column data: {found} cannot be read as {wanted}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.message)?;
        if let Some(native) = &self.0.native_code {
            write!(f, " ({native})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { code, message, native_code, constraint, table, column, position, .. } = &*self.0;
        f.debug_struct("Error")
            .field("code", code)
            .field("message", message)
            .field("native_code", native_code)
            .field("constraint", constraint)
            .field("table", table)
            .field("column", column)
            .field("position", position)
            .finish()
    }
}

impl std::error::Error for Error {}
