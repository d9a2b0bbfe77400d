//! Code generation: a [`ValidSchema`](nicol_schema::ValidSchema) in, files out: the Rust client, the DMMF.
//!
//! It never reads or writes files itself and knows no database.

pub mod dmmf;
pub mod rust;
pub mod sql;
