//! One runner at a time: Prisma's own advisory locks, so that both tools exclude each other, with their answers checked.
//!
//! PostgreSQL and MySQL hold a lock of the session during the whole run. SQLite has no such lock; there each migration is
//! a write transaction that reads the history first (see [`begin_exclusive`]). CockroachDB has none that works.

use std::time::{Duration, Instant};

use nicol_db::{Connection, Dialect, Value};

use crate::error::{Error, Result, code};
use crate::event::{Event, Watch};

/// How long to wait for another runner unless told otherwise.
pub const DEFAULT_WAIT: Duration = Duration::from_secs(600);
/// Key of Prisma's lock on PostgreSQL.
const POSTGRES_KEY: i64 = 72_707_369;
/// Name of Prisma's lock on MySQL. It is server-wide.
const MYSQL_NAME: &str = "prisma_migrate";
/// Time between two attempts.
const PAUSE: Duration = Duration::from_millis(100);
/// Time between two reports of a wait.
const REPORT_EVERY: Duration = Duration::from_secs(5);

/// Whether and how long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockOptions {
    /// How long to wait for another runner.
    pub wait: Duration,
    /// Take no lock at all: somebody else sees to it that only one runner is at work.
    pub disabled: bool,
}

impl Default for LockOptions {
    fn default() -> LockOptions {
        LockOptions { wait: DEFAULT_WAIT, disabled: false }
    }
}

/// A wait in progress.
struct Wait<'a> {
    began: Instant,
    reported: Option<Instant>,
    limit: Duration,
    watch: &'a mut dyn Watch,
}

