//! Typed SQL files: statements of the user's own, each with what a server has told of it.
//!
//! **In**: the texts of the files, what their comments say ([`comments`]), and what a server said of them, which is kept in a file
//! beside them ([`stored`]). **Out**: [`Statement`]s, of which `rust` makes functions. No database is asked here.

pub mod comments;
pub mod stored;

use std::fmt;

use nicol_schema::schema::ScalarType;

/// A `.sql` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlText {
    /// The file's name without `.sql`.
    pub name: String,
    /// Its content.
    pub text: String,
}

/// A `.sql` file and what a server said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The file.
    pub file: SqlText,
    /// What its statement asks for and gives.
    pub described: Description,
}

/// What a statement asks for and gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// Its parameters, in the order in which values are given.
    pub parameters: Vec<Parameter>,
    /// The columns of its rows; none for a statement that gives no rows.
    pub columns: Vec<Column>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its placeholder where that has a name: `:name`, `$1`.
    pub placeholder: Option<String>,
    /// Its type, where the server tells one.
    pub ty: Option<Type>,
}

/// A column of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name or alias.
    pub name: String,
    /// Its type, where the server tells one.
    pub ty: Option<Type>,
    /// Whether it may be NULL, as far as the server knows.
    pub is_nullable: bool,
    /// The table's column that it shows as it is.
    pub origin: Option<Origin>,
}

/// A table's column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The database's schema, where it has several.
    pub schema: Option<String>,
    /// The table or view.
    pub table: String,
    /// The column.
    pub column: String,
}

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// Of one value.
    pub of: TypeName,
    /// An array of such values.
    pub is_list: bool,
}

/// The type of one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeName {
    /// A scalar of the schema language.
    Scalar(ScalarType),
    /// An enum type of the database, by its schema and name.
    Enum(String, String),
    /// Another type, by the database's name.
    Native(String),
}

/// What is wrong with a typed SQL file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code.
    pub code: &'static str,
    /// The file, with its ending.
    pub file: String,
    /// The line, from 1, where one is at fault.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {} ({}): {}", self.message, self.code, self.help)
    }
}

/// Whether a file's name can be that of a function: ASCII letters, digits and `_`, with a letter before any digit.
///
/// # Errors
/// `sql-file-name`.
pub fn check_name(file: &SqlText) -> Result<(), Problem> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_good = file.name.chars().all(is_part)
        && file.name.trim_start_matches('_').starts_with(|c: char| c.is_ascii_alphabetic());
    if is_good {
        return Ok(());
    }
    Err(Problem {
        code: "sql-file-name",
        file: format!("{}.sql", file.name.escape_debug()),
        line: None,
        message: "no function can have this name".to_owned(),
        help: "rename the file: letters, digits and `_`, and a letter first, such as `usersByAge.sql`".to_owned(),
    })
}
