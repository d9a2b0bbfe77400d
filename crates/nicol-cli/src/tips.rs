//! What to type instead of a word of another version, another tool, or another place on the line.

use clap::CommandFactory;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::args::Cli;

/// Words for commands of ours.
const MEANT: &[(&str, &str)] = &[
    ("lift", "migrate"),
    ("introspect", "db pull"),
    ("save", "migrate dev"),
    ("up", "migrate deploy"),
    ("apply", "migrate deploy"),
    ("undo", "migrate down"),
    ("rollback", "migrate down"),
    ("revert", "migrate down"),
    ("drop", "migrate reset"),
    ("baseline", "migrate adopt"),
    ("import-legacy", "migrate import"),
    ("check", "validate"),
    ("fmt", "format"),
    ("new", "init"),
    ("completion", "completions"),
    ("help", "--help"),
];

/// Commands of Prisma that nicol has nothing for.
const FOREIGN: &[(&str, &str)] = &[
    ("studio", "nicol has no data browser; Prisma's own works with the same schema and database: `npx prisma studio`"),
    ("mcp", SERVICE),
    ("platform", SERVICE),
    ("bootstrap", SERVICE),
    ("postgres", SERVICE),
];

const SERVICE: &str = "that is about services of Prisma; nicol works with the database itself";

/// Flags of Prisma that have no meaning here and must not be passed over in silence.
const FLAGS: &[(&str, &str)] = &[
    (
        "--watch",
        "a build script makes the client anew whenever the schema changes: `nicol_build::client(..)` in build.rs",
    ),
    ("--force", "`nicol migrate reset --force` resets without a question; no other command of `migrate` ever does"),
    ("--local-d1", "name the file of the local database: `--url file:PATH`"),
    ("--from-local-d1", "name the file of the local database: `--from-url file:PATH`"),
    ("--to-local-d1", "name the file of the local database: `--to-url file:PATH`"),
    ("--hostname", SERVICE),
    ("--db", SERVICE),
];

/// Adds the tip for what clap did not understand, in place of its own guess.
pub(crate) fn give(error: &mut clap::Error) {
    let word = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => Some(word.clone()),
        _ => None,
    };
    let (tip, guess) = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            (word(ContextKind::InvalidSubcommand).and_then(|word| for_command(&word)), ContextKind::SuggestedSubcommand)
        }
        ErrorKind::UnknownArgument => {
            (word(ContextKind::InvalidArg).and_then(|word| for_argument(&word)), ContextKind::SuggestedArg)
        }
        _ => return,
    };
    if let Some(tip) = tip {
        error.remove(guess);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
    }
}

fn for_command(word: &str) -> Option<String> {
    if let Some(meant) = find(MEANT, word) {
        return Some(format!("`nicol {meant}` does that"));
    }
    if let Some(tip) = find(FOREIGN, word) {
        return Some(tip.to_owned());
    }
    let group = ["migrate", "db"].into_iter().find(|group| exists(&[group, word]))?;
    Some(format!("`nicol {group} {word}` is a command"))
}

fn for_argument(argument: &str) -> Option<String> {
    let flag = argument.split('=').next().unwrap_or(argument);
    find(FLAGS, flag).map(str::to_owned)
}

fn find(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    table.iter().find(|(key, _)| *key == word).map(|(_, text)| *text)
}

fn exists(path: &[&str]) -> bool {
    let command = Cli::command();
    path.iter().try_fold(&command, |command, name| command.find_subcommand(name)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_exists() {
        for (_, meant) in MEANT.iter().filter(|(_, meant)| !meant.starts_with('-')) {
            assert!(exists(&meant.split(' ').collect::<Vec<_>>()), "{meant}");
        }
    }
}
