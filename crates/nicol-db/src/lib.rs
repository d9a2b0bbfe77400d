//! Databases: statements in, rows out.
//!
//! **In**: SQL text with typed [`Value`]s, or a script. **Out**: [`Rows`], or an [`Error`] with a stable code. This crate is the
//! only user of database drivers, each behind a feature (`sqlite`, `postgres`, `mysql`).
//!
//! It knows dialects (quoting, placeholders, limits), connection URLs, connections and the pool, and how to split a script
//! into statements. It never hears of the schema language, of migrations or of models.
#![cfg_attr(
    not(all(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(
        dead_code,
        unreachable_code,
        unused_variables,
        irrefutable_let_patterns,
        reason = "a build with fewer drivers needs fewer parts"
    )
)]

pub mod admin;
mod cell;
#[cfg(any(feature = "sqlite", feature = "mysql"))]
mod cells;
mod codes;
pub mod connection;
pub mod describe;
pub mod dialect;
mod driver;
pub mod error;
pub mod pool;
pub mod rows;
pub mod script;
pub mod url;
pub mod value;

pub use cell::{Cell, Decode};
pub use connection::{Around, Connection, Isolation, Step};
pub use describe::Description;
pub use dialect::Dialect;
#[cfg(feature = "postgres")]
pub use driver::postgres::{Array, Record};
pub use error::{Constraint, Error, Result};
pub use pool::{Pool, PoolOptions, PoolStatus, PooledConnection, Purpose};
pub use rows::{Column, Row, Rows};
pub use url::ConnectionUrl;
pub use value::Value;
