//! The place where operations run: the pool, or one transaction.

use std::marker::PhantomData;
use std::ops::AsyncFnOnce;
use std::sync::Arc;

use nicol_db::{Connection, ConnectionUrl, Dialect, Isolation, Pool, PoolOptions, PooledConnection};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::Marks;
use crate::Table;
use crate::builder::Models;
use crate::error::{Error, Result};
use crate::raw::RawSql;
use crate::run::Session;

/// A handle on a database or on a transaction in it. Cheap to clone; generated `Db` types wrap it.
#[derive(Clone)]
pub struct Client {
    place: Place,
    dialect: Dialect,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = match &self.place {
            Place::Pool(_) => "pool",
            Place::Transaction(_) => "transaction",
        };
        f.debug_struct("Client").field("dialect", &self.dialect).field("place", &place).finish()
    }
}

#[derive(Clone)]
enum Place {
    Pool(Arc<Pool>),
    Transaction(Arc<Mutex<Slot>>),
}

/// The connection of a transaction.
#[allow(clippy::large_enum_variant, reason = "there is one of it in a transaction")]
pub(crate) enum Slot {
    /// Free for the next operation.
    Ready(PooledConnection),
    /// A nested transaction has it.
    Lent,
    /// The transaction has ended.
    Ended,
}

impl Client {
    /// Connects to a database, such as `file:dev.db` or `postgresql://user:password@host/name`.
    ///
    /// # Errors
    /// When the URL cannot be read or the database cannot be reached.
    pub async fn connect(url: &str) -> Result<Self> {
        let url = ConnectionUrl::parse(url)?;
        let pool = Pool::connect(&url, PoolOptions::from_url(&url)).await?;
        let dialect = pool.dialect();
        Ok(Client { place: Place::Pool(Arc::new(pool)), dialect })
    }

    /// Connects to the database whose URL is in an environment variable.
    ///
    /// # Errors
    /// As [`connect`](Client::connect); also when the variable is not set.
    pub async fn from_env(variable: &str) -> Result<Self> {
        match std::env::var(variable) {
            Ok(url) => Client::connect(&url).await,
            Err(_) => Err(Error::new("P1012", format!("the environment variable {variable} is not set"))),
        }
    }

    /// Operations on the rows of one model.
    pub fn models<M: Table>(&self) -> Models<M> {
        Models::new(self.clone())
    }

    /// SQL of your own, with the database's own placeholders (`$1` on PostgreSQL, `?` elsewhere):
    /// `db.sql("SELECT id, name FROM users WHERE age > $1").bind(30).all::<(i32, String)>()`.
    pub fn sql(&self, text: impl Into<String>) -> RawSql {
        RawSql::new(self.clone(), text.into())
    }

    /// The database's dialect, as the server told it.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// A transaction to be run, or inside one a nested transaction (a savepoint).
    pub fn transaction<D: From<Client>>(&self) -> Transaction<D> {
        Transaction { client: self.clone(), isolation: None, database: PhantomData }
    }

    /// Takes a connection: one of the pool, or that of the transaction.
    pub(crate) async fn take(&self) -> Result<Taken> {
        match &self.place {
            Place::Pool(pool) => Ok(Taken::Pooled(pool.acquire().await?)),
            Place::Transaction(slot) => Ok(Taken::Transaction(Arc::clone(slot).lock_owned().await)),
        }
    }

    async fn begin(&self, isolation: Option<Isolation>) -> Result<Open> {
        match &self.place {
            Place::Pool(pool) => {
                let mut connection = pool.acquire().await?;
                connection.begin(isolation).await?;
                let slot = Arc::new(Mutex::new(Slot::Ready(connection)));
                Ok(Open { slot, outer: None, dialect: self.dialect })
            }
            Place::Transaction(_) if isolation.is_some() => {
                Err(Error::transaction("a nested transaction has the isolation of the outer one"))
            }
            Place::Transaction(outer) => {
                let mut slot = outer.lock().await;
                let mut connection = take_ready(&mut slot, Slot::Lent)?;
                let begun = connection.savepoint(NESTED).await;
                if let Err(error) = begun {
                    *slot = Slot::Ready(connection);
                    return Err(error.into());
                }
                let inner = Arc::new(Mutex::new(Slot::Ready(connection)));
                Ok(Open { slot: inner, outer: Some(Arc::clone(outer)), dialect: self.dialect })
            }
        }
    }
}

/// The savepoint of a nested transaction. Savepoints of one name nest: the innermost is meant.
const NESTED: &str = "nicol_nested";

