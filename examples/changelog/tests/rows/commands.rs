//! The command lines of the document, from the folder above `prisma`.

use std::fs;
use std::path::{Path, PathBuf};

use changelog::Result;
use fresh_database::{Database, Project, Ran};

/// The example's schema for a server's product.
pub(crate) fn variant(database: &Database) -> PathBuf {
    let folder = match database.provider() {
        "sqlite" => "sqlite",
        "mysql" => "mariadb",
        _ => "prisma",
    };
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("schema")
}

/// The six files in `prisma/schema`, without migrations; the URL in the environment.
fn files(database: &Database) -> Project {
    let project = Project::new().env("DATABASE_URL", database.url());
    project.copy(variant(database), "prisma/schema");
    fs::remove_dir_all(project.path("prisma/schema/migrations")).expect("gone");
    project
}

/// The migration folders, oldest first.
fn migrations(project: &Project, folder: &str) -> Vec<String> {
    project.names(folder).into_iter().filter(|name| name != "migration_lock.toml").collect()
}

/// Every command line of the document, in its order: the steps for a new model, "Schema Validation", "Generating Client",
/// "Migrations".
const TYPED: [&str; 7] = [
    "npx prisma format",
    "npx prisma generate",
    "npx prisma format",
    "npx prisma validate",
    "npx prisma generate",
    "npx prisma migrate dev --name description_of_change",
    "npx prisma migrate deploy",
];

/// Runs such a line with `nicol` in place of the package runner and `prisma`.
#[track_caller]
fn typed(project: &Project, line: &str) -> Ran {
    let arguments = line.strip_prefix("npx prisma ").expect("a line of the document");
    project.run(&arguments.split(' ').collect::<Vec<_>>())
}

/// Nothing is opened: the database is as the test finds it.
async fn unopened(_url: &str) -> Result<()> {
    Ok(())
}

fn is_migration(name: &str, description: &str) -> bool {
    let (time, rest) = name.split_once('_').expect("a name");
    time.len() == 14 && time.bytes().all(|byte| byte.is_ascii_digit()) && rest == description
}

