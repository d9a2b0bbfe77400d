//! `nicol db execute`

use std::io::Read;

use nicol_migrate::execute::execute;
use serde_json::json;

use crate::app::DONE;
use crate::args::{ExecuteArgs, Global};
use crate::database::Database;
use crate::discover::{Project, working_directory};
use crate::failure::{Failure, Result};
use crate::files;
use crate::output::Output;

/// Runs a script. What its statements return is not shown.
///
/// # Errors
/// The script or the database cannot be read, or a statement fails.
pub(crate) fn run(args: &ExecuteArgs, global: &Global, output: &Output) -> Result<u8> {
    let project = Project::open_anyway(global)?;
    let schema = project.schema_or_datasource();
    let datasource = schema.as_ref().and_then(|schema| schema.datasource.as_ref());
    let found = project.migration_url(args.url.url.as_deref(), datasource)?;
    let database = Database::of_schema(&found, datasource)?;
    let script = match &args.file {
        Some(path) => files::read_text(&working_directory()?.join(path))?,
        None => standard_input()?,
    };
    database.announce(&found, output);
    let ran = database.run(execute(&database.url, &script))?;
    if output.json {
        output.json(&json!({ "statements": ran.statements, "in_transaction": ran.in_transaction }));
    }
    output.say("Script executed successfully.");
    Ok(DONE)
}

fn standard_input() -> Result<String> {
    let mut script = String::new();
    std::io::stdin().lock().read_to_string(&mut script).map_err(|error| {
        Failure::new("file-unreadable", "the script cannot be read")
            .at("standard input")
            .why(files::reason(&error))
            .help("give it as UTF-8 text, or name a file with --file")
    })?;
    Ok(script)
}
