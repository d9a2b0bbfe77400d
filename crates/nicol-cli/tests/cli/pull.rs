//! `db pull`: on SQLite always, on servers whose URL is in the environment.

use crate::support::{Place, Server};

const SHOP: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n\
    CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER NOT NULL REFERENCES users(id), note GEOMETRY);\n";
const BARE: &str = "datasource db {\n  provider = \"sqlite\"\n  url      = \"file:./shop.db\"\n}\n";

/// A project whose database was made by a script.
fn shop(schema: &str) -> Place {
    let place = Place::with(&[("schema.prisma", schema), ("shop.sql", SHOP), ("shop.db", "")]);
    place.run(&["db", "execute", "--file", "shop.sql"]).exits(0);
    place
}

#[test]
fn the_schema_is_written_and_says_what_it_cannot_say() {
    let place = shop(BARE);
    let ran = place.run(&["db", "pull"]).exits(0);
    assert!(ran.out.contains("Introspected 2 models") && ran.out.contains("*** WARNING ***"), "{}", ran.out);
    assert!(ran.out.contains("original data type: \"GEOMETRY\""), "{}", ran.out);
    let text = place.read("schema.prisma");
    assert!(
        text.starts_with("datasource db {\n  provider = \"sqlite\"\n  url      = \"file:./shop.db\"\n}\n"),
        "{text}"
    );
    assert!(text.contains("users  Users") || text.contains("users  users"), "{text}");
    place.run(&["validate"]).exits(0);
    place.run(&["format", "--check"]).exits(0);
    place
        .run(&["migrate", "diff", "--from-url", "file:./shop.db", "--to-schema", "schema.prisma", "--exit-code"])
        .exits(0);
    place
        .run(&["migrate", "diff", "--from-schema", "schema.prisma", "--to-url", "file:./shop.db", "--exit-code"])
        .exits(0);
    // Nothing is left to write the second time.
    place.run(&["db", "pull"]).exits(0).says("says all of it already");
    assert_eq!(place.read("schema.prisma"), text);
    assert!(place.files().iter().all(|file| !file.ends_with(".tmp")), "{:?}", place.files());
}

#[test]
fn names_and_comments_stay_unless_forced_away() {
    let place = shop(BARE);
    place.run(&["db", "pull"]).exits(0);
    let text = place.read("schema.prisma");
    let renamed = text
        .replace("model users {", "// people\nmodel User {\n")
        .replace(" users ", " User ")
        .replace("  posts posts[]\n}", "  posts posts[]\n\n  @@map(\"users\")\n}");
    place.file("schema.prisma", &renamed);
    place.run(&["validate"]).exits(0);
    place.run(&["db", "pull"]).exits(0).says("as in the schema before");
    let kept = place.read("schema.prisma");
    assert!(kept.contains("// people\nmodel User {") && kept.contains("@@map(\"users\")"), "{kept}");
    place.run(&["db", "pull", "--force"]).exits(0);
    assert_eq!(place.read("schema.prisma"), text);
}

#[test]
fn print_writes_nothing() {
    let place = shop(BARE);
    let ran = place.run(&["db", "pull", "--print"]).exits(0);
    assert!(ran.out.starts_with("datasource db {") && ran.out.contains("model users {"), "{}", ran.out);
    assert!(ran.err.contains("// *** WARNING ***\n"), "{}", ran.err);
    assert_eq!(place.read("schema.prisma"), BARE);
    let json = place.run(&["db", "pull", "--print", "--json"]).exits(0).json();
    assert_eq!((json["models"].as_u64(), json["files"][0]["path"].as_str()), (Some(2), Some("schema.prisma")));
    assert_eq!(json["warnings"][0]["code"], "unsupported-type");
    assert_eq!(place.read("schema.prisma"), BARE);
}

