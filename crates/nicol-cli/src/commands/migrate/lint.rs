//! `nicol migrate lint`

use std::fmt::Write as _;
use std::path::Path;

use nicol_db::{ConnectionUrl, Dialect};
use nicol_migrate::Directory;
use nicol_migrate::lint::{Cost, Finding, LintOptions, Linted, Selection, Severity, lint_directory};
use nicol_schema::ValidSchema;
use serde_json::{Value, json};

use super::{Workplace, read_directory};
use crate::app::DONE;
use crate::args::{Global, LintArgs};
use crate::database::{Database, block_on};
use crate::diagnostics::count;
use crate::discover::Project;
use crate::failure::{FAILED, Failure, Result};
use crate::mask::mask;
use crate::output::Output;
use crate::paths;

/// Looks at migrations before they are applied. Exit code 1 when there are errors or warnings, unless `--warn`.
///
/// # Errors
/// Folder or database cannot be found or used.
pub(crate) fn run(args: &LintArgs, global: &Global, output: &Output) -> Result<u8> {
    let project = Project::open_anyway(global)?;
    let schema = project.schema_or_datasource();
    let datasource = schema.as_ref().and_then(|schema| schema.datasource.as_ref());
    let path = project.migrations(datasource)?;
    let directory = read_directory(&path)?;
    let folder = paths::show(&path);
    if !directory.exists() {
        return Err(Failure::new("migrations-not-found", "the migrations folder does not exist")
            .at(folder)
            .help("`nicol migrate dev` makes it with the first migration"));
    }
    let selection = selection(args, &path);
    let options = LintOptions { pedantic: args.pedantic, schema: schema.as_ref() };
    let linted = look(args, &project, schema.as_ref(), &directory, &folder, &selection, options, output)?;
    if output.json {
        output.json(&report(&linted, &folder));
    } else {
        output.result(&words(&linted, &folder));
    }
    let fails = linted.findings.iter().any(|finding| finding.severity() > Severity::Hint);
    Ok(if fails && !args.warn { FAILED } else { DONE })
}

/// Names may be given as paths, as a shell completes them.
fn selection(args: &LintArgs, folder: &Path) -> Selection {
    if args.all {
        return Selection::All;
    }
    if args.migrations.is_empty() {
        return Selection::Pending;
    }
    let name = |text: &String| {
        let path = Path::new(text);
        let path = if path.ends_with("migration.sql") { path.parent().unwrap_or(path) } else { path };
        let is_bare = path.components().count() == 1;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        if is_bare || folder.join(path).exists() || path.exists() { name } else { None }.unwrap_or_else(|| text.clone())
    };
    Selection::Names(args.migrations.iter().map(name).collect())
}

/// With the database where there is one, else from the scripts alone.
#[allow(clippy::too_many_arguments, reason = "what was found of the project, each a thing of its own")]
fn look(
    args: &LintArgs,
    project: &Project,
    schema: Option<&ValidSchema>,
    directory: &Directory,
    folder: &str,
    selection: &Selection,
    options: LintOptions<'_>,
    output: &Output,
) -> Result<Linted> {
    let datasource = schema.and_then(|schema| schema.datasource.as_ref());
    let lint = |dialect: Dialect, url: Option<&ConnectionUrl>| {
        block_on(lint_directory(directory, dialect, url, selection, options))
    };
    if let Some(text) = args.url.url.as_deref() {
        let found = project.migration_url(Some(text), datasource)?;
        let database = Database::of_schema(&found, datasource)?;
        database.announce(&found, output);
        let place = Some(database.describe());
        return lint(database.url.dialect(), Some(&database.url))?
            .map_err(|error| Failure::from_migrate(&error, place));
    }
    if !args.offline {
        let database =
            project.migration_url(None, datasource).and_then(|found| Database::of_schema(&found, datasource));
        match database {
            Ok(database) => match lint(database.url.dialect(), Some(&database.url))? {
                Ok(linted) => return Ok(linted),
                // What is wrong with the request is wrong without a database too.
                Err(error) if matches!(error.code(), "P3017" | "P3019") => {
                    return Err(Failure::from_migrate(&error, Some(folder.to_owned())));
                }
                Err(error) => note_offline(error.message(), output),
            },
            Err(failure) => note_offline(failure.what(), output),
        }
    }
    let dialect = dialect(datasource.and_then(|it| nicol_catalog::dialect_of(it.provider)), directory, folder)?;
    lint(dialect, None)?.map_err(|error| Failure::from_migrate(&error, Some(folder.to_owned())))
}

fn note_offline(reason: &str, output: &Output) {
    if !output.json {
        let reason = reason.trim_end_matches('.');
        output.note(&format!(
            "without a database: tables are known from the migrations before, sizes are not ({reason})"
        ));
    }
}

/// The schema says which database the scripts are for, or the lock file beside them.
fn dialect(of_schema: Option<Dialect>, directory: &Directory, folder: &str) -> Result<Dialect> {
    let of_lock = || match directory.provider()? {
        "sqlite" => Some(Dialect::Sqlite),
        "postgresql" | "postgres" => Some(Dialect::Postgres),
        "mysql" => Some(Dialect::Mysql),
        "cockroachdb" => Some(Dialect::Cockroachdb),
        _ => None,
    };
    of_schema.or_else(of_lock).ok_or_else(|| {
        Failure::new("datasource-missing", "nothing says which database the migrations are for")
            .at(folder.to_owned())
            .help("add a datasource block to the schema, or restore migration_lock.toml")
    })
}

