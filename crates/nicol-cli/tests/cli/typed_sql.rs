//! `generate --sql`.

use crate::support::{Base, Place};

const GENERATOR: &str = "generator client {\n  provider = \"nicol\"\n  output   = \"./db\"\n}\n";
const MODELS: &str = "generator client {\n  provider = \"nicol\"\n  output   = \"./db\"\n}\n\n\
                      model User {\n  id   Int     @id\n  name String?\n\n  @@map(\"users\")\n}\n";

/// A SQLite project with a table, and these SQL files.
fn project(files: &[(&str, &str)]) -> Place {
    let base = Base::all().swap_remove(0);
    let place = base.place(MODELS);
    for (name, text) in files {
        place.file(&format!("sql/{name}"), text);
    }
    place.run(&["db", "push"]).exits(0);
    place
}

/// The files of the suite, described on each server as they are stored there: so the suite's tests run what the command makes.
#[test]
fn every_server_describes_the_files_of_the_suite() {
    let suite = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../suite");
    let text = std::fs::read_to_string(suite.join("schemas/typed.prisma")).expect("the schema");
    let models = &text[text.find("enum Role").expect("an enum")..];
    for base in Base::all() {
        let place = base.place(&format!("{GENERATOR}\n{models}"));
        let folder = suite.join("sql").join(base.provider);
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
            if name.ends_with(".sql") {
                place.file(&format!("sql/{name}"), std::fs::read_to_string(&path).expect("a file"));
            }
        }
        place.run(&["db", "push"]).exits(0);
        let json = place.run(&["generate", "--sql", "--json"]).exits(0).json();
        assert!(json["sql"].as_array().is_some_and(|names| names.len() > 6), "{json}");
        assert!(place.read("db/sql.rs").contains("by_role("), "{}", base.provider);
        let (found, expected) = (
            place.read("sql/described.json"),
            std::fs::read_to_string(folder.join("described.json")).expect("what is stored"),
        );
        let is_mariadb = base.provider == "mysql" && base.rows(&place, "SELECT VERSION()")[0].contains("MariaDB");
        // MariaDB tells no types of parameters, and has no type of its own for JSON.
        let unlike = [r#"{"type":"BigInt"}"#, "{}", r#""type":"Json""#, r#""type":"String""#];
        let plain = |text: &str| match is_mariadb {
            true => unlike.iter().fold(text.to_owned(), |text, word| text.replace(word, "")),
            false => text.to_owned(),
        };
        assert_eq!(plain(&found), plain(&expected), "{}", base.provider);
        // The database is not needed any more, and nothing changes.
        let place = place.env("DATABASE_URL", "file:nowhere/at-all.db");
        let json = place.run(&["generate", "--json"]).exits(0).json();
        assert_eq!(json["generated"][0]["changed"], 0, "{}", base.provider);
    }
}

#[test]
fn what_is_stored_is_used_until_it_is_stale() {
    let place = project(&[("byId.sql", "SELECT name FROM users WHERE id = ?")]);
    place.run(&["generate"]).exits(0).says("1 file of sql left out: `nicol generate --sql`");
    assert!(!place.path("db/sql.rs").exists());
    place.run(&["generate", "--sql"]).exits(0).says("Described 1 statement of sql");
    assert!(place.read("db/sql.rs").contains("by_id(p1: ::nicol::raw::Any) -> ById"), "{}", place.read("db/sql.rs"));
    // Described again by a command that has the database at hand.
    place.file("sql/byId.sql", "-- @param {Int} $1:id\nSELECT name FROM users WHERE id = ?");
    place.run(&["generate"]).fails("sql-stale").says("sql/byId.sql").says("nicol generate --sql");
    place.run(&["db", "push", "--generate"]).exits(0);
    assert!(place.read("db/sql.rs").contains("by_id(id: i32) -> ById"));
    place.run(&["generate"]).exits(0);
    place.file("sql/more.sql", "SELECT 1 AS one");
    place.run(&["generate"]).fails("sql-stale").says("sql/more.sql").says("the file is new");
    std::fs::remove_file(place.path("sql/more.sql")).expect("removed");
    std::fs::remove_file(place.path("sql/byId.sql")).expect("removed");
    place.run(&["generate"]).fails("sql-stale").says("the file is gone");
    place.run(&["generate", "--sql"]).exits(0);
    assert!(!place.path("db/sql.rs").exists(), "the module goes with its last file");
    place.file("sql/described.json", "<<<<<<< ours");
    place.run(&["generate"]).fails("sql-description").says("sql/described.json");
}

