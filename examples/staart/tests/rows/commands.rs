//! The commands of a project's life, one after the other.

use std::fmt::Write as _;

use fresh_database::Database;
use staart::Result;

use crate::schema::{CASCADE, example_of_2020, of_provider, with};
use crate::untouched;

/// The schema's own generator makes nothing in Rust: this one does.
const GENERATOR: &str = "\ngenerator rust {\n  provider = \"nicol\"\n  output   = \"../src/db\"\n}\n";

fresh_database::tests! {
    open = untouched;

    async fn the_commands_end_to_end(url: String, database: &Database) -> Result<()> {
        let provider = database.provider();
        let schema = example_of_2020(CASCADE);
        let mut schema = if provider == "mysql" { schema } else { of_provider(&schema, provider) };
        // Writing to a String cannot fail.
        let _ = write!(schema, "{GENERATOR}");
        let project = fresh_database::Project::new().env("DATABASE_URL", &url);
        project.file("prisma/schema.prisma", schema.trim_end());
        let nicol = |arguments: &str| project.run(&arguments.split(' ').collect::<Vec<_>>());

        nicol("validate").succeeds().says("is valid");
        nicol("format --check").exits(1).says("schema.prisma");
        nicol("format").succeeds();
        nicol("format --check").succeeds();
        let formatted = project.read("prisma/schema.prisma");
        assert_eq!(formatted, schema.replace("@default(autoincrement()) @id\n", "@id @default(autoincrement())\n"));

        nicol("migrate dev --name init --readme").succeeds().says("_init");
        let made = project.names("prisma/migrations").swap_remove(0);
        assert_eq!(project.names(&format!("prisma/migrations/{made}")), ["README.md", "down.sql", "migration.sql", "schema.prisma"]);
        nicol("migrate status").succeeds().says("up to date");

        let second = Database::create(database.server()).expect("the server is there");
        let deployed = fresh_database::Project::copy_of(project.path("")).env("DATABASE_URL", second.url());
        deployed.run(&["migrate", "deploy"]).succeeds().says("1 migration applied");
        deployed.run(&["migrate", "status"]).succeeds().says("up to date");

        let (head, _) = formatted.split_once("\nenum Gender").expect("enums follow");
        let empty = with(head).env("DATABASE_URL", &url);
        empty.run(&["db", "pull"]).succeeds().says("12 models");
        let pulled = empty.read("schema.prisma");
        // SQLite keeps enums as text.
        assert_eq!(pulled.matches("\nenum ").count(), if provider == "sqlite" { 0 } else { 6 }, "{pulled}");
        empty.run(&["db", "push"]).succeeds().says("in sync");

        nicol("generate").succeeds().says("13 files");
        assert!(project.names("src/db").contains(&"access_tokens.rs".to_owned()));

        nicol("migrate reset --force").succeeds();
        nicol("migrate status").succeeds().says("up to date");
        Ok(())
    }
}
