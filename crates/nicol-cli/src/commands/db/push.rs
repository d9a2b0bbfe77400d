//! `nicol db push`

use std::time::Instant;

use nicol_migrate::push::{self, Push};
use serde_json::{Value, json};

use crate::app::DONE;
use crate::args::{Global, PushArgs};
use crate::commands::generate;
use crate::commands::migrate::dev::{risk_text, unless_told};
use crate::commands::migrate::watch::{Teller, duration};
use crate::commands::migrate::{lock_options, require_datasource};
use crate::commands::typed_sql::Sql;
use crate::database::Database;
use crate::diagnostics::require_valid;
use crate::discover::Project;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::prompt;

/// Makes the database what the schema says.
///
/// # Errors
/// The database cannot be used, the change cannot run, or a question was answered with no.
pub(crate) fn run(args: &PushArgs, global: &Global, output: &Output) -> Result<u8> {
    let project = Project::open(global)?;
    let schema = require_valid(&project, output)?;
    require_datasource(&project, &schema)?;
    let found = project.migration_url(args.url.url.as_deref(), schema.datasource.as_ref())?;
    let database = Database::of_schema(&found, schema.datasource.as_ref())?;
    database.announce(&found, output);
    if args.skip_generate && !output.json {
        output.note("--skip-generate is not needed: nicol never generates by itself");
    }
    if args.force_reset {
        database.refuse_if_protected(&project, "the database was not reset")?;
    }
    let scope = project.scope(Some(&schema), Some(&database.url))?;
    let began = Instant::now();
    let url = &database.url;
    let mut teller = Teller::new(output);
    let push = database.run(push::prepare(url, &schema, &scope, args.force_reset, lock_options(), &mut teller))?;
    tell(args, &push, &database, output);
    if push.impossible().next().is_none() {
        ask_about_losses(args, &push, &database, &project, output)?;
    }
    database.run(push::carry_out(url, &schema, &scope, &push, true, lock_options(), &mut teller))?;
    drop(teller);
    output.say(&if push.is_empty() {
        "The database is already in sync with the schema.".to_owned()
    } else {
        format!("The database is now in sync with the schema. Done in {}.", duration(began.elapsed()))
    });
    let generated =
        if args.generate { Some(generate::all(&project, &schema, &[], Sql::Renew(&database), output)?) } else { None };
    if output.json {
        output.json(&report(args, &push, generated));
    }
    Ok(DONE)
}

fn tell(args: &PushArgs, push: &Push, database: &Database, output: &Output) {
    if push.database_created {
        output.say(&format!("Created the {}", database.describe()));
    }
    if args.force_reset && !push.database_created {
        output.say(&format!("Dropped everything in the {}", database.describe()));
    }
    if push.has_history && !push.is_empty() && !output.json {
        output.note(
            "this database has a migration history; what is pushed will be shown as drift by `nicol migrate dev`",
        );
    }
}

/// Shows what would be lost, and asks unless the answer is known.
fn ask_about_losses(
    args: &PushArgs,
    push: &Push,
    database: &Database,
    project: &Project,
    output: &Output,
) -> Result<()> {
    let losses: Vec<String> = push.losses().map(|counted| format!("- {}", risk_text(counted))).collect();
    if losses.is_empty() {
        return Ok(());
    }
    let list = losses.join("\n");
    let refusal = Failure::new("data-loss", "nothing was changed: data may be lost").at(database.describe());
    if args.refuse_data_loss {
        return Err(refusal
            .why(list)
            .help("`nicol migrate dev` writes a migration that can be edited to keep the data"));
    }
    if !output.json {
        output.warn(&format!("data may be lost:\n{list}"));
    }
    database.refuse_if_protected(project, "nothing was changed: data may be lost")?;
    if args.accept_data_loss {
        return Ok(());
    }
    let refusal = unless_told(refusal, list, output).help("--accept-data-loss accepts it");
    prompt::consent(&format!("Change the {} all the same?", database.describe()), refusal, output)
}

fn report(args: &PushArgs, push: &Push, generated: Option<Value>) -> Value {
    let risks = push.risks.iter().map(|counted| json!({ "text": counted.risk.text, "rows": counted.rows }));
    json!({
        "changed": !push.is_empty(),
        "database_created": push.database_created,
        "reset": args.force_reset,
        "summary": push.summary,
        "script": push.script,
        "risks": risks.collect::<Vec<_>>(),
        "generated": generated.map(|report| report["generated"].clone()),
    })
}
