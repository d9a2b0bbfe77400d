//! `migrate-bench FOLDER URL`: the migrations of a folder by a bare driver, as a person would write it in an hour: a
//! transaction and a row in a table for each, nothing checked, no lock, nothing to go on with after a kill.

use std::collections::HashSet;
use std::error::Error;
use std::path::Path;

use mysql_async::prelude::Queryable;
use sha2::{Digest, Sha256};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS applied (name VARCHAR(255) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, at VARCHAR(40) NOT NULL)";

struct Migration {
    name: String,
    script: String,
    checksum: String,
}

impl Migration {
    fn record(&self, now: &str) -> String {
        format!("INSERT INTO applied VALUES ('{}', '{}', {now})", self.name, self.checksum)
    }
}

fn read(folder: &Path) -> Result<Vec<Migration>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let script = std::fs::read_to_string(path.join("migration.sql"))?;
            let checksum = Sha256::digest(&script).iter().map(|byte| format!("{byte:02x}")).collect();
            all.push(Migration { name, script, checksum });
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

fn on_sqlite(folder: &Path, path: &str) -> Result<usize> {
    let connection = rusqlite::Connection::open(path)?;
    connection.execute_batch(TABLE)?;
    let mut query = connection.prepare("SELECT name FROM applied")?;
    let done: HashSet<String> = query.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut count = 0;
    for migration in read(folder)?.iter().filter(|migration| !done.contains(&migration.name)) {
        connection.execute_batch(&format!("BEGIN;{};{};COMMIT", migration.script, migration.record("datetime('now')")))?;
        count += 1;
    }
    Ok(count)
}

async fn on_postgres(folder: &Path, url: &str) -> Result<usize> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let task = tokio::spawn(connection);
    client.batch_execute(TABLE).await?;
    let rows = client.query("SELECT name FROM applied", &[]).await?;
    let done: HashSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let mut count = 0;
    for migration in read(folder)?.iter().filter(|migration| !done.contains(&migration.name)) {
        client.batch_execute("BEGIN").await?;
        client.batch_execute(&migration.script).await?;
        client.batch_execute(&migration.record("now()")).await?;
        client.batch_execute("COMMIT").await?;
        count += 1;
    }
    drop(client);
    task.await??;
    Ok(count)
}

async fn on_mysql(folder: &Path, url: &str) -> Result<usize> {
    let mut connection = mysql_async::Conn::from_url(url).await?;
    connection.query_drop(TABLE).await?;
    let done: HashSet<String> = connection.query::<String, _>("SELECT name FROM applied").await?.into_iter().collect();
    let mut count = 0;
    for migration in read(folder)?.iter().filter(|migration| !done.contains(&migration.name)) {
        connection.query_drop("START TRANSACTION").await?;
        for statement in migration.script.split_inclusive(';').filter(|text| !text.trim().is_empty()) {
            connection.query_drop(statement).await?;
        }
        connection.query_drop(migration.record("NOW()")).await?;
        connection.query_drop("COMMIT").await?;
        count += 1;
    }
    connection.disconnect().await?;
    Ok(count)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, url] = arguments.as_slice() else { return Err("usage: migrate-bench FOLDER URL".into()) };
    let folder = Path::new(folder);
    let count = match url.split_once(':') {
        Some(("file", path)) => on_sqlite(folder, path)?,
        Some(("mysql", _)) => on_mysql(folder, url).await?,
        _ => on_postgres(folder, url).await?,
    };
    println!("{count}");
    Ok(())
}
