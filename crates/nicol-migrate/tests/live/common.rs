//! Databases for tests: one of its own for each, on SQLite always and on every server whose URL the environment names.

use std::future::Future;
use std::path::{Path, PathBuf};

use nicol_db::{Connection, ConnectionUrl, Dialect, admin};

/// A database made for one test.
#[derive(Clone)]
pub(crate) struct Scratch {
    pub(crate) url: ConnectionUrl,
    pub(crate) dialect: Dialect,
    pub(crate) folder: PathBuf,
}

impl Scratch {
    pub(crate) async fn open(&self) -> Connection {
        Connection::open(&self.url).await.unwrap()
    }

    pub(crate) async fn run(&self, sql: &str) {
        let mut conn = self.open().await;
        conn.run_script(sql).await.unwrap();
        conn.close().await.unwrap();
    }

    /// The first row's columns as text, `-` for NULL; empty without rows.
    pub(crate) async fn row(&self, sql: &str) -> Vec<String> {
        self.rows(sql).await.into_iter().next().unwrap_or_default()
    }

    pub(crate) async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let mut conn = self.open().await;
        let rows = conn.query(sql, &[]).await.unwrap();
        let texts = |row: nicol_db::Row<'_>| -> Vec<String> {
            (0..row.len()).map(|i| row.get::<Option<String>>(i).unwrap().unwrap_or("-".into())).collect()
        };
        let found = rows.iter().map(texts).collect();
        conn.close().await.unwrap();
        found
    }

    pub(crate) async fn has_table(&self, name: &str) -> bool {
        let mut conn = self.open().await;
        let found = conn.query(&format!("SELECT 1 FROM {name}"), &[]).await.is_ok();
        conn.close().await.unwrap();
        found
    }

    /// Writes migrations into the folder, as `name → script`.
    pub(crate) fn write(&self, name: &str, script: &str) {
        let folder = self.folder.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("migration.sql"), script).unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        std::fs::remove_dir_all(self.folder.join(name)).unwrap();
    }
}

const SERVERS: [&str; 4] =
    ["NICOL_TEST_POSTGRES_URL", "NICOL_TEST_POSTGRES18_URL", "NICOL_TEST_MARIADB_URL", "NICOL_TEST_MYSQL_URL"];

/// Runs a test on a fresh database of every product at hand, and drops the databases whatever happens.
pub(crate) async fn everywhere<F, R>(wanted: fn(Dialect) -> bool, test: F)
where
    F: Fn(Scratch) -> R,
    R: Future<Output = ()> + Send + 'static,
{
    let mut urls = Vec::new();
    let files = tempfile::tempdir().unwrap();
    let file = format!("file:{}", files.path().join("test.db").display());
    urls.push(ConnectionUrl::parse(&file).unwrap());
    for server in SERVERS {
        match std::env::var(server) {
            Ok(url) => {
                let name = format!("nicol_migrate_{}", unique());
                urls.push(ConnectionUrl::parse(&url).unwrap().with_database(&name));
            }
            Err(_) => println!("skipped: {server} is not set"),
        }
    }
    for url in urls {
        if !wanted(url.dialect()) {
            continue;
        }
        admin::create_database(&url).await.unwrap();
        let conn = Connection::open(&url).await.unwrap();
        let dialect = conn.dialect();
        conn.close().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch { url: url.clone(), dialect, folder: folder.path().join("migrations") };
        std::fs::create_dir(&scratch.folder).unwrap();
        println!("on {}", dialect.product_name());
        let outcome = tokio::spawn(test(scratch)).await;
        admin::drop_database(&url).await.unwrap();
        if let Err(error) = outcome {
            std::panic::resume_unwind(error.into_panic());
        }
    }
}

pub(crate) fn all(_: Dialect) -> bool {
    true
}

fn unique() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let now = jiff::Timestamp::now().as_nanosecond();
    format!("{:x}_{}_{}", now, std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A file below the project's `fixtures` folder.
pub(crate) fn fixture(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
