//! The folder of the document: a monorepo whose package `apps/api` holds schema, migrations and settings.

use std::fs;
use std::path::{Path, PathBuf};

use fresh_database::{Database, Ran};

/// The package's folder.
const API: &str = "apps/api";

pub(crate) const INIT: &str = "20261121103214_init";
pub(crate) const STEP_1: &str = "20261121103215_admin_ops_1_internal_roles_audit_log_quota_reset";
pub(crate) const BACKFILL: &str = "20261121103216_backfill_admin_roles";
pub(crate) const STEP_2: &str = "20261121103218_self_service_1_account_profile_prefs_sessions";
pub(crate) const ALL: [&str; 4] = [INIT, STEP_1, BACKFILL, STEP_2];

/// The example's folder for a server's product.
pub(crate) fn variant(server: &str) -> PathBuf {
    let folder = match server {
        "sqlite" => "sqlite",
        "mariadb" | "mysql" => "mariadb",
        _ => "prisma",
    };
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// A file of the example.
pub(crate) fn read(server: &str, path: &str) -> String {
    fs::read_to_string(variant(server).join(path)).expect("a file of the example")
}

/// The script of a migration.
pub(crate) fn script(server: &str, migration: &str) -> String {
    read(server, &format!("migrations/{migration}/migration.sql"))
}

pub(crate) struct Project {
    files: fresh_database::Project,
}

impl Project {
    /// A monorepo with these migrations and the schema to which they lead, and the database's URL in the environment.
    pub(crate) fn new(database: &Database, migrations: &[&str]) -> Project {
        Project::made(fresh_database::Project::new().env("DATABASE_URL", database.url()), database, migrations)
    }

    /// The same with nothing in the environment.
    pub(crate) fn alone(database: &Database, migrations: &[&str]) -> Project {
        Project::made(fresh_database::Project::new(), database, migrations)
    }

    fn made(files: fresh_database::Project, database: &Database, migrations: &[&str]) -> Project {
        let project = Project { files };
        project.write_root("package.json", "{ \"name\": \"engineo\", \"private\": true }\n");
        project.write_root("pnpm-workspace.yaml", "packages:\n  - apps/*\n");
        let script = "\"db:test:migrate\": \"prisma migrate deploy --schema prisma/schema.prisma\"";
        project.write(
            "package.json",
            &format!("{{ \"name\": \"api\", \"private\": true, \"scripts\": {{ {script} }} }}\n"),
        );
        let lock = read(database.server(), "migrations/migration_lock.toml");
        project.write("prisma/migrations/migration_lock.toml", &lock);
        for migration in migrations {
            project.add(database, migration);
        }
        let last = migrations.last().expect("a migration");
        let schema = read(database.server(), &format!("migrations/{last}/schema.prisma"));
        project.write("prisma/schema.prisma", &schema);
        project
    }

    /// Adds one of the example's migrations, as a checkout would.
    pub(crate) fn add(&self, database: &Database, migration: &str) {
        for file in ["migration.sql", "down.sql", "schema.prisma"] {
            let path = format!("migrations/{migration}/{file}");
            self.write(&format!("prisma/{path}"), &read(database.server(), &path));
        }
    }

    /// A file of the package.
    pub(crate) fn read(&self, path: &str) -> String {
        self.files.read(&format!("{API}/{path}"))
    }

    /// Writes a file of the package: where its commands run.
    pub(crate) fn write(&self, path: &str, text: &str) {
        self.files.file(&format!("{API}/{path}"), text);
    }

    /// Writes a file of the repository.
    pub(crate) fn write_root(&self, path: &str, text: &str) {
        self.files.file(path, text);
    }

    /// Changes the schema.
    pub(crate) fn edit_schema(&self, from: &str, to: &str) {
        let path = "prisma/schema.prisma";
        let text = self.read(path);
        assert!(text.contains(from), "{from} is in the schema");
        self.write(path, &text.replacen(from, to, 1));
    }

    /// Runs `nicol` in the package's folder.
    pub(crate) fn nicol(&self, arguments: &[&str]) -> Ran {
        self.files.run_in(API, arguments)
    }

    /// The same, and it has to end well; gives what it printed.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        said(self.nicol(arguments).succeeds())
    }

    /// A line of the document, run as the package manager runs it: `--filter api` goes to the package's folder, and a script is
    /// what the package says it is. `prisma` is `nicol`.
    #[track_caller]
    pub(crate) fn typed(&self, line: &str) -> String {
        let command = match line.strip_prefix("pnpm --filter api ") {
            Some(command) => command.to_owned(),
            None => {
                let package: serde_json::Value = serde_json::from_str(&self.read("package.json")).expect("JSON");
                let script = line.strip_prefix("pnpm ").expect("a line of the document");
                package["scripts"][script].as_str().expect("a script of the package").to_owned()
            }
        };
        let arguments = command.strip_prefix("prisma ").expect("a command of the document");
        self.run(&arguments.split(' ').collect::<Vec<_>>())
    }

    /// The same, and it has to fail.
    #[track_caller]
    pub(crate) fn fail(&self, arguments: &[&str]) -> String {
        said(self.nicol(arguments).exits(1))
    }

    /// The migration folders, oldest first.
    pub(crate) fn migrations(&self) -> Vec<String> {
        let names = self.files.names(&format!("{API}/prisma/migrations"));
        names.into_iter().filter(|name| name.starts_with(|first: char| first.is_ascii_digit())).collect()
    }

    /// The script of the newest migration.
    pub(crate) fn newest_script(&self) -> String {
        let newest = self.migrations().pop().expect("a migration");
        self.read(&format!("prisma/migrations/{newest}/migration.sql"))
    }
}

/// All that a command printed.
fn said(ran: Ran) -> String {
    ran.out + &ran.err
}
