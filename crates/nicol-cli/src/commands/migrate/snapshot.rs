//! `nicol migrate snapshot`

use nicol_migrate::take::{Older, Taken, take, take_older};
use serde_json::json;

use super::{Workplace, shadow_url};
use crate::app::DONE;
use crate::args::{Global, SnapshotArgs};
use crate::failure::Result;
use crate::output::Output;
use crate::paths;

/// Writes the snapshot that the newest migration lacks, and with `--all` those of older ones.
///
/// # Errors
/// Schema, folder and database do not agree, or the file cannot be written.
pub(crate) fn run(args: &SnapshotArgs, global: &Global, output: &Output) -> Result<u8> {
    let place = Workplace::open(global, args.url.url.as_deref(), output)?;
    let scope = place.scope()?;
    let taken = place.database.run(take(&place.database.url, &place.directory, &place.schema, &scope))?;
    let older = if args.all {
        let datasource = place.schema.datasource.as_ref();
        let shadow = shadow_url(&place.project, datasource, args.shadow_database_url.as_deref())?;
        place.database.run(take_older(&place.database.url, &place.directory, &place.schema, &scope, shadow.as_ref()))?
    } else {
        Older::default()
    };
    let (word, migration) = match &taken {
        Taken::Written { migration, .. } => ("written", Some(migration)),
        Taken::There { migration } => ("there", Some(migration)),
        Taken::NoMigrations => ("no-migrations", None),
    };
    if output.json {
        let written: Vec<String> = older.written.iter().map(|path| paths::show(path)).collect();
        output.json(&json!({
            "snapshot": word,
            "migration": migration,
            "older": { "written": written, "left_out": older.left_out },
        }));
    }
    output.say(&match &taken {
        Taken::Written { file, .. } => format!("Wrote {}", paths::show(file)),
        Taken::There { migration } => format!("Migration {migration} has a snapshot already."),
        Taken::NoMigrations => "There are no migrations.".to_owned(),
    });
    for path in &older.written {
        output.say(&format!("Wrote {}", paths::show(path)));
    }
    if !older.left_out.is_empty() && !output.json {
        let names = older.left_out.join(", ");
        output.warn(&format!("no snapshot of {names}: the database then held what a schema cannot say in full"));
    }
    Ok(DONE)
}
