//! What the program prints, and where: results on stdout, everything said about them on stderr.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

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
        write_result(text);
    }

    /// Prints a result piece by piece, for one that can be large.
    pub(crate) fn stream(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        note_result(write(&mut out).and_then(|()| out.flush()));
    }

    /// Prints a result as JSON.
    pub(crate) fn json(&self, value: &Value) {
        self.result(&format!("{value:#}\n"));
    }

    /// Tells what was done, on stdout. Silenced by `--quiet` and `--json`.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet && !self.json {
            write_result(&format!("{text}\n"));
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
        write_remark(&format!("{style}{label}{style:#}: {}\n", mask(text)));
    }

    /// Prints text on stderr as it is.
    pub(crate) fn raw_error(&self, text: &str) {
        write_remark(text);
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

/// Set when a result could not be written: the command has then not done what it was asked for.
static LOST_RESULT: AtomicBool = AtomicBool::new(false);

/// Whether a result could not be written, for the exit code.
pub(crate) fn has_lost_result() -> bool {
    LOST_RESULT.load(Ordering::Relaxed)
}

fn write_result(text: &str) {
    note_result(write_all(&mut io::stdout().lock(), text));
}

/// A reader that went away (`nicol .. | head`) has read enough; a full disk is another matter.
fn note_result(written: io::Result<()>) {
    if written.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        LOST_RESULT.store(true, Ordering::Relaxed);
    }
}

/// What is said on stderr and cannot be heard is not worth an error, and there is nowhere to report one.
fn write_remark(text: &str) {
    let _ = write_all(&mut io::stderr().lock(), text);
}

fn write_all(stream: &mut impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}
