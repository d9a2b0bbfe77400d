//! Tables whose rows are only ever added, and checks: on every database they hold, let foreign keys act, survive later
//! migrations, are read back, and go again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::server::Server;
use common::trial;
use nicol_catalog::to_schema::{Options, to_schema};
use nicol_catalog::{Catalog, Decisions, decide, diff, from_schema, introspect_whole, plan, script};
use nicol_schema::{Source, ValidSchema};

const PLAIN: &str = "
model P {
  id   Int   @id
  logs Log[]
}

model Q {
  id   Int   @id
  logs Log[]
}

model Log {
  id     Int    @id
  pId    Int?
  p      P?     @relation(fields: [pId], references: [id], onDelete: SetNull)
  qId    Int
  q      Q      @relation(fields: [qId], references: [id], onDelete: Cascade)
  note   String
  amount Int
}
";

fn guarded() -> String {
    PLAIN
        .replace("model Log {", "/// Bookings.\n/// @nicol.appendOnly\nmodel Log {")
        .replace("  amount Int", "  /// @nicol.check(\"amount > 0 AND amount < 1000\")\n  amount Int")
}

/// Another column with values for the rows that are there, another table name, another check.
fn later() -> String {
    let text =
        guarded().replace("  amount Int", "  amount Int\n  kind String").replace("amount < 1000", "amount < 2000");
    let at = text.rfind('}').unwrap();
    format!("{}\n  @@map(\"ledger\")\n}}\n", &text[..at])
}

fn catalog(server: &Server, models: &str) -> Catalog {
    from_schema(&schema(server, models), server.dialect())
}

fn schema(server: &Server, models: &str) -> ValidSchema {
    let dialect = server.dialect();
    let provider = if dialect.is_mysql_family() {
        "mysql"
    } else if dialect.is_postgres_family() {
        "postgresql"
    } else {
        "sqlite"
    };
    let text = format!("datasource db {{\n  provider = \"{provider}\"\n}}\n{models}");
    common::schema(&[Source::new("schema.prisma", text)]).unwrap()
}

/// The schema that is pulled on top of another, which may be empty, with the codes of what it cannot say. No change
/// follows from it.
async fn pulled(server: &mut Server, before: &str) -> (String, Vec<String>) {
    let live = introspect_whole(&mut server.connection, &[]).await.unwrap();
    let pulled = to_schema(&live, &schema(server, before), &Options::default());
    let text = pulled.files[0].text.clone();
    let again = from_schema(&common::schema(&pulled.files).unwrap(), server.dialect());
    let rest = diff(&live, &again);
    assert!(plan(&rest).is_empty(), "{}\n{text}", script(&plan(&rest)));
    (text, pulled.warnings.iter().map(|warning| format!("{}: {}", warning.code(), warning.item())).collect())
}

/// A statement that must fail, with a word of the refusal.
async fn refused(server: &mut Server, sql: &str, word: &str) {
    let Err(error) = server.run(sql).await else { panic!("not refused: {sql}") };
    assert!(error.to_lowercase().contains(word), "{sql}: {error}");
}

fn quoted(server: &Server, sql: &str) -> String {
    if server.dialect().is_mysql_family() { sql.replace('"', "`") } else { sql.to_owned() }
}

/// Guarded as asked: whatever is tried, only foreign keys change rows.
async fn holds(server: &mut Server, table: &str) {
    let on = |sql: &str, server: &Server| quoted(server, &sql.replace("Log", table));
    refused(server, &on("UPDATE \"Log\" SET \"note\" = 'x' WHERE \"id\" = 1", server), "append-only").await;
    refused(server, &on("UPDATE \"Log\" SET \"pId\" = NULL WHERE \"id\" = 1", server), "append-only").await;
    refused(server, &on("DELETE FROM \"Log\" WHERE \"id\" = 1", server), "append-only").await;
    if server.dialect().is_postgres_family() {
        refused(server, &on("TRUNCATE \"Log\"", server), "append-only").await;
    }
}

