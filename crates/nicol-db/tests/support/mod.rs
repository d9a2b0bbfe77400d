//! A database of its own for every test, on every server that is named in the environment.
#![allow(dead_code, reason = "every test file uses its part")]

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

use nicol_db::{Connection, ConnectionUrl, Dialect, admin};

/// Environment variables that name a server.
pub(crate) const SERVERS: &[&str] =
    &["NICOL_TEST_POSTGRES_URL", "NICOL_TEST_POSTGRES18_URL", "NICOL_TEST_MARIADB_URL", "NICOL_TEST_MYSQL_URL"];

/// URLs of the servers of this environment, each with its variable's name.
pub(crate) fn servers() -> Vec<(&'static str, ConnectionUrl)> {
    let mut found = Vec::new();
    for name in SERVERS {
        match std::env::var(name) {
            Ok(url) => found.push((*name, ConnectionUrl::parse(&url).expect("a URL"))),
            Err(_) => println!("skipped: {name} is not set"),
        }
    }
    found
}

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A name no other test uses.
pub(crate) fn unique_name() -> String {
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_nanos();
    format!("nicol_db_{}_{nanos:x}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// Runs a test in a database made for it, which is dropped after; on a runtime of one thread.
pub(crate) fn on<F, Fut>(url: &ConnectionUrl, test: F)
where
    F: FnOnce(ConnectionUrl) -> Fut,
    Fut: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let url = url.with_database(&unique_name());
    runtime.block_on(async {
        assert!(admin::create_database(&url).await.expect("created"));
        // Dropped also when the test panics.
        let outcome = futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(test(url.clone()))).await;
        admin::drop_database(&url).await.expect("dropped");
        if let Err(panic) = outcome {
            std::panic::resume_unwind(panic);
        }
    });
}

/// Runs a test on SQLite and on every server.
pub(crate) fn everywhere<F, Fut>(test: F)
where
    F: Fn(ConnectionUrl) -> Fut,
    Fut: Future<Output = ()>,
{
    let folder = tempfile::tempdir().expect("a folder");
    let file = ConnectionUrl::parse("file:data/unused.db").expect("a URL").relative_to(folder.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        assert!(admin::create_database(&file).await.expect("created"));
        test(file.clone()).await;
        admin::drop_database(&file).await.expect("dropped");
    });
    for (name, url) in servers() {
        println!("on {name}");
        on(&url, &test);
    }
}

/// Opens a session.
pub(crate) async fn open(url: &ConnectionUrl) -> Connection {
    Connection::open(url).await.expect("opens")
}

/// A statement with the dialect's placeholders for every `?`.
pub(crate) fn placed(dialect: Dialect, sql: &str) -> String {
    let mut out = String::new();
    let mut number = 0;
    for c in sql.chars() {
        if c == '?' {
            number += 1;
            dialect.placeholder_into(&mut out, number);
        } else {
            out.push(c);
        }
    }
    out
}
