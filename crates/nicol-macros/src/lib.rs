//! Derive macros of the nicol client.
