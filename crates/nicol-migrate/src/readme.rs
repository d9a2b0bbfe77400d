//! `README.md` of a migration: who, when, the statements, and the difference of the schema's text.

use std::fmt::Write as _;

use jiff::Zoned;
use nicol_db::Dialect;

use crate::line_diff::{self, Line};
use crate::snapshot::{self, Mask};

/// Unchanged lines shown around each change.
const CONTEXT: usize = 4;

/// What goes into a README.
#[derive(Debug, Clone)]
pub struct Readme<'a> {
    /// Name of the migration.
    pub name: &'a str,
    /// Name of the migration before it, empty for the first.
    pub previous_name: &'a str,
    /// Author: a name, or `Ann <ann@example.com>`; left out when unknown.
    pub author: Option<&'a str>,
    /// The instant of the migration in the reader's zone.
    pub at: Zoned,
    /// The script of the migration.
    pub script: &'a str,
    /// The dialect it is written in.
    pub dialect: Dialect,
    /// The snapshot of the migration before it, empty when there is none.
    pub previous_schema: &'a str,
    /// The schema as it is now, unmasked.
    pub schema: &'a str,
    /// Which URLs are hidden in the difference.
    pub mask: Mask,
}

/// The text of the file.
pub fn readme(readme: &Readme<'_>) -> String {
    let author = readme.author.map(|author| format!(" by {author}")).unwrap_or_default();
    format!(
        "# Migration `{name}`\n\n\
         This migration has been generated{author} at {at}.\n\
         You can check out the [state of the schema](./schema.prisma) after the migration.\n\n\
         ## Database Steps\n\n\
         ```sql\n{statements}\n```\n\n\
         ## Changes\n\n\
         ```diff\n\
         diff --git schema.prisma schema.prisma\n\
         migration {previous}..{name}\n\
         --- datamodel.dml\n\
         +++ datamodel.dml\n\
         {changes}```\n\n\n",
        name = readme.name,
        at = local_time(&readme.at),
        statements = statements(readme.script, readme.dialect),
        previous = readme.previous_name,
        changes = changes(readme.previous_schema, readme.schema, readme.mask),
    )
}

/// `4/20/2020, 12:28:56 AM`
fn local_time(at: &Zoned) -> String {
    let (hour, half) = match at.hour() {
        0 => (12, "AM"),
        hour @ 1..=11 => (hour, "AM"),
        12 => (12, "PM"),
        hour => (hour - 12, "PM"),
    };
    format!("{}/{}/{}, {hour}:{:02}:{:02} {half}", at.month(), at.day(), at.year(), at.minute(), at.second())
}

/// The statements without comments above them and without semicolons, one empty line between two of them and none inside.
fn statements(script: &str, dialect: Dialect) -> String {
    let mut out: Vec<String> = Vec::new();
    for statement in nicol_db::script::split(script, dialect) {
        let text = crate::sql::without_leading_comments(statement.text);
        let text = text.trim().trim_end_matches(';');
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).map(str::trim_end).collect();
        if !lines.is_empty() {
            out.push(lines.join("\n"));
        }
    }
    out.join("\n\n")
}

/// The hunks. Lines that are blank but for their sign are left out where they are context, as the format has it: the
/// counts in the headers still include them.
fn changes(old: &str, new: &str, mask: Mask) -> String {
    // The texts are compared as they are and masked afterwards. Masking keeps lines, so line numbers still fit.
    let (old_masked, new_masked) = (snapshot::mask(old, mask), snapshot::mask(new, mask));
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) = (old_masked.lines().collect(), new_masked.lines().collect());
    let mut out = String::new();
    for hunk in line_diff::unified(old, new, CONTEXT) {
        // Writing into a String cannot fail.
        let _ = writeln!(out, "@@ -{},{} +{},{} @@", hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines);
        let (mut old_at, mut new_at) = (hunk.old_start - 1, hunk.new_start - 1);
        for line in hunk.lines {
            let (sign, text) = match line {
                Line::Context(_) => (' ', new_lines.get(new_at)),
                Line::Removed(_) => ('-', old_lines.get(old_at)),
                Line::Added(_) => ('+', new_lines.get(new_at)),
            };
            old_at += usize::from(!matches!(line, Line::Added(_)));
            new_at += usize::from(!matches!(line, Line::Removed(_)));
            let shown = format!("{sign}{}", text.unwrap_or(&""));
            if !shown.trim().is_empty() {
                let _ = writeln!(out, "{shown}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    fn at(hour: i8, minute: i8, second: i8) -> Zoned {
        date(2020, 4, 20).at(hour, minute, second, 0).to_zoned(TimeZone::UTC).unwrap()
    }

    #[test]
    fn times_are_american() {
        for (zoned, expected) in [
            (at(0, 28, 56), "4/20/2020, 12:28:56 AM"),
            (at(9, 5, 0), "4/20/2020, 9:05:00 AM"),
            (at(12, 0, 1), "4/20/2020, 12:00:01 PM"),
            (at(16, 8, 32), "4/20/2020, 4:08:32 PM"),
        ] {
            assert_eq!(local_time(&zoned), expected);
        }
    }

    #[test]
    fn the_whole_file() {
        let old = "datasource db {\n  provider = \"sqlite\"\n  url = \"***\"\n}\n\nmodel A {\n  id Int @id\n}";
        let new = "datasource db {\n  provider = \"sqlite\"\n  url = env(\"U\")\n}\n\nmodel A {\n  id Int @id\n}\n\n\
                   model B {\n  id Int @id\n}";
        let script = "-- CreateTable\nCREATE TABLE \"B\" (\n    \"id\" INTEGER NOT NULL,\n\n    PRIMARY KEY (\"id\")\n);\n\n\
                      -- CreateIndex\nCREATE INDEX \"i\" ON \"B\"(\"id\");\n";
        let text = readme(&Readme {
            name: "20200420002856_b",
            previous_name: "20200419000000_a",
            author: Some("Ann"),
            at: at(0, 28, 56),
            script,
            dialect: Dialect::Sqlite,
            previous_schema: old,
            schema: new,
            mask: Mask::All,
        });
        let expected = "# Migration `20200420002856_b`\n\n\
            This migration has been generated by Ann at 4/20/2020, 12:28:56 AM.\n\
            You can check out the [state of the schema](./schema.prisma) after the migration.\n\n\
            ## Database Steps\n\n```sql\n\
            CREATE TABLE \"B\" (\n    \"id\" INTEGER NOT NULL,\n    PRIMARY KEY (\"id\")\n)\n\n\
            CREATE INDEX \"i\" ON \"B\"(\"id\")\n```\n\n\
            ## Changes\n\n```diff\n\
            diff --git schema.prisma schema.prisma\n\
            migration 20200419000000_a..20200420002856_b\n\
            --- datamodel.dml\n+++ datamodel.dml\n\
            @@ -1,8 +1,12 @@\n datasource db {\n   provider = \"sqlite\"\n-  url = \"***\"\n+  url = \"***\"\n }\n model A {\n   \
            id Int @id\n+}\n+\n+model B {\n+  id Int @id\n }\n```\n\n\n";
        assert_eq!(text, expected);
    }
}
