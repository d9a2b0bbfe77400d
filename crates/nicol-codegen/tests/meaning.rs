//! Formatting keeps what a schema means: its DMMF is the same before and after.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use nicol_codegen::dmmf::datamodel;
use nicol_schema::{ValidSchema, invariants};

/// The DMMF without the signs that formatting adds to documentation in block comments (`/* a */` gets a line and a star).
fn meaning(schema: &ValidSchema) -> String {
    datamodel(schema).replace("\\n", "").replace("\\r", "").replace(['*', ' '], "")
}

#[test]
fn formatting_keeps_the_meaning() {
    let mut count = 0;
    for folder in ["schema", "fuzz", "systems"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(folder);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "prisma") {
                continue;
            }
            count += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            // The whole text, and without each of its lines.
            for left_out in 0..=lines.len() {
                let kept = lines.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, line)| *line);
                let text = kept.collect::<Vec<_>>().join("\n");
                let place = format!("{}, without line {}", path.display(), left_out + 1);
                assert_eq!(invariants::validator(&text, meaning), Ok(()), "{place}");
            }
        }
    }
    assert!(count > 10, "only {count} schemas");
}
