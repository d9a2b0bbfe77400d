//! Migrations: folder + history + catalog → what stands, what to do, doing it.
//!
//! **In**: a migrations folder, a database, a schema. **Out**: values that say what stands (`standing`) and what was done.
//! One file a workflow: `dev`, `deploy`, `status`, `diff`. A workflow that needs an answer is two functions, before and
//! after the question. This crate knows no terminal, no arguments and no code generation.
