//! What can go wrong.

/// Result of this program.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the database, or a refusal by the rules of the service.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database, with Prisma's code.
    #[error(transparent)]
    Database(#[from] nicol::Error),
    /// The migrations.
    #[error(transparent)]
    Migrations(#[from] nicol::migrate::Error),
    /// The service says no.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// The system gives no random bytes.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Why the service says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The text has no `@` between a name and a domain.
    #[error("{0:?} is no address")]
    NoAddress(String),
    /// Somebody has proved to own the address.
    #[error("{0} belongs to somebody else")]
    AddressTaken(String),
    /// Nobody has proved to own the address.
    #[error("nobody with a verified address {0}")]
    NobodyThere(String),
    /// The organization takes addresses of its own verified domains only.
    #[error("{0} is not a domain of the organization")]
    ForeignDomain(String),
    /// The user logs in from approved networks only.
    #[error("a login from {0}, which is not approved")]
    UnknownLocation(String),
    /// There is no such API key.
    #[error("no such key")]
    UnknownKey,
    /// The time of the API key is over.
    #[error("the key has expired")]
    Expired,
    /// The API key may not be used from this address.
    #[error("the key is not for this address")]
    Address,
    /// The API key may not be used on this site.
    #[error("the key is not for this site")]
    Referrer,
    /// The API key does not allow this.
    #[error("the key does not allow this")]
    Scope,
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
