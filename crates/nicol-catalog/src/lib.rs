//! A database's structure as data.
//!
//! **In**: a [`ValidSchema`](nicol_schema::ValidSchema), or an open connection. **Out**: a `Catalog` in one canonical form;
//! from two catalogs a `Diff` (facts), from it a `Plan` (decided by the dialect alone, in an explicit order of phases),
//! from it the script; and from a catalog, schema text.
//!
//! This crate knows nothing of migration folders, history or prompts, and prints nothing.
