//! Whole processes: wall time and peak memory.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::measure::{Times, of};

/// The folder of release builds.
pub(crate) fn release(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("release")
}

/// The release build of `nicol`.
///
/// # Errors
/// It is not there.
pub(crate) fn nicol(root: &Path) -> Result<PathBuf> {
    let program = release(root).join("nicol");
    if !program.is_file() {
        bail!("there is no {}: `cargo build --release --package nicol-cli` makes it", program.display());
    }
    Ok(program)
}

/// A program that does nothing, to subtract what starting a process costs.
pub(crate) fn empty(folder: &Path) -> Result<PathBuf> {
    let (source, program) = (folder.join("empty.rs"), folder.join("empty"));
    std::fs::write(&source, "fn main() {}\n")?;
    let built = Command::new("rustc").arg("-O").arg("-o").arg(&program).arg(&source).status().context("rustc")?;
    if !built.success() {
        bail!("rustc could not build an empty program");
    }
    Ok(program)
}

/// Wall times of a command that must succeed; `before` runs ahead of each, and is not measured.
pub(crate) fn wall(
    rounds: usize,
    mut command: impl FnMut() -> Command,
    mut before: impl FnMut() -> Result<()>,
) -> Result<Times> {
    let mut times = Vec::new();
    for round in 0..rounds + 2 {
        before()?;
        let mut command = command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let started = Instant::now();
        let status = command.status().with_context(|| format!("{command:?}"))?;
        let time = started.elapsed();
        if !status.success() {
            bail!("{command:?} failed: {status}");
        }
        if round >= 2 {
            times.push(time);
        }
    }
    Ok(of(times))
}

/// The largest resident size of a command in MiB, read while it runs; none where the system does not say.
pub(crate) fn peak_memory(command: &mut Command) -> Result<Option<f64>> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = None;
    while child.try_wait()?.is_none() {
        if let Ok(text) = std::fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
            peak = kibibytes.map(|size| size / 1024.0).or(peak);
        }
    }
    Ok(peak)
}
