//! A fresh database for a test, one test body for every database product, the `nicol` command in a project of a test's own, and
//! a real browser that looks at pages.
//!
//! **In**: the name of a server and, from the environment, where it is (`NICOL_TEST_POSTGRES_URL`, `NICOL_TEST_MARIADB_URL`, ..;
//! SQLite needs nothing). **Out**: the URL of an empty database of the test's own, dropped at the end whatever happens. A
//! server whose variable is not set makes a test say `skipped: ..` and pass.
//!
//! ```ignore
//! fresh_database::tests! {
//!     open = shop::open;
//!
//!     /// Becomes the tests `b07_an_order_is_paid::sqlite`, `::postgres`, `::postgres18`, `::mariadb` and `::mysql`.
//!     async fn b07_an_order_is_paid(db: Db) -> Result<(), String> {
//!         Ok(())
//!     }
//!
//!     /// Only where it means something; with the database itself, to ask for its URL.
//!     #[on(postgres, postgres18)]
//!     async fn r20_the_catalogue(db: Db, database: &Database) -> Result<(), String> {
//!         println!("{}", database.url());
//!         Ok(())
//!     }
//! }
//! ```

#![allow(clippy::expect_used, clippy::panic, reason = "tests end by panicking, and this crate is for tests only")]

mod browser;
mod outline;
mod project;

use std::any::Any;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

pub use browser::{Browser, http};
use nicol_db::{Connection, ConnectionUrl, admin};
pub use outline::outline;
pub use project::{Project, Ran, nicol};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// A database of a test's own: a file in a temporary folder, or a new database on a server. It goes when this goes.
#[derive(Debug)]
pub struct Database {
    server: &'static str,
    url: ConnectionUrl,
    text: String,
    folder: Option<TempDir>,
}

impl Database {
    /// An empty database on a server: `sqlite`, or `postgres`, `postgres18`, `mariadb`, `mysql`, whose URL is in
    /// `NICOL_TEST_<NAME>_URL`. None, with a printed line, when that is not set.
    pub fn create(server: &'static str) -> Option<Database> {
        let database = Database::name(server)?;
        // A thread of its own: whoever creates it may be inside a runtime.
        let create = || runtime().block_on(admin::create_database(&database.url));
        let created = std::thread::scope(|scope| scope.spawn(create).join());
        created.unwrap_or_else(|panic| resume_unwind(panic)).expect("create the database");
        Some(database)
    }

    /// The same, but for a name only: the database does not exist yet.
    pub fn name(server: &'static str) -> Option<Database> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        if server == "sqlite" {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let url = format!("file:{}", folder.path().join("test.db").display());
            return Some(Database::new(server, ConnectionUrl::parse(&url).expect("a URL"), Some(folder)));
        }
        let variable = format!("NICOL_TEST_{}_URL", server.to_uppercase());
        let Ok(url) = std::env::var(&variable) else {
            println!("skipped: {variable} is not set");
            return None;
        };
        let name = format!("nicol_fresh_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let url = ConnectionUrl::parse(&url).expect("a URL").with_database(&name);
        Some(Database::new(server, url, None))
    }

    fn new(server: &'static str, url: ConnectionUrl, folder: Option<TempDir>) -> Database {
        Database { server, text: url.as_connection_string(), url, folder }
    }

    /// Its connection URL.
    pub fn url(&self) -> &str {
        &self.text
    }

    /// The server's name, such as `sqlite`.
    pub fn server(&self) -> &'static str {
        self.server
    }

    /// What a schema calls its product: `sqlite`, `postgresql` or `mysql` (MariaDB, too).
    pub fn provider(&self) -> &'static str {
        match self.server {
            "sqlite" => "sqlite",
            "postgres" | "postgres18" => "postgresql",
            _ => "mysql",
        }
    }

    /// Runs statements.
    pub fn script(&self, script: &str) {
        self.with(async |connection| {
            connection.run_script(script).await.unwrap_or_else(|error| panic!("{error:?}: {script}"));
        });
    }

    /// The rows of a query, columns of text joined by a space, `-` for NULL.
    pub fn rows(&self, query: &str) -> Vec<String> {
        self.with(async |connection| {
            let rows = connection.query(query, &[]).await.unwrap_or_else(|error| panic!("{error:?}: {query}"));
            let text = |row: nicol_db::Row<'_>| {
                let cell = |at| row.get::<Option<String>>(at).expect("text").unwrap_or_else(|| "-".to_owned());
                (0..row.len()).map(cell).collect::<Vec<_>>().join(" ")
            };
            rows.iter().map(text).collect()
        })
    }

    /// Does something with a connection of its own, on a thread of its own: whoever asks may be inside a runtime.
    fn with<T: Send>(&self, work: impl AsyncFnOnce(&mut Connection) -> T + Send) -> T {
        let work = || {
            runtime().block_on(async {
                let mut connection = Connection::open(&self.url).await.expect("the database opens");
                let result = work(&mut connection).await;
                connection.close().await.expect("a goodbye");
                result
            })
        };
        std::thread::scope(|scope| scope.spawn(work).join()).unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// The folder of a SQLite file.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_ref().map(TempDir::path)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.folder.is_some() {
            return;
        }
        // A thread of its own: whoever drops it may be inside a runtime.
        let url = self.url.clone();
        let dropped = std::thread::spawn(move || runtime().block_on(admin::drop_database(&url))).join();
        if !matches!(dropped, Ok(Ok(()))) {
            println!("not dropped: {} ({dropped:?})", self.url);
        }
    }
}

