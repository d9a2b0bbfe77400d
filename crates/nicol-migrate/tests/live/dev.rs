//! Development on live databases: from a changed schema to an applied migration.

use crate::common::{Scratch, all, everywhere};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use nicol_db::Dialect;
use nicol_migrate::dev::{self, Draft, ReadmeSettings};
use nicol_migrate::diff::{DiffOptions, Side, difference};
use nicol_migrate::error::code;
use nicol_migrate::shadow::Shadow;
use nicol_migrate::snapshot::Mask;
use nicol_migrate::status::Verdict;
use nicol_migrate::{Decision, DevOptions, Developed, Directory, Error, OriginKind, Scope, Silent, status};
use nicol_schema::{Source, ValidSchema};

/// A schema of the database's product with these models.
fn schema(dialect: Dialect, models: &str) -> ValidSchema {
    let provider = nicol_migrate::directory::provider_name(dialect);
    let text = format!("datasource db {{\n  provider = \"{provider}\"\n  url      = \"secret://\"\n}}\n\n{models}");
    let validated = nicol_schema::validate(&[Source::new("schema.prisma", text)]);
    validated.schema.unwrap_or_else(|| panic!("{:?}", validated.diagnostics))
}

const ONE: &str = "model A {\n  id Int     @id\n  x  Int?\n}\n";
const TWO: &str = "model A {\n  id Int     @id\n  x  Int?\n  y  Int?\n}\n\nmodel B {\n  id Int @id\n}\n";
const LESS: &str = "model A {\n  id Int     @id\n  y  Int?\n}\n\nmodel B {\n  id Int @id\n}\n";
const MORE: &str = "model A {\n  id Int     @id\n  y  Int?\n  z  Int\n}\n\nmodel B {\n  id Int @id\n}\n";

async fn prepare(db: &Scratch, models: &str, options: DevOptions<'_>) -> Result<Draft, Error> {
    let directory = Directory::read(&db.folder)?;
    let schema = schema(db.dialect, models);
    let scope = Scope::of(Some(&schema), Some(&db.url));
    dev::prepare(&db.url, &directory, &schema, &scope, options, &mut Silent).await
}

fn decision(title: &str) -> Decision<'_> {
    Decision { title, accept_data_loss: false, readme: None, now: Timestamp::now() }
}

async fn develop(db: &Scratch, models: &str, title: &str) -> Result<Developed, Error> {
    let draft = prepare(db, models, DevOptions::default()).await?;
    dev::carry_out(&db.url, &draft, &decision(title), &mut Silent).await
}

async fn verdict(db: &Scratch, models: &str) -> Verdict {
    let directory = Directory::read(&db.folder).unwrap();
    let scope = Scope::of(Some(&schema(db.dialect, models)), Some(&db.url));
    status(&db.url, &directory, Some(&scope)).await.unwrap().verdict()
}

