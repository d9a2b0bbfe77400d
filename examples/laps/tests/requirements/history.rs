//! Rows R3, R9, R11, R15, R19, R20 and R23 to R25: from the migrations of 2020 to those of today.

use fresh_database::Project;

use crate::{AFTER, BEFORE, INIT, LEGACY, SESSION, example, live, untouched};

/// The project as it was left in 2020.
fn left() -> Project {
    let project = Project::new();
    project.file("prisma/schema.prisma", live(AFTER)).copy(LEGACY, "prisma/migrations");
    project
}

/// The same, imported.
fn imported(url: &str) -> Project {
    let project = left().env("DATABASE_URL", url);
    project.run(&["migrate", "import"]).succeeds().says("2 migrations imported");
    project
}

/// The statements of 2020 themselves, as a database of that time has seen them.
fn scripts_of_2020() -> String {
    let project = imported("");
    [INIT, SESSION].map(|id| project.read(&format!("prisma/migrations/{id}/migration.sql"))).concat()
}

/// Tables, columns, indexes, foreign keys and enums of the database.
const CATALOGUE: [(&str, &str); 6] = [
    (
        "4",
        "SELECT count(*)::text FROM information_schema.tables WHERE table_schema = 'public' AND table_name NOT LIKE '\\_prisma%'",
    ),
    (
        "16",
        "SELECT count(*)::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_prisma%'",
    ),
    (
        "Round_pkey Student_pkey UserSession_pkey User_pkey",
        "SELECT string_agg(conname, ' ' ORDER BY conname COLLATE \"C\") FROM pg_constraint WHERE contype = 'p' AND connamespace = 'public'::regnamespace AND conname NOT LIKE '\\_prisma%'",
    ),
    ("7", "SELECT count(*)::text FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\\_prisma%'"),
    (
        "Round_createdById_fkey Round_studentId_fkey UserSession_userId_fkey",
        "SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint WHERE contype = 'f'",
    ),
    ("1", "SELECT count(*)::text FROM pg_type WHERE typtype = 'e'"),
];

fn assert_catalogue(database: &fresh_database::Database) {
    for (expected, query) in CATALOGUE {
        assert_eq!(database.rows(query), [expected], "{query}");
    }
}

#[test]
fn r11_the_lock_file_gives_the_order() {
    let lock = left().read("prisma/migrations/migrate.lock");
    assert_eq!(lock, format!("# Prisma Migrate lockfile v1\n\n{INIT}\n{SESSION}"), "no newline at the end");
    let with = |text: &str| {
        let project = left();
        project.file("prisma/migrations/migrate.lock", text);
        project.run(&["migrate", "import"]).fails("import-order")
    };
    with(&format!("{INIT}\n<<<<<<< HEAD\n{SESSION}\n=======\n")).says("line 2");
    with(&format!("{INIT}\n{SESSION}\n20200801000000-gone")).says("20200801000000-gone");
    with(INIT).says(SESSION);
}

#[test]
fn r15_snapshots_are_not_judged() {
    let project = left();
    project.run(&["validate"]).exits(1).says("missing-opposite");
    project.run(&["migrate", "import"]).succeeds().says("onDelete: Cascade");
    for (id, snapshot) in [(INIT, BEFORE), (SESSION, AFTER)] {
        assert_eq!(project.read(&format!("prisma/migrations/{id}/schema.prisma")), snapshot, "untouched");
    }
}

#[test]
fn r19_a_statement_without_its_space() {
    let project = imported("");
    let script = project.read(&format!("prisma/migrations/{SESSION}/migration.sql"));
    assert_eq!(script.matches(";\n").count(), 2, "{script}");
    assert!(script.contains("(\"userId\")REFERENCES \"User\"(\"id\") ON DELETE CASCADE"), "{script}");
    assert!(!script.contains("public"), "{script}");
}

