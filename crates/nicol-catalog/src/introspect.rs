//! A live database as a catalog.
//!
//! **In**: an open connection, and the namespaces asked for. **Out**: its [`Catalog`] in canonical form. One module a
//! dialect reads the system tables; what nicol does not manage (its own history, tables of extensions) is left out.

use nicol_db::{Connection, Dialect, Result};

use crate::catalog::Catalog;
use crate::{guards, mysql, postgres, sqlite};

/// The table of applied migrations: never part of a catalog.
pub(crate) const HISTORY_TABLE: &str = "_prisma_migrations";

/// Reads a database's structure. Without namespaces the connection's own one is meant, and names in the catalog are
/// not qualified; with namespaces (PostgreSQL's schemas) they are.
///
/// # Errors
/// Whatever the server answers to queries on its system tables.
pub async fn introspect(connection: &mut Connection, namespaces: &[String]) -> Result<Catalog> {
    read(connection, namespaces, false).await
}

/// Reads a database's structure as [`introspect`] does, and also what the schema language has no word for: views,
/// remarks on tables, and what stands beside them.
///
/// # Errors
/// As [`introspect`].
pub async fn introspect_whole(connection: &mut Connection, namespaces: &[String]) -> Result<Catalog> {
    read(connection, namespaces, true).await
}

async fn read(connection: &mut Connection, namespaces: &[String], whole: bool) -> Result<Catalog> {
    let mut catalog = match connection.dialect() {
        Dialect::Sqlite => sqlite::introspect::catalog(connection, whole).await?,
        Dialect::Postgres | Dialect::Cockroachdb => {
            postgres::introspect::catalog(connection, namespaces, whole).await?
        }
        Dialect::Mysql | Dialect::Mariadb => mysql::introspect::catalog(connection, whole).await?,
    };
    guards::read(connection, &mut catalog).await?;
    Ok(catalog)
}
