//! `migrate down`, `adopt`, `resolve --accept-edit`, `status`: the history is gone back on, added to, put right.

use crate::support::{Base, Place};

const ONE: &str = "model User {\n  id   Int     @id @default(autoincrement())\n  name String?\n}\n";
const TWO: &str = "model User {\n  id   Int     @id @default(autoincrement())\n  name String?\n  nick String?\n}\n\n\
                   model Post {\n  id Int @id\n}\n";

/// The folders of migrations, in order.
fn folders(place: &Place) -> Vec<String> {
    let files = place.files();
    files.iter().filter_map(|file| file.strip_suffix("/migration.sql")).map(str::to_owned).collect()
}

fn name(folder: &str) -> &str {
    folder.rsplit('/').next().expect("a name")
}

/// Two migrations, applied, and a row.
fn two(base: &Base) -> Place {
    let place = base.place(ONE);
    place.run(&["migrate", "dev", "--name", "one"]).exits(0);
    place.file("schema.prisma", base.schema(TWO));
    place.run(&["migrate", "dev", "--name", "two"]).exits(0);
    base.sql(&place, &format!("INSERT INTO {} (name, nick) VALUES ('Ann', 'A')", base.quote("User")));
    place
}

fn live_rows(base: &Base, place: &Place) -> Vec<String> {
    let sql = "SELECT migration_name FROM _prisma_migrations WHERE rolled_back_at IS NULL AND finished_at IS NOT NULL ORDER BY 1";
    base.rows(place, sql).iter().map(|name| name[15..].to_owned()).collect()
}

#[test]
fn a_rename_is_taken_back_as_one() {
    let named = |model: &str, field: &str| {
        format!("model {model} {{\n  id Int @id @default(autoincrement())\n  {field} String\n}}\n")
    };
    for base in Base::all() {
        let place = base.place(&named("User", "name"));
        place.run(&["migrate", "dev", "--name", "one"]).exits(0);
        base.sql(&place, &format!("INSERT INTO {} (name) VALUES ('Ann')", base.quote("User")));
        for (name, model, field, rename) in [
            ("two", "User", "full", "User.name=full"),
            ("three", "Person", "full", "User=Person"),
            ("four", "Person", "title", "Person.full=title"),
        ] {
            place.file("schema.prisma", base.schema(&named(model, field)));
            place.run(&["migrate", "dev", "--name", name, "--rename", rename]).exits(0);
        }
        place.run(&["migrate", "down"]).exits(0);
        assert_eq!(base.rows(&place, &format!("SELECT {} FROM {}", base.quote("full"), base.quote("Person"))), ["Ann"]);
        place.run(&["migrate", "deploy"]).exits(0);
        place.run(&["migrate", "down", "3"]).exits(0);
        assert_eq!(base.rows(&place, &format!("SELECT name FROM {}", base.quote("User"))), ["Ann"]);
        assert_eq!(live_rows(&base, &place), ["one"]);
    }
}

#[test]
fn migrations_are_taken_back_with_a_count_of_what_is_lost() {
    for base in Base::all() {
        let place = two(&base);
        let refused = place.run(&["migrate", "down"]).exits(130).says("error[data-loss]").says("--accept-data-loss");
        assert!(refused.err.contains("1 row concerned") && !refused.err.contains("`Post`"), "{}", refused.err);
        assert_eq!(live_rows(&base, &place), ["one", "two"]);
        let done = place.run(&["migrate", "down", "--accept-data-loss", "--json"]).exits(0).json();
        assert_eq!(done["taken_back"].as_array().map(Vec::len), Some(1));
        assert_eq!(live_rows(&base, &place), ["one"]);
        assert_eq!(base.rows(&place, &format!("SELECT name FROM {}", base.quote("User"))), ["Ann"]);
        let status = place.run(&["migrate", "status", "--json"]).exits(1).json();
        assert_eq!(
            (status["verdict"].as_str(), status["rolled_back"].as_array().map(Vec::len)),
            (Some("pending"), Some(1))
        );
        assert!(status["drift"].is_null(), "{status}");
        place.run(&["migrate", "status", "--allow-pending"]).exits(0);

        // The folder is pending again.
        place.run(&["migrate", "deploy"]).exits(0).says("1 migration applied");
        place.run(&["migrate", "status"]).exits(0);
        base.sql(&place, &format!("DELETE FROM {}", base.quote("User")));
        let one = folders(&place)[0].clone();
        place.run(&["migrate", "down", "--to", "20200101000000_none"]).fails("P3017");
        place.run(&["migrate", "down", "--to", name(&one)]).exits(0).says("Took back");
        place.run(&["migrate", "down", "5"]).exits(0);
        assert_eq!(live_rows(&base, &place), [""; 0]);
        place.run(&["migrate", "down"]).exits(0).says("nothing to take back");
        place.run(&["migrate", "down", "--to", name(&one)]).fails("P3011");
        place.run(&["migrate", "diff", "--from-config-datasource", "--to-empty", "--exit-code"]).exits(0);
        place.run(&["migrate", "deploy"]).exits(0).says("2 migrations applied");
        place.run(&["migrate", "status"]).exits(0);
    }
}

