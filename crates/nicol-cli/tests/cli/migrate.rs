//! `migrate`: on SQLite always, on servers whose URL is in the environment.

use std::net::TcpListener;

use serde_json::json;

use crate::support::{Base, Place, Server};

/// A schema of two related models.
fn schema(provider: &str) -> String {
    format!(
        "datasource db {{\n  provider = \"{provider}\"\n  url      = env(\"DATABASE_URL\")\n}}\n\n\
         model User {{\n  id    Int    @id @default(autoincrement())\n  email String @unique\n  posts Post[]\n}}\n\n\
         model Post {{\n  id     Int    @id @default(autoincrement())\n  title  String\n  \
         user   User   @relation(fields: [userId], references: [id])\n  userId Int\n\n  @@index([title])\n}}\n"
    )
}

fn sqlite() -> Place {
    Place::with(&[("prisma/schema.prisma", &schema("sqlite")), (".env", "DATABASE_URL=file:./dev.db\n")])
}

/// The one folder below the migrations folder whose name ends so.
fn migration(place: &Place, title: &str) -> String {
    let files = place.files();
    let mut folders = files.iter().filter_map(|file| file.strip_suffix("/migration.sql"));
    folders.find(|folder| folder.ends_with(&format!("_{title}"))).expect(title).to_owned()
}

/// From nothing to a database that is in sync, and on.
fn whole_way(place: &Place) {
    let ran = place.run(&["migrate", "dev", "--name", "init", "--skip-generate"]).exits(0);
    assert!(ran.out.contains("Created") && ran.out.contains("Applied"), "{}", ran.out);
    let init = migration(place, "init");
    for file in ["migration.sql", "schema.prisma", "down.sql"] {
        assert!(place.path(&format!("{init}/{file}")).is_file(), "{file}");
    }
    assert!(place.path("prisma/migrations/migration_lock.toml").is_file());
    let in_sync = ["migrate", "diff", "--from-config-datasource", "--to-schema", "prisma/schema.prisma", "--exit-code"];
    place.run(&in_sync).exits(0).says("No difference detected.");
    let status = place.run(&["migrate", "status", "--json"]).exits(0).json();
    assert_eq!(status["verdict"], "up-to-date");
    assert_eq!(status["applied"].as_array().map(Vec::len), Some(1));
    place.run(&["migrate", "deploy"]).exits(0).says("No pending migrations to apply.");
    place.run(&["migrate", "dev"]).exits(0).says("Already in sync");

    let text = place.read("prisma/schema.prisma");
    place.file("prisma/schema.prisma", text.replace("  title  String\n", "  title  String\n  note   String?\n"));
    place.run(&in_sync).exits(2);
    place.run(&["migrate", "dev", "--name", "add note", "--create-only", "--readme"]).exits(0).says("not applied yet");
    assert!(place.path(&format!("{}/README.md", migration(place, "add_note"))).is_file());
    let status = place.run(&["migrate", "status", "--json"]).exits(1).json();
    assert_eq!((status["verdict"].as_str(), status["in_sync"].as_bool()), (Some("pending"), Some(false)));
    place.run(&["migrate", "status"]).exits(1).says("_add_note");
    let deployed = place.run(&["migrate", "deploy", "--json"]).exits(0).json();
    assert_eq!(deployed["applied"].as_array().map(Vec::len), Some(1));
    place.run(&in_sync).exits(0);
    place.run(&["migrate", "status"]).exits(0).says("Database schema is up to date!");
}

#[test]
fn sqlite_goes_the_whole_way() {
    let place = sqlite();
    whole_way(&place);
    assert!(place.path("prisma/dev.db").is_file(), "beside the schema that names the variable: {:?}", place.files());
}

