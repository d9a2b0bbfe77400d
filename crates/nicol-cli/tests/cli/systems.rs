//! Whole systems through the command: validate, format, migrate, and the recorded SQL, on every database.

use std::path::Path;

use nicol_db::{Connection, ConnectionUrl};

use crate::support::{Place, Server};

const SCHEMA: &str = "prisma/schema.prisma";

/// A database to work on: SQLite in the project's folder, or one of a server's.
struct Database {
    provider: &'static str,
    url: String,
    server: Option<Server>,
}

fn sqlite() -> Database {
    Database { provider: "sqlite", url: "file:./system.db".to_owned(), server: None }
}

fn server(variable: &str, provider: &'static str) -> Option<Database> {
    let server = Server::of(variable)?;
    Some(Database { provider, url: server.url().to_owned(), server: Some(server) })
}

fn postgres() -> impl Iterator<Item = Database> {
    ["NICOL_TEST_POSTGRES_URL", "NICOL_TEST_POSTGRES18_URL"].into_iter().filter_map(|name| server(name, "postgresql"))
}

fn mysql() -> impl Iterator<Item = Database> {
    ["NICOL_TEST_MARIADB_URL", "NICOL_TEST_MYSQL_URL"].into_iter().filter_map(|name| server(name, "mysql"))
}

fn fixture(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/systems").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// For providers where an index name belongs to the whole schema, the names are left out.
fn staart(provider: &str) -> String {
    let text = fixture("staart/schema.prisma");
    if provider == "mysql" {
        return text;
    }
    text.replace("provider = \"mysql\"", &format!("provider = \"{provider}\""))
        .replace(", name: \"userId\")", ")")
        .replace(", name: \"organizationId\")", ")")
}

/// Makes a migration of what the schema says now, and returns its folder.
fn develop(place: &Place, database: &Database, name: &str) -> String {
    place.run(&["migrate", "dev", "--name", name, "--url", &database.url]).exits(0);
    let file = place.files().into_iter().find(|file| file.ends_with(&format!("_{name}/migration.sql")));
    let file = file.expect("the migration's script");
    file.trim_end_matches("/migration.sql").to_owned()
}

/// What must hold after every migration: nothing is pending, nothing differs.
fn assert_settled(place: &Place, database: &Database) {
    let url = &database.url;
    place.run(&["migrate", "deploy", "--url", url]).exits(0).says("No pending migrations");
    place.run(&["migrate", "status", "--url", url]).exits(0);
    place.run(&["migrate", "diff", "--from-url", url, "--to-schema", SCHEMA, "--exit-code"]).exits(0);
}

fn diagnostics(place: &Place, code: i32) -> Vec<serde_json::Value> {
    let ran = place.run(&["validate", "--json"]).exits(code);
    ran.json()["diagnostics"].as_array().expect("a list").clone()
}

/// The single number that a query gives.
fn number(url: &str, sql: &str) -> i64 {
    let url = ConnectionUrl::parse(url).expect("a URL");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut connection = Connection::open(&url).await.expect("the database opens");
        let rows = connection.query(sql, &[]).await.expect("a number");
        rows.iter().next().expect("a row").get(0).expect("a number")
    })
}

#[test]
fn staart_validates_without_a_word() {
    let place = Place::with(&[(SCHEMA, &staart("mysql"))]);
    assert_eq!(diagnostics(&place, 0).len(), 0);
}

#[test]
fn staart_formats_to_the_order_of_today() {
    let place = Place::with(&[(SCHEMA, &staart("mysql"))]);
    place.run(&["format", "--check"]).exits(1);
    place.run(&["format"]).exits(0);
    let expected = staart("mysql").replace("@default(autoincrement()) @id", "@id @default(autoincrement())");
    assert_eq!(place.read(SCHEMA), expected);
    place.run(&["format", "--check"]).exits(0);
}

#[test]
fn index_names_in_several_tables_are_an_error_each_where_a_schema_shares_them() {
    for provider in ["postgresql", "sqlite"] {
        let text =
            fixture("staart/schema.prisma").replace("provider = \"mysql\"", &format!("provider = \"{provider}\""));
        let place = Place::with(&[(SCHEMA, &text)]);
        assert_eq!(diagnostics(&place, 1).len(), 9, "{provider}");
    }
}