#[test]
fn a_way_back_has_to_be_there_and_to_belong() {
    for base in Base::all() {
        let place = two(&base);
        let two = folders(&place)[1].clone();
        let down = format!("{two}/down.sql");
        let text = place.read(&down);
        std::fs::remove_file(place.path(&down)).expect("it goes");
        place.run(&["migrate", "down", "--accept-data-loss"]).fails("down-missing").says("down.sql");
        place.file(&down, text.replace(name(&two), "20200101000000_other"));
        place.run(&["migrate", "down", "--accept-data-loss"]).fails("down-foreign").says("20200101000000_other");
        // Another branch was merged in between: the way back was not made for it.
        place.file(&down, text.replace(name(&folders(&place)[0]), "20200101000000_before"));
        place.run(&["migrate", "down", "--accept-data-loss"]).fails("down-foreign");
        place.file(&format!("{two}/migration.sql"), place.read(&format!("{two}/migration.sql")) + "-- edited\n");
        place.run(&["migrate", "down", "--accept-data-loss"]).fails("migration-edited");
        assert_eq!(live_rows(&base, &place), ["one", "two"]);
    }
}

#[test]
fn a_way_back_that_fails_leaves_the_history_true() {
    for base in Base::all() {
        let place = two(&base);
        let two = folders(&place)[1].clone();
        let (post, nothing) = (base.quote("Post"), base.quote("nothing"));
        place.file(&format!("{two}/down.sql"), format!("DROP TABLE {post};\nDROP TABLE {nothing};\n"));
        place.run(&["migrate", "down", "--accept-data-loss"]).fails("script-failed");
        if base.provider == "mysql" {
            // Half of it is gone, and nothing says otherwise.
            place.run(&["migrate", "status", "--exit-code"]).exits(4);
            place.run(&["migrate", "deploy"]).fails("P3009");
            place.run(&["migrate", "resolve", "--rolled-back", name(&two)]).exits(0);
            assert_eq!(live_rows(&base, &place), ["one"]);
        } else {
            assert_eq!(live_rows(&base, &place), ["one", "two"]);
            assert_eq!(base.rows(&place, &format!("SELECT count(*) FROM {post}")), ["0"]);
            place.run(&["migrate", "status"]).exits(0);
        }
    }
}

#[test]
fn drift_becomes_a_migration() {
    for base in Base::all() {
        let place = base.place(ONE);
        place.run(&["migrate", "dev", "--name", "one"]).exits(0);
        place.run(&["migrate", "adopt", "--name", "none"]).exits(0).says("nothing to adopt");
        let (user, index) = (base.quote("User"), base.quote("hot"));
        let name_column = if base.provider == "mysql" { "name(20)" } else { "name" };
        base.sql(&place, &format!("CREATE INDEX {index} ON {user} ({name_column})"));
        base.sql(&place, &format!("CREATE TABLE {} (id INTEGER NOT NULL, PRIMARY KEY (id))", base.quote("Mine")));
        base.sql(&place, &format!("INSERT INTO {} VALUES (1)", base.quote("Mine")));
        place.run(&["migrate", "status", "--exit-code"]).exits(10).says("nicol migrate adopt");
        let adopted = place.run(&["migrate", "adopt", "--name", "hot fix", "--json"]).exits(0).json();
        let folder = folders(&place).pop().expect("a folder");
        assert_eq!(adopted["adopted"]["name"].as_str(), Some(name(&folder)));
        let script = place.read(&format!("{folder}/migration.sql"));
        assert!(script.contains("hot") && script.contains("Mine") && !script.contains("User\" ("), "{script}");
        assert!(place.read(&format!("{folder}/down.sql")).contains("DROP TABLE"));
        place.run(&["migrate", "status"]).exits(0);
        place.run(&["migrate", "deploy"]).exits(0).says("No pending");
        place.run(&["migrate", "adopt"]).exits(0).says("nothing to adopt");
        assert_eq!(base.rows(&place, &format!("SELECT id FROM {}", base.quote("Mine"))), ["1"]);
        // The same elsewhere: the whole folder makes it.
        place.run(&["migrate", "reset", "--force"]).exits(0);
        place.run(&["migrate", "status"]).exits(0);
        place.run(&["migrate", "down"]).exits(0);
        place.run(&["migrate", "adopt", "--name", "x"]).fails("migrations-pending");
    }
}

