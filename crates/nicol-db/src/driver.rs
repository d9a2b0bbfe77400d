//! The drivers behind one face.
//!
//! Each driver module gives the same few functions: open, query, execute, script. What differs between them (how a value is
//! sent, how a cell is read, how an error is named) stays inside.

#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
#[cfg(feature = "postgres")]
pub(crate) mod tls;