/// Runs a test on a fresh database of a server: opens it (an example's `open` applies its migrations), then runs the body.
/// Skipped when the server is not there.
///
/// # Errors
/// The body's.
pub fn run<D, O: Debug, E>(
    server: &'static str,
    open: impl AsyncFnOnce(&str) -> Result<D, O>,
    body: impl AsyncFnOnce(D, &Database) -> Result<(), E>,
) -> Result<(), E> {
    let Some(database) = Database::create(server) else { return Ok(()) };
    let runtime = runtime();
    let outcome: Result<Result<(), E>, Box<dyn Any + Send>> = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let opened = open(database.url()).await.unwrap_or_else(|error| panic!("open the database: {error:?}"));
            body(opened, &database).await
        })
    }));
    // Connections go before the database does.
    drop(runtime);
    drop(database);
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

/// What asynchronous tests run on.
pub fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// Tests of an opened database, each on SQLite, PostgreSQL 15 and 18, MariaDB and MySQL, or `#[on(..)]` those named:
/// `name::sqlite`, `name::postgres`, `name::postgres18`, `name::mariadb`, `name::mysql`. `open` is an `async fn(&str) -> Result<Db, _>` that makes the tables.
#[macro_export]
macro_rules! tests {
    (open = $open:path;) => {};
    (open = $open:path; $(#[doc = $doc:literal])* #[on($($server:ident),+)] async fn $name:ident($($arguments:tt)*) -> $result:ty $body:block $($rest:tt)*) => {
        $crate::test!($open; [$($doc)*] [$($server)+] $name($($arguments)*) -> $result $body);
        $crate::tests!(open = $open; $($rest)*);
    };
    (open = $open:path; $(#[doc = $doc:literal])* async fn $name:ident($($arguments:tt)*) -> $result:ty $body:block $($rest:tt)*) => {
        $crate::test!($open; [$($doc)*] [sqlite postgres postgres18 mariadb mysql] $name($($arguments)*) -> $result $body);
        $crate::tests!(open = $open; $($rest)*);
    };
}

/// One of [`tests!`].
#[doc(hidden)]
#[macro_export]
macro_rules! test {
    ($open:path; [$($doc:literal)*] [$($server:ident)+] $name:ident($db:ident: $Db:ty) -> $result:ty $body:block) => {
        $crate::test!($open; [$($doc)*] [$($server)+] $name($db: $Db, _database: &Database) -> $result $body);
    };
    ($open:path; [$($doc:literal)*] [$($server:ident)+] $name:ident($db:ident: $Db:ty, $database:ident: &Database) -> $result:ty $body:block) => {
        $(#[doc = $doc])*
        mod $name {
            #[allow(unused_imports, reason = "what the tests use")]
            use super::*;

            async fn body($db: $Db, $database: &$crate::Database) -> $result $body

            $(
                #[test]
                fn $server() -> $result {
                    $crate::run(stringify!($server), $open, body)
                }
            )+
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn open(url: &str) -> nicol_db::Result<nicol_db::Connection> {
        nicol_db::Connection::open(&ConnectionUrl::parse(url)?).await
    }

    crate::tests! {
        open = open;

        /// On each of them.
        async fn a_table_is_made(connection: nicol_db::Connection, database: &Database) -> nicol_db::Result<()> {
            let mut connection = connection;
            connection.execute("CREATE TABLE t (a INTEGER)", &[]).await?;
            connection.execute("INSERT INTO t (a) VALUES (5), (NULL)", &[]).await?;
            assert_eq!(database.rows("SELECT CAST(a AS CHAR(1)) FROM t ORDER BY a IS NULL"), ["5", "-"]);
            Ok(())
        }

        #[on(sqlite)]
        async fn only_here(_connection: nicol_db::Connection) -> nicol_db::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn it_goes_even_after_a_panic() {
        let mut left = None;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            run("sqlite", open, async |_connection, database: &Database| -> Result<(), String> {
                left = database.folder().map(Path::to_path_buf);
                panic!("on purpose");
            })
        }));
        assert!(outcome.is_err());
        let folder = left.expect("the body has run");
        assert!(!folder.exists());
    }
}
