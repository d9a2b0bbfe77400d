//! The same on real servers: what the tests of `nicol-catalog` count while they run there.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::servers::Servers;

/// Beginnings of the lines that say how many cases there were and what became of them.
const FIGURES: &[&str] =
    &["evolution ", "scripts that differ", "pulls of", "sqlite: ", "postgresql: ", "mysql: ", "skipped"];

/// Runs every pair from a filled database, every real schema there and back, and both tools' scripts and pulls beside each
/// other; prints their figures.
pub(super) fn run(root: &Path) -> Result<bool> {
    let servers = Servers::find_or_start()?;
    for line in servers.report() {
        println!("{line}");
    }
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(["test", "-p", "nicol-catalog", "--test", "reference", "--test", "evolution"]);
    command.args(["--test", "pull", "--", "--nocapture"]);
    for (name, url) in servers.variables() {
        command.env(name, url);
    }
    let output = command.output().context("cargo test")?;
    let said = String::from_utf8_lossy(&output.stdout);
    for line in said.lines().filter(|line| FIGURES.iter().any(|figure| line.starts_with(figure))) {
        println!("{line}");
    }
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(output.status.success())
}
