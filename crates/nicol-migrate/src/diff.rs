//! `migrate diff`: the difference between two sides, each an empty database, a schema, a migrations folder or a database.

use nicol_catalog::Catalog;
use nicol_db::{Connection, ConnectionUrl, Dialect};
use nicol_schema::ValidSchema;

use crate::compare::Change;
use crate::deploy::close;
use crate::dev;
use crate::directory::Directory;
use crate::error::{Error, Result, code};
use crate::scope::Scope;
use crate::shadow::{self, Shadow};

/// One side of a comparison.
#[derive(Debug, Clone, Copy)]
pub enum Side<'a> {
    /// Nothing at all.
    Empty,
    /// A schema.
    Schema(&'a ValidSchema),
    /// The migrations of a folder, replayed.
    Migrations(&'a Directory),
    /// A database as it is.
    Database(&'a ConnectionUrl),
}

/// How to compare.
#[derive(Debug, Clone, Copy)]
pub struct DiffOptions<'a> {
    /// Where migrations are replayed.
    pub shadow: Shadow<'a>,
    /// What is compared.
    pub scope: &'a Scope,
}

/// The difference of two sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// In words.
    pub summary: String,
    /// As a script, empty when there is none.
    pub script: String,
}

impl Difference {
    /// True when the sides are equal.
    pub fn is_empty(&self) -> bool {
        self.script.is_empty()
    }
}

/// Compares two sides.
///
/// # Errors
/// `provider-without-migrations` when no side tells the database product, P3019 when they tell different ones, P3006 and
/// P3014 of a replay, and errors of connections.
pub async fn difference(from: Side<'_>, to: Side<'_>, options: DiffOptions<'_>) -> Result<Difference> {
    let dialect = common_dialect(from, to, options).await?;
    let before = catalog_of(from, dialect, options).await?;
    let after = catalog_of(to, dialect, options).await?;
    let change = match to {
        Side::Empty | Side::Schema(_) => Change::between(&before, &after),
        Side::Migrations(_) | Side::Database(_) => {
            let speaks_of_extensions = matches!(from, Side::Schema(_)) && before.extensions.is_some();
            Change::toward_found(&before, &after, speaks_of_extensions)
        }
    };
    Ok(Difference { summary: change.summary, script: change.script })
}

/// The dialect both sides speak. A live server knows best whether it is MySQL or MariaDB.
async fn common_dialect(from: Side<'_>, to: Side<'_>, options: DiffOptions<'_>) -> Result<Dialect> {
    let mut found: Option<Dialect> = None;
    for side in [from, to] {
        let Some((dialect, is_live)) = dialect_of(side, options).await? else {
            continue;
        };
        match found {
            Some(other) if !are_one_family(other, dialect) => {
                let message = format!("{} cannot be compared with {}.", other.product_name(), dialect.product_name());
                return Err(Error::new("P3019", message));
            }
            Some(_) if !is_live => {}
            _ => found = Some(dialect),
        }
    }
    found.ok_or_else(|| {
        Error::new(code::PROVIDER, "Neither side tells the database product.")
            .with_help("A schema tells it, a URL, or the migration_lock.toml of a migrations folder.")
    })
}

fn are_one_family(a: Dialect, b: Dialect) -> bool {
    a == b || (a.is_mysql_family() && b.is_mysql_family())
}

/// The dialect of a side and whether a server said so.
async fn dialect_of(side: Side<'_>, options: DiffOptions<'_>) -> Result<Option<(Dialect, bool)>> {
    match side {
        Side::Empty => Ok(None),
        Side::Schema(schema) => Ok(Some((dev::dialect_of(schema)?, false))),
        Side::Database(url) => server_dialect(url).await.map(|dialect| Some((dialect, true))),
        Side::Migrations(directory) => match (directory.provider(), options.shadow.given.or(options.shadow.main)) {
            (Some("sqlite"), _) => Ok(Some((Dialect::Sqlite, false))),
            (_, Some(url)) => server_dialect(url).await.map(|dialect| Some((dialect, true))),
            (Some("postgresql" | "postgres"), None) => Ok(Some((Dialect::Postgres, false))),
            (Some("mysql"), None) => Ok(Some((Dialect::Mysql, false))),
            (Some("cockroachdb"), None) => Ok(Some((Dialect::Cockroachdb, false))),
            (Some(_) | None, None) => Ok(None),
        },
    }
}

async fn server_dialect(url: &ConnectionUrl) -> Result<Dialect> {
    if url.dialect() == Dialect::Sqlite {
        return Ok(Dialect::Sqlite);
    }
    let conn = Connection::open(url).await?;
    let dialect = conn.dialect();
    close(conn).await;
    Ok(dialect)
}

/// The catalog of a side.
///
/// # Errors
/// As [`difference`].
pub async fn catalog_of(side: Side<'_>, dialect: Dialect, options: DiffOptions<'_>) -> Result<Catalog> {
    match side {
        Side::Empty => Ok(Catalog::empty(dialect)),
        Side::Schema(schema) => Ok(options.scope.catalog_of(schema, dialect)),
        Side::Migrations(directory) => {
            directory.check_provider(dialect)?;
            shadow::replay(directory.migrations(), dialect, options.shadow, options.scope).await
        }
        Side::Database(url) => {
            let mut conn = Connection::open(url).await?;
            let catalog = options.scope.introspect(&mut conn).await;
            close(conn).await;
            catalog
        }
    }
}
