//! Folders and histories that do not fit: each fault has its own code and words, and a way out that works.

use crate::common::{Scratch, all, everywhere};
use nicol_db::Dialect;
use nicol_migrate::error::code;
use nicol_migrate::{DeployOptions, Deployed, Directory, Error, Event, Silent, deploy};
use nicol_migrate::{LockOptions, Resolution, resolve};

const A: &str = "-- CreateTable\nCREATE TABLE a (\n    id INTEGER NOT NULL PRIMARY KEY,\n    x INTEGER\n);\n";
const B: &str = "CREATE TABLE b (id INTEGER);\nINSERT INTO a (id) VALUES (2);\n";
const FIRST: &str = "20240101000000_a";
const SECOND: &str = "20240102000000_b";

async fn run(db: &Scratch) -> Result<Deployed, Error> {
    let directory = Directory::read(&db.folder)?;
    deploy(&db.url, &directory, DeployOptions::default(), &mut Silent).await
}

/// The error of a deployment, which must say what to do next and must have changed nothing.
async fn refused(db: &Scratch, code: &str) -> Error {
    let before = db.rows("SELECT migration_name, finished_at FROM _prisma_migrations ORDER BY migration_name").await;
    let error = run(db).await.unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(error.help().is_some(), "{error}");
    let after = db.rows("SELECT migration_name, finished_at FROM _prisma_migrations ORDER BY migration_name").await;
    assert_eq!(before, after, "{error}");
    error
}

async fn rests(db: &Scratch) {
    assert!(run(db).await.unwrap().applied.is_empty());
}