fn take_ready(slot: &mut Slot, leave: Slot) -> Result<PooledConnection> {
    match std::mem::replace(slot, leave) {
        Slot::Ready(connection) => Ok(connection),
        Slot::Lent => {
            *slot = Slot::Lent;
            Err(Error::transaction("the transaction is in use by a nested transaction"))
        }
        Slot::Ended => {
            *slot = Slot::Ended;
            Err(Error::transaction("the transaction has ended"))
        }
    }
}

/// A connection on loan for one operation.
#[allow(clippy::large_enum_variant, reason = "it lives on the stack of one operation")]
pub(crate) enum Taken {
    Pooled(PooledConnection),
    Transaction(OwnedMutexGuard<Slot>),
}

impl Taken {
    /// What operations run on.
    pub(crate) fn session(&mut self) -> Result<Session<'_>> {
        match self {
            Taken::Pooled(connection) => Ok(Session::new(&mut *connection, false)),
            Taken::Transaction(slot) => match &mut **slot {
                Slot::Ready(connection) => {
                    let connection: &mut Connection = connection;
                    Ok(Session::new(connection, true))
                }
                Slot::Lent => Err(Error::transaction("the transaction is in use by a nested transaction")),
                Slot::Ended => Err(Error::transaction("the transaction has ended")),
            },
        }
    }
}

/// A transaction that has begun.
struct Open {
    slot: Arc<Mutex<Slot>>,
    /// The transaction around it.
    outer: Option<Arc<Mutex<Slot>>>,
    dialect: Dialect,
}

impl Open {
    fn client(&self) -> Client {
        Client { place: Place::Transaction(Arc::clone(&self.slot)), dialect: self.dialect }
    }

    /// Commits or rolls back, and gives the connection back to where it came from.
    async fn end(self, commit: bool) -> Result<()> {
        let mut connection = take_ready(&mut *self.slot.lock().await, Slot::Ended)?;
        let Some(outer) = self.outer else {
            let ended = if commit { connection.commit().await } else { connection.rollback().await };
            return Ok(ended?);
        };
        if commit {
            connection.release(NESTED).await?;
        } else {
            connection.rollback_to(NESTED).await?;
            connection.release(NESTED).await?;
        }
        *outer.lock().await = Slot::Ready(connection);
        Ok(())
    }
}

/// A transaction that has not begun yet: choose how, then [`run`](Transaction::run) it.
#[must_use = "a transaction does nothing until it is run"]
pub struct Transaction<D> {
    client: Client,
    isolation: Option<Isolation>,
    database: Marks<D>,
}

impl<D: From<Client>> Transaction<D> {
    /// With this isolation level. Without it the database's default holds.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.isolation = Some(isolation);
        self
    }

    /// With isolation level SERIALIZABLE.
    pub fn serializable(self) -> Self {
        self.isolation(Isolation::Serializable)
    }

    /// Runs the whole transaction again, up to so many times, after a serialization failure or a deadlock.
    pub fn retry(self, times: u32) -> Retrying<D> {
        Retrying { transaction: self, times }
    }

    /// Runs a closure in the transaction: commits when it gives `Ok`, rolls back when it gives `Err` or is dropped.
    ///
    /// # Errors
    /// The closure's error, or that of BEGIN or COMMIT.
    pub async fn run<T>(self, work: impl AsyncFnOnce(D) -> Result<T>) -> Result<T> {
        self.try_run(work).await
    }

    /// The same for closures with an error type of their own.
    ///
    /// # Errors
    /// The closure's error, or that of BEGIN or COMMIT.
    pub async fn try_run<T, E: From<Error>>(self, work: impl AsyncFnOnce(D) -> Result<T, E>) -> Result<T, E> {
        let open = self.client.begin(self.isolation).await?;
        let result = work(D::from(open.client())).await;
        let ended = open.end(result.is_ok()).await;
        let value = result?;
        ended?;
        Ok(value)
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
        let Transaction { client, isolation, .. } = self.transaction;
        let mut left = self.times;
        loop {
            let attempt = Transaction { client: client.clone(), isolation, database: PhantomData };
            let result = attempt.run(work.clone()).await;
            match result {
                Err(error) if error.is_retryable() && left > 0 => left -= 1,
                result => return result,
            }
            pause(self.times - left).await;
        }
    }
}

/// Waits a random while that grows with the number of attempts, so that rivals do not meet again.
async fn pause(attempt: u32) {
    let mut random = [0u8; 1];
    let jitter = getrandom::fill(&mut random).map_or(128, |()| u64::from(random[0]));
    let most = 1u64 << attempt.min(6);
    tokio::time::sleep(std::time::Duration::from_micros(most * 1000 * jitter / 128)).await;
}
