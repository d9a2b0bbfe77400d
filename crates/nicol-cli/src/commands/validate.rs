//! `nicol validate`

use nicol_schema::{Code, Diagnostic, Severity, Span};
use serde_json::json;

use crate::app::DONE;
use crate::args::Global;
use crate::diagnostics;
use crate::discover::{Project, SchemaFiles};
use crate::failure::{FAILED, Result};
use crate::output::Output;
use crate::paths;

/// Checks the schema. Exit code 0 when it is valid, else 1.
///
/// # Errors
/// There is no schema to check, or it cannot be read.
pub(crate) fn run(global: &Global, output: &Output) -> Result<u8> {
    let files = Project::open(global)?.schema;
    if output.json {
        return Ok(machine(&files, output));
    }
    files.require_content()?;
    let found = nicol_schema::check(&files.sources);
    diagnostics::show(&found, &files, output);
    let path = paths::show(&files.path.path);
    if !found.iter().any(Diagnostic::is_error) {
        output.say(&format!("The schema at {path} is valid"));
        return Ok(DONE);
    }
    output.raw_error(&format!("The schema at {path} is not valid\n"));
    Ok(FAILED)
}

/// One JSON object, whatever is wrong with the text of the schema.
fn machine(files: &SchemaFiles, output: &Output) -> u8 {
    let mut found = nicol_schema::check(&files.sources);
    let mut valid = !found.iter().any(Diagnostic::is_error);
    if let Err(empty) = files.require_content() {
        valid = false;
        found = vec![Diagnostic {
            severity: Severity::Error,
            code: Code::SchemaEmpty,
            span: Span::default(),
            message: empty.what().to_owned(),
            help: empty.advice().map(str::to_owned),
            related: Vec::new(),
        }];
    }
    output.json(&json!({ "valid": valid, "diagnostics": diagnostics::json(&found, &files.sources) }));
    if valid { DONE } else { FAILED }
}
