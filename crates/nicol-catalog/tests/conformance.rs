//! Scripts against those of the reference: whole schemas, and pairs of schemas.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{catalog, script_between, shared, without_sentences};
use nicol_catalog::Catalog;

/// Cases where the reference's script is wrong or dangerous, and ours is another on purpose.
const DEVIATIONS: &[(&str, &str)] = &[
    ("cockroachdb/enum_remove_and_add_value", "a space is missing in the reference's DROP VALUE"),
    ("cockroachdb/enum_remove_value", "a space is missing in the reference's DROP VALUE"),
    ("cockroachdb/type_int_to_bigint", "the reference drops a column that can be widened in place"),
    ("postgresql/autoincrement_drop", "the reference drops a sequence without a name"),
    ("postgresql/autoincrement_int_to_bigint", "the reference names a serial type in an alteration"),
    ("postgresql/enum_value_with_quote", "the reference does not double quotes"),
    ("postgresql/odd_names", "the reference does not double quotes"),
    ("sqlite/odd_names", "the reference does not double quotes"),
    ("sqlite/default_constant_to_dbgenerated", "the reference leaves out the brackets around an expression"),
    ("sqlite/default_dbgenerated_change", "the reference leaves out the brackets around an expression"),
    ("sqlite/default_each_type", "the reference does not quote JSON"),
    ("blocks/field_name_mapped_odd-pg", "the reference does not double quotes"),
    ("blocks/field_name_mapped_odd-sl", "the reference does not double quotes"),
    ("dbgenerated/id-sl", "the reference leaves out the brackets around an expression"),
    ("dbgenerated/with_expression-sl", "the reference leaves out the brackets around an expression"),
    ("defaults/constants_decimal_json-sl", "the reference does not quote JSON"),
    ("manytomany/join_table_name_taken", "the reference swallows a model"),
    ("uniques/reserved_map_sqlite_prefix", "the reference edits SQLite's own tables"),
    ("postgresql/index_two_swapped_names", "the reference renames one index to a name in use"),
    ("sqlite/index_two_swapped_names", "the reference makes an index with a name in use"),
];

struct Tally {
    set: &'static str,
    counts: BTreeMap<String, (usize, usize)>,
    failures: Vec<String>,
}

impl Tally {
    fn new(set: &'static str) -> Tally {
        Tally { set, counts: BTreeMap::new(), failures: Vec::new() }
    }

    fn add(&mut self, group: &str, name: &str, outcome: Result<(), String>) {
        let count = self.counts.entry(group.to_owned()).or_default();
        count.1 += 1;
        match outcome {
            Ok(()) => count.0 += 1,
            // For the schema crate's own conformance to tell.
            Err(message) if message.starts_with("invalid: ") => println!("not valid: {name}"),
            Err(_) if DEVIATIONS.iter().any(|(case, _)| *case == name) => count.0 += 1,
            Err(message) => self.failures.push(format!("{name}: {message}")),
        }
    }

    fn finish(self) {
        for (group, (good, all)) in &self.counts {
            println!("{} {group}: {good}/{all}", self.set);
        }
        if let Ok(path) = std::env::var("NICOL_CONFORMANCE_REPORT") {
            fs::write(format!("{path}/{}.txt", self.set), self.failures.join("\n\n")).unwrap();
        }
        assert!(self.failures.is_empty(), "{} of {} differ", self.failures.len(), self.set);
    }
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    all.sort();
    all
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn compare(ours: &str, theirs: &str) -> Result<(), String> {
    let (ours, theirs) = (without_sentences(ours), without_sentences(theirs));
    if ours == theirs { Ok(()) } else { Err(format!("\n--- ours\n{ours}\n--- theirs\n{theirs}")) }
}

fn from_empty(schema: &Path, expected: &str) -> Result<(), String> {
    let to = catalog(schema)?;
    compare(&script_between(&Catalog::empty(to.dialect), &to), expected)
}

#[test]
fn real_projects_from_empty() {
    let Some(shared) = shared() else { return };
    let mut tally = Tally::new("real");
    for case in folders(&shared.join("real")) {
        let Ok(expected) = fs::read_to_string(case.join("from_empty.sql")) else {
            continue;
        };
        tally.add("from empty", &name(&case), from_empty(&case.join("schema"), &expected));
    }
    tally.finish();
}

#[test]
fn synthetic_schemas_from_empty() {
    let Some(shared) = shared() else { return };
    let mut tally = Tally::new("synthetic");
    for group in folders(&shared.join("synthetic")) {
        let files = fs::read_dir(&group).unwrap().map(|entry| entry.unwrap().path());
        let mut scripts: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|e| e == "sql")).collect();
        scripts.sort();
        for script in scripts {
            let Ok(expected) = fs::read_to_string(&script) else {
                continue;
            };
            let (file, folder) = (script.with_extension("prisma"), script.with_extension(""));
            let schema = if file.exists() { file } else { folder };
            let case = format!("{}/{}", name(&group), name(&script.with_extension("")));
            tally.add(&name(&group), &case, from_empty(&schema, &expected));
        }
    }
    tally.finish();
}

#[test]
fn evolution_pairs() {
    let Some(shared) = shared() else { return };
    let mut tally = Tally::new("evolution");
    for provider in folders(&shared.join("evolution")) {
        for case in folders(&provider) {
            let expected = fs::read_to_string(case.join("expected.sql")).unwrap();
            let outcome = catalog(&case.join("from.prisma")).and_then(|from| {
                let to = catalog(&case.join("to.prisma"))?;
                compare(&script_between(&from, &to), &expected)
            });
            tally.add(&name(&provider), &format!("{}/{}", name(&provider), name(&case)), outcome);
        }
    }
    tally.finish();
}
