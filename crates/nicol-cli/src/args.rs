//! The command line: every command, flag and example.
//!
//! Flags of Prisma 5, 6 and 7 that change nothing here are accepted and hidden.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};
use clap_complete::Shell;

mod db;

pub(crate) use db::DbArgs;

const SUMMARY: &str = "Prisma schemas, migrations and a Rust client, without Node";
const TOP_HELP: &str = "\
{about}

{usage-heading} {usage}

{subcommands}

Options of every command:
      --schema PATH   schema file or folder
      --config PATH   nicol.toml or prisma.config.ts
      --json          print JSON
  -q, --quiet         print results and errors only
      --no-color      no colours (also: NO_COLOR)
  -h, --help          help, also of each command
  -v, --version       version

Exit codes: 0 done, 1 error, 2 differences (with --exit-code), 130 declined or nobody to ask
";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "nicol",
    about = SUMMARY,
    help_template = TOP_HELP,
    subcommand_help_heading = "Commands",
    disable_version_flag = true,
    infer_long_args = false
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    /// Print the version.
    #[arg(short = 'v', long, short_alias = 'V', action = ArgAction::SetTrue, hide = true)]
    pub(crate) version: bool,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Schema file or folder.
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) schema: Option<PathBuf>,
    /// `nicol.toml`, or a `prisma.config.ts`, `.js` or `.mjs`.
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) config: Option<PathBuf>,
    /// Print JSON on stdout.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print results and errors only.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Print without colours, as with NO_COLOR.
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
    #[command(flatten)]
    unused: UnusedGlobal,
}

/// Accepted everywhere, as Prisma does; without effect.
#[derive(Debug, Clone, Args)]
struct UnusedGlobal {
    #[arg(long, global = true, hide = true, action = ArgAction::Count)]
    preview_feature: u8,
    #[arg(long, global = true, hide = true, action = ArgAction::Count)]
    experimental: u8,
    #[arg(long, global = true, hide = true, action = ArgAction::Count)]
    early_access: u8,
    #[arg(long, global = true, hide = true, value_name = "VALUE")]
    telemetry_information: Option<String>,
    #[arg(long, global = true, hide = true, action = ArgAction::Count)]
    no_hints: u8,
}

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check the schema
    #[command(after_help = "Example:\n  nicol validate --schema prisma/schema.prisma --json")]
    Validate,
    /// Format the schema and add missing back relations
    #[command(after_help = "Examples:\n  nicol format\n  nicol format --check   # in CI: exit 1 and name the files")]
    Format(FormatArgs),
    /// Write the Rust client of each `generator` block with provider "nicol"
    #[command(after_help = "Example:\n  nicol generate")]
    Generate(GenerateArgs),
    /// Work on the database without migrations
    #[command(subcommand_required = false, disable_help_subcommand = true, hide = true)]
    Db(Box<DbArgs>),
    /// Create, apply and compare migrations
    #[command(subcommand_required = false, disable_help_subcommand = true)]
    Migrate(Box<MigrateArgs>),
    /// Show what nicol finds here: schema, config, URL, and why
    #[command(
        subcommand_required = false,
        disable_help_subcommand = true,
        after_help = "Examples:\n  nicol debug\n  nicol debug dmmf --schema schema.prisma > dmmf.json"
    )]
    Debug(DebugArgs),
    /// Show the version
    #[command(after_help = "Example:\n  nicol version --json")]
    Version,
    /// Print a completion script for a shell
    #[command(after_help = "Example:\n  nicol completions bash > ~/.local/share/bash-completion/completions/nicol")]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// Options of `format`.
#[derive(Debug, Args)]
pub(crate) struct FormatArgs {
    /// Change nothing; exit 1 and name the files that are not formatted.
    #[arg(long)]
    pub(crate) check: bool,
    /// Print the formatted text and change nothing.
    #[arg(long, conflicts_with = "check")]
    pub(crate) stdout: bool,
}

/// Options of `generate`.
#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// Run only the generator block of this name (repeatable).
    #[arg(long = "generator", value_name = "NAME")]
    pub(crate) generators: Vec<String>,
    /// Fail when the schema has no models.
    #[arg(long)]
    pub(crate) require_models: bool,
    #[arg(long, hide = true)]
    no_engine: bool,
    #[arg(long, hide = true)]
    data_proxy: bool,
    #[arg(long, hide = true)]
    accelerate: bool,
    #[arg(long, hide = true)]
    allow_no_models: bool,
    #[arg(long, hide = true)]
    postinstall: Option<Option<String>>,
}

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

/// Which database.
#[derive(Debug, Clone, Args)]
pub(crate) struct UrlArgs {
    /// Database URL, before the environment, .env, config and schema.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
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

/// `debug` and its commands.
#[derive(Debug, Args)]
pub(crate) struct DebugArgs {
    #[command(flatten)]
    pub(crate) url: UrlArgs,
    #[command(subcommand)]
    pub(crate) command: Option<DebugCommand>,
}

/// A command of `debug`.
#[derive(Debug, Subcommand)]
pub(crate) enum DebugCommand {
    /// Print the DMMF datamodel of the schema as JSON
    #[command(after_help = "Example:\n  nicol debug dmmf --schema schema.prisma > dmmf.json")]
    Dmmf,
}
