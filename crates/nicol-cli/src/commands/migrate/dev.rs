//! `nicol migrate dev`

use std::process::Command;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use nicol_migrate::dev::{self, CountedRisk, ReadmeSettings};
use nicol_migrate::lint::Finding;
use nicol_migrate::snapshot::Mask;
use nicol_migrate::{Decision, DevOptions, Developed, Draft};
use serde_json::{Value, json};

use super::watch::Teller;
use super::{Workplace, decisions, lint, lock_options, note_unused, shadow_url};
use crate::app::DONE;
use crate::args::{DevArgs, Global};
use crate::commands::generate;
use crate::commands::typed_sql::Sql;
use crate::database::Database;
use crate::diagnostics::count;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::paths;
use crate::prompt;
use crate::seed;

/// Applies what is pending, writes the migration that the schema needs, applies it.
///
/// # Errors
/// The database cannot be used, a migration fails, or a question was answered with no.
pub(crate) fn run(args: &DevArgs, global: &Global, output: &Output) -> Result<u8> {
    let place = Workplace::open(global, args.url.url.as_deref(), output)?;
    let config = &place.project.config;
    if !config.files.iter().any(|file| file.dev_generates || file.dev_seeds) {
        note_unused(&args.unused, output);
    }
    let draft = prepare(args, &place, output)?;
    tell(&draft, &place.database, output);
    let draft = decisions::settle(args, &place, draft, output)?;
    let developed = if draft.is_empty() && !args.create_only {
        output.say(if draft.applied.is_empty() {
            "Already in sync: the schema has not changed and no migration is pending."
        } else {
            "The database is in sync with the schema."
        });
        None
    } else {
        let developed = carry_out(args, &place, &draft, output)?;
        tell_result(args, &developed, output);
        Some(developed)
    };
    let name = developed.as_ref().and_then(|developed| developed.created.as_ref()).map(|(name, _)| name.as_str());
    let remarks = name.map(|name| lint::of_new(&place, name)).unwrap_or_default();
    lint::tell_short(&remarks, name.unwrap_or_default(), output);
    let generated = if wants_generate(args, &place) {
        Some(
            generate::all(&place.project, &place.schema, &[], Sql::Renew(&place.database), output)?["generated"]
                .clone(),
        )
    } else {
        None
    };
    let seeded = wants_seed(args, &place, &draft) && {
        let datasource = place.schema.datasource.as_ref();
        let ran = seed::run(&place.project, datasource, Some(&place.database), &[], output)?;
        if ran.is_none() {
            output.note("no seed command is configured, so nothing was seeded");
        }
        ran.is_some()
    };
    if output.json {
        let mut report = report(&draft, developed.as_ref());
        report["lint"] = remarks.iter().map(Finding::json).collect();
        report["generated"] = generated.unwrap_or_default();
        report["seeded"] = seeded.into();
        output.json(&report);
    }
    Ok(DONE)
}

fn wants_generate(args: &DevArgs, place: &Workplace) -> bool {
    let is_set = place.project.config.files.iter().any(|file| file.dev_generates);
    args.generate || (is_set && !args.unused.skip_generate && !args.create_only)
}

/// By flag always, by setting after a database has been created.
fn wants_seed(args: &DevArgs, place: &Workplace, draft: &Draft) -> bool {
    let is_set = place.project.config.files.iter().any(|file| file.dev_seeds);
    args.seed || (is_set && !args.unused.skip_seed && draft.database_created)
}

/// Brings the database up to the folder and drafts the migration to the schema.
fn prepare(args: &DevArgs, place: &Workplace, output: &Output) -> Result<Draft> {
    let shadow = shadow_url(&place.project, place.schema.datasource.as_ref(), args.shadow_database_url.as_deref())?;
    let options = DevOptions {
        create_only: args.create_only,
        always_replay: args.shadow,
        shadow: shadow.as_ref(),
        lock: lock_options(),
    };
    let mut teller = Teller::new(output);
    let url = &place.database.url;
    place.database.run(dev::prepare(url, &place.directory, &place.schema, &place.scope()?, options, &mut teller))
}

/// Gets the answers the draft needs, writes the migration and applies it.
fn carry_out(args: &DevArgs, place: &Workplace, draft: &Draft, output: &Output) -> Result<Developed> {
    let title = decide(args, place, draft, output)?;
    let wants_readme = wants_readme(args, place);
    let author = if wants_readme { git_user(args.author_email) } else { None };
    let mask = if place.project.config.readme_shows_env() { Mask::Literal } else { Mask::All };
    let readme = ReadmeSettings { author: author.as_deref(), time_zone: TimeZone::system(), mask };
    let decision = Decision {
        title: &title,
        accept_data_loss: true,
        readme: wants_readme.then_some(readme),
        now: Timestamp::now(),
    };
    let mut teller = Teller::new(output);
    place.database.run(dev::carry_out(&place.database.url, draft, &decision, &mut teller))
}

