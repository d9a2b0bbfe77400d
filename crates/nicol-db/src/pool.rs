//! A bounded pool of sessions.
//!
//! **In**: a URL and limits. **Out**: a session at a time, in the order of asking. A session goes back only when it is at rest; one
//! whose call was given up, or that is inside a transaction, or that was changed by a script, is thrown away.

use std::collections::VecDeque;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::connection::Connection;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::url::ConnectionUrl;

/// Limits of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolOptions {
    /// The most sessions open at a time.
    pub max_connections: usize,
    /// How long to wait for a session before `P2024`.
    pub acquire_timeout: Duration,
    /// An unused session older than this is closed instead of given out.
    pub idle_timeout: Option<Duration>,
    /// A session opened longer ago than this is closed instead of given out.
    pub max_lifetime: Option<Duration>,
}

impl PoolOptions {
    /// What the URL says (`connection_limit`, `pool_timeout`, `max_idle_connection_lifetime`, `max_connection_lifetime`, in
    /// seconds), else Prisma's defaults: twice the processors plus one, ten seconds.
    pub fn from_url(url: &ConnectionUrl) -> PoolOptions {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let limit = url.param("connection_limit").and_then(|text| text.parse().ok()).filter(|limit| *limit > 0);
        let max_connections = if url.is_in_memory() { 1 } else { limit.unwrap_or(processors * 2 + 1) };
        PoolOptions {
            max_connections,
            acquire_timeout: url.seconds("pool_timeout", 10).unwrap_or(Duration::MAX),
            idle_timeout: url.seconds("max_idle_connection_lifetime", 300).filter(|_| !url.is_in_memory()),
            max_lifetime: url.seconds("max_connection_lifetime", 0).filter(|_| !url.is_in_memory()),
        }
    }
}

/// A bounded pool of sessions with one database. Cloning gives another handle on the same pool.
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    url: ConnectionUrl,
    options: PoolOptions,
    dialect: Dialect,
    /// One permit a session; the semaphore is fair, so whoever asks first is served first.
    permits: Arc<Semaphore>,
    idle: Mutex<VecDeque<Idle>>,
}

struct Idle {
    connection: Connection,
    opened: Instant,
    returned: Instant,
}

/// How full a pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStatus {
    /// The limit.
    pub max: usize,
    /// Sessions given out.
    pub in_use: usize,
    /// Sessions open and waiting.
    pub idle: usize,
}

impl Pool {
    /// Opens the first session, so that a wrong URL shows at once, and keeps it for the first who asks.
    ///
    /// # Errors
    /// Those of [`Connection::open`].
    pub async fn connect(url: &ConnectionUrl, options: PoolOptions) -> Result<Pool> {
        let connection = Connection::open(url).await?;
        Ok(Pool::with_first(url.clone(), options, connection))
    }

    /// A pool around one session in memory (SQLite).
    ///
    /// # Errors
    /// Those of [`Connection::open_in_memory`].
    pub async fn in_memory() -> Result<Pool> {
        let url = ConnectionUrl::parse("file::memory:")?;
        let options = PoolOptions::from_url(&url);
        Ok(Pool::with_first(url, options, Connection::open_in_memory().await?))
    }

    fn with_first(url: ConnectionUrl, options: PoolOptions, connection: Connection) -> Pool {
        let permits = Arc::new(Semaphore::new(options.max_connections.clamp(1, Semaphore::MAX_PERMITS)));
        let dialect = connection.dialect();
        let now = Instant::now();
        let idle = Mutex::new(VecDeque::from([Idle { connection, opened: now, returned: now }]));
        Pool { shared: Arc::new(Shared { url, options, dialect, permits, idle }) }
    }

    /// The dialect, as the server told it when the pool was made.
    pub fn dialect(&self) -> Dialect {
        self.shared.dialect
    }

    /// The URL the sessions are opened with.
    pub fn url(&self) -> &ConnectionUrl {
        &self.shared.url
    }

