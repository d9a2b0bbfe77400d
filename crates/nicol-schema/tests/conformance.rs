//! Agreement with the reference over the schemas in `../shared/conformance`, if they are there.
//!
//! `NICOL_SHOW=1 cargo test -p nicol-schema --test conformance -- --nocapture` names every disagreement.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nicol_schema::{Severity, Source, format, validate};

struct Case {
    name: String,
    sources: Vec<Source>,
    expected: serde_json::Value,
    formatted: Vec<String>,
}

fn shared() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    if root.is_dir() {
        return Some(root);
    }
    println!("skipped: no ../shared");
    None
}

fn prisma_files(dir: &Path, base: &Path, found: &mut Vec<(String, PathBuf)>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            prisma_files(&path, base, found);
        } else if path.extension().is_some_and(|extension| extension == "prisma") {
            found.push((path.strip_prefix(base).unwrap().to_string_lossy().into_owned(), path));
        }
    }
}

fn sources(path: &Path) -> Vec<Source> {
    let mut files = Vec::new();
    if path.is_dir() {
        prisma_files(path, path, &mut files);
    } else {
        files.push((path.file_name().unwrap().to_string_lossy().into_owned(), path.to_owned()));
    }
    files.into_iter().map(|(name, path)| Source::new(name, std::fs::read_to_string(path).unwrap())).collect()
}

fn formatted(sources: &[Source], path: &Path) -> Vec<String> {
    let at = |name: &str| {
        if path.is_dir() { path.join(name) } else { path.to_owned() }
    };
    sources.iter().map(|s| std::fs::read_to_string(at(&s.path)).unwrap_or_else(|_| s.text.clone())).collect()
}

