//! `nicol migrate resolve`

use nicol_migrate::{Resolution, resolve};
use serde_json::json;

use super::watch::Teller;
use super::{Site, lock_options};
use crate::app::DONE;
use crate::args::{Global, ResolveArgs};
use crate::failure::Result;
use crate::output::Output;

/// Records what became of a migration.
///
/// # Errors
/// There is no such migration, or it is in no state that could be resolved this way.
pub(crate) fn run(args: &ResolveArgs, global: &Global, output: &Output) -> Result<u8> {
    // The argument parser lets exactly one of the two through.
    let (name, resolution, word) = match (&args.applied, &args.rolled_back) {
        (Some(name), _) => (name, Resolution::Applied, "applied"),
        (None, Some(name)) => (name, Resolution::RolledBack, "rolled back"),
        (None, None) => return Ok(DONE),
    };
    let Site { database, directory, .. } = Site::open(global, args.url.url.as_deref(), output)?;
    let mut teller = Teller::new(output);
    database.run(resolve(&database.url, &directory, name, resolution, lock_options(), &mut teller))?;
    drop(teller);
    if output.json {
        output.json(&json!({ "migration": name, "resolution": word }));
    }
    output.say(&format!("Migration {name} is recorded as {word}."));
    Ok(DONE)
}
