//! `migrate lint`, and its short form in `migrate dev`.

use crate::support::{Place, Server};

const SCHEMA: &str = "datasource db {\n  provider = \"postgresql\"\n}\n\nmodel User {\n  id Int @id\n}\n";
const INIT: &str =
    "CREATE TABLE \"User\" (\n    \"id\" INTEGER NOT NULL,\n\n    CONSTRAINT \"User_pkey\" PRIMARY KEY (\"id\")\n);\n";

fn place(second: &str) -> Place {
    Place::with(&[
        ("schema.prisma", SCHEMA),
        ("migrations/20260101000000_init/migration.sql", INIT),
        ("migrations/20260102000000_next/migration.sql", second),
        ("migrations/migration_lock.toml", "provider = \"postgresql\"\n"),
    ])
}

#[test]
fn without_a_database_the_newest_is_looked_at() {
    let place = place(
        "-- AlterTable\nALTER TABLE \"User\" ADD COLUMN \"a\" INTEGER;\nCREATE INDEX \"i\" ON \"User\"(\"a\");\n",
    );
    let ran = place.run(&["migrate", "lint"]).exits(1);
    let expected = "migrations/20260102000000_next/migration.sql:3:1: warning[NL201]: building an index stops writes on \
        \"User\" (index-blocks-writes)\n       | CREATE INDEX \"i\" ON \"User\"(\"a\")\n   lock: SHARE on User; writes wait for \
        the building of an index\n   help: build it concurrently, in a migration of its own\ninstead:\n         \
        -- nicol:no-transaction\n         CREATE INDEX CONCURRENTLY \"i\" ON \"User\"(\"a\");\n\n1 migration looked at: 1 warning\n";
    assert_eq!(ran.out, expected);
    assert!(ran.err.contains("without a database"), "{}", ran.err);
    let ran = place.run(&["migrate", "lint", "--offline", "--json"]).exits(1);
    assert_eq!(ran.err, "");
    let json = ran.json();
    assert_eq!(json["clean"], false);
    assert_eq!(json["counts"]["warning"], 1);
    let finding = &json["findings"][0];
    for (field, expected) in [
        ("code", "NL201"),
        ("name", "index-blocks-writes"),
        ("severity", "warning"),
        ("file", "migrations/20260102000000_next/migration.sql"),
        ("migration", "20260102000000_next"),
        ("statement", "CREATE INDEX \"i\" ON \"User\"(\"a\")"),
    ] {
        assert_eq!(finding[field], expected, "{field}");
    }
    assert_eq!((finding["line"].as_u64(), finding["column"].as_u64()), (Some(3), Some(1)));
    assert_eq!((&finding["cost"]["blocks"], &finding["cost"]["work"]), (&"writes".into(), &"index-build".into()));
    place.run(&["migrate", "lint", "--warn"]).exits(0).says("NL201");
    place.run(&["migrate", "lint", "--pedantic"]).exits(1).says("NL606");
}

#[test]
fn what_is_clean_exits_0() {
    let place = place("ALTER TABLE \"User\" ADD COLUMN \"a\" INTEGER;\n");
    assert_eq!(
        place.run(&["migrate", "lint", "--offline"]).exits(0).out,
        "1 migration looked at: nothing to remark.\n"
    );
    assert_eq!(place.run(&["migrate", "lint", "--all", "--offline", "--json"]).exits(0).json()["clean"], true);
    // Hints are shown, and change nothing.
    let second = "migrations/20260102000000_next/migration.sql";
    place.file(second, "DO $$ BEGIN PERFORM 1; END $$;\n");
    place.run(&["migrate", "lint", "--offline"]).exits(0).says("hint[NL004]").says("1 hint");
}

