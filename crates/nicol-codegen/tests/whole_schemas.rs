//! What does not change the meaning of a schema: formatting it, splitting it into files, joining files.
//!
//! The schemas are those of `fixtures/schema` and, where it is there, of `../shared/conformance`.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use nicol_codegen::dmmf::datamodel;
use nicol_schema::{Severity, Source, format, validate};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "prisma") {
            found.push(path);
        }
    }
}

/// Every schema text, with its path.
fn texts() -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    below(&root().join("fixtures"), &mut paths);
    let shared = root().join("../shared/conformance");
    if shared.is_dir() {
        below(&shared.join("synthetic"), &mut paths);
        below(&shared.join("real"), &mut paths);
    } else {
        println!("skipped: no ../shared");
    }
    let text = |path: PathBuf| std::fs::read_to_string(&path).ok().map(|text| (path, text));
    let small = |(_, text): &(PathBuf, String)| text.len() < 8_000;
    paths.into_iter().filter_map(text).filter(small).collect()
}

fn meaning(sources: &[Source]) -> Option<Value> {
    let schema = validate(sources).schema?;
    Some(serde_json::from_str(&datamodel(&schema)).unwrap())
}

/// Lists of named things in the order of their names, and no words of comments.
fn without_order(value: Value) -> Value {
    match value {
        Value::Array(values) => {
            let mut values: Vec<Value> = values.into_iter().map(without_order).collect();
            if values.iter().all(Value::is_object) {
                values.sort_by_key(Value::to_string);
            }
            Value::Array(values)
        }
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(key, _)| key != "documentation");
            Value::Object(kept.map(|(key, value)| (key, without_order(value))).collect())
        }
        other => other,
    }
}

#[test]
fn formatting_keeps_the_meaning() {
    let mut compared = 0;
    for (path, text) in texts() {
        let sources = [Source::new("schema.prisma", text.as_str())];
        let formatted = format(&sources).remove(0);
        let again = [Source::new("schema.prisma", formatted.as_str())];
        let twice = format(&again).remove(0);
        let settled = format(&[Source::new("schema.prisma", twice.as_str())]).remove(0);
        assert_eq!(settled, twice, "{}: formatting does not settle", path.display());
        // Like the reference, the first time does not put a blank line between `}` and what stands behind it.
        let behind_brace = text.lines().any(|line| line.starts_with('}') && line.trim_end() != "}");
        if validate(&sources).schema.is_some() && !behind_brace {
            assert_eq!(twice, formatted, "{}: formatting twice changes something", path.display());
        }
        let Some(before) = meaning(&sources) else { continue };
        let after = meaning(&again);
        assert!(after.is_some(), "{}: formatting makes it invalid", path.display());
        // A comment between `/*` and `*/` gets other line breaks, also where it is documentation.
        let blocks = text.contains("/*");
        let shown = |value: Value| if blocks { without_order(value) } else { value };
        assert_eq!(after.map(shown), Some(shown(before)), "{}", path.display());
        compared += 1;
    }
    assert!(compared > 20, "{compared}");
}

/// What is said, as (offset in the joined text, length, severity, code), sorted.
fn remarks(sources: &[Source], offsets: &[usize]) -> Vec<(usize, usize, Severity, &'static str)> {
    let said = validate(sources).diagnostics.into_iter().map(|diagnostic| {
        let (start, end) = (diagnostic.span.start as usize, diagnostic.span.end as usize);
        let start = offsets[diagnostic.span.file as usize] + start;
        (start, end - diagnostic.span.start as usize, diagnostic.severity, diagnostic.code.as_str())
    });
    let mut said: Vec<_> = said.collect();
    said.sort();
    said
}

fn pieces(text: &str, cuts: &[usize]) -> (Vec<Source>, Vec<usize>) {
    let mut bounds = vec![0];
    bounds.extend(cuts);
    bounds.push(text.len());
    let piece = |(number, ends): (usize, &[usize])| Source::new(format!("{number}.prisma"), &text[ends[0]..ends[1]]);
    (bounds.windows(2).enumerate().map(piece).collect(), bounds[..bounds.len() - 1].to_vec())
}

#[test]
fn splitting_and_joining_files_changes_nothing_but_order() {
    let mut compared = 0;
    // A part of them, so that the test takes seconds.
    for (path, text) in texts().into_iter().step_by(3) {
        // Which preview features there are, and that there is one datasource, is a matter of one file.
        let of_one_file = text.matches("datasource ").count() > 1 || text.contains("fullTextSearch");
        // Blocks that end on a line of their own; the next one begins a file.
        let ends: Vec<usize> = text.match_indices("\n}\n").map(|(at, end)| at + end.len()).collect();
        if of_one_file || ends.len() < 2 || ends.len() > 40 {
            continue;
        }
        let whole = [Source::new("schema.prisma", text.as_str())];
        let (said, means) = (remarks(&whole, &[0]), meaning(&whole).map(without_order));
        let middle = [ends[ends.len() / 2 - 1]];
        for cuts in [ends.as_slice(), &middle] {
            let (sources, offsets) = pieces(&text, cuts);
            assert_eq!(remarks(&sources, &offsets), said, "{} cut at {cuts:?}", path.display());
            assert_eq!(meaning(&sources).map(without_order), means, "{} cut at {cuts:?}", path.display());
            let reversed: Vec<Source> = sources.iter().rev().cloned().collect();
            let backwards = meaning(&reversed).map(without_order);
            assert_eq!(backwards, means, "{} cut at {cuts:?}, files in reverse", path.display());
        }
        compared += 1;
    }
    assert!(compared > 10, "{compared}");
}
