//! Rows R1, R2, R4 to R8 and R10: the README of a migration.

use jiff::Zoned;
use jiff::civil::date;
use jiff::tz::TimeZone;
use nicol_migrate::readme::{Readme, readme};
use nicol_migrate::snapshot::Mask;

use crate::{AFTER, BEFORE, DOCUMENT, INIT, SESSION, live};

fn at() -> Zoned {
    date(2020, 7, 14).at(16, 8, 32, 0).to_zoned(TimeZone::UTC).expect("a moment")
}

/// What nicol writes for the document's migration.
fn written() -> String {
    readme(&Readme {
        name: SESSION,
        previous_name: INIT,
        author: Some("dev.mohe"),
        at: at(),
        script: "",
        dialect: nicol_db::Dialect::Postgres,
        previous_schema: BEFORE,
        schema: &live(AFTER),
        mask: Mask::All,
    })
}

/// From the heading of the differences to the end of the file.
fn changes(text: &str) -> &str {
    &text[text.find("## Changes").expect("the heading")..]
}

fn line(text: &str, number: usize) -> &str {
    text.lines().nth(number - 1).expect("a line")
}

#[test]
fn r01_the_title_is_the_id_and_the_afternoon_counts_from_one() {
    assert_eq!(line(&written(), 1), "# Migration `20200714160832`");
    assert_eq!(line(&written(), 1), line(DOCUMENT, 1));
    assert!(line(&written(), 3).ends_with(" at 7/14/2020, 4:08:32 PM."));
}

#[test]
fn r02_the_author_is_the_name_alone() {
    assert!(line(&written(), 3).contains(" by dev.mohe at "));
    let head = |text: &str| text[..text.find("## Database Steps").expect("the heading")].to_owned();
    assert_eq!(head(&written()), head(DOCUMENT));
}

#[test]
fn r04_the_difference_names_both_ids() {
    assert!(written().contains("\nmigration 20200711010303-init..20200714160832\n"));
}

#[test]
fn r05_hunks_count_the_lines_that_they_leave_out() {
    let text = written();
    let headers: Vec<&str> = text.lines().filter(|line| line.starts_with("@@")).collect();
    assert_eq!(headers, ["@@ -1,8 +1,9 @@", "@@ -23,20 +24,29 @@"]);
    let first = &text[text.find("@@ -1,8").expect("it")..text.find("@@ -23").expect("it")];
    let shown = first.lines().skip(1).filter(|line| !line.starts_with('+')).count();
    assert_eq!(shown, 7, "one of the eight is blank");
}

#[test]
fn r06_the_whole_block_is_that_of_the_document() {
    assert_eq!(changes(&written()), changes(DOCUMENT));
    assert!(written().contains("\n-  url = \"***\"\n+  url = \"***\"\n"), "two lines that look the same");
}

#[test]
fn r07_alignment_is_a_change() {
    let text = written();
    assert!(text.contains("\n-  class         String\n") && text.contains("\n+  class       String\n"));
}

#[test]
fn r08_blank_lines_and_comments_are_lines() {
    let text = written();
    assert!(text.contains("\n }\n+\n // postgresql://"), "below the datasource");
    assert!(text.contains("\n+}\n+\n+model UserSession {\n"), "between models");
    assert!(text.contains("\n+  // maybe also password so they can login\n"));
}

#[test]
fn r10_the_end_of_the_file() {
    assert!(DOCUMENT.ends_with("\n }\n```\n\n\n") && written().ends_with("\n }\n```\n\n\n"));
}