#[test]
fn a_project_of_prisma_7_goes_the_whole_way() {
    let bare = schema("sqlite").replace("  url      = env(\"DATABASE_URL\")\n", "");
    let config = "import 'dotenv/config'\nimport { defineConfig, env } from 'prisma/config'\n\n\
        export default defineConfig({\n  schema: 'prisma/schema.prisma',\n  migrations: { path: 'prisma/migrations' },\n  \
        datasource: { url: env('DB') },\n})\n";
    let place =
        Place::with(&[("prisma/schema.prisma", &bare), ("prisma.config.ts", config), (".env", "DB=file:./dev.db\n")]);
    whole_way(&place);
    assert!(place.path("dev.db").is_file(), "beside the config that names the variable: {:?}", place.files());
}

#[test]
fn a_url_of_the_environment_that_does_not_fit_is_explained() {
    let literal = schema("sqlite").replace("env(\"DATABASE_URL\")", "\"file:dev.db\"");
    let place = Place::with(&[("schema.prisma", &literal)]).env("DATABASE_URL", "postgres://u:s3cr3t@h/d");
    let ran = place.run(&["migrate", "status"]).fails("P1013").says("DATABASE_URL in the environment").says("unset");
    assert!(!ran.err.contains("s3cr3t"));
    place.run(&["migrate", "dev", "--name", "init", "--url", "file:dev.db"]).exits(0);
    let place = Place::with(&[("schema.prisma", &literal)]).env("DATABASE_URL", "file:other.db");
    place.run(&["migrate", "dev", "--name", "init"]).exits(0).says("takes the place of");
    assert!(place.path("other.db").is_file() && !place.path("dev.db").exists());
}

#[test]
fn servers_go_the_whole_way() {
    for (variable, provider) in [
        ("NICOL_TEST_POSTGRES_URL", "postgresql"),
        ("NICOL_TEST_POSTGRES18_URL", "postgresql"),
        ("NICOL_TEST_MARIADB_URL", "mysql"),
        ("NICOL_TEST_MYSQL_URL", "mysql"),
    ] {
        let Some(server) = Server::of(variable) else { continue };
        let place = Place::with(&[("prisma/schema.prisma", &schema(provider))]).env("DATABASE_URL", server.url());
        place.run(&["migrate", "deploy"]).fails("migrations-folder-absent");
        place.file("prisma/migrations/migration_lock.toml", format!("provider = \"{provider}\"\n"));
        place.run(&["migrate", "deploy"]).fails("P1003").says("migrate deploy");
        place.run(&["migrate", "status"]).fails("P1003");
        whole_way(&place);
        if let Some(wrong) = server.with_password("not-the-p4ssword") {
            let refused = place.run(&["migrate", "status", "--url", &wrong]);
            if refused.code != 0 {
                let refused = refused.fails("P1000");
                assert!(!refused.err.contains("not-the-p4ssword"), "{}", refused.err);
            }
        }
    }
}

#[test]
fn a_change_that_loses_data_needs_a_yes() {
    let place = sqlite();
    place.run(&["migrate", "dev", "--name", "init"]).exits(0);
    let text = place.read("prisma/schema.prisma");
    place.file("prisma/schema.prisma", text.replace("  @@index([title])\n", "").replace("  title  String\n", ""));
    // Nothing is lost as long as there are no rows.
    place.run(&["migrate", "dev", "--name", "drop title", "--json"]).exits(0);
    let insert = "INSERT INTO \"User\" VALUES (1, 'a@b.c'); INSERT INTO \"Post\" (\"id\", \"userId\") VALUES (1, 1);\n";
    place.file("prisma/migrations/30000101000000_rows/migration.sql", insert);
    place.run(&["migrate", "deploy"]).exits(0);
    let text = place.read("prisma/schema.prisma");
    place.file("prisma/schema.prisma", text.replace("  email String @unique\n", ""));
    let before = place.files();
    let refused = place.run(&["migrate", "dev", "--name", "drop email"]).exits(130);
    assert!(refused.err.contains("error[data-loss]") && refused.err.contains("--accept-data-loss"), "{}", refused.err);
    assert_eq!(place.files(), before);
    place.run(&["migrate", "dev", "--name", "drop email", "--accept-data-loss"]).exits(0);
}

