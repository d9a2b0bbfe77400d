//! Databases of the tests' own.

use std::sync::atomic::{AtomicU32, Ordering};

use nicol_catalog::{Catalog, diff, from_schema, plan, script};
use nicol_db::{Connection, ConnectionUrl, Dialect, admin};
use nicol_schema::{Source, validate};
use tokio::runtime::{Builder, Runtime};

/// A database with the tables of a schema; dropped at the end.
pub(crate) struct Database {
    runtime: Runtime,
    url: ConnectionUrl,
    folder: Option<tempfile::TempDir>,
}

impl Database {
    /// A fresh database on a server (`sqlite`, `postgres`, `postgres18`, `mysql`, `mariadb`); none, with a printed line,
    /// when the server's URL is not set.
    pub(crate) fn make(server: &str, schema: &str) -> Option<Database> {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
        let (url, folder) = if server == "sqlite" {
            let folder = tempfile::tempdir().expect("temporary folder");
            let file = folder.path().join("client.db");
            (format!("file:{}", file.display()), Some(folder))
        } else {
            let variable = format!("NICOL_TEST_{}_URL", server.to_uppercase());
            let Ok(url) = std::env::var(&variable) else {
                println!("skipped: {variable} is not set");
                return None;
            };
            (url, None)
        };
        let mut url = ConnectionUrl::parse(&url).expect("URL");
        if folder.is_none() {
            static MADE: AtomicU32 = AtomicU32::new(0);
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            url = url.with_database(&format!("nicol_client_{}_{number}", std::process::id()));
        }
        runtime.block_on(async {
            admin::create_database(&url).await.expect("create the database");
            let mut connection = Connection::open(&url).await.expect("open the database");
            create_tables(&mut connection, schema).await;
        });
        Some(Database { runtime, url, folder })
    }

    /// Runs something with the database's URL, then drops the database.
    pub(crate) fn run(self, work: impl FnOnce(&Runtime, &str) -> Result<(), String>) {
        let result = work(&self.runtime, &self.url.as_connection_string());
        if self.folder.is_none() {
            self.runtime.block_on(admin::drop_database(&self.url)).expect("drop the database");
        }
        if let Err(failures) = result {
            panic!("{failures}");
        }
    }
}

async fn create_tables(connection: &mut Connection, schema: &str) {
    let source = Source { path: "client.prisma".to_owned(), text: schema.to_owned() };
    let schema = validate(&[source]).schema.expect("a valid schema");
    let dialect: Dialect = connection.dialect();
    let (empty, wanted) = (Catalog::empty(dialect), from_schema(&schema, dialect));
    let difference = diff(&empty, &wanted);
    let text = script(&plan(&difference));
    connection.run_script(&text).await.expect("create the tables");
}
