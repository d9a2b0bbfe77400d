//! What `tracing` is told: an event a statement, with its text, its rows and its time. Values only when asked for.

use std::time::Instant;

use super::Connection;
use crate::error::Error;
use crate::value::Value;

/// The target of the events: `RUST_LOG=nicol::sql=debug`.
const TARGET: &str = "nicol::sql";

/// The moment a statement begins; none when nobody listens.
pub(super) fn begin() -> Option<Instant> {
    tracing::enabled!(target: TARGET, tracing::Level::DEBUG).then(Instant::now)
}

impl Connection {
    /// Tells of a statement that ran: the rows it gave or wrote, or the code of its error (its words may hold values).
    pub(super) fn note(&self, began: Option<Instant>, sql: &str, params: &[Value], outcome: Result<u64, &Error>) {
        self.tell(began, sql, params, outcome, false);
    }

    /// The same of a statement that was sent behind another one without waiting for its answer.
    pub(super) fn note_behind(
        &self,
        began: Option<Instant>,
        sql: &str,
        params: &[Value],
        outcome: Result<u64, &Error>,
    ) {
        self.tell(began, sql, params, outcome, true);
    }

    fn tell(&self, began: Option<Instant>, sql: &str, params: &[Value], outcome: Result<u64, &Error>, pipelined: bool) {
        let Some(began) = began else { return };
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let values = self.shows_values.then(|| format!("{params:?}"));
        let values = values.as_deref();
        let pipelined = pipelined.then_some(true);
        match outcome {
            Ok(rows) => tracing::debug!(target: TARGET, sql, rows, micros, pipelined, values, "statement"),
            Err(error) => {
                let (error, native) = (error.code(), error.native_code());
                tracing::debug!(target: TARGET, sql, error, native, micros, pipelined, values, "statement failed");
            }
        }
    }
}
