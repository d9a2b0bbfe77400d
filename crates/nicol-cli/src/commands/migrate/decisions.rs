//! What only a person knows about a change: what was renamed, what fills a new column. Told by flags, or asked.

use nicol_catalog::{Backfill, Certainty, DecisionError, Decisions, Rename};
use nicol_migrate::Draft;
use nicol_migrate::dev;

use super::Workplace;
use super::dev::risk_text;
use crate::args::DevArgs;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::prompt;

/// The draft with everything decided that flags say and answers give.
///
/// # Errors
/// A flag does not fit the change; or something looks renamed and nobody says whether it is (exit code 130).
pub(super) fn settle(args: &DevArgs, place: &Workplace, draft: Draft, output: &Output) -> Result<Draft> {
    let mut said = Decisions { renames: parsed(&args.rename)?, backfills: parsed(&args.backfill)? };
    let decide = |draft: Draft, said: &Decisions| place.database.run(dev::decide(&place.database.url, draft, said));
    let mut draft = if said == Decisions::default() { draft } else { decide(draft, &said)? };
    let mut refused: Vec<Rename> = Vec::new();
    while let Some(likely) = draft.likely.iter().find(|likely| !refused.contains(&likely.rename)) {
        let rename = likely.rename.clone();
        let is_rename = match likely.certainty {
            _ if args.no_rename => Some(false),
            Certainty::Certain => {
                output.note(&format!("renamed, as the schema calls it as before: {rename} (--no-rename if not)"));
                Some(true)
            }
            Certainty::Likely => prompt::yes_unless_no(&format!("Is this a rename: {rename}?"), output),
        };
        match is_rename {
            Some(true) => {
                said.renames.push(rename);
                draft = decide(draft, &said)?;
            }
            Some(false) => refused.push(rename),
            None => {
                unanswered(args, &draft, &refused, output)?;
                break;
            }
        }
    }
    if args.create_only {
        return Ok(draft);
    }
    while let Some(backfill) = ask_for_backfill(&draft, &said, output)? {
        said.backfills.push(backfill);
        draft = decide(draft, &said)?;
    }
    Ok(draft)
}

fn parsed<T: std::str::FromStr<Err = DecisionError>>(texts: &[String]) -> Result<Vec<T>> {
    let parse = |text: &String| text.parse::<T>().map_err(|error| failure(&error));
    texts.iter().map(parse).collect()
}

fn failure(error: &DecisionError) -> Failure {
    Failure::new(error.code, error.message.trim_end_matches('.')).at("the command line").help(error.help.clone())
}

/// Nobody says whether something was renamed. That stops the command, unless nothing is done to data or a loss is accepted.
fn unanswered(args: &DevArgs, draft: &Draft, refused: &[Rename], output: &Output) -> Result<()> {
    let open = draft.likely.iter().filter(|likely| !refused.contains(&likely.rename));
    let flags: Vec<String> =
        open.map(|likely| format!("--rename {}", shell_word(&likely.rename.to_string()))).collect();
    if args.create_only || args.accept_data_loss {
        output
            .warn(&format!("what goes and what comes may be renames, which would keep the data: {}", flags.join(" ")));
        return Ok(());
    }
    Err(Failure::new("rename-unclear", "the migration was not made: something may have been renamed")
        .why("taken literally, what goes loses its data, and there is nobody to ask")
        .help(format!("say that it is a rename: {}\nor that it is not: --no-rename", flags.join(" ")))
        .declined())
}

/// As a shell takes it for one word.
fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '=' | '-' | '@' | '/');
    if text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// Asks what the rows get that stand in the way of a new required column. None when nothing is to be asked, or nobody can
/// be: the next step then says what is missing.
fn ask_for_backfill(draft: &Draft, said: &Decisions, output: &Output) -> Result<Option<Backfill>> {
    for counted in draft.impossible() {
        let Some(column) = &counted.risk.column else { continue };
        let field = Rename::Column {
            table: nicol_catalog::decisions::ObjectName::bare(counted.risk.table.clone()),
            from: column.clone(),
            to: column.clone(),
        };
        let name = field.to_string();
        let name = name.rsplit_once('=').map_or(name.as_str(), |(name, _)| name);
        let is_said = said.backfills.iter().any(|said| said.column == *column && said.table.name == counted.risk.table);
        if is_said {
            continue;
        }
        let question =
            format!("{}\nAn SQL expression for {name} in these rows (--backfill; empty: stop):", risk_text(counted));
        let Some(expression) = prompt::text(&question, output).filter(|answer| !answer.is_empty()) else {
            return Ok(None);
        };
        return format!("{name}={expression}").parse().map(Some).map_err(|error| failure(&error));
    }
    Ok(None)
}
