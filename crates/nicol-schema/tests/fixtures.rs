//! The schemas in `fixtures/schema` with their diagnostics, see its README.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use nicol_schema::{Source, format, render, validate};

fn compare(path: &Path, actual: &str, failures: &mut Vec<String>) {
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return;
    }
    if std::env::var_os("NICOL_BLESS").is_none() {
        failures.push(format!("{}:\n--- expected\n{expected}\n--- actual\n{actual}", path.display()));
    } else if actual.is_empty() {
        std::fs::remove_file(path).unwrap();
    } else {
        std::fs::write(path, actual).unwrap();
    }
}

#[test]
fn fixtures_give_what_is_written_beside_them() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/schema");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "prisma"));
    paths.sort();
    assert!(!paths.is_empty());
    let mut failures = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let sources = [Source::new(name, std::fs::read_to_string(&path).unwrap())];
        let rendered = render::render(&validate(&sources).diagnostics, &sources, false);
        compare(&path.with_extension("txt"), &rendered, &mut failures);
        let formatted = format(&sources).remove(0);
        let changed = if formatted == sources[0].text { "" } else { formatted.as_str() };
        compare(&path.with_extension("formatted"), changed, &mut failures);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
