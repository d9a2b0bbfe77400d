//! A bounded pool of sessions.
//!
//! **In**: a URL and limits. **Out**: a session at a time, in the order of asking. A session goes back only when it is at rest; one
//! whose call was given up, or that is inside a transaction, or that was changed by a script, is thrown away.

use std::collections::VecDeque;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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
    /// Whether what `tracing` is told of statements holds the values bound to them.
    pub show_values: bool,
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
            show_values: false,
        }
    }
}

/// What a session is wanted for: told to whoever waits in vain for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose {
    /// Such as `find_many`.
    pub what: &'static str,
    /// Such as the name of a model; may be empty.
    pub of: &'static str,
    /// Where in the program, if that is known.
    pub at: Option<&'static Location<'static>>,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)?;
        if !self.of.is_empty() {
            write!(f, " of {}", self.of)?;
        }
        if let Some(at) = self.at {
            write!(f, " at {}:{}", at.file(), at.line())?;
        }
        Ok(())
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
    sessions: Mutex<Sessions>,
    waiting: AtomicUsize,
    waits: AtomicU64,
    waited_micros: AtomicU64,
}

/// The sessions of a pool: those that wait, and who has the others.
#[derive(Default)]
struct Sessions {
    idle: VecDeque<Idle>,
    /// A place for each session given out; places are used again.
    holders: Vec<Option<Holder>>,
}

/// Who has a session.
#[derive(Clone, Copy)]
struct Holder {
    purpose: Option<Purpose>,
    task: Option<tokio::task::Id>,
    since: Instant,
}

impl Sessions {
    /// Notes who has a session; gives the number of the note.
    fn lend(&mut self, holder: Holder) -> usize {
        match self.holders.iter().position(Option::is_none) {
            Some(free) => {
                self.holders[free] = Some(holder);
                free
            }
            None => {
                self.holders.push(Some(holder));
                self.holders.len() - 1
            }
        }
    }
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
    /// Calls that wait for a session.
    pub waiting: usize,
    /// Calls so far that had to wait.
    pub waits: u64,
    /// How long they waited, all together.
    pub waited: Duration,
}

impl Pool {
    /// Opens the first session, so that a wrong URL shows at once, and keeps it for the first who asks.
    ///
    /// # Errors
    /// Those of [`Connection::open`].
    pub async fn connect(url: &ConnectionUrl, options: PoolOptions) -> Result<Pool> {
        let mut connection = Connection::open(url).await?;
        connection.show_values(options.show_values);
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
        let idle = VecDeque::from([Idle { connection, opened: now, returned: now }]);
        let sessions = Mutex::new(Sessions { idle, holders: Vec::new() });
        let (waiting, waits, waited_micros) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicU64::new(0));
        Pool { shared: Arc::new(Shared { url, options, dialect, permits, sessions, waiting, waits, waited_micros }) }
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
        let shared = &self.shared;
        let max = shared.options.max_connections.clamp(1, Semaphore::MAX_PERMITS);
        PoolStatus {
            max,
            in_use: max - shared.permits.available_permits().min(max),
            idle: shared.sessions().idle.len(),
            waiting: shared.waiting.load(Ordering::Relaxed),
            waits: shared.waits.load(Ordering::Relaxed),
            waited: Duration::from_micros(shared.waited_micros.load(Ordering::Relaxed)),
        }
    }

    /// Takes a session: a waiting one, or a new one, or the next to be returned.
    ///
    /// # Errors
    /// `P2024` when none was free in time; `P1017` after [`Pool::close`]; those of [`Connection::open`].
    pub async fn acquire(&self) -> Result<PooledConnection> {
        self.acquire_for(None).await
    }

    /// The same, saying what for: whoever waits in vain is told who has the sessions.
    ///
    /// # Errors
    /// As [`acquire`](Pool::acquire).
    pub async fn acquire_for(&self, purpose: Option<Purpose>) -> Result<PooledConnection> {
        // A permit is free only when nobody waits for one: taking it at once overtakes nobody.
        let permit = match self.shared.permits.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => Box::pin(self.wait_for_permit()).await?,
        };
        let holder = Holder { purpose, task: tokio::task::try_id(), since: Instant::now() };
        let (place, idle) = self.shared.lend(holder);
        let (connection, opened, may_be_dead) = match idle {
            Some(idle) => (Some(idle.connection), idle.opened, idle.returned.elapsed() > UNSEEN),
            None => (None, holder.since, false),
        };
        // Made before the session is opened: a dropped future gives its place back.
        let mut taken = PooledConnection { connection, opened, place, shared: self.shared.clone(), _permit: permit };
        if let (true, Some(connection)) = (may_be_dead, &mut taken.connection)
            && !Box::pin(connection.is_alive()).await
        {
            taken.connection = None;
            taken.opened = Instant::now();
        }
        if taken.connection.is_none() {
            // Apart, as it is large and seldom: every request has the future that it is a part of.
            let mut connection = Box::pin(Connection::open(&self.shared.url)).await?;
            connection.show_values(self.shared.options.show_values);
            taken.connection = Some(connection);
        }
        Ok(taken)
    }

    async fn wait_for_permit(&self) -> Result<OwnedSemaphorePermit> {
        let waiting = Waiting::begin(&self.shared);
        let limit = self.shared.options.acquire_timeout;
        match tokio::time::timeout(limit, self.shared.permits.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(Error::new("P1017", "the connection pool is closed")),
            Err(_) => Err(self.exhausted(waiting.since.elapsed())),
        }
    }

    fn exhausted(&self, waited: Duration) -> Error {
        let PoolStatus { max, in_use, .. } = self.status();
        let seconds = waited.as_secs_f64();
        let mut message = format!(
            "no connection became free within {seconds:.1} s: {in_use} of {max} are in use (connection_limit={max})"
        );
        let mut holders: Vec<Holder> = self.shared.sessions().holders.iter().flatten().copied().collect();
        holders.sort_by_key(|holder| holder.since);
        for (at, holder) in holders.iter().take(HOLDERS_TOLD).enumerate() {
            let purpose = holder.purpose.map_or_else(|| "a session".to_string(), |purpose| purpose.to_string());
            let seconds = holder.since.elapsed().as_secs_f64();
            message.push_str(if at == 0 { "; longest: " } else { ", " });
            message.push_str(&format!("{purpose} for {seconds:.1} s"));
        }
        let me = tokio::task::try_id();
        if me.is_some() && holders.iter().any(|holder| holder.task == me) {
            message.push_str("; this task itself holds one of them while it asks for another");
        }
        Error::new("P2024", message)
    }

    /// Refuses further calls and closes the waiting sessions. Those given out are closed when they come back.
    ///
    /// # Errors
    /// The first session that could not say goodbye.
    pub async fn close(&self) -> Result<()> {
        self.shared.permits.close();
        let waiting: Vec<Idle> = self.shared.sessions().idle.drain(..).collect();
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

/// How long a session may lie unused before it is asked whether its server is still there, where only asking tells.
const UNSEEN: Duration = Duration::from_secs(1);

/// How many of those who have sessions an error names.
const HOLDERS_TOLD: usize = 5;

/// A call that waits for a session; also when it is given up it waits no longer.
struct Waiting<'a> {
    shared: &'a Shared,
    since: Instant,
}

