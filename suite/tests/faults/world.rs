//! Databases of one test each, and what is in them as text that can be compared.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use nicol_db::{Connection, ConnectionUrl, Dialect, Value, admin};
use nicol_migrate::{DeployOptions, Deployed, Directory, Error, Silent, deploy};
use tokio::runtime::Runtime;

use crate::proxy::Framing;
use crate::scenario::Migrations;

/// A server, or for SQLite a folder.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) name: &'static str,
    base: ConnectionUrl,
}

pub(crate) const SERVERS: [(&str, &str); 4] = [
    ("PostgreSQL", "NICOL_TEST_POSTGRES_URL"),
    ("PostgreSQL 18", "NICOL_TEST_POSTGRES18_URL"),
    ("MariaDB", "NICOL_TEST_MARIADB_URL"),
    ("MySQL", "NICOL_TEST_MYSQL_URL"),
];

/// The place of a name, or nothing, with the reason printed.
pub(crate) fn place(name: &'static str) -> Option<Place> {
    let (_, variable) = SERVERS.iter().find(|(server, _)| *server == name)?;
    match std::env::var(variable) {
        Ok(url) => Some(Place::new(name, &url)),
        Err(_) => {
            println!("skipped: {variable} is not set");
            None
        }
    }
}

/// SQLite and every server whose URL the environment names.
pub(crate) fn places(folder: &Path) -> Vec<Place> {
    let mut all = vec![Place::new("SQLite", &format!("file:{}", folder.join("x.db").display()))];
    all.extend(SERVERS.iter().filter_map(|(name, _)| place(name)));
    all
}

impl Place {
    pub(crate) fn new(name: &'static str, url: &str) -> Place {
        let base = ConnectionUrl::parse(url).unwrap();
        let base = if base.dialect() == Dialect::Sqlite { base } else { base.with_param("sslmode", "disable") };
        Place { name, base }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.base.dialect()
    }

    pub(crate) fn framing(&self) -> Framing {
        if self.dialect() == Dialect::Postgres { Framing::Postgres } else { Framing::Mysql }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.base.host_port().unwrap().replace("localhost", "127.0.0.1").parse().unwrap()
    }

    /// A database of its own. It is dropped with the value.
    pub(crate) fn database(&self, runtime: &Runtime) -> Database {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let stamp = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
        let name = format!("nicol_fault_{}_{stamp:x}_{number}", std::process::id());
        let url = match self.dialect() {
            Dialect::Sqlite => {
                let folder = Path::new(self.base.database()).parent().unwrap().join(&name);
                self.base.with_database(&folder.join("x.db").display().to_string())
            }
            _ => self.base.with_database(&name),
        };
        runtime.block_on(admin::create_database(&url)).unwrap();
        Database { url, handle: runtime.handle().clone() }
    }
}

pub(crate) struct Database {
    pub(crate) url: ConnectionUrl,
    handle: tokio::runtime::Handle,
}

impl Drop for Database {
    fn drop(&mut self) {
        // A test that has failed leaves its database behind rather than hide why.
        if !std::thread::panicking() {
            let _ = self.handle.block_on(admin::drop_database(&self.url));
        }
    }
}

/// Everything in a database but the history: definitions and rows.
pub(crate) type Picture = Vec<String>;

impl Database {
    /// The URL through a proxy.
    pub(crate) fn through(&self, port: u16) -> String {
        let url = self.url.as_connection_string();
        let address = self.url.host_port().unwrap();
        url.replace(&address, &format!("127.0.0.1:{port}"))
    }

