//! What can go wrong.

/// Result of this program.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database, with Prisma's code.
    #[error(transparent)]
    Database(#[from] nicol::Error),
    /// The migrations.
    #[error(transparent)]
    Migrations(#[from] nicol::migrate::Error),
    /// The rules of the product say no. Nothing was written.
    #[error("refused: {0}")]
    Refused(&'static str),
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
            Error::Refused(_) | Error::Io(_) => None,
        }
    }
}
