//! Diagnostics of a schema: as JSON, as text, and as the end of a command.

use nicol_schema::source::Places;
use nicol_schema::{Diagnostic, Related, Severity, Source, ValidSchema};
use serde_json::{Value, json};

use crate::discover::{Project, SchemaFiles};
use crate::failure::{Failure, Result};
use crate::mask::mask;
use crate::output::Output;

/// The machine form: an object a diagnostic, files relative to the schema's folder, `start` and `end` in bytes, `line`
/// and `column` from 1, the column in characters.
pub(crate) fn json(diagnostics: &[Diagnostic], sources: &[Source]) -> Value {
    let mut places = Places::new(sources);
    let one = |diagnostic: &Diagnostic| {
        let (source, line, column) = places.find(diagnostic.span)?;
        Some(json!({
            "file": source.path,
            "start": diagnostic.span.start,
            "end": diagnostic.span.end,
            "line": line,
            "column": column,
            "severity": severity(diagnostic.severity),
            "code": diagnostic.code.as_str(),
            "message": mask(&diagnostic.message),
            "help": diagnostic.help.as_deref().map(mask),
            "related": related(diagnostic, &mut places),
        }))
    };
    diagnostics.iter().filter_map(one).collect()
}

/// The other places, each with what is there.
fn related(diagnostic: &Diagnostic, places: &mut Places<'_>) -> Vec<Value> {
    let one = |related: &Related| {
        let (source, line, column) = places.find(related.span)?;
        Some(json!({
            "file": source.path,
            "start": related.span.start,
            "end": related.span.end,
            "line": line,
            "column": column,
            "message": mask(&related.message),
        }))
    };
    diagnostic.related.iter().filter_map(one).collect()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}

/// Shows diagnostics on stderr, each with the part of the file it is about.
pub(crate) fn show(diagnostics: &[Diagnostic], files: &SchemaFiles, output: &Output) {
    if !diagnostics.is_empty() {
        output.raw_error(&nicol_schema::render::render(diagnostics, &files.shown(), output.color()));
    }
}

/// `2 errors`
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The meaning of the project's schema, for commands that are about something else: only errors are shown.
///
/// # Errors
/// The schema is empty or not valid.
pub(crate) fn require_valid(project: &Project, output: &Output) -> Result<ValidSchema> {
    project.schema.require_content()?;
    let validated = nicol_schema::validate(&project.schema.sources);
    match validated.schema {
        Some(schema) => Ok(schema),
        None => Err(invalid(&validated.diagnostics, &project.schema, output)),
    }
}

/// Shows the errors among `diagnostics` and makes the failure that ends the command.
pub(crate) fn invalid(diagnostics: &[Diagnostic], files: &SchemaFiles, output: &Output) -> Failure {
    let errors: Vec<Diagnostic> =
        diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).cloned().collect();
    if !output.json {
        show(&errors, files, output);
    }
    Failure::new("P1012", "the schema is not valid")
        .at(crate::paths::show(&files.path.path))
        .why(count(errors.len(), "error"))
        .help("`nicol validate` lists all that is to say about the schema")
        .diagnostics(json(&errors, &files.sources))
}