fresh_database::tests! {
    open = unopened;

    /// Each line as it stands there, without `--schema`, the document itself in the folder.
    async fn r10_r11_the_documents_commands(_nothing: (), database: &Database) -> Result<()> {
        let project = files(database);
        project.file("prisma/schema/README.md", "# Prisma Schema Organization\n\n```prisma\nmodel Nothing {\n```\n");
        for line in TYPED {
            typed(&project, line).succeeds();
        }
        assert_eq!(project.names("prisma"), ["generated", "schema"]);
        let made = migrations(&project, "prisma/schema/migrations");
        assert!(made.len() == 1 && is_migration(&made[0], "description_of_change"), "{made:?}");
        project.run(&["migrate", "status"]).succeeds();
        // In production there is a database that has none of it.
        let production = Database::create(database.server()).expect("the server is there");
        let checkout = Project::copy_of(project.path("")).env("DATABASE_URL", production.url());
        typed(&checkout, TYPED[6]).succeeds().says("1 migration applied");
        checkout.run(&["migrate", "status"]).succeeds();
        Ok(())
    }

    /// As the repository has it: the schema named in package.json, the migrations beside the folder.
    async fn r11_as_the_repository_has_it(_nothing: (), database: &Database) -> Result<()> {
        let project = Project::new().env("DATABASE_URL", database.url());
        project.copy(variant(database), "db/parts");
        fs::rename(project.path("db/parts/migrations"), project.path("db/migrations")).expect("moved");
        project.file("package.json", "{ \"name\": \"changelog\", \"prisma\": { \"schema\": \"db/parts\" } }\n");
        for command in [&["format"][..], &["validate"], &["generate"], &["migrate", "deploy"], &["migrate", "status"]] {
            project.run(command).succeeds();
        }
        project.run(&["migrate", "dev", "--name", "description_of_change"]).succeeds();
        assert_eq!(migrations(&project, "db/migrations").len(), 1, "nothing has changed");
        assert!(!project.path("db/parts/migrations").exists());
        // Two places are one too many.
        project.file("db/parts/migrations/migration_lock.toml", project.read("db/migrations/migration_lock.toml"));
        project.run(&["migrate", "status"]).exits(1).says("db/parts/migrations").says("db/migrations");
        Ok(())
    }

    /// The document's list "Adding New Models", step by step.
    async fn r06_r07_b30_adding_new_models(_nothing: (), database: &Database) -> Result<()> {
        let project = Project::new().env("DATABASE_URL", database.url());
        project.copy(variant(database), "prisma/schema");
        project.run(&["migrate", "deploy"]).succeeds();
        let folder = "prisma/schema/migrations";
        assert_eq!(migrations(&project, folder).len(), 1);
        // 1. and 2. No file fits what readers have to say: a new domain is a new file.
        let path = "prisma/schema/feedback.prisma";
        let text = "// What readers say.\n\nmodel Feedback {\n  id String @id @default(cuid())\n  text String\n  \
                    project Projct @relation(fields: [projectId], references: [id], onDelete: Cascade)\n  projectId String\n}\n";
        project.file(path, text);
        // 3. References to other models must be valid.
        project.run(&["validate"]).exits(1).says("prisma/schema/feedback.prisma:6:").says("Projct");
        project.file(path, text.replace("Projct", "Project"));
        project.run(&["validate"]).exits(1).says("has no opposite field in model `Project`");
        // 4. `format` validates syntax, and adds the other side.
        project.file(path, format!("{}!\n", text.replace("Projct", "Project")));
        project.run(&["format"]).exits(1).says("prisma/schema/feedback.prisma:9:");
        project.file(path, text.replace("Projct", "Project"));
        let before = project.read("prisma/schema/projects.prisma");
        typed(&project, TYPED[0]).succeeds();
        let after = project.read("prisma/schema/projects.prisma");
        let added: Vec<&str> = after.lines().filter(|line| !before.contains(line.trim())).map(str::trim).collect();
        assert_eq!(added.len(), 1, "{added:?}");
        assert!(added[0].ends_with(" Feedback[]"), "{added:?}");
        project.run(&["validate"]).succeeds();
        // 5. `generate` updates the client.
        typed(&project, TYPED[1]).succeeds();
        let client: String = project.names("prisma/generated").iter().map(|name| project.read(&format!("prisma/generated/{name}"))).collect();
        assert!(client.contains("pub mod feedback;") && client.contains("Feedback = \"Feedback\""));
        // 6. A migration is made and applied.
        project.run(&["migrate", "dev", "--name", "add_feedback"]).succeeds();
        let made = migrations(&project, folder).pop().expect("a migration");
        assert!(migrations(&project, folder).len() == 2 && is_migration(&made, "add_feedback"), "{made}");
        let script = project.read(&format!("{folder}/{made}/migration.sql"));
        assert_eq!((script.matches("CREATE TABLE").count(), script.matches("ALTER TABLE").count()), (1, usize::from(database.server() != "sqlite")));
        let count = match database.provider() {
            "mysql" => "SELECT COUNT(*) FROM `Feedback`",
            _ => "SELECT COUNT(*) FROM \"Feedback\"",
        };
        assert_eq!(database.rows(count), ["0"]);
        project.run(&["migrate", "deploy"]).succeeds();
        Ok(())
    }

    /// Scripts and folders as people really have them.
    #[on(postgres, postgres18)]
    async fn r24_scripts_of_all_kinds(_nothing: (), database: &Database) -> Result<()> {
        let project = Project::new().env("DATABASE_URL", database.url());
        project.copy(variant(database), "prisma/schema");
        let folder = "prisma/schema/migrations";
        let block = "-- A comment; with semicolons; and a 'quote\n/* ; */\nDO $$\nBEGIN\n  IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'Mood') THEN\n    \
                     CREATE TYPE \"Mood\" AS ENUM ('GOOD;', 'BAD');\n  END IF;\nEND $$;\nDO $outer$ BEGIN PERFORM $$a;b$$; END $outer$;\n";
        project.file(&format!("{folder}/20250101/migration.sql"), block);
        project.file(&format!("{folder}/later/migration.sql"), "INSERT INTO \"AuditLog\" (\"id\", \"action\") VALUES ('a', 'x; -- y');\n");
        project.file(&format!("{folder}/notes.txt"), "stray");
        project.file(&format!("{folder}/.DS_Store"), "stray");
        project.run(&["migrate", "deploy"]).succeeds();
        project.run(&["migrate", "status"]).succeeds();
        let names = "SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY 1";
        assert_eq!(database.rows(names), ["20250101", "20261121111144_init", "later"]);
        assert_eq!(database.rows("SELECT action FROM \"AuditLog\""), ["x; -- y"]);
        let values = "SELECT string_agg(enumlabel, ' ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = '\"Mood\"'::regtype";
        assert_eq!(database.rows(values), ["GOOD; BAD"]);
        Ok(())
    }
}
