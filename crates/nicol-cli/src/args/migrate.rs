//! `migrate`: its commands, flags and examples.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::UrlArgs;

/// `migrate` and its commands.
#[derive(Debug, Args)]
pub(crate) struct MigrateArgs {
    #[command(subcommand)]
    pub(crate) command: Option<MigrateCommand>,
}

/// A command of `migrate`.
#[derive(Debug, Subcommand)]
pub(crate) enum MigrateCommand {
    /// Create a migration from the changes of the schema and apply it (development)
    #[command(
        after_help = "Examples:\n  nicol migrate dev --name add-users\n  nicol migrate dev --name add-users --create-only"
    )]
    Dev(DevArgs),
    /// Apply the migrations that are not applied yet (production)
    #[command(after_help = "Example:\n  DATABASE_URL=postgres://app@db/shop nicol migrate deploy")]
    Deploy(DeployArgs),
    /// Drop everything in the database and apply every migration again (development)
    #[command(after_help = "Examples:\n  nicol migrate reset\n  nicol migrate reset --force --skip-seed")]
    Reset(ResetArgs),
    /// Say what became of a failed or hand-made migration; runs nothing
    #[command(
        override_usage = "nicol migrate resolve (--applied NAME | --rolled-back NAME) [OPTIONS]",
        after_help = "Examples:
  nicol migrate resolve --rolled-back 20260101120000_add_users
  nicol migrate resolve --applied 20260101120000_init"
    )]
    Resolve(ResolveArgs),
    /// Compare the migrations folder with the database; exit 1 unless they agree
    #[command(after_help = "Example:\n  nicol migrate status --json")]
    Status(StatusArgs),
    /// Compare two states: empty, a schema, a migrations folder or a database
    #[command(
        override_usage = "nicol migrate diff --from-.. --to-.. [OPTIONS]",
        after_help = "Examples:
  nicol migrate diff --from-empty --to-schema schema.prisma --script
  nicol migrate diff --from-url \"$DATABASE_URL\" --to-schema schema.prisma --exit-code"
    )]
    Diff(Box<DiffArgs>),
}

/// Options of `migrate dev`.
#[derive(Debug, Args)]
pub(crate) struct DevArgs {
    #[command(flatten)]
    pub(crate) url: UrlArgs,
    /// Name of the migration.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Write the migration and do not apply it.
    #[arg(long)]
    pub(crate) create_only: bool,
    /// Write a README.md beside the migration.
    #[arg(long)]
    pub(crate) readme: bool,
    /// Go on although the migration may lose data.
    #[arg(long)]
    pub(crate) accept_data_loss: bool,
    /// Replay the migrations in a scratch database even where a snapshot would do.
    #[arg(long)]
    pub(crate) shadow: bool,
    /// Scratch database to replay in; it is emptied.
    #[arg(long, value_name = "URL")]
    pub(crate) shadow_database_url: Option<String>,
    #[command(flatten)]
    pub(crate) unused: UnusedMigrate,
}

/// Flags of Prisma 5 and 6 for what nicol never does by itself.
#[derive(Debug, Args)]
pub(crate) struct UnusedMigrate {
    #[arg(long, hide = true)]
    pub(crate) skip_generate: bool,
    #[arg(long, hide = true)]
    pub(crate) skip_seed: bool,
}

/// Options of `migrate deploy`.
#[derive(Debug, Args)]
pub(crate) struct DeployArgs {
    #[command(flatten)]
    pub(crate) url: UrlArgs,
    /// Apply migrations that sort before ones already applied.
    #[arg(long)]
    pub(crate) allow_out_of_order: bool,
    #[command(flatten)]
    pub(crate) unused: UnusedMigrate,
}

/// Options of `migrate reset`.
#[derive(Debug, Args)]
pub(crate) struct ResetArgs {
    #[command(flatten)]
    pub(crate) url: UrlArgs,
    /// Do not ask for the name of the database.
    #[arg(short, long)]
    pub(crate) force: bool,
    /// Do not run the configured seed command afterwards.
    #[arg(long)]
    pub(crate) skip_seed: bool,
    #[arg(long, hide = true)]
    pub(crate) skip_generate: bool,
}

/// Options of `migrate resolve`.
#[derive(Debug, Args)]
#[group(id = "resolution", required = true, multiple = false, args = ["applied", "rolled_back"])]
pub(crate) struct ResolveArgs {
    /// All of it is in the database: record it as applied. The name is that of the folder.
    #[arg(long, value_name = "NAME")]
    pub(crate) applied: Option<String>,
    /// Nothing of it is in the database: the next deploy runs it again.
    #[arg(long, value_name = "NAME")]
    pub(crate) rolled_back: Option<String>,
    #[command(flatten)]
    pub(crate) url: UrlArgs,
}

/// Options of `migrate status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) url: UrlArgs,
}

/// Options of `migrate diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Print SQL instead of a summary.
    #[arg(long)]
    pub(crate) script: bool,
    /// Exit 2 when there are differences, 0 when there are none.
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// Write to a file instead of stdout.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Scratch database to replay migrations in, where that is needed.
    #[arg(long, value_name = "URL")]
    pub(crate) shadow_database_url: Option<String>,
    #[command(flatten)]
    pub(crate) url: UrlArgs,
    #[command(flatten)]
    pub(crate) from: FromArgs,
    #[command(flatten)]
    pub(crate) to: ToArgs,
}

/// The state to start from.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
#[command(next_help_heading = "From (one of)")]
pub(crate) struct FromArgs {
    /// An empty database.
    #[arg(long)]
    pub(crate) from_empty: bool,
    /// A schema file or folder.
    #[arg(long, value_name = "PATH", alias = "from-schema-datamodel")]
    pub(crate) from_schema: Option<PathBuf>,
    /// A migrations folder.
    #[arg(long, value_name = "PATH")]
    pub(crate) from_migrations: Option<PathBuf>,
    /// The database of a URL.
    #[arg(long, value_name = "URL")]
    pub(crate) from_url: Option<String>,
    /// The database that `nicol debug` names.
    #[arg(long)]
    pub(crate) from_config_datasource: bool,
    /// The database that a schema names (Prisma 5 and 6).
    #[arg(long, value_name = "PATH")]
    pub(crate) from_schema_datasource: Option<PathBuf>,
}

/// The state to end in.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
#[command(next_help_heading = "To (one of)")]
pub(crate) struct ToArgs {
    /// An empty database.
    #[arg(long)]
    pub(crate) to_empty: bool,
    /// A schema file or folder.
    #[arg(long, value_name = "PATH", alias = "to-schema-datamodel")]
    pub(crate) to_schema: Option<PathBuf>,
    /// A migrations folder.
    #[arg(long, value_name = "PATH")]
    pub(crate) to_migrations: Option<PathBuf>,
    /// The database of a URL.
    #[arg(long, value_name = "URL")]
    pub(crate) to_url: Option<String>,
    /// The database that `nicol debug` names.
    #[arg(long)]
    pub(crate) to_config_datasource: bool,
    /// The database that a schema names (Prisma 5 and 6).
    #[arg(long, value_name = "PATH")]
    pub(crate) to_schema_datasource: Option<PathBuf>,
}
