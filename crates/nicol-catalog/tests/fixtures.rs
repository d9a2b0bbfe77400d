//! The repository's own cases: a schema, or two, with the script and the risks that come of them; with `decisions.txt`
//! (lines `rename ...` and `backfill ...`, as a command line takes them) also the way back. `NICOL_BLESS=1` writes the
//! expected files anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{catalog, decisions, fixtures};
use nicol_catalog::{Catalog, Certainty, Diff, Plan, RiskKind, decide, diff, likely_renames, plan, script, summary};

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    all.sort();
    all
}

fn risks(plan: &Plan<'_>) -> String {
    let line = |risk: &nicol_catalog::Risk| {
        let kind = match risk.kind {
            RiskKind::Warning => "warning",
            RiskKind::Unexecutable => "unexecutable",
        };
        let place = risk.column.as_ref().map_or(risk.table.clone(), |column| format!("{}.{column}", risk.table));
        let count = risk.count_query.as_deref().unwrap_or("-");
        format!("{kind} {place}\n  {}\n  {count}\n", risk.text)
    };
    plan.risks.iter().map(line).collect()
}

fn likely(diff: &Diff<'_>) -> String {
    let line = |one: &nicol_catalog::LikelyRename| {
        let certainty = match one.certainty {
            Certainty::Certain => "certain",
            Certainty::Likely => "likely",
        };
        format!("{certainty} {} {}\n", one.score, one.rename)
    };
    likely_renames(diff).iter().map(line).collect()
}

/// Compares with the file, or writes it.
fn expect(path: PathBuf, actual: &str, failures: &mut Vec<String>) {
    if std::env::var_os("NICOL_BLESS").is_some() {
        if actual.is_empty() {
            fs::remove_file(&path).ok();
        } else {
            fs::write(&path, actual).unwrap();
        }
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if expected != actual {
        failures.push(format!("{}\n--- expected\n{expected}--- actual\n{actual}", path.display()));
    }
}

#[test]
fn every_case_gives_its_script_and_risks() {
    let mut failures = Vec::new();
    let mut count = 0;
    for case in folders(&fixtures()).iter().flat_map(|provider| folders(provider)) {
        let to = catalog(&case.join("to.prisma")).unwrap();
        let from_file = case.join("from.prisma");
        let from = if from_file.exists() { catalog(&from_file).unwrap() } else { Catalog::fresh(to.dialect) };
        expect(case.join("likely_renames.txt"), &likely(&diff(&from, &to)), &mut failures);
        let decided = decide(&from, &to, &decisions(&case)).unwrap();
        let difference = decided.diff(&to);
        let plan = plan(&difference);
        if case.join("decisions.txt").exists() {
            let back = decided.reversed(&to);
            let text = script(&nicol_catalog::plan(&back.diff(&from)));
            expect(case.join("down.sql"), &text, &mut failures);
        }
        expect(case.join("expected.sql"), &script(&plan), &mut failures);
        expect(case.join("risks.txt"), &risks(&plan), &mut failures);
        expect(case.join("summary.txt"), &summary(&difference), &mut failures);
        assert!(diff(&to, &to).is_empty(), "{}", case.display());
        count += 1;
    }
    assert!(count > 20);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
