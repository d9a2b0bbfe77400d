//! `db`: its commands, flags and examples.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::UrlArgs;

/// `db` and its commands.
#[derive(Debug, Args)]
pub(crate) struct DbArgs {
    #[command(subcommand)]
    pub(crate) command: Option<DbCommand>,
}

/// A command of `db`.
#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Write the schema of the database that is there
    #[command(
        after_help = "Examples:\n  nicol db pull\n  nicol db pull --print\n  nicol db pull --url postgres://app@db/shop"
    )]
    Pull(PullArgs),
    /// Make the database what the schema says, without a migration (prototyping)
    #[command(after_help = "Examples:\n  nicol db push\n  nicol db push --refuse-data-loss   # in CI")]
    Push(PushArgs),
    /// Run a SQL script on the database; nothing records it
    #[command(
        override_usage = "nicol db execute (--file PATH | --stdin) [OPTIONS]",
        after_help = "Examples:\n  nicol db execute --file fix.sql\n  echo 'DELETE FROM \"Session\";' | nicol db execute --stdin"
    )]
    Execute(ExecuteArgs),
    /// Run the seed command of the config
    #[command(after_help = "Examples:\n  nicol db seed\n  nicol db seed -- --environment development")]
    Seed(SeedArgs),
}

/// Options of `db pull`.
#[derive(Debug, Args)]
pub(crate) struct PullArgs {
    #[command(flatten)]
    pub(crate) url: UrlArgs,
    /// Print the schema and write nothing.
    #[arg(long)]
    pub(crate) print: bool,
    /// Write all models anew: names, comments and all else that is only in the schema are lost.
    #[arg(long)]
    pub(crate) force: bool,
    /// Schemas of PostgreSQL to read, instead of those the datasource lists.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) schemas: Vec<String>,
    #[arg(long, hide = true)]
    composite_type_depth: Option<i64>,
}

/// Options of `db push`.
#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    #[command(flatten)]
    pub(crate) url: UrlArgs,
    /// Go on although data may be lost.
    #[arg(long)]
    pub(crate) accept_data_loss: bool,
    /// Fail, without a question, when data may be lost.
    #[arg(long, conflicts_with_all = ["accept_data_loss", "force_reset"])]
    pub(crate) refuse_data_loss: bool,
    /// Drop everything in the database first.
    #[arg(long)]
    pub(crate) force_reset: bool,
    /// Run `nicol generate` afterwards.
    #[arg(long, conflicts_with = "skip_generate")]
    pub(crate) generate: bool,
    #[arg(long, hide = true)]
    pub(crate) skip_generate: bool,
}

/// Options of `db execute`.
#[derive(Debug, Args)]
#[group(id = "script", required = true, multiple = false, args = ["file", "stdin"])]
pub(crate) struct ExecuteArgs {
    /// The file that holds the script.
    #[arg(long, value_name = "PATH")]
    pub(crate) file: Option<PathBuf>,
    /// Read the script from standard input.
    #[arg(long)]
    pub(crate) stdin: bool,
    #[command(flatten)]
    pub(crate) url: UrlArgs,
}

/// Options of `db seed`.
#[derive(Debug, Args)]
pub(crate) struct SeedArgs {
    #[command(flatten)]
    pub(crate) url: UrlArgs,
    /// Arguments for the seed command, after `--`.
    #[arg(last = true, value_name = "ARGUMENTS")]
    pub(crate) arguments: Vec<OsString>,
}
