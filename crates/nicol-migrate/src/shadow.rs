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
use crate::scope::Scope;

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

/// Which catalogs of a replay are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// The one after all migrations.
    Last,
    /// One after each migration.
    Each,
}

/// What a replay is to do.
struct Replay<'a> {
    migrations: &'a [Migration],
    scope: &'a Scope,
    wanted: Wanted,
}

/// The catalog that a database has after these migrations.
///
/// # Errors
/// P3006 when a migration does not run, P3014 when no scratch database can be made, `shadow-database` when the given one
/// must not be used.
pub async fn replay(migrations: &[Migration], dialect: Dialect, shadow: Shadow<'_>, scope: &Scope) -> Result<Catalog> {
    let replay = Replay { migrations, scope, wanted: Wanted::Last };
    Ok(replay.run(dialect, shadow).await?.pop().unwrap_or_else(|| Catalog::fresh(dialect)))
}

/// The catalogs that a database has after each of these migrations, in their order.
///
/// # Errors
/// As [`replay`].
pub async fn replay_each(
    migrations: &[Migration],
    dialect: Dialect,
    shadow: Shadow<'_>,
    scope: &Scope,
) -> Result<Vec<Catalog>> {
    Replay { migrations, scope, wanted: Wanted::Each }.run(dialect, shadow).await
}

impl Replay<'_> {
    async fn run(&self, dialect: Dialect, shadow: Shadow<'_>) -> Result<Vec<Catalog>> {
        if self.migrations.is_empty() {
            return Ok(Vec::new());
        }
        if dialect == Dialect::Sqlite {
            let mut conn = Connection::open_in_memory().await?;
            return self.run_in(&mut conn).await;
        }
        match (shadow.given, shadow.main) {
            (Some(given), main) => replay_in_given(self, given, main).await,
            (None, Some(main)) => replay_in_scratch(self, main).await,
            (None, None) => Err(Error::new(code::SHADOW, "Replaying migrations needs a database server.")
                .with_help("Give the URL of a database, or of a shadow database.")),
        }
    }

    async fn run_in(&self, conn: &mut Connection) -> Result<Vec<Catalog>> {
        if let Some(script) = &self.scope.shadow_script {
            conn.run_script(script).await.map_err(|error| prepared(&error))?;
        }
        let mut found = Vec::new();
        for (place, migration) in self.migrations.iter().enumerate() {
            apply::replay(conn, migration).await?;
            if self.wanted == Wanted::Each || place + 1 == self.migrations.len() {
                found.push(self.scope.introspect(conn).await?);
            }
        }
        Ok(found)
    }
}

fn prepared(error: &nicol_db::Error) -> Error {
    let message = format!("The script that prepares the shadow database (init_shadow_db) failed: {}", error.message());
    Error::new(code::SHADOW, message)
        .with_database_code(error.native_code())
        .with_help("It makes what others look after and the migrations build on, in an empty database.")
}

async fn replay_in_scratch(replay: &Replay<'_>, main: &ConnectionUrl) -> Result<Vec<Catalog>> {
    let scratch = main.with_database(&format!("{NAME_PREFIX}{}", uuid::Uuid::new_v4()));
    admin::create_database(&scratch).await.map_err(|error| {
        let message = format!("No scratch database could be made to replay the migrations in: {}", error.message());
        Error::new("P3014", message).with_database_code(error.native_code()).with_help(
            "Grant the user the right to create databases, or give a database for it with `--shadow-database-url`. None is needed \
             where the newest migration has a snapshot: `nicol migrate snapshot` writes it.",
        )
    })?;
    let result = open_and_replay(&scratch, replay).await;
    let dropped = admin::drop_database(&scratch).await;
    let catalogs = result?;
    dropped?;
    Ok(catalogs)
}

async fn open_and_replay(url: &ConnectionUrl, replay: &Replay<'_>) -> Result<Vec<Catalog>> {
    let mut conn = Connection::open(url).await?;
    let result = match create_schema(&mut conn).await {
        Ok(()) => replay.run_in(&mut conn).await,
        Err(error) => Err(error),
    };
    close(conn).await;
    result
}

async fn replay_in_given(
    replay: &Replay<'_>,
    given: &ConnectionUrl,
    main: Option<&ConnectionUrl>,
) -> Result<Vec<Catalog>> {
    let place = |url: &ConnectionUrl| (url.host_port(), url.database().to_string(), url.schema().map(str::to_string));
    if main.is_some_and(|main| place(main) == place(given)) {
        return Err(Error::new(code::SHADOW, "The shadow database is the project's own database.")
            .with_help("It would be emptied. Give another one."));
    }
    let mut conn = Connection::open(given).await?;
    let result = match empty_given(&mut conn, replay.scope).await {
        Ok(()) => replay.run_in(&mut conn).await,
        Err(error) => Err(error),
    };
    close(conn).await;
    result
}

/// Empties a shadow database. One with a migration history is somebody's real database, and stays.
async fn empty_given(conn: &mut Connection, scope: &Scope) -> Result<()> {
    if history::exists(conn).await? {
        let message = "The database given as shadow database has a migration history of its own.";
        return Err(Error::new(code::SHADOW, message)
            .with_help("Give an empty database: a shadow database is emptied before use."));
    }
    create_schema(conn).await?;
    empty(conn, &Scope { namespaces: scope.namespaces.clone(), ..Scope::default() }).await
}
