//! `db push`, `db execute`, `db seed`, `migrate reset`: on SQLite always, on servers whose URL is in the environment.

use crate::support::{Base, Place};

const ONE: &str =
    "model User {\n  id    Int     @id @default(autoincrement())\n  email String  @unique\n  name  String?\n}\n";

fn insert(base: &Base, place: &Place) {
    let user = base.quote("User");
    base.sql(place, &format!("INSERT INTO {user} (email, name) VALUES ('a@b.c', 'Ann'), ('d@e.f', NULL)"));
}

fn users(base: &Base, place: &Place) -> Vec<String> {
    base.rows(place, &format!("SELECT count(*) FROM {}", base.quote("User")))
}

#[test]
fn push_makes_the_database_what_the_schema_says() {
    for base in Base::all() {
        let place = base.place(ONE);
        let first = place.run(&["db", "push", "--json"]).exits(0).json();
        assert_eq!((first["changed"].as_bool(), first["database_created"].as_bool()), (Some(true), Some(true)));
        place.run(&["db", "push", "--skip-generate"]).exits(0).says("already in sync").says("--skip-generate");
        assert_eq!(place.run(&["db", "push", "--json"]).exits(0).json()["changed"], false);
        place
            .run(&["migrate", "diff", "--from-config-datasource", "--to-schema", "schema.prisma", "--exit-code"])
            .exits(0);

        // Nothing is lost as long as there are no rows.
        place.file("schema.prisma", base.schema(&ONE.replace("  name  String?\n", "")));
        place.run(&["db", "push", "--refuse-data-loss"]).exits(0);
        place.file("schema.prisma", base.schema(ONE));
        place.run(&["db", "push"]).exits(0);
        insert(&base, &place);

        place.file("schema.prisma", base.schema(&ONE.replace("  name  String?\n", "")));
        let refused = place.run(&["db", "push"]).exits(130).says("error[data-loss]").says("--accept-data-loss");
        assert!(refused.err.contains("1 row concerned"), "{}", refused.err);
        place.run(&["db", "push", "--refuse-data-loss"]).fails("data-loss");
        assert_eq!(base.rows(&place, &format!("SELECT name FROM {} ORDER BY id", base.quote("User"))), ["Ann", "-"]);
        let done = place.run(&["db", "push", "--accept-data-loss", "--json"]).exits(0).json();
        assert_eq!(done["risks"][0]["rows"], 1);
        assert_eq!(users(&base, &place), ["2"]);

        place.file("schema.prisma", base.schema(&ONE.replace("String?", "String")));
        place.run(&["db", "push", "--accept-data-loss"]).fails("change-cannot-run").says("--force-reset");
        assert_eq!(users(&base, &place), ["2"]);
        place.run(&["db", "push", "--force-reset"]).exits(0).says("Dropped everything");
        assert_eq!(users(&base, &place), ["0"]);
        place.run(&["db", "push", "--refuse-data-loss", "--force-reset"]).exits(1).says("error[usage]");
    }
}

#[test]
fn a_push_that_fails_leaves_nothing_where_the_database_can_take_it_back() {
    for base in Base::all().into_iter().filter(|base| base.provider != "sqlite") {
        let models = "model User {\n  id Int @id\n  kind Int\n  name String @db.VarChar(20)\n\n  @@index([kind])\n}\n";
        let place = base.place(models);
        place.run(&["db", "push"]).exits(0);
        base.sql(&place, &format!("INSERT INTO {} VALUES (1, 1, 'too long')", base.quote("User")));
        // A first step that runs, and one that a value forbids.
        let less = models.replace("VarChar(20)", "VarChar(2)").replace("\n  @@index([kind])\n", "");
        place.file("schema.prisma", base.schema(&less));
        place.run(&["db", "push", "--accept-data-loss"]).fails("script-failed");
        let left = place.run(&["migrate", "diff", "--from-config-datasource", "--to-schema", "schema.prisma"]).exits(0);
        assert_eq!(left.out.contains("Removed index"), base.provider == "postgresql", "{}", left.out);
    }
}

