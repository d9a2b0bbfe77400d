//! The place where operations run: the pool of the database or of a replica, or one transaction.

mod options;
mod transaction;

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use nicol_db::{Connection, ConnectionUrl, Dialect, Pool, PoolOptions, PooledConnection, Purpose};
use tokio::sync::{Mutex, OwnedMutexGuard};

pub use options::Options;
pub use transaction::{Retrying, Transaction};

use crate::Table;
use crate::builder::{Batch, Batched, Models};
use crate::error::{Error, Result};
use crate::hook::{Hook, Hooks};
use crate::metrics::{Meter, Metrics};
use crate::raw::{Query, RawSql, TypedSql};
use crate::run::Session;
use transaction::Slot;

/// A handle on a database or on a transaction in it. Cheap to clone; generated `Db` types wrap it.
#[derive(Clone)]
pub struct Client {
    place: Place,
    shared: Arc<Shared>,
    hooks: Hooks,
    /// Also reads go to the database itself, not to a replica.
    is_on_primary: bool,
}

#[derive(Clone)]
enum Place {
    Pool,
    Transaction(Arc<Mutex<Slot>>),
}

/// What all handles on one database have in common.
struct Shared {
    pool: Pool,
    /// Copies of the database that answer reads outside transactions, in turn.
    replicas: Vec<Pool>,
    next_replica: AtomicUsize,
    meter: Meter,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = match &self.place {
            Place::Pool => "pool",
            Place::Transaction(_) => "transaction",
        };
        f.debug_struct("Client").field("dialect", &self.dialect()).field("place", &place).finish_non_exhaustive()
    }
}

impl Client {
    /// Connects to a database, such as `file:dev.db` or `postgresql://user:password@host/name`.
    ///
    /// # Errors
    /// When the URL cannot be read or the database cannot be reached.
    pub async fn connect(url: &str) -> Result<Self> {
        Client::connect_with(Options::new(url)).await
    }

    /// Connects to a database as the options say: with replicas, hooks, another number of connections.
    ///
    /// # Errors
    /// As [`connect`](Client::connect), also of a replica; P1013 when a replica is another product than the database.
    pub async fn connect_with(options: Options) -> Result<Self> {
        let pool = open(&options.url, &options).await?;
        let mut replicas = Vec::with_capacity(options.replicas.len());
        for url in &options.replicas {
            let replica = open(url, &options).await?;
            if replica.dialect() != pool.dialect() {
                let (is, other) = (pool.dialect().product_name(), replica.dialect().product_name());
                return Err(Error::new("P1013", format!("the database is {is}, but a replica of it is {other}")));
            }
            replicas.push(replica);
        }
        let shared = Shared { pool, replicas, next_replica: AtomicUsize::new(0), meter: Meter::default() };
        Ok(Client { place: Place::Pool, shared: Arc::new(shared), hooks: options.hooks, is_on_primary: false })
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

    /// A statement of a typed SQL file, `prisma/sql/users_by_age.sql`, by the function that is generated for it:
    /// `db.query(sql::users_by_age(18)).all().await?`.
    pub fn query<R>(&self, query: Query<R>) -> TypedSql<R> {
        TypedSql::new(self.clone(), query)
    }

    /// The database's dialect, as the server told it.
    pub fn dialect(&self) -> Dialect {
        self.shared.pool.dialect()
    }

    /// A transaction to be run, or inside one a nested transaction (a savepoint).
    #[track_caller]
    pub fn transaction<D: From<Client>>(&self) -> Transaction<D> {
        Transaction::new(self.clone(), Location::caller())
    }

    /// Several requests in one transaction, all or none: `db.batch((db.user().create(..), db.post().count()))` gives a tuple
    /// of their results. They run in their order; on PostgreSQL requests of one statement each are sent together.
    pub fn batch<B: Batch>(&self, requests: B) -> Batched<B> {
        Batched::new(self.clone(), requests)
    }

    /// The same database, with every read answered by it and none by a replica: for reading what was written just now.
    #[must_use]
    pub fn on_primary(&self) -> Self {
        Client { is_on_primary: true, ..self.clone() }
    }

    /// The same database or transaction, with one more hook around every operation; see [`Hook`].
    #[must_use]
    pub fn with_hook(&self, hook: impl Hook) -> Self {
        Client { hooks: self.hooks.with(Arc::new(hook)), ..self.clone() }
    }

    /// How full the pools are, and how many operations ran how long, since the client was made.
    pub fn metrics(&self) -> Metrics {
        let replicas = self.shared.replicas.iter().map(Pool::status).collect();
        self.shared.meter.read(self.shared.pool.status(), replicas)
    }

    /// Refuses further operations and closes the connections; those in use are closed when they come back.
    ///
    /// # Errors
    /// The first connection that could not say goodbye.
    pub async fn close(&self) -> Result<()> {
        let mut closed = self.shared.pool.close().await;
        for replica in &self.shared.replicas {
            closed = closed.and(replica.close().await);
        }
        Ok(closed?)
    }

    pub(crate) fn hooks(&self) -> &Hooks {
        &self.hooks
    }

    pub(crate) fn meter(&self) -> &Meter {
        &self.shared.meter
    }

    /// Takes a connection: one of the pool, for reads one of a replica, or that of the transaction.
    pub(crate) async fn take(&self, purpose: Purpose, only_reads: bool) -> Result<Taken> {
        match &self.place {
            Place::Pool if only_reads && !self.is_on_primary && !self.shared.replicas.is_empty() => {
                Ok(Taken::Pooled(self.shared.acquire_replica(purpose).await?))
            }
            Place::Pool => Ok(Taken::Pooled(self.shared.pool.acquire_for(Some(purpose)).await?)),
            Place::Transaction(slot) => {
                let mut slot = Arc::clone(slot).lock_owned().await;
                slot.undo().await?;
                Ok(Taken::Transaction(slot))
            }
        }
    }
}

async fn open(url: &str, options: &Options) -> Result<Pool> {
    let url = ConnectionUrl::parse(url)?;
    let mut limits = PoolOptions::from_url(&url);
    if let Some(most) = options.max_connections.filter(|_| !url.is_in_memory()) {
        limits.max_connections = most;
    }
    if let Some(limit) = options.acquire_timeout {
        limits.acquire_timeout = limit;
    }
    limits.show_values = options.show_values;
    Ok(Pool::connect(&url, limits).await?)
}

impl Shared {
    /// A connection of the next replica that can be reached; of the database itself when none can.
    async fn acquire_replica(&self, purpose: Purpose) -> Result<PooledConnection> {
        let first = self.next_replica.fetch_add(1, Ordering::Relaxed);
        for number in 0..self.replicas.len() {
            let replica = &self.replicas[(first.wrapping_add(number)) % self.replicas.len()];
            match replica.acquire_for(Some(purpose)).await {
                Err(error) if error.is_connection_lost() => {
                    tracing::warn!(replica = number, error = %error, "a replica cannot be reached");
                }
                outcome => return Ok(outcome?),
            }
        }
        Ok(self.pool.acquire_for(Some(purpose)).await?)
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
            Taken::Transaction(slot) => {
                let connection: &mut Connection = slot.ready()?;
                Ok(Session::new(connection, true))
            }
        }
    }
}
