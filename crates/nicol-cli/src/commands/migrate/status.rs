//! `nicol migrate status`

use std::fmt::Write as _;

use nicol_migrate::status::Verdict;
use nicol_migrate::{Status, status};
use serde_json::{Value, json};

use super::Site;
use crate::app::DONE;
use crate::args::{Global, StatusArgs};
use crate::diagnostics::count;
use crate::failure::{FAILED, Result};
use crate::output::Output;

/// Compares folder, history and database. Exit code 0 when they agree, else 1.
///
/// # Errors
/// The folder or the database cannot be read.
pub(crate) fn run(args: &StatusArgs, global: &Global, output: &Output) -> Result<u8> {
    let site = Site::open(global, args.url.url.as_deref(), output)?;
    // Without a schema nobody says which part of the database is meant.
    let scope = site.schema.as_ref().map(|_| site.scope()).transpose()?;
    let Site { database, directory, folder, .. } = site;
    let status = database.run(status(&database.url, &directory, scope.as_ref()))?;
    if output.json {
        output.json(&report(&status, &folder, &database.describe()));
    } else {
        output.result(&words(&status, &folder));
    }
    Ok(exit_code(args, status.verdict()))
}

/// One code a state with `--exit-code`; 1 is left to errors and 2 to differences.
fn exit_code(args: &StatusArgs, verdict: Verdict) -> u8 {
    match verdict {
        Verdict::UpToDate => DONE,
        Verdict::Pending if args.allow_pending => DONE,
        _ if !args.exit_code => FAILED,
        Verdict::Pending => 3,
        Verdict::Failed => 4,
        Verdict::Unmanaged => 5,
        Verdict::Edited => 6,
        Verdict::Diverged => 7,
        Verdict::Missing => 8,
        Verdict::OutOfOrder => 9,
        Verdict::Drifted => 10,
    }
}

fn is_in_sync(status: &Status) -> bool {
    status.verdict() == Verdict::UpToDate
}

/// The machine form: the standing with a verdict, where it was looked at, and whether all is well.
fn report(status: &Status, folder: &str, database: &str) -> Value {
    let standing = &status.standing;
    json!({
        "in_sync": is_in_sync(status),
        "verdict": status.verdict(),
        "database": database,
        "migrations": folder,
        "found": status.found,
        "applied": standing.applied,
        "pending": standing.pending,
        "failed": standing.failed,
        "edited": standing.edited,
        "missing": standing.missing,
        "out_of_order": standing.out_of_order,
        "rolled_back": standing.rolled_back,
        "last_common": standing.last_common,
        "has_history": status.has_history,
        "has_tables": status.has_tables,
        "drift": status.drift,
    })
}

fn words(status: &Status, folder: &str) -> String {
    let standing = &status.standing;
    let mut text = format!("{} found in {folder}\n", count(status.found, "migration"));
    let failed: Vec<String> = standing.failed.iter().map(|failed| failed.name.clone()).collect();
    for (title, names) in [
        ("Failed", &failed),
        ("Changed after they were applied", &standing.edited),
        ("Applied, but missing in the folder", &standing.missing),
        ("Not applied yet, though later ones are", &standing.out_of_order),
        ("Not applied yet", &standing.pending),
    ] {
        if !names.is_empty() {
            let _ = writeln!(text, "\n{title}:");
            for name in names {
                let _ = writeln!(text, "  {name}");
            }
        }
    }
    if let Some(drift) = &status.drift {
        let _ = writeln!(text, "\nIn the database, but not in the migrations:\n{}", drift.summary.trim_end());
    }
    let _ = writeln!(text, "\n{}", advice(status.verdict()));
    text
}

fn advice(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::UpToDate => "Database schema is up to date!",
        Verdict::Pending => "Apply them with `nicol migrate deploy`, or in development with `nicol migrate dev`.",
        Verdict::OutOfOrder => "`nicol migrate deploy --allow-out-of-order` applies them all the same.",
        Verdict::Missing | Verdict::Diverged => {
            "Folder and database have parted: bring the missing folders back from version control."
        }
        Verdict::Edited => {
            "Restore the files from version control and make a new migration for the change, or accept them as they are with \
             `nicol migrate resolve --accept-edit NAME`."
        }
        Verdict::Failed => {
            "See what the failed migration left behind and put it right; `nicol migrate resolve` then says whether all or none \
             of it is in the database."
        }
        Verdict::Unmanaged => {
            "The database has tables, but no record of migrations. `nicol migrate adopt` takes them into a first migration; where \
             the folder already has them, `nicol migrate resolve --applied NAME` records each."
        }
        Verdict::Drifted => {
            "Something else than migrations has changed the database. `nicol migrate adopt` takes it into a migration."
        }
    }
}
