//! Which schema, config, URL and migrations folder are found, and who wins.

use crate::support::{PLAIN, Place};

/// What `debug --json` says under a name.
fn debug(place: &Place, arguments: &[&str], name: &str) -> (String, String) {
    let mut all = vec!["debug", "--json"];
    all.extend(arguments);
    let report = place.run(&all).exits(0).json();
    let text = |field: &str| report[name][field].as_str().unwrap_or("-").to_owned();
    (text("value"), text("from"))
}

fn schema(place: &Place, arguments: &[&str]) -> String {
    let (value, _) = debug(place, arguments, "schema");
    value.split(" (").next().unwrap_or_default().to_owned()
}

#[test]
fn the_schema_is_looked_for_in_a_fixed_order() {
    let place = Place::with(&[("prisma/schema/a.prisma", PLAIN)]);
    assert_eq!(schema(&place, &[]), "prisma/schema");
    place.file("prisma/schema.prisma", PLAIN);
    assert_eq!(schema(&place, &[]), "prisma/schema.prisma");
    place.file("schema.prisma", PLAIN);
    assert_eq!(schema(&place, &[]), "schema.prisma");
    place.file("package.json", r#"{ "prisma": { "schema": "pkg/p.prisma" } }"#).file("pkg/p.prisma", PLAIN);
    assert_eq!(schema(&place, &[]), "pkg/p.prisma");
    place.file("prisma.config.ts", "export default { schema: 'ts/t.prisma' }").file("ts/t.prisma", PLAIN);
    assert_eq!(schema(&place, &[]), "ts/t.prisma");
    place.file("nicol.toml", "schema = 'toml'").file("toml/x.prisma", PLAIN);
    assert_eq!(schema(&place, &[]), "toml");
    place.file("flag.prisma", PLAIN);
    assert_eq!(schema(&place, &["--schema", "flag.prisma"]), "flag.prisma");
}

#[test]
fn a_config_elsewhere_is_the_base_of_everything() {
    let place = Place::with(&[
        ("app/prisma.config.mjs", "export default { schema: 'db/s.prisma', migrations: { path: './db/m' } }"),
        ("app/db/s.prisma", PLAIN),
        ("schema.prisma", PLAIN),
    ]);
    let config = &["--config", "app/prisma.config.mjs"];
    assert_eq!(schema(&place, config), "app/db/s.prisma");
    assert_eq!(debug(&place, config, "migrations").0, "app/db/m (does not exist yet)");
    place.run(&["validate", "--config", "app/nothing.ts"]).fails("config-not-found").says("app/nothing.ts");
}

#[test]
fn what_a_config_computes_is_named_and_never_guessed() {
    let place = Place::with(&[
        ("prisma.config.ts", "export default {\n  schema: which(),\n  datasource: { url: 'file:' + name },\n}"),
        ("schema.prisma", PLAIN),
    ]);
    place
        .run(&["validate"])
        .fails("config-value-unknown")
        .says("`schema` cannot be read")
        .says("prisma.config.ts:2:11")
        .says("--schema");
    place.run(&["validate", "--schema", "schema.prisma"]).exits(0);
    let report = place.run(&["debug", "--json", "--schema", "schema.prisma"]).exits(0).json();
    assert_eq!(report["url"]["error"]["code"], "config-value-unknown");
    assert_eq!(report["url"]["error"]["where"], "prisma.config.ts:3:22");
}

#[test]
fn the_environment_beats_env_files_and_they_beat_what_is_written() {
    let schema = |url: &str| PLAIN.replace("\"sqlite\"\n", &format!("\"sqlite\"\n  url = {url}\n"));
    let place = Place::with(&[("prisma/schema.prisma", &schema("env(\"DB\")"))]);
    let none = ("-".to_owned(), "-".to_owned());
    assert_eq!(debug(&place, &[], "url"), none);
    place
        .run(&["debug"])
        .exits(0)
        .says("(DB is not set; looked for in the environment, prisma/.env (does not exist), .env (does not exist))");
    place
        .run(&["migrate", "status"])
        .fails("url-missing")
        .says("prisma/schema.prisma")
        .says("prisma/.env (does not exist)");
    place.file(".env", "DB=file:here.db\nDATABASE_URL=file:other.db");
    assert_eq!(debug(&place, &[], "url"), ("file:here.db".to_owned(), "DB in .env".to_owned()));
    place.file("prisma/.env", "DB=\"file:beside.db\" # comment");
    assert_eq!(debug(&place, &[], "url"), ("file:beside.db".to_owned(), "DB in prisma/.env".to_owned()));
    let place = place.env("DB", "file:env.db");
    assert_eq!(debug(&place, &[], "url"), ("file:env.db".to_owned(), "DB in the environment".to_owned()));
    let given = debug(&place, &["--url", "file:flag.db"], "url");
    assert_eq!(given, ("file:flag.db".to_owned(), "the command line".to_owned()));
}

#[test]
fn the_config_beats_the_schema_and_names_variables() {
    let schema = PLAIN.replace("\"sqlite\"\n", "\"sqlite\"\n  url = \"file:schema.db\"\n");
    let place = Place::with(&[("schema.prisma", &schema)]);
    let expected = ("file:schema.db".to_owned(), "the datasource in schema.prisma".to_owned());
    assert_eq!(debug(&place, &[], "url"), expected);
    place.file("prisma.config.ts", "export default { datasource: { url: process.env.X ?? 'file:config.db' } }");
    let expected = ("file:config.db".to_owned(), "datasource.url in prisma.config.ts:1:37".to_owned());
    assert_eq!(debug(&place, &[], "url"), expected);
    place.file(".env", "X=file:x.db");
    assert_eq!(debug(&place, &[], "url"), ("file:x.db".to_owned(), "X in .env".to_owned()));
    place.file("nicol.toml", "[datasource]\nurl = { env = 'Y' }\nshadow_database_url = 'file:s.db'\n");
    place.file(".env", "X=file:x.db\nY=file:y.db");
    assert_eq!(debug(&place, &[], "url"), ("file:y.db".to_owned(), "Y in .env".to_owned()));
    assert_eq!(debug(&place, &[], "shadow_url").0, "file:s.db");
}

#[test]
fn passwords_are_never_shown() {
    let place = Place::with(&[
        ("schema.prisma", PLAIN),
        (".env", "DATABASE_URL='postgres://ann:s3cr3t@db.example:5432/shop?sslpassword=s3cr3t'"),
    ]);
    let ran = place.run(&["debug"]).exits(0).says("postgres://ann:***@db.example:5432/shop?sslpassword=***");
    assert!(!ran.out.contains("s3cr3t") && !ran.err.contains("s3cr3t"));
}

#[test]
fn the_migrations_folder_is_beside_the_datasource_and_two_are_too_many() {
    let place = Place::with(&[
        ("prisma/schema/models/user.prisma", "model User {\n  id Int @id\n}\n"),
        ("prisma/schema/base.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n"),
    ]);
    let migrations = |place: &Place| debug(place, &[], "migrations").0;
    assert_eq!(migrations(&place), "prisma/schema/migrations (does not exist yet)");
    place.file("prisma/migrations/migration_lock.toml", "provider = \"sqlite\"\n");
    assert_eq!(migrations(&place), "prisma/migrations");
    let snapshot = "model User {\n  id Int @id\n}\n";
    place
        .file("prisma/schema/migrations/1_init/schema.prisma", snapshot)
        .file("prisma/schema/migrations/1_init/migration.sql", "");
    let report = place.run(&["debug", "--json"]).exits(0).json();
    assert_eq!(report["migrations"]["error"]["code"], "migrations-ambiguous");
    assert_eq!(report["migrations"]["error"]["where"], "prisma/schema/migrations and prisma/migrations");
    place.file("nicol.toml", "[migrations]\npath = 'prisma/migrations'\n");
    assert_eq!(migrations(&place), "prisma/migrations");
}

#[test]
fn a_schema_folder_is_read_without_migrations_dependencies_and_hidden_folders() {
    let model = |name: &str| format!("model {name} {{\n  id Int @id\n}}\n");
    let place = Place::with(&[("db/b.prisma", PLAIN), ("db/sub/deep/a.prisma", &model("Deep"))]);
    for skipped in ["migrations/1_x", "node_modules/x", ".hidden", "history/1_x"] {
        place.file(&format!("db/{skipped}/schema.prisma"), model("User"));
    }
    place.file("db/history/migration_lock.toml", "provider = \"sqlite\"\n").file("db/notes.txt", "no schema");
    std::fs::create_dir(place.path("db/folder.prisma")).expect("a folder");
    #[cfg(unix)]
    std::os::unix::fs::symlink("..", place.path("db/sub/loop")).expect("a link");
    let ran = place.run(&["validate", "--schema", "db"]).exits(0);
    assert!(ran.out.contains("is valid"), "{}", ran.out);
    let text = place.run(&["format", "--schema", "db", "--stdout"]).exits(0).out;
    let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("// ")).collect();
    assert_eq!(names, ["b.prisma", "sub/deep/a.prisma"]);
}

