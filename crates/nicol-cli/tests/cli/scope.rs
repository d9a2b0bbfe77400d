//! What is left alone, what is protected, and databases that were there before their history.

use crate::support::{Base, Place};

const USER: &str = "model User {\n  id Int @id\n}\n\n";
const MORE: &str = "model User {\n  id   Int  @id\n  nick Int?\n}\n\n";
const MOST: &str = "model User {\n  id   Int  @id\n  nick Int?\n  age  Int?\n}\n\n";
const LEGACY: &str = "model Legacy {\n  id Int  @id\n  v  Int?\n}\n\n";

/// Tables that nobody here has made, with a row; not as the schema has them.
fn foreign_tables(base: &Base, place: &Place) {
    let [legacy, old] = ["Legacy", "old_log"].map(|name| base.quote(name));
    let mut script = format!(
        "CREATE TABLE {legacy} (id INTEGER NOT NULL PRIMARY KEY, w INTEGER);\nCREATE TABLE {old} (id INTEGER NOT NULL \
         PRIMARY KEY);\nINSERT INTO {legacy} (id) VALUES (7);\n"
    );
    if base.provider == "postgresql" {
        script.push_str("CREATE TYPE \"Mood\" AS ENUM ('x');\n");
    }
    base.sql(place, &script);
}

fn one_legacy_row(base: &Base, place: &Place) {
    let text = if base.provider == "postgresql" { "id::text" } else { "CAST(id AS CHAR)" };
    let rows = base.rows(place, &format!("SELECT {text} FROM {}", base.quote("Legacy")));
    assert_eq!(rows.len(), 1, "{}: {rows:?}", base.url);
}

const EXTERNAL: &str = "[tables]\nexternal = [\"Legacy\", \"old_*\"]\n\n[enums]\nexternal = [\"Mood\"]\n";

#[test]
fn external_things_are_left_alone() {
    for base in Base::all() {
        let place = base.place(USER);
        place.run(&["migrate", "dev", "--name", "init"]).exits(0);
        foreign_tables(&base, &place);
        place.run(&["migrate", "status", "--exit-code"]).exits(10).says("Legacy").says("old_log");

        place.file("nicol.toml", EXTERNAL);
        place.run(&["migrate", "status", "--exit-code"]).exits(0);
        place.file("schema.prisma", base.schema(&format!("{MORE}{LEGACY}")));
        let made = place.run(&["migrate", "dev", "--name", "more", "--json"]).exits(0).json();
        let script = made["script"].as_str().expect("a script");
        assert!(script.contains("nick") && !script.contains("Legacy") && !script.contains("old_log"), "{script}");
        assert!(made["drift"].is_null(), "{made}");
        place.run(&["db", "push"]).exits(0).says("already in sync");
        let script =
            place.run(&["migrate", "diff", "--from-empty", "--to-schema", "schema.prisma", "--script"]).exits(0);
        assert!(script.out.contains("nick") && !script.out.contains("Legacy"), "{}", script.out);
        place.run(&["db", "pull", "--print"]).exits(0).says("model Legacy");

        place.run(&["migrate", "reset", "--force"]).exits(0).says("2 migrations applied");
        one_legacy_row(&base, &place);
        place.run(&["db", "push", "--force-reset"]).exits(0);
        one_legacy_row(&base, &place);

        // A database that holds nothing else is as good as empty.
        base.sql(&place, &format!("DROP TABLE {}", base.quote("User")));
        place.run(&["migrate", "deploy"]).exits(0).says("2 migrations applied");
        one_legacy_row(&base, &place);
        place.file("nicol.toml", "");
        place.run(&["migrate", "status", "--exit-code"]).exits(10);
    }
}

#[test]
fn a_reset_stops_at_what_an_external_table_needs() {
    for base in Base::all() {
        let place = base.place(USER);
        place.run(&["migrate", "dev", "--name", "init"]).exits(0);
        let [legacy, user] = ["Legacy", "User"].map(|name| base.quote(name));
        base.sql(&place, &format!(
            "INSERT INTO {user} (id) VALUES (1);\nCREATE TABLE {legacy} (id INTEGER NOT NULL PRIMARY KEY, u INTEGER, \
             CONSTRAINT k FOREIGN KEY (u) REFERENCES {user} (id) ON DELETE CASCADE);\nINSERT INTO {legacy} (id, u) VALUES (7, 1);"
        ));
        place.file("nicol.toml", EXTERNAL);
        place.run(&["migrate", "reset", "--force"]).fails("P3016").says("by hand");
        one_legacy_row(&base, &place);
    }
}

#[test]
fn a_prisma_config_names_them_too() {
    let base = &Base::all()[0];
    let place = base.place(USER);
    place.run(&["migrate", "dev", "--name", "init"]).exits(0);
    foreign_tables(base, &place);
    let config = |list: &str| {
        format!("const names = [\"Legacy\", 'old_log'];\nexport default {{ tables: {{ external: {list} }} }};\n")
    };
    place.file("prisma.config.ts", config("names"));
    place.run(&["migrate", "status", "--exit-code"]).exits(0);
    // What cannot be known is not taken for nothing: a reset would drop it.
    for list in ["load()", "[\"Legacy\", ...more]", "\"Legacy\""] {
        place.file("prisma.config.ts", config(list));
        place.run(&["migrate", "reset", "--force"]).fails("config-value-unknown").says("tables.external");
    }
    one_legacy_row(base, &place);
}

