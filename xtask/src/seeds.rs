//! `cargo xtask seeds`: what the examples promise, and the tests that hold them to it.
//!
//! The README of an example has tables of numbered requirements (`| R12 | ..`) and behaviours (`| B7 | ..`). The tests of a row
//! are named after it: `r12_..`, `b07_..`, and for several rows `r19_r20_..`; the last part of a test's path is the database,
//! where it runs on several (`b07_round_connects::sqlite`).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::servers::Servers;

const DATABASES: [&str; 5] = ["sqlite", "postgres", "postgres18", "mariadb", "mysql"];

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Passed,
    Skipped,
    Failed,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Outcome::Passed => "ok",
            Outcome::Skipped => "skipped",
            Outcome::Failed => "FAILED",
        }
    }
}

/// A row's kind (`R` or `B`) and number.
type Row = (char, u32);

/// What the tests of a row are called, and the worst outcome on each database (the last place: on none in particular).
#[derive(Debug, Default)]
struct Held {
    tests: Vec<String>,
    outcomes: [Option<Outcome>; DATABASES.len() + 1],
}

/// An example whose README has such tables.
pub(crate) struct Example {
    /// The package.
    pub(crate) name: String,
    rows: Vec<Row>,
}

/// What a run of examples came to.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Tests that passed; those that said `skipped: ..` among them.
    pub(crate) passed: usize,
    /// Tests that failed.
    pub(crate) failed: usize,
    /// Rows without a test, tests without a row, tests that failed.
    pub(crate) faults: usize,
}

/// The tables of every example, or of those named; true when nothing is wrong with them.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<bool> {
    let mut examples = examples(root)?;
    examples.retain(|example| arguments.is_empty() || arguments.contains(&example.name));
    if examples.is_empty() {
        bail!("no example of this name has a README.md with numbered rows");
    }
    Ok(hold(root, &examples, &Servers::find_or_start()?)?.faults == 0)
}

/// The examples with such tables, by name.
pub(crate) fn examples(root: &Path) -> Result<Vec<Example>> {
    let mut examples = Vec::new();
    for entry in fs::read_dir(root.join("examples"))? {
        let folder = entry?.path();
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Ok(readme) = fs::read_to_string(folder.join("README.md")) else { continue };
        let rows = promised(&readme);
        if !rows.is_empty() {
            examples.push(Example { name, rows });
        }
    }
    examples.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(examples)
}

