//! Taking turns with the reference engine on one folder and one database: rows, checksums, folder names and the lock file are
//! understood both ways.
//!
//! The engine is found beside the repository (`../shared/oracle` with its packages installed), or where `NICOL_TEST_ORACLE` says.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{Base, Place};

/// The reference engine, when it is at hand.
struct Engine {
    script: PathBuf,
}

impl Engine {
    fn find() -> Option<Engine> {
        let given = std::env::var_os("NICOL_TEST_ORACLE").map(PathBuf::from);
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/oracle/oracle.mjs");
        let script = given.unwrap_or(beside);
        let has_packages = script.parent().is_some_and(|folder| folder.join("node_modules").is_dir());
        let has_node = Command::new("node").arg("--version").output().is_ok_and(|answer| answer.status.success());
        if !has_packages || !has_node {
            println!("skipped: no reference engine (../shared/oracle with its packages, and node)");
            return None;
        }
        Some(Engine { script })
    }

    /// What the engine answers; its error as text.
    fn ask(&self, operation: &str, place: &Place, base: &Base) -> Result<Value, String> {
        let text = self.text(operation, place, base)?;
        serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))
    }

    /// The same for answers that are no JSON.
    fn text(&self, operation: &str, place: &Place, base: &Base) -> Result<String, String> {
        let mut node = Command::new("node");
        node.arg(&self.script).args([operation, "schema.prisma", &url(place, base), "migrations"]);
        node.env("ORACLE_PG_URL", std::env::var("NICOL_TEST_POSTGRES_URL").unwrap_or_default());
        Engine::run(node, place)
    }

    /// `migrate resolve` (`applied` or `rolled-back`, and the migration), or the database's part of `migrate reset`.
    fn tell(&self, told: &[&str], place: &Place, base: &Base) -> Result<(), String> {
        let mut node = Command::new("node");
        node.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/engine.mjs"));
        node.arg(self.script.parent().expect("its folder"));
        node.args([told[0], "schema.prisma", &url(place, base), "migrations"]).args(&told[1..]);
        Engine::run(node, place).map(|_| ())
    }

    fn run(mut node: Command, place: &Place) -> Result<String, String> {
        let answer = node.current_dir(place.root()).output().expect("node runs");
        let text = String::from_utf8_lossy(&answer.stdout).into_owned();
        if !answer.status.success() {
            return Err(format!("{text}{}", String::from_utf8_lossy(&answer.stderr)));
        }
        Ok(text)
    }

    /// Names of the migrations that the engine applied now.
    fn deploy(&self, place: &Place, base: &Base) -> Vec<String> {
        let answer = self.ask("deploy", place, base).unwrap_or_else(|error| panic!("{error}"));
        let names = answer["appliedMigrationNames"].as_array().unwrap_or_else(|| panic!("{answer}"));
        names.iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
    }
}

/// The database as the engine's drivers want it.
fn url(place: &Place, base: &Base) -> String {
    match base.provider {
        "sqlite" => format!("file:{}", place.path("dev.db").display()),
        _ => base.url.clone(),
    }
}

const ONE: &str = "model User {\n  id   Int     @id\n  name String?\n}\n";
const TWO: &str = "model User {\n  id   Int     @id\n  name String?\n  nick String?\n}\n";
const THREE: &str =
    "model User {\n  id   Int     @id\n  name String?\n  nick String?\n}\n\nmodel Post {\n  id Int @id\n}\n";

/// A schema that both read: URLs belong elsewhere today.
fn schema(base: &Base, models: &str) -> String {
    base.schema(models).replace("  url      = env(\"DATABASE_URL\")\n", "")
}

fn folders(place: &Place) -> Vec<String> {
    let files = place.files();
    let names = files.iter().filter_map(|file| file.strip_prefix("migrations/")?.strip_suffix("/migration.sql"));
    names.map(str::to_owned).collect()
}

