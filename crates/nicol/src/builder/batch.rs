//! Several requests in one transaction.

use nicol_db::{Around, Isolation, Rows, Value};
use tracing::Instrument;

use super::request::{Request, Single, Step, Watch, purpose};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::hook::{Gate, Operation};
use crate::meta::TableMeta;
use crate::run::{self, BoxFuture, Moment, Session};
use crate::sql::Statement;

/// Requests that run together: a tuple of up to twelve, or a vector of requests of one kind.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a batch of requests",
    note = "give a tuple of up to twelve requests, `(db.user().create(..), db.post().count())`, or a `Vec` of one kind"
)]
pub trait Batch: Send + 'static {
    /// The results, in the same order.
    type Output: Send + 'static;
    /// Shows the requests to the hooks of their own handles.
    #[doc(hidden)]
    fn admit(&mut self) -> Result<()>;
    /// Carries them out in a transaction.
    #[doc(hidden)]
    fn run(
        self,
        session: &mut Session<'_>,
        isolation: Option<Isolation>,
    ) -> impl Future<Output = Result<Self::Output>> + Send;
}

/// A batch that has not run yet; see [`Client::batch`].
#[must_use = "a batch does nothing until it is awaited"]
pub struct Batched<B> {
    client: Client,
    requests: B,
    isolation: Option<Isolation>,
}

impl<B: Batch> Batched<B> {
    pub(crate) fn new(client: Client, requests: B) -> Self {
        Batched { client, requests, isolation: None }
    }

    /// With this isolation level. Without it the database's default holds.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.isolation = Some(isolation);
        self
    }

    /// With isolation level SERIALIZABLE.
    pub fn serializable(self) -> Self {
        self.isolation(Isolation::Serializable)
    }
}

impl<B: Batch> IntoFuture for Batched<B> {
    type Output = Result<B::Output>;
    type IntoFuture = BoxFuture<'static, Result<B::Output>>;
    fn into_future(self) -> Self::IntoFuture {
        let Batched { client, mut requests, isolation } = self;
        Box::pin(async move {
            let watch = Watch::begin(Operation::Batch, None);
            let result = async {
                requests.admit()?;
                let mut taken = client.take(purpose(Operation::Batch, None), false).await?;
                requests.run(&mut taken.session()?, isolation).await
            }
            .instrument(watch.span())
            .await;
            watch.end(&client, result)
        })
    }
}

fn admit<R: Request>(request: &mut R) -> Result<()> {
    let head = request.head();
    let client = head.client.clone();
    let gate: Option<Gate<'_>> = client.hooks().gate(head.operation);
    gate.map_or(Ok(()), |gate| request.admit(&gate))
}

/// What is sent of a batch in which every request is one statement.
#[derive(Default)]
struct Together {
    statements: Vec<(Statement, Option<&'static TableMeta>)>,
    may_fail_late: bool,
}

impl Together {
    /// Takes the statement of a single step.
    fn add<R: Request>(&mut self, step: &mut Step<R>) {
        if let Step::Single(single) = step {
            self.statements.push((std::mem::take(&mut single.statement), single.table));
            self.may_fail_late |= single.may_fail_late;
        }
    }

    /// Sends all of it; without a request that may turn out a failure afterwards COMMIT goes with it.
    async fn send(&self, session: &mut Session<'_>, isolation: Option<Isolation>) -> Result<std::vec::IntoIter<Rows>> {
        let statements: Vec<(&str, &[Value])> =
            self.statements.iter().map(|(statement, _)| (statement.text(), statement.params())).collect();
        let begins = !session.in_transaction;
        let ends = !self.may_fail_late;
        if !begins && isolation.is_some() {
            return Err(Error::transaction("a batch has the isolation of the transaction around it"));
        }
        let sent = if begins {
            let around = Around { begin: true, isolation, read_only: false, commit: ends };
            session.connection.query_in(around, &statements).await
        } else {
            session.query_together(&statements, ends).await
        };
        match sent {
            Ok(rows) => Ok(rows.into_iter()),
            Err(error) => {
                // SQL of one's own has no model.
                let tables = self.statements.iter().map(|(_, table)| *table).collect::<Option<Vec<_>>>();
                let error = match tables {
                    Some(tables) => run::named(error, tables.into_iter()),
                    None => Error::from(error),
                };
                if begins && ends { Err(error) } else { session.finish(Err(error)).await }
            }
        }
    }

    /// Ends what [`send`](Together::send) left open.
    async fn end<T>(&self, session: &mut Session<'_>, result: Result<T>) -> Result<T> {
        if self.may_fail_late { session.finish(result).await } else { result }
    }
}

fn finish<R: Request>(step: Step<R>, rows: &mut std::vec::IntoIter<Rows>) -> Result<R::Output> {
    match (step, rows.next()) {
        (Step::Single(Single { finish, .. }), Some(rows)) => finish(rows),
        (Step::Single(_) | Step::Several(_), _) => Err(Error::inconsistent("batch: a statement without an answer")),
    }
}

/// Runs a step of a batch that is not sent in one go.
async fn one<R: Request>(step: Step<R>, session: &mut Session<'_>) -> Result<R::Output> {
    match step {
        Step::Several(request) => request.run(session).await,
        Step::Single(single) => {
            let sent = session.connection.query(single.statement.text(), single.statement.params()).await;
            let rows = sent.map_err(|error| match single.table {
                Some(table) => Error::from(error).on(table),
                None => Error::of_raw(error),
            })?;
            (single.finish)(rows)
        }
    }
}

macro_rules! tuple {
    ($($name:ident $index:tt),*) => {
        impl<$($name: Request),*> Batch for ($($name,)*) {
            type Output = ($($name::Output,)*);

            fn admit(&mut self) -> Result<()> {
                $(admit(&mut self.$index)?;)*
                Ok(())
            }

            async fn run(self, session: &mut Session<'_>, isolation: Option<Isolation>) -> Result<Self::Output> {
                let moment = Moment::of(session);
                let mut steps = ($(self.$index.single(&moment)?,)*);
                if $(steps.$index.is_single())&&* {
                    let mut together = Together::default();
                    $(together.add(&mut steps.$index);)*
                    let mut rows = together.send(session, isolation).await?;
                    let result = (|| Ok(($(finish(steps.$index, &mut rows)?,)*)))();
                    return together.end(session, result).await;
                }
                let outside = session.begin_batch(isolation).await?;
                let result = async { Ok(($(one(steps.$index, session).await?,)*)) }.await;
                session.finish_batch(outside, result).await
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);

impl<R: Request> Batch for Vec<R> {
    type Output = Vec<R::Output>;

    fn admit(&mut self) -> Result<()> {
        self.iter_mut().try_for_each(admit)
    }

    async fn run(self, session: &mut Session<'_>, isolation: Option<Isolation>) -> Result<Self::Output> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let moment = Moment::of(session);
        let steps: Result<Vec<Step<R>>> = self.into_iter().map(|request| request.single(&moment)).collect();
        let mut steps = steps?;
        if steps.iter().all(Step::is_single) {
            let mut together = Together::default();
            steps.iter_mut().for_each(|step| together.add(step));
            let mut rows = together.send(session, isolation).await?;
            let result = steps.into_iter().map(|step| finish(step, &mut rows)).collect();
            return together.end(session, result).await;
        }
        let outside = session.begin_batch(isolation).await?;
        let result = async {
            let mut results = Vec::with_capacity(steps.len());
            for step in steps {
                results.push(one(step, session).await?);
            }
            Ok(results)
        }
        .await;
        session.finish_batch(outside, result).await
    }
}
