//! `cargo xtask test`: every test of the workspace, on every database that can be had.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::seeds;
use crate::servers::Servers;

#[derive(Default)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
}

/// Finds or starts the servers, runs `cargo test`, and says at the end what ran and what was skipped, and why. The examples whose
/// READMEs promise something come last, with their tables; arguments are `cargo test`'s, and then there are none.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<bool> {
    let servers = Servers::find_or_start()?;
    for line in servers.report() {
        println!("{line}");
    }
    let examples = if arguments.is_empty() { seeds::examples(root)? } else { Vec::new() };
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(["test", "--workspace", "--no-fail-fast"]).args(arguments);
    command.args(examples.iter().flat_map(|example| ["--exclude", &example.name]));
    for (name, url) in servers.variables() {
        command.env(name, url);
    }
    let mut child = command.stdout(Stdio::piped()).spawn().context("cargo test")?;
    let mut counts = Counts::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            count(&line, &mut counts);
            writeln!(std::io::stdout(), "{line}")?;
        }
    }
    let mut succeeded = child.wait()?.success();
    if !examples.is_empty() {
        let verdict = seeds::hold(root, &examples, &servers)?;
        counts.passed += verdict.passed as u64;
        counts.failed += verdict.failed as u64;
        succeeded &= verdict.faults == 0;
    }
    let mut skipped = servers.skipped();
    if !root.join("../shared/conformance").is_dir() {
        skipped.push("reference answers (no ../shared)".to_owned());
    }
    if !["chromium", "chromium-browser", "google-chrome"].iter().any(|name| is_on_path(name)) {
        skipped.push("pages in a browser (no chromium)".to_owned());
    }
    println!("\n{} passed, {} failed, {} skipped", counts.passed, counts.failed, counts.ignored);
    let skipped = if skipped.is_empty() { "nothing".to_owned() } else { skipped.join("; ") };
    println!(
        "{}: {} tests on {}; skipped: {skipped}",
        if succeeded { "ok" } else { "FAILED" },
        counts.passed + counts.failed,
        servers.names().join(", ")
    );
    Ok(succeeded)
}

fn is_on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Adds up one `test result: ok. 3 passed; 0 failed; 1 ignored; ...` line.
fn count(line: &str, counts: &mut Counts) {
    let Some(rest) = line.strip_prefix("test result: ") else {
        return;
    };
    for part in rest.split([';', '.']) {
        let mut words = part.split_whitespace();
        if let (Some(Ok(number)), Some(kind)) = (words.next().map(str::parse::<u64>), words.next()) {
            match kind {
                "passed" => counts.passed += number,
                "failed" => counts.failed += number,
                "ignored" => counts.ignored += number,
                _ => (),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_add_up() {
        let mut counts = Counts::default();
        count(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s",
            &mut counts,
        );
        count("test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured", &mut counts);
        count("test passed ... 5 passed", &mut counts);
        assert_eq!((counts.passed, counts.failed, counts.ignored), (13, 2, 1));
    }
}
