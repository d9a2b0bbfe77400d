//! refinery and sqlx, given the same scripts, each with the settings it comes with.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrationType, Migrator};

use crate::{Migration, Result};

pub async fn refinery(migrations: &[Migration], url: &str) -> Result<()> {
    let all: std::result::Result<Vec<_>, _> = (1..)
        .zip(migrations)
        .map(|(number, migration)| refinery::Migration::unapplied(&format!("V{number}__step"), &migration.script))
        .collect();
    let runner = refinery::Runner::new(&all?);
    match url.split_once(':') {
        Some(("file", path)) => {
            runner.run(&mut rusqlite::Connection::open(path)?)?;
        }
        Some(("mysql", _)) => {
            let mut pool = mysql_async::Pool::from_url(url)?;
            runner.run_async(&mut pool).await?;
            pool.disconnect().await?;
        }
        _ => {
            let (mut client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
            let task = tokio::spawn(connection);
            runner.run_async(&mut client).await?;
            drop(client);
            task.await??;
        }
    }
    Ok(())
}

pub async fn sqlx(migrations: &[Migration], url: &str) -> Result<()> {
    let all = migrations.iter().map(|migration| {
        let (version, title) = migration.name.split_once('_').ok_or("a migration without a title")?;
        let script = sqlx::AssertSqlSafe(migration.script.clone()).into_sql_str();
        let title = Cow::Owned(title.to_owned());
        Ok(sqlx::migrate::Migration::new(version.parse()?, title, MigrationType::Simple, script, false))
    });
    let migrator = Migrator::with_migrations(all.collect::<Result<_>>()?);
    match url.split_once(':') {
        Some(("file", path)) => migrator.run(&sqlx::SqlitePool::connect(&format!("sqlite://{path}?mode=rwc")).await?).await?,
        Some(("mysql", _)) => migrator.run(&sqlx::MySqlPool::connect(url).await?).await?,
        _ => migrator.run(&sqlx::PgPool::connect(url).await?).await?,
    }
    Ok(())
}
