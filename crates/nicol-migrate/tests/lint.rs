//! `lint` on scripts alone: every rule's example, the page of rules, and cases as files.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use nicol_db::Dialect;
use nicol_migrate::Directory;
use nicol_migrate::lint::{Finding, LintOptions, RULES, Rule, Selection, Severity, lint_directory};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn dialect(name: &str) -> Dialect {
    match name {
        "sqlite" => Dialect::Sqlite,
        "postgresql" => Dialect::Postgres,
        "mysql" => Dialect::Mysql,
        "mariadb" => Dialect::Mariadb,
        "cockroachdb" => Dialect::Cockroachdb,
        other => panic!("no database {other}"),
    }
}

/// Findings in a script that comes after another one.
fn lint(before: &str, script: &str, dialect: Dialect, pedantic: bool) -> Vec<Finding> {
    let directory = Directory::from_entries([("1_before", before), ("2_script", script)]);
    let only = Selection::Names(vec!["2_script".to_string()]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime
        .block_on(lint_directory(&directory, dialect, None, &only, LintOptions { pedantic, ..LintOptions::default() }))
        .unwrap()
        .findings
}

/// The example of a rule.
struct Example {
    database: String,
    why: String,
    before: String,
    script: String,
    instead: Option<String>,
    /// Needs more than scripts (a live database, or the schema), so that there is no script to show.
    needs_more: bool,
}

impl Example {
    fn of(rule: &Rule) -> Example {
        let text = read(&root().join(format!("fixtures/lint/codes/{}.sql", rule.code)));
        let line = |name: &str| {
            let start = format!("-- {name}: ");
            let found = text.lines().find_map(|line| line.strip_prefix(start.as_str()));
            found.unwrap_or_else(|| panic!("{}: no {name}", rule.code)).to_string()
        };
        Example {
            database: line("database"),
            why: line("why"),
            before: section(&text, "before").unwrap(),
            script: section(&text, "script").unwrap_or_default(),
            instead: section(&text, "instead"),
            needs_more: text.ends_with("-- live\n") || text.ends_with("-- schema\n"),
        }
    }
}

/// The text of a part of an example.
fn section(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("-- {name}:\n"))?;
    let marks = ["-- before:\n", "-- script:\n", "-- instead:\n", "-- live\n", "-- schema\n"];
    let end = marks.iter().filter_map(|mark| rest.find(mark)).min();
    Some(rest[..end.unwrap_or(rest.len())].to_string())
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.rule.code).collect()
}