#[test]
fn what_a_command_does_not_need_does_not_disturb_it() {
    let place = Place::with(&[("schema.prisma", PLAIN), ("package.json", "{ not json")]);
    place.file(".env", b"# caf\xe9\nDATABASE_URL=file:a.db\n");
    std::fs::create_dir(place.path("prisma.config.ts")).expect("a folder");
    place.run(&["validate"]).exits(0);
    assert_eq!(debug(&place, &[], "url").0, "file:a.db");
}

#[test]
fn the_env_file_beside_the_config_counts_too() {
    let place = Place::with(&[
        ("packages/db/prisma/schema.prisma", PLAIN),
        ("packages/db/prisma.config.ts", "export default { datasource: { url: env('DB') } }"),
        ("packages/db/.env", "DB=file:package.db"),
    ]);
    let config = &["--config", "packages/db/prisma.config.ts"];
    assert_eq!(debug(&place, config, "url"), ("file:package.db".to_owned(), "DB in packages/db/.env".to_owned()));
    place.file(".env", "DB=file:here.db");
    assert_eq!(debug(&place, config, "url"), ("file:here.db".to_owned(), "DB in .env".to_owned()));
    std::fs::remove_file(place.path(".env")).expect("a file");
    std::fs::remove_file(place.path("packages/db/.env")).expect("a file");
    place.run(&["migrate", "status", "--config", config[1]]).fails("url-missing").says("prisma.config.ts:1:");
}

#[test]
fn a_url_that_cannot_be_used_says_how_to_write_it() {
    let place = Place::with(&[("schema.prisma", PLAIN)]);
    for (url, help) in [
        ("\"postgres://u:s3cr3t@h/d\"", "take the quotes away"),
        ("prisma://h/?api_key=s3cr3t", "service of Prisma"),
        ("prisma+postgres://localhost:1/?api_key=s3cr3t", "service of Prisma"),
        ("mongodb://u:s3cr3t@h/d", "postgres://user@host:5432/database"),
    ] {
        let ran = place.run(&["migrate", "deploy", "--url", url]).fails("P1013").says(help);
        assert!(!ran.err.contains("s3cr3t"), "{}", ran.err);
    }
}