#[test]
fn an_edit_is_shown_and_accepted() {
    for base in Base::all() {
        let place = two(&base);
        let one = folders(&place)[0].clone();
        let script = format!("{one}/migration.sql");
        place.run(&["migrate", "resolve", "--accept-edit", name(&one)]).exits(0).says("nothing to accept");
        place.file(&script, place.read(&script) + "-- a remark\n");
        place.run(&["migrate", "status", "--exit-code"]).exits(6).says("--accept-edit");
        place.run(&["migrate", "deploy"]).fails("migration-edited").says("--accept-edit");
        place.run(&["migrate", "resolve", "--accept-edit", "20200101000000_none"]).fails("P3017");
        let ran = place.run(&["migrate", "resolve", "--accept-edit", name(&one)]).exits(0).says("counts as it is now");
        assert!(ran.err.contains("the database is what the migrations make now"), "{}", ran.err);
        place.run(&["migrate", "status"]).exits(0);
        place.run(&["migrate", "deploy"]).exits(0);

        // An edit that does something else is not hidden.
        let mine = base.quote("Mine");
        place.file(
            &script,
            place.read(&script) + &format!("CREATE TABLE {mine} (id INTEGER NOT NULL, PRIMARY KEY (id));\n"),
        );
        let edited = place.run(&["migrate", "resolve", "--accept-edit", name(&one), "--json"]).exits(0).json();
        assert!(edited["drift"]["summary"].as_str().is_some_and(|summary| summary.contains("Mine")), "{edited}");
        let both = place.run(&["migrate", "resolve", "--accept-edit", name(&one), "--applied", name(&one)]).exits(1);
        assert!(both.err.contains("error[usage]"));
    }
}

#[test]
fn the_text_that_was_applied_comes_from_git() {
    let Ok(_) = std::process::Command::new("git").arg("--version").output() else {
        println!("skipped: no git");
        return;
    };
    let base = &Base::all()[0];
    let place = base.place(ONE).env("PATH", "/usr/bin:/bin:/usr/local/bin");
    place.run(&["migrate", "dev", "--name", "one"]).exits(0);
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@b"];
        let done =
            std::process::Command::new("git").arg("-C").arg(place.root()).args(identity).args(arguments).output();
        assert!(done.expect("git runs").status.success(), "{arguments:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "migrations"]);
    git(&["commit", "-q", "-m", "one"]);
    let one = folders(&place)[0].clone();
    let script = format!("{one}/migration.sql");
    place.file(&script, format!("-- why\n{}", place.read(&script)));
    git(&["commit", "-q", "-a", "-m", "two"]);
    let ran = place.run(&["migrate", "resolve", "--accept-edit", name(&one)]).exits(0);
    assert!(ran.out.contains("\n+-- why\n"), "{}", ran.out);
}

#[test]
fn each_state_has_its_exit_code() {
    for base in Base::all() {
        let place = two(&base);
        let status = |code: i32| place.run(&["migrate", "status", "--exit-code"]).exits(code);
        status(0);
        let (one, two) = (folders(&place)[0].clone(), folders(&place)[1].clone());
        let hidden = "elsewhere";
        std::fs::rename(place.path(&two), place.path(hidden)).expect("it moves");
        status(8);
        place.file("migrations/29990101000000_later/migration.sql", "SELECT 1;\n");
        status(7);
        std::fs::rename(place.path(hidden), place.path(&two)).expect("it moves");
        status(3);
        place.run(&["migrate", "status", "--exit-code", "--allow-pending"]).exits(0);
        std::fs::remove_dir_all(place.path("migrations/29990101000000_later")).expect("it goes");
        place.file("migrations/20000101000000_early/migration.sql", "SELECT 1;\n");
        status(9);
        place.run(&["migrate", "status", "--allow-pending"]).exits(1);
        std::fs::remove_dir_all(place.path("migrations/20000101000000_early")).expect("it goes");
        base.sql(
            &place,
            &format!("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '{}'", name(&one)),
        );
        status(4);
        place.run(&["migrate", "status"]).exits(1);
    }
}

#[test]
fn a_missing_snapshot_is_taken_from_the_schema_that_agrees() {
    for base in Base::all() {
        let place = base.place(ONE);
        place.run(&["migrate", "dev", "--name", "one"]).exits(0);
        place.run(&["migrate", "snapshot"]).exits(0).says("has a snapshot already");
        let folder = folders(&place)[0].clone();
        let snapshot = format!("{folder}/schema.prisma");
        let before = place.read(&snapshot);
        std::fs::remove_file(place.path(&snapshot)).expect("it goes");
        std::fs::remove_file(place.path(&format!("{folder}/down.sql"))).expect("it goes");
        // As a project of Prisma has it. A schema that is ahead is not what the migrations make.
        place.file("schema.prisma", base.schema(TWO));
        place.run(&["migrate", "snapshot"]).fails("snapshot-not-possible").says("nick");
        assert!(!place.path(&snapshot).exists());
        place.file("schema.prisma", base.schema(ONE));
        assert_eq!(place.run(&["migrate", "snapshot", "--json"]).exits(0).json()["snapshot"], "written");
        assert_eq!(place.read(&snapshot), before);
        place.file("schema.prisma", base.schema(TWO));
        place.run(&["migrate", "dev", "--name", "two"]).exits(0);
        // An older one comes of a replay, with the names of today.
        std::fs::remove_file(place.path(&snapshot)).expect("it goes");
        let done = place.run(&["migrate", "snapshot", "--all", "--json"]).exits(0).json();
        assert_eq!((&done["snapshot"], &done["older"]["written"][0]), (&"there".into(), &snapshot.clone().into()));
        assert_eq!(place.read(&snapshot), before);
        place.file("migrations/29990101000000_x/migration.sql", "SELECT 1;\n");
        place.run(&["migrate", "snapshot"]).fails("snapshot-not-possible");
    }
}
