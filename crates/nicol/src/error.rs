//! The error of the client: Prisma's code, the model and field concerned, and the cause.

use std::fmt;

use nicol_db::Constraint;

use crate::meta::{TableMeta, UniqueMeta};

/// Result of the client.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. One word big; ask [`code`](Error::code), [`model`](Error::model), [`fields`](Error::fields).
pub struct Error(Box<Inner>);

struct Inner {
    code: &'static str,
    message: String,
    model: Option<&'static str>,
    fields: Vec<String>,
    source: Option<nicol_db::Error>,
}

impl Error {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        let inner = Inner { code, message, model: None, fields: Vec::new(), source: None };
        Error(Box::new(inner))
    }

    /// P2025: a row that had to be there is not.
    pub(crate) fn not_found(table: &TableMeta, what: &str) -> Self {
        let mut error = Error::new("P2025", format!("{what}: no {} row matches", table.model));
        error.0.model = Some(table.model);
        error
    }

    /// P2018: a row that should be connected is not there.
    pub(crate) fn not_connected(table: &TableMeta, field: &str, target: &TableMeta) -> Self {
        let message = format!("{}.{field}: no {} row matches the key to connect", table.model, target.model);
        let mut error = Error::new("P2018", message);
        error.0.model = Some(table.model);
        error.0.fields.push(field.to_owned());
        error
    }

    /// An error of a hook that refuses an operation, with the code `refused`.
    pub fn refused(message: impl Into<String>) -> Self {
        Error::new("refused", message)
    }

    /// P2017 or P2025: a row that should be changed through a relation is not there, or not related.
    pub(crate) fn not_related(
        code: &'static str,
        table: &TableMeta,
        field: &str,
        target: &TableMeta,
        operation: &str,
    ) -> Self {
        let message = format!("{operation} of {}.{field}: no related {} row matches", table.model, target.model);
        let mut error = Error::new(code, message);
        error.0.model = Some(table.model);
        error.0.fields.push(field.to_owned());
        error
    }

    /// P2023: the database holds what the schema rules out.
    pub(crate) fn inconsistent(message: impl Into<String>) -> Self {
        Error::new("P2023", message)
    }

    /// P2028: misuse of a transaction.
    pub(crate) fn transaction(message: impl Into<String>) -> Self {
        Error::new("P2028", message)
    }

    /// Names the model, and the fields behind the constraint.
    pub(crate) fn on(mut self, table: &TableMeta) -> Self {
        if self.0.model.is_some() {
            return self;
        }
        self.0.model = Some(table.model);
        if let Some(constraint) = self.0.source.as_ref().and_then(nicol_db::Error::constraint) {
            self.0.fields = fields_of(table, constraint);
        }
        self
    }

    pub(crate) fn with_field(mut self, field: &str) -> Self {
        self.0.fields = vec![field.to_owned()];
        self
    }

    /// Names a column that is no field of the schema.
    pub(crate) fn in_column(mut self, column: &str) -> Self {
        self.0.message = format!("{} (column `{column}`)", self.0.message);
        self
    }

    /// What the database says to the user's own SQL is P2010; the way to the database keeps its codes.
    pub(crate) fn of_raw(source: nicol_db::Error) -> Self {
        let is_answer = source.native_code().is_some() && !source.is_connection_lost() && !source.is_retryable();
        let error = Error::from(source);
        if !is_answer {
            return error;
        }
        let message = error.0.message.clone();
        error.recode("P2010", format!("raw query failed: {message}"))
    }

    pub(crate) fn recode(mut self, code: &'static str, message: String) -> Self {
        self.0.code = code;
        self.0.message = message;
        self
    }

    /// Prisma's code, such as `P2002`.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What happened, in words. Never holds a password.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The model concerned, by its name in the schema.
    pub fn model(&self) -> Option<&'static str> {
        self.0.model
    }

    /// The fields concerned, by their names in the schema, as far as the database told.
    pub fn fields(&self) -> &[String] {
        &self.0.fields
    }

    /// The database's error, when there was one.
    pub fn database(&self) -> Option<&nicol_db::Error> {
        self.0.source.as_ref()
    }

    /// True for P2025: the row was not there.
    pub fn is_not_found(&self) -> bool {
        self.0.code == "P2025"
    }

    /// True for P2002: another row has this unique value.
    pub fn is_unique_violation(&self) -> bool {
        self.0.code == "P2002"
    }

    /// True when the whole transaction may be run again: after a serialization failure or deadlock (P2034), or a lock that did
    /// not become free (some of P1008).
    pub fn is_retryable(&self) -> bool {
        self.0.source.as_ref().is_some_and(nicol_db::Error::is_retryable)
    }

    /// True for `commit-unknown`: the connection was lost during COMMIT, or while a single statement wrote, so that nobody knows
    /// whether it took place.
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.source.as_ref().is_some_and(nicol_db::Error::outcome_unknown)
    }
}

