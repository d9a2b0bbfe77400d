//! The pages about diagnostics keep their word: every code has a section, its first schema yields that code, its second
//! one nothing.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use nicol_schema::{Code, Source, validate};

/// A section of a page.
struct Section {
    code: String,
    words: String,
    schemas: Vec<String>,
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn sections() -> Vec<Section> {
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(docs().join("diagnostics")).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let mut sections: Vec<Section> = Vec::new();
    for page in pages {
        let mut schema: Option<String> = None;
        for line in std::fs::read_to_string(page).unwrap().lines() {
            match (&mut schema, line) {
                (Some(_), "```") => sections.last_mut().unwrap().schemas.push(schema.take().unwrap()),
                (Some(text), line) => {
                    text.push_str(line);
                    text.push('\n');
                }
                (None, "```prisma") => schema = Some(String::new()),
                (None, line) => match (line.strip_prefix("## "), sections.last_mut()) {
                    (Some(code), _) => {
                        sections.push(Section { code: code.to_owned(), words: String::new(), schemas: Vec::new() });
                    }
                    (None, Some(section)) => {
                        section.words.push_str(line);
                        section.words.push(' ');
                    }
                    (None, None) => {}
                },
            }
        }
    }
    sections
}

fn codes(text: &str) -> BTreeSet<&'static str> {
    let validated = validate(&[Source::new("schema.prisma", text)]);
    validated.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect()
}

#[test]
fn every_code_has_one_section() {
    let mut found: Vec<String> = sections().into_iter().map(|section| section.code).collect();
    found.sort();
    let known: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(found, known);
}

#[test]
fn examples_show_their_code_and_repairs_repair() {
    let mut wrong = Vec::new();
    for section in sections() {
        let [example, repaired] = section.schemas.as_slice() else {
            wrong.push(format!("{}: {} schemas where there must be two", section.code, section.schemas.len()));
            continue;
        };
        let mut expected = BTreeSet::from([section.code.as_str()]);
        // Some come together with another one, and their section says so.
        let companion = section.words.split("together with `").nth(1).and_then(|rest| rest.split('`').next());
        expected.extend(companion);
        // Of an empty schema the command speaks: it is not about a place in the text.
        if section.code == Code::SchemaEmpty.as_str() {
            expected.clear();
        }
        let found = codes(example);
        if found != expected {
            wrong.push(format!("{}: the example yields {found:?}", section.code));
        }
        let left = codes(repaired);
        if !left.is_empty() {
            wrong.push(format!("{}: the repair yields {left:?}", section.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_is_linked() {
    let summary = std::fs::read_to_string(docs().join("SUMMARY.md")).unwrap();
    let overview = std::fs::read_to_string(docs().join("diagnostics.md")).unwrap();
    for entry in std::fs::read_dir(docs().join("diagnostics")).unwrap() {
        let link = format!("(diagnostics/{})", entry.unwrap().file_name().to_string_lossy());
        assert!(summary.contains(&link) && overview.contains(&link), "{link}");
    }
}
