//! What PostgreSQL has after the migrations.

use changelog::{Db, Result, open};
use serde_json::Value;

use crate::folder;

const SCRIPT: &str = include_str!("../../prisma/schema/migrations/20261121111144_init/migration.sql");

fn count(database: &fresh_database::Database, query: &str) -> i64 {
    database.rows(&format!("SELECT COUNT(*)::text FROM {query}"))[0].parse().expect("a number")
}

#[test]
fn r19_the_script_in_numbers() {
    let count = |text: &str| SCRIPT.lines().filter(|line| line.contains(text)).count();
    assert_eq!((count("CREATE TYPE"), count("CREATE TABLE")), (9, 31));
    assert_eq!((count("CREATE UNIQUE INDEX"), count("CREATE INDEX"), count("FOREIGN KEY")), (23, 63, 34));
}

/// Recorded from the reference for the same files.
#[test]
fn r23_the_script_is_the_references() {
    assert_eq!(SCRIPT, include_str!("reference/init.sql"));
}

/// Also recorded: where the reference finds its errors when the provider has no lists.
#[test]
fn r23_errors_of_products_without_lists() {
    for (provider, recorded) in
        [("sqlite", include_str!("reference/sqlite.txt")), ("mysql", include_str!("reference/mysql.txt"))]
    {
        let project = folder::project();
        let base = project.read("prisma/schema/base.prisma");
        project.run(&["validate"]).succeeds();
        let base = base.replace("\"postgresql\"", &format!("{provider:?}"));
        project.file("prisma/schema/base.prisma", &base);
        project.run(&["validate"]).exits(1).says("fullTextSearchPostgres");
        project.file("prisma/schema/base.prisma", base.replace("\"fullTextSearchPostgres\"", ""));
        let found: Value = serde_json::from_str(&project.run(&["validate", "--json"]).exits(1).out).expect("JSON");
        let line =
            |found: &Value| format!("{} {} {}", found["file"].as_str().expect("a file"), found["start"], found["end"]);
        let found: Vec<String> = found["diagnostics"].as_array().expect("a list").iter().map(line).collect();
        assert_eq!(found, recorded.lines().collect::<Vec<_>>(), "{provider}");
    }
    // CockroachDB has lists: only the preview feature and the native type are not its own.
    let project = folder::project();
    for path in ["base", "projects", "system"].map(|name| format!("prisma/schema/{name}.prisma")) {
        let text = project.read(&path).replace("\"postgresql\"", "\"cockroachdb\"");
        project.file(&path, text.replace("\"fullTextSearchPostgres\"", "").replace("@db.Text", ""));
    }
    project.run(&["validate"]).succeeds();
}

