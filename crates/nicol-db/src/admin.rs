//! Making, dropping and asking for whole databases.
//!
//! **In**: the URL of the database concerned. **Out**: whether it was there. The server is reached through a database of its
//! own, never through the one concerned.

use crate::connection::Connection;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::url::ConnectionUrl;
use crate::value::Value;

/// Databases a PostgreSQL server has besides the user's own.
const POSTGRES_DATABASES: &[&str] = &["postgres", "template1", "defaultdb"];
/// Databases that belong to the server itself.
const SYSTEM_DATABASES: &[&str] =
    &["mysql", "information_schema", "performance_schema", "sys", "template0", "template1"];

/// Creates the database, and on PostgreSQL the URL's schema in it; for SQLite the file and its folder. `true` when the
/// database was not there before.
///
/// # Errors
/// `P3004` for a system database, `P1010` without the right to create, and those of [`Connection::open`].
pub async fn create_database(url: &ConnectionUrl) -> Result<bool> {
    refuse_system(url)?;
    match url.dialect() {
        Dialect::Sqlite => create_file(url),
        Dialect::Postgres | Dialect::Cockroachdb => create_on_postgres(url).await,
        Dialect::Mysql | Dialect::Mariadb => create_on_mysql(url).await,
    }
}

/// Drops the database if it is there, with the sessions that use it (PostgreSQL); for SQLite its files.
///
/// # Errors
/// `P3004` for a system database, `P1010` without the right to drop, and those of [`Connection::open`].
pub async fn drop_database(url: &ConnectionUrl) -> Result<()> {
    refuse_system(url)?;
    let dialect = url.dialect();
    let name = dialect.quote(url.database());
    match dialect {
        Dialect::Sqlite => remove_files(url),
        Dialect::Postgres | Dialect::Cockroachdb => {
            let mut admin = open_postgres_admin(url).await?;
            let forced = if admin.dialect() == Dialect::Cockroachdb { "CASCADE" } else { "WITH (FORCE)" };
            let outcome = admin.execute(&format!("DROP DATABASE IF EXISTS {name} {forced}"), &[]).await;
            let outcome = match outcome {
                // Servers before 13 do not know FORCE.
                Err(error) if error.native_code() == Some("42601") => {
                    admin.execute(&format!("DROP DATABASE IF EXISTS {name}"), &[]).await
                }
                outcome => outcome,
            };
            admin.close().await?;
            outcome.map(|_| ())
        }
        Dialect::Mysql | Dialect::Mariadb => {
            let mut admin = Connection::open(&url.with_database("")).await?;
            let outcome = admin.execute(&format!("DROP DATABASE IF EXISTS {name}"), &[]).await;
            admin.close().await?;
            outcome.map(|_| ())
        }
    }
}

/// True when the database can be opened, false when the server says it does not exist.
///
/// # Errors
/// Those of [`Connection::open`] but `P1003`.
pub async fn database_exists(url: &ConnectionUrl) -> Result<bool> {
    match Connection::open(url).await {
        Ok(connection) => connection.close().await.map(|()| true),
        Err(error) if error.code() == "P1003" => Ok(false),
        Err(error) => Err(error),
    }
}

fn refuse_system(url: &ConnectionUrl) -> Result<()> {
    let name = url.database();
    if url.dialect() != Dialect::Sqlite && SYSTEM_DATABASES.iter().any(|system| system.eq_ignore_ascii_case(name)) {
        return Err(Error::new("P3004", format!("the database `{name}` belongs to the server and cannot be changed")));
    }
    Ok(())
}

async fn create_on_postgres(url: &ConnectionUrl) -> Result<bool> {
    let created = !database_exists(url).await? && {
        let mut admin = open_postgres_admin(url).await?;
        let outcome = admin.execute(&format!("CREATE DATABASE {}", Dialect::Postgres.quote(url.database())), &[]).await;
        admin.close().await?;
        match outcome {
            Ok(_) => true,
            // Somebody else was faster: "exists already", or its unique index under a race.
            Err(error) if matches!(error.native_code(), Some("42P04" | "23505")) => false,
            Err(error) => return Err(error),
        }
    };
    if let Some(schema) = url.schema() {
        let mut connection = Connection::open(url).await?;
        let outcome = create_schema(&mut connection, schema).await;
        connection.close().await?;
        outcome?;
    }
    Ok(created)
}

/// `IF NOT EXISTS` alone would want the right to create even where the schema is there.
async fn create_schema(connection: &mut Connection, schema: &str) -> Result<()> {
    let there = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1";
    if connection.query(there, &[Value::Text(schema.to_string())]).await?.is_empty() {
        let schema = Dialect::Postgres.quote(schema);
        connection.execute(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"), &[]).await?;
    }
    Ok(())
}

/// A session with the first of the server's own databases that lets us in.
async fn open_postgres_admin(url: &ConnectionUrl) -> Result<Connection> {
    let mut refusal = None;
    for name in POSTGRES_DATABASES.iter().filter(|name| **name != url.database()) {
        match Connection::open(&url.with_database(name).without_param("schema")).await {
            Ok(connection) => return Ok(connection),
            Err(error) if matches!(error.code(), "P1003" | "P1010") => refusal = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(refusal.unwrap_or_else(|| Error::new("P1003", "the server has no database to connect to for administration")))
}

async fn create_on_mysql(url: &ConnectionUrl) -> Result<bool> {
    if url.database().is_empty() {
        return Err(Error::new("P1013", "the connection URL names no database"));
    }
    if database_exists(url).await? {
        return Ok(false);
    }
    let mut admin = Connection::open(&url.with_database("")).await?;
    let name = Dialect::Mysql.quote(url.database());
    let charset = "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci";
    let outcome = admin.execute(&format!("CREATE DATABASE {name} {charset}"), &[]).await;
    admin.close().await?;
    match outcome {
        Ok(_) => Ok(true),
        Err(error) if error.code() == "P1009" => Ok(false),
        Err(error) => Err(error),
    }
}

fn create_file(url: &ConnectionUrl) -> Result<bool> {
    if url.is_in_memory() {
        return Ok(false);
    }
    let path = std::path::Path::new(url.database());
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| file_problem(url, &error))?;
    }
    match std::fs::OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(file_problem(url, &error)),
    }
}

fn remove_files(url: &ConnectionUrl) -> Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match std::fs::remove_file(format!("{}{suffix}", url.database())) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(file_problem(url, &error)),
        }
    }
    Ok(())
}

fn file_problem(url: &ConnectionUrl, error: &std::io::Error) -> Error {
    let code = match error.kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => "P1010",
        _ => "P1003",
    };
    Error::new(code, format!("the SQLite database file `{}`: {error}", url.database()))
}