#[test]
fn push_adds_an_enum_value_and_uses_it_at_once() {
    for base in Base::all().into_iter().filter(|base| base.provider == "postgresql") {
        let models = "enum Role {\n  A\n}\n\nmodel User {\n  id   Int  @id\n  role Role @default(A)\n}\n";
        let place = base.place(models);
        place.run(&["db", "push"]).exits(0);
        let more = models.replace("  A\n", "  A\n  B\n").replace("@default(A)", "@default(B)");
        place.file("schema.prisma", base.schema(&more));
        place.run(&["db", "push"]).exits(0);
        place.run(&["db", "push"]).exits(0).says("already in sync");
    }
}

#[test]
fn scripts_are_executed_from_a_file_and_leave_no_record() {
    for base in Base::all() {
        let place = base.place(ONE);
        place.run(&["db", "push"]).exits(0);
        let user = base.quote("User");
        place.file("fix.sql", format!("-- two\nINSERT INTO {user} (email) VALUES ('a;b');\nSELECT 1;\n"));
        let ran = place.run(&["db", "execute", "--file", "fix.sql"]).exits(0);
        assert_eq!(ran.out, "Script executed successfully.\n");
        assert_eq!(
            place.run(&["db", "execute", "--file", "fix.sql", "--json"]).exits(1).json()["error"]["code"],
            "script-failed"
        );
        place.file("again.sql", format!("DELETE FROM {user};\n\nINSERT INTO {user} (nope) VALUES (1);\n"));
        let failed = place.run(&["db", "execute", "--file", "again.sql"]).fails("script-failed");
        let is_atomic = base.provider != "mysql";
        assert_eq!(users(&base, &place), [if is_atomic { "1" } else { "0" }]);
        assert!(
            failed.err.contains(if is_atomic { "Nothing of it was applied" } else { "stays applied" }),
            "{}",
            failed.err
        );
        assert!(base.provider == "sqlite" || failed.err.contains("line 3"), "{}", failed.err);
        place.run(&["db", "execute", "--file", "none.sql"]).fails("file-not-found");
        place.run(&["db", "execute"]).exits(1).says("error[usage]");
        place.run(&["db", "execute", "--file", "a", "--stdin"]).exits(1).says("error[usage]");
        // A project without a schema: the URL is enough.
        let bare = Place::with(&[("x.sql", "SELECT 1;")]);
        let url = if base.provider == "sqlite" {
            format!("file:{}", place.path("dev.db").display())
        } else {
            base.url.clone()
        };
        bare.run(&["db", "execute", "--file", "x.sql", "--url", &url]).exits(0);
    }
}

#[test]
fn scripts_are_executed_from_standard_input() {
    let place = Place::new();
    place.file("dev.db", "");
    let script = "CREATE TABLE t (a); INSERT INTO t VALUES (1);";
    place.run_with_input(&["db", "execute", "--stdin", "--url", "file:dev.db"], script).exits(0);
    place.run_with_input(&["db", "execute", "--stdin", "--url", "file:none.db"], script).fails("P1003");
    assert!(!place.path("none.db").exists());
}