impl<'a> Waiting<'a> {
    fn begin(shared: &'a Shared) -> Self {
        shared.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting { shared, since: Instant::now() }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let micros = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
        self.shared.waits.fetch_add(1, Ordering::Relaxed);
        self.shared.waited_micros.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Shared {
    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        // Nothing panics while the lock is held, and the lists are whole at every step.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes who gets a session, with the one used last (its caches are warm) that is still good; those past their time are
    /// closed on the way.
    fn lend(&self, holder: Holder) -> (usize, Option<Idle>) {
        let mut sessions = self.sessions();
        let place = sessions.lend(holder);
        while let Some(mut candidate) = sessions.idle.pop_back() {
            let is_older = |since: Instant, limit: Option<Duration>| limit.is_some_and(|limit| since.elapsed() > limit);
            let is_past = is_older(candidate.opened, self.options.max_lifetime)
                || is_older(candidate.returned, self.options.idle_timeout);
            // A server may have closed it meanwhile.
            if !is_past && candidate.connection.reset_now() {
                return (place, Some(candidate));
            }
        }
        (place, None)
    }
}

/// A session on loan. Dropping it gives it back if it is at rest.
pub struct PooledConnection {
    /// `None` only while it is being opened or dropped.
    connection: Option<Connection>,
    opened: Instant,
    /// Where the pool has noted who has it.
    place: usize,
    shared: Arc<Shared>,
    /// Given back after the session, so that whoever gets it finds the session waiting.
    _permit: OwnedSemaphorePermit,
}

#[allow(clippy::expect_used, reason = "it is handed out with a session, and only drop takes that out")]
impl Deref for PooledConnection {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("the session is there until drop")
    }
}

#[allow(clippy::expect_used, reason = "it is handed out with a session, and only drop takes that out")]
impl DerefMut for PooledConnection {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("the session is there until drop")
    }
}

impl Drop for PooledConnection {
    fn drop(&mut self) {
        let mut connection = self.connection.take();
        let is_good = connection.as_mut().is_some_and(Connection::reset_now);
        let mut sessions = self.shared.sessions();
        // Asked under the lock: whoever closes the pool takes the waiting sessions out under it afterwards.
        let is_good = is_good && !self.shared.permits.is_closed();
        if let Some(holder) = sessions.holders.get_mut(self.place) {
            *holder = None;
        }
        if let Some(connection) = connection.take_if(|_| is_good) {
            sessions.idle.push_back(Idle { connection, opened: self.opened, returned: Instant::now() });
        }
        // One that is not good any more is closed without the lock.
        drop(sessions);
    }
}

impl fmt::Debug for PooledConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PooledConnection").field("connection", &self.connection).finish_non_exhaustive()
    }
}
