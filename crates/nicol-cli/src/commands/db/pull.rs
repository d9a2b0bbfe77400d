//! `nicol db pull`

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use nicol_db::Dialect;
use nicol_migrate::pull::{PullOptions, Pulled, Warning, pull};
use nicol_schema::{Source, ValidSchema};
use serde_json::json;

use crate::app::DONE;
use crate::args::{Global, PullArgs};
use crate::commands::migrate::require_datasource;
use crate::commands::migrate::watch::duration;
use crate::database::Database;
use crate::diagnostics::{count, invalid};
use crate::discover::{FoundUrl, Project};
use crate::failure::{Failure, Result};
use crate::files;
use crate::output::Output;
use crate::paths;

/// Where models go that are in no file of a schema folder yet.
const NEW_FILE: &str = "introspected.prisma";

/// Writes the schema of the database.
///
/// # Errors
/// The database cannot be read or is empty, or the schema there is already is not valid. Nothing is written then.
pub(crate) fn run(args: &PullArgs, global: &Global, output: &Output) -> Result<u8> {
    let project = if args.url.url.is_some() { Project::open_anyway(global)? } else { Project::open(global)? };
    let previous = previous(args, &project, output)?;
    require_datasource(&project, &previous)?;
    let found = project.migration_url(args.url.url.as_deref(), previous.datasource.as_ref())?;
    let database = Database::of_schema(&found, previous.datasource.as_ref())?;
    database.announce(&found, output);
    let began = Instant::now();
    let options = PullOptions { fresh: args.force, namespaces: args.schemas.clone(), new_file: NEW_FILE.to_owned() };
    let pulled = database.run(pull(&database.url, &previous, &options))?;
    if args.print {
        print(&pulled, output);
        return Ok(DONE);
    }
    let written = write(args, &project, &pulled)?;
    write_views(&project, &database, &previous, &pulled, output)?;
    if output.json {
        output.json(&report(&pulled, &written));
        return Ok(DONE);
    }
    let what = format!("{} and {}", count(pulled.models, "model"), count(pulled.enums, "enum"));
    let place = paths::show(&project.schema.path.path);
    output.say(&if written.is_empty() {
        format!("Introspected {what}; {place} says all of it already.")
    } else {
        format!("Introspected {what} and wrote them into {place} in {}.", duration(began.elapsed()))
    });
    let warnings = warnings(&pulled.warnings);
    if !warnings.is_empty() {
        output.say(&format!("\n{warnings}"));
    }
    output.say("Run `nicol generate` to write the client.");
    Ok(DONE)
}

/// The schema there is. With `--force` only its datasource and generators count; without any, the URL tells the provider.
fn previous(args: &PullArgs, project: &Project, output: &Output) -> Result<ValidSchema> {
    let validated = nicol_schema::validate(&project.schema.sources);
    let schema = match validated.schema {
        Some(schema) => schema,
        None if args.force => project.configuration().ok_or_else(|| broken(project, &validated.diagnostics, output))?,
        None => return Err(broken(project, &validated.diagnostics, output)),
    };
    match (&schema.datasource, &args.url.url) {
        (None, Some(text)) => with_datasource(project, text),
        (_, _) => Ok(schema),
    }
}

fn broken(project: &Project, diagnostics: &[nicol_schema::Diagnostic], output: &Output) -> Failure {
    invalid(diagnostics, &project.schema, output)
        .help("correct it, or pass --force: that keeps datasource and generators and writes all else anew")
}

/// The schema with a datasource for this URL in its first file.
fn with_datasource(project: &Project, text: &str) -> Result<ValidSchema> {
    let database = Database::new(&FoundUrl::given(text, &project.working_directory))?;
    let provider = match database.url.dialect() {
        Dialect::Postgres => "postgresql",
        Dialect::Cockroachdb => "cockroachdb",
        Dialect::Mysql | Dialect::Mariadb => "mysql",
        Dialect::Sqlite => "sqlite",
    };
    let datasource = format!("datasource db {{\n  provider = \"{provider}\"\n}}\n\n");
    let mut sources = project.schema.sources.clone();
    match sources.first_mut() {
        Some(first) => first.text.insert_str(0, &datasource),
        None => {
            let name = project.schema.path.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            sources.push(Source::new(name, datasource));
        }
    }
    nicol_schema::validate(&sources).schema.ok_or_else(|| {
        Failure::new("P1012", "the schema is not valid with a datasource for this URL")
            .at(paths::show(&project.schema.path.path))
            .why(format!("its models are not for {provider}"))
            .help("write the datasource into the schema, or pass --force")
    })
}