#[test]
fn create_only_writes_and_touches_no_database() {
    let place = sqlite();
    place.run(&["migrate", "dev", "--name", "init", "--create-only"]).exits(0);
    assert!(!place.path("prisma/dev.db").exists());
    assert!(place.read(&format!("{}/migration.sql", migration(&place, "init"))).contains("CREATE TABLE \"User\""));
    place.run(&["migrate", "dev"]).exits(0).says("Applied");
    assert!(place.path("prisma/dev.db").exists());
}

#[test]
fn deploy_needs_no_valid_schema() {
    let place = sqlite();
    place.run(&["migrate", "dev", "--name", "init"]).exits(0);
    // Mistakes in models say nothing about migrations that exist.
    place.file("prisma/schema.prisma", schema("sqlite").replace("String @unique", "Strange @unique"));
    place.run(&["migrate", "deploy"]).exits(0).says("No pending migrations");
    place.run(&["migrate", "status"]).exits(0);
    place.run(&["migrate", "deploy", "--url", "postgres://u@h/d"]).fails("P1013").says("sqlite");
    // An image that holds the migrations alone: the provider is in the lock file, the database in the URL.
    std::fs::remove_file(place.path("prisma/schema.prisma")).expect("the schema goes");
    place.file("prisma/image.db", "");
    let ran = place.run(&["migrate", "deploy", "--url", "file:prisma/image.db"]).exits(0);
    assert!(ran.out.contains("1 migration applied"), "{}", ran.out);
    place.run(&["migrate", "deploy", "--url", "file:prisma/image.db"]).exits(0).says("No pending migrations");
    // A database that is missing, too: it is created, and that is said.
    let ran = place.run(&["migrate", "deploy", "--url", "file:prisma/new.db"]).exits(0);
    assert!(ran.out.starts_with("The database was missing and has been created.\n"), "{}", ran.out);
    place.run(&["migrate", "status", "--url", "file:prisma/new.db"]).exits(0);
    place.run(&["migrate", "deploy", "--schema", "prisma/schema.prisma"]).fails("schema-not-found");
    place.file("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
    place.run(&["migrate", "deploy", "--url", "file:prisma/image.db"]).fails("P3019");
    std::fs::rename(place.path("prisma/migrations"), place.path("migrations")).expect("the folder moves");
    place.file("migrations/migration_lock.toml", "provider = \"sqlite\"\n");
    place.run(&["migrate", "deploy", "--url", "file:prisma/image.db"]).exits(0).says("No pending migrations");
}

#[test]
fn diff_knows_every_form() {
    let place = sqlite();
    let schema = "prisma/schema.prisma";
    let script = place.run(&["migrate", "diff", "--from-empty", "--to-schema", schema, "--script"]).exits(0).out;
    assert!(script.starts_with("-- CreateTable\nCREATE TABLE \"User\"") && script.ends_with(";\n"), "{script}");
    for forms in [
        &["--from-empty", "--to-schema-datamodel", schema][..],
        &["--from-empty", "--to-schema", "prisma"],
        &["--from-schema", schema, "--to-empty"],
        &["--from-schema-datamodel", schema, "--to-empty"],
    ] {
        let mut arguments = vec!["migrate", "diff"];
        arguments.extend(forms);
        assert_ne!(place.run(&arguments).exits(0).out, "No difference detected.\n", "{forms:?}");
        arguments.push("--exit-code");
        place.run(&arguments).exits(2);
    }
    place.run(&["migrate", "dev", "--name", "init"]).exits(0);
    for forms in [
        &["--from-url", "file:prisma/dev.db", "--to-schema", schema][..],
        &["--from-schema", schema, "--to-url", "file:prisma/dev.db"],
        &["--from-config-datasource", "--to-schema", schema],
        &["--from-schema-datasource", schema, "--to-schema-datamodel", schema],
        &["--from-migrations", "prisma/migrations", "--to-schema", schema],
        &["--from-url", "file:prisma/dev.db", "--to-migrations", "prisma/migrations"],
        &["--from-schema", schema, "--to-schema", schema],
    ] {
        let mut arguments = vec!["migrate", "diff", "--exit-code"];
        arguments.extend(forms);
        assert_eq!(place.run(&arguments).exits(0).out, "No difference detected.\n", "{forms:?}");
        arguments.push("--script");
        assert_eq!(place.run(&arguments).exits(0).out, "-- This is an empty migration.\n", "{forms:?}");
    }
    let to_file = ["migrate", "diff", "--from-empty", "--to-schema", schema, "--script", "-o", "out/x.sql"];
    assert_eq!(place.run(&to_file).exits(0).out, "");
    assert_eq!(place.read("out/x.sql"), script);
    let json = place.run(&["migrate", "diff", "--from-empty", "--to-schema", schema, "--json"]).exits(0).json();
    assert_eq!((&json["different"], &json["script"]), (&json!(true), &json!(script)));
}

#[test]
fn diff_says_what_it_cannot_read() {
    let place = sqlite();
    let diff = |from: &str, value: &str| place.run(&["migrate", "diff", from, value, "--to-empty", "--exit-code"]);
    diff("--from-schema", "none.prisma").fails("schema-not-found");
    diff("--from-migrations", "none").fails("migrations-not-found");
    diff("--from-url", "nonsense").fails("P1013");
    diff("--from-url", "file:none.db").fails("P1003").says("none.db");
    assert!(!place.path("none.db").exists());
    place.file("bad.prisma", "model A {\n  id Nope\n}\n");
    diff("--from-schema", "bad.prisma").fails("P1012").says("bad.prisma:2:6");
}

#[test]
fn what_is_missing_for_a_database_is_said() {
    let place = Place::with(&[("schema.prisma", &schema("sqlite"))]);
    place.run(&["migrate", "status"]).fails("url-missing").says("DATABASE_URL").says("--url");
    place.run(&["migrate", "deploy", "--url", "file:x.db"]).fails("migrations-folder-absent");
    place
        .run(&["migrate", "dev", "--url", "postgres://u:s3cr3t@h/d"])
        .fails("P1013")
        .says("\"sqlite\"")
        .says("PostgreSQL");
    place.file("none.prisma", "model A {\n  id Int @id\n}\n");
    let ran =
        place.run(&["migrate", "dev", "--schema", "none.prisma", "--url", "file:x.db"]).fails("datasource-missing");
    assert!(ran.err.contains("none.prisma"));
    assert_eq!(place.files(), ["none.prisma", "schema.prisma"]);
}

#[test]
fn a_server_that_does_not_answer_is_named_without_its_password() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
    for provider in ["postgresql", "mysql"] {
        let place = Place::with(&[("schema.prisma", &schema(provider))]);
        let url = format!("{provider}://ann:s3cr3t@127.0.0.1:{port}/shop");
        for command in [&["migrate", "dev", "--name", "x"][..], &["migrate", "status"], &["migrate", "dev", "--json"]] {
            let mut arguments = command.to_vec();
            arguments.extend(["--url", &url]);
            let ran = place.run(&arguments).exits(1);
            let text = format!("{}{}", ran.out, ran.err);
            assert!(text.contains("P1001") && text.contains(&format!("127.0.0.1:{port}")), "{text}");
            assert!(!text.contains("s3cr3t"), "{text}");
        }
        assert_eq!(place.files(), ["schema.prisma"]);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_named_and_nothing_is_applied() {
    let place = sqlite();
    // A file where the folder should be stops root too.
    place.file("prisma/migrations", "");
    let ran = place.run(&["migrate", "dev", "--name", "init"]).exits(1);
    assert!(ran.err.contains("error[") && ran.err.contains("prisma/migrations"), "{}", ran.err);
    assert_eq!(place.files(), [".env", "prisma/migrations", "prisma/schema.prisma"]);
}

#[test]
fn a_database_older_than_its_history_is_resolved() {
    let place = sqlite();
    place.run(&["migrate", "dev", "--name", "init"]).exits(0);
    let folder = migration(&place, "init");
    let name = folder.rsplit('/').next().expect("its name");

    // The same tables without a history.
    let other = ["migrate", "resolve", "--url", "file:./other.db"];
    std::fs::copy(place.path("prisma/dev.db"), place.path("other.db")).expect("a copy");
    let forget = "DROP TABLE _prisma_migrations;";
    let url = nicol_db::ConnectionUrl::parse(&format!("file:{}", place.path("other.db").display())).expect("a URL");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut connection = nicol_db::Connection::open(&url).await.expect("the copy opens");
        connection.run_script(forget).await.expect("the history goes");
    });
    place.run(&["migrate", "deploy", "--url", "file:./other.db"]).fails("P3005");

    place.run(&[&other[..], &["--applied", "20200101000000_none"]].concat()).fails("P3017");
    place.run(&[&other[..], &["--applied", name]].concat()).exits(0).says("recorded as applied");
    place.run(&[&other[..], &["--applied", name]].concat()).fails("P3008");
    place.run(&[&other[..], &["--rolled-back", name]].concat()).fails("P3012");
    place.run(&["migrate", "deploy", "--url", "file:./other.db"]).exits(0).says("No pending migrations");
    place.run(&other).exits(1).says("--rolled-back");
}