fn rename(db: &Scratch, from: &str, to: &str) {
    std::fs::rename(db.folder.join(from), db.folder.join(to)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_that_were_tampered_with() {
    everywhere(all, |db| async move {
        db.write(FIRST, A);
        db.write(SECOND, B);
        assert_eq!(run(&db).await.unwrap().applied.len(), 2);

        // Edited, and edited as nobody means it.
        db.write(FIRST, &A.replace("x INTEGER", "x BIGINT"));
        let error = refused(&db, code::EDITED).await;
        assert!(error.help().unwrap().starts_with("Restore"), "{error:?}");
        for (text, word) in
            [(format!("\u{feff}{A}"), "byte order mark"), (format!("{A}\n\n"), "white space at the end")]
        {
            db.write(FIRST, &text);
            assert!(refused(&db, code::EDITED).await.help().unwrap().contains(word), "{word}");
        }
        db.write(FIRST, A);
        rests(&db).await;

        // Other line ends are no edit, and are told.
        db.write(SECOND, &B.replace('\n', "\r\n"));
        let mut told = Vec::new();
        // Prisma's lock holds for a whole server of MySQL: another test may have it for a moment.
        let mut watch = |event: Event| {
            if !matches!(event, Event::WaitingForLock { .. }) {
                told.push(event);
            }
        };
        let directory = Directory::read(&db.folder).unwrap();
        deploy(&db.url, &directory, DeployOptions::default(), &mut watch).await.unwrap();
        assert_eq!(told, [Event::LineEnds { migrations: vec![SECOND.to_string()] }]);
        db.write(SECOND, &B.replacen('\n', "\r\n", 1));
        rests(&db).await;

        // Truncated, in two ways.
        for (text, words) in [("", "is empty"), ("CREATE TABLE b (id INTEGER);\nINSERT INTO a (id) VALUES (", "line 2")]
        {
            db.write(SECOND, text);
            assert!(refused(&db, code::TRUNCATED).await.message().contains(words), "{words}");
        }
        db.write(SECOND, B);
        rests(&db).await;

        // Renamed.
        rename(&db, SECOND, "20240102000000_better");
        let error = refused(&db, code::RENAMED).await;
        assert!(error.message().contains(SECOND) && error.message().contains("20240102000000_better"), "{error}");
        rename(&db, "20240102000000_better", SECOND);
        rests(&db).await;

        // Missing.
        rename(&db, SECOND, ".away");
        assert!(refused(&db, code::MISSING).await.message().contains(SECOND));
        rename(&db, ".away", SECOND);
        rests(&db).await;

        // Duplicated.
        db.write("20240102000000_b copy", B);
        assert!(refused(&db, code::DUPLICATED).await.message().contains("20240102000000_b copy"));
        db.remove("20240102000000_b copy");
        rests(&db).await;

        // Inserted before.
        db.write("20240101120000_between", "CREATE TABLE c (id INTEGER);\n");
        let error = refused(&db, code::OUT_OF_ORDER).await;
        assert!(error.message().contains("20240101120000_between") && error.message().contains(SECOND), "{error}");
        rename(&db, "20240101120000_between", "20240103000000_later");
        assert_eq!(run(&db).await.unwrap().applied, ["20240103000000_later"]);

        // A pending script that ends too early is not begun.
        db.write("20240104000000_d", "CREATE TABLE d (id INTEGER);\nCREATE TABLE e (id INTEGER,\n");
        assert!(refused(&db, code::TRUNCATED).await.message().contains("line 2"));
        assert!(!db.has_table("d").await);
        db.write("20240104000000_d", "CREATE TABLE d (id INTEGER);\nCREATE TABLE e (id INTEGER);\n");
        assert_eq!(run(&db).await.unwrap().applied, ["20240104000000_d"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_read() {
    everywhere(all, |db| async move {
        db.write(FIRST, A);
        run(&db).await.unwrap();
        let script = db.folder.join(SECOND).join("migration.sql");

        // A folder in the place of the file.
        std::fs::create_dir_all(&script).unwrap();
        assert!(refused(&db, code::FILE).await.message().contains("migration.sql"));
        std::fs::remove_dir(&script).unwrap();
        // No file at all.
        assert_eq!(refused(&db, "P3015").await.migration(), Some(SECOND));
        // Not text.
        std::fs::write(&script, b"CREATE TABLE b (id INTEGER);\n-- caf\xe9\n").unwrap();
        assert!(refused(&db, code::NOT_UTF8).await.message().contains("line 2"));
        // A byte order mark does no harm.
        std::fs::write(&script, format!("\u{feff}{B}")).unwrap();
        assert_eq!(run(&db).await.unwrap().applied, [SECOND]);
        rests(&db).await;

        // Names that would forge lines on a terminal.
        db.write("20240103000000_x\n\u{1b}[2Kdone", "SELECT 1;");
        let error = refused(&db, code::NAME).await;
        assert!(!error.message().chars().any(char::is_control), "{error}");
        db.remove("20240103000000_x\n\u{1b}[2Kdone");
        // Odd ones are names all the same.
        db.write("zz 'quoted' \"name\" größe; -- 名前", "CREATE TABLE odd (id INTEGER);");
        assert_eq!(run(&db).await.unwrap().applied.len(), 1);
        rests(&db).await;
        // A program may carry any name.
        for name in ["", "a\0b", &"n".repeat(256)] {
            let directory = Directory::from_entries([(name, "SELECT 1;")]);
            let error = deploy(&db.url, &directory, DeployOptions::default(), &mut Silent).await.unwrap_err();
            assert_eq!(error.code(), code::NAME, "{name:?}");
        }

        // Written for another product.
        let lock = db.folder.join("migration_lock.toml");
        let other = if db.dialect == Dialect::Sqlite { "postgresql" } else { "sqlite" };
        std::fs::write(&lock, format!("provider = \"{other}\"\n")).unwrap();
        assert!(refused(&db, "P3019").await.message().contains(other));
        std::fs::write(&lock, "provider =\n").unwrap();
        assert!(refused(&db, "P3019").await.help().unwrap().contains("delete it"));
        std::fs::remove_file(&lock).unwrap();
        rests(&db).await;

        // Emptied, and gone.
        let away = db.folder.with_extension("away");
        std::fs::rename(&db.folder, &away).unwrap();
        assert!(refused(&db, code::FOLDER_ABSENT).await.help().unwrap().contains("image"));
        std::fs::create_dir(&db.folder).unwrap();
        assert!(refused(&db, code::FOLDER_EMPTY).await.message().contains("3 applied"));
        std::fs::remove_dir(&db.folder).unwrap();
        std::fs::rename(&away, &db.folder).unwrap();
        rests(&db).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn huge_scripts() {
    everywhere(all, |db| async move {
        let mut script = String::from("CREATE TABLE big (id INTEGER, text VARCHAR(200));\n");
        while script.len() < 600_000 {
            let line = "('x'),".repeat(2_000);
            script.push_str(&format!("INSERT INTO big (text) VALUES {};\n", line.trim_end_matches(',')));
        }
        db.write(FIRST, &script);
        run(&db).await.unwrap();
        let statements = script.lines().count() - 1;
        assert_eq!(db.row("SELECT count(*) FROM big").await, [(statements * 2_000).to_string()]);
    })
    .await;
}

/// A second statement that fails, then the way out that the error names, then the repaired script.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_repaired() {
    everywhere(all, |db| async move {
        db.write(FIRST, A);
        db.write(
            SECOND,
            "CREATE TABLE b (id INTEGER);\nINSERT INTO nowhere VALUES (1);\nCREATE TABLE c (id INTEGER);\n",
        );
        let error = run(&db).await.unwrap_err();
        assert_eq!((error.code(), error.migration()), ("P3018", Some(SECOND)), "{error}");
        assert!(error.message().contains("line 2") && error.message().contains("nowhere"), "{error}");
        let help = error.help().unwrap().to_string();
        if db.dialect.is_mysql_family() {
            // The first statement stays, so a person has to say what becomes of it.
            assert!(
                help.contains("The statement before it stays applied.") && help.contains("--rolled-back"),
                "{help}"
            );
            assert_eq!(run(&db).await.unwrap_err().code(), "P3009");
            db.run("DROP TABLE b").await;
            let directory = Directory::read(&db.folder).unwrap();
            resolve(&db.url, &directory, SECOND, Resolution::RolledBack, LockOptions::default(), &mut Silent)
                .await
                .unwrap();
        } else {
            assert!(help.starts_with("Nothing of it was applied"), "{help}");
            assert!(!db.has_table("b").await);
        }
        db.write(
            SECOND,
            "CREATE TABLE b (id INTEGER);\nINSERT INTO a (id) VALUES (1);\nCREATE TABLE c (id INTEGER);\n",
        );
        assert_eq!(run(&db).await.unwrap().applied, [SECOND]);
        assert!(db.has_table("c").await);
        assert_eq!(db.row("SELECT count(*) FROM a").await, ["1"]);
        rests(&db).await;
    })
    .await;
}
