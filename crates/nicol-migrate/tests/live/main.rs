//! Migrations against live databases and against a document of 2020.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;
mod deploy;
mod dev;
mod history;
mod lint;
mod readme;