#[test]
fn staart_on_mysql_has_every_table_column_index_and_key() {
    for database in mysql() {
        let place = Place::with(&[(SCHEMA, &staart("mysql"))]);
        let folder = develop(&place, &database, "init");
        let script = place.read(&format!("{folder}/migration.sql"));
        assert_eq!(script.matches("-- CreateTable\n").count(), 12);
        assert_eq!(script.matches("-- AddForeignKey\n").count(), 11);
        assert_eq!(script.matches("AUTO_INCREMENT").count(), 12);

        let name = database.server.as_ref().expect("a server").name();
        let count = |what: &str, from: &str, condition: &str| {
            let own = format!("table_schema = '{name}' AND table_name <> '_prisma_migrations'");
            number(
                &database.url,
                &format!("SELECT COUNT({what}) FROM information_schema.{from} WHERE {own} AND {condition}"),
            )
        };
        assert_eq!(count("*", "tables", "table_name LIKE '%'"), 12);
        assert_eq!(
            count("*", "tables", "table_name IN ('access-tokens', 'api-keys', 'approved-locations', 'backup-codes')"),
            4
        );
        assert_eq!(count("*", "columns", "column_name LIKE '%'"), 108);
        assert_eq!(count("*", "columns", "data_type = 'enum'"), 6);
        let index = "DISTINCT table_name, index_name";
        assert_eq!(count(index, "statistics", "non_unique = 0 AND index_name <> 'PRIMARY'"), 2);
        assert_eq!(count(index, "statistics", "index_name IN ('userId', 'organizationId')"), 9);
        assert_eq!(count("*", "table_constraints", "constraint_type = 'FOREIGN KEY'"), 11);
        assert_eq!(count("*", "key_column_usage", "column_name = 'primaryEmail'"), 0);
        assert_settled(&place, &database);
    }
}

#[test]
fn staart_on_postgresql_and_sqlite_equals_the_recorded_sql() {
    for database in postgres().chain([sqlite()]) {
        let place = Place::with(&[(SCHEMA, &staart(database.provider))]);
        let folder = develop(&place, &database, "init");
        let recorded = fixture(&format!("staart/expected.{}.sql", database.provider));
        assert_eq!(place.read(&format!("{folder}/migration.sql")), recorded);
        assert_settled(&place, &database);
    }
}

#[test]
fn sponsorenlauf_gains_its_sessions() {
    for database in postgres().chain(mysql()).chain([sqlite()]) {
        let provider = database.provider;
        let of_provider =
            |path: &str| fixture(path).replace("provider = \"postgresql\"", &format!("provider = \"{provider}\""));
        let recorded = |folder: &str, name: &str, place: &Place| {
            if provider != "mysql" {
                let recorded = fixture(&format!("sponsorenlauf/{name}.{provider}.sql"));
                assert_eq!(place.read(&format!("{folder}/migration.sql")), recorded);
            }
        };
        let place = Place::with(&[(SCHEMA, &of_provider("sponsorenlauf/before.prisma"))]);
        let folder = develop(&place, &database, "init");
        recorded(&folder, "init", &place);
        assert_settled(&place, &database);

        let after = of_provider("sponsorenlauf/after.prisma");
        place.file(SCHEMA, &after);
        let found = diagnostics(&place, 1);
        assert_eq!(found.len(), 1);
        let field = after.find("user       User     @relation").expect("the field");
        let end = field + after[field..].find('\n').expect("its line ends") + 1;
        assert_eq!((found[0]["start"].as_u64(), found[0]["end"].as_u64()), (Some(field as u64), Some(end as u64)));

        place.run(&["format"]).exits(0);
        assert!(place.read(SCHEMA).contains("  userSessions  UserSession[]\n"));
        let folder = develop(&place, &database, "add_user_session");
        recorded(&folder, "session", &place);
        assert_settled(&place, &database);
    }
}

#[test]
fn every_migration_carries_its_snapshot_and_its_way_back() {
    for database in postgres().chain(mysql()).chain([sqlite()]) {
        let place = Place::with(&[(SCHEMA, &staart(database.provider))]);
        let folder = develop(&place, &database, "init");
        let snapshot = place.read(&format!("{folder}/schema.prisma"));
        assert!(snapshot.contains("  url = \"***\"\n") && !snapshot.contains("env("), "{snapshot}");
        let url = match &database.server {
            Some(server) => server.url().to_owned(),
            None => format!("file:{}", place.path("system.db").display()),
        };
        let down = place.read(&format!("{folder}/down.sql"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let url = ConnectionUrl::parse(&url).expect("a URL");
            let mut connection = Connection::open(&url).await.expect("the database opens");
            connection.run_script(&down).await.expect("the way back runs");
        });
        let diff = ["migrate", "diff", "--from-url", &database.url, "--to-empty", "--exit-code"];
        place.run(&diff).exits(0);
    }
}
