//! A small program that carries out one deployment, so that tests can kill it: `deployer URL FOLDER`. It says on its
//! standard output what happens, and ends with 0 when the deployment has succeeded.

#![allow(clippy::print_stdout, reason = "the tests read it")]

use std::io::Write as _;
use std::process::ExitCode;

use nicol_db::ConnectionUrl;
use nicol_migrate::{DeployOptions, Directory, Event, deploy};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, folder] = arguments.as_slice() else {
        say("usage: deployer URL FOLDER");
        return ExitCode::from(2);
    };
    match run(url, folder).await {
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
        Event::WaitingForLock { .. } => say("waiting"),
        Event::LineEnds { .. } => say("line ends"),
        Event::Applying { migration, .. } => say(&format!("applying {migration}")),
        Event::StatementDone { statement, .. } => say(&format!("statement {statement}")),
        Event::Applied { migration, .. } => say(&format!("applied {migration}")),
    };
    Ok(deploy(&url, &directory, DeployOptions::default(), &mut watch).await?.applied.len())
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever listened may be gone; the work goes on.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
