//! Rows R16, R17, R24 and R31: from the migrations of 2020 to those of today.

use fresh_database::Project;
use staart::Result;

use crate::schema::{CASCADE, DOCUMENT_SCHEMA, RESTRICT, example_of_2020};
use crate::untouched;

/// The folders of 2020.
pub(crate) const LEGACY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/legacy");
pub(crate) const ID: &str = "20200420002856";
/// The document: the README of its migration.
pub(crate) const DOCUMENT: &str = include_str!("../legacy/20200420002856/README.md");

/// The project as it was left in 2020.
pub(crate) fn left() -> Project {
    let project = Project::new();
    project.file("prisma/schema.prisma", DOCUMENT_SCHEMA).copy(LEGACY, "prisma/migrations");
    project
}

/// The script that an import makes.
pub(crate) fn imported() -> String {
    let project = left();
    project.run(&["migrate", "import"]).succeeds();
    project.read(&format!("prisma/migrations/{ID}/migration.sql"))
}

/// What a folder holds, but for what an import adds.
fn files(project: &Project) -> Vec<(String, String)> {
    ["README.md", "schema.prisma", "steps.json"]
        .map(|name| format!("prisma/migrations/{ID}/{name}"))
        .map(|path| (project.read(&path), path))
        .to_vec()
}

#[test]
fn r16_snapshots_are_no_schema_files() {
    let project = Project::new().env("DATABASE_URL", "file:r16.db");
    let (head, models) = DOCUMENT_SCHEMA.split_once("\nenum Gender").expect("enums follow");
    project.file("prisma/base.prisma", head.replace("\"mysql\"", "\"sqlite\""));
    project.file(
        "prisma/models.prisma",
        format!("enum Gender{}", models.replace(", name: \"userId\"", "").replace(", name: \"organizationId\"", "")),
    );
    project.run(&["migrate", "dev", "--name", "init", "--schema", "prisma"]).succeeds();
    let made = project.names("prisma/migrations");
    assert!(project.names(&format!("prisma/migrations/{}", made[0])).contains(&"schema.prisma".to_owned()));
    project.run(&["validate", "--schema", "prisma"]).succeeds().says("is valid");
    project.run(&["migrate", "status", "--schema", "prisma"]).succeeds();
}

#[test]
fn r17_import_writes_the_script_and_nothing_else() {
    let project = left();
    // What it says is not looked at.
    project.file(&format!("prisma/migrations/{ID}/steps.json"), "{ \"version\": \"0.3.14-fixed\", ");
    let before = files(&project);
    project.run(&["migrate", "import"]).succeeds().says("1 migration imported").says("`staart`");
    assert_eq!(files(&project), before);
    assert_eq!(project.names("prisma/migrations"), [ID, "migrate.lock", "migration_lock.toml"]);
    assert!(project.read("prisma/migrations/migration_lock.toml").ends_with("provider = \"mysql\"\n"));
    let script = project.read(&format!("prisma/migrations/{ID}/migration.sql"));
    assert!(!script.contains("`staart`.") && script.contains("CREATE TABLE `users` ("), "{script}");
    assert_eq!(script.matches(";\n").count(), 34, "{script}");
    let folder =
        |project: &Project| (project.names("prisma/migrations"), project.names(&format!("prisma/migrations/{ID}")));
    let there = folder(&project);
    project.run(&["migrate", "import"]).succeeds().says("nothing to import");
    assert_eq!((folder(&project), files(&project)), (there, before));
    assert_eq!(project.read(&format!("prisma/migrations/{ID}/migration.sql")), script);
}

/// The qualifier stays when it is more than one; ids are sorted as text.
#[test]
fn r17_several_folders() {
    let project = left();
    let second = "20200501000000-second";
    let readme = "# Migration\n\n## Database Steps\n\n```sql\nALTER TABLE `other`.`users` ADD `a` int;\n\nALTER TABLE `staart`.`users` ADD `b` int\n```\n";
    project.file(&format!("prisma/migrations/{second}/README.md"), readme);
    project.file("prisma/migrations/migrate.lock", format!("# Prisma Migrate lockfile v1\n\n{ID}\n{second}"));
    project.run(&["migrate", "import"]).succeeds().says("2 migrations imported");
    let script = project.read(&format!("prisma/migrations/{second}/migration.sql"));
    assert_eq!(script.matches(";\n").count(), 2, "{script}");
    assert!(script.contains("`other`.`users`") && script.contains("`staart`.`users`"), "{script}");
}

