//! `nicol migrate import`

use nicol_migrate::import::{Imported, import, unsaid};
use serde_json::json;

use crate::app::DONE;
use crate::args::{Global, ImportArgs};
use crate::diagnostics::count;
use crate::discover::Project;
use crate::failure::{Failure, Result};
use crate::files;
use crate::output::Output;
use crate::paths;
use crate::prompt;

/// Gives the folders of the tool of 2019 and 2020 the scripts of today.
///
/// # Errors
/// The folders cannot be read as such, or a script cannot be written.
pub(crate) fn run(args: &ImportArgs, global: &Global, output: &Output) -> Result<u8> {
    let project = Project::open_anyway(global)?;
    let schema = project.schema_or_datasource();
    let path = project.migrations(schema.as_ref().and_then(|schema| schema.datasource.as_ref()))?;
    let done = import(&path).map_err(|error| Failure::from_migrate(&error, Some(paths::show(&path))))?;
    if !output.json {
        tell(&done, &paths::show(&path), output);
    }
    let cascades = cascades(args, &project, &done, output)?;
    if output.json {
        output.json(&json!({
            "migrations": paths::show(&path),
            "imported": done.imported,
            "left": done.left,
            "provider": nicol_migrate::directory::provider_name(done.dialect),
            "qualifier": done.qualifier,
            "cascades": cascades,
        }));
    }
    Ok(DONE)
}

/// Relations whose rows go with the row they belong to, which the schema does not say: writes it where that is wanted, and
/// returns which were written.
fn cascades(args: &ImportArgs, project: &Project, done: &Imported, output: &Output) -> Result<Vec<String>> {
    let schema = nicol_schema::validate(&project.schema.sources).schema;
    let Some(schema) = schema.filter(|_| !done.cascades.is_empty()) else {
        if args.cascades && !done.cascades.is_empty() {
            return Err(Failure::new("P1012", "nothing was written into the schema: it is not valid")
                .help("`nicol validate` shows why; repair it, then run `nicol migrate import --cascades` again"));
        }
        if !done.cascades.is_empty() && !output.json {
            output.note(
                "these migrations delete rows together with the row that they belong to; today a schema has to say so: \
                 once it is valid, `nicol migrate import --cascades` adds `onDelete: Cascade`",
            );
        }
        return Ok(Vec::new());
    };
    let found = unsaid(&schema, &done.cascades);
    if found.fields.is_empty() {
        return Ok(Vec::new());
    }
    let list = found.fields.join(", ");
    if !args.cascades {
        if !output.json {
            output.note(&format!(
                "these migrations delete rows together with the row that they belong to, and the schema does not say so of \
                 {list}"
            ));
        }
        if prompt::yes_unless_no("Add `onDelete: Cascade` to them?", output) != Some(true) {
            if !output.json {
                output.note("`nicol migrate import --cascades` adds `onDelete: Cascade` to them");
            }
            return Ok(Vec::new());
        }
    }
    for ((path, text), source) in project.schema.paths.iter().zip(&found.texts).zip(&schema.sources) {
        if *text != source.text {
            files::write(path, text)?;
        }
    }
    output.say(&format!("Wrote `onDelete: Cascade` into {list}"));
    Ok(found.fields)
}

fn tell(done: &Imported, folder: &str, output: &Output) {
    for name in &done.imported {
        output.say(&format!("Wrote {folder}/{name}/migration.sql"));
    }
    if let Some(qualifier) = done.qualifier.as_ref().filter(|_| !done.imported.is_empty()) {
        output.note(&format!("tables were qualified with `{qualifier}`; now they are not"));
    }
    if done.imported.is_empty() {
        output.say("There is nothing to import.");
        return;
    }
    output.say(&format!("{} imported.", count(done.imported.len(), "migration")));
    output.note(
        "on a database that has them already, record each with `nicol migrate resolve --applied NAME`; on an empty one \
         `nicol migrate deploy` runs them",
    );
}