/// Each mistake, and what is said of it.
#[test]
fn what_cannot_be_a_function_says_why() {
    let cases: &[(&str, &str, &str, &str)] = &[
        ("1st.sql", "SELECT 1 AS a", "sql-file-name", "sql/1st.sql"),
        ("users by.sql", "SELECT 1 AS a", "sql-file-name", "usersByAge.sql"),
        ("a\").rs.sql", "SELECT 1 AS a", "sql-file-name", "letters, digits"),
        ("$a.sql", "SELECT 1 AS a", "sql-file-name", "sql/$a.sql"),
        ("a.sql", "SELECT id AS \"the id\" FROM users", "sql-column-name", "`the id`"),
        ("a.sql", "SELECT id AS \"\" FROM users", "sql-column-name", "column 1"),
        ("a.sql", "SELECT id AS \"?column?\" FROM users", "sql-column-name", "AS name"),
        ("a.sql", "SELECT id AS \"x: i32, } fn main() {\" FROM users", "sql-column-name", "column 1"),
        ("a.sql", "SELECT id, id FROM users", "sql-column-name", "`id` and `id`"),
        ("a.sql", "SELECT id AS userId, id AS user_id FROM users", "sql-column-name", "`user_id`"),
        ("a.sql", "SELECT COUNT(*) AS total FROM users", "sql-column-type", "-- @column {Int} total"),
        ("a.sql", "-- @column {Int} totl\nSELECT COUNT(*) AS total FROM users", "sql-comment", "sql/a.sql:1"),
        ("a.sql", "-- @param {int} $1\nSELECT id FROM users WHERE id = ?", "sql-comment", "there is no type `int`"),
        ("a.sql", "SELECT id\nFROM nowhere", "P2021", "sql/a.sql"),
        ("a.sql", "SELECT nope FROM users", "P2022", "sql/a.sql:1:8"),
        ("a.sql", "SELECT 1 AS a; DROP TABLE users", "P2039", "several statements"),
        ("a.sql", "-- nothing\n", "P2010", "no statement"),
        ("a.sql", "", "P2010", "no statement"),
    ];
    for (name, text, code, says) in cases {
        let place = project(&[(name, text)]);
        place.run(&["generate", "--sql"]).fails(code).says(says);
        assert!(!place.path("db/sql.rs").exists() && !place.path("sql/described.json").exists(), "{name}: {text}");
    }
    let place = project(&[("usersBy.sql", "SELECT 1 AS a"), ("users_by.sql", "SELECT 1 AS a")]);
    place.file("sql/usersBy.sql", "SELECT id AS a FROM users").file("sql/users_by.sql", "SELECT id AS a FROM users");
    place.run(&["generate", "--sql"]).fails("sql-file-name").says("usersBy.sql");
    // All mistakes at once.
    let place = project(&[("a.sql", "SELECT id, id FROM users"), ("b.sql", "SELECT 1 AS x")]);
    place.run(&["generate", "--sql"]).fails("sql-column-name").says("b.sql").says("sql-column-type");
}

#[test]
fn files_are_found_where_the_config_says() {
    let place = project(&[]);
    place.run(&["generate", "--sql"]).fails("sql-missing").says("sql").says("usersByAge.sql");
    place.file("queries/all.sql", "SELECT id FROM users").file("nicol.toml", "[typed_sql]\npath = \"queries\"\n");
    place.run(&["generate", "--sql"]).exits(0).says("Described 1 statement of queries");
    std::fs::remove_file(place.path("nicol.toml")).expect("removed");
    let config = "export default { schema: 'schema.prisma', typedSql: { path: './queries' } }";
    place.file("prisma.config.ts", config);
    let json = place.run(&["generate", "--json"]).exits(0).json();
    assert_eq!(json["sql"], serde_json::json!(["all"]));
    // Hidden files, folders and files of another kind are none.
    place.file("queries/.x.sql", "SELEC").file("queries/y.sql.bak", "SELEC").file("queries/z.sql/in.sql", "SELEC");
    place.run(&["generate", "--sql"]).exits(0);
    place.file("queries/bytes.sql", [0x53, 0xff, 0xfe]);
    place.run(&["generate", "--sql"]).fails("file-unreadable").says("queries/bytes.sql");
}

/// A build script makes the client; the command describes the files for it, and says what is wrong with them.
#[test]
fn without_a_generator_of_ours_files_are_described_all_the_same() {
    let place = project(&[("a.sql", "SELECT id FROM users")]);
    let schema = place.read("schema.prisma").replace(GENERATOR, "");
    place.file("schema.prisma", &schema);
    place.run(&["generate", "--sql"]).exits(0);
    assert!(place.read("sql/described.json").contains("\"a\": {"));
    place.file("sql/a.sql", "SELECT id, id FROM users");
    place.run(&["generate", "--sql"]).fails("sql-column-name");
}

/// The file of the guide is described, too.
#[test]
fn the_file_of_the_guide_is_described() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect(path);
    let page = read("docs/client.md");
    let schema = page.split("```prisma\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a schema");
    let place = Place::with(&[("prisma/schema.prisma", schema)]).env("DATABASE_URL", "file:./dev.db");
    place.file("prisma/sql/popularUsers.sql", read("suite/sql/guide/popularUsers.sql"));
    place.run(&["db", "push"]).exits(0);
    place.run(&["generate", "--sql"]).exits(0);
    assert_eq!(place.read("prisma/sql/described.json"), read("suite/sql/guide/described.json"));
}
