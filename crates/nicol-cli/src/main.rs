//! The `nicol` command: arguments → settings → one call of a library → words and an exit code.
//!
//! **In**: the command line, the environment, config and schema files. **Out**: text or JSON, files, an exit code. It
//! knows no SQL and nothing of one database or another: that is for the libraries to know.
//!
//! The way through it: [`args`] → [`discover`] (with [`config`] and [`env_file`]) → a file of [`commands`] →
//! [`output`].

mod app;
mod args;
mod commands;
mod config;
mod database;
mod diagnostics;
mod discover;
mod env_file;
mod failure;
mod files;
mod mask;
mod output;
mod paths;
mod prompt;
mod seed;
mod tips;

use std::process::ExitCode;

/// A schema is many small pieces that come and go together: validating a large one takes a third less time than with the
/// system's allocator. Without huge pages (the feature `no_thp`), which a process of milliseconds only pays for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(app::run())
}
