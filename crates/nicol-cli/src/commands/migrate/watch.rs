//! Tells what a migration run is doing.

use std::time::{Duration, Instant};

use nicol_migrate::{Event, Watch};

use crate::output::Output;

/// What takes less time is not worth a word while it lasts.
const PATIENCE: Duration = Duration::from_millis(500);

/// Words events for the user: what was applied on stdout, waiting and progress on stderr.
pub(in crate::commands) struct Teller {
    output: Output,
    began: Instant,
    /// True while a line of progress stands on the terminal.
    has_line: bool,
}

impl Teller {
    pub(in crate::commands) fn new(output: &Output) -> Teller {
        Teller { output: *output, began: Instant::now(), has_line: false }
    }

    /// Replaces the line of progress.
    fn progress(&mut self, text: &str) {
        if self.output.is_live() {
            self.output.raw_error(&format!("\r\u{1b}[2K{text}"));
            self.has_line = true;
        }
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.has_line) {
            self.output.raw_error("\r\u{1b}[2K");
        }
    }
}

impl Watch for Teller {
    fn event(&mut self, event: Event) {
        match event {
            Event::DatabaseCreated => self.output.say("The database was missing and has been created."),
            Event::WaitingForLock { holder, waited } => {
                let holder = holder.map(|holder| format!(" (held by {holder})")).unwrap_or_default();
                self.output
                    .note(&format!("waiting for another migration run to end{holder}, {} so far", duration(waited)));
            }
            Event::LineEnds { migrations } => {
                let names = migrations.join(", ");
                self.output
                    .note(&format!("only the line ends of {names} changed since it was applied; that does no harm"));
            }
            Event::Baselined { migrations } => {
                let names = migrations.join(", ");
                self.output.say(&format!("The database holds what these make; recorded as applied: {names}"));
            }
            Event::Applying { migration, number, total, stepwise: _ } => {
                self.began = Instant::now();
                self.progress(&format!("Applying {migration} ({number} of {total})"));
            }
            Event::StatementDone { migration, statement, total } => {
                if self.began.elapsed() > PATIENCE {
                    self.progress(&format!("Applying {migration}: statement {statement} of {total} done"));
                }
            }
            Event::Applied { migration, took } => {
                self.clear();
                self.output.say(&format!("Applied {migration} in {}", duration(took)));
            }
        }
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.clear();
    }
}

/// `12ms`, from a second on `1.23s`
pub(in crate::commands) fn duration(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{}ms", duration.as_millis())
    } else {
        format!("{:.2}s", duration.as_secs_f64())
    }
}