impl<'a> Wait<'a> {
    fn new(options: LockOptions, watch: &'a mut dyn Watch) -> Wait<'a> {
        Wait { began: Instant::now(), reported: None, limit: options.wait, watch }
    }

    fn should_report(&self) -> bool {
        self.reported.is_none_or(|at| at.elapsed() >= REPORT_EVERY)
    }

    fn report(&mut self, holder: Option<String>) {
        self.reported = Some(Instant::now());
        self.watch.event(Event::WaitingForLock { holder, waited: self.began.elapsed() });
    }

    fn is_over(&self) -> bool {
        self.began.elapsed() >= self.limit
    }
}

/// Takes the lock of the database, waiting for whoever holds it.
///
/// # Errors
/// P1002 when it is not free in time.
pub(crate) async fn take(conn: &mut Connection, options: LockOptions, watch: &mut dyn Watch) -> Result<()> {
    if options.disabled || !has_session_lock(conn) {
        return Ok(());
    }
    let mut wait = Wait::new(options, watch);
    while !try_take(conn).await? {
        if wait.should_report() || wait.is_over() {
            let holder = holder(conn).await?;
            if wait.is_over() {
                return Err(timed_out(wait.began.elapsed(), holder.as_deref()));
            }
            wait.report(holder);
        }
        // Asking again and again instead of waiting in the server: a session that waits holds a snapshot there, and
        // `CREATE INDEX CONCURRENTLY` of the lock's holder would wait for it in turn.
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Gives the lock back. The end of the session does so too.
pub(crate) async fn release(conn: &mut Connection, options: LockOptions) -> Result<()> {
    if options.disabled || !has_session_lock(conn) {
        return Ok(());
    }
    match conn.dialect() {
        Dialect::Postgres => {
            conn.query("SELECT pg_advisory_unlock($1)", &[Value::BigInt(POSTGRES_KEY)]).await?;
        }
        Dialect::Mysql | Dialect::Mariadb => {
            conn.query("SELECT RELEASE_LOCK(?)", &[Value::Text(MYSQL_NAME.to_string())]).await?;
        }
        Dialect::Sqlite | Dialect::Cockroachdb => {}
    }
    Ok(())
}

/// Whether this database has a lock that a session holds until it ends.
pub(crate) fn has_session_lock(conn: &Connection) -> bool {
    match conn.dialect() {
        Dialect::Postgres => true,
        // PlanetScale ends locks after 20 seconds, and Vitess knows them only in part.
        Dialect::Mysql | Dialect::Mariadb => !conn.version().to_ascii_lowercase().contains("vitess"),
        Dialect::Sqlite | Dialect::Cockroachdb => false,
    }
}

async fn try_take(conn: &mut Connection) -> Result<bool> {
    let rows = match conn.dialect() {
        Dialect::Postgres => {
            conn.query("SELECT pg_try_advisory_lock($1)::int::bigint", &[Value::BigInt(POSTGRES_KEY)]).await?
        }
        Dialect::Mysql | Dialect::Mariadb => {
            conn.query("SELECT GET_LOCK(?, 0)", &[Value::Text(MYSQL_NAME.to_string())]).await?
        }
        Dialect::Sqlite | Dialect::Cockroachdb => return Ok(true),
    };
    // 1 is the only yes: 0 means that it is taken, NULL that the server failed.
    let answer = rows.first().map(|row| row.get::<Option<i64>>(0)).transpose()?;
    Ok(answer.flatten() == Some(1))
}

/// Whether this session still holds the lock. A connection that was silently replaced does not.
///
/// # Errors
/// `connection-pooled` or `lock-lost` when it does not.
pub(crate) async fn check(conn: &mut Connection, options: LockOptions) -> Result<()> {
    if options.disabled || !has_session_lock(conn) {
        return Ok(());
    }
    let sql = match conn.dialect() {
        Dialect::Postgres => format!(
            "SELECT count(*) FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() \
             AND classid = 0 AND objid = {POSTGRES_KEY} AND objsubid = 1 AND granted"
        ),
        Dialect::Mysql | Dialect::Mariadb => {
            format!("SELECT COALESCE(IS_USED_LOCK('{MYSQL_NAME}') = CONNECTION_ID(), 0)")
        }
        Dialect::Sqlite | Dialect::Cockroachdb => return Ok(()),
    };
    let rows = conn.query(&sql, &[]).await?;
    let held = rows.first().map(|row| row.get::<i64>(0)).transpose()?;
    if held.is_some_and(|count| count > 0) {
        return Ok(());
    }
    if conn.dialect() == Dialect::Postgres {
        return Err(Error::new(
            code::POOLED,
            "The connection moves between server sessions, so locks do not hold.",
        )
        .with_help(
            "This looks like a connection pooler in transaction mode: give the URL of the server itself (`directUrl`).",
        ));
    }
    Err(Error::new(code::LOCK_LOST, "The migration lock was lost while migrations ran.")
        .with_help("See that no other runner is at work, then run the command again."))
}

/// Who holds the lock, in words. Of its statement only the first two words are told: the rest may hold what is not for these
/// eyes, and MySQL's lock names belong to the whole server.
async fn holder(conn: &mut Connection) -> Result<Option<String>> {
    let sql = match conn.dialect() {
        Dialect::Postgres => format!(
            "SELECT 'process ' || l.pid || coalesce(', ' || nullif(a.application_name, ''), '') \
             || coalesce(' from ' || host(a.client_addr), '') \
             || coalesce(', connected since ' || date_trunc('second', a.backend_start), '') \
             || coalesce(', last statement: ' || split_part(a.query, ' ', 1) || ' ' || split_part(a.query, ' ', 2), '') \
             FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
             WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = {POSTGRES_KEY} AND l.objsubid = 1 \
             AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) LIMIT 1"
        ),
        Dialect::Mysql | Dialect::Mariadb => format!(
            "SELECT CONCAT('connection ', p.id, ' of ', p.user, '@', p.host, COALESCE(CONCAT(' to ', p.db), ''), ', ', p.time, \
             ' s in its last statement', COALESCE(CONCAT(': ', SUBSTRING_INDEX(p.info, ' ', 2)), '')) \
             FROM information_schema.processlist p WHERE p.id = IS_USED_LOCK('{MYSQL_NAME}')"
        ),
        Dialect::Sqlite | Dialect::Cockroachdb => return Ok(None),
    };
    let rows = conn.query(&sql, &[]).await?;
    Ok(rows.first().map(|row| row.get::<Option<String>>(0)).transpose()?.flatten())
}

/// Begins a transaction that nobody else writes in, waiting for the file as long as the options say (SQLite), or an
/// ordinary one elsewhere.
pub(crate) async fn begin_exclusive(conn: &mut Connection, options: LockOptions, watch: &mut dyn Watch) -> Result<()> {
    let mut wait = Wait::new(options, watch);
    loop {
        let error = match conn.begin(None).await {
            Ok(()) => return Ok(()),
            Err(error) if conn.dialect() == Dialect::Sqlite && is_busy(&error) => error,
            Err(error) => return Err(error.into()),
        };
        if wait.should_report() {
            wait.report(None);
        }
        if wait.is_over() {
            return Err(timed_out(wait.began.elapsed(), None).with_database_code(error.native_code()));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// SQLITE_BUSY and SQLITE_LOCKED in all their extended forms.
fn is_busy(error: &nicol_db::Error) -> bool {
    let code = error.native_code().and_then(|code| code.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
}

fn timed_out(waited: Duration, holder: Option<&str>) -> Error {
    let holder = holder.map(|holder| format!(" It is held by {holder}.")).unwrap_or_default();
    let message = format!("The migration lock did not become free within {} seconds.{holder}", waited.as_secs());
    Error::new("P1002", message).with_help("Wait for the other runner to end, or raise the waiting time.")
}
