//! The command lines in the documentation: those of `console` blocks succeed one after the other in a project, all others are at
//! least understood.

use std::path::{Path, PathBuf};

use crate::support::Place;

const SCHEMA: &str = "datasource db {\n  provider = \"sqlite\"\n  url      = env(\"DATABASE_URL\")\n}\n\nmodel User {\n  \
    id    Int     @id @default(autoincrement())\n  email String  @unique\n  name  String?\n}\n";

/// A project whose first migration is applied.
fn project() -> Place {
    let place = Place::with(&[("prisma/schema.prisma", SCHEMA), (".env", "DATABASE_URL=file:./dev.db\n")]);
    place.run(&["migrate", "dev", "--name", "init"]).exits(0);
    place
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every page, by its path.
fn pages() -> Vec<(PathBuf, String)> {
    let mut found = vec![root().join("README.md"), root().join("crates/nicol-cli/README.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found.into_iter().map(|path| (path.clone(), std::fs::read_to_string(&path).expect("a page"))).collect()
}

/// The lines in fenced blocks, each with the language of its block.
fn fenced(text: &str) -> Vec<(&str, &str)> {
    let mut language = None;
    let mut found = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("```"), language) {
            (Some(_), Some(_)) => language = None,
            (Some(name), None) => language = Some(name),
            (None, Some(name)) => found.push((name, line)),
            (None, None) => {}
        }
    }
    found
}

/// The arguments after `nicol` in a line of a shell; nothing when it is none, or a form such as `migrate dev --name NAME [..]`.
fn arguments(line: &str) -> Option<Vec<String>> {
    let line = line.split(" | ").last().unwrap_or(line).trim();
    let line = line.split(" > ").next().unwrap_or(line);
    let rest =
        line.strip_prefix("nicol ").or_else(|| line.split_once("://app@db/shop nicol ").map(|(_, rest)| rest))?;
    let is_form = rest.contains('[') || rest.contains("..") || rest.contains('|') || rest.contains("COMMAND");
    if is_form {
        return None;
    }
    let mut words: Vec<String> = Vec::new();
    let (mut quote, mut is_open) = (None, false);
    for c in rest.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                if !is_open {
                    words.push(String::new());
                    is_open = true;
                }
            }
            (None, '#') if !is_open => break,
            (None, c) if c.is_whitespace() => is_open = false,
            (_, c) => {
                if !is_open {
                    words.push(String::new());
                    is_open = true;
                }
                words.last_mut()?.push(c);
            }
        }
    }
    // `nicol validate && nicol format`
    if let Some(end) = words.iter().position(|word| word == "&&") {
        words.truncate(end);
    }
    let variable = |word: String| if word.starts_with('$') { "file:dev.db".to_owned() } else { word };
    Some(words.into_iter().map(variable).collect())
}

#[test]
fn console_blocks_succeed_in_order() {
    let mut ran = 0;
    for (path, text) in pages() {
        let lines: Vec<&str> =
            fenced(&text).into_iter().filter(|(language, _)| *language == "console").map(|(_, line)| line).collect();
        if lines.is_empty() {
            continue;
        }
        let place = project();
        for line in lines {
            let command = line.strip_prefix("$ ").unwrap_or_else(|| panic!("{}: {line}", path.display()));
            let words = arguments(command).unwrap_or_else(|| panic!("{}: {line}", path.display()));
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let done = place.run(&words);
            assert_eq!(done.code, 0, "{}: {line}\n{}\n{}", path.display(), done.out, done.err);
            ran += 1;
        }
    }
    assert!(ran > 5, "{ran}");
}

#[test]
fn every_command_line_is_understood() {
    let mut seen = 0;
    for (path, text) in pages() {
        let indented = text.lines().filter_map(|line| line.strip_prefix("    ")).map(|line| ("", line));
        for (_, line) in fenced(&text).into_iter().chain(indented) {
            let line = line.strip_prefix("- run: ").unwrap_or(line);
            let Some(words) = arguments(line.strip_prefix("$ ").unwrap_or(line)) else { continue };
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let done = Place::with(&[("prisma/schema.prisma", SCHEMA)]).env("DATABASE_URL", "file:dev.db").run(&words);
            assert!(!done.err.contains("error[usage]"), "{}: {line}\n{}", path.display(), done.err);
            seen += 1;
        }
    }
    println!("{seen} command lines");
    assert!(seen > 40, "{seen}");
}
