//! The statements that are sent, as `tracing` tells them.

use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

thread_local! {
    /// What this thread has sent, while somebody wants to know.
    static SENT: RefCell<Option<Sent>> = const { RefCell::new(None) };
}

/// What was sent.
#[derive(Default)]
pub(crate) struct Sent {
    /// The texts of statements, without those that only begin and end transactions.
    pub(crate) statements: Vec<String>,
    /// How often an answer was waited for, once the statements were prepared; with BEGIN and COMMIT.
    pub(crate) round_trips: usize,
}

/// What the statements of one thread are kept in.
pub(crate) struct Log;

impl Log {
    /// What was sent since the last time.
    pub(crate) fn take(&self) -> Sent {
        SENT.with_borrow_mut(|sent| sent.as_mut().map(std::mem::take)).unwrap_or_default()
    }
}

/// Runs something with a log of what this thread sends. The subscriber is that of the whole process: one of this thread alone
/// may miss what another thread was the first to tell, since `tracing` remembers that nobody listened there.
pub(crate) fn logged(work: impl FnOnce(&Log)) {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| tracing::subscriber::set_global_default(Log).expect("the first subscriber"));
    SENT.set(Some(Sent::default()));
    work(&Log);
    SENT.set(None);
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "nicol::sql"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        #[derive(Default)]
        struct Text {
            sql: String,
            is_pipelined: bool,
        }
        impl Visit for Text {
            fn record_str(&mut self, field: &Field, value: &str) {
                if field.name() == "sql" {
                    self.sql = value.to_owned();
                }
            }
            fn record_bool(&mut self, field: &Field, value: bool) {
                self.is_pipelined |= field.name() == "pipelined" && value;
            }
            fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
        }
        let mut text = Text::default();
        event.record(&mut text);
        let around = ["BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET "];
        SENT.with_borrow_mut(|sent| {
            let Some(sent) = sent.as_mut().filter(|_| !text.sql.is_empty()) else { return };
            sent.round_trips += usize::from(!text.is_pipelined);
            if !around.iter().any(|word| text.sql.starts_with(word)) {
                sent.statements.push(text.sql);
            }
        });
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
