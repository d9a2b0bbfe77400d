//! `nicol migrate deploy`

use nicol_migrate::shadow::Shadow;
use nicol_migrate::{Baseline, DeployOptions, deploy};
use serde_json::json;

use super::watch::Teller;
use super::{Site, lock_options, note_unused};
use crate::app::DONE;
use crate::args::{DeployArgs, Global};
use crate::diagnostics::count;
use crate::failure::Result;
use crate::output::Output;

/// Applies the pending migrations.
///
/// # Errors
/// Folder and history do not fit together, or a migration fails.
pub(crate) fn run(args: &DeployArgs, global: &Global, output: &Output) -> Result<u8> {
    note_unused(&args.unused, output);
    let site = Site::open(global, args.url.url.as_deref(), output)?;
    let scope = site.scope()?;
    let shadow = if args.baseline.is_some() { site.shadow(args.shadow_database_url.as_deref())? } else { None };
    let Site { database, directory, folder, .. } = site;
    let found = directory.migrations().len();
    if directory.exists() && !output.json {
        output.note(&format!("{} found in {folder}", count(found, "migration")));
    }
    let baseline = args.baseline.as_ref().map(|name| Baseline {
        at: name.as_deref(),
        shadow: Shadow { main: Some(&database.url), given: shadow.as_ref() },
    });
    let options = DeployOptions {
        allow_out_of_order: args.allow_out_of_order,
        baseline,
        scope: Some(&scope),
        create_database: true,
        lock: lock_options(),
    };
    let mut teller = Teller::new(output);
    let deployed = database.run(deploy(&database.url, &directory, options, &mut teller))?;
    drop(teller);
    if output.json {
        output.json(&json!({
            "found": deployed.found,
            "database_created": deployed.database_created,
            "baseline": deployed.baseline,
            "applied": deployed.applied,
        }));
    }
    output.say(&if deployed.applied.is_empty() {
        "No pending migrations to apply.".to_owned()
    } else {
        format!("{} applied; the database is up to date.", count(deployed.applied.len(), "migration"))
    });
    Ok(DONE)
}