#[test]
fn migrations_are_named_by_name_or_path() {
    let place = place("DROP TABLE \"User\";\n");
    let path = "migrations/20260102000000_next/migration.sql";
    for name in ["20260102000000_next", "migrations/20260102000000_next", "migrations/20260102000000_next/", path] {
        place.run(&["migrate", "lint", "--offline", name]).exits(1).says("NL301");
    }
    place.run(&["migrate", "lint", "--offline", "20260101000000_init"]).exits(0);
    place.run(&["migrate", "lint", "--offline", "nothing"]).fails("P3017");
    place.run(&["migrate", "lint", "--all", "20260101000000_init"]).exits(1).says("error[usage]");
    place.file(path, "-- nicol:allow NL301 nobody uses it\nDROP TABLE \"User\";\n");
    place.run(&["migrate", "lint", "--offline"]).exits(0);
}

#[test]
fn a_project_without_what_it_takes_is_told_so() {
    Place::with(&[("schema.prisma", SCHEMA)]).run(&["migrate", "lint"]).fails("migrations-not-found");
    let place = Place::with(&[("migrations/1_a/migration.sql", "DROP TABLE a;\n")]);
    place.run(&["migrate", "lint"]).fails("datasource-missing");
    // The lock file alone says which database it is.
    place.file("migrations/migration_lock.toml", "provider = \"mysql\"\n");
    place.run(&["migrate", "lint"]).exits(1).says("NL301");
}

#[test]
fn a_database_says_what_is_pending() {
    let Some(server) = Server::of("NICOL_TEST_POSTGRES_URL") else { return };
    let place = place("CREATE INDEX \"i\" ON \"User\"(\"id\");\n").env("DATABASE_URL", server.url());
    // It does not exist yet, so nothing is known of it.
    place.run(&["migrate", "lint"]).exits(1).says("without a database");
    place.run(&["migrate", "lint", "--url", server.url()]).fails("P1003");
    let init = "migrations/20260101000000_init/migration.sql";
    let with_rows = format!("{INIT}INSERT INTO \"User\" (\"id\") SELECT generate_series(1, 5000);\n");
    place.file(init, with_rows);
    let next = "migrations/20260102000000_next/migration.sql";
    let script = place.read(next);
    std::fs::remove_dir_all(place.path("migrations/20260102000000_next")).expect("removed");
    let schema = SCHEMA.replace("postgresql\"\n", "postgresql\"\n  url = env(\"DATABASE_URL\")\n");
    place.file("schema.prisma", schema);
    place.run(&["migrate", "dev", "--create-only", "--name", "empty"]);
    place.run(&["migrate", "dev"]).exits(0);
    place.run(&["migrate", "lint"]).exits(0).says("No pending migrations to look at.");
    place.file("migrations/90000101000000_next/migration.sql", script);
    let ran = place.run(&["migrate", "lint"]).exits(1).says("NL201").says("PostgreSQL 1");
    assert!(ran.out.contains("row") && ran.out.contains("kB"), "{}", ran.out);
    assert!(!ran.err.contains("without a database"), "{}", ran.err);
}

#[test]
fn dev_tells_in_short_and_never_stops() {
    let schema = "datasource db {\n  provider = \"sqlite\"\n  url = \"file:dev.db\"\n}\n\nmodel User {\n  id Int @id\n  a String?\n}\n";
    let place = Place::with(&[("schema.prisma", schema)]);
    let first = place.run(&["migrate", "dev", "--name", "init"]).exits(0);
    assert!(!first.err.contains("NL"), "{}", first.err);
    place.file("schema.prisma", schema.replace("a String?", "a String? @unique"));
    let second = place.run(&["migrate", "dev", "--name", "unique", "--accept-data-loss"]).exits(0);
    assert!(second.err.contains("- NL403 line 8: ") && second.err.contains("nicol migrate lint 2"), "{}", second.err);
    place.file("schema.prisma", schema.replace("a String?", "b Int?"));
    let third = place.run(&["migrate", "dev", "--name", "drop", "--accept-data-loss", "--json"]).exits(0).json();
    let codes: Vec<&str> =
        third["lint"].as_array().expect("a list").iter().filter_map(|it| it["code"].as_str()).collect();
    assert!(codes.contains(&"NL302"), "{third}");
}
