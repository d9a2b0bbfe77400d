//! `nicol format`

use std::time::Instant;

use nicol_schema::Diagnostic;
use serde_json::json;

use crate::app::DONE;
use crate::args::{FormatArgs, Global};
use crate::diagnostics;
use crate::discover::{Project, SchemaFiles};
use crate::failure::{FAILED, Result};
use crate::files;
use crate::output::Output;
use crate::paths;

/// Formats every file of the schema. With `--check` exit code 1 when one would change.
///
/// # Errors
/// There is no schema, it cannot be read or written, or (when it is to be written) it is not valid.
pub(crate) fn run(args: &FormatArgs, global: &Global, output: &Output) -> Result<u8> {
    let started = Instant::now();
    let project = Project::open(global)?;
    project.schema.require_content()?;
    let formatted = nicol_schema::format(&project.schema.sources);
    let schema = &project.schema;
    if args.stdout {
        return Ok(print(schema, &formatted, output));
    }
    let changed: Vec<bool> =
        schema.sources.iter().zip(&formatted).map(|(source, formatted)| source.text != *formatted).collect();
    if args.check {
        return Ok(check(schema, &changed, output));
    }
    write(&project.schema, &formatted, &changed, output)?;
    if output.json {
        report(schema, &changed, output);
    }
    output.say(&format!("Formatted {} in {}ms", paths::show(&schema.path.path), started.elapsed().as_millis()));
    Ok(DONE)
}

/// Writes the files that change, none of them unless what they say is valid.
fn write(schema: &SchemaFiles, formatted: &[String], changed: &[bool], output: &Output) -> Result<()> {
    let mut after = schema.clone();
    for (source, text) in after.sources.iter_mut().zip(formatted) {
        source.text.clone_from(text);
    }
    let found = nicol_schema::check(&after.sources);
    if found.iter().any(Diagnostic::is_error) {
        // Shown in the text as it is on disk, where that has the same errors; a repaired one would confuse.
        let before = nicol_schema::check(&schema.sources);
        let failure = if before.iter().any(Diagnostic::is_error) {
            diagnostics::invalid(&before, schema, output)
        } else {
            diagnostics::invalid(&found, &after, output)
        };
        return Err(failure.help("repair the schema first; nothing was written"));
    }
    for ((path, text), _) in schema.paths.iter().zip(formatted).zip(changed).filter(|(_, changed)| **changed) {
        files::write(path, text)?;
    }
    Ok(())
}

fn print(schema: &SchemaFiles, formatted: &[String], output: &Output) -> u8 {
    if output.json {
        let files =
            schema.sources.iter().zip(formatted).map(|(source, text)| json!({ "file": source.path, "text": text }));
        output.json(&json!({ "files": files.collect::<Vec<_>>() }));
    } else if let [text] = formatted {
        output.result(text);
    } else {
        let texts = schema.sources.iter().zip(formatted).map(|(source, text)| format!("// {}\n{text}", source.path));
        output.result(&texts.collect::<Vec<_>>().join("\n"));
    }
    DONE
}

fn check(schema: &SchemaFiles, changed: &[bool], output: &Output) -> u8 {
    if output.json {
        report(schema, changed, output);
    } else {
        for (path, _) in schema.paths.iter().zip(changed).filter(|(_, changed)| **changed) {
            output.result(&format!("{}\n", paths::show(path)));
        }
    }
    if changed.contains(&true) {
        if !output.json {
            let number = changed.iter().filter(|changed| **changed).count();
            output.note(&format!(
                "{} not formatted; `nicol format` formats",
                if number == 1 { "this file is".to_owned() } else { format!("these {number} files are") }
            ));
        }
        return FAILED;
    }
    output.say("All files are formatted");
    DONE
}

fn report(schema: &SchemaFiles, changed: &[bool], output: &Output) {
    let files =
        schema.sources.iter().zip(changed).map(|(source, changed)| json!({ "file": source.path, "changed": changed }));
    output.json(&json!({ "files": files.collect::<Vec<_>>() }));
}
