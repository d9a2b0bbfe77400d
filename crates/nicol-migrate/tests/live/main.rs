//! Migrations against live databases and against the seeds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;
mod deploy;
mod dev;
mod readme;