#[test]
fn models_stay_in_their_files_and_new_ones_get_one() {
    let files = [
        ("schema/main.prisma", "datasource db {\n  provider = \"sqlite\"\n  url      = \"file:./shop.db\"\n}\n"),
        ("schema/people/user.prisma", "model users {\n  id Int @id\n}\n"),
        ("schema/old.prisma", "model gone {\n  id Int @id\n}\n"),
        ("shop.sql", SHOP),
        ("schema/shop.db", ""),
    ];
    let place = Place::with(&files);
    place.run(&["db", "execute", "--file", "shop.sql", "--schema", "schema"]).exits(0);
    place.run(&["db", "pull", "--schema", "schema"]).exits(0);
    assert!(place.read("schema/people/user.prisma").contains("name  String"), "{:?}", place.files());
    assert!(place.read("schema/introspected.prisma").contains("model posts {"));
    assert_eq!(place.read("schema/old.prisma").trim(), "");
    assert_eq!(place.read("schema/main.prisma"), files[0].1);
    place.run(&["validate", "--schema", "schema"]).exits(0);
}

#[test]
fn errors_write_nothing() {
    let empty = Place::with(&[("schema.prisma", BARE), ("shop.db", "")]);
    empty.run(&["db", "pull"]).fails("P4001");
    assert_eq!(empty.read("schema.prisma"), BARE);
    let missing = Place::with(&[("schema.prisma", BARE)]);
    missing.run(&["db", "pull"]).fails("P1003");
    assert_eq!(missing.files(), ["schema.prisma"]);
    let broken = format!("{BARE}\nmodel users {{\n  id Nothing\n}}\n");
    let place = shop(BARE);
    place.file("schema.prisma", &broken);
    place.run(&["db", "pull"]).fails("P1012").says("--force");
    assert_eq!(place.read("schema.prisma"), broken);
    place.run(&["db", "pull", "--force"]).exits(0);
    place.run(&["validate"]).exits(0);
}

#[test]
fn a_url_is_enough() {
    let place = Place::with(&[("shop.sql", SHOP), ("shop.db", "")]);
    place.run(&["db", "execute", "--file", "shop.sql", "--url", "file:./shop.db"]).exits(0);
    place.run(&["db", "pull", "--url", "file:./shop.db"]).exits(0);
    let text = place.read("schema.prisma");
    assert!(text.starts_with("datasource db {\n  provider = \"sqlite\"\n}\n"), "{text}");
}

#[test]
fn views_have_their_queries_in_files() {
    let schema = format!("generator g {{\n  provider        = \"x\"\n  previewFeatures = [\"views\"]\n}}\n\n{BARE}");
    let place = shop(&schema);
    place.file("view.sql", "CREATE VIEW names AS SELECT name FROM users;");
    place.run(&["db", "execute", "--file", "view.sql"]).exits(0);
    place.file("views/main/gone.sql", "SELECT 1;");
    place.run(&["db", "pull"]).exits(0);
    assert!(place.read("schema.prisma").contains("view names {\n  name String?\n}"), "{}", place.read("schema.prisma"));
    assert!(place.read("views/main/names.sql").contains("SELECT name FROM users"));
    assert!(!place.path("views/main/gone.sql").exists());
}

#[test]
fn postgres_schemas_can_be_asked_for() {
    let Some(server) = Server::of("NICOL_TEST_POSTGRES_URL") else { return };
    let bare = "datasource db {\n  provider = \"postgresql\"\n}\n";
    let sql = "CREATE SCHEMA one; CREATE TABLE one.a (id int PRIMARY KEY);\
               CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES one.a(id));";
    let place = Place::with(&[("schema.prisma", bare), ("make.sql", sql)]).env("DATABASE_URL", server.url());
    place.run(&["db", "push", "--accept-data-loss"]);
    place.run(&["db", "execute", "--file", "make.sql"]).exits(0);
    place.run(&["db", "pull"]).fails("P4002").says("one.a");
    assert_eq!(place.read("schema.prisma"), bare);
    place.run(&["db", "pull", "--schemas", "one,public"]).exits(0);
    let text = place.read("schema.prisma");
    assert!(text.contains("schemas  = [\"one\", \"public\"]") && text.contains("@@schema(\"one\")"), "{text}");
    place.run(&["migrate", "diff", "--from-config-datasource", "--to-schema", "schema.prisma", "--exit-code"]).exits(0);
}
