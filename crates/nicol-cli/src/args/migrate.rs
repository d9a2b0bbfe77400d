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
        after_help = "Examples:\n  nicol migrate dev --name add-users\n  nicol migrate dev --name add-users --create-only
  nicol migrate dev --name full-name --rename User.name=fullName"
    )]
    Dev(DevArgs),
    /// Apply the migrations that are not applied yet (production)
    #[command(after_help = "Example:\n  DATABASE_URL=postgres://app@db/shop nicol migrate deploy")]
    Deploy(DeployArgs),
    /// Drop everything in the database and apply every migration again (development)
    #[command(after_help = "Examples:\n  nicol migrate reset\n  nicol migrate reset --force --skip-seed")]
    Reset(ResetArgs),
    /// Take the newest migrations back, each by its down.sql
    #[command(
        after_help = "Examples:\n  nicol migrate down\n  nicol migrate down 3\n  nicol migrate down --to 20260101120000_init"
    )]
    Down(DownArgs),
    /// Take what was changed in the database by other means into a migration
    #[command(after_help = "Example:\n  nicol migrate adopt --name hotfix-index")]
    Adopt(AdoptArgs),
    /// Write the snapshot that the newest migration lacks, so that `dev` needs no scratch database
    #[command(after_help = "Example:\n  nicol migrate snapshot")]
    Snapshot(SnapshotArgs),
    /// Give migrations of Prisma's experimental tool (2019, 2020) the scripts of today
    #[command(after_help = "Example:\n  nicol migrate import --schema prisma/schema.prisma --cascades")]
    Import(ImportArgs),
    /// Say what became of a failed, hand-made or edited migration; runs nothing
    #[command(
        override_usage = "nicol migrate resolve (--applied NAME | --rolled-back NAME | --accept-edit NAME) [OPTIONS]",
        after_help = "Examples:
  nicol migrate resolve --rolled-back 20260101120000_add_users
  nicol migrate resolve --applied 20260101120000_init"
    )]
    Resolve(ResolveArgs),
    /// Compare the migrations folder with the database; exit 1 unless they agree
    #[command(after_help = "Examples:
  nicol migrate status --json
  nicol migrate status --exit-code

With --exit-code: 0 up to date, 1 error, 3 pending, 4 failed, 5 unmanaged, 6 edited, 7 diverged,
8 missing, 9 out of order, 10 drifted. Without: 0 up to date, else 1.")]
    Status(StatusArgs),
    /// Look for locks, lost data and statements that will fail, before they are applied
    #[command(after_help = "Examples:
  nicol migrate lint                       # what is pending; without a database the newest
  nicol migrate lint --all --offline --json
  nicol migrate lint 20260101120000_add_users --url \"$PRODUCTION_URL\"")]
    Lint(LintArgs),
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
    /// The same, with the author's e-mail address beside the name.
    #[arg(long)]
    pub(crate) author_email: bool,
    /// Something was renamed: `User.name=fullName`, `User=Account`, `enum Role.ADMIN=OWNER` (repeatable).
    #[arg(long, value_name = "OLD=NEW")]
    pub(crate) rename: Vec<String>,
    /// Nothing was renamed: what looks like a rename is something that goes and something that comes.
    #[arg(long, conflicts_with = "rename")]
    pub(crate) no_rename: bool,
    /// What rows that are there get in a new required field: `User.role='x'`, with any SQL expression (repeatable).
    #[arg(long, value_name = "FIELD=SQL")]
    pub(crate) backfill: Vec<String>,
    /// Go on although the migration may lose data.
    #[arg(long)]
    pub(crate) accept_data_loss: bool,
    /// Run `nicol generate` afterwards.
    #[arg(long, conflicts_with = "skip_generate")]
    pub(crate) generate: bool,
    /// Run the configured seed command afterwards.
    #[arg(long, conflicts_with = "skip_seed")]
    pub(crate) seed: bool,
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
    /// Database with tables and no history: find out which migrations made them, record those (up to NAME).
    #[arg(long, value_name = "NAME")]
    #[allow(clippy::option_option, reason = "a flag that may have a value: not given, given, given with one")]
    pub(crate) baseline: Option<Option<String>>,
    /// Scratch database to replay in, for a baseline of migrations without snapshots; it is emptied.
    #[arg(long, value_name = "URL", requires = "baseline")]
    pub(crate) shadow_database_url: Option<String>,
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