    /// How full the pool is.
    pub fn status(&self) -> PoolStatus {
        let max = self.shared.options.max_connections.max(1);
        PoolStatus { max, in_use: max - self.shared.permits.available_permits(), idle: self.shared.idle().len() }
    }

    /// Takes a session: a waiting one, or a new one, or the next to be returned.
    ///
    /// # Errors
    /// `P2024` when none was free in time; `P1017` after [`Pool::close`]; those of [`Connection::open`].
    pub async fn acquire(&self) -> Result<PooledConnection> {
        // A permit is free only when nobody waits for one: taking it at once overtakes nobody.
        let permit = match self.shared.permits.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.wait_for_permit().await?,
        };
        let (connection, opened) = match self.shared.take_idle() {
            Some(idle) => (idle.connection, idle.opened),
            None => (Connection::open(&self.shared.url).await?, Instant::now()),
        };
        Ok(PooledConnection { connection: Some(connection), opened, shared: self.shared.clone(), _permit: permit })
    }

    async fn wait_for_permit(&self) -> Result<OwnedSemaphorePermit> {
        let asked = Instant::now();
        let limit = self.shared.options.acquire_timeout;
        match tokio::time::timeout(limit, self.shared.permits.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(Error::new("P1017", "the connection pool is closed")),
            Err(_) => Err(self.exhausted(asked.elapsed())),
        }
    }

    fn exhausted(&self, waited: Duration) -> Error {
        let PoolStatus { max, in_use, .. } = self.status();
        let seconds = waited.as_secs_f64();
        Error::new(
            "P2024",
            format!(
                "no connection became free within {seconds:.1} s: {in_use} of {max} are in use (connection_limit={max}); \
                 a task that holds a connection and asks for another waits for itself"
            ),
        )
    }

    /// Refuses further calls and closes the waiting sessions. Those given out are closed when they come back.
    ///
    /// # Errors
    /// The first session that could not say goodbye.
    pub async fn close(&self) -> Result<()> {
        self.shared.permits.close();
        let waiting: Vec<Idle> = self.shared.idle().drain(..).collect();
        for idle in waiting {
            idle.connection.close().await?;
        }
        Ok(())
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("url", &self.shared.url).field("status", &self.status()).finish()
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, VecDeque<Idle>> {
        // Nothing panics while the lock is held, and the queue is whole at every step.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session used last (its caches are warm) that is still good; those past their time are closed on the way.
    fn take_idle(&self) -> Option<Idle> {
        let mut idle = self.idle();
        while let Some(mut candidate) = idle.pop_back() {
            let is_older = |since: Instant, limit: Option<Duration>| limit.is_some_and(|limit| since.elapsed() > limit);
            let is_past = is_older(candidate.opened, self.options.max_lifetime)
                || is_older(candidate.returned, self.options.idle_timeout);
            // A server may have closed it meanwhile.
            if !is_past && candidate.connection.reset_now() {
                return Some(candidate);
            }
        }
        None
    }
}

/// A session on loan. Dropping it gives it back if it is at rest.
pub struct PooledConnection {
    /// `None` only while it is being dropped.
    connection: Option<Connection>,
    opened: Instant,
    shared: Arc<Shared>,
    /// Given back after the session, so that whoever gets it finds the session waiting.
    _permit: OwnedSemaphorePermit,
}

#[allow(clippy::expect_used, reason = "only drop takes the session out, and nothing can be called after it")]
impl Deref for PooledConnection {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("the session is there until drop")
    }
}

#[allow(clippy::expect_used, reason = "only drop takes the session out, and nothing can be called after it")]
impl DerefMut for PooledConnection {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("the session is there until drop")
    }
}

impl Drop for PooledConnection {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        if !self.shared.permits.is_closed() && connection.reset_now() {
            let idle = Idle { connection, opened: self.opened, returned: Instant::now() };
            self.shared.idle().push_back(idle);
        }
    }
}

impl fmt::Debug for PooledConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PooledConnection").field("connection", &self.connection).finish_non_exhaustive()
    }
}
