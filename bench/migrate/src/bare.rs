//! A bare driver, used as a person would write it in an hour: a transaction and a row in a table for each migration, nothing
//! checked, no lock, nothing to go on with after a kill.

use std::collections::HashSet;

use mysql_async::prelude::Queryable;
use sha2::{Digest, Sha256};

use crate::{Migration, Result};

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS applied (name VARCHAR(255) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, at VARCHAR(40) NOT NULL)";

impl Migration {
    fn record(&self, now: &str) -> String {
        let checksum: String = Sha256::digest(&self.script).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("INSERT INTO applied VALUES ('{}', '{checksum}', {now})", self.name)
    }
}

pub async fn deploy(migrations: &[Migration], url: &str) -> Result<()> {
    match url.split_once(':') {
        Some(("file", path)) => on_sqlite(migrations, path),
        Some(("mysql", _)) => on_mysql(migrations, url).await,
        _ => on_postgres(migrations, url).await,
    }
}

fn on_sqlite(migrations: &[Migration], path: &str) -> Result<()> {
    let connection = rusqlite::Connection::open(path)?;
    connection.execute_batch(TABLE)?;
    let mut query = connection.prepare("SELECT name FROM applied")?;
    let done: HashSet<String> = query.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for migration in migrations.iter().filter(|migration| !done.contains(&migration.name)) {
        connection.execute_batch(&format!("BEGIN;{};{};COMMIT", migration.script, migration.record("datetime('now')")))?;
    }
    Ok(())
}

async fn on_postgres(migrations: &[Migration], url: &str) -> Result<()> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let task = tokio::spawn(connection);
    client.batch_execute(TABLE).await?;
    let rows = client.query("SELECT name FROM applied", &[]).await?;
    let done: HashSet<String> = rows.iter().map(|row| row.get(0)).collect();
    for migration in migrations.iter().filter(|migration| !done.contains(&migration.name)) {
        client.batch_execute("BEGIN").await?;
        client.batch_execute(&migration.script).await?;
        client.batch_execute(&migration.record("now()")).await?;
        client.batch_execute("COMMIT").await?;
    }
    drop(client);
    task.await??;
    Ok(())
}

async fn on_mysql(migrations: &[Migration], url: &str) -> Result<()> {
    let mut connection = mysql_async::Conn::from_url(url).await?;
    connection.query_drop(TABLE).await?;
    let done: HashSet<String> = connection.query::<String, _>("SELECT name FROM applied").await?.into_iter().collect();
    for migration in migrations.iter().filter(|migration| !done.contains(&migration.name)) {
        connection.query_drop("START TRANSACTION").await?;
        for statement in migration.script.split_inclusive(';').filter(|text| !text.trim().is_empty()) {
            connection.query_drop(statement).await?;
        }
        connection.query_drop(migration.record("NOW()")).await?;
        connection.query_drop("COMMIT").await?;
    }
    connection.disconnect().await?;
    Ok(())
}
