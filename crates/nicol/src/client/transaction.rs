//! Transactions: begun, run, ended, run again.

use std::marker::PhantomData;
use std::ops::AsyncFnOnce;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use nicol_db::{Connection, Isolation, PooledConnection, Purpose};
use tokio::sync::Mutex;
use tracing::Instrument;

use super::{Client, Place};
use crate::Marks;
use crate::error::{Error, Result, has_retryable};

/// The savepoint of a nested transaction. Each depth has its own: on MySQL savepoints of one name take each other's place.
fn savepoint(depth: u32) -> String {
    format!("nicol_nested_{depth}")
}

/// The connection of a transaction.
#[allow(clippy::large_enum_variant, reason = "there is one of it in a transaction")]
pub(crate) enum Slot {
    /// Free for the next operation, once a nested transaction that was given up is rolled back.
    Ready { connection: PooledConnection, depth: u32, is_inner_given_up: bool },
    /// A nested transaction has it.
    Lent,
    /// The transaction has ended, for this reason.
    Ended(Ended),
}

/// Why a transaction has ended.
#[derive(Clone, Copy)]
pub(crate) enum Ended {
    Regularly,
    GivenUp,
    TimedOut(Duration),
}

impl Ended {
    fn error(self) -> Error {
        match self {
            Ended::Regularly => Error::transaction("the transaction has ended"),
            Ended::GivenUp => Error::transaction("the transaction was given up and rolled back"),
            Ended::TimedOut(limit) => {
                let seconds = limit.as_secs_f64();
                Error::transaction(format!("the transaction took longer than {seconds} s and was rolled back"))
            }
        }
    }
}

impl Slot {
    fn of(connection: PooledConnection, depth: u32) -> Arc<Mutex<Slot>> {
        Arc::new(Mutex::new(Slot::Ready { connection, depth, is_inner_given_up: false }))
    }

    /// Takes the connection out and leaves something else.
    fn take(&mut self, leave: Slot) -> Result<PooledConnection> {
        match std::mem::replace(self, leave) {
            Slot::Ready { connection, .. } => Ok(connection),
            Slot::Lent => {
                *self = Slot::Lent;
                Err(in_use())
            }
            Slot::Ended(why) => {
                *self = Slot::Ended(why);
                Err(why.error())
            }
        }
    }

    /// The connection.
    pub(super) fn ready(&mut self) -> Result<&mut Connection> {
        match self {
            Slot::Ready { connection, .. } => Ok(connection),
            Slot::Lent => Err(in_use()),
            Slot::Ended(why) => Err(why.error()),
        }
    }

    /// Rolls back a nested transaction that was given up in its middle, and what was nested in that.
    pub(super) async fn undo(&mut self) -> Result<()> {
        if let Slot::Ready { connection, depth, is_inner_given_up } = self
            && *is_inner_given_up
        {
            let savepoint = savepoint(*depth + 1);
            connection.rollback_to(&savepoint).await?;
            connection.release(&savepoint).await?;
            *is_inner_given_up = false;
        }
        Ok(())
    }

    fn depth(&self) -> u32 {
        match self {
            Slot::Ready { depth, .. } => *depth,
            Slot::Lent | Slot::Ended(_) => 0,
        }
    }
}

fn in_use() -> Error {
    Error::transaction("the transaction is in use by a nested transaction")
}

/// A transaction that has begun.
struct Open {
    slot: Arc<Mutex<Slot>>,
    /// The transaction around it.
    outer: Option<Arc<Mutex<Slot>>>,
    /// The handle it was begun with.
    client: Client,
}

impl Open {
    fn client(&self) -> Client {
        Client { place: Place::Transaction(Arc::clone(&self.slot)), ..self.client.clone() }
    }

    /// Commits or rolls back, and gives the connection back to where it came from.
    async fn end(self, commit: bool) -> Result<()> {
        let mut slot = self.slot.lock().await;
        slot.undo().await?;
        let depth = slot.depth();
        let mut connection = slot.take(Slot::Ended(Ended::Regularly))?;
        drop(slot);
        let Some(outer) = &self.outer else {
            let ended = if commit { connection.commit().await } else { connection.rollback().await };
            return Ok(ended?);
        };
        let savepoint = savepoint(depth);
        if !commit {
            connection.rollback_to(&savepoint).await?;
        }
        connection.release(&savepoint).await?;
        let mut outer = outer.lock().await;
        match &*outer {
            Slot::Lent => {
                *outer = Slot::Ready { connection, depth: depth - 1, is_inner_given_up: false };
                Ok(())
            }
            // It ran out of time meanwhile: with the connection goes what was done.
            Slot::Ended(why) => Err(why.error()),
            Slot::Ready { .. } => Err(in_use()),
        }
    }