/// The machine form.
fn report(linted: &Linted, folder: &str) -> Value {
    let number = |severity: Severity| linted.findings.iter().filter(|it| it.severity() == severity).count();
    let finding = |finding: &Finding| {
        let mut json = finding.json();
        json["file"] = finding.migration.as_deref().map(|name| file(folder, name)).into();
        json
    };
    json!({
        "clean": linted.findings.iter().all(|finding| finding.severity() == Severity::Hint),
        "migrations": linted.migrations,
        "server": linted.server,
        "counts": {
            "error": number(Severity::Error),
            "warning": number(Severity::Warning),
            "hint": number(Severity::Hint),
        },
        "findings": linted.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn file(folder: &str, migration: &str) -> String {
    format!("{folder}/{migration}/migration.sql")
}

fn words(linted: &Linted, folder: &str) -> String {
    let mut text = String::new();
    for finding in &linted.findings {
        let place = match &finding.migration {
            Some(name) => format!("{}:{}:{}: ", file(folder, name), finding.line, finding.column),
            None => String::new(),
        };
        let (severity, rule) = (finding.severity().word(), finding.rule);
        let _ = writeln!(text, "{place}{severity}[{}]: {} ({})", rule.code, finding.message, rule.name);
        if !finding.excerpt.is_empty() {
            let _ = writeln!(text, "       | {}", mask(&finding.excerpt));
        }
        if let Some(cost) = &finding.cost {
            let _ = writeln!(text, "   lock: {}", cost_words(cost));
        }
        let _ = writeln!(text, "   help: {}", rule.help);
        if let Some(rewrite) = &finding.rewrite {
            let _ = writeln!(text, "instead:");
            for line in rewrite.trim_end().lines() {
                let _ = writeln!(text, "         {line}");
            }
        }
        text.push('\n');
    }
    let _ = writeln!(text, "{}", summary(linted));
    text
}

/// `SHARE on User; writes wait for the building of an index (about 1200000 rows, 340 MB, some 9 s)`
fn cost_words(cost: &Cost) -> String {
    let mut text = format!("{} on {}", cost.lock, cost.tables.join(", "));
    match cost.blocks {
        nicol_migrate::lint::Blocks::Nothing => {}
        blocks => {
            let _ = write!(text, "; {} wait for {}", blocks.words(), cost.work.words());
        }
    }
    let mut sizes = Vec::new();
    sizes.extend(cost.rows.map(|rows| format!("about {}", count(usize::try_from(rows).unwrap_or(usize::MAX), "row"))));
    sizes.extend(cost.bytes.map(size));
    sizes.extend(cost.seconds.filter(|seconds| *seconds > 0).map(|seconds| format!("some {seconds} s")));
    if !sizes.is_empty() {
        let _ = write!(text, " ({})", sizes.join(", "));
    }
    text
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

fn summary(linted: &Linted) -> String {
    let looked_at = match (linted.migrations.len(), &linted.server) {
        (0, Some(_)) => return format!("No pending migrations to look at.{}", counted(linted)),
        (0, None) => return "No migrations to look at.".to_owned(),
        (number, Some(server)) => format!("{} looked at for {server}", count(number, "migration")),
        (number, None) => format!("{} looked at", count(number, "migration")),
    };
    if linted.findings.is_empty() {
        format!("{looked_at}: nothing to remark.")
    } else {
        format!("{looked_at}:{}", counted(linted))
    }
}

/// ` 1 error, 2 warnings`
fn counted(linted: &Linted) -> String {
    let number = |severity: Severity| linted.findings.iter().filter(|it| it.severity() == severity).count();
    let severities = [Severity::Error, Severity::Warning, Severity::Hint];
    let parts = severities.into_iter().map(|severity| (number(severity), severity)).filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, severity)| count(number, severity.word())).collect();
    if parts.is_empty() { String::new() } else { format!(" {}", parts.join(", ")) }
}

/// Errors and warnings about a migration that was just written. A look that fails says nothing: the migration is there.
pub(super) fn of_new(place: &Workplace, name: &str) -> Vec<Finding> {
    let Some(path) = place.directory.path() else { return Vec::new() };
    let Ok(directory) = read_directory(path) else { return Vec::new() };
    let only = Selection::Names(vec![name.to_owned()]);
    let dialect = place.database.url.dialect();
    let linted = block_on(lint_directory(&directory, dialect, None, &only, LintOptions::default()));
    let findings = linted.ok().and_then(std::result::Result::ok).map(|linted| linted.findings).unwrap_or_default();
    findings.into_iter().filter(|finding| finding.severity() > Severity::Hint).collect()
}

/// The short form, a line each.
pub(super) fn tell_short(findings: &[Finding], name: &str, output: &Output) {
    if findings.is_empty() || output.json {
        return;
    }
    let line = |finding: &Finding| format!("- {} line {}: {}", finding.rule.code, finding.line, finding.message);
    let lines: Vec<String> = findings.iter().map(line).collect();
    let list = lines.join("\n");
    output.warn(&format!(
        "in production this migration may not go unnoticed:\n{list}\n`nicol migrate lint {name}` says more"
    ));
}
