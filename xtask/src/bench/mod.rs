//! Measurements: `cargo xtask bench <what>`.
//!
//! Everything is measured in the release profile, on one core where the machine lets a process be pinned, first warmed up,
//! then repeated; tables show the median, and the best beside it, for a machine that is shared.

mod client;
mod compile;
mod diff;
mod generate;
mod measure;
mod migrate;
mod process;
mod reference;
mod schema;
mod text;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// What `cargo xtask bench` can be told.
pub(crate) struct Options {
    /// Seconds for each cell of a table.
    pub(crate) seconds: f64,
    /// A folder whose `node_modules` holds the reference's WebAssembly builds.
    pub(crate) reference: Option<String>,
    /// Leave out what starts processes.
    pub(crate) in_process_only: bool,
}

/// Runs one benchmark.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<bool> {
    // Whole processes beside each other: it builds what it starts, and is not pinned, for servers are at work, too.
    match arguments.split_first() {
        Some((what, rest)) if what == "migrate" => {
            return Ok(migrate::run(root, rest)? && run(root, &["diff".to_owned()])?);
        }
        Some((what, rest)) if what == "client" => return client::run(root, rest),
        Some((what, rest)) if what == "compile" => return compile::run(root, rest),
        _ => {}
    }
    let (what, options) = parse(arguments)?;
    if cfg!(debug_assertions) {
        return in_release(root, arguments);
    }
    match what {
        "diff" => diff::run(root, &options)?,
        "schema" => schema::run(root, &options)?,
        "generate" => generate::run(root, &options)?,
        other => bail!("there is no benchmark `{other}`: schema, diff, generate, migrate, client, compile"),
    }
    Ok(true)
}

fn parse(arguments: &[String]) -> Result<(&str, Options)> {
    let reference = std::env::var("NICOL_REFERENCE").ok();
    let mut options = Options { seconds: 1.0, reference, in_process_only: false };
    let Some((what, rest)) = arguments.split_first() else {
        bail!("say what to measure: schema, diff, generate, migrate, client, compile");
    };
    let mut rest = rest.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().with_context(|| format!("`{argument}` needs a value"));
        match argument.as_str() {
            "--seconds" => options.seconds = value()?.parse().context("--seconds takes a number")?,
            "--reference" => options.reference = Some(value()?.clone()),
            "--in-process" => options.in_process_only = true,
            other => bail!("there is no option `{other}`: --seconds N, --reference DIR, --in-process"),
        }
    }
    Ok((what, options))
}

/// Starts the same command in the release profile, on one core if it can be had.
fn in_release(root: &Path, arguments: &[String]) -> Result<bool> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let build = ["build", "--quiet", "--release", "--package", "xtask", "--package", "nicol-cli"];
    if !Command::new(&cargo).args(build).current_dir(root).status()?.success() {
        bail!("the release build failed");
    }
    let program = process::release(root).join("xtask");
    let pinned = Command::new("taskset").args(["-c", "0", "true"]).output().is_ok_and(|output| output.status.success());
    let mut command = if pinned {
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    println!("{}", if pinned { "on core 0" } else { "not pinned to a core" });
    Ok(command.arg("bench").args(arguments).current_dir(root).status()?.success())
}
