//! Migrations against live databases and against the seeds.

mod common;
mod deploy;
mod dev;
mod readme;