#[test]
fn every_example_is_found_and_what_is_advised_is_not() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let example = Example::of(rule);
        if example.needs_more {
            continue;
        }
        let dialect = dialect(&example.database);
        let found = lint(&example.before, &example.script, dialect, rule.is_pedantic);
        let Some(finding) = found.iter().find(|finding| finding.rule == rule) else {
            wrong.push(format!("{}: found {:?}", rule.code, codes(&found)));
            continue;
        };
        let (start, end) = (finding.start, finding.end);
        assert!(example.script.get(start..end).is_some_and(|text| !text.is_empty()), "{}: {start}..{end}", rule.code);
        for better in [&finding.rewrite, &example.instead].into_iter().flatten() {
            let left = lint(&example.before, better, dialect, rule.is_pedantic);
            let is_new =
                |left: &&Finding| left.severity() > Severity::Hint && !found.iter().any(|it| it.rule == left.rule);
            if left.iter().any(|left| left.rule == rule || is_new(&left)) {
                wrong.push(format!("{}: still {:?} in\n{better}", rule.code, codes(&left)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `docs/lint.md` is made from the rules and their examples. `NICOL_WRITE_DOCS=1` writes it.
#[test]
fn the_page_of_rules_is_up_to_date() {
    let page = root().join("docs/lint.md");
    let text = page_of_rules();
    if std::env::var_os("NICOL_WRITE_DOCS").is_some() {
        std::fs::write(&page, &text).unwrap();
    }
    assert!(read(&page) == text, "docs/lint.md is out of date: run this test with NICOL_WRITE_DOCS=1");
}

const HEAD: &str = "\
# Lint rules

What `nicol migrate lint` looks for ([the command](commands/migrate-lint.md)). Every example below is run by a test: the script
is found, what stands under *Instead* is not. Claims about locks, rewrites and algorithms are tried on PostgreSQL 15 and 18,
MySQL 9 and MariaDB 10.11 (`fixtures/lint/effects/`).

Severities: an **error** fails for certain or destroys what cannot be brought back; a **warning** stops a live application, may
fail on the rows that are there, or breaks programs that run; a **hint** is worth knowing and never changes the exit code. Rules
marked *pedantic* are looked for with `--pedantic` only.

A finding that has been looked at is allowed by a comment before its statement, with the code or the name of the rule, and a
reason: `-- nicol:allow NL201 the table has 40 rows`.
";

const FAMILIES: [(&str, &str); 8] = [
    ("NL0", "Comments, and what cannot be seen"),
    ("NL1", "One database's own ways"),
    ("NL2", "Locks, scans, rewrites"),
    ("NL3", "Data"),
    ("NL4", "Rows that are there, programs that run"),
    ("NL5", "Transactions"),
    ("NL6", "Taste (pedantic)"),
    ("NL7", "Beyond the database"),
];

fn page_of_rules() -> String {
    let mut page = HEAD.to_string();
    for (prefix, title) in FAMILIES {
        let _ = writeln!(page, "\n## {title}");
        for rule in RULES.iter().filter(|rule| rule.code.starts_with(prefix)) {
            describe(rule, &mut page);
        }
    }
    page
}

fn describe(rule: &Rule, page: &mut String) {
    let example = Example::of(rule);
    let databases: Vec<&str> = rule.databases.iter().map(|dialect| dialect.product_name()).collect();
    let databases = if databases.len() == 5 { "all databases".to_string() } else { databases.join(", ") };
    let taste = if rule.is_pedantic { ", pedantic" } else { "" };
    let _ = writeln!(
        page,
        "\n### {} {}\n\n*{}{taste}; {databases}.* {}",
        rule.code,
        rule.name,
        rule.severity.word(),
        example.why
    );
    if example.needs_more {
        let _ = writeln!(page, "\nInstead: {}.", rule.help);
        return;
    }
    let found = lint(&example.before, &example.script, dialect(&example.database), rule.is_pedantic);
    let finding = found.iter().find(|finding| finding.rule == rule).unwrap();
    let _ = writeln!(page, "\n```sql\n{}```", example.script);
    if let Some(cost) = &finding.cost {
        let tables = cost.tables.join(", ");
        let (blocks, work) = (cost.blocks.words(), cost.work.words());
        let _ = writeln!(page, "\nLock: {} on {tables}; {blocks} wait for {work}.", cost.lock);
    }
    let _ = writeln!(page, "\nInstead: {}.", rule.help);
    if let Some(better) = finding.rewrite.as_ref().or(example.instead.as_ref()) {
        let _ = writeln!(page, "\n```sql\n{better}```");
    }
}

/// Files `fixtures/lint/<database>/<case>.sql`: a script with what is expected in it, as `-- expect: CODE line:column` at its
/// end; what comes before `-- script` is an earlier migration.
#[test]
fn cases() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for database in ["postgresql", "mysql", "mariadb", "sqlite", "cockroachdb"] {
        let folder = root().join("fixtures/lint").join(database);
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            let text = read(&path);
            let (before, script) = text.split_once("-- script\n").unwrap_or(("", &text));
            let is_expected = |line: &&str| line.starts_with("-- expect: ");
            let expected: Vec<&str> = script.lines().filter(is_expected).map(|line| &line[11..]).collect();
            let script = script.split("-- expect: ").next().unwrap_or_default();
            let pedantic = text.starts_with("-- pedantic\n");
            let found: Vec<String> = lint(before, script, dialect(database), pedantic)
                .iter()
                .map(|finding| format!("{} {}:{}", finding.rule.code, finding.line, finding.column))
                .collect();
            count += 1;
            if found != expected {
                wrong.push(format!("{}\n  expected {expected:?}\n  found    {found:?}", path.display()));
            }
        }
    }
    println!("{count} cases");
    assert!(wrong.is_empty() && count > 0, "{}", wrong.join("\n"));
}

/// What the generator writes for a database without rows is its business: nothing is said about it.
#[test]
fn first_migrations_of_real_projects_are_clean() {
    let folder = root().join("../shared/conformance/real");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: no ../shared");
        return;
    };
    let (mut looked_at, mut wrong) = (0, Vec::new());
    for entry in entries {
        let path = entry.unwrap().path();
        let (Ok(script), Ok(schema)) = (std::fs::read_to_string(path.join("from_empty.sql")), first_schema(&path))
        else {
            continue;
        };
        let provider = schema.split("provider").skip(1).find_map(|part| {
            let value = part.split('"').nth(1)?;
            matches!(value, "sqlite" | "postgresql" | "postgres" | "mysql" | "cockroachdb").then_some(value)
        });
        let Some(provider) = provider else { continue };
        let dialect = dialect(if provider == "postgres" { "postgresql" } else { provider });
        looked_at += 1;
        // Names longer than the limit, or told apart by case alone, are the schema's own.
        let found = lint("", &script, dialect, false);
        let found: Vec<&Finding> =
            found.iter().filter(|finding| !matches!(finding.rule.code, "NL410" | "NL113")).collect();
        if let Some(finding) = found.first() {
            wrong.push(format!("{}: {} {}", path.display(), finding.rule.code, finding.excerpt));
        }
    }
    println!("{looked_at} scripts");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(looked_at > 0);
}

fn first_schema(folder: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder.join("formatted"))? {
        let path = entry?.path();
        if path.is_file() {
            let schema = std::fs::read_to_string(path)?;
            text.extend(schema.lines().filter(|line| !line.trim_start().starts_with("//")));
        }
    }
    Ok(text)
}