fn print(pulled: &Pulled, output: &Output) {
    if output.json {
        output.json(&report(pulled, &[]));
        return;
    }
    let mut files: Vec<&Source> = pulled.files.iter().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    for file in &files {
        if files.len() > 1 {
            output.result(&format!("// {}\n", file.path));
        }
        output.result(&file.text);
    }
    let warnings: String = warnings(&pulled.warnings).lines().map(|line| format!("// {line}\n")).collect();
    output.raw_error(&warnings);
}

/// The warnings in groups, each with its heading.
fn warnings(warnings: &[Warning]) -> String {
    let mut out = String::new();
    let mut last = "";
    for warning in warnings {
        if warning.heading() != last {
            out.push_str(if last.is_empty() { "*** WARNING ***\n" } else { "" });
            last = warning.heading();
            out.push_str(&format!("\n{last}\n"));
        }
        out.push_str(&format!("  - {}\n", warning.item()));
    }
    out
}

fn report(pulled: &Pulled, written: &[PathBuf]) -> serde_json::Value {
    let warning = |warning: &Warning| json!({ "code": warning.code(), "about": warning.item() });
    json!({
        "models": pulled.models,
        "enums": pulled.enums,
        "files": pulled.files.iter().map(|file| json!({ "path": file.path, "text": file.text })).collect::<Vec<_>>(),
        "written": written.iter().map(|path| paths::show(path)).collect::<Vec<_>>(),
        "warnings": pulled.warnings.iter().map(warning).collect::<Vec<_>>(),
    })
}

/// Writes the files that change, and with `--force` removes those that have nothing in them any more.
fn write(args: &PullArgs, project: &Project, pulled: &Pulled) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for file in &pulled.files {
        let known = project.schema.sources.iter().position(|source| source.path == file.path);
        let path = match known {
            Some(place) => project.schema.paths[place].clone(),
            None => project.schema.folder.join(&file.path),
        };
        if known.is_some_and(|place| project.schema.sources[place].text == file.text) {
            continue;
        }
        if args.force && known.is_some() && file.text.trim().is_empty() {
            files::remove(&path)?;
        } else {
            files::write(&path, &file.text)?;
        }
        written.push(path);
    }
    Ok(written)
}

/// With the preview feature `views`, the query of each view is a file: `views/SCHEMA/VIEW.sql`. Files of views that are
/// gone go.
fn write_views(
    project: &Project,
    database: &Database,
    previous: &ValidSchema,
    pulled: &Pulled,
    output: &Output,
) -> Result<()> {
    if !previous.has_preview_feature("views") {
        return Ok(());
    }
    let folder = project.schema.folder.join("views");
    let own = match database.url.dialect() {
        Dialect::Sqlite => "main",
        _ => database.url.database(),
    };
    let mut kept = Vec::new();
    for (namespace, name, query) in &pulled.views {
        let namespace = namespace.as_deref().unwrap_or(own);
        if !is_file_name(namespace) || !is_file_name(name) {
            output.warn(&format!("the query of the view {name} is not written: its name is none for a file"));
            continue;
        }
        let path = folder.join(namespace).join(format!("{name}.sql"));
        let text = format!("{}\n", query.trim());
        if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            files::write(&path, &text)?;
        }
        kept.push(path);
    }
    remove_stale(&folder, &kept)
}

fn is_file_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0', ':'])
}

/// Only files that look like ours, two levels down, are touched.
fn remove_stale(folder: &Path, kept: &[PathBuf]) -> Result<()> {
    for inner in entries(folder).into_iter().filter(|path| path.is_dir()) {
        for file in entries(&inner) {
            if file.extension().is_some_and(|extension| extension == "sql") && !kept.contains(&file) {
                files::remove(&file)?;
            }
        }
        if entries(&inner).is_empty() {
            // A folder that cannot be removed does no harm.
            let _ = fs::remove_dir(&inner);
        }
    }
    Ok(())
}

/// What is in a folder; nothing where there is none.
fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}