fn names(db: &Scratch) -> Vec<String> {
    Directory::read(&db.folder).unwrap().migrations().iter().map(|m| m.name[15..].to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn schemas_become_migrations() {
    everywhere(all, |db| async move {
        let first = develop(&db, ONE, "Init").await.unwrap();
        let (name, path) = first.created.unwrap();
        assert!(name.ends_with("_init"));
        assert_eq!(first.applied, [name]);
        let read = |file: &str| std::fs::read_to_string(path.join(file)).unwrap();
        assert!(read("migration.sql").starts_with("-- CreateTable\nCREATE TABLE "));
        assert!(read("migration.sql").ends_with(";\n"));
        assert!(read("schema.prisma").contains("  url = \"***\"\n"));
        assert!(!read("schema.prisma").contains("secret"));
        assert!(read("down.sql").contains("DROP TABLE"), "{}", read("down.sql"));
        assert!(!path.join("README.md").exists());

        let second = prepare(&db, ONE, DevOptions::default()).await.unwrap();
        assert!(second.is_empty() && second.drift.is_none(), "{second:?}");
        assert_eq!(second.origin, OriginKind::Snapshot);
        assert!(dev::carry_out(&db.url, &second, &decision("no"), &mut Silent).await.unwrap().created.is_none());

        develop(&db, TWO, "more").await.unwrap();
        assert_eq!(names(&db), ["init", "more"]);
        let replayed = prepare(&db, TWO, DevOptions { always_replay: true, ..DevOptions::default() }).await.unwrap();
        assert!(replayed.is_empty() && replayed.drift.is_none(), "{replayed:?}");
        assert_eq!(replayed.origin, OriginKind::Replay);
        assert_eq!(verdict(&db, TWO).await, Verdict::UpToDate);

        let directory = Directory::read(&db.folder).unwrap();
        let schema = schema(db.dialect, TWO);
        let sides = [Side::Schema(&schema), Side::Migrations(&directory), Side::Database(&db.url)];
        let scope = Scope::default();
        let options = DiffOptions { shadow: Shadow { main: Some(&db.url), given: None }, scope: &scope };
        for from in sides {
            for to in sides {
                let found = difference(from, to, options).await.unwrap();
                assert!(found.is_empty(), "{}\n{:.40?} → {:.40?}", found.script, from, to);
            }
        }
        assert!(!difference(Side::Empty, Side::Database(&db.url), options).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_is_not_lost_unasked() {
    everywhere(all, |db| async move {
        develop(&db, TWO, "init").await.unwrap();
        let table = db.dialect.quote("A");
        // Nothing to lose in an empty table.
        let draft = prepare(&db, LESS, DevOptions::default()).await.unwrap();
        assert_eq!(draft.losses().count(), 0, "{draft:?}");
        db.run(&format!("INSERT INTO {table} (id, x) VALUES (1, 1), (2, NULL)")).await;
        let draft = prepare(&db, LESS, DevOptions::default()).await.unwrap();
        assert_eq!(draft.losses().map(|loss| loss.rows).collect::<Vec<_>>(), [Some(1)]);
        let refused = dev::carry_out(&db.url, &draft, &decision("less"), &mut Silent).await.unwrap_err();
        assert_eq!(refused.code(), code::DATA_LOSS);
        assert_eq!(names(&db), ["init"]);
        let accepted = Decision { accept_data_loss: true, ..decision("less") };
        let (_, path) = dev::carry_out(&db.url, &draft, &accepted, &mut Silent).await.unwrap().created.unwrap();
        let script = std::fs::read_to_string(path.join("migration.sql")).unwrap();
        assert!(script.starts_with("/*\n  Warnings:\n\n  - "), "{script}");
        assert!(script.contains("\n\n*/\n-- "), "{script}");

        let draft = prepare(&db, MORE, DevOptions::default()).await.unwrap();
        assert_eq!(draft.impossible().count(), 1);
        let refused = dev::carry_out(&db.url, &draft, &accepted, &mut Silent).await.unwrap_err();
        assert_eq!(refused.code(), code::UNEXECUTABLE);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_creating_touches_no_database() {
    everywhere(all, |db| async move {
        let options = DevOptions { create_only: true, ..DevOptions::default() };
        let draft = prepare(&db, ONE, options).await.unwrap();
        let readme = ReadmeSettings { author: Some("Ann"), time_zone: TimeZone::UTC, mask: Mask::All };
        let settings = Decision { readme: Some(readme), ..decision("init") };
        let (name, path) = dev::carry_out(&db.url, &draft, &settings, &mut Silent).await.unwrap().created.unwrap();
        assert!(!db.has_table("_prisma_migrations").await);
        let readme = std::fs::read_to_string(path.join("README.md")).unwrap();
        assert!(readme.starts_with(&format!("# Migration `{name}`\n\nThis migration has been generated by Ann at ")));
        assert!(!readme.contains("secret"));
        assert_eq!(verdict(&db, ONE).await, Verdict::Pending);

        // Nothing has changed: an empty script to be filled by hand.
        let draft = prepare(&db, ONE, options).await.unwrap();
        assert!(draft.is_empty(), "{draft:?}");
        let (_, path) = dev::carry_out(&db.url, &draft, &decision("data"), &mut Silent).await.unwrap().created.unwrap();
        assert_eq!(std::fs::read_to_string(path.join("migration.sql")).unwrap(), dev::EMPTY_SCRIPT);

        let applied = prepare(&db, ONE, DevOptions::default()).await.unwrap().applied;
        assert_eq!(applied.len(), 2);
        assert_eq!(verdict(&db, ONE).await, Verdict::UpToDate);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_is_shown_and_survives() {
    everywhere(all, |db| async move {
        develop(&db, ONE, "init").await.unwrap();
        let quote = |name: &str| db.dialect.quote(name);
        db.run(&format!(
            "CREATE TABLE {} ({} INTEGER NOT NULL, PRIMARY KEY ({}))",
            quote("Mine"),
            quote("id"),
            quote("id")
        ))
        .await;
        assert_eq!(verdict(&db, ONE).await, Verdict::Drifted);
        let draft = prepare(&db, TWO, DevOptions::default()).await.unwrap();
        let drift = draft.drift.as_ref().unwrap();
        assert!(drift.summary.contains("Mine") && drift.script.contains("Mine"), "{drift:?}");
        assert!(!draft.script.contains("Mine"), "{}", draft.script);
        dev::carry_out(&db.url, &draft, &decision("more"), &mut Silent).await.unwrap();
        assert!(db.has_table(&quote("Mine")).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn merged_branches_start_from_a_replay() {
    everywhere(all, |db| async move {
        develop(&db, ONE, "init").await.unwrap();
        // Both branches go on from the first migration; the other one's is stamped earlier.
        let second = prepare(
            &db,
            &format!("{ONE}\nmodel C {{\n  id Int @id\n}}\n"),
            DevOptions { create_only: true, ..DevOptions::default() },
        )
        .await
        .unwrap();
        dev::carry_out(&db.url, &second, &decision("c"), &mut Silent).await.unwrap();
        let directory = Directory::read(&db.folder).unwrap();
        let newest = directory.migrations().last().unwrap();
        let later = format!("2999{}", &newest.name[4..]);
        let down = newest.down().unwrap().as_ref().unwrap().replace(&newest.name, &later);
        std::fs::rename(db.folder.join(&newest.name), db.folder.join(&later)).unwrap();
        std::fs::write(db.folder.join(&later).join("down.sql"), down).unwrap();
        let quote = |name: &str| db.dialect.quote(name);
        let script =
            format!("CREATE TABLE {} ({} INTEGER NOT NULL, PRIMARY KEY ({}));\n", quote("B"), quote("id"), quote("id"));
        db.write("29980101000000_b", &script);

        let models = format!("{ONE}\nmodel B {{\n  id Int @id\n}}\n\nmodel C {{\n  id Int @id\n}}\n");
        let draft = prepare(&db, &models, DevOptions::default()).await.unwrap();
        assert_eq!(draft.origin, OriginKind::Replay);
        assert!(draft.drift.is_none() && !draft.script.contains("CREATE TABLE"), "{draft:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_shadow_databases() {
    fn servers(dialect: Dialect) -> bool {
        dialect != Dialect::Sqlite
    }
    everywhere(servers, |db| async move {
        develop(&db, TWO, "init").await.unwrap();
        let replay = |shadow| DevOptions { always_replay: true, shadow, ..DevOptions::default() };
        let refused = prepare(&db, TWO, replay(Some(&db.url))).await.unwrap_err();
        assert_eq!(refused.code(), code::SHADOW);

        let url = db.url.with_database(&format!("{}_s", db.url.database()));
        nicol_db::admin::create_database(&url).await.unwrap();
        for _ in 0..2 {
            let draft = prepare(&db, TWO, replay(Some(&url))).await.unwrap();
            assert!(draft.is_empty() && draft.drift.is_none());
        }
        let directory = Directory::read(&db.folder).unwrap();
        let shadow = Scratch { url: url.clone(), ..db.clone() };
        shadow.run("CREATE TABLE _prisma_migrations (id INTEGER)").await;
        let shadow = Shadow { main: Some(&db.url), given: Some(&url) };
        let refused = nicol_migrate::shadow::replay(directory.migrations(), db.dialect, shadow, &Scope::default())
            .await
            .unwrap_err();
        assert_eq!(refused.code(), code::SHADOW);
        nicol_db::admin::drop_database(&url).await.unwrap();
    })
    .await;
}

/// A project that grows: after every step schema, snapshot, replay and database agree.
#[tokio::test(flavor = "multi_thread")]
async fn a_project_grows() {
    const START: &str = "model User {\n  id Int @id @default(autoincrement())\n  email String @unique\n  posts Post[]\n}\n\n\
        model Post {\n  id Int @id @default(autoincrement())\n  title String\n  author User @relation(fields: [authorId], references: [id])\n  \
        authorId Int\n  at DateTime @default(now())\n}\n";
    let steps: &[&[(&str, &str)]] = &[
        &[],
        &[("  title String\n", "  title String @default(\"x\")\n  views BigInt @default(0)\n  price Decimal?\n")],
        &[("  posts Post[]\n", "  posts Post[]\n  name String?\n\n  @@index([name, email])\n")],
        &[("references: [id])", "references: [id], onDelete: Cascade)"), ("  price Decimal?\n", "")],
        &[(
            "  posts Post[]\n",
            "  posts Post[]\n  friends User[] @relation(\"f\")\n  friendOf User[] @relation(\"f\")\n",
        )],
        &[
            ("  email String @unique\n", "  email String\n"),
            ("  name String?\n", "  name String? @map(\"full_name\")\n"),
        ],
    ];
    everywhere(all, move |db| async move {
        let mut models = START.to_string();
        for (n, step) in steps.iter().enumerate() {
            for (old, new) in *step {
                assert!(models.contains(old), "{old}");
                models = models.replace(old, new);
            }
            let draft = prepare(&db, &models, DevOptions::default()).await.unwrap();
            let accepted = Decision { accept_data_loss: true, ..decision("step") };
            dev::carry_out(&db.url, &draft, &accepted, &mut Silent).await.unwrap();
            for always_replay in [false, true] {
                let options = DevOptions { always_replay, ..DevOptions::default() };
                let again = prepare(&db, &models, options).await.unwrap();
                assert!(again.is_empty() && again.drift.is_none(), "step {n}: {} {:?}", again.script, again.drift);
                let expected = if always_replay { OriginKind::Replay } else { OriginKind::Snapshot };
                assert_eq!(again.origin, expected, "step {n}");
            }
        }
        way_back(&db).await;
    })
    .await;
}

/// Runs every `down.sql`, newest first: nothing but the history is left.
async fn way_back(db: &Scratch) {
    let directory = Directory::read(&db.folder).unwrap();
    for migration in directory.migrations().iter().rev() {
        let mut conn = db.open().await;
        for statement in nicol_db::script::split(migration.down().unwrap().as_deref().unwrap(), db.dialect) {
            conn.run_script(statement.text)
                .await
                .unwrap_or_else(|e| panic!("{}: {e}\n{}", migration.name, statement.text));
        }
        conn.close().await.unwrap();
    }
    let scope = Scope::default();
    let options = DiffOptions { shadow: Shadow { main: Some(&db.url), given: None }, scope: &scope };
    let left = difference(Side::Database(&db.url), Side::Empty, options).await.unwrap();
    assert!(left.script.replace("public", "").is_empty(), "{}", left.script);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_namespaces() {
    everywhere(
        |dialect| dialect == Dialect::Postgres,
        |db| async move {
            let text = "datasource db {\n  provider = \"postgresql\"\n  schemas = [\"one\", \"two\"]\n}\n\n\
                model A {\n  id Int @id\n  b B?\n  @@schema(\"one\")\n}\n\nenum E {\n  X\n  @@schema(\"two\")\n}\n\n\
                model B {\n  id Int @id\n  e E\n  aId Int @unique\n  a A @relation(fields: [aId], references: [id])\n  @@schema(\"two\")\n}\n";
            let schema = nicol_schema::validate(&[Source::new("schema.prisma", text)]).schema.unwrap();
            for (n, always_replay) in [false, false, true].into_iter().enumerate() {
                let directory = Directory::read(&db.folder).unwrap();
                let options = DevOptions { always_replay, ..DevOptions::default() };
                let scope = Scope::of(Some(&schema), Some(&db.url));
                let draft = dev::prepare(&db.url, &directory, &schema, &scope, options, &mut Silent).await.unwrap();
                assert!(draft.drift.is_none(), "{:?}", draft.drift);
                assert_eq!(draft.is_empty(), n > 0, "{}", draft.script);
                dev::carry_out(&db.url, &draft, &decision("a"), &mut Silent).await.unwrap();
            }
            assert_eq!(db.row("SELECT count(*) FROM _prisma_migrations").await, ["1"]);
            assert!(db.has_table("two.\"B\"").await);
        },
    )
    .await;
}

/// PostgreSQL changes nothing that a view reads: which view that is, is said before anything runs, and nothing is written.
#[tokio::test(flavor = "multi_thread")]
async fn views_in_the_way_are_named() {
    everywhere(|dialect| dialect == Dialect::Postgres, |db| async move {
        develop(&db, TWO, "init").await.unwrap();
        db.run("CREATE VIEW \"Read X\" AS SELECT id, x FROM \"A\"; CREATE MATERIALIZED VIEW bs AS SELECT id FROM \"B\"").await;
        let retyped = TWO.replace("x  Int?", "x  String?");
        let without_b = TWO.split("model B").next().unwrap();
        for (models, views) in [(retyped.as_str(), "\"Read X\""), (LESS, "\"Read X\""), (without_b, "public.bs")] {
            let error = develop(&db, models, "no").await.unwrap_err();
            assert_eq!(error.code(), code::UNEXECUTABLE);
            assert!(error.message().contains(views), "{error}");
            assert_eq!(names(&db), ["init"]);
        }
        // Beside what the view reads, everything may change.
        develop(&db, &TWO.replace("y  Int?", "y  String?"), "yes").await.unwrap();
        db.run("DROP VIEW \"Read X\"").await;
        develop(&db, &retyped.replace("y  Int?", "y  String?"), "now").await.unwrap();
    })
    .await;
}
