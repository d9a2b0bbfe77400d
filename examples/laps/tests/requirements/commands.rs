//! The commands of a project that begins today, one after the other.

use fresh_database::{Database, Project};

use crate::{AFTER, BEFORE, live, of_provider, untouched};

/// A client in Rust beside the one that the schema names.
const GENERATOR: &str = "\ngenerator rust {\n  provider = \"nicol\"\n  output   = \"../src/db\"\n}\n";

fresh_database::tests! {
    open = untouched;

    async fn the_commands_end_to_end(url: String, database: &Database) -> Result<(), String> {
        let schema = |snapshot: &str| of_provider(&live(snapshot), database.provider()) + GENERATOR;
        let project = Project::new().env("DATABASE_URL", &url);
        let nicol = |arguments: &str| project.run(&arguments.split(' ').collect::<Vec<_>>());
        let newest = || project.names("prisma/migrations").into_iter().rfind(|name| !name.ends_with(".toml")).expect("a migration");

        project.file("prisma/schema.prisma", schema(BEFORE));
        nicol("migrate dev --name init --readme").succeeds();
        let first = newest();

        project.file("prisma/schema.prisma", schema(AFTER));
        nicol("validate").exits(1).says("missing-opposite");
        nicol("format").succeeds();
        nicol("validate").succeeds();
        nicol("migrate dev --name add-user-session --readme").succeeds();
        let second = newest();
        assert!(second.ends_with("_add_user_session"), "{second}");
        let readme = project.read(&format!("prisma/migrations/{second}/README.md"));
        for line in [format!("migration {first}..{second}"), "+model UserSession {".into(), "+  userSessions  UserSession[]".into()] {
            assert!(readme.contains(&format!("\n{line}\n")), "{line} in\n{readme}");
        }

        nicol("generate").succeeds();
        assert!(project.names("src/db").contains(&"user_session.rs".to_owned()));
        nicol("migrate status").succeeds().says("up to date");

        let elsewhere = Database::create(database.server()).expect("the server is there");
        let deployed = Project::copy_of(project.path("")).env("DATABASE_URL", elsewhere.url());
        deployed.run(&["migrate", "deploy"]).succeeds().says("2 migrations applied");
        deployed.run(&["migrate", "status"]).succeeds().says("up to date");
        Ok(())
    }
}
