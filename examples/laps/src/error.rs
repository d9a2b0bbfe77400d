//! What can go wrong at the track.

use crate::db::UserRole;

/// Result of this program.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the database, or a refusal by the rules of the run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database, with Prisma's code.
    #[error(transparent)]
    Database(#[from] nicol::Error),
    /// The migrations.
    #[error(transparent)]
    Migrations(#[from] nicol::migrate::Error),
    /// Somebody tried what the role does not allow.
    #[error("{name} is {role:?} and may not record laps")]
    NotAllowed {
        /// Who tried.
        name: String,
        /// What this person is.
        role: UserRole,
    },
    /// A line of the list of students is not `name,class,grade`.
    #[error("line {line} of the list: {problem}")]
    List {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// The network or the system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Error {
    /// Prisma's code, when the database said no.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Error::Database(error) => Some(error.code()),
            Error::Migrations(error) => Some(error.code()),
            Error::NotAllowed { .. } | Error::List { .. } | Error::Io(_) => None,
        }
    }
}