#[cfg(unix)]
#[test]
fn the_seed_command_gets_words_variables_and_folder() {
    let script = "#!/bin/sh\npwd\necho \"url $DATABASE_URL\"\necho \"db $DB\"\necho \"more $MORE\"\nfor word in \"$@\"; do echo \"<$word>\"; done\n\
                  echo problem >&2\nexit ${CODE:-0}\n";
    let place = Place::with(&[
        ("nicol.toml", "[migrations]\nseed = \"sh ./seed.sh 'a b' $HOME;\"\n"),
        ("schema.prisma", "datasource db {\n  provider = \"sqlite\"\n  url = env(\"DB\")\n}\n"),
        (".env", "DB=file:./dev.db\nMORE=yes\n"),
        ("seed.sh", script),
    ])
    .env("PATH", "/usr/bin:/bin");
    let ran = place.run(&["db", "seed", "--", "--environment", "dev"]).exits(0);
    let database = place.path("dev.db").display().to_string();
    let expected = format!(
        "Running the seed command: sh ./seed.sh 'a b' $HOME; --environment dev\n{}\nurl file:{database}\ndb file:{database}\nmore yes\n\
         <a b>\n<$HOME;>\n<--environment>\n<dev>\nThe seed command has been executed.\n",
        place.root().display()
    );
    assert_eq!(ran.out, expected);
    assert!(ran.err.contains("problem\n"), "{}", ran.err);
    let json = place.run(&["db", "seed", "--json"]).exits(0);
    assert_eq!(json.json()["seeded"], true);
    assert!(json.err.contains("url file:"), "{}", json.err);
    place.file(".env", "CODE=7\n");
    let failed = place.run(&["db", "seed"]).exits(1).says("error[seed-failed]").says("exit code is 7");
    assert!(failed.out.contains("url "), "{}", failed.out);
    place.file("nicol.toml", "[migrations]\nseed = \"A=1 none-such\"\n");
    place.run(&["db", "seed"]).exits(1).says("`A=1`").says("env NAME=value");
    place.file("nicol.toml", "[migrations]\nseed = \"true postgres://u:s3cr3t@h/d\"\n");
    let ran = place.run(&["db", "seed"]).exits(0);
    assert!(!ran.out.contains("s3cr3t") && ran.out.contains("u:***@h"), "{}", ran.out);
    place.file("nicol.toml", "[migrations]\nseed = \"sh 'x\"\n");
    place.run(&["db", "seed"]).fails("seed-invalid");
    place.run(&["db", "seed", "--nope"]).exits(1).says("error[usage]");
    place.file("nicol.toml", "");
    place.run(&["db", "seed"]).exits(0).says("no seed command is configured");
}

#[cfg(unix)]
#[test]
fn reset_drops_everything_applies_everything_and_seeds() {
    for base in Base::all() {
        let place = base.place(ONE).env("PATH", "/usr/bin:/bin");
        place.file("nicol.toml", "[migrations]\nseed = \"touch seeded\"\n");
        place.run(&["migrate", "dev", "--name", "init"]).exits(0);
        insert(&base, &place);
        base.sql(&place, "CREATE TABLE mine (id INTEGER); CREATE VIEW seen AS SELECT id FROM mine;");
        let refused = place.run(&["migrate", "reset"]).exits(130).says("error[consent-missing]").says("--force");
        assert!(refused.err.contains(base.name()), "{}", refused.err);
        assert_eq!(users(&base, &place), ["2"]);
        assert!(!place.path("seeded").exists());
        let done = place.run(&["migrate", "reset", "--force", "--skip-seed", "--json"]).exits(0).json();
        assert_eq!((done["applied"].as_array().map(Vec::len), done["seeded"].as_bool()), (Some(1), Some(false)));
        assert_eq!(users(&base, &place), ["0"]);
        place.run(&["migrate", "status"]).exits(0);
        place.run(&["migrate", "reset", "-f", "--skip-generate"]).exits(0).says("1 migration applied");
        assert!(place.path("seeded").exists());
    }
}