/// Runs the tests of examples, and prints requirement → tests → results.
pub(crate) fn hold(root: &Path, examples: &[Example], servers: &Servers) -> Result<Verdict> {
    let mut verdict = Verdict::default();
    let mut faults = Vec::new();
    for Example { name, rows } in examples {
        let results = tests(root, name, servers)?;
        let failed = results.values().filter(|outcome| **outcome == Outcome::Failed).count();
        verdict.failed += failed;
        verdict.passed += results.len() - failed;
        faults.extend(judge(name, rows, &results).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    for fault in &faults {
        println!("{fault}");
    }
    let rows: usize = examples.iter().map(|example| example.rows.len()).sum();
    println!("seeds: {rows} rows of {} example(s), {} fault(s)", examples.len(), faults.len());
    verdict.faults = faults.len();
    Ok(verdict)
}

/// The rows of a README's tables, in order.
fn promised(readme: &str) -> Vec<Row> {
    let first_cells = readme.lines().filter_map(|line| line.strip_prefix('|')?.split('|').next());
    first_cells.filter_map(|cell| row(cell.trim().trim_matches('`'))).collect()
}

/// `R12` or `b07`.
fn row(text: &str) -> Option<Row> {
    let kind = text.chars().next()?.to_ascii_uppercase();
    let digits = text.get(1..)?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (matches!(kind, 'R' | 'B') && is_number).then(|| digits.parse().ok().map(|number| (kind, number)))?
}

/// The rows that a test's path is named after, and its database.
fn held(test: &str) -> (Vec<Row>, Option<usize>) {
    let rows =
        test.split("::").map(|part| part.split('_').map_while(row).collect()).find(|rows: &Vec<Row>| !rows.is_empty());
    let last = test.rsplit("::").next();
    let database = last.and_then(|last| DATABASES.iter().position(|name| *name == last));
    (rows.unwrap_or_default(), database)
}

/// Runs the tests of a package.
fn tests(root: &Path, package: &str, servers: &Servers) -> Result<BTreeMap<String, Outcome>> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(["test", "--package", package, "--no-fail-fast", "--", "--show-output"]);
    for (name, url) in servers.variables() {
        command.env(name, url);
    }
    // Tests that run the command find it built.
    command.env("NICOL_COMMAND", fresh_database::nicol());
    let output = command.stderr(Stdio::inherit()).output().context("cargo test")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let results = outcomes(&text);
    if results.is_empty() {
        bail!("{package}: no tests have run");
    }
    if results.values().any(|outcome| *outcome == Outcome::Failed) || !output.status.success() {
        println!("{text}");
    }
    Ok(results)
}

/// Reads what the test harness prints: `test NAME ... ok` lines, and below `---- NAME stdout ----` what a test said.
fn outcomes(text: &str) -> BTreeMap<String, Outcome> {
    let mut found = BTreeMap::new();
    let mut speaker = None;
    for line in text.lines() {
        if let Some((name, result)) = line.strip_prefix("test ").and_then(|line| line.rsplit_once(" ... ")) {
            let outcome = match result {
                "ok" => Outcome::Passed,
                "FAILED" => Outcome::Failed,
                _ => Outcome::Skipped,
            };
            found.insert(name.to_owned(), outcome);
        } else if let Some(name) = line.strip_prefix("---- ").and_then(|line| line.strip_suffix(" stdout ----")) {
            speaker = Some(name.to_owned());
        } else if line.starts_with("skipped: ")
            && let Some(outcome) = speaker.as_ref().and_then(|name| found.get_mut(name))
        {
            *outcome = Outcome::Skipped.max(*outcome);
        }
    }
    found
}

/// A test's path without its database; of a documentation test what it documents.
fn bare(test: &str, has_database: bool) -> &str {
    let path = test.split_once(" - ").map_or(test, |(_, item)| item.split(' ').next().unwrap_or(item));
    if has_database { path.rsplit_once("::").map_or(path, |(bare, _)| bare) } else { path }
}

/// A line's columns, one a database and one for what runs on none in particular.
fn cells(words: &[&str]) -> String {
    words.iter().map(|word| format!("{word:10}")).collect::<Vec<_>>().join(" ")
}

/// Prints the table of one example, and how many of its tests ended how on each database; gives what is wrong with it.
fn judge(example: &str, rows: &[Row], results: &BTreeMap<String, Outcome>) -> Vec<String> {
    let mut table: BTreeMap<Row, Held> = BTreeMap::new();
    let mut faults = Vec::new();
    for (test, outcome) in results {
        let (held, database) = held(test);
        for row in &held {
            if !rows.contains(row) {
                faults.push(format!("{test} names the row {}{}, which the README does not have", row.0, row.1));
            }
            let entry = table.entry(*row).or_default();
            let place = &mut entry.outcomes[database.unwrap_or(DATABASES.len())];
            *place = (*place).max(Some(*outcome));
            let bare = bare(test, database.is_some());
            if !entry.tests.iter().any(|known| known == bare) {
                entry.tests.push(bare.to_owned());
            }
        }
        if *outcome == Outcome::Failed {
            faults.push(format!("{test} failed"));
        }
    }
    println!("\n{example}\n{:7} {} tests", "row", cells(&[&DATABASES[..], &["other"]].concat()));
    for row in rows {
        let name = format!("{}{}", row.0, row.1);
        let Some(held) = table.get(row) else {
            println!("{name:7} no test");
            faults.push(format!("{name} has no test"));
            continue;
        };
        let words = held.outcomes.map(|outcome| outcome.map_or("", Outcome::word));
        println!("{name:7} {} {}", cells(&words), held.tests.join(", "));
    }
    for outcome in [Outcome::Passed, Outcome::Skipped, Outcome::Failed] {
        let mut counts = [0_usize; DATABASES.len() + 1];
        for (test, _) in results.iter().filter(|(_, ended)| **ended == outcome) {
            counts[held(test).1.unwrap_or(DATABASES.len())] += 1;
        }
        if counts.iter().any(|count| *count > 0) {
            let counts = counts.map(|count| count.to_string());
            println!("{:7} {} tests in all", outcome.word(), cells(&counts.each_ref().map(String::as_str)));
        }
    }
    let mut seen = rows.to_vec();
    seen.sort_unstable();
    for twice in seen.windows(2).filter(|pair| pair[0] == pair[1]) {
        faults.push(format!("the README has the row {}{} twice", twice[0].0, twice[0].1));
    }
    println!();
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_from_tables() {
        let readme = "# Laps\n| id | text |\n|---|---|\n| R1 | first |\n| B07 | x |\n| Rest | no |\n`| R9 | no`\n";
        assert_eq!(promised(readme), [('R', 1), ('B', 7)]);
    }

    #[test]
    fn tests_are_named_after_rows() {
        assert_eq!(held("b07_round_connects::mariadb"), (vec![('B', 7)], Some(3)));
        assert_eq!(held("legacy::r19_r20_imported"), (vec![('R', 19), ('R', 20)], None));
        assert_eq!(held("the_story_runs"), (vec![], None));
    }

    #[test]
    fn a_row_without_test_and_a_test_without_row_are_faults() {
        let text = "running 3 tests\ntest b01_a::sqlite ... ok\ntest b01_a::postgres ... ok\ntest r02_b ... FAILED\n\nsuccesses:\n\n\
                    ---- b01_a::postgres stdout ----\nskipped: NICOL_TEST_POSTGRES_URL is not set\n\nsuccesses:\n    b01_a::sqlite\n";
        let results = outcomes(text);
        assert_eq!(results["b01_a::postgres"], Outcome::Skipped);
        assert_eq!(results["b01_a::sqlite"], Outcome::Passed);
        let faults = judge("x", &[('B', 1), ('B', 2)], &results);
        assert_eq!(faults.len(), 3, "{faults:?}");
    }
}
