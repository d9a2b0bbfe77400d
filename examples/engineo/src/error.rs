//! What can go wrong.

/// Result of the product's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The product's own refusals, and what the database says.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The person may not do this.
    #[error("refused: {0}")]
    Refused(&'static str),
    /// The database's answer.
    #[error(transparent)]
    Database(#[from] nicol::Error),
    /// The migrations could not be applied.
    #[error(transparent)]
    Migration(#[from] nicol::migrate::Error),
}