#[test]
fn reset_knows_what_a_schema_language_does_not() {
    for base in Base::all() {
        let place = base.place(ONE);
        place.run(&["migrate", "dev", "--name", "init"]).exits(0);
        let script = match base.provider {
            "postgresql" => {
                "CREATE EXTENSION citext; CREATE DOMAIN d AS text; CREATE TYPE e AS ENUM ('a'); CREATE TYPE c AS (a int, b e);
                 CREATE SEQUENCE s; CREATE TABLE p (id int, e e, d d, ci citext) PARTITION BY RANGE (id);
                 CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9); CREATE INDEX ON p (id);
                 CREATE MATERIALIZED VIEW m AS SELECT * FROM p; CREATE VIEW \"odd \"\" name\" AS SELECT * FROM m;
                 CREATE FUNCTION f(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1';
                 CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                 CREATE TRIGGER t BEFORE INSERT ON p1 FOR EACH ROW EXECUTE FUNCTION t();
                 CREATE PROCEDURE pr() LANGUAGE sql AS 'SELECT 1';
                 CREATE AGGREGATE ag(int) (SFUNC = int4pl, STYPE = int);
                 CREATE OPERATOR @@+ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl);
                 CREATE COLLATION co (LOCALE = 'C'); CREATE STATISTICS st ON id, d FROM p1;
                 CREATE TEXT SEARCH CONFIGURATION ts (COPY = pg_catalog.simple);
                 GRANT CREATE ON SCHEMA public TO PUBLIC;"
            }
            "mysql" => {
                "CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE b (a INT, FOREIGN KEY (a) REFERENCES a (id));
                 CREATE VIEW v AS SELECT * FROM b; CREATE TRIGGER tr BEFORE INSERT ON b FOR EACH ROW SET NEW.a = 1;
                 CREATE PROCEDURE pr() SELECT 1; CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1;
                 CREATE EVENT ev ON SCHEDULE EVERY 1 YEAR DO SELECT 1; CREATE TABLE `odd `` name` (id INT);"
            }
            _ => {
                "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TABLE b (a REFERENCES a (id));
                 INSERT INTO a DEFAULT VALUES; INSERT INTO b VALUES (1); CREATE VIEW v AS SELECT * FROM b;
                 CREATE TRIGGER tr AFTER INSERT ON b BEGIN SELECT 1; END; CREATE TABLE \"odd \"\" name\" (id);
                 CREATE VIRTUAL TABLE words USING fts5(text);"
            }
        };
        base.sql(&place, script);
        place.run(&["migrate", "reset", "--force"]).exits(0);
        let left = match base.provider {
            "postgresql" => {
                "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'S', 'c')
                 UNION ALL SELECT proname::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
                 UNION ALL SELECT typname::text FROM pg_type t WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd') AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
                 UNION ALL SELECT collname::text FROM pg_collation WHERE collnamespace = 'public'::regnamespace
                 UNION ALL SELECT cfgname::text FROM pg_ts_config WHERE cfgnamespace = 'public'::regnamespace
                 UNION ALL SELECT 'grant' FROM pg_namespace WHERE nspname = 'public' AND has_schema_privilege('pg_monitor', oid, 'CREATE')
                 UNION ALL SELECT extname::text FROM pg_extension WHERE extname = 'citext' ORDER BY 1"
            }
            "mysql" => {
                "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()
                 UNION ALL SELECT routine_name FROM information_schema.routines WHERE routine_schema = DATABASE()
                 UNION ALL SELECT event_name FROM information_schema.events WHERE event_schema = DATABASE()
                 UNION ALL SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = DATABASE() ORDER BY 1"
            }
            _ => "SELECT name FROM sqlite_master WHERE type <> 'index' AND name NOT LIKE 'sqlite%' ORDER BY 1",
        };
        let mut expected = match base.provider {
            "postgresql" => vec!["User", "User_id_seq", "_prisma_migrations", "citext", "grant"],
            "mysql" => vec!["User", "_prisma_migrations", "utf8mb4_unicode_ci"],
            _ => vec!["User", "_prisma_migrations"],
        };
        let mut found = base.rows(&place, left);
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected, "{}", base.provider);
    }
}

#[test]
fn reset_empties_every_schema_that_is_listed() {
    for base in Base::all().into_iter().filter(|base| base.provider == "postgresql") {
        let text = "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n  schemas = [\"one\", \"two\"]\n}\n\n\
                    model A {\n  id Int @id\n  @@schema(\"one\")\n}\n\nmodel B {\n  id Int @id\n  @@schema(\"two\")\n}\n";
        let place = Place::with(&[("schema.prisma", text)]).env("DATABASE_URL", &base.url);
        place.run(&["migrate", "dev", "--name", "init"]).exits(0);
        base.sql(&place, "INSERT INTO one.\"A\" VALUES (1); CREATE TABLE two.mine (id int); CREATE SCHEMA three; CREATE TABLE three.kept (id int);");
        place.run(&["migrate", "reset", "--force"]).exits(0);
        let tables = "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('one', 'two', 'three') ORDER BY 1";
        assert_eq!(base.rows(&place, tables), ["one.A", "three.kept", "two.B"]);
        assert_eq!(base.rows(&place, "SELECT count(*) FROM one.\"A\""), ["0"]);
        place.run(&["db", "push"]).exits(0).says("already in sync");
    }
}