fn real(root: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(root.join("real")).unwrap() {
        let dir = entry.unwrap().path();
        if !dir.is_dir() {
            continue;
        }
        let sources = sources(&dir.join("schema"));
        let expected = serde_json::from_str(&std::fs::read_to_string(dir.join("expected.json")).unwrap()).unwrap();
        let formatted = sources
            .iter()
            .map(|s| std::fs::read_to_string(dir.join("formatted").join(&s.path)).unwrap_or_else(|_| s.text.clone()))
            .collect();
        cases.push(Case {
            name: dir.file_name().unwrap().to_string_lossy().into_owned(),
            sources,
            expected,
            formatted,
        });
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

fn synthetic(root: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for group in std::fs::read_dir(root.join("synthetic")).unwrap() {
        let group = group.unwrap().path();
        if !group.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&group).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            let Some(name) = file.strip_suffix(".expected.json") else {
                continue;
            };
            let single = group.join(format!("{name}.prisma"));
            let (input, output) = if single.is_file() {
                (single, group.join(format!("{name}.formatted.prisma")))
            } else {
                (group.join(name), group.join(format!("{name}.formatted")))
            };
            let sources = sources(&input);
            let formatted = formatted(&sources, &output);
            let expected = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let group = group.file_name().unwrap().to_string_lossy();
            cases.push(Case { name: format!("{group}/{name}"), sources, expected, formatted });
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

fn utf16(text: &str, byte: u32) -> u64 {
    text[..byte as usize].encode_utf16().count() as u64
}

type Found = (String, u64, u64, bool);

fn ours(case: &Case) -> (bool, Vec<Found>, Vec<String>) {
    let validated = validate(&case.sources);
    let mut places = Vec::new();
    let mut words = Vec::new();
    for diagnostic in &validated.diagnostics {
        let warning = match diagnostic.severity {
            Severity::Error => false,
            Severity::Warning => true,
            Severity::Hint => continue,
        };
        let source = &case.sources[diagnostic.span.file as usize];
        let (start, end) = (utf16(&source.text, diagnostic.span.start), utf16(&source.text, diagnostic.span.end));
        places.push((source.path.clone(), start, end, warning));
        words.push(format!("{}: {}", diagnostic.code, diagnostic.message));
    }
    (validated.schema.is_some(), places, words)
}

fn theirs(case: &Case) -> (bool, Vec<Found>, Vec<String>) {
    let list = case.expected["diagnostics"].as_array().unwrap();
    let places = list
        .iter()
        .map(|d| {
            let file = d["file"].as_str().unwrap().to_owned();
            (file, d["start"].as_u64().unwrap(), d["end"].as_u64().unwrap(), d["warning"].as_bool().unwrap())
        })
        .collect();
    let words = list.iter().map(|d| d["about"].as_str().unwrap_or("?").to_owned()).collect();
    (case.expected["valid"].as_bool().unwrap(), places, words)
}

fn show() -> bool {
    std::env::var_os("NICOL_SHOW").is_some()
}

/// Where nicol differs on purpose, or where the expected answer cannot be had.
const DIFFERENT: &[(&str, &str)] = &[
    (
        "amplication-amplication-packages-amplication-server-src-core-dbschemaimport-predefinedsche",
        "several schemas in one folder",
    ),
    ("robertcraigie-prisma-client-py-docs-src-examples", "several schemas in one folder"),
    ("bloom-housing-bloom-api-prisma-schema", "a removed preview feature is a hint"),
    ("triggerdotdev-trigger-dev-internal-packages-database-prisma-schema", "a removed preview feature is a hint"),
    (
        "triggerdotdev-trigger-dev-internal-packages-run-ops-database-prisma-schema",
        "a removed preview feature is a hint",
    ),
    ("datasource/direct_url_not_allowed", "connection properties are accepted"),
    ("datasource/shadow_url_not_allowed", "connection properties are accepted"),
    ("datasource/url_literal_not_allowed", "connection properties are accepted"),
    ("datasource/url_not_allowed_any_more-pg", "connection properties are accepted"),
    ("datasource/url_not_allowed_any_more-sl", "connection properties are accepted"),
    ("relations/relation_on_enum", "unknown arguments are reported in their order, not in that of a hash table"),
];

/// Compares one set and prints, for every group: cases, and how many agree on validity, diagnostics, format.
///
/// # Panics
/// On any disagreement that is not in [`DIFFERENT`].
fn compare(set: &str, cases: &[Case]) {
    let mut total = [0; 4];
    let mut unexpected = Vec::new();
    let mut groups: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    for case in cases {
        let (our_valid, our_places, our_words) = ours(case);
        let (their_valid, their_places, their_words) = theirs(case);
        let same_format = format(&case.sources) == case.formatted;
        let hits = [true, our_valid == their_valid, our_places == their_places, same_format];
        let group = case.name.split_once('/').map_or(set, |(group, _)| group).to_owned();
        let counts = groups.entry(group).or_default();
        for (index, hit) in hits.into_iter().enumerate() {
            counts[index] += usize::from(hit);
            total[index] += usize::from(hit);
        }
        let agrees = hits[1] && hits[2];
        let known = DIFFERENT.iter().any(|(name, _)| *name == case.name);
        if !agrees && !known {
            unexpected.push(format!("diagnostics of {}", case.name));
        }
        if !hits[3] {
            unexpected.push(format!("format of {}", case.name));
        }
        if show() && !agrees {
            println!("DIAGNOSTICS {set} {}", case.name);
            for (place, word) in their_places.iter().zip(&their_words).filter(|(p, _)| !our_places.contains(p)) {
                println!("    missing  {place:?} {word}");
            }
            for (place, word) in our_places.iter().zip(&our_words).filter(|(p, _)| !their_places.contains(p)) {
                println!("    too many {place:?} {word}");
            }
        }
        if show() && !hits[3] {
            println!("FORMAT {set} {}", case.name);
        }
    }
    for (group, [cases, valid, diagnostics, format]) in &groups {
        println!("{set:10} {group:16} cases {cases:5} valid {valid:5} diagnostics {diagnostics:5} format {format:5}");
    }
    println!("{set:10} {:16} {total:?}", "ALL");
    assert!(unexpected.is_empty(), "disagreement: {}", unexpected.join(", "));
}

#[test]
fn real_schemas() {
    let Some(root) = shared() else { return };
    compare("real", &real(&root));
}

#[test]
fn synthetic_schemas() {
    let Some(root) = shared() else { return };
    compare("synthetic", &synthetic(&root));
}
