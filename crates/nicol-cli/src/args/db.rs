//! `db`: its commands, flags and examples.

use clap::{Args, Subcommand};

/// `db` and its commands.
#[derive(Debug, Args)]
pub(crate) struct DbArgs {
    #[command(subcommand)]
    pub(crate) command: Option<DbCommand>,
}

/// A command of `db`.
#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {}
