//! The command lines of the document, in the layout it describes, from the folder it describes.

use fresh_database::Database;

use crate::project::{ALL, BACKFILL, Project, STEP_1, STEP_2, script};
use crate::script::{connect, number, old_user, recorded, unopened};

/// The settings of the document's package.
const CONFIG: &str = r#"import "dotenv/config";
import { defineConfig, env } from "prisma/config";

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: {
    path: "prisma/migrations",
  },
  datasource: {
    url: env("DATABASE_URL"),
  },
});
"#;

/// The command lines of the document, all of them.
const DEVELOPMENT: &str = "pnpm --filter api prisma migrate dev";
const PRODUCTION: &str = "pnpm --filter api prisma migrate deploy";
const TEST_DATABASE: &str = "pnpm db:test:migrate";

/// A schema without its URL, as in Prisma 7.
fn without_url(schema: &str) -> String {
    let lines = schema.lines().filter(|line| !line.trim_start().starts_with("url "));
    lines.map(|line| format!("{line}\n")).collect()
}

fresh_database::tests! {
    open = unopened;

    async fn r01_a_readme_among_the_migrations(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &ALL);
        let text = crate::project::read("postgres", "migrations/README.md");
        project.write("prisma/migrations/README.md", &text);
        let schema = "prisma/schema.prisma";
        for arguments in [
            &["validate"][..],
            &["format"],
            &["migrate", "deploy"],
            &["migrate", "status"],
            &["migrate", "dev", "--name", "nothing"],
            &["migrate", "lint", "--all", "--warn"],
            &["migrate", "diff", "--from-migrations", "prisma/migrations", "--to-schema", schema, "--exit-code"],
            &["migrate", "reset", "--force"],
            &["db", "push"],
            &["db", "pull", "--print"],
            &["debug"],
        ] {
            project.run(arguments);
        }
        assert_eq!(project.migrations(), ALL);
        assert_eq!(project.read("prisma/migrations/README.md"), text);
        Ok(())
    }

    /// The document's lines, and `migrate dev --name` with its names: with the package's folder as working folder, as a package
    /// manager's filter runs them. What lies at the repository's root is not looked at.
    async fn r02_r03_the_documents_names_and_commands(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::alone(database, &ALL[..1]);
        project.write("prisma.config.ts", CONFIG);
        project.write(".env", &format!("DATABASE_URL=\"{}\"\n", database.url()));
        project.write_root(".env", "DATABASE_URL=\"postgresql://nobody@127.0.0.1:1/elsewhere\"\n");
        project.write_root("prisma/schema.prisma", "this is not a schema");
        project.write("prisma/schema.prisma", &without_url(&project.read("prisma/schema.prisma")));
        project.typed(DEVELOPMENT);
        for step in [STEP_1, STEP_2] {
            let schema = crate::project::read(database.server(), &format!("migrations/{step}/schema.prisma"));
            project.write("prisma/schema.prisma", &without_url(&schema));
            let (_, name) = step.split_once('_').expect("a name");
            project.run(&["migrate", "dev", "--name", name]);
            let made = project.migrations().pop().expect("a migration");
            let (time, rest) = made.split_once('_').expect("a name");
            assert!(time.len() == 14 && time.bytes().all(|byte| byte.is_ascii_digit()) && rest == name, "{made}");
            assert_eq!(project.newest_script(), script(database.server(), step));
        }
        // In production there is a database that has none of it, at the URL of the package's own `.env`.
        let production = Database::create(database.server()).expect("the server is there");
        project.write(".env", &format!("DATABASE_URL=\"{}\"\n", production.url()));
        project.typed(PRODUCTION);
        assert_eq!(recorded(&connect(&production).await?).await?, 3);
        Ok(())
    }

    /// `pnpm db:test:migrate` puts the URL of the test database into the environment.
    async fn r04_a_url_in_the_environment_beats_env_files(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &ALL);
        project.write("prisma.config.ts", CONFIG);
        project.write("prisma/schema.prisma", &without_url(&project.read("prisma/schema.prisma")));
        let elsewhere = "DATABASE_URL=\"postgresql://nobody@127.0.0.1:1/elsewhere\"\n";
        for path in [".env", "prisma/.env", ".env.test"] {
            project.write(path, elsewhere);
        }
        project.typed(TEST_DATABASE);
        assert_eq!(recorded(&connect(database).await?).await?, 4);
        Ok(())
    }

    #[on(sqlite)]
    async fn r05_settings_are_read_and_never_run(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::alone(database, &ALL);
        project.write("prisma.config.ts", CONFIG);
        project.write("prisma/schema.prisma", &without_url(&project.read("prisma/schema.prisma")));
        project.write(".env", "DATABASE_URL=\"file:dev.db\"\n");
        project.run(&["validate"]);
        let debug: serde_json::Value = serde_json::from_str(&project.run(&["debug", "--json"])).expect("JSON");
        let text = debug.to_string();
        for wanted in ["prisma/schema.prisma", "prisma/migrations", "DATABASE_URL", "prisma.config.ts"] {
            assert!(text.contains(wanted), "{wanted}: {debug:#}");
        }
        project.write(".env", "");
        for (key, computed) in [("\"prisma/schema.prisma\"", "schema"), ("\"prisma/migrations\"", "path"), ("env(\"DATABASE_URL\")", "url")] {
            project.write("prisma.config.ts", &CONFIG.replace(key, "load()"));
            let text = project.fail(&["migrate", "status"]);
            assert!(text.contains("prisma.config.ts") && text.contains(computed), "{text}");
        }
        Ok(())
    }

    /// A script, a migration of its own, the seed command: the same rows each time.
    async fn r06_three_ways_for_a_statement(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &ALL);
        project.run(&["migrate", "deploy"]);
        let db = connect(database).await?;
        let [table, column] = ["User", "adminRole"].map(|name| db.dialect().quote(name));
        let with_role = format!("SELECT COUNT(*) FROM {table} WHERE {column} = 'OPS_ADMIN'");
        let statement = script(database.server(), BACKFILL);

        old_user(&db, "a", "ADMIN").await?;
        project.write("backfill.sql", &statement);
        project.run(&["db", "execute", "--file", "backfill.sql"]);
        assert_eq!(number(&db, &with_role).await?, 1);

        old_user(&db, "b", "ADMIN").await?;
        let seed = format!("'{}' seed", env!("CARGO_BIN_EXE_engineo"));
        project.write("nicol.toml", &format!("[migrations]\nseed = {seed:?}\n"));
        let seeded = project.run(&["db", "seed"]);
        assert!(seeded.contains("1 admins have a role now"), "{seeded}");
        assert_eq!(number(&db, &with_role).await?, 2);

        old_user(&db, "c", "ADMIN").await?;
        project.run(&["migrate", "dev", "--create-only", "--name", "backfill_again"]);
        let name = project.migrations().pop().expect("a migration");
        project.write(&format!("prisma/migrations/{name}/migration.sql"), &statement);
        project.run(&["migrate", "dev"]);
        assert_eq!((project.migrations().len(), number(&db, &with_role).await?), (5, 3));
        Ok(())
    }
}