#[test]
fn r24_import_offers_the_cascades() {
    let project = left();
    project.run(&["migrate", "import"]).succeeds().says("`nicol migrate import --cascades` adds `onDelete: Cascade`");
    project.run(&["migrate", "import", "--cascades"]).succeeds().says("sessions.user");
    assert_eq!(project.read("prisma/schema.prisma").matches("onDelete: Cascade").count(), 11);
}

/// Until the schema says it; a schema without an imported history is not asked.
#[test]
fn r24_lint_hints_at_the_cascades() {
    let project = left();
    project.run(&["migrate", "import"]).succeeds();
    let lint = || project.run(&["migrate", "lint", "--offline"]);
    let said =
        lint().succeeds().says("hint[NL311]").says("`nicol migrate import --cascades` writes `onDelete: Cascade`").out;
    let named = DOCUMENT_SCHEMA.lines().filter(|line| line.contains(RESTRICT)).count();
    let message = said.lines().find(|line| line.contains("NL311")).expect("the hint");
    assert_eq!((named, message.matches('.').count()), (11, 11), "{message}");
    for relation in ["emails.user", "webhooks.organization"] {
        assert!(message.contains(relation), "{message}");
    }
    project.run(&["migrate", "import", "--cascades"]).succeeds();
    assert!(!lint().succeeds().out.contains("NL311"));

    let today = Project::new();
    today.file("prisma/schema.prisma", DOCUMENT_SCHEMA).copy(LEGACY, "prisma/migrations");
    let script = imported();
    let (_, plain) = script.split_once('\n').expect("the mark of the import");
    today.file(&format!("prisma/migrations/{ID}/migration.sql"), plain);
    today.file("prisma/migrations/migration_lock.toml", "provider = \"mysql\"\n");
    assert!(!today.run(&["migrate", "lint", "--offline"]).out.contains("NL311"));
}

