//! The rules of the architecture, checked on the sources: which crate may use which, what pure crates must not touch, how
//! long a file may be, that every crate is described in ARCHITECTURE.md, and that pages of the book show what is there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// One row of the table in ARCHITECTURE.md: a crate, the crates of ours it may depend on, and what its sources must not
/// mention.
struct Rule {
    name: &'static str,
    may_use: &'static [&'static str],
    forbidden: &'static [&'static str],
}

const FILES: &str = "std::fs";
const ENVIRONMENT: &str = "std::env";
const PROCESSES: &str = "std::process";
/// What talks to a person, and what talks to Cargo from a build script.
const PRINTERS: [&str; 2] = ["nicol-cli", "nicol-build"];
const PRINTING: [&str; 4] = ["println!", "eprintln!", "print!(", "eprint!("];

const RULES: &[Rule] = &[
    Rule { name: "nicol-schema", may_use: &[], forbidden: &[FILES, ENVIRONMENT, PROCESSES] },
    Rule { name: "nicol-db", may_use: &[], forbidden: &[ENVIRONMENT, PROCESSES] },
    Rule { name: "nicol-catalog", may_use: &["nicol-schema", "nicol-db"], forbidden: &[FILES, ENVIRONMENT, PROCESSES] },
    Rule {
        name: "nicol-migrate",
        may_use: &["nicol-catalog", "nicol-schema", "nicol-db"],
        forbidden: &[ENVIRONMENT, PROCESSES],
    },
    Rule { name: "nicol-codegen", may_use: &["nicol-schema"], forbidden: &[FILES, ENVIRONMENT, PROCESSES] },
    Rule { name: "nicol-build", may_use: &["nicol-codegen", "nicol-schema"], forbidden: &[PROCESSES] },
    Rule { name: "nicol", may_use: &["nicol-db", "nicol-macros", "nicol-migrate"], forbidden: &[FILES, PROCESSES] },
    // `migrate!` reads the folder that it embeds.
    Rule { name: "nicol-macros", may_use: &[], forbidden: &[PROCESSES] },
    Rule {
        name: "nicol-cli",
        may_use: &["nicol-build", "nicol-catalog", "nicol-codegen", "nicol-db", "nicol-migrate", "nicol-schema"],
        forbidden: &[],
    },
];

/// Edges that only a feature may draw.
const OPTIONAL: [(&str, &str); 1] = [("nicol", "nicol-migrate")];
const DRIVERS: [&str; 3] = ["rusqlite", "postgres-protocol", "mysql_async"];
const LONGEST_FILE: usize = 800;

/// Prints every broken rule; true when there is none.
pub(crate) fn run(root: &Path) -> Result<bool> {
    let findings = check(root)?;
    for finding in &findings {
        println!("{finding}");
    }
    println!("tidy: {} finding(s)", findings.len());
    Ok(findings.is_empty())
}

fn check(root: &Path) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let architecture = fs::read_to_string(root.join("ARCHITECTURE.md")).context("ARCHITECTURE.md")?;
    for folder in crate_folders(root)? {
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !architecture.contains(&format!("`{name}`")) {
            findings.push(format!("ARCHITECTURE.md does not name the crate `{name}`"));
        }
        let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
            findings.push(format!("crates/{name}: no rule says what it may depend on (xtask/src/tidy.rs)"));
            continue;
        };
        dependencies(&folder, rule, &mut findings)?;
        sources(root, &folder, rule, &mut findings)?;
    }
    includes(&root.join("docs"), &mut findings)?;
    Ok(findings)
}

/// Pages of the book show pieces of real files, `{{#include ../path:anchor}}` or `:29:42`: file, anchor and lines must be there.
fn includes(docs: &Path, findings: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(docs)? {
        let page = entry?.path();
        if page.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = fs::read_to_string(&page)?;
        for include in text.split("{{#include ").skip(1).filter_map(|rest| rest.split("}}").next()) {
            let (file, anchor) = include.split_once(':').unwrap_or((include, ""));
            let shown = fs::read_to_string(docs.join(file)).unwrap_or_default();
            let is_there = anchor.is_empty() || has_lines(&shown, anchor) || has_anchor(&shown, anchor);
            if shown.is_empty() || !is_there {
                findings.push(format!("{}: nothing is shown by `{include}`", page.display()));
            }
        }
    }
    Ok(())
}

fn crate_folders(root: &Path) -> Result<Vec<PathBuf>> {
    let mut folders: Vec<PathBuf> = fs::read_dir(root.join("crates"))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.join("Cargo.toml").is_file())
        .collect();
    folders.sort();
    Ok(folders)
}