#[test]
fn tables_without_a_history_are_taken_in_by_the_way_that_is_named() {
    let place = sqlite();
    place.run(&["migrate", "dev", "--name", "init"]).exits(0);
    let url =
        nicol_db::ConnectionUrl::parse(&format!("file:{}", place.path("prisma/dev.db").display())).expect("a URL");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut connection = nicol_db::Connection::open(&url).await.expect("the database opens");
        connection.run_script("DROP TABLE _prisma_migrations;").await.expect("the history goes");
    });
    std::fs::remove_dir_all(place.path("prisma/migrations")).expect("the folder goes");

    place.run(&["migrate", "dev", "--name", "init"]).fails("P3005").says("nicol migrate adopt");
    assert!(!place.path("prisma/migrations").exists(), "nothing is written");
    place.run(&["migrate", "status", "--exit-code"]).exits(5).says("nicol migrate adopt");
    place.run(&["migrate", "adopt", "--name", "init"]).exits(0).says("recorded as applied");
    assert!(place.read(&format!("{}/migration.sql", migration(&place, "init"))).contains("CREATE TABLE \"User\""));
    place.run(&["migrate", "dev", "--name", "again"]).exits(0);
    place.run(&["migrate", "status"]).exits(0);
}

#[test]
fn a_rename_is_told_or_the_command_stops() {
    let models = "model User {\n  id   Int    @id @default(autoincrement())\n  name String?\n}\n";
    for base in Base::all() {
        let place = base.place(models);
        place.run(&["migrate", "dev", "--name", "init"]).exits(0);
        let user = base.quote("User");
        base.sql(&place, &format!("INSERT INTO {user} (name) VALUES ('Ann')"));
        place.file("schema.prisma", base.schema(&models.replace("name String?", "fullName String?")));
        let before = place.files();
        let refused = place.run(&["migrate", "dev", "--name", "x"]).exits(130);
        let hint = "--rename User.name=fullName";
        assert!(refused.err.contains("error[rename-unclear]") && refused.err.contains(hint), "{}", refused.err);
        assert!(refused.err.contains("--no-rename"), "{}", refused.err);
        assert_eq!(place.files(), before);
        // Not a rename: then it is a loss, and that has its own question.
        place.run(&["migrate", "dev", "--name", "x", "--no-rename"]).exits(130).says("error[data-loss]");
        place.run(&["migrate", "dev", "--name", "x", "--rename", "User.nam=fullName"]).fails("rename-does-not-fit");
        place.run(&["migrate", "dev", "--name", "x", "--rename", "User.name"]).fails("decision-syntax");
        place.run(&["migrate", "dev", "--rename", "User.name=fullName", "--no-rename"]).exits(1).says("error[usage]");
        assert_eq!(place.files(), before);
        let done =
            place.run(&["migrate", "dev", "--name", "x", "--rename", "User.name=fullName", "--json"]).exits(0).json();
        assert_eq!(done["renames"], json!(["User.name=fullName"]));
        let column = base.quote("fullName");
        assert_eq!(base.rows(&place, &format!("SELECT {column} FROM {user}")), ["Ann"]);
        let down = place.read(&format!("{}/down.sql", migration(&place, "x")));
        assert!(!down.contains("loses") && !down.contains("DROP COLUMN"), "{down}");
        place.run(&["migrate", "status"]).exits(0);

        // Called as before while its column changes: beyond doubt.
        place.file(
            "schema.prisma",
            base.schema(&models.replace("name String?", "fullName String? @map(\"full_name\")")),
        );
        place.run(&["migrate", "dev", "--name", "y"]).exits(0).says("User.fullName=full_name");
        assert_eq!(base.rows(&place, &format!("SELECT full_name FROM {user}")), ["Ann"]);

        // A table.
        let account = models.replace("User", "Account").replace("name String?", "fullName String? @map(\"full_name\")");
        place.file("schema.prisma", base.schema(&account));
        place.run(&["migrate", "dev", "--name", "z"]).exits(130).says("--rename User=Account");
        place.run(&["migrate", "dev", "--name", "z", "--rename", "User=Account"]).exits(0);
        assert_eq!(base.rows(&place, &format!("SELECT full_name FROM {}", base.quote("Account"))), ["Ann"]);
        place.run(&["migrate", "status"]).exits(0);
        place.run(&["migrate", "dev", "--shadow"]).exits(0).says("Already in sync");
    }
}

