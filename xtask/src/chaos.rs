//! `cargo xtask chaos`: the fault tests of the suite with as many points as one likes.
//!
//! The tests themselves are in `suite/tests/faults`; a run of all tests has 30 points for each database.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::servers::Servers;

/// Points for each database unless told otherwise.
const POINTS: usize = 240;

/// Runs the chaos tests and shows what each found.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<bool> {
    let mut points = POINTS;
    let mut only = String::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let value = rest.next().with_context(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--points" => points = value.parse().context("--points needs a number")?,
            "--only" => only.clone_from(value),
            _ => bail!("unknown argument {argument}"),
        }
    }
    let servers = Servers::find_or_start()?;
    for line in servers.report() {
        println!("{line}");
    }
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(["test", "-p", "suite", "--test", "faults", "--"]);
    command.arg(format!("chaos_{only}")).args(["--nocapture", "--test-threads=2"]);
    command.env("NICOL_CHAOS_POINTS", points.to_string());
    for (name, url) in servers.variables() {
        command.env(name, url);
    }
    Ok(command.status().context("cargo test")?.success())
}