fresh_database::tests! {
    open = untouched;

    #[on(postgres, postgres18)]
    async fn r03_ids_of_then_and_of_today(url: String) -> Result<(), String> {
        let project = imported(&url);
        project.run(&["migrate", "deploy"]).succeeds().says("2 migrations applied");
        project.file("prisma/schema.prisma", example("prisma"));
        project.run(&["migrate", "dev", "--name", "Names of today", "--readme"]).succeeds();
        let names = project.names("prisma/migrations");
        let made = names.iter().find(|name| name.ends_with("_names_of_today")).expect("the new one");
        let (digits, _) = made.split_once('_').expect("an underscore");
        assert!(digits.len() == 14 && digits.bytes().all(|byte| byte.is_ascii_digit()), "{made}");
        let readme = project.read(&format!("prisma/migrations/{made}/README.md"));
        assert!(readme.contains(&format!("\nmigration {SESSION}..{made}\n")), "{readme}");
        project.run(&["migrate", "status"]).succeeds();
        Ok(())
    }

    /// Neither mode of masking shows a URL that is written out.
    #[on(postgres, postgres18)]
    async fn r09_no_url_of_the_schema_is_told(url: String) -> Result<(), String> {
        let project = Project::new();
        let schema = live(AFTER).replace("env(\"DATABASE_URL\")", &format!("\"{url}\""));
        project.file("schema.prisma", &schema).file("nicol.toml", "[migrations]\nreadme = true\nmask = \"literal\"\n");
        project.run(&["format"]).succeeds();
        project.run(&["migrate", "dev", "--name", "init"]).succeeds();
        let made = project.names("migrations").swap_remove(0);
        for file in ["README.md", "schema.prisma"] {
            let text = project.read(&format!("migrations/{made}/{file}"));
            assert!(!text.contains(&url) && text.contains("url = \"***\""), "{text}");
            let comments = schema.lines().filter(|line| line.starts_with("// "));
            assert_eq!(comments.filter(|line| text.contains(*line)).count(), 2, "a comment is no datasource");
        }
        assert!(project.read("schema.prisma").contains(&url), "the author's own file keeps it");
        Ok(())
    }

    /// Statement by statement, as people ran it then.
    #[on(postgres, postgres18)]
    async fn r20_both_blocks_run(_url: String, database: &Database) -> Result<(), String> {
        for id in [INIT, SESSION] {
            let readme = left().read(&format!("prisma/migrations/{id}/README.md"));
            let block = readme.split("```sql\n").nth(1).and_then(|rest| rest.split("\n```").next()).expect("SQL");
            for statement in block.split("\n\n") {
                database.script(statement);
            }
        }
        assert_catalogue(database);
        Ok(())
    }

    #[on(postgres, postgres18)]
    async fn r23_a_database_of_2020_is_adopted(url: String, database: &Database) -> Result<(), String> {
        database.script(&scripts_of_2020());
        let project = imported(&url);
        project.run(&["format"]).succeeds();
        project.run(&["db", "pull"]).succeeds();
        let pulled = project.read("prisma/schema.prisma");
        for name in ["User.name", "Student.name", "Student.startNumber"] {
            assert!(pulled.contains(&format!("@unique(map: \"{name}\")")), "{name} in\n{pulled}");
        }
        assert_eq!(pulled.matches("onDelete: Cascade").count(), 3, "{pulled}");
        assert!(pulled.contains("  userSessions  UserSession[]\n"), "{pulled}");
        // A database does not name that field: pulled into an empty file it is called after its model, as the reference does.
        let empty = Project::new().env("DATABASE_URL", &url);
        empty.file("schema.prisma", "datasource postgresql {\n  provider = \"postgresql\"\n}\n");
        empty.run(&["db", "pull"]).succeeds();
        let unnamed = empty.read("schema.prisma");
        assert!(unnamed.lines().any(|line| line.split_whitespace().eq(["UserSession", "UserSession[]"])), "{unnamed}");
        project.run(&["db", "push"]).succeeds().says("in sync");
        project.run(&["migrate", "diff", "--from-url", &url, "--to-schema", "prisma/schema.prisma", "--exit-code"]).succeeds();

        let difference = |to: &str| {
            project.file("to.prisma", to);
            project.run(&["migrate", "diff", "--from-url", &url, "--to-schema", "to.prisma", "--script"]).succeeds().out
        };
        let renames = difference(&example("prisma"));
        assert_eq!((renames.matches("-- RenameIndex\nALTER INDEX ").count(), renames.matches(';').count()), (3, 3), "{renames}");
        let restricting = difference(&example("prisma").replace(", onDelete: Cascade", ""));
        let count = |comment: &str| restricting.matches(comment).count();
        assert_eq!((count("-- RenameIndex"), count("-- DropForeignKey"), count("-- AddForeignKey")), (3, 3, 3));
        assert_eq!(restricting.matches(';').count(), 9, "{restricting}");
        Ok(())
    }

    /// Each on a database that has its tables already.
    #[on(postgres, postgres18)]
    async fn r24_the_history_is_told_on_the_old_database(url: String, database: &Database) -> Result<(), String> {
        database.script(&scripts_of_2020());
        let project = left().env("DATABASE_URL", &url);
        for command in ["status", "deploy"] {
            project.run(&["migrate", command]).fails("P3003").says("nicol migrate import");
        }
        project.run(&["migrate", "import"]).succeeds();
        project.run(&["migrate", "import"]).succeeds().says("nothing to import");
        project.run(&["migrate", "deploy"]).fails("P3005");
        for id in [INIT, SESSION] {
            project.run(&["migrate", "resolve", "--applied", id]).succeeds();
        }
        project.run(&["migrate", "status"]).succeeds().says("up to date");
        project.run(&["migrate", "deploy"]).succeeds().says("No pending");
        assert_catalogue(database);
        Ok(())
    }

    #[on(postgres, postgres18)]
    async fn r24_r20_an_empty_database_gets_it_all(url: String, database: &Database) -> Result<(), String> {
        imported(&url).run(&["migrate", "deploy"]).succeeds().says("2 migrations applied");
        assert_catalogue(database);
        Ok(())
    }

    #[on(postgres, postgres18)]
    async fn r16_pulled_types_carry_the_datasource_s_name(url: String, database: &Database) -> Result<(), String> {
        database.script("CREATE TABLE t (id INTEGER PRIMARY KEY, at TIMESTAMPTZ(6) NOT NULL)");
        let project = Project::new().env("DATABASE_URL", &url);
        project.file("schema.prisma", "datasource postgresql {\n  provider = \"postgresql\"\n}\n");
        project.run(&["db", "pull"]).succeeds();
        let pulled = project.read("schema.prisma");
        assert!(pulled.contains("DateTime @postgresql.Timestamptz(6)"), "{pulled}");
        Ok(())
    }

    /// 2020, 2021, and what a name is today without being said.
    #[on(postgres, postgres18)]
    async fn r25_names_of_three_eras(url: String, database: &Database) -> Result<(), String> {
        database.script(&scripts_of_2020());
        let project = imported(&url);
        project.run(&["format"]).succeeds();
        for (name, said) in [("User.name", true), ("User.name_unique", true), ("User_name_key", false)] {
            project.run(&["db", "pull"]).succeeds();
            let pulled = project.read("prisma/schema.prisma");
            assert_eq!(pulled.contains(&format!("map: \"{name}\"")), said, "{name} in\n{pulled}");
            project.run(&["db", "push"]).succeeds();
            assert_eq!(database.rows(&format!("SELECT indexname::text FROM pg_indexes WHERE indexname = '{name}'")), [name]);
            let next = if name == "User.name" { "User.name_unique" } else { "User_name_key" };
            if next != name {
                database.script(&format!("ALTER INDEX \"{name}\" RENAME TO \"{next}\""));
            }
        }
        Ok(())
    }
}
