//! `nicol db seed`

use serde_json::json;

use crate::app::DONE;
use crate::args::{Global, SeedArgs};
use crate::database::Database;
use crate::discover::Project;
use crate::failure::Result;
use crate::output::Output;
use crate::seed;

/// Runs the configured seed command. Without one says how to configure it, and that is no error.
///
/// # Errors
/// The command cannot be started, or fails.
pub(crate) fn run(args: &SeedArgs, global: &Global, output: &Output) -> Result<u8> {
    let project = Project::open_anyway(global)?;
    let schema = project.schema_or_datasource();
    let datasource = schema.as_ref().and_then(|schema| schema.datasource.as_ref());
    // A seed command may know its database by itself.
    let database = match project.migration_url(args.url.url.as_deref(), datasource) {
        Ok(found) => Some(Database::of_schema(&found, datasource)?),
        Err(failure) if args.url.url.is_some() => return Err(failure),
        Err(_) => None,
    };
    let ran = seed::run(&project, datasource, database.as_ref(), &args.arguments, output)?;
    if ran.is_none() && !output.json {
        output.note(
            "no seed command is configured: write `seed = \"..\"` under [migrations] in nicol.toml, `migrations.seed` in \
             prisma.config.ts, or `prisma.seed` in package.json",
        );
    }
    if output.json {
        output.json(&json!({ "seeded": ran.is_some(), "command": ran }));
    }
    Ok(DONE)
}
