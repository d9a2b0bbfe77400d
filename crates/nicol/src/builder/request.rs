//! What all requests have in common: they run when awaited, or together with others in a batch.

use std::pin::pin;
use std::time::Instant;

use tracing::{Instrument, Span};

use nicol_db::{Purpose, Rows};

use crate::client::Client;
use crate::error::Result;
use crate::hook::{Done, Gate, Operation};
use crate::meta::TableMeta;
use crate::run::{Flat, Level, Moment, Session};
use crate::sql::Statement;

/// A request that has not run yet: what the methods of `db.user()` give, and `db.sql(..).all()`. It runs when awaited, or as a
/// part of `db.batch(..)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no request",
    note = "a request is what `db.user().create(..)`, `db.post().count()` or `db.sql(..).all()` give, before `.await`"
)]
pub trait Request: Sized + Send + 'static {
    /// What comes of it.
    type Output: Send + 'static;
    /// What it is and where it was made.
    #[doc(hidden)]
    fn head(&self) -> Head<'_>;
    /// Shows its parts to the hooks.
    #[doc(hidden)]
    fn admit(&mut self, gate: &Gate<'_>) -> Result<()>;
    /// Carries it out.
    #[doc(hidden)]
    fn run(self, session: &mut Session<'_>) -> impl Future<Output = Result<Self::Output>> + Send;
    /// Itself as a single statement, where one is enough.
    #[doc(hidden)]
    fn single(self, moment: &Moment) -> Result<Step<Self>> {
        let _ = moment;
        Ok(Step::Several(self))
    }
}

/// What a request is.
#[doc(hidden)]
pub struct Head<'a> {
    pub(crate) client: &'a Client,
    pub(crate) operation: Operation,
    pub(crate) table: Option<&'static TableMeta>,
}

/// A request as a part of a batch.
#[doc(hidden)]
pub enum Step<R: Request> {
    /// One statement, and what becomes of its rows.
    Single(Single<R::Output>),
    /// More than one.
    Several(R),
}

impl<R: Request> Step<R> {
    /// A request whose rows one statement gives, if it does.
    pub(crate) fn of(
        request: R,
        single: Option<(Statement, Flat)>,
        decode: impl FnOnce(Level) -> Result<R::Output> + Send + 'static,
        may_fail_late: bool,
    ) -> Step<R> {
        let Some((statement, flat)) = single else { return Step::Several(request) };
        let table = Some(flat.table);
        let finish = Box::new(move |rows| decode(flat.level(rows)));
        Step::Single(Single { statement, table, finish, may_fail_late })
    }

    pub(crate) fn is_single(&self) -> bool {
        matches!(self, Step::Single(_))
    }
}

/// A request of one statement.
#[doc(hidden)]
pub struct Single<T> {
    pub(crate) statement: Statement,
    pub(crate) table: Option<&'static TableMeta>,
    pub(crate) finish: Box<dyn FnOnce(Rows) -> Result<T> + Send>,
    /// It may turn out a failure although the database found nothing wrong: no row was there.
    pub(crate) may_fail_late: bool,
}

/// Runs a request on a connection of its client.
pub(crate) async fn execute<R: Request>(mut request: R) -> Result<R::Output> {
    let Head { client, operation, table } = request.head();
    let client = client.clone();
    let watch = Watch::begin(operation, table);
    // Where it is, it stays: handed on by value it would be copied.
    let work = pin!(async {
        if let Some(gate) = client.hooks().gate(operation) {
            request.admit(&gate)?;
        }
        let mut taken = client.take(purpose(operation, table), operation.only_reads()).await?;
        request.run(&mut taken.session()?).await
    });
    let result = work.instrument(watch.span()).await;
    watch.end(&client, result)
}

pub(crate) fn purpose(operation: Operation, table: Option<&'static TableMeta>) -> Purpose {
    Purpose { what: operation.name(), of: model(table), at: None }
}

fn model(table: Option<&'static TableMeta>) -> &'static str {
    table.map_or("", |table| table.model)
}

/// An operation that is counted, and of which `tracing` and the hooks are told. It holds no future: one that is handed on takes its
/// room anew in each that it passes through.
pub(crate) struct Watch {
    operation: Operation,
    model: &'static str,
    began: Instant,
}

impl Watch {
    pub(crate) fn begin(operation: Operation, table: Option<&'static TableMeta>) -> Self {
        Watch { operation, model: model(table), began: Instant::now() }
    }

    /// What the work goes on in.
    pub(crate) fn span(&self) -> Span {
        tracing::debug_span!("nicol", operation = self.operation.name(), model = self.model)
    }

    pub(crate) fn end<T>(self, client: &Client, result: Result<T>) -> Result<T> {
        let Watch { operation, model, began } = self;
        let elapsed = began.elapsed();
        client.meter().note(elapsed, result.is_err());
        client.hooks().tell(&Done { operation, model, elapsed, error: result.as_ref().err() });
        result
    }
}
