//! The reference's WebAssembly build beside ours, where there is one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::Options;
use super::measure::Times;

/// Times by file and operation; none for what failed.
pub(crate) type Answers = BTreeMap<(PathBuf, String), Option<Times>>;

/// Measures the reference on these files, or says why not.
///
/// # Errors
/// It is there, but does not run.
pub(crate) fn measure(root: &Path, options: &Options, folder: &Path, files: &[PathBuf]) -> Result<Answers> {
    let Some(installed) = installed(root, options)? else {
        return Ok(Answers::new());
    };
    let script = folder.join("reference.mjs");
    std::fs::write(&script, include_str!("reference.mjs"))?;
    let mut command = Command::new("node");
    command.arg("--max-old-space-size=8000").arg(&script).arg(&installed).arg(options.seconds.to_string()).args(files);
    let output = command.output().context("node")?;
    if !output.status.success() {
        bail!("the reference failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let mut answers = Answers::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let answer: serde_json::Value = serde_json::from_str(line)?;
        let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
        let times = answer["median"].as_f64().zip(answer["best"].as_f64());
        let key = (PathBuf::from(text("file")), text("operation"));
        answers.insert(key, times.map(|(median, best)| Times { median, best }));
    }
    Ok(answers)
}

/// The folder with the packages: the one that was given, or one installed from `../shared/oracle`.
fn installed(root: &Path, options: &Options) -> Result<Option<PathBuf>> {
    if let Some(given) = &options.reference {
        return Ok(Some(PathBuf::from(given)));
    }
    let recipe = root.join("../shared/oracle");
    if !recipe.join("package.json").is_file() {
        println!("skipped: the reference (no ../shared/oracle)");
        return Ok(None);
    }
    if !Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success()) {
        println!("skipped: the reference (no node)");
        return Ok(None);
    }
    let folder = super::process::release(root).join("reference");
    if !folder.join("node_modules").is_dir() {
        std::fs::create_dir_all(&folder)?;
        std::fs::copy(recipe.join("package.json"), folder.join("package.json"))?;
        let npm = Command::new("npm").args(["install", "--silent", "--no-audit"]).current_dir(&folder).status();
        if !npm.is_ok_and(|status| status.success()) {
            println!("skipped: the reference (npm could not install it)");
            return Ok(None);
        }
    }
    Ok(Some(folder))
}