    pub(crate) fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        self.handle.block_on(async {
            let mut conn = Connection::open(&self.url).await.unwrap();
            let found = rows(&mut conn, sql, &[]).await;
            conn.close().await.unwrap();
            found
        })
    }

    pub(crate) fn run(&self, sql: &str) {
        self.handle.block_on(async {
            let mut conn = Connection::open(&self.url).await.unwrap();
            conn.run_script(sql).await.unwrap();
            conn.close().await.unwrap();
        });
    }

    pub(crate) fn deploy(&self, folder: &Path) -> Result<Deployed, Error> {
        self.handle.block_on(async {
            let directory = Directory::read(folder)?;
            deploy(&self.url, &directory, DeployOptions::default(), &mut Silent).await
        })
    }

    /// Names of finished migrations, and of those begun and not ended, in order.
    pub(crate) fn history(&self) -> (Vec<String>, Vec<String>) {
        let exists = self.handle.block_on(async {
            let mut conn = Connection::open(&self.url).await.unwrap();
            let found = conn.query("SELECT 1 FROM _prisma_migrations", &[]).await.is_ok();
            conn.close().await.unwrap();
            found
        });
        if !exists {
            return (Vec::new(), Vec::new());
        }
        let sql = "SELECT migration_name, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name";
        let (open, finished): (Vec<_>, Vec<_>) = self.rows(sql).into_iter().partition(|row| row[1] == "-");
        let names = |rows: Vec<Vec<String>>| rows.into_iter().map(|mut row| row.swap_remove(0)).collect();
        (names(finished), names(open))
    }

    /// Waits until no other session is at work in the database: what a killed client has sent runs to its end.
    pub(crate) fn wait_until_quiet(&self) {
        let name = self.url.database();
        let sql = match self.url.dialect() {
            Dialect::Sqlite => return,
            Dialect::Postgres | Dialect::Cockroachdb => {
                format!(
                    "SELECT count(*)::text FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
                )
            }
            Dialect::Mysql | Dialect::Mariadb => format!(
                "SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.processlist WHERE db = '{name}' AND id <> CONNECTION_ID()"
            ),
        };
        let began = Instant::now();
        while self.rows(&sql)[0][0] != "0" {
            assert!(began.elapsed() < Duration::from_secs(60), "a session of a killed runner does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn picture(&self) -> Picture {
        self.handle.block_on(async {
            let mut conn = Connection::open(&self.url).await.unwrap();
            let mut picture = definitions(&mut conn).await;
            for table in tables(&mut conn).await {
                let quoted = conn.dialect().quote(&table);
                let sql = match conn.dialect() {
                    Dialect::Postgres | Dialect::Cockroachdb => format!("SELECT t::text FROM {quoted} t"),
                    _ => format!("SELECT * FROM {quoted}"),
                };
                let mut found: Vec<String> = rows(&mut conn, &sql, &[]).await.iter().map(|row| row.join("|")).collect();
                found.sort();
                picture.push(format!("{table}: {}", found.join("; ")));
            }
            conn.close().await.unwrap();
            picture
        })
    }
}

async fn rows(conn: &mut Connection, sql: &str, params: &[Value]) -> Vec<Vec<String>> {
    let rows = conn.query(sql, params).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let text = |row: &nicol_db::Row<'_>, at| row.get::<Option<String>>(at).unwrap().unwrap_or("-".into());
    rows.iter().map(|row| (0..row.len()).map(|at| text(&row, at)).collect()).collect()
}

async fn tables(conn: &mut Connection) -> Vec<String> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence' ORDER BY name"
        }
        Dialect::Postgres | Dialect::Cockroachdb => {
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        }
        Dialect::Mysql | Dialect::Mariadb => {
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name"
        }
    };
    let names = rows(conn, sql, &[]).await.into_iter().map(|mut row| row.swap_remove(0));
    names.filter(|name| name != "_prisma_migrations").collect()
}

async fn definitions(conn: &mut Connection) -> Vec<String> {
    match conn.dialect() {
        Dialect::Sqlite => {
            let sql = "SELECT sql FROM sqlite_master WHERE tbl_name <> '_prisma_migrations' ORDER BY name";
            rows(conn, sql, &[]).await.concat()
        }
        Dialect::Postgres | Dialect::Cockroachdb => {
            let invalid = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid";
            let mut all = rows(conn, invalid, &[]).await.concat();
            all.push(format!("{:?}", nicol_catalog::introspect(conn, &[]).await.unwrap()));
            all
        }
        Dialect::Mysql | Dialect::Mariadb => {
            let mut all = Vec::new();
            for table in tables(conn).await {
                let created = rows(conn, &format!("SHOW CREATE TABLE {}", conn.dialect().quote(&table)), &[]).await;
                let text = &created[0][1];
                all.push(match text.split_once(" AUTO_INCREMENT=") {
                    Some((before, after)) => {
                        format!("{before}{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
                    }
                    None => text.clone(),
                });
            }
            let triggers = "SELECT CONCAT(trigger_name, action_statement) FROM information_schema.triggers \
                            WHERE trigger_schema = DATABASE() ORDER BY trigger_name";
            all.extend(rows(conn, triggers, &[]).await.concat());
            all
        }
    }
}

/// Writes migrations below a folder and returns where they are.
pub(crate) fn write(folder: &Path, migrations: Migrations) -> PathBuf {
    let folder = folder.join("migrations");
    for (name, script) in migrations {
        write_one(&folder, name, script);
    }
    folder
}

pub(crate) fn write_one(folder: &Path, name: &str, script: &str) {
    std::fs::create_dir_all(folder.join(name)).unwrap();
    std::fs::write(folder.join(name).join("migration.sql"), script).unwrap();
}

/// What a database looks like after each number of migrations, from none to all.
pub(crate) fn pictures(runtime: &Runtime, place: &Place, migrations: Migrations) -> Vec<Picture> {
    let files = tempfile::tempdir().unwrap();
    let database = place.database(runtime);
    let mut pictures = vec![database.picture()];
    for count in 1..=migrations.len() {
        let folder = write(files.path(), &migrations[..count]);
        assert_eq!(database.deploy(&folder).unwrap().applied.len(), 1);
        pictures.push(database.picture());
    }
    pictures
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}
