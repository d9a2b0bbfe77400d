//! A database of a test's own on each server, emptied between cases.

use nicol_catalog::{Catalog, Plan, introspect, script};
use nicol_db::{Connection, ConnectionUrl, Dialect, admin};

/// A database that is this test's alone.
pub(crate) struct Server {
    pub(crate) connection: Connection,
    /// Where it is; none for SQLite in memory.
    url: Option<ConnectionUrl>,
    name: String,
}

impl Server {
    /// SQLite in memory.
    pub(crate) async fn sqlite() -> Server {
        let connection = Connection::open_in_memory().await.unwrap();
        Server { connection, url: None, name: "sqlite".to_owned() }
    }

    /// A new database on the server a variable names; none, with a printed line, when it is not set.
    pub(crate) async fn open(variable: &str, name: &str) -> Option<Server> {
        let Ok(url) = std::env::var(variable) else {
            println!("skipped: {variable} is not set");
            return None;
        };
        let database = format!("nicol_catalog_{name}_{}", std::process::id());
        Some(Server::at(ConnectionUrl::parse(&url).unwrap().with_database(&database), name).await)
    }

    /// A new database at a place of its own.
    pub(crate) async fn at(url: ConnectionUrl, name: &str) -> Server {
        admin::drop_database(&url).await.ok();
        admin::create_database(&url).await.unwrap();
        let mut server =
            Server { connection: Connection::open(&url).await.unwrap(), url: Some(url), name: name.to_owned() };
        server.settle().await;
        server
    }

    /// Where it is; none for SQLite in memory.
    pub(crate) fn url(&self) -> Option<&ConnectionUrl> {
        self.url.as_ref()
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.connection.dialect()
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Durability is not what is tested.
    async fn settle(&mut self) {
        if self.dialect() == Dialect::Postgres {
            let settings = "SET synchronous_commit = off; SET client_min_messages = error";
            self.connection.run_script(settings).await.unwrap();
        }
    }

    /// Leaves nothing of the last case. Catalogs name the PostgreSQL schemas that may be there.
    pub(crate) async fn clear(&mut self, catalogs: &[&Catalog]) {
        match &self.url {
            None => self.connection = Connection::open_in_memory().await.unwrap(),
            Some(url) if self.connection.dialect() == Dialect::Postgres => {
                self.connection.run_script("ROLLBACK").await.ok();
                let mut script = "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;".to_owned();
                for name in catalogs.iter().flat_map(|catalog| &catalog.namespaces).filter(|name| *name != "public") {
                    script.push_str(&format!("DROP SCHEMA IF EXISTS {} CASCADE;", Dialect::Postgres.quote(name)));
                }
                if self.connection.run_script(&script).await.is_err() {
                    self.connection = Connection::open(url).await.unwrap();
                    self.settle().await;
                    self.connection.run_script(&script).await.unwrap();
                }
            }
            Some(url) => {
                admin::drop_database(url).await.unwrap();
                admin::create_database(url).await.unwrap();
                self.connection = Connection::open(url).await.unwrap();
            }
        }
    }

    /// What is there now. Catalogs name the PostgreSQL schemas to look into.
    pub(crate) async fn introspect(&mut self, catalogs: &[&Catalog]) -> Catalog {
        let mut all: Vec<String> = catalogs.iter().flat_map(|catalog| catalog.namespaces.clone()).collect();
        all.sort();
        all.dedup();
        let asked = if all == ["public"] { Vec::new() } else { all };
        introspect(&mut self.connection, &asked).await.unwrap()
    }

    /// Runs a script as one, outside of any transaction.
    pub(crate) async fn run(&mut self, script: &str) -> Result<(), String> {
        if script.trim().is_empty() {
            return Ok(());
        }
        self.connection.run_script(script).await.map_err(|error| format!("refused: {error}\n{script}"))
    }

    /// Runs a plan's script as a migration is run: whole or not at all where the database can, with foreign keys checked at
    /// the end where they were off; statement by statement elsewhere.
    pub(crate) async fn apply(&mut self, plan: &Plan<'_>) -> Result<(), String> {
        let text = script(plan);
        let is_stepwise = self.dialect().is_mysql_family() || plan.must_run_outside_transaction();
        if is_stepwise {
            for statement in nicol_db::script::split(&text, self.dialect()) {
                self.connection
                    .run_script(statement.text)
                    .await
                    .map_err(|error| format!("refused: {error}\n{text}"))?;
            }
            return Ok(());
        }
        if self.dialect() == Dialect::Sqlite {
            self.run("PRAGMA foreign_keys=OFF").await?;
        }
        let inner = without_own_transactions(&text);
        self.run("BEGIN").await?;
        let mut outcome = self.run(&inner).await;
        if outcome.is_ok() && self.dialect() == Dialect::Sqlite {
            let rows = self.connection.query("SELECT * FROM pragma_foreign_key_check", &[]).await.unwrap();
            if !rows.is_empty() {
                outcome = Err(format!("refused: foreign keys violated\n{text}"));
            }
        }
        self.run(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
        if self.dialect() == Dialect::Sqlite {
            self.run("PRAGMA foreign_keys=ON").await?;
        }
        outcome
    }

    /// The number a query of one number gives; none where it cannot run.
    pub(crate) async fn count(&mut self, sql: &str) -> Result<i64, String> {
        let rows = self.connection.query(sql, &[]).await.map_err(|error| format!("{error}\n{sql}"))?;
        rows.first().ok_or("no row")?.get(0).map_err(|error| format!("{error}\n{sql}"))
    }

    /// Drops the database.
    pub(crate) async fn close(self) {
        self.connection.close().await.unwrap();
        if let Some(url) = self.url {
            admin::drop_database(&url).await.unwrap();
        }
    }
}

/// A step that brings its own transaction runs inside ours.
fn without_own_transactions(script: &str) -> String {
    script.lines().filter(|line| !matches!(*line, "BEGIN;" | "COMMIT;")).map(|line| format!("{line}\n")).collect()
}