#[test]
fn an_enum_value_is_renamed() {
    let models = "enum Role {\n  USER\n  ADMIN\n}\n\nmodel User {\n  id   Int  @id\n  role Role @default(USER)\n}\n";
    for base in Base::all() {
        let place = base.place(models);
        place.run(&["migrate", "dev", "--name", "init"]).exits(0);
        let user = base.quote("User");
        base.sql(&place, &format!("INSERT INTO {user} (id, role) VALUES (1, 'ADMIN')"));
        place.file("schema.prisma", base.schema(&models.replace("  ADMIN\n", "  OWNER\n")));
        place.run(&["migrate", "dev", "--name", "x", "--rename", "enum Role.ADMIN=OWNER"]).exits(0);
        let text = if base.provider == "postgresql" { "role::text" } else { "role" };
        assert_eq!(base.rows(&place, &format!("SELECT {text} FROM {user}")), ["OWNER"]);
        place.run(&["migrate", "status"]).exits(0);
        place.run(&["migrate", "down"]).exits(0);
        assert_eq!(base.rows(&place, &format!("SELECT {text} FROM {user}")), ["ADMIN"]);
        place.run(&["migrate", "deploy"]).exits(0);
        assert_eq!(base.rows(&place, &format!("SELECT {text} FROM {user}")), ["OWNER"]);
        place.run(&["migrate", "status"]).exits(0);
    }
}

