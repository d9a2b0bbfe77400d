//! A scratch database to replay migrations in, for when the folder has no snapshot to start from.
//!
//! SQLite replays in memory. On a server a database of a random name is made and dropped again, or the one of a given URL
//! is emptied and used.

use nicol_catalog::Catalog;
use nicol_db::{Connection, ConnectionUrl, Dialect, admin};

use crate::apply;
use crate::deploy::{close, create_schema};
use crate::directory::Migration;
use crate::empty::empty;
use crate::error::{Error, Result, code};
use crate::history;

/// Where scratch databases may be made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shadow<'a> {
    /// The project's database: scratch databases are made on its server.
    pub main: Option<&'a ConnectionUrl>,
    /// A database given for the purpose. It is emptied first.
    pub given: Option<&'a ConnectionUrl>,
}

/// Names of scratch databases begin so, as Prisma's do: whoever looks at the server knows what they are.
const NAME_PREFIX: &str = "prisma_migrate_shadow_db_";

/// The catalog that a database has after these migrations.
///
/// # Errors
/// P3006 when a migration does not run, P3014 when no scratch database can be made, `shadow-database` when the given one
/// must not be used.
pub async fn replay(
    migrations: &[Migration],
    dialect: Dialect,
    shadow: Shadow<'_>,
    namespaces: &[String],
) -> Result<Catalog> {
    if migrations.is_empty() {
        return Ok(Catalog::fresh(dialect));
    }
    if dialect == Dialect::Sqlite {
        let mut conn = Connection::open_in_memory().await?;
        return replay_in(&mut conn, migrations, namespaces).await;
    }
    match (shadow.given, shadow.main) {
        (Some(given), main) => replay_in_given(migrations, given, main, namespaces).await,
        (None, Some(main)) => replay_in_scratch(migrations, main, namespaces).await,
        (None, None) => Err(Error::new(code::SHADOW, "Replaying migrations needs a database server.")
            .with_help("Give the URL of a database, or of a shadow database.")),
    }
}

async fn replay_in(conn: &mut Connection, migrations: &[Migration], namespaces: &[String]) -> Result<Catalog> {
    for migration in migrations {
        apply::replay(conn, migration).await?;
    }
    Ok(nicol_catalog::introspect(conn, namespaces).await?)
}

async fn replay_in_scratch(migrations: &[Migration], main: &ConnectionUrl, namespaces: &[String]) -> Result<Catalog> {
    let scratch = main.with_database(&format!("{NAME_PREFIX}{}", uuid::Uuid::new_v4()));
    admin::create_database(&scratch).await.map_err(|error| {
        let message = format!("No scratch database could be made to replay the migrations in: {}", error.message());
        Error::new("P3014", message).with_database_code(error.native_code()).with_help(
            "Grant the user the right to create databases, or give a database for it with `--shadow-database-url`. None is needed \
             where the newest migration has a snapshot: `nicol migrate snapshot` writes it.",
        )
    })?;
    let result = open_and_replay(&scratch, migrations, namespaces).await;
    let dropped = admin::drop_database(&scratch).await;
    let catalog = result?;
    dropped?;
    Ok(catalog)
}

async fn open_and_replay(url: &ConnectionUrl, migrations: &[Migration], namespaces: &[String]) -> Result<Catalog> {
    let mut conn = Connection::open(url).await?;
    let result = match create_schema(&mut conn).await {
        Ok(()) => replay_in(&mut conn, migrations, namespaces).await,
        Err(error) => Err(error),
    };
    close(conn).await;
    result
}

async fn replay_in_given(
    migrations: &[Migration],
    given: &ConnectionUrl,
    main: Option<&ConnectionUrl>,
    namespaces: &[String],
) -> Result<Catalog> {
    let place = |url: &ConnectionUrl| (url.host_port(), url.database().to_string(), url.schema().map(str::to_string));
    if main.is_some_and(|main| place(main) == place(given)) {
        return Err(Error::new(code::SHADOW, "The shadow database is the project's own database.")
            .with_help("It would be emptied. Give another one."));
    }
    let mut conn = Connection::open(given).await?;
    let result = match empty_given(&mut conn, namespaces).await {
        Ok(()) => replay_in(&mut conn, migrations, namespaces).await,
        Err(error) => Err(error),
    };
    close(conn).await;
    result
}

/// Empties a shadow database. One with a migration history is somebody's real database, and stays.
async fn empty_given(conn: &mut Connection, namespaces: &[String]) -> Result<()> {
    if history::exists(conn).await? {
        let message = "The database given as shadow database has a migration history of its own.";
        return Err(Error::new(code::SHADOW, message)
            .with_help("Give an empty database: a shadow database is emptied before use."));
    }
    create_schema(conn).await?;
    empty(conn, namespaces).await
}