/// What was done and found before the new migration.
fn tell(draft: &Draft, database: &Database, output: &Output) {
    if draft.database_created {
        output.say(&format!("Created the {}", database.describe()));
    }
    if let Some(drift) = &draft.drift
        && !output.json
    {
        output.warn(&format!(
            "the database has been changed by something else than these migrations. It stays as it is; \
             `nicol migrate adopt` takes it into the migrations:\n{}",
            drift.summary.trim_end()
        ));
    }
}

/// Gets the consent that the migration needs, and its title.
fn decide(args: &DevArgs, place: &Workplace, draft: &Draft, output: &Output) -> Result<String> {
    let is_impossible = !args.create_only && draft.impossible().next().is_some();
    if !is_impossible {
        ask_about_losses(args, place, draft, output)?;
    }
    Ok(match &args.name {
        Some(name) => name.clone(),
        // What cannot be done needs no name: the next step refuses it.
        None if is_impossible => String::new(),
        None => prompt::text("Name of the migration (--name):", output).unwrap_or_default(),
    })
}

/// Shows what would be lost, and asks unless the answer is known.
fn ask_about_losses(args: &DevArgs, place: &Workplace, draft: &Draft, output: &Output) -> Result<()> {
    let losses: Vec<String> = draft.losses().map(|counted| format!("- {}", risk_text(counted))).collect();
    if losses.is_empty() {
        return Ok(());
    }
    let list = losses.join("\n");
    if !output.json {
        output.warn(&format!("the new migration may lose data:\n{list}"));
    }
    if args.create_only {
        return Ok(());
    }
    place.database.refuse_if_protected(&place.project, "the migration was not made: it may lose data")?;
    if args.accept_data_loss {
        return Ok(());
    }
    let refusal = Failure::new("data-loss", "the migration was not made: it may lose data");
    let refusal = unless_told(refusal, list, output)
        .help("--accept-data-loss accepts it; --create-only lets you edit the script first");
    prompt::consent("Make the migration and apply it?", refusal, output)
}

/// The failure with the list of losses, unless a warning has just shown it.
pub(in crate::commands) fn unless_told(failure: Failure, list: String, output: &Output) -> Failure {
    if output.json { failure.why(list) } else { failure }
}

pub(in crate::commands) fn risk_text(counted: &CountedRisk) -> String {
    match counted.rows {
        Some(rows) => {
            format!("{} ({} concerned)", counted.risk.text, count(usize::try_from(rows).unwrap_or(usize::MAX), "row"))
        }
        None => counted.risk.text.clone(),
    }
}

fn wants_readme(args: &DevArgs, place: &Workplace) -> bool {
    args.readme
        || args.author_email
        || place.project.config.files.iter().find_map(|file| file.migrations_readme).unwrap_or(false)
}

/// The name that git knows the user by; `Ann <ann@example.com>` where the address is wanted and known.
fn git_user(with_email: bool) -> Option<String> {
    let name = git_setting("user.name")?;
    let email = if with_email { git_setting("user.email") } else { None };
    Some(match email {
        Some(email) => format!("{name} <{email}>"),
        None => name,
    })
}

fn git_setting(key: &str) -> Option<String> {
    let answer = Command::new("git").args(["config", key]).output().ok()?;
    let value = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
    (answer.status.success() && !value.is_empty()).then_some(value)
}

fn tell_result(args: &DevArgs, developed: &Developed, output: &Output) {
    let Some((_, folder)) = &developed.created else { return };
    output.say(&format!("Created {}", paths::show(folder)));
    output.say(if args.create_only {
        "It is not applied yet: edit migration.sql if you like, then run `nicol migrate dev` again."
    } else {
        "The database is in sync with the schema."
    });
}

fn report(draft: &Draft, developed: Option<&Developed>) -> Value {
    let risks = draft.risks.iter().map(|counted| json!({ "text": counted.risk.text, "rows": counted.rows }));
    let created = developed.and_then(|developed| developed.created.as_ref());
    let applied_now = developed.map(|developed| developed.applied.as_slice()).unwrap_or_default();
    json!({
        "created": created.map(|(name, folder)| json!({ "name": name, "folder": paths::show(folder) })),
        "applied": draft.applied.iter().chain(applied_now).collect::<Vec<_>>(),
        "database_created": draft.database_created,
        "risks": risks.collect::<Vec<_>>(),
        "summary": draft.summary,
        "script": draft.script,
        "renames": draft.renames.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "likely_renames": draft.likely.iter().map(|likely| likely.rename.to_string()).collect::<Vec<_>>(),
        "drift": draft.drift.as_ref().map(|drift| &drift.summary),
    })
}