/// Options of `migrate down`.
#[derive(Debug, Args)]
pub(crate) struct DownArgs {
    /// How many migrations to take back.
    #[arg(value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) steps: u32,
    /// Take back all that come after this one.
    #[arg(long, value_name = "NAME", conflicts_with = "steps")]
    pub(crate) to: Option<String>,
    /// Go on although data is lost.
    #[arg(long)]
    pub(crate) accept_data_loss: bool,
    /// Scratch database to replay in, to find out what is lost where snapshots do not tell; it is emptied.
    #[arg(long, value_name = "URL")]
    pub(crate) shadow_database_url: Option<String>,
    #[command(flatten)]
    pub(crate) url: UrlArgs,
}

/// Options of `migrate import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Write `onDelete: Cascade` into relations whose foreign keys have it, where the schema is silent.
    #[arg(long)]
    pub(crate) cascades: bool,
}

/// Options of `migrate snapshot`.
#[derive(Debug, Args)]
pub(crate) struct SnapshotArgs {
    /// Also write those of older migrations, by replaying them in a scratch database.
    #[arg(long)]
    pub(crate) all: bool,
    /// Scratch database to replay in; it is emptied.
    #[arg(long, value_name = "URL", requires = "all")]
    pub(crate) shadow_database_url: Option<String>,
    #[command(flatten)]
    pub(crate) url: UrlArgs,
}

/// Options of `migrate adopt`.
#[derive(Debug, Args)]
pub(crate) struct AdoptArgs {
    /// Name of the migration.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Scratch database to replay in where there is no snapshot; it is emptied.
    #[arg(long, value_name = "URL")]
    pub(crate) shadow_database_url: Option<String>,
    #[command(flatten)]
    pub(crate) url: UrlArgs,
}

/// Options of `migrate resolve`.
#[derive(Debug, Args)]
#[group(id = "resolution", required = true, multiple = false, args = ["applied", "rolled_back", "retry", "accept_edit"])]
pub(crate) struct ResolveArgs {
    /// All of it is in the database: record it as applied. The name is that of the folder.
    #[arg(long, value_name = "NAME")]
    pub(crate) applied: Option<String>,
    /// Nothing of it is in the database: the next deploy runs it again.
    #[arg(long, value_name = "NAME")]
    pub(crate) rolled_back: Option<String>,
    /// The statement that failed can run now: the next deploy goes on with it.
    #[arg(long, value_name = "NAME")]
    pub(crate) retry: Option<String>,
    /// The script was changed after being applied, and counts as it is now. Shows the difference.
    #[arg(long, value_name = "NAME")]
    pub(crate) accept_edit: Option<String>,
    /// Scratch database to replay in for `--accept-edit`; it is emptied.
    #[arg(long, value_name = "URL", requires = "accept_edit")]
    pub(crate) shadow_database_url: Option<String>,
    #[command(flatten)]
    pub(crate) url: UrlArgs,
}

/// Options of `migrate status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Exit with a code of its own for each state.
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// Exit 0 also when migrations are only waiting to be applied.
    #[arg(long)]
    pub(crate) allow_pending: bool,
    #[command(flatten)]
    pub(crate) url: UrlArgs,
}

/// Options of `migrate lint`.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// Migrations to look at: names of folders, or paths.
    #[arg(value_name = "MIGRATION", conflicts_with = "all")]
    pub(crate) migrations: Vec<String>,
    /// Look at every migration.
    #[arg(long)]
    pub(crate) all: bool,
    /// Also look for matters of taste.
    #[arg(long)]
    pub(crate) pedantic: bool,
    /// Exit 0 whatever is found.
    #[arg(long)]
    pub(crate) warn: bool,
    /// Do not look for a database.
    #[arg(long, conflicts_with = "url")]
    pub(crate) offline: bool,
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
