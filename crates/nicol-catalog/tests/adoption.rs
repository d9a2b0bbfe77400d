//! Databases made by tools of 2020: what they are called there is not what they would be called today, and little of it
//! may turn up as work to do.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;

use nicol_catalog::plan::Step;
use nicol_catalog::{Catalog, diff, from_schema, introspect, plan, script};
use nicol_db::{Connection, ConnectionUrl, Dialect, admin};
use nicol_schema::Source;

/// Runs statements in a database of its own and reads it back; none when no server is named.
async fn legacy(variable: &str, name: &str, statements: &[String]) -> Option<Catalog> {
    let Ok(url) = std::env::var(variable) else {
        println!("skipped: {variable} is not set");
        return None;
    };
    let name = format!("nicol_catalog_{name}_{}", std::process::id());
    let url = ConnectionUrl::parse(&url).unwrap().with_database(&name);
    admin::drop_database(&url).await.ok();
    admin::create_database(&url).await.unwrap();
    let mut connection = Connection::open(&url).await.unwrap();
    for statement in statements {
        connection.run_script(statement).await.unwrap();
    }
    let catalog = introspect(&mut connection, &[]).await.unwrap();
    connection.close().await.unwrap();
    admin::drop_database(&url).await.unwrap();
    Some(catalog)
}

/// The document of a migration of April 2020: its statements, and its schema with the cascades that were meant.
fn document() -> Option<(Vec<String>, Catalog)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/systems/staart/migration-of-2020.md");
    let document = fs::read_to_string(path).unwrap();
    let sql = document.split("```sql\n").nth(1)?.split("```").next()?;
    let statements = sql.split("\n\n").filter(|text| !text.trim().is_empty());
    let statements = statements.map(|text| text.replace("`staart`.", "")).collect();
    let added = document.lines().skip_while(|line| *line != "+++ datamodel.dml").skip(2);
    let lines: Vec<&str> = added.map_while(|line| line.strip_prefix('+')).collect();
    let text = lines.join("\n").replace("references: [id])", "references: [id], onDelete: Cascade)");
    let schema = common::schema(&[Source::new("schema.prisma", text)]).unwrap();
    Some((statements, from_schema(&schema, Dialect::Mysql)))
}

/// Nothing is dropped or made but what a name or a type of today asks for: indexes that the server made for foreign keys
/// stay, and no foreign key loses its cascade.
async fn mysql_adoption(variable: &str, name: &str) {
    let Some((statements, to)) = document() else { return };
    let Some(live) = legacy(variable, name, &statements).await else {
        return;
    };
    assert_eq!(live.tables.len(), 12);
    assert_eq!(live.tables.iter().map(|table| table.columns.len()).sum::<usize>(), 108);
    let difference = diff(&live, &to);
    let plan = plan(&difference);
    let text = script(&plan);
    let touched: Vec<&Step> = plan
        .steps
        .iter()
        .filter(|step| {
            let is_of_names = matches!(step, Step::RenameIndex(..) | Step::RedefineIndex(..));
            let is_of_keys = matches!(step, Step::DropForeignKey(..) | Step::AddForeignKey(..));
            !is_of_names && !is_of_keys && !matches!(step, Step::AlterTable(_))
        })
        .collect();
    assert!(touched.is_empty(), "{touched:?}\n{text}");
    assert_eq!(text.matches("ON DELETE CASCADE").count(), 11);
    assert!(!text.contains("DROP COLUMN") && !text.contains("ADD COLUMN"), "{text}");
}

#[tokio::test]
async fn mysql_server_made_indexes_stay() {
    mysql_adoption("NICOL_TEST_MYSQL_URL", "my_adoption").await;
}

#[tokio::test]
async fn mariadb_server_made_indexes_stay() {
    mysql_adoption("NICOL_TEST_MARIADB_URL", "maria_adoption").await;
}

const RUN: &str = r#"
datasource postgresql {
  provider = "postgresql"
}

model Runner {
  id     String @id
  number Int    @unique
  name   String @unique
  laps   Lap[]
}

model Lap {
  id       String    @id
  runnerId String
  runner   Runner    @relation(fields: [runnerId], references: [id], onDelete: Cascade)
  at       DateTime?
}
"#;

/// Old releases named unique indexes with a dot: three of them are renamed and nothing else is done.
#[tokio::test]
async fn postgres_old_index_names_are_all_that_differs() {
    let statements = [
        r#"CREATE TABLE "public"."Runner" ("id" text NOT NULL, "name" text NOT NULL, "number" integer NOT NULL, PRIMARY KEY ("id"))"#,
        r#"CREATE TABLE "public"."Lap" ("at" timestamp(3), "id" text NOT NULL, "runnerId" text NOT NULL, PRIMARY KEY ("id"))"#,
        r#"CREATE UNIQUE INDEX "Runner.name" ON "public"."Runner"("name")"#,
        r#"CREATE UNIQUE INDEX "Runner.number" ON "public"."Runner"("number")"#,
        r#"ALTER TABLE "public"."Lap" ADD FOREIGN KEY ("runnerId")REFERENCES "public"."Runner"("id") ON DELETE CASCADE  ON UPDATE CASCADE"#,
    ];
    let statements: Vec<String> = statements.iter().map(ToString::to_string).collect();
    let Some(live) = legacy("NICOL_TEST_POSTGRES_URL", "pg_adoption", &statements).await else {
        return;
    };
    let schema = common::schema(&[Source::new("schema.prisma", RUN)]).unwrap();
    let to = from_schema(&schema, Dialect::Postgres);
    let text = script(&plan(&diff(&live, &to)));
    let expected = "-- RenameIndex\nALTER INDEX \"Runner.name\" RENAME TO \"Runner_name_key\";\n\n\
                    -- RenameIndex\nALTER INDEX \"Runner.number\" RENAME TO \"Runner_number_key\";\n";
    assert_eq!(text, expected);
}
