//! One runner at a time: Prisma's own advisory locks, so that both tools exclude each other, with their answers checked.
//!
//! PostgreSQL and MySQL hold a lock of the session during the whole run. SQLite has no such lock: the folder of the database
//! file is locked instead, which ends with the process like the others end with the session; and against runners that do
//! not know of it each migration is a write transaction that reads the history first (see [`begin_exclusive`]).
//! CockroachDB has none that works.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nicol_db::{Connection, Dialect, Rows};

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
/// The same for the folder of a SQLite file, where asking costs next to nothing.
const FOLDER_PAUSE: Duration = Duration::from_millis(10);
/// Time between two reports of a wait.
const REPORT_EVERY: Duration = Duration::from_secs(5);
/// How long to stand in MySQL's own queue for the lock before looking up.
const QUEUE: Duration = Duration::from_secs(15);

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

    fn left(&self) -> Duration {
        self.limit.saturating_sub(self.began.elapsed())
    }
}

/// The lock, held until it is released or this process ends.
#[derive(Debug)]
pub(crate) struct Held {
    /// The session has the server's lock.
    session: bool,
    /// The folder of the database file, locked.
    folder: Option<File>,
}

impl Held {
    /// True when nobody else who takes the lock can be at work: what an earlier runner began it will not go on with.
    pub(crate) fn keeps_others_out(&self) -> bool {
        self.session || self.folder.is_some()
    }
}

/// Takes the lock of the database, waiting for whoever holds it.
///
/// # Errors
/// P1002 when it is not free in time, `connection-pooled` where a lock would mean nothing.
pub(crate) async fn take(conn: &mut Connection, options: LockOptions, watch: &mut dyn Watch) -> Result<Held> {
    if options.disabled {
        return Ok(Held { session: false, folder: None });
    }
    let mut wait = Wait::new(options, watch);
    if !has_session_lock(conn) {
        let folder = match database_file(conn).await? {
            Some(file) => lock_folder(&file, &mut wait).await?,
            None => None,
        };
        return Ok(Held { session: false, folder });
    }
    // Before the lock is asked for: it would stay behind in a session that is not ours.
    if conn.shares_sessions().await? {
        return Err(pooled());
    }
    let mut patience = Duration::ZERO;
    while !try_take(conn, patience).await? {
        if wait.should_report() || wait.is_over() {
            let holder = holder(conn).await?;
            if wait.is_over() {
                return Err(timed_out(wait.began.elapsed(), holder.as_deref()));
            }
            wait.report(holder);
        }
        patience = queue_time(conn.dialect(), wait.left());
        if patience.is_zero() {
            tokio::time::sleep(PAUSE.min(wait.left())).await;
        }
    }
    Ok(Held { session: true, folder: None })
}

/// MySQL serves those who wait in the order of asking, so whoever waits there comes to turn however many others there are.
/// On PostgreSQL asking again and again is better than waiting in the server: a session that waits holds a snapshot there,
/// and `CREATE INDEX CONCURRENTLY` of the lock's holder would wait for it in turn.
fn queue_time(dialect: Dialect, left: Duration) -> Duration {
    if dialect.is_mysql_family() { Duration::from_secs(left.min(QUEUE).as_secs()) } else { Duration::ZERO }
}

/// The absolute path of a SQLite database that is a file.
async fn database_file(conn: &mut Connection) -> Result<Option<PathBuf>> {
    if conn.dialect() != Dialect::Sqlite {
        return Ok(None);
    }
    let rows = conn.query("SELECT file FROM pragma_database_list WHERE name = 'main'", &[]).await?;
    let path = rows.first().map(|row| row.get::<Option<String>>(0)).transpose()?.flatten();
    Ok(path.filter(|path| !path.is_empty()).map(PathBuf::from))
}

/// Locks the folder of a SQLite file. Nothing where the file system or the operating system cannot do that.
async fn lock_folder(file: &Path, wait: &mut Wait<'_>) -> Result<Option<File>> {
    let Some(Ok(folder)) = file.parent().map(File::open) else { return Ok(None) };
    loop {
        match folder.try_lock() {
            Ok(()) => return Ok(Some(folder)),
            Err(TryLockError::Error(_)) => return Ok(None),
            Err(TryLockError::WouldBlock) if wait.is_over() => return Err(timed_out(wait.began.elapsed(), None)),
            Err(TryLockError::WouldBlock) => {}
        }
        if wait.should_report() {
            wait.report(Some("another process that migrates a database in the same folder".to_string()));
        }
        tokio::time::sleep(FOLDER_PAUSE.min(wait.left())).await;
    }
}

