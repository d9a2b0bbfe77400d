//! `nicol migrate snapshot`

use nicol_migrate::take::{Taken, take};
use serde_json::json;

use super::Workplace;
use crate::app::DONE;
use crate::args::{Global, SnapshotArgs};
use crate::failure::Result;
use crate::output::Output;
use crate::paths;

/// Writes the snapshot that the newest migration lacks.
///
/// # Errors
/// Schema, folder and database do not agree, or the file cannot be written.
pub(crate) fn run(args: &SnapshotArgs, global: &Global, output: &Output) -> Result<u8> {
    let place = Workplace::open(global, args.url.url.as_deref(), output)?;
    let taken = place.database.run(take(&place.database.url, &place.directory, &place.schema))?;
    let (word, migration) = match &taken {
        Taken::Written { migration, .. } => ("written", Some(migration)),
        Taken::There { migration } => ("there", Some(migration)),
        Taken::NoMigrations => ("no-migrations", None),
    };
    if output.json {
        output.json(&json!({ "snapshot": word, "migration": migration }));
    }
    output.say(&match &taken {
        Taken::Written { file, .. } => format!("Wrote {}", paths::show(file)),
        Taken::There { migration } => format!("Migration {migration} has a snapshot already."),
        Taken::NoMigrations => "There are no migrations.".to_owned(),
    });
    Ok(DONE)
}
