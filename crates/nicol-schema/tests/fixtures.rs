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

/// Every `.prisma` file below a folder, in the order of the paths.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "prisma") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The files of a case: one, or all of a folder.
fn sources(case: &Path) -> Vec<Source> {
    let (base, files) = if case.is_dir() { (case, files(case)) } else { (case.parent().unwrap(), vec![case.into()]) };
    let name = |path: &Path| path.strip_prefix(base).unwrap().to_string_lossy().replace('\\', "/");
    files.iter().map(|path| Source::new(name(path), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn fixtures_give_what_is_written_beside_them() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/schema");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "prisma"));
    paths.sort();
    assert!(!paths.is_empty());
    let mut failures = Vec::new();
    for path in paths {
        let sources = sources(&path);
        let rendered = render::render(&validate(&sources).diagnostics, &sources, false);
        compare(&path.with_extension("txt"), &rendered, &mut failures);
        let formatted = format(&sources);
        let changed = sources.iter().zip(formatted).filter(|(source, formatted)| source.text != *formatted);
        let head = |source: &Source| if path.is_dir() { format!("// {}\n", source.path) } else { String::new() };
        let changed: String = changed.map(|(source, formatted)| head(source) + &formatted).collect();
        compare(&path.with_extension("formatted"), &changed, &mut failures);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