#[test]
fn both_tools_take_turns() {
    let Some(engine) = Engine::find() else { return };
    for base in Base::all().into_iter().filter(|base| base.provider != "mysql") {
        let place = base.place(ONE);
        place.file("schema.prisma", schema(&base, ONE));
        place.run(&["migrate", "dev", "--name", "Add users"]).exits(0);
        assert!(engine.deploy(&place, &base).is_empty(), "nicol's row is understood");

        // Written by nicol, applied by the engine.
        place.file("schema.prisma", schema(&base, TWO));
        place.run(&["migrate", "dev", "--name", "two", "--create-only"]).exits(0);
        let names = folders(&place);
        assert!(
            names[0].ends_with("_add_users") && names[0][..14].bytes().all(|byte| byte.is_ascii_digit()),
            "{names:?}"
        );
        assert_eq!(engine.deploy(&place, &base), [names[1].clone()]);
        let status = place.run(&["migrate", "status", "--json"]).exits(0).json();
        assert_eq!((status["edited"].as_array().map(Vec::len), status["drift"].is_null()), (Some(0), true));
        place.run(&["migrate", "deploy"]).exits(0).says("No pending");

        // On top of it by nicol.
        place.file("schema.prisma", schema(&base, THREE));
        place.run(&["migrate", "dev", "--name", "three"]).exits(0);
        assert!(engine.deploy(&place, &base).is_empty());
        if base.provider == "sqlite" {
            let seen = engine.ask("diagnose", &place, &base).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(seen["editedMigrationNames"], Value::Array(Vec::new()), "{seen}");
            assert_eq!(seen["failedMigrationNames"], Value::Array(Vec::new()), "{seen}");
            assert!(seen["history"].is_null() && seen["hasMigrationsTable"] == true, "{seen}");
        }
        let lock = "# Please do not edit this file manually\n# It should be added in your version-control system (e.g., Git)\n";
        assert_eq!(place.read("migrations/migration_lock.toml"), format!("{lock}provider = \"{}\"\n", base.provider));

        // Taken back by nicol, applied again by the engine.
        place.run(&["migrate", "down", "2"]).exits(0);
        let names = folders(&place);
        assert_eq!(engine.deploy(&place, &base), names[1..]);
        place.run(&["migrate", "status"]).exits(0);

        // A history that the engine began: the same checksums, the same columns.
        let rows = "SELECT migration_name, checksum, applied_steps_count FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY 1";
        let text = if base.provider == "sqlite" { "" } else { "::text" };
        let rows = rows.replace("applied_steps_count", &format!("applied_steps_count{text}"));
        let of_both = base.rows(&place, &rows.replace("applied_steps_count", "1"));
        place.run(&["migrate", "reset", "--force"]).exits(0);
        assert_eq!(base.rows(&place, &rows.replace("applied_steps_count", "1")), of_both);
        let of_nicol = base.rows(&place, &rows);
        match base.provider {
            "sqlite" => std::fs::remove_file(place.path("dev.db")).expect("it goes"),
            _ => base.sql(&place, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"),
        }
        assert_eq!(engine.deploy(&place, &base), names);
        assert_eq!(base.rows(&place, &rows), of_nicol);
        place.run(&["migrate", "status"]).exits(0);
        place.run(&["migrate", "dev"]).exits(0).says("Already in sync");
    }
}

#[test]
fn a_failure_of_one_is_resolved_by_the_other() {
    let Some(engine) = Engine::find() else { return };
    for base in Base::all().into_iter().filter(|base| base.provider != "mysql") {
        let place = base.place(ONE);
        place.file("schema.prisma", schema(&base, ONE));
        place.run(&["migrate", "dev", "--name", "one"]).exits(0);
        let name = "29990101000000_broken";
        let script = format!("migrations/{name}/migration.sql");
        place.file(&script, "SELECT nothing FROM nowhere;\n");
        let refused = engine.ask("deploy", &place, &base);
        assert!(refused.is_err(), "{refused:?}");
        place.run(&["migrate", "status", "--exit-code"]).exits(4);
        place.run(&["migrate", "deploy"]).fails("P3009").says(name);
        place.run(&["migrate", "resolve", "--rolled-back", name]).exits(0);
        place.file(&script, "SELECT 1;\n");
        assert_eq!(engine.deploy(&place, &base), [name]);
        place.run(&["migrate", "status"]).exits(0);

        // Said by nicol to be applied: the engine does not run it.
        let told = "29990101000001_told";
        place.file(&format!("migrations/{told}/migration.sql"), "SELECT nothing FROM nowhere;\n");
        place.run(&["migrate", "resolve", "--applied", told]).exits(0);
        assert!(engine.deploy(&place, &base).is_empty());
    }
}

#[test]
fn a_failure_of_nicol_is_resolved_by_the_engine() {
    let Some(engine) = Engine::find() else { return };
    for base in Base::all().into_iter().filter(|base| base.provider != "mysql") {
        let place = base.place(ONE);
        let tell = |told: &[&str]| engine.tell(told, &place, &base);
        place.file("schema.prisma", schema(&base, ONE));
        place.run(&["migrate", "dev", "--name", "one"]).exits(0);

        // A failure that nicol leaves behind: only a script without a transaction does.
        let name = "29990101000000_broken";
        let script = format!("migrations/{name}/migration.sql");
        place.file(&script, "-- nicol:no-transaction\nSELECT 1;\nSELECT nothing FROM nowhere;\n");
        place.run(&["migrate", "deploy"]).fails("P3018");
        let refused = engine.ask("deploy", &place, &base).expect_err("it has failed");
        assert!(refused.contains("P3009") || refused.contains(name), "{refused}");
        tell(&["rolled-back", name]).expect("it has failed");
        place.run(&["migrate", "resolve", "--rolled-back", name]).fails("P3012");
        place.file(&script, "SELECT 1;\n");
        place.run(&["migrate", "deploy"]).exits(0).says("1 migration applied");
        place.run(&["migrate", "status"]).exits(0);
        let refused = tell(&["applied", name]).expect_err("it is applied");
        assert!(refused.contains(name), "{refused}");

        // The failure ends with the engine saying that all of it is in.
        let name = "29990101000001_by_hand";
        let script = format!("migrations/{name}/migration.sql");
        place.file(&script, "-- nicol:no-transaction\nSELECT 1;\nSELECT nothing FROM nowhere;\n");
        place.run(&["migrate", "deploy"]).fails("P3018");
        tell(&["applied", name]).expect("it has failed");
        place.run(&["migrate", "deploy"]).exits(0).says("No pending");
        place.run(&["migrate", "resolve", "--applied", name]).fails("P3008");

        // Never run at all, and said to be applied.
        let name = "29990101000002_told";
        place.file(&format!("migrations/{name}/migration.sql"), "SELECT nothing FROM nowhere;\n");
        tell(&["applied", name]).expect("it is in the folder");
        place.run(&["migrate", "status", "--exit-code"]).exits(0);
        place.run(&["migrate", "deploy"]).exits(0).says("No pending");
        assert!(tell(&["applied", "29990101000003_nowhere"]).is_err());
    }
}

#[test]
fn a_database_is_begun_anew_by_the_other() {
    let Some(engine) = Engine::find() else { return };
    // The engine's build for these tests empties databases of PostgreSQL only; on SQLite it does nothing.
    for base in Base::all().into_iter().filter(|base| base.provider == "postgresql") {
        let place = base.place(ONE);
        place.file("schema.prisma", schema(&base, ONE));
        place.run(&["migrate", "dev", "--name", "one"]).exits(0);
        place.file("schema.prisma", schema(&base, THREE));
        place.run(&["migrate", "dev", "--name", "three"]).exits(0);
        let names = folders(&place);

        // Emptied by the engine: for nicol a new database, though the file, or the schema, is there.
        engine.tell(&["reset"], &place, &base).unwrap_or_else(|error| panic!("{}: {error}", base.provider));
        let status = place.run(&["migrate", "status", "--json"]).exits(1).json();
        assert_eq!(status["pending"].as_array().map(Vec::len), Some(2), "{status}");
        place.run(&["migrate", "deploy"]).exits(0).says("2 migrations applied");

        // Emptied by nicol and filled again: for the engine as if it had done so, and it can empty it again.
        place.run(&["migrate", "reset", "--force"]).exits(0);
        assert!(engine.deploy(&place, &base).is_empty());
        engine.tell(&["reset"], &place, &base).unwrap_or_else(|error| panic!("{}: {error}", base.provider));
        assert_eq!(engine.deploy(&place, &base), names);
        place.run(&["migrate", "status"]).exits(0);
        place.run(&["migrate", "reset", "--force"]).exits(0);
        place.run(&["migrate", "dev"]).exits(0).says("Already in sync");
    }
}

#[test]
fn development_push_and_pull_take_turns() {
    let Some(engine) = Engine::find() else { return };
    for base in Base::all().into_iter().filter(|base| base.provider != "mysql") {
        let place = base.place(ONE);
        let ask = |operation: &str| engine.ask(operation, &place, &base).unwrap_or_else(|error| panic!("{error}"));
        place.file("schema.prisma", schema(&base, ONE));
        place.run(&["migrate", "dev", "--name", "one"]).exits(0);
        let version = "SELECT current_setting('server_version_num')";
        if base.provider == "postgresql" && base.rows(&place, version)[0].as_str() >= "180000" {
            println!("skipped: the reference engine cannot describe a database of PostgreSQL 18");
            continue;
        }

        // The engine finds nothing amiss; its next step would be a migration. Its build for these tests cannot replay on
        // PostgreSQL, nor write the migration.
        if base.provider == "sqlite" {
            assert_eq!(ask("dev")["action"]["tag"], "createMigration");
        }

        // Pushed by one, in sync for the other; pulled alike.
        place.file("schema.prisma", schema(&base, THREE));
        assert_ne!(ask("push")["executedSteps"], 0);
        place.run(&["db", "push"]).exits(0).says("already in sync");
        place.file("schema.prisma", schema(&base, ONE));
        place.run(&["db", "push", "--accept-data-loss"]).exits(0);
        assert_eq!(ask("push")["executedSteps"], 0);
        let pulled = place.run(&["db", "pull", "--print"]).exits(0).out;
        let theirs = engine.text("pull", &place, &base).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(theirs.trim_end(), pulled.trim_end(), "{}", base.provider);
    }
}
