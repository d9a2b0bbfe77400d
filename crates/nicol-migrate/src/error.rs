//! What can go wrong with migrations: one opaque error with a stable code, a message and a way out.

use std::fmt;
use std::path::Path;

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An error with a stable code, a sentence that says what happened, and usually a hint what to do next.
///
/// The code is Prisma's where Prisma has one (`P3009`) and otherwise our own in lower case (`migration-edited`); the
/// constants of [`code`] list ours. Displayed it is the message and, on a line of its own, the hint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    code: &'static str,
    message: String,
    help: Option<String>,
    migration: Option<String>,
    database_code: Option<String>,
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

/// Codes of situations for which Prisma has no code of its own.
pub mod code {
    /// A migration was changed after it was applied.
    pub const EDITED: &str = "migration-edited";
    /// A migration is recorded as applied but its folder is gone.
    pub const MISSING: &str = "migration-missing";
    /// A pending migration sorts before one that is applied.
    pub const OUT_OF_ORDER: &str = "migration-out-of-order";
    /// The folder has no migrations although the database has a history.
    pub const FOLDER_EMPTY: &str = "migrations-folder-empty";
    /// The folder does not exist although the database has a history.
    pub const FOLDER_ABSENT: &str = "migrations-folder-absent";
    /// A migration was interrupted at a statement whose outcome cannot be told.
    pub const INTERRUPTED: &str = "migration-interrupted";
    /// The connection does not stay on one server session, so its locks mean nothing.
    pub const POOLED: &str = "connection-pooled";
    /// The server is a read-only replica.
    pub const REPLICA: &str = "database-read-only";
    /// The lock was lost while migrations ran.
    pub const LOCK_LOST: &str = "lock-lost";
    /// The connection broke during COMMIT: whether the migration was applied is not known.
    pub const COMMIT_UNKNOWN: &str = "commit-unknown";
    /// An applied migration has another folder name now.
    pub const RENAMED: &str = "migration-renamed";
    /// A pending migration is a copy of an applied one.
    pub const DUPLICATED: &str = "migration-duplicated";
    /// More than one migration leads to what a database without history holds.
    pub const BASELINE: &str = "baseline-ambiguous";
    /// A script ends in the middle of a statement, or nothing is left of one that was applied.
    pub const TRUNCATED: &str = "migration-truncated";
    /// A script is not UTF-8.
    pub const NOT_UTF8: &str = "migration-not-utf8";
    /// Rows of a table would point at nothing after the migration.
    pub const FOREIGN_KEYS: &str = "foreign-keys-violated";
    /// The change would lose data and nobody has accepted that.
    pub const DATA_LOSS: &str = "data-loss";
    /// The change cannot run on the data that is there.
    pub const UNEXECUTABLE: &str = "change-cannot-run";
    /// Migrations have to be applied before this can be done.
    pub const PENDING: &str = "migrations-pending";
    /// A snapshot cannot be taken from what is there.
    pub const SNAPSHOT: &str = "snapshot-not-possible";
    /// The order of migrations to be imported is not clear.
    pub const IMPORT_ORDER: &str = "import-order";
    /// A migration to be imported has no statements that could be read.
    pub const IMPORT_UNREADABLE: &str = "import-unreadable";
    /// Nothing tells which database product imported migrations are for.
    pub const IMPORT_PROVIDER: &str = "import-provider";
    /// A migration has no way back.
    pub const DOWN_MISSING: &str = "down-missing";
    /// A way back was made for another place in the history.
    pub const DOWN_FOREIGN: &str = "down-foreign";
    /// A script that is no migration failed.
    pub const SCRIPT: &str = "script-failed";
    /// Somebody else changed the database between the question and the answer.
    pub const DATABASE_CHANGED: &str = "database-changed";
    /// A file or folder could not be read or written.
    pub const FILE: &str = "file-access";
    /// A failed migration cannot be gone on with.
    pub const RETRY: &str = "retry-not-possible";
    /// The name is not one of a migration folder.
    pub const NAME: &str = "migration-name";
    /// The given shadow database must not be used as one.
    pub const SHADOW: &str = "shadow-database";
    /// The schema names no database, or one that migrations do not serve.
    pub const PROVIDER: &str = "provider-without-migrations";
}

impl Error {
    /// An error of this code and message.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Error {
        Error(Box::new(Inner { code, message: message.into(), help: None, migration: None, database_code: None }))
    }

    /// Adds what to do next.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Error {
        self.0.help = Some(help.into());
        self
    }

    /// Adds the migration concerned.
    pub(crate) fn with_migration(mut self, name: &str) -> Error {
        self.0.migration = Some(name.to_string());
        self
    }

    /// Adds the database's own code.
    pub(crate) fn with_database_code(mut self, code: Option<&str>) -> Error {
        self.0.database_code = code.map(str::to_string);
        self
    }

    /// What the database says when it may only be read from.
    pub(crate) fn read_only(error: &nicol_db::Error) -> Option<Error> {
        let server = "This looks like a replica: give the URL of the primary server, or lift its read-only setting.";
        let help = match error.native_code()? {
            // PostgreSQL answers so on a standby, and where `default_transaction_read_only` is on.
            "25006" => server,
            // MySQL and MariaDB: a read-only transaction, InnoDB in read-only mode; other options than `read_only` and
            // `super_read_only` have the first number, too.
            "1290" if error.message().contains("read") => server,
            "1792" | "1836" | "1874" => server,
            // SQLITE_READONLY and its extended forms.
            "8" | "264" | "520" | "776" | "1032" | "1288" | "1544" => {
                "The file, or the folder it lies in, may not be written to: SQLite needs both."
            }
            _ => return None,
        };
        let message = format!("The database takes no writes: {}.", error.message().trim_end_matches('.'));
        Some(Error::new(code::REPLICA, message).with_help(help).with_database_code(error.native_code()))
    }

    /// A file that could not be read or written.
    pub(crate) fn file(action: &str, path: &Path, error: &std::io::Error) -> Error {
        Error::new(code::FILE, format!("Could not {action} {}: {error}.", path.display()))
            .with_help("See that it is what it should be, a file or a folder, and that you may use it.")
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What happened, in whole sentences.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do next.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The migration concerned, when it is about one.
    pub fn migration(&self) -> Option<&str> {
        self.0.migration.as_deref()
    }

    /// The database's own code (SQLSTATE, MySQL or SQLite number), when a database spoke.
    pub fn database_code(&self) -> Option<&str> {
        self.0.database_code.as_deref()
    }
}

impl From<nicol_db::Error> for Error {
    fn from(error: nicol_db::Error) -> Error {
        if let Some(refused) = Error::read_only(&error) {
            return refused;
        }
        Error::new(error.code(), error.message()).with_database_code(error.native_code())
    }
}