fresh_database::tests! {
    open = untouched;

    /// Before it is imported each command names the way.
    #[on(mariadb, mysql)]
    async fn r17_from_2020_to_a_migrated_database(url: String) -> Result<()> {
        let project = left().env("DATABASE_URL", &url);
        for command in [&["migrate", "status"][..], &["migrate", "deploy"], &["migrate", "dev", "--name", "next"]] {
            project.run(command).fails("P3003").says("nicol migrate import");
        }
        project.run(&["migrate", "import"]).succeeds();
        project.run(&["migrate", "status"]).exits(1).says(ID);
        project.run(&["migrate", "deploy"]).succeeds().says("1 migration applied");
        project.run(&["migrate", "status"]).succeeds().says("up to date");
        Ok(())
    }

    /// A database from then that has its tables already is told so, and nothing is run on it.
    #[on(mariadb, mysql)]
    async fn r31_the_history_is_told_on_the_old_database(url: String, database: &Database) -> Result<()> {
        database.script(&imported());
        let project = left().env("DATABASE_URL", &url);
        project.run(&["migrate", "import"]).succeeds();
        project.run(&["migrate", "deploy"]).fails("P3005");
        project.run(&["migrate", "resolve", "--applied", ID]).succeeds();
        project.run(&["migrate", "status"]).succeeds().says("up to date");
        project.run(&["migrate", "deploy"]).succeeds().says("No pending");
        Ok(())
    }

    #[on(mariadb, mysql)]
    async fn r31_r28_a_database_of_2020_is_adopted_as_it_is(url: String, database: &Database) -> Result<()> {
        database.script(&imported());
        let made = "SELECT GROUP_CONCAT(CONCAT(table_name, '.', index_name) ORDER BY 1) FROM (SELECT DISTINCT table_name, index_name \
                    FROM information_schema.statistics WHERE table_schema = DATABASE()) AS indexes";
        let before = database.rows(made);
        let project = Project::new().env("DATABASE_URL", &url);
        let (head, _) = DOCUMENT_SCHEMA.split_once("\nenum Gender").expect("enums follow");
        project.file("prisma/schema.prisma", head);
        project.run(&["db", "pull"]).succeeds().says("12 models and 6 enums");
        let pulled = project.read("prisma/schema.prisma");
        let count = |text: &str| pulled.matches(text).count();
        assert_eq!((count("\nmodel "), count("\nenum "), count("onDelete: Cascade")), (12, 6, 11), "{pulled}");
        for name in ["users.username", "organizations.username"] {
            assert_eq!(count(&format!("@unique(map: \"{name}\")")), 1, "{name} in\n{pulled}");
        }
        assert_eq!(count("_ibfk_"), 11, "{pulled}");
        // The two that the server made are declared, too: nothing tells them from the others.
        let indexes = ["userId", "organizationId"].map(|name| count(&format!("@@index([{name}], map: \"{name}\")")));
        assert_eq!(indexes, [7, 4], "{pulled}");
        assert_eq!(count(" @default(now()) @mysql.DateTime(0)\n"), 12, "{pulled}");
        assert_eq!(count("@mysql."), 12, "no other type is unusual\n{pulled}");

        project.run(&["db", "push"]).succeeds().says("in sync");
        project.run(&["migrate", "diff", "--from-url", &url, "--to-schema", "prisma/schema.prisma", "--exit-code"]).succeeds();
        assert_eq!(database.rows(made), before);
        Ok(())
    }

    /// Pulled over the schema of 2020 the models keep their names and relations theirs, and what the server made is not said.
    #[on(mariadb, mysql)]
    async fn r31_names_of_the_schema_stay(url: String, database: &Database) -> Result<()> {
        database.script(&imported());
        let project = left().env("DATABASE_URL", &url);
        project.run(&["db", "pull"]).succeeds();
        let pulled = project.read("prisma/schema.prisma");
        assert_eq!(pulled, include_str!("../pulled.prisma"));
        for line in DOCUMENT_SCHEMA.lines().filter(|line| line.starts_with("model ") || line.contains("@@map")) {
            assert!(pulled.contains(&format!("{line}\n")), "{line} in\n{pulled}");
        }
        for relation in DOCUMENT_SCHEMA.split("@relation(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert_eq!(pulled.matches(&format!("@relation(\"{relation}\"")).count(), 2, "{relation} in\n{pulled}");
        }
        assert_eq!(pulled.matches("@@index").count(), 9, "{pulled}");
        project.run(&["db", "push"]).succeeds().says("in sync");
        Ok(())
    }

    /// Of the two indexes that nobody declared none is dropped or made again: the server made them for foreign keys.
    #[on(mariadb, mysql)]
    async fn r28_indexes_of_the_server_stay(url: String, database: &Database) -> Result<()> {
        database.script(&imported());
        let indexes = "SELECT CAST(COUNT(DISTINCT table_name, index_name) AS CHAR) FROM information_schema.statistics WHERE table_schema = DATABASE()";
        assert_eq!(database.rows(indexes), ["25"]);
        let undeclared = "SELECT CONCAT(table_name, '.', index_name) FROM information_schema.statistics WHERE table_schema = DATABASE() \
                          AND table_name IN ('api-keys', 'approved-locations') AND index_name <> 'PRIMARY' ORDER BY 1";
        assert_eq!(database.rows(undeclared), ["api-keys.organizationId", "approved-locations.userId"]);
        let project = Project::new();
        project.file("schema.prisma", example_of_2020(CASCADE));
        let plan = project.run(&["migrate", "diff", "--from-url", &url, "--to-schema", "schema.prisma", "--script"]).succeeds().out;
        let touched: Vec<&str> = plan.lines().filter(|line| line.contains("INDEX")).collect();
        assert!(touched.iter().all(|line| line.contains("username")), "{touched:?}");
        // MySQL renames an index; on MariaDB the reference makes the new one and then drops the old one, and so does nicol.
        let renames = touched.iter().filter(|line| line.contains(" RENAME INDEX ")).count();
        assert_eq!((touched.len(), renames), if database.server() == "mysql" { (2, 2) } else { (4, 0) }, "{touched:?}");
        Ok(())
    }
}