#[test]
fn a_required_field_is_filled() {
    let models = "model User {\n  id   Int    @id @default(autoincrement())\n  name String?\n}\n";
    for base in Base::all() {
        let place = base.place(models);
        place.run(&["migrate", "dev", "--name", "init"]).exits(0);
        let user = base.quote("User");
        base.sql(&place, &format!("INSERT INTO {user} (name) VALUES ('Ann'), ('Bob')"));
        place.file("schema.prisma", base.schema(&models.replace("name String?\n", "name String?\n  nick String\n")));
        place.run(&["migrate", "dev", "--name", "x"]).fails("change-cannot-run").says("--backfill");
        place.run(&["migrate", "dev", "--name", "x", "--backfill", "User.nick=upper(name)"]).exits(0);
        assert_eq!(base.rows(&place, &format!("SELECT nick FROM {user} ORDER BY id")), ["ANN", "BOB"]);
        place.run(&["migrate", "status"]).exits(0);
    }
}

#[test]
fn an_edited_draft_is_applied_as_edited() {
    for base in Base::all() {
        let place = base.place("model User {\n  id Int @id\n}\n");
        place.run(&["migrate", "dev", "--name", "init", "--create-only"]).exits(0);
        let script = format!("{}/migration.sql", migration(&place, "init"));
        let (user, mine) = (base.quote("User"), base.quote("Mine"));
        let more = format!(
            "INSERT INTO {user} (id) VALUES (7);\nCREATE TABLE {mine} (id INTEGER NOT NULL, PRIMARY KEY (id));\n"
        );
        place.file(&script, place.read(&script) + &more);
        place.run(&["migrate", "dev", "--name", "next"]).exits(0);
        assert_eq!(base.rows(&place, &format!("SELECT id FROM {user}")), ["7"]);
        // What was written by hand into a migration is part of the history: the schema lacks it, so it goes, with a migration.
        assert!(place.read(&format!("{}/migration.sql", migration(&place, "next"))).contains("Mine"));
        place.run(&["migrate", "status"]).exits(0);
    }
}

