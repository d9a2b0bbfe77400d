//! What the tests of this crate share: reading schemas and comparing scripts.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod random;
pub(crate) mod rows;
pub(crate) mod server;
pub(crate) mod trial;

use std::fs;
use std::path::{Path, PathBuf};

use nicol_catalog::{Catalog, Decisions, dialect_of, diff, from_schema, plan, script};
use nicol_schema::{Source, ValidSchema};

/// The conformance data beside the repository; none, with a printed line, when it is not there.
pub(crate) fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no ../shared");
    None
}

/// The repository's own cases.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/catalog")
}

/// A schema of one file or of a folder.
pub(crate) fn sources(path: &Path) -> Vec<Source> {
    let mut files = Vec::new();
    collect(path, &mut files);
    files.sort();
    // The order in which the reference was given the files, where it is told.
    let order = fs::read_to_string(path.with_extension("expected.json")).unwrap_or_default();
    let name = |file: &Path| file.file_name().unwrap().to_string_lossy().into_owned();
    files.sort_by_key(|file| order.find(&format!("\"{}\"", name(file))).unwrap_or(usize::MAX));
    let name = |file: &Path| file.strip_prefix(path).unwrap_or(file).to_string_lossy().into_owned();
    files.iter().map(|file| Source::new(name(file), fs::read_to_string(file).unwrap())).collect()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), files);
        }
    } else if path.extension().is_some_and(|extension| extension == "prisma") {
        files.push(path.to_owned());
    }
}

/// A schema that has to be valid.
pub(crate) fn schema(sources: &[Source]) -> Result<ValidSchema, String> {
    let validated = nicol_schema::validate(sources);
    validated.schema.ok_or_else(|| format!("invalid: {:?}", validated.diagnostics.first()))
}

/// A schema's catalog in the dialect of its provider.
pub(crate) fn catalog(path: &Path) -> Result<Catalog, String> {
    let schema = schema(&sources(path))?;
    let dialect = schema.provider().and_then(dialect_of).ok_or("no dialect")?;
    Ok(from_schema(&schema, dialect))
}

/// What is decided about a case.
pub(crate) fn decisions(case: &Path) -> Decisions {
    let mut decisions = Decisions::default();
    for line in fs::read_to_string(case.join("decisions.txt")).unwrap_or_default().lines() {
        match line.split_once(' ').unwrap() {
            ("rename", rest) => decisions.renames.push(rest.parse().unwrap()),
            ("backfill", rest) => decisions.backfills.push(rest.parse().unwrap()),
            (word, _) => unreachable!("{word}"),
        }
    }
    decisions
}

/// The script between two catalogs.
pub(crate) fn script_between(from: &Catalog, to: &Catalog) -> String {
    let diff = diff(from, to);
    let text = script(&plan(&diff));
    assert_eq!(text.is_empty(), plan(&diff).is_empty());
    text
}
