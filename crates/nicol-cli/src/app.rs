//! Reads the command line, runs the command, words its failure.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::args::{Cli, Command, DbCommand, DebugCommand, MigrateCommand};
use crate::commands;
use crate::failure::{FAILED, Failure, Result};
use crate::mask::mask;
use crate::output::{Output, has_lost_result};
use crate::tips;

/// Exit code of success.
pub(crate) const DONE: u8 = 0;

/// Runs the program. Returns its exit code.
pub(crate) fn run() -> u8 {
    report_panics();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(error, &arguments),
    };
    let output = Output::new(cli.global.json, cli.global.quiet, cli.global.no_color);
    let result = dispatch(&cli, &output).and_then(|code| if has_lost_result() { Err(lost_result()) } else { Ok(code) });
    match result {
        Ok(code) => code,
        Err(failure) => {
            output.failure(&failure);
            failure.exit()
        }
    }
}

fn lost_result() -> Failure {
    Failure::new("output-lost", "the result could not be written to standard output")
        .why("the disk is full, or the stream is closed")
        .help("make room, or write somewhere else")
}

fn dispatch(cli: &Cli, output: &Output) -> Result<u8> {
    let global = &cli.global;
    if cli.version {
        return Ok(commands::version::run(output));
    }
    match &cli.command {
        None => Ok(help(&[], output)),
        Some(Command::Init(args)) => commands::init::run(args, global, output),
        Some(Command::Validate) => commands::validate::run(global, output),
        Some(Command::Format(args)) => commands::format::run(args, global, output),
        Some(Command::Generate(args)) => commands::generate::run(args, global, output),
        Some(Command::Db(args)) => match &args.command {
            None => Ok(help(&["db"], output)),
            Some(DbCommand::Pull(args)) => commands::db::pull::run(args, global, output),
            Some(DbCommand::Push(args)) => commands::db::push::run(args, global, output),
            Some(DbCommand::Execute(args)) => commands::db::execute::run(args, global, output),
            Some(DbCommand::Seed(args)) => commands::db::seed::run(args, global, output),
        },
        Some(Command::Migrate(args)) => match &args.command {
            None => Ok(help(&["migrate"], output)),
            Some(MigrateCommand::Dev(args)) => commands::migrate::dev::run(args, global, output),
            Some(MigrateCommand::Deploy(args)) => commands::migrate::deploy::run(args, global, output),
            Some(MigrateCommand::Reset(args)) => commands::migrate::reset::run(args, global, output),
            Some(MigrateCommand::Down(args)) => commands::migrate::down::run(args, global, output),
            Some(MigrateCommand::Adopt(args)) => commands::migrate::adopt::run(args, global, output),
            Some(MigrateCommand::Snapshot(args)) => commands::migrate::snapshot::run(args, global, output),
            Some(MigrateCommand::Import(args)) => commands::migrate::import::run(args, global, output),
            Some(MigrateCommand::Resolve(args)) => commands::migrate::resolve::run(args, global, output),
            Some(MigrateCommand::Status(args)) => commands::migrate::status::run(args, global, output),
            Some(MigrateCommand::Lint(args)) => commands::migrate::lint::run(args, global, output),
            Some(MigrateCommand::Diff(args)) => commands::migrate::diff::run(args, global, output),
        },
        Some(Command::Debug(args)) => match &args.command {
            None => commands::debug::run(args, global, output),
            Some(DebugCommand::Dmmf) => commands::debug::dmmf(global, output),
        },
        Some(Command::Version) => Ok(commands::version::run(output)),
        Some(Command::Completions { shell }) => Ok(commands::completions::run(*shell, output)),
    }
}

/// Prints the help of a command, found by its path of names.
fn help(path: &[&str], output: &Output) -> u8 {
    let mut command = Cli::command();
    command.build();
    let found = path.iter().try_fold(&mut command, |command, name| command.find_subcommand_mut(name));
    if let Some(found) = found {
        output.result(&found.render_help().to_string());
    }
    DONE
}

/// Words what clap has to say. Wrong usage is exit code 1: 2 means differences.
fn usage(mut error: clap::Error, arguments: &[OsString]) -> u8 {
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let output = Output::new(has("--json"), false, has("--no-color"));
    let is_asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    tips::give(&mut error);
    let text = error.render().to_string();
    if is_asked_for {
        output.result(&text);
        return DONE;
    }
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    if output.json {
        let (what, rest) = text.split_once("\n\n").unwrap_or((text, ""));
        output.failure(&Failure::new("usage", what.trim()).help(rest.trim()));
    } else {
        output.raw_error(&format!("error[usage]: {}", mask(text)));
    }
    FAILED
}

/// A bug in nicol is told in one line: nobody but its authors can read a backtrace.
fn report_panics() {
    if std::env::var_os("RUST_BACKTRACE").is_some() {
        return;
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let failure = Failure::new("bug", "nicol has stopped because of a mistake of its own")
            .at(place)
            .why(panic_text(panic))
            .help("please report this, with the command and the schema");
        Output::new(false, false, false).failure(&failure);
        std::process::exit(i32::from(FAILED));
    }));
}

fn panic_text(panic: &std::panic::PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason given".to_owned())
}