/// True when an error, or what is behind it, is one after which the whole transaction may be run again. An error type that
/// shows the client's error as itself has the database's as its source.
pub(crate) fn has_retryable(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|error| {
        error.downcast_ref::<Error>().is_some_and(Error::is_retryable)
            || error.downcast_ref::<nicol_db::Error>().is_some_and(nicol_db::Error::is_retryable)
    })
}

/// The schema's names of the fields behind a constraint.
fn fields_of(table: &TableMeta, constraint: &Constraint) -> Vec<String> {
    match constraint {
        Constraint::Index(name) => {
            // MySQL puts the table before a name and a dot, MariaDB does not: of `users.username`, as indexes were called in
            // 2020, only the end may be left.
            let end = |unique: &&UniqueMeta| unique.name.split_once('.').is_some_and(|(_, end)| end == name);
            let exact = table.uniques.iter().find(|unique| unique.name == name);
            let unique = exact.or_else(|| table.uniques.iter().find(end));
            let primary = || if name == "PRIMARY" { Some(table.key) } else { None };
            let columns = unique.map(|unique| unique.columns).or_else(primary).unwrap_or_default();
            columns.iter().map(|&column| table.column(column).field.to_owned()).collect()
        }
        Constraint::Fields(columns) => columns
            .iter()
            .map(|name| {
                let column = table.columns.iter().find(|column| column.column == name);
                column.map_or_else(|| name.clone(), |column| column.field.to_owned())
            })
            .collect(),
        Constraint::ForeignKey(_) => Vec::new(),
    }
}

impl From<nicol_db::Error> for Error {
    fn from(source: nicol_db::Error) -> Self {
        let code = if source.outcome_unknown() { "commit-unknown" } else { source.code() };
        let mut error = Error::new(code, source.message());
        error.0.source = Some(source);
        error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.message)?;
        match (self.0.model, self.0.fields.as_slice()) {
            (Some(model), []) => write!(f, " (model {model})"),
            (Some(model), fields) => write!(f, " (model {model}, field {})", fields.join(", ")),
            (None, _) => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("model", &self.0.model)
            .field("fields", &self.0.fields)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::{ColumnMeta, Kind};

    #[test]
    fn fields_are_named_by_the_index() {
        const TABLE: TableMeta = TableMeta {
            model: "users",
            table: "users",
            schema: None,
            columns: &[
                ColumnMeta::new("id", "id", Kind::Int),
                ColumnMeta::new("name", "user_name", Kind::String),
                ColumnMeta::new("mail", "mail", Kind::String),
            ],
            key: &[0],
            uniques: &[
                UniqueMeta { name: "users.username", columns: &[1] },
                UniqueMeta { name: "users_mail_key", columns: &[2] },
            ],
            relations: &[],
        };
        let fields = |name: &str| fields_of(&TABLE, &Constraint::Index(name.to_owned()));
        for name in ["users.username", "username"] {
            assert_eq!(fields(name), ["name"], "{name}");
        }
        assert_eq!((fields("users_mail_key"), fields("PRIMARY")), (vec!["mail".to_owned()], vec!["id".to_owned()]));
        assert!(fields("mail_key").is_empty());
    }
}
