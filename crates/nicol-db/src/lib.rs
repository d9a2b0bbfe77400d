//! Databases: statements in, rows out.
//!
//! **In**: a [`Statement`] (SQL text and typed [`Value`]s) or a script. **Out**: [`Rows`], or an [`Error`] with a stable
//! code. This crate is the only user of database drivers, each behind a feature (`sqlite`, `postgres`, `mysql`).
//!
//! It knows dialects (quoting, placeholders, limits), connection URLs, connections and the pool, and how to split a script
//! into statements. It never hears of the schema language, of migrations or of models.

pub mod dialect;
pub mod value;

pub use dialect::Dialect;
pub use value::Value;
