//! What a change does to data, told beforehand: every recorded pair says whether it loses values and whether rows can stop
//! it, and the plan's risks say the same.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::{catalog, shared};
use nicol_catalog::{diff, plan};

/// Pairs where the plan knows better than the record, with the reason.
const DIFFERENT: &[(&str, &str)] = &[
    ("sqlite/default_and_type", "text that looks like a number becomes one"),
    ("sqlite/index_on_recreated_column", "text that looks like a number becomes one"),
    ("sqlite/type_string_to_datetime", "text that looks like a number becomes one"),
    ("sqlite/type_string_to_int", "text that looks like a number becomes one"),
    ("sqlite/type_string_to_int_optional", "text that looks like a number becomes one"),
    ("sqlite/type_string_to_json", "text that looks like a number becomes one"),
    ("sqlite/type_bigint_to_int", "clients read 32 bits"),
    ("sqlite/type_float_to_int", "clients read no fraction"),
    ("sqlite/pk_single_to_other_column", "rows may be equal in the new key"),
    ("postgresql/pk_single_to_other_column", "rows may be equal in the new key"),
    ("postgresql/type_float_to_decimal", "15 digits are kept of 17"),
    ("cockroachdb/type_int_to_bigint", "the column is widened where it is"),
];

#[test]
fn risks_are_those_of_the_record() {
    let Some(shared) = shared() else { return };
    let mut failures = Vec::new();
    let mut count = 0;
    for provider in ["sqlite", "postgresql", "cockroachdb"] {
        let mut cases: Vec<_> =
            fs::read_dir(shared.join("evolution").join(provider)).unwrap().map(|entry| entry.unwrap().path()).collect();
        cases.sort();
        for case in cases.iter().filter(|case| case.join("destructive.json").exists()) {
            let record = fs::read_to_string(case.join("destructive.json")).unwrap();
            let record: serde_json::Value = serde_json::from_str(&record).unwrap();
            let (from, to) = (catalog(&case.join("from.prisma")).unwrap(), catalog(&case.join("to.prisma")).unwrap());
            let difference = diff(&from, &to);
            let risks = plan(&difference).risks;
            let is_risky = record["data_loss"] == true || record["may_fail"] == true;
            let name = format!("{provider}/{}", case.file_name().unwrap().to_string_lossy());
            count += 1;
            if is_risky == risks.is_empty() && !DIFFERENT.iter().any(|(one, _)| *one == name) {
                let texts: Vec<&str> = risks.iter().map(|risk| risk.text.as_str()).collect();
                failures.push(format!("{name}: {record}\n  {texts:?}"));
            }
        }
    }
    println!("{count} pairs, {} differ", failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
