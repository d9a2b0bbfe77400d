//! The command line: every command, flag and example.
//!
//! Flags of Prisma 5, 6 and 7 that change nothing here are accepted and hidden.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

mod db;
mod migrate;

pub(crate) use db::{DbArgs, DbCommand, ExecuteArgs, PullArgs, PushArgs, SeedArgs};
pub(crate) use migrate::{
    AdoptArgs, DeployArgs, DevArgs, DiffArgs, DownArgs, FromArgs, ImportArgs, LintArgs, MigrateArgs, MigrateCommand,
    ResetArgs, ResolveArgs, SnapshotArgs, StatusArgs, ToArgs, UnusedMigrate,
};

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
  -h, --help          help, also of each command (-v, --version: version)

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
    /// Start a project: a schema, and .env for the URL of its database
    #[command(
        after_help = "Examples:\n  nicol init --datasource-provider sqlite\n  nicol init --url postgres://app@localhost/shop"
    )]
    Init(InitArgs),
    /// Check the schema
    #[command(after_help = "Example:\n  nicol validate --schema prisma/schema.prisma --json")]
    Validate,
    /// Format the schema and add missing back relations
    #[command(after_help = "Examples:\n  nicol format\n  nicol format --check   # in CI: exit 1 and name the files")]
    Format(FormatArgs),
    /// Write the Rust client of each `generator` block with provider "nicol"
    #[command(after_help = "Examples:\n  nicol generate\n  nicol generate --sql   # describe prisma/sql/*.sql, too")]
    Generate(GenerateArgs),
    /// Work on the database without migrations
    #[command(subcommand_required = false, disable_help_subcommand = true)]
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
    #[command(
        alias = "complete",
        after_help = "Example:\n  nicol completions bash > ~/.local/share/bash-completion/completions/nicol"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// Options of `init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Kind of database; mysql is MariaDB, too. Without it that of --url, else postgresql.
    #[arg(long, value_name = "NAME")]
    pub(crate) datasource_provider: Option<InitProvider>,
    /// Database URL to write into .env, in place of an example.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Begin with a model.
    #[arg(long)]
    pub(crate) with_model: bool,
    /// Provider of the generator block.
    #[arg(long, value_name = "NAME", default_value = "nicol")]
    pub(crate) generator_provider: String,
    /// Where the client goes, from the folder of the schema.
    #[arg(long, value_name = "PATH", default_value = "../src/db")]
    pub(crate) output: String,
    #[arg(long, hide = true)]
    no_skills: bool,
}

/// What `datasource` blocks call the kinds of databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InitProvider {
    Postgresql,
    Mysql,
    Sqlite,
    Cockroachdb,
}

impl InitProvider {
    /// As it stands in the schema.
    pub(crate) fn name(self) -> &'static str {
        match self {
            InitProvider::Postgresql => "postgresql",
            InitProvider::Mysql => "mysql",
            InitProvider::Sqlite => "sqlite",
            InitProvider::Cockroachdb => "cockroachdb",
        }
    }

    /// A URL to change.
    pub(crate) fn example_url(self) -> &'static str {
        match self {
            InitProvider::Postgresql => "postgresql://user:password@localhost:5432/mydb?schema=public",
            InitProvider::Mysql => "mysql://user:password@localhost:3306/mydb",
            InitProvider::Sqlite => "file:./dev.db",
            InitProvider::Cockroachdb => "cockroachdb://user:password@localhost:26257/mydb",
        }
    }
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
    /// Have the database describe the typed SQL files, sql/*.sql beside the schema.
    #[arg(long)]
    pub(crate) sql: bool,
    #[command(flatten)]
    pub(crate) url: UrlArgs,
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

/// Which database.
#[derive(Debug, Clone, Args)]
pub(crate) struct UrlArgs {
    /// Database URL, before the environment, .env, config and schema.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
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
