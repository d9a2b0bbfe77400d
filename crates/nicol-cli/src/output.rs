//! What the program prints, and where: results on stdout, everything said about them on stderr.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use serde_json::Value;

use crate::failure::Failure;
use crate::mask::mask;

/// How to print.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// One JSON value on stdout instead of text.
    pub(crate) json: bool,
    quiet: bool,
    no_color: bool,
}

impl Output {
    /// An output for the flags of the command line. NO_COLOR, CLICOLOR_FORCE and TERM are heeded as usual.
    pub(crate) fn new(json: bool, quiet: bool, no_color: bool) -> Output {
        Output { json, quiet, no_color }
    }

    /// Prints a result: what the command was asked for.
    pub(crate) fn result(&self, text: &str) {
        write_all(&mut io::stdout().lock(), text);
    }

    /// Prints a result as JSON.
    pub(crate) fn json(&self, value: &Value) {
        self.result(&format!("{value:#}\n"));
    }

    /// Tells what was done, on stdout. Silenced by `--quiet` and `--json`.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet && !self.json {
            write_all(&mut io::stdout().lock(), &format!("{text}\n"));
        }
    }

    /// Remarks something, on stderr. Silenced by `--quiet`.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.labelled("note", AnsiColor::Cyan.on_default().bold(), text);
        }
    }

    /// Warns, on stderr.
    pub(crate) fn warn(&self, text: &str) {
        self.labelled("warning", AnsiColor::Yellow.on_default().bold(), text);
    }

    fn labelled(&self, label: &str, style: Style, text: &str) {
        let style = if self.color() { style } else { Style::new() };
        write_all(
            &mut io::stderr().lock(),
            &format!("{style}{label}{style:#}: {}\n", mask(text)),
        );
    }

    /// Prints text on stderr as it is.
    pub(crate) fn raw_error(&self, text: &str) {
        write_all(&mut io::stderr().lock(), text);
    }

    /// Prints a failure: on stderr, or with `--json` as JSON on stdout.
    pub(crate) fn failure(&self, failure: &Failure) {
        if self.json {
            self.json(&failure.json());
        } else {
            self.raw_error(&failure.text(self.color()));
        }
    }

    /// Whether stderr gets colour.
    pub(crate) fn color(&self) -> bool {
        !self.no_color && AutoStream::choice(&io::stderr()) != ColorChoice::Never
    }

    /// Whether passing states may be shown, such as what is being waited for.
    pub(crate) fn is_live(&self) -> bool {
        !self.quiet && !self.json && io::stderr().is_terminal()
    }
}

/// A reader that went away (`nicol .. | head`) is no error, and there is nowhere to report another one to.
fn write_all(stream: &mut impl Write, text: &str) {
    let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
}