    /// Rolls back a transaction that took too long; its work is given up already, maybe in the middle of a statement.
    async fn expire(self, limit: Duration) -> Error {
        let why = Ended::TimedOut(limit);
        if self.outer.is_none() {
            let mut slot = self.slot.lock().await;
            // A connection in the middle of a statement cannot roll back; it is closed, which the server takes for the same.
            if let Ok(mut connection) = slot.take(Slot::Ended(why)) {
                drop(connection.rollback().await);
            }
            *slot = Slot::Ended(why);
        }
        why.error()
    }
}

impl Drop for Open {
    /// A transaction given up in its middle: the connection of a nested one goes back to the outer one, any other to the pool,
    /// which rolls back or closes it.
    fn drop(&mut self) {
        let Ok(mut slot) = self.slot.try_lock() else { return };
        let Slot::Ready { .. } = &*slot else { return };
        let ready = std::mem::replace(&mut *slot, Slot::Ended(Ended::GivenUp));
        let Some(outer) = &self.outer else { return };
        if let (Slot::Ready { connection, depth, .. }, Ok(mut outer)) = (ready, outer.try_lock())
            && matches!(*outer, Slot::Lent)
        {
            *outer = Slot::Ready { connection, depth: depth - 1, is_inner_given_up: true };
        }
    }
}

/// A transaction that has not begun yet: choose how, then [`run`](Transaction::run) it.
#[must_use = "a transaction does nothing until it is run"]
pub struct Transaction<D> {
    client: Client,
    how: How,
    database: Marks<D>,
}

#[derive(Clone, Copy)]
struct How {
    isolation: Option<Isolation>,
    timeout: Option<Duration>,
    max_wait: Option<Duration>,
    is_discarded: bool,
    /// Where it was asked for.
    at: &'static Location<'static>,
}

impl<D: From<Client>> Transaction<D> {
    pub(super) fn new(client: Client, at: &'static Location<'static>) -> Self {
        let how = How { isolation: None, timeout: None, max_wait: None, is_discarded: false, at };
        Transaction { client, how, database: PhantomData }
    }

    /// With this isolation level. Without it the database's default holds.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.how.isolation = Some(isolation);
        self
    }

    /// With isolation level SERIALIZABLE.
    pub fn serializable(self) -> Self {
        self.isolation(Isolation::Serializable)
    }

    /// How long the closure may take: after that it is given up where it stands, the transaction is rolled back, and the
    /// result is P2028. Without it there is no limit.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.how.timeout = Some(limit);
        self
    }

    /// How long to wait for a connection and BEGIN before P2028. Without it the limit of the pool holds (P2024).
    pub fn max_wait(mut self, limit: Duration) -> Self {
        self.how.max_wait = Some(limit);
        self
    }

    /// Rolls back at the end whatever the closure gives: a test that leaves the database as it was.
    pub fn discard(mut self) -> Self {
        self.how.is_discarded = true;
        self
    }

    /// Runs the whole transaction again, up to so many times, after a serialization failure, a deadlock or a lock that did
    /// not become free. A nested transaction runs once: the database has undone the outer one with it.
    pub fn retry(self, times: u32) -> Retrying<D> {
        Retrying { transaction: self, times }
    }

    /// Runs a closure in the transaction: commits when it gives `Ok`, rolls back when it gives `Err` or is dropped.
    ///
    /// # Errors
    /// The closure's error, or that of BEGIN or COMMIT; P2028 when it could not begin or did not end in time.
    pub async fn run<T>(self, work: impl AsyncFnOnce(D) -> Result<T>) -> Result<T> {
        self.try_run(work).await
    }

    /// The same for closures with an error type of their own.
    ///
    /// # Errors
    /// As [`run`](Transaction::run).
    pub async fn try_run<T, E: From<Error>>(self, work: impl AsyncFnOnce(D) -> Result<T, E>) -> Result<T, E> {
        let span = tracing::debug_span!("nicol", operation = "transaction", at = %self.how.at);
        async move {
            let open = begin_in_time(&self.client, self.how).await?;
            let work = work(D::from(open.client()));
            let result = match self.how.timeout {
                None => work.await,
                Some(limit) => match tokio::time::timeout(limit, work).await {
                    Ok(result) => result,
                    Err(_) => return Err(open.expire(limit).await.into()),
                },
            };
            let ended = open.end(result.is_ok() && !self.how.is_discarded).await;
            let value = result?;
            ended?;
            Ok(value)
        }
        .instrument(span)
        .await
    }
}