/// `29:42` or `75:`, and the lines are in the text.
fn has_lines(text: &str, range: &str) -> bool {
    let numbers: Vec<&str> = range.split(':').filter(|part| !part.is_empty()).collect();
    let are_lines = |part: &&str| part.parse::<usize>().is_ok_and(|line| (1..=text.lines().count()).contains(&line));
    numbers.iter().all(are_lines)
}

fn has_anchor(text: &str, anchor: &str) -> bool {
    let marked = |mark: &str| text.lines().any(|line| line.ends_with(&format!("{mark}: {anchor}")));
    marked("ANCHOR") && marked("ANCHOR_END")
}

fn dependencies(folder: &Path, rule: &Rule, findings: &mut Vec<String>) -> Result<()> {
    let manifest: toml::Table = fs::read_to_string(folder.join("Cargo.toml"))?.parse()?;
    let Some(dependencies) = manifest.get("dependencies").and_then(|value| value.as_table()) else {
        return Ok(());
    };
    for (dependency, settings) in dependencies {
        let is_ours = dependency == "nicol" || dependency.starts_with("nicol-");
        if is_ours && !rule.may_use.contains(&dependency.as_str()) {
            findings.push(format!("crates/{}: must not depend on `{dependency}`", rule.name));
        }
        let is_optional = settings.get("optional").and_then(toml::Value::as_bool) == Some(true);
        if OPTIONAL.contains(&(rule.name, dependency.as_str())) && !is_optional {
            findings.push(format!("crates/{}: `{dependency}` must be optional", rule.name));
        }
        if DRIVERS.contains(&dependency.as_str()) && rule.name != "nicol-db" {
            findings.push(format!("crates/{}: only nicol-db uses the driver `{dependency}`", rule.name));
        }
    }
    Ok(())
}

fn sources(root: &Path, folder: &Path, rule: &Rule, findings: &mut Vec<String>) -> Result<()> {
    for path in rust_files(&folder.join("src"))? {
        let text = fs::read_to_string(&path)?;
        let code = without_tests(&text);
        let shown = path.strip_prefix(root).unwrap_or(&path).display();
        let lines = code.lines().count();
        if lines > LONGEST_FILE {
            findings.push(format!("{shown}: {lines} lines without tests; {LONGEST_FILE} is the limit"));
        }
        let printing: &[&str] = if PRINTERS.contains(&rule.name) { &[] } else { &PRINTING };
        for (number, line) in code.lines().enumerate() {
            let statement = line.split("//").next().unwrap_or(line);
            for word in rule.forbidden.iter().chain(printing).filter(|word| statement.contains(**word)) {
                findings.push(format!("{shown}:{}: `{word}` has no place in {}", number + 1, rule.name));
            }
        }
    }
    Ok(())
}

/// The text up to the test module, which by convention comes last.
fn without_tests(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod tests").map_or(text, |at| &text[..at])
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_is_tidy() {
        let findings = check(&crate::root()).unwrap();
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }

    #[test]
    fn a_forbidden_dependency_is_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Cargo.toml"), "[dependencies]\nnicol-cli = \"1\"\nrusqlite = \"1\"\n").unwrap();
        let mut findings = Vec::new();
        dependencies(folder.path(), &RULES[0], &mut findings).unwrap();
        assert_eq!(findings.len(), 2, "{findings:?}");
    }

    #[test]
    fn an_include_of_nothing_is_found() {
        let docs = tempfile::tempdir().unwrap();
        fs::write(docs.path().join("x.rs"), "// ANCHOR: here\nfn x() {}\n// ANCHOR_END: here\n").unwrap();
        fs::write(docs.path().join("a.md"), "{{#include x.rs:here}} {{#include x.rs}} {{#include x.rs:2:}}").unwrap();
        fs::write(docs.path().join("b.md"), "{{#include x.rs:there}} {{#include y.rs}} {{#include x.rs:2:9}}").unwrap();
        let mut findings = Vec::new();
        includes(docs.path(), &mut findings).unwrap();
        assert_eq!(findings.len(), 3, "{findings:?}");
    }

    #[test]
    fn forbidden_words_are_found_outside_comments_and_tests() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("src")).unwrap();
        let text = "// std::fs\nuse std::fs;\nfn f() { println!() }\n#[cfg(test)]\nmod tests { use std::env; }\n";
        fs::write(root.path().join("src/lib.rs"), text).unwrap();
        let mut findings = Vec::new();
        sources(root.path(), root.path(), &RULES[0], &mut findings).unwrap();
        assert_eq!(findings.len(), 2, "{findings:?}");
    }
}
