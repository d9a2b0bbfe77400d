//! The statements that are sent, as `tracing` tells them.

use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

thread_local! {
    /// What this thread has sent, while somebody wants to know.
    static SENT: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// The texts of statements, without those that only begin and end transactions.
pub(crate) struct Log;

impl Log {
    /// What was sent since the last time.
    pub(crate) fn take(&self) -> Vec<String> {
        SENT.with_borrow_mut(|sent| sent.as_mut().map(std::mem::take)).unwrap_or_default()
    }
}

/// Runs something with a log of what this thread sends. The subscriber is that of the whole process: one of this thread alone
/// may miss what another thread was the first to tell, since `tracing` remembers that nobody listened there.
pub(crate) fn logged(work: impl FnOnce(&Log)) {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| tracing::subscriber::set_global_default(Log).expect("the first subscriber"));
    SENT.set(Some(Vec::new()));
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
        struct Text(String);
        impl Visit for Text {
            fn record_str(&mut self, field: &Field, value: &str) {
                if field.name() == "sql" {
                    self.0 = value.to_owned();
                }
            }
            fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
        }
        let mut text = Text(String::new());
        event.record(&mut text);
        let around = ["BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET "];
        if !around.iter().any(|word| text.0.starts_with(word)) && !text.0.is_empty() {
            SENT.with_borrow_mut(|sent| sent.iter_mut().for_each(|sent| sent.push(text.0.clone())));
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