async fn begin_in_time(client: &Client, how: How) -> Result<Open> {
    let Some(limit) = how.max_wait else { return begin(client, how).await };
    match tokio::time::timeout(limit, begin(client, how)).await {
        Ok(outcome) => outcome,
        Err(_) => {
            let seconds = limit.as_secs_f64();
            Err(Error::transaction(format!("no transaction could begin within {seconds} s (max_wait)")))
        }
    }
}

async fn begin(client: &Client, how: How) -> Result<Open> {
    match &client.place {
        Place::Pool => {
            let purpose = Purpose { what: "transaction", of: "", at: Some(how.at) };
            let mut connection = client.shared.pool.acquire_for(Some(purpose)).await?;
            connection.begin_with_next(how.isolation).await?;
            Ok(Open { slot: Slot::of(connection, 0), outer: None, client: client.clone() })
        }
        Place::Transaction(_) if how.isolation.is_some() => {
            Err(Error::transaction("a nested transaction has the isolation of the outer one"))
        }
        Place::Transaction(outer) => {
            let mut slot = outer.lock().await;
            slot.undo().await?;
            let depth = slot.depth() + 1;
            slot.ready()?.savepoint(&savepoint(depth)).await?;
            let connection = slot.take(Slot::Lent)?;
            Ok(Open { slot: Slot::of(connection, depth), outer: Some(Arc::clone(outer)), client: client.clone() })
        }
    }
}

/// A transaction that is run again when the database asks for it.
#[must_use = "a transaction does nothing until it is run"]
pub struct Retrying<D> {
    transaction: Transaction<D>,
    times: u32,
}

impl<D: From<Client>> Retrying<D> {
    /// Runs a closure in a transaction, and again in a new one after a serialization failure or a deadlock.
    ///
    /// Each attempt gets a clone of the closure (one that captures by reference or by cloneable values has it), not a
    /// borrow: so the whole can be spawned as a task.
    ///
    /// # Errors
    /// The last attempt's error.
    pub async fn run<T>(self, work: impl AsyncFnOnce(D) -> Result<T> + Clone) -> Result<T> {
        self.try_run(work).await
    }

    /// The same for closures with an error type of their own: they run again when such a failure is that error's
    /// [`source`](std::error::Error::source), or the source of that.
    ///
    /// # Errors
    /// As [`run`](Retrying::run).
    pub async fn try_run<T, E>(self, work: impl AsyncFnOnce(D) -> Result<T, E> + Clone) -> Result<T, E>
    where
        E: std::error::Error + From<Error> + 'static,
    {
        let Transaction { client, how, .. } = self.transaction;
        let times = match client.place {
            Place::Pool => self.times,
            Place::Transaction(_) => 0,
        };
        let mut tried = 0;
        loop {
            let attempt = Transaction { client: client.clone(), how, database: PhantomData };
            match attempt.try_run(work.clone()).await {
                Err(error) if tried < times && has_retryable(&error) => {
                    tried += 1;
                    tracing::debug!(attempt = tried, "the transaction runs again");
                }
                result => return result,
            }
            pause(tried).await;
        }
    }
}

/// Waits a random while that grows with the number of attempts, so that rivals do not meet again.
async fn pause(attempt: u32) {
    let mut random = [0u8; 1];
    let jitter = getrandom::fill(&mut random).map_or(128, |()| u64::from(random[0]));
    let most = 1u64 << attempt.min(6);
    tokio::time::sleep(Duration::from_micros(most * 1000 * jitter / 128)).await;
}
