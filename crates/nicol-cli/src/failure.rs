//! What ends a command early: an error as the user reads it.
//!
//! Every failure says what is wrong, where, why and what to do next, and carries a stable code. Passwords in URLs are
//! masked when it is shown, whatever it was made from.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::mask::mask;

/// Exit code of anything that failed.
pub(crate) const FAILED: u8 = 1;
/// Exit code of `--exit-code` when there are differences.
pub(crate) const DIFFERENT: u8 = 2;
/// Exit code of a question answered with no, or that nobody could be asked.
pub(crate) const DECLINED: u8 = 130;

/// The result of a step that can fail.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// An error for the user.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure(Box<Parts>);

#[derive(Debug, Clone, PartialEq)]
struct Parts {
    code: String,
    what: String,
    place: Option<String>,
    why: Option<String>,
    help: Option<String>,
    diagnostics: Option<Value>,
    exit: u8,
}

impl Failure {
    /// A failure with exit code 1. The code is stable: a P-code where Prisma has one, else words such as
    /// `schema-not-found`.
    pub(crate) fn new(code: impl Into<String>, what: impl Into<String>) -> Failure {
        Failure(Box::new(Parts {
            code: code.into(),
            what: what.into(),
            place: None,
            why: None,
            help: None,
            diagnostics: None,
            exit: FAILED,
        }))
    }

    /// An error of migrations, at a database or elsewhere.
    pub(crate) fn from_migrate(error: &nicol_migrate::Error, place: Option<String>) -> Failure {
        let (what, rest) = error.message().split_once('\n').unwrap_or((error.message(), ""));
        let code = error.database_code().map(|code| format!("the database's own code is {code}"));
        let why: Vec<&str> =
            [rest, code.as_deref().unwrap_or_default()].into_iter().filter(|line| !line.is_empty()).collect();
        let mut failure = Failure::new(error.code(), what.trim_end_matches(['.', ':']));
        failure.0.place = place;
        failure.0.why = (!why.is_empty()).then(|| why.join("\n"));
        failure.help(error.help().unwrap_or_else(|| next_step(error.code())))
    }

    /// Says where: a file, a place in a file, a server.
    pub(crate) fn at(mut self, place: impl Into<String>) -> Failure {
        self.0.place = Some(place.into());
        self
    }

    /// Says why, in one or several lines.
    pub(crate) fn why(mut self, why: impl Into<String>) -> Failure {
        self.0.why = Some(why.into());
        self
    }

    /// Says what to do next.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Failure {
        self.0.help = Some(help.into());
        self
    }

    /// Adds diagnostics of a schema, for programs; people were shown them already.
    pub(crate) fn diagnostics(mut self, diagnostics: Value) -> Failure {
        self.0.diagnostics = Some(diagnostics);
        self
    }

    /// Ends the program with 130: an answer was needed and was no, or could not be had.
    pub(crate) fn declined(mut self) -> Failure {
        self.0.exit = DECLINED;
        self
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> u8 {
        self.0.exit
    }

    /// What is wrong, in one sentence.
    pub(crate) fn what(&self) -> &str {
        &self.0.what
    }

    /// Why it is so.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.why.as_deref()
    }

    /// What to do next.
    pub(crate) fn advice(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// For a terminal.
    pub(crate) fn text(&self, color: bool) -> String {
        let (strong, red, cyan) = if color {
            (Style::new().bold(), AnsiColor::Red.on_default().bold(), AnsiColor::Cyan.on_default().bold())
        } else {
            (Style::new(), Style::new(), Style::new())
        };
        let mut text = format!("{red}error[{}]{red:#}{strong}: {}{strong:#}\n", self.0.code, mask(&self.0.what));
        for (label, part) in [("where", &self.0.place), ("why", &self.0.why), ("help", &self.0.help)] {
            if let Some(part) = part {
                let lines = mask(part).trim_end().replace('\n', "\n         ");
                let _ = writeln!(text, "  {cyan}{label:>5}{cyan:#}: {lines}");
            }
        }
        text
    }

    /// For a program.
    pub(crate) fn json(&self) -> Value {
        let part = |part: &Option<String>| part.as_deref().map(mask);
        let mut json = json!({ "error": {
            "code": self.0.code,
            "message": mask(&self.0.what),
            "where": part(&self.0.place),
            "why": part(&self.0.why),
            "help": part(&self.0.help),
        } });
        if let Some(diagnostics) = &self.0.diagnostics {
            json["diagnostics"] = diagnostics.clone();
        }
        json
    }
}

/// What to do about an error of a database, where whoever raised it says nothing.
fn next_step(code: &str) -> &'static str {
    match code {
        "P1000" => "check user and password; characters such as @ : / ? # must be percent-encoded in a URL",
        "P1001" => "check that the server runs and that host and port are right; `nicol debug` shows the URL",
        "P1002" | "P1008" => "try again when whoever is at work there is done",
        "P1003" => "create the database first; `nicol migrate dev` does so",
        "P1010" => "give the user of the URL the rights it needs",
        "P1011" => "check `sslmode` and the certificates named in the URL",
        "P1013" => "write the URL like postgres://user@host:5432/database, mysql://.. or file:path",
        "P1017" => "see the server's log for why it hung up, then try again",
        _ => "`nicol debug` shows which database and which schema this is about",
    }
}