/// Gives the lock back. The end of the session, or of the process, does so too.
pub(crate) async fn release(conn: &mut Connection, held: Held) -> Result<()> {
    // A lock of a folder ends with its file.
    drop(held.folder);
    if !held.session {
        return Ok(());
    }
    match conn.dialect() {
        Dialect::Postgres => {
            conn.run_script(&format!("SELECT pg_catalog.pg_advisory_unlock({POSTGRES_KEY})")).await?;
        }
        Dialect::Mysql | Dialect::Mariadb => {
            conn.run_script(&format!("SELECT RELEASE_LOCK('{MYSQL_NAME}')")).await?;
        }
        Dialect::Sqlite | Dialect::Cockroachdb => {}
    }
    Ok(())
}

/// Whether this database has a lock that a session holds until it ends.
fn has_session_lock(conn: &Connection) -> bool {
    match conn.dialect() {
        Dialect::Postgres => true,
        // PlanetScale ends locks after 20 seconds, and Vitess knows them only in part.
        Dialect::Mysql | Dialect::Mariadb => !conn.version().to_ascii_lowercase().contains("vitess"),
        Dialect::Sqlite | Dialect::Cockroachdb => false,
    }
}

async fn try_take(conn: &mut Connection, patience: Duration) -> Result<bool> {
    let sql = match conn.dialect() {
        Dialect::Postgres => format!("SELECT pg_catalog.pg_try_advisory_lock({POSTGRES_KEY})::int::bigint"),
        Dialect::Mysql | Dialect::Mariadb => format!("SELECT GET_LOCK('{MYSQL_NAME}', {})", patience.as_secs()),
        Dialect::Sqlite | Dialect::Cockroachdb => return Ok(true),
    };
    let rows = conn.query(&sql, &[]).await?;
    // 1 is the only yes: 0 means that it is taken, NULL that the server failed.
    let answer = rows.first().map(|row| row.get::<Option<i64>>(0)).transpose()?;
    Ok(answer.flatten() == Some(1))
}

/// A condition of SQL that holds while this session has the lock, for statements that must not happen otherwise.
pub(crate) fn held_condition(conn: &Connection, options: LockOptions) -> Option<String> {
    if options.disabled || !has_session_lock(conn) {
        return None;
    }
    match conn.dialect() {
        Dialect::Postgres => Some(format!(
            "EXISTS (SELECT 1 FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid() \
             AND classid = 0 AND objid = {POSTGRES_KEY} AND objsubid = 1 AND granted)"
        )),
        Dialect::Mysql | Dialect::Mariadb => Some(format!("IS_USED_LOCK('{MYSQL_NAME}') = CONNECTION_ID()")),
        Dialect::Sqlite | Dialect::Cockroachdb => None,
    }
}

/// Refuses to go on when this session does not hold the lock any more. A connection that was silently replaced does not.
///
/// # Errors
/// `connection-pooled` or `lock-lost` when it does not.
pub(crate) async fn check(conn: &mut Connection, options: LockOptions) -> Result<()> {
    let Some(sql) = check_sql(conn, options) else { return Ok(()) };
    let rows = conn.query(&sql, &[]).await?;
    judge(conn.dialect(), &rows)
}

/// The question whether the session holds the lock; [`judge`] reads its answer. Nothing where there is no such lock.
pub(crate) fn check_sql(conn: &Connection, options: LockOptions) -> Option<String> {
    let condition = held_condition(conn, options)?;
    Some(format!("SELECT CASE WHEN {condition} THEN 'yes' ELSE 'no' END"))
}

/// Reads the answer to [`check_sql`].
///
/// # Errors
/// As [`check`].
pub(crate) fn judge(dialect: Dialect, rows: &Rows) -> Result<()> {
    let held = rows.first().map(|row| row.get::<String>(0)).transpose()?;
    if held.as_deref() == Some("yes") { Ok(()) } else { Err(lost(dialect)) }
}

/// The error of a run whose lock is gone.
pub(crate) fn lost(dialect: Dialect) -> Error {
    if dialect == Dialect::Postgres {
        return pooled();
    }
    Error::new(code::LOCK_LOST, "The migration lock was lost while migrations ran.")
        .with_help("See that no other runner is at work, then run the command again: it goes on where it stopped.")
}

fn pooled() -> Error {
    Error::new(code::POOLED, "The connection moves between server sessions, so locks do not hold.").with_help(
        "This looks like a connection pooler in transaction mode: give the URL of the server itself (`directUrl`), or one of the \
         pooler's in session mode.",
    )
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
