//! `nicol migrate import`

use nicol_migrate::import::{Imported, import};
use serde_json::json;

use crate::app::DONE;
use crate::args::Global;
use crate::diagnostics::count;
use crate::discover::Project;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::paths;

/// Gives the folders of the tool of 2019 and 2020 the scripts of today.
///
/// # Errors
/// The folders cannot be read as such, or a script cannot be written.
pub(crate) fn run(global: &Global, output: &Output) -> Result<u8> {
    let project = Project::open_anyway(global)?;
    let schema = project.schema_or_datasource();
    let path = project.migrations(schema.as_ref().and_then(|schema| schema.datasource.as_ref()))?;
    let done = import(&path).map_err(|error| Failure::from_migrate(&error, Some(paths::show(&path))))?;
    if output.json {
        output.json(&json!({
            "migrations": paths::show(&path),
            "imported": done.imported,
            "left": done.left,
            "provider": nicol_migrate::directory::provider_name(done.dialect),
            "qualifier": done.qualifier,
        }));
    } else {
        tell(&done, &paths::show(&path), output);
    }
    Ok(DONE)
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
    if done.cascades {
        output.note(
            "these migrations delete rows together with the row that they belong to; today a schema has to say so: add \
             `onDelete: Cascade` to its required relations",
        );
    }
}