async fn trace(server: Option<Server>) {
    let Some(mut server) = server else { return };
    let guarded_text = guarded();
    let (plain, guarded, later) = (catalog(&server, PLAIN), catalog(&server, &guarded()), catalog(&server, &later()));
    let live = trial::build(&mut server, &guarded, &[]).await.unwrap();
    assert!(plan(&diff(&live, &guarded)).is_empty(), "{}", script(&plan(&diff(&live, &guarded))));
    assert!(!diff(&live, &plain).is_empty());

    // Pulled, the directives are there again, and stay where they stood.
    let (text, warnings) = pulled(&mut server, "").await;
    assert!(text.contains("/// @nicol.appendOnly\n") && text.contains("/// @nicol.check(\""), "{text}");
    assert!(warnings.is_empty(), "{warnings:?}\n{text}");
    let (text, _) = pulled(&mut server, &guarded_text).await;
    assert!(text.contains("/// Bookings.\n/// @nicol.appendOnly\nmodel Log {"), "{text}");
    assert!(text.contains("  /// @nicol.check(\"amount > 0 AND amount < 1000\")\n  amount Int\n"), "{text}");
    assert_eq!(text.matches("@nicol.").count(), 2, "{text}");

    let rows = "INSERT INTO \"P\" (\"id\") VALUES (1), (2); INSERT INTO \"Q\" (\"id\") VALUES (1), (2); \
                INSERT INTO \"Log\" (\"id\", \"pId\", \"qId\", \"note\", \"amount\") \
                VALUES (1, 1, 1, 'a', 5), (2, 2, 2, 'b', 6), (3, NULL, 1, 'c', 7)";
    let rows = quoted(&server, rows);
    server.run(&rows).await.unwrap();
    holds(&mut server, "Log").await;
    let wrong = quoted(&server, "INSERT INTO \"Log\" (\"id\", \"qId\", \"note\", \"amount\") VALUES (9, 1, 'x', 0)");
    refused(&mut server, &wrong, "check").await;

    // A later migration changes rows itself, renames the table and puts another check in place.
    let decisions =
        Decisions { renames: vec!["Log=ledger".parse().unwrap()], backfills: vec!["Log.kind='old'".parse().unwrap()] };
    let decided = decide(&guarded, &later, &decisions).unwrap();
    let outcome = trial::advance(&mut server, &decided, &later).await.unwrap();
    assert_eq!(outcome, trial::Outcome::Ran);
    holds(&mut server, "ledger").await;

    // Foreign keys act all the same.
    for sql in ["DELETE FROM \"P\" WHERE \"id\" = 1", "UPDATE \"P\" SET \"id\" = 7 WHERE \"id\" = 2"] {
        let sql = quoted(&server, sql);
        server.run(&sql).await.unwrap();
    }
    let sql = quoted(&server, "SELECT COUNT(*) FROM \"ledger\" WHERE \"pId\" IS NULL");
    assert_eq!(server.count(&sql).await.unwrap(), 2);
    let sql = quoted(&server, "SELECT COUNT(*) FROM \"ledger\" WHERE \"pId\" = 7");
    assert_eq!(server.count(&sql).await.unwrap(), 1);
    let sql = quoted(&server, "DELETE FROM \"Q\" WHERE \"id\" = 2");
    server.run(&sql).await.unwrap();
    let sql = quoted(&server, "SELECT COUNT(*) FROM \"ledger\"");
    assert_eq!(server.count(&sql).await.unwrap(), 2);
    holds(&mut server, "ledger").await;

    // The way back, then without any directive.
    let back = decided.reversed(&later);
    assert_eq!(trial::advance(&mut server, &back, &guarded).await.unwrap(), trial::Outcome::Ran);
    holds(&mut server, "Log").await;
    let decided = decide(&guarded, &plain, &Decisions::default()).unwrap();
    assert_eq!(trial::advance(&mut server, &decided, &plain).await.unwrap(), trial::Outcome::Ran);
    let (text, _) = pulled(&mut server, &guarded_text).await;
    assert!(text.contains("/// Bookings.\nmodel Log {") && !text.contains("@nicol."), "{text}");
    for sql in ["UPDATE \"Log\" SET \"note\" = 'x', \"amount\" = -1", "DELETE FROM \"Log\""] {
        let sql = quoted(&server, sql);
        server.run(&sql).await.unwrap();
    }
    server.close().await;
}

#[tokio::test]
async fn sqlite() {
    trace(Some(Server::sqlite().await)).await;
}

#[tokio::test]
async fn postgres() {
    trace(Server::open("NICOL_TEST_POSTGRES_URL", "directives_pg").await).await;
}

#[tokio::test]
async fn postgres18() {
    trace(Server::open("NICOL_TEST_POSTGRES18_URL", "directives_pg18").await).await;
}

#[tokio::test]
async fn mysql() {
    trace(Server::open("NICOL_TEST_MYSQL_URL", "directives_my").await).await;
}

#[tokio::test]
async fn mariadb() {
    trace(Server::open("NICOL_TEST_MARIADB_URL", "directives_maria").await).await;
}