fresh_database::tests! {
    open = open;

    #[on(postgres, postgres18)]
    async fn r15_types_without_columns(_db: Db, database: &Database) -> Result<()> {
        let of = |name: &str| {
            let values = format!("SELECT string_agg(enumlabel, ' ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = '\"{name}\"'::regtype");
            database.rows(&values).remove(0)
        };
        assert_eq!(of("RequestType"), "DELETE_ENTRY DELETE_TAG DELETE_PROJECT ALLOW_PUBLISH ALLOW_SCHEDULE");
        assert_eq!((of("RequestStatus"), of("emailType")), ("PENDING APPROVED REJECTED".to_owned(), "SINGLE_UPDATE DIGEST".to_owned()));
        let used = "SELECT DISTINCT udt_name::text FROM information_schema.columns WHERE udt_name IN ('RequestType', 'RequestStatus', 'emailType')";
        assert_eq!(database.rows(used), Vec::<String>::new());
        let project = folder::project();
        let pulled = project.run(&["db", "pull", "--print", "--url", database.url()]).succeeds().out;
        for name in ["enum RequestType {", "enum RequestStatus {", "enum emailType {"] {
            assert!(pulled.contains(name), "{name} in:\n{pulled}");
        }
        Ok(())
    }

    #[on(postgres, postgres18)]
    async fn r16_the_join_table(_db: Db, database: &Database) -> Result<()> {
        let constraints = "SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype IN ('p', 'f') \
                           AND conrelid = '\"_ChangelogEntryToChangelogTag\"'::regclass ORDER BY 1";
        assert_eq!(
            database.rows(constraints),
            [
                "_ChangelogEntryToChangelogTag_AB_pkey PRIMARY KEY (\"A\", \"B\")",
                "_ChangelogEntryToChangelogTag_A_fkey FOREIGN KEY (\"A\") REFERENCES \"ChangelogEntry\"(id) ON UPDATE CASCADE ON DELETE CASCADE",
                "_ChangelogEntryToChangelogTag_B_fkey FOREIGN KEY (\"B\") REFERENCES \"ChangelogTag\"(id) ON UPDATE CASCADE ON DELETE CASCADE",
            ]
        );
        let indexes = "SELECT indexname::text FROM pg_indexes WHERE tablename = '_ChangelogEntryToChangelogTag' ORDER BY 1";
        assert_eq!(database.rows(indexes), ["_ChangelogEntryToChangelogTag_AB_pkey", "_ChangelogEntryToChangelogTag_B_index"]);
        Ok(())
    }

    #[on(postgres, postgres18)]
    async fn r20_the_catalogue_in_numbers(_db: Db, database: &Database) -> Result<()> {
        let own = "<> '_prisma_migrations'";
        let count = |query: &str| count(database, query);
        assert_eq!(count(&format!("information_schema.columns WHERE table_schema = 'public' AND table_name {own}")), 307);
        assert_eq!(count(&format!("pg_indexes WHERE schemaname = 'public' AND tablename {own}")), 117);
        let constraints = |kinds: &str| {
            count(&format!("pg_constraint WHERE contype IN ({kinds}) AND connamespace = 'public'::regnamespace AND conrelid <> '_prisma_migrations'::regclass"))
        };
        assert_eq!((constraints("'p'"), constraints("'f'"), constraints("'p', 'f', 'u', 'c'")), (31, 34, 65));
        assert_eq!(count("pg_type WHERE typtype = 'e'"), 9);
        Ok(())
    }

    #[on(postgres, postgres18)]
    async fn r21_types_and_defaults(_db: Db, database: &Database) -> Result<()> {
        let of = |table: &str, column: &str| {
            let sql = format!(
                "SELECT udt_name::text, is_nullable::text, column_default::text FROM information_schema.columns \
                 WHERE table_name = '{table}' AND column_name = '{column}'"
            );
            database.rows(&sql).remove(0)
        };
        assert_eq!(of("ApiKey", "permissions"), "_text YES -");
        assert_eq!(of("Project", "defaultTags"), "_text YES ARRAY[]::text[]");
        assert_eq!(of("Widget", "settings"), "jsonb NO '{}'::jsonb");
        assert_eq!(of("User", "twoFactorMode"), "TwoFactorMode YES 'NONE'::\"TwoFactorMode\"");
        Ok(())
    }

    #[on(postgres, postgres18)]
    async fn r22_actions_of_the_foreign_keys(_db: Db, database: &Database) -> Result<()> {
        let sql = "SELECT conname::text, confdeltype::text, confupdtype::text FROM pg_constraint WHERE contype = 'f' ORDER BY 1";
        let keys = database.rows(sql);
        for wanted in [
            "ChangelogRequest_changelogEntryId_fkey n c",
            "ChangelogRequest_changelogTagId_fkey n c",
            "ApiKey_userId_fkey r c",
            "ApiKey_projectId_fkey c c",
            "AuditLog_userId_fkey n c",
        ] {
            assert!(keys.iter().any(|key| key == wanted), "{wanted} in {keys:?}");
        }
        assert!(keys.iter().all(|key| key.ends_with(" c")), "all of them follow a change of the key");
        assert_eq!(keys.iter().filter(|key| key.contains("_fkey r ")).count(), 1);
        Ok(())
    }
}
