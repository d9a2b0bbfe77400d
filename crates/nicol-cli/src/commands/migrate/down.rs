//! `nicol migrate down`

use nicol_migrate::down::{self, Descent, HowFar};
use serde_json::json;

use super::dev::{risk_text, unless_told};
use super::watch::Teller;
use super::{Site, lock_options};
use crate::app::DONE;
use crate::args::{DownArgs, Global};
use crate::diagnostics::count;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::prompt;

/// Takes the newest migrations back.
///
/// # Errors
/// A migration has no way back that fits, a script fails, or a question was answered with no.
pub(crate) fn run(args: &DownArgs, global: &Global, output: &Output) -> Result<u8> {
    let site = Site::open(global, args.url.url.as_deref(), output)?;
    site.database.refuse_if_protected(&site.project, "nothing was taken back")?;
    let shadow = site.shadow(args.shadow_database_url.as_deref())?;
    let (url, directory) = (&site.database.url, &site.directory);
    let far = match &args.to {
        Some(name) => HowFar::To(name),
        None => HowFar::Steps(usize::try_from(args.steps).unwrap_or(usize::MAX)),
    };
    let descent = site.database.run(down::prepare(url, directory, far, &site.scope()?, shadow.as_ref()))?;
    if !descent.migrations.is_empty() && !output.json {
        output.note(&format!("to be taken back, newest first: {}", descent.migrations.join(", ")));
    }
    if descent.risks.iter().all(down::CountedRisk::is_loss) {
        ask_about_losses(args, &descent, &site, output)?;
    }
    let mut teller = Teller::new(output);
    let done = site.database.run(down::carry_out(url, directory, &descent, true, lock_options(), &mut teller))?;
    drop(teller);
    if output.json {
        let risks = descent.risks.iter().map(|counted| json!({ "text": counted.risk.text, "rows": counted.rows }));
        output.json(&json!({ "taken_back": done, "risks": risks.collect::<Vec<_>>() }));
    }
    for name in &done {
        output.say(&format!("Took back {name}"));
    }
    output.say(&match done.len() {
        0 => "No migration is applied: there is nothing to take back.".to_owned(),
        taken => format!(
            "{} taken back. The folders are pending again: the next deploy applies them, unless they are deleted.",
            count(taken, "migration")
        ),
    });
    Ok(DONE)
}

/// Shows what would be lost, and asks unless the answer is known.
fn ask_about_losses(args: &DownArgs, descent: &Descent, site: &Site, output: &Output) -> Result<()> {
    let losses: Vec<String> = descent.losses().map(|counted| format!("- {}", risk_text(counted))).collect();
    if losses.is_empty() {
        return Ok(());
    }
    let list = losses.join("\n");
    if !output.json {
        output.warn(&format!("going back loses data:\n{list}"));
    }
    if args.accept_data_loss {
        return Ok(());
    }
    let refusal = Failure::new("data-loss", "nothing was taken back: data would be lost").at(site.database.describe());
    let refusal = unless_told(refusal, list, output).help("--accept-data-loss accepts it");
    prompt::consent(&format!("Go back on the {} all the same?", site.database.describe()), refusal, output)
}
