//! Runs the `nicol` command in temporary folders, as a user or a script would.

mod bad_input;
mod discovery;
mod generate;
mod interface;
mod migrate;
mod schema;
mod support;
