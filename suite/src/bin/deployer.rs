//! A small program that does one thing, so that tests can kill it: `deployer URL FOLDER` deploys, `deployer write FOLDER`
//! writes a migration. It says on its standard output what happens, and ends with 0 when it has succeeded.

#![allow(clippy::print_stdout, reason = "the tests read it")]

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use nicol_db::{ConnectionUrl, Dialect};
use nicol_migrate::directory::{DOWN_FILE, SCRIPT_FILE, SNAPSHOT_FILE, write_migration};
use nicol_migrate::{DeployOptions, Directory, Event, deploy};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, folder] = arguments.as_slice() else {
        say("usage: deployer URL FOLDER");
        return ExitCode::from(2);
    };
    let done = if url == "write" { write(folder) } else { run(url, folder).await };
    match done {
        Ok(applied) => {
            say(&format!("done {applied}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("error {} {}", error.code(), error.message().replace('\n', " ")));
            ExitCode::FAILURE
        }
    }
}

async fn run(url: &str, folder: &str) -> Result<usize, nicol_migrate::Error> {
    let url = ConnectionUrl::parse(url)?;
    let directory = Directory::read(folder)?;
    let mut watch = |event: Event| match event {
        Event::DatabaseCreated => say("database created"),
        Event::WaitingForLock { .. } => say("waiting"),
        Event::LineEnds { .. } => say("line ends"),
        Event::Baselined { .. } => say("baseline"),
        Event::Applying { migration, .. } => say(&format!("applying {migration}")),
        Event::StatementDone { statement, .. } => say(&format!("statement {statement}")),
        Event::Applied { migration, .. } => say(&format!("applied {migration}")),
    };
    Ok(deploy(&url, &directory, DeployOptions::default(), &mut watch).await?.applied.len())
}

/// A migration of several files of some size, each with an end that can be recognised.
fn write(folder: &str) -> Result<usize, nicol_migrate::Error> {
    let text = |comment: &str, size: usize| format!("{}{comment} end\n", format!("{comment} line\n").repeat(size));
    let files =
        [(SCRIPT_FILE, text("--", 6_000)), (SNAPSHOT_FILE, text("//", 12_000)), (DOWN_FILE, text("--", 25_000))];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    write_migration(Path::new(folder), "20240102000000_new", &files, Dialect::Sqlite)?;
    Ok(files.len())
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever listened may be gone; the work goes on.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
