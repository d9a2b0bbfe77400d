//! `nicol migrate resolve`

use nicol_migrate::resolve::{accept_edit as record_edit, edit};
use nicol_migrate::{Migration, Resolution, resolve, text_difference};
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
    if let Some(name) = &args.accept_edit {
        return accept_edit(name, args, global, output);
    }
    // The argument parser lets exactly one of them through.
    let (name, resolution, word, said) = match (&args.applied, &args.rolled_back, &args.retry) {
        (Some(name), _, _) => (name, Resolution::Applied, "applied", "is recorded as applied"),
        (None, Some(name), _) => (name, Resolution::RolledBack, "rolled back", "is recorded as rolled back"),
        (None, None, Some(name)) => {
            (name, Resolution::Retry, "retry", "is gone on with by the next deployment, at the statement that failed")
        }
        (None, None, None) => return Ok(DONE),
    };
    let Site { database, directory, .. } = Site::open(global, args.url.url.as_deref(), output)?;
    let mut teller = Teller::new(output);
    let is_recorded =
        database.run(resolve(&database.url, &directory, name, resolution, lock_options(), &mut teller))?;
    drop(teller);
    if output.json {
        let word = if is_recorded { word } else { "nothing to resolve" };
        output.json(&json!({ "migration": name, "resolution": word }));
    }
    output.say(&if is_recorded {
        format!("Migration {name} {said}.")
    } else {
        format!("There is nothing to resolve: the database has no record of {name} as failed. The next deploy runs it.")
    });
    Ok(DONE)
}

/// Shows how the script of an applied migration was changed, and records it as it is now.
fn accept_edit(name: &str, args: &ResolveArgs, global: &Global, output: &Output) -> Result<u8> {
    let site = Site::open(global, args.url.url.as_deref(), output)?;
    let shadow = site.shadow(args.shadow_database_url.as_deref())?;
    let (url, directory) = (&site.database.url, &site.directory);
    let edit = site.database.run(edit(url, directory, name, &site.scope()?, shadow.as_ref()))?;
    let old = site.directory.get(name).and_then(|migration| applied_text(&site, migration, &edit.recorded));
    let difference = match (&old, site.directory.get(name)) {
        (Some(old), Some(migration)) => Some(text_difference(old, &migration.script)),
        (None, _) | (_, None) => None,
    };
    if edit.is_edited() {
        if !output.json {
            show(name, &edit, difference.as_deref(), output);
        }
        let mut teller = Teller::new(output);
        site.database.run(record_edit(url, directory, name, lock_options(), &mut teller))?;
    }
    if output.json {
        output.json(&json!({
            "migration": name,
            "resolution": if edit.is_edited() { "edit accepted" } else { "not edited" },
            "recorded": edit.recorded,
            "now": edit.now,
            "difference": difference,
            "drift": edit.drift,
        }));
    }
    output.say(&if edit.is_edited() {
        format!("Migration {name} counts as it is now.")
    } else {
        format!("Migration {name} is what was applied: there is nothing to accept.")
    });
    Ok(DONE)
}

fn show(name: &str, edit: &nicol_migrate::resolve::Edit, difference: Option<&str>, output: &Output) {
    output.say(&format!("Recorded: {}\nNow:      {}", edit.recorded, edit.now));
    match difference {
        Some(difference) => output.say(difference.trim_end()),
        None => output.note(&format!(
            "the text that was applied is not in the history of git, so its difference to {name} cannot be shown"
        )),
    }
    match &edit.drift {
        Some(drift) => output.warn(&format!(
            "the database is not what the migrations make now; accepting the edit does not change it:\n{}",
            drift.summary.trim_end()
        )),
        None if edit.is_compared => output.note("the database is what the migrations make now"),
        None => output.note("the migrations could not be replayed, so whether the database agrees is not known"),
    }
}

/// The text that was applied, when version control still has it: the one with the recorded checksum.
fn applied_text(site: &Site, migration: &Migration, recorded: &str) -> Option<String> {
    let file = site.directory.path()?.join(&migration.name).join(nicol_migrate::directory::SCRIPT_FILE);
    let (folder, name) = (file.parent()?, file.file_name()?.to_str()?);
    let git = |arguments: &[&str]| {
        let answer = std::process::Command::new("git").arg("-C").arg(folder).args(arguments).output().ok()?;
        answer.status.success().then(|| String::from_utf8(answer.stdout).ok()).flatten()
    };
    let commits = git(&["log", "--format=%H", "-n", "100", "--", name])?;
    let texts = commits.lines().filter_map(|commit| git(&["show", &format!("{commit}:./{name}")]));
    texts.into_iter().find(|text| nicol_migrate::checksum::matches(text, recorded))
}
