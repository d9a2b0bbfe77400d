//! `nicol migrate reset`

use nicol_migrate::reset::reset;
use serde_json::json;

use super::watch::Teller;
use super::{Workplace, lock_options};
use crate::app::DONE;
use crate::args::{Global, ResetArgs};
use crate::diagnostics::count;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::prompt;
use crate::seed;

/// Drops everything, applies every migration again, and seeds.
///
/// # Errors
/// The name was not typed, something cannot be dropped, a migration fails, or the seed command does.
pub(crate) fn run(args: &ResetArgs, global: &Global, output: &Output) -> Result<u8> {
    let place = Workplace::open(global, args.url.url.as_deref(), output)?;
    let database = &place.database;
    if args.skip_generate && !output.json {
        output.note("--skip-generate is not needed: nicol never generates by itself");
    }
    database.refuse_if_protected(&place.project, "the database was not reset")?;
    let scope = place.scope()?;
    if !args.force {
        let refusal = Failure::new("consent-missing", "the database was not reset: its name was not typed")
            .at(database.describe())
            .why("a reset drops what is in it, so the name has to be typed exactly")
            .help("--force goes on without the question");
        let what = if scope.has_externals() { "every table and enum that is not external" } else { "everything" };
        let everything = format!("This drops {what} in the {}.", database.describe());
        let name = database.name();
        prompt::typed(&format!("{everything}\nType `{name}` to go on:"), &name, refusal, output)?;
    }
    let mut teller = Teller::new(output);
    let done = database.run(reset(&database.url, &place.directory, &scope, lock_options(), &mut teller))?;
    drop(teller);
    output.say(&match done.applied.len() {
        0 => "The database is empty: there are no migrations to apply.".to_owned(),
        applied => format!("The database was reset; {} applied.", count(applied, "migration")),
    });
    let seeded = !args.skip_seed
        && seed::is_configured(&place.project)?
        && seed::run(&place.project, place.schema.datasource.as_ref(), Some(database), &[], output)?.is_some();
    if output.json {
        output.json(&json!({
            "database_created": done.database_created,
            "applied": done.applied,
            "seeded": seeded,
        }));
    }
    Ok(DONE)
}
