//! The folder of the document: a monorepo whose package `apps/api` holds schema, migrations and settings.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use fresh_database::{Database, nicol};
use tempfile::TempDir;

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
    root: TempDir,
    url: String,
}

impl Project {
    /// A monorepo for a database, with these migrations and the schema to which they lead.
    pub(crate) fn new(database: &Database, migrations: &[&str]) -> Project {
        let project = Project { root: tempfile::tempdir().expect("a folder"), url: database.url().to_owned() };
        fs::create_dir_all(project.api().join("prisma/migrations")).expect("folders");
        project.write_root("package.json", "{ \"name\": \"engineo\", \"private\": true }\n");
        project.write_root("pnpm-workspace.yaml", "packages:\n  - apps/*\n");
        project.write("package.json", "{ \"name\": \"api\", \"private\": true }\n");
        let lock = read(database.server(), "migrations/migration_lock.toml");
        project.write("prisma/migrations/migration_lock.toml", &lock);
        for migration in migrations {
            project.add(database, migration);
        }
        match migrations.last() {
            Some(last) => project
                .write("prisma/schema.prisma", &read(database.server(), &format!("migrations/{last}/schema.prisma"))),
            None => project.write("prisma/schema.prisma", &read(database.server(), "schema.prisma")),
        }
        project
    }

    /// Adds one of the example's migrations, as a checkout would.
    pub(crate) fn add(&self, database: &Database, migration: &str) {
        for file in ["migration.sql", "down.sql", "schema.prisma"] {
            let path = format!("migrations/{migration}/{file}");
            self.write(&format!("prisma/{path}"), &read(database.server(), &path));
        }
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    /// The package's folder: where its commands run.
    pub(crate) fn api(&self) -> PathBuf {
        self.root().join("apps/api")
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.api().join(path)).expect("a file of the project")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        write(&self.api().join(path), text);
    }

    pub(crate) fn write_root(&self, path: &str, text: &str) {
        write(&self.root().join(path), text);
    }

    /// Changes the schema.
    pub(crate) fn edit_schema(&self, from: &str, to: &str) {
        let path = "prisma/schema.prisma";
        let text = self.read(path);
        assert!(text.contains(from), "{from} is in the schema");
        self.write(path, &text.replacen(from, to, 1));
    }

    /// Runs `nicol` in the package's folder on the database.
    pub(crate) fn nicol(&self, arguments: &[&str]) -> Output {
        let mut command = nicol();
        command.current_dir(self.api()).env("DATABASE_URL", &self.url).args(arguments);
        command.output().expect("nicol runs")
    }

    /// The same, and it has to end well; gives what it printed.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.nicol(arguments);
        let text = said(&output);
        assert!(output.status.success(), "{arguments:?}\n{text}");
        text
    }

    /// The same, and it has to fail.
    #[track_caller]
    pub(crate) fn fail(&self, arguments: &[&str]) -> String {
        let output = self.nicol(arguments);
        let text = said(&output);
        assert!(!output.status.success(), "{arguments:?}\n{text}");
        text
    }

    /// The migration folders, oldest first.
    pub(crate) fn migrations(&self) -> Vec<String> {
        let folder = fs::read_dir(self.api().join("prisma/migrations")).expect("the migrations");
        let mut names: Vec<String> = folder
            .filter_map(|entry| entry.ok().filter(|entry| entry.path().is_dir())?.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    /// The script of the newest migration.
    pub(crate) fn newest_script(&self) -> String {
        let newest = self.migrations().pop().expect("a migration");
        self.read(&format!("prisma/migrations/{newest}/migration.sql"))
    }
}

/// All that a command printed.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    fs::write(path, text).expect("a file");
}
