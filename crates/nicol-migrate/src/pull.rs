//! `db pull`: the schema of a live database.
//!
//! In: a database, and the schema there is already, which may be nothing but a datasource. Out: the text of every file,
//! and what it cannot say. Nothing is written here, and nothing in the database changes.

use nicol_catalog::catalog::{Catalog, same_namespace};
use nicol_catalog::introspect_whole;
use nicol_catalog::to_schema::to_schema;
pub use nicol_catalog::to_schema::{Options as PullOptions, Pulled, Warning};
use nicol_db::{Connection, ConnectionUrl};
use nicol_schema::ValidSchema;

use crate::error::{Error, Result};
use crate::scope::Scope;

/// Reads the database and writes its schema, keeping what the previous one knows and the database does not.
///
/// # Errors
/// The database cannot be read; P4001 when it is empty; P4002 when a foreign key leads to a schema of PostgreSQL's that was
/// not asked for.
pub async fn pull(url: &ConnectionUrl, previous: &ValidSchema, options: &PullOptions) -> Result<Pulled> {
    let asked = if options.namespaces.is_empty() {
        Scope::of(Some(previous), None).namespaces
    } else {
        options.namespaces.clone()
    };
    let mut conn = Connection::open(url).await?;
    let read = introspect_whole(&mut conn, &asked).await;
    let closed = conn.close().await;
    let live = read?;
    closed?;
    let catalog = live.spelled_as(&nicol_catalog::from_schema(previous, live.dialect));
    require_content(&catalog)?;
    require_targets(&catalog)?;
    Ok(to_schema(&catalog, previous, options))
}

fn require_content(catalog: &Catalog) -> Result<()> {
    if !catalog.is_empty() || !catalog.views.is_empty() {
        return Ok(());
    }
    let help = if catalog.dialect.is_postgres_family() {
        "Create tables first, with `nicol migrate dev` for example, or name the schema they are in with --schemas."
    } else {
        "Create tables first, with `nicol migrate dev` for example, or check the URL."
    };
    Err(Error::new("P4001", "The database is empty: there is nothing to make a schema of.").with_help(help))
}

/// A relation needs both its ends.
fn require_targets(catalog: &Catalog) -> Result<()> {
    let keys = catalog.tables.iter().flat_map(|table| table.foreign_keys.iter().map(move |key| (table, key)));
    for (table, key) in keys {
        let namespace = key.referenced_namespace.as_deref();
        let is_elsewhere = !same_namespace(namespace, table.namespace.as_deref());
        if is_elsewhere && catalog.table(namespace, &key.referenced_table).is_none() {
            let message = format!(
                "The foreign key {} of the table {} leads to a table in another schema, {}.{}, that is not asked for.",
                key.name.as_deref().unwrap_or("without a name"),
                table.name,
                namespace.unwrap_or("public"),
                key.referenced_table
            );
            return Err(Error::new("P4002", message)
                .with_help("List that schema too: in `schemas` of the datasource, or with --schemas a,b."));
        }
    }
    Ok(())
}
