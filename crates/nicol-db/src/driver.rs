//! The drivers behind one face.
//!
//! Each driver module gives the same few functions: open, query, execute, script. What differs between them (how a value is
//! sent, how a cell is read, how an error is named) stays inside.

use crate::error::Error;
use crate::url::ConnectionUrl;

#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
#[cfg(feature = "postgres")]
pub(crate) mod tls;

/// No answer from the server of a URL.
pub(crate) fn unreachable(url: &ConnectionUrl, reason: &str) -> Error {
    let place = url.host_port().unwrap_or_default();
    Error::new("P1001", format!("cannot reach the database server at `{place}`: {reason}")).lost()
}
