//! Databases of the tests' own.

use nicol_catalog::{Catalog, diff, from_schema, plan, script};
use nicol_db::{Connection, ConnectionUrl, Dialect};
use nicol_schema::{Source, validate};
use tokio::runtime::Runtime;

/// A database with the tables of a schema; dropped at the end.
pub(crate) struct Database {
    runtime: Runtime,
    fresh: fresh_database::Database,
}

impl Database {
    /// A fresh database on a server (`sqlite`, `postgres`, `postgres18`, `mysql`, `mariadb`); none, with a printed line,
    /// when the server's URL is not set.
    pub(crate) fn make(server: &'static str, schema: &str) -> Option<Database> {
        let fresh = fresh_database::Database::create(server)?;
        let runtime = fresh_database::runtime();
        runtime.block_on(async {
            let url = ConnectionUrl::parse(fresh.url()).expect("URL");
            let mut connection = Connection::open(&url).await.expect("open the database");
            create_tables(&mut connection, schema).await;
        });
        Some(Database { runtime, fresh })
    }

    /// Runs something with the database's URL, then drops the database.
    pub(crate) fn run(self, work: impl FnOnce(&Runtime, &str) -> Result<(), String>) {
        if let Err(failures) = work(&self.runtime, self.fresh.url()) {
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
