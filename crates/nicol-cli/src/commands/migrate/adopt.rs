//! `nicol migrate adopt`

use jiff::Timestamp;
use nicol_migrate::adopt::{AdoptOptions, adopt};
use serde_json::json;

use super::watch::Teller;
use super::{Site, lock_options};
use crate::app::DONE;
use crate::args::{AdoptArgs, Global};
use crate::failure::Result;
use crate::output::Output;
use crate::paths;
use crate::prompt;

/// Takes drift into the migrations.
///
/// # Errors
/// Folder and history do not agree, the migrations cannot be replayed, or the folder cannot be written.
pub(crate) fn run(args: &AdoptArgs, global: &Global, output: &Output) -> Result<u8> {
    let site = Site::open(global, args.url.url.as_deref(), output)?;
    let shadow = site.shadow(args.shadow_database_url.as_deref())?;
    let title = match &args.name {
        Some(name) => name.clone(),
        None => prompt::text("Name of the migration (--name):", output).unwrap_or_default(),
    };
    let scope = site.scope()?;
    let options = AdoptOptions {
        title: &title,
        now: Timestamp::now(),
        scope: &scope,
        shadow: shadow.as_ref(),
        lock: lock_options(),
    };
    let mut teller = Teller::new(output);
    let adopted = site.database.run(adopt(&site.database.url, &site.directory, options, &mut teller))?;
    drop(teller);
    if output.json {
        output.json(&json!({
            "adopted": adopted.as_ref().map(|adopted| json!({
                "name": adopted.name,
                "folder": paths::show(&adopted.folder),
                "summary": adopted.summary,
            })),
        }));
    }
    let Some(adopted) = adopted else {
        output.say("There is nothing to adopt: the database is what the migrations make.");
        return Ok(DONE);
    };
    output.say(adopted.summary.trim_end());
    output.say(&format!("Created {}, recorded as applied.", paths::show(&adopted.folder)));
    if !output.json {
        output.note(
            "bring the schema up to it (`nicol db pull` does), or the next `nicol migrate dev` will take it out again",
        );
    }
    Ok(DONE)
}