#[test]
fn a_shadow_database_is_prepared() {
    for base in Base::all() {
        let place = base.place(USER);
        place.run(&["migrate", "dev", "--name", "init"]).exits(0);
        foreign_tables(&base, &place);
        let legacy = base.quote("Legacy");
        let script = format!("UPDATE {legacy} SET w = 1;\n");
        place.file("migrations/29990101000000_by_hand/migration.sql", &script);
        place.file("nicol.toml", EXTERNAL);
        place.run(&["migrate", "deploy"]).exits(0);
        place.file("schema.prisma", base.schema(MORE));
        place.run(&["migrate", "dev", "--create-only", "--name", "x"]).fails("P3006");
        let create = format!("CREATE TABLE {legacy} (id INTEGER NOT NULL PRIMARY KEY, w INTEGER);");
        place.file("nicol.toml", format!("[migrations]\ninit_shadow_db = '{create}'\n\n{EXTERNAL}"));
        place.run(&["migrate", "dev", "--create-only", "--name", "x"]).exits(0);
        place.file("nicol.toml", format!("[migrations]\ninit_shadow_db = 'CREATE NOTHING'\n\n{EXTERNAL}"));
        place.run(&["migrate", "dev", "--shadow", "--create-only", "--name", "y"]).fails("shadow-database");
    }
}

#[test]
fn nothing_is_lost_on_protected_databases() {
    for base in Base::all() {
        let place = base.place(MORE);
        place.run(&["migrate", "dev", "--name", "init"]).exits(0);
        base.sql(&place, &format!("INSERT INTO {} (id, nick) VALUES (1, 2)", base.quote("User")));
        let pattern = if base.provider == "sqlite" { "dev.db".to_owned() } else { format!("*/{}", base.name()) };
        let protect = |pattern: &str| format!("[datasource]\nprotected = [\"elsewhere/*\", \"{pattern}\"]\n");
        place.file("nicol.toml", protect(&pattern));
        place.file("schema.prisma", base.schema(USER));
        for command in [
            &["migrate", "reset", "--force"][..],
            &["migrate", "down", "--accept-data-loss"],
            &["migrate", "dev", "--name", "less", "--accept-data-loss"],
            &["db", "push", "--accept-data-loss"],
            &["db", "push", "--force-reset"],
        ] {
            place.run(command).fails("database-protected").says("nicol.toml").says(&pattern);
        }
        let rows = base.rows(&place, &format!("SELECT 'x' FROM {} WHERE nick = 2", base.quote("User")));
        assert_eq!(rows.len(), 1);
        // What loses nothing goes on.
        place.file("schema.prisma", base.schema(MOST));
        place.run(&["migrate", "dev", "--name", "more"]).exits(0);
        place.file("nicol.toml", protect("elsewhere"));
        place.run(&["migrate", "reset", "--force"]).exits(0);
    }
}

#[test]
fn a_database_without_history_finds_its_place_in_it() {
    for base in Base::all() {
        let place = base.place(USER);
        for (name, models) in [("init", USER), ("more", MORE), ("most", MOST)] {
            place.file("schema.prisma", base.schema(models));
            place.run(&["migrate", "dev", "--name", name]).exits(0);
        }
        let forget = || base.sql(&place, "DROP TABLE _prisma_migrations");
        forget();
        place.run(&["migrate", "deploy"]).fails("P3005").says("--baseline");
        place.run(&["migrate", "deploy", "--baseline"]).exits(0).says("recorded as applied").says("No pending");
        place.run(&["migrate", "status"]).exits(0);

        // Behind by one: the rest is applied. The same by a replay.
        for has_snapshots in [true, false] {
            if !has_snapshots {
                for file in place.files().iter().filter(|file| file.ends_with("/schema.prisma")) {
                    std::fs::remove_file(place.path(file)).expect("it goes");
                }
            }
            place.run(&["migrate", "down"]).exits(0);
            forget();
            let ran = place.run(&["migrate", "deploy", "--baseline", "--json"]).exits(0).json();
            assert_eq!(ran["baseline"].as_array().map(Vec::len), Some(2), "{ran}");
            assert_eq!(ran["applied"].as_array().map(Vec::len), Some(1), "{ran}");
            place.run(&["migrate", "status"]).exits(0);
        }

        // Two that lead to the same place cannot be told from each other.
        let script = format!("UPDATE {} SET age = 1;\n", base.quote("User"));
        place.file("migrations/29990101000000_rows/migration.sql", script);
        forget();
        place.run(&["migrate", "deploy", "--baseline"]).fails("baseline-ambiguous").says("29990101000000_rows");
        let names: Vec<String> = place
            .files()
            .iter()
            .filter_map(|file| file.strip_prefix("migrations/")?.strip_suffix("/migration.sql").map(str::to_owned))
            .collect();
        place.run(&["migrate", "deploy", "--baseline", &names[0]]).fails("P3005").says(&names[0]);
        place.run(&["migrate", "deploy", "--baseline", "1999_no"]).fails("P3017");
        place.run(&["migrate", "deploy", "--baseline", &names[2]]).exits(0).says("1 migration applied");

        // Something else altogether.
        forget();
        base.sql(&place, "CREATE TABLE other (id INTEGER NOT NULL PRIMARY KEY)");
        place.run(&["migrate", "deploy", "--baseline"]).fails("P3005").says("other");
        place.run(&["migrate", "status", "--exit-code"]).exits(5);
    }
}
