//! Derive macros of the nicol client.
//!
//! **In**: a user's struct. **Out**: an implementation for it. Ordinary use of a generated client needs no macro; this crate is the
//! place for those that save writing, and there is none so far. It knows nothing of databases or schemas.
