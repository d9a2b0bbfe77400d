//! The seed command: split into words by a rule of our own and started without a shell.
//!
//! It runs in the folder of the file that configures it, with the variables of `.env` files and the database's URL in its
//! environment, and writes where nicol does.

use std::ffi::OsString;
use std::process::{Command, Stdio};

use nicol_schema::schema::Datasource;

use crate::config::Entry;
use crate::database::Database;
use crate::discover::Project;
use crate::failure::{Failure, Result};
use crate::files;
use crate::mask::mask;
use crate::output::Output;

/// Whether a seed command is configured.
///
/// # Errors
/// The config holds one that cannot be known without running the file.
pub(crate) fn is_configured(project: &Project) -> Result<bool> {
    Ok(configured(project)?.is_some())
}

fn configured(project: &Project) -> Result<Option<(&Entry, String)>> {
    let Some(entry) = project.config.entry(|file| file.seed.as_ref()) else {
        return Ok(None);
    };
    Ok(project.resolve(entry)?.map(|text| (entry, text)))
}

/// Runs the configured command with these arguments behind its own. Returns its words, none when none is configured.
///
/// # Errors
/// It cannot be read or started, or ends with another exit code than 0.
pub(crate) fn run(
    project: &Project,
    datasource: Option<&Datasource>,
    database: Option<&Database>,
    arguments: &[OsString],
    output: &Output,
) -> Result<Option<Vec<String>>> {
    let Some((entry, text)) = configured(project)? else {
        return Ok(None);
    };
    let split = split(&text).map_err(|why| {
        Failure::new("seed-invalid", "the seed command cannot be read")
            .at(entry.origin())
            .why(why)
            .help("words are divided at spaces; \"..\", '..' and a backslash keep them together")
    })?;
    let mut words: Vec<OsString> = split.into_iter().map(OsString::from).collect();
    words.extend(arguments.iter().cloned());
    let (program, rest) = words.split_first().ok_or_else(|| {
        Failure::new("seed-invalid", "the seed command is empty").at(entry.origin()).help("name a program to run")
    })?;
    let shown: Vec<String> = words.iter().map(|word| mask(&word.to_string_lossy())).collect();
    let added: String = arguments.iter().map(|word| format!(" {}", word.to_string_lossy())).collect();
    output.say(&format!("Running the seed command: {}", mask(&format!("{text}{added}"))));

    let mut command = Command::new(program);
    command.args(rest).current_dir(entry.directory()).envs(project.variables()?.of_files());
    if let Some(database) = database {
        let url = database.url.as_connection_string();
        command.envs(project.url_variables(datasource).into_iter().map(|name| (name, url.clone())));
    }
    if output.json {
        // Standard output is for the one JSON value.
        command.stdout(stderr_again()?);
    }
    let status = command.status().map_err(|error| not_started(entry, &shown, &error))?;
    if !status.success() {
        let how = status.code().map_or("a signal ended it".to_owned(), |code| format!("its exit code is {code}"));
        return Err(Failure::new("seed-failed", "the seed command failed")
            .at(entry.origin())
            .why(how)
            .help("see above for what it said; `nicol db seed` runs it again"));
    }
    output.say("The seed command has been executed.");
    Ok(Some(shown))
}

fn not_started(entry: &Entry, words: &[String], error: &std::io::Error) -> Failure {
    let program = words.first().map(String::as_str).unwrap_or_default();
    let is_assignment = program.split_once('=').is_some_and(|(name, _)| !name.is_empty() && !name.contains('/'));
    Failure::new("seed-failed", format!("the seed command cannot be started: `{program}`"))
        .at(entry.origin())
        .why(files::reason(error))
        .help(if is_assignment {
            "no shell runs the command, so variables cannot be set in front of it: `env NAME=value program` does so"
        } else {
            "no shell runs the command: name a program that is in PATH, or a path from the folder of the config file"
        })
}

/// Standard error as another handle.
#[cfg(unix)]
fn stderr_again() -> Result<Stdio> {
    use std::os::fd::AsFd;
    std::io::stderr().as_fd().try_clone_to_owned().map(Stdio::from).map_err(|error| no_output(&error))
}

/// Standard error as another handle.
#[cfg(windows)]
fn stderr_again() -> Result<Stdio> {
    use std::os::windows::io::AsHandle;
    std::io::stderr().as_handle().try_clone_to_owned().map(Stdio::from).map_err(|error| no_output(&error))
}

fn no_output(error: &std::io::Error) -> Failure {
    Failure::new("seed-failed", "the seed command has nowhere to write to")
        .why(files::reason(error))
        .help("keep standard error open")
}

/// The words of a command: divided at white space; `'..'` is kept as it is, in `".."` a backslash stands before `"` and
/// `\`, outside of both before white space, quotes and itself. Anywhere else it is a backslash.
///
/// # Errors
/// A quotation does not end.
fn split(text: &str) -> std::result::Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or("a quotation in it does not end")? {
                        end if end == c => break,
                        '\\' if c == '"' => match chars.next_if(|next| matches!(next, '"' | '\\')) {
                            Some(escaped) => word.push(escaped),
                            None => word.push('\\'),
                        },
                        other => word.push(other),
                    }
                }
            }
            '\\' => {
                let escaped = chars.next_if(|next| next.is_whitespace() || matches!(next, '"' | '\'' | '\\'));
                word.get_or_insert_default().push(escaped.unwrap_or('\\'));
            }
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn commands_become_words() {
        for (text, expected) in [
            ("ts-node prisma/seed.ts", &["ts-node", "prisma/seed.ts"][..]),
            ("  a \t b\n", &["a", "b"]),
            (
                "ts-node --compiler-options {\\\"module\\\":\\\"CommonJS\\\"} seed.ts",
                &["ts-node", "--compiler-options", "{\"module\":\"CommonJS\"}", "seed.ts"],
            ),
            ("a 'b c' \"d e\"f", &["a", "b c", "d ef"]),
            ("a b\\ c", &["a", "b c"]),
            ("C:\\tools\\seed.exe", &["C:\\tools\\seed.exe"]),
            ("a \"x \\\"y\\\" \\\\ \\n\" '\\'", &["a", "x \"y\" \\ \\n", "\\"]),
            ("a '' \"\"", &["a", "", ""]),
            ("$HOME; rm | x > y && `z`", &["$HOME;", "rm", "|", "x", ">", "y", "&&", "`z`"]),
            ("", &[]),
        ] {
            assert_eq!(
                split(text).as_deref(),
                Ok(expected.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>().as_slice()),
                "{text}"
            );
        }
        assert!(split("a 'b").is_err() && split("a \"b\\\"").is_err());
    }
}