#[cfg(unix)]
#[test]
fn dev_generates_and_seeds_when_told_to() {
    let text = schema("sqlite") + "\ngenerator client {\n  provider = \"nicol\"\n  output   = \"../client\"\n}\n";
    let place = Place::with(&[
        ("prisma/schema.prisma", &text),
        (".env", "DATABASE_URL=file:./dev.db\n"),
        ("nicol.toml", "[migrations]\nseed = \"touch seeded\"\n"),
    ])
    .env("PATH", "/usr/bin:/bin");
    place.run(&["migrate", "dev", "--name", "init"]).exits(0);
    assert!(!place.path("seeded").exists() && !place.path("client").exists());
    let done = place.run(&["migrate", "dev", "--generate", "--seed", "--json"]).exits(0).json();
    assert_eq!((done["seeded"].as_bool(), done["generated"].as_array().map(Vec::len)), (Some(true), Some(1)));
    assert!(place.path("seeded").exists() && place.path("client").is_dir());
    for file in ["seeded", "prisma/dev.db"] {
        std::fs::remove_file(place.path(file)).expect("it goes");
    }
    std::fs::remove_dir_all(place.path("client")).expect("it goes");
    place.file("nicol.toml", "[migrations]\nseed = \"touch seeded\"\n\n[dev]\ngenerate = true\nseed = true\n");
    place.run(&["migrate", "dev", "--skip-generate"]).exits(0);
    assert!(place.path("seeded").exists() && !place.path("client").exists(), "the database was made anew");
    std::fs::remove_file(place.path("seeded")).expect("it goes");
    place.run(&["migrate", "dev"]).exits(0);
    assert!(!place.path("seeded").exists() && place.path("client").is_dir());
}

#[test]
fn a_readme_hides_urls_as_it_is_told() {
    let text = schema("sqlite")
        .replace("env(\"DATABASE_URL\")\n", "env(\"DATABASE_URL\")\n  directUrl = \"file:./s3cr3t.db\"\n");
    for (settings, is_visible) in [("", false), ("mask = \"all\"\n", false), ("mask = \"literal\"\n", true)] {
        let place = Place::with(&[
            ("schema.prisma", text.as_str()),
            ("nicol.toml", &format!("[migrations]\nreadme = true\n{settings}")),
        ]);
        place.run(&["migrate", "dev", "--name", "init", "--create-only", "--url", "file:dev.db"]).exits(0);
        let folder = migration(&place, "init");
        let (readme, snapshot) =
            (place.read(&format!("{folder}/README.md")), place.read(&format!("{folder}/schema.prisma")));
        assert_eq!(readme.contains("+  url      = env(\"DATABASE_URL\")\n"), is_visible, "{settings}: {readme}");
        assert!(readme.contains("+  directUrl = \"***\"\n") && readme.ends_with("```\n\n\n"), "{readme}");
        assert!(!readme.contains("s3cr3t") && !snapshot.contains("s3cr3t") && !snapshot.contains("env("), "{snapshot}");
    }
}
