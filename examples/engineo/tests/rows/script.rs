//! Statements that the client does not make.

use engineo::db::Db;
use fresh_database::Database;
use nicol::{Dialect, Result};

/// From now on every UPDATE of a table fails.
pub(crate) async fn refuse_updates(db: &Db, table: &str) -> Result<()> {
    let name = db.dialect().quote(table);
    let statements = match db.dialect() {
        Dialect::Sqlite => vec![format!("CREATE TRIGGER refuse BEFORE UPDATE ON {name} BEGIN SELECT RAISE(ABORT, 'on purpose'); END")],
        Dialect::Mysql | Dialect::Mariadb => vec![format!(
            "CREATE TRIGGER refuse BEFORE UPDATE ON {name} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'on purpose'"
        )],
        Dialect::Postgres | Dialect::Cockroachdb => vec![
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'on purpose'; END $$".to_owned(),
            format!("CREATE TRIGGER refuse BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION refuse()"),
        ],
    };
    for statement in statements {
        db.sql(statement).execute().await?;
    }
    Ok(())
}

/// A user as the first migration knows them.
pub(crate) async fn old_user(db: &Db, id: &str, role: &str) -> Result<()> {
    let columns = ["id", "email", "password", "role", "updatedAt"].map(|name| db.dialect().quote(name)).join(", ");
    let table = db.dialect().quote("User");
    let values = format!("'{id}', '{id}@example.com', 'hash', '{role}', CURRENT_TIMESTAMP");
    db.sql(format!("INSERT INTO {table} ({columns}) VALUES ({values})")).execute().await?;
    Ok(())
}

/// The number that a statement gives.
pub(crate) async fn number(db: &Db, sql: &str) -> Result<i64> {
    let (number,): (i64,) = db.sql(sql).one().await?;
    Ok(number)
}

/// How often migrations have been recorded as done.
pub(crate) async fn recorded(db: &Db) -> Result<i64> {
    number(db, "SELECT COUNT(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL").await
}

/// For tests that begin on an empty database.
pub(crate) async fn unopened(_url: &str) -> Result<()> {
    Ok(())
}

/// A client on a database that is migrated from outside.
pub(crate) async fn connect(database: &Database) -> Result<Db> {
    Db::connect(database.url()).await
}
