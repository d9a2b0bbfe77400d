//! The README of a migration of 2020, byte for byte.

use jiff::tz::TimeZone;
use nicol_db::Dialect;
use nicol_migrate::readme::{Readme, readme};
use nicol_migrate::snapshot::Mask;

/// From the fence of the difference to its end.
fn changes(text: &str) -> &str {
    text[text.find("```diff\n").unwrap()..].trim_end()
}

fn head(text: &str) -> &str {
    &text[..text.find("## Database Steps").unwrap()]
}

#[test]
fn the_first_migration_of_a_project() {
    let document = crate::common::fixture("systems/staart/migration-of-2020.md");
    let added = changes(&document).lines().skip(6).filter_map(|line| line.strip_prefix('+'));
    let schema: String = added.map(|line| format!("{line}\n")).collect();
    let text = readme(&Readme {
        name: "20200420002856",
        previous_name: "",
        author: Some("Anand Chowdhary"),
        at: jiff::civil::date(2020, 4, 20).at(0, 28, 56, 0).to_zoned(TimeZone::UTC).unwrap(),
        script: "",
        dialect: Dialect::Mysql,
        previous_schema: "",
        schema: &schema,
        mask: Mask::Literal,
    });
    assert_eq!(head(&text), head(&document));
    assert_eq!(changes(&text), changes(&document));
}
