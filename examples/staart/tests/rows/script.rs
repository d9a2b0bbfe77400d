//! Rows R29 and R30: the SQL of today.

use crate::schema::{DOCUMENT_SCHEMA, of_provider, with};
use crate::{example, of_migration};

/// The script that makes a schema.
fn script(schema: &str) -> String {
    with(schema).run(&["migrate", "diff", "--from-empty", "--to-schema", "schema.prisma", "--script"]).succeeds().out
}

fn count(script: &str, text: &str) -> usize {
    script.matches(text).count()
}

#[test]
fn r29_the_script_for_mysql() {
    let script = of_migration("prisma", "migration.sql");
    assert_eq!(script.trim_end(), self::script(&example("prisma")).trim_end());
    let blocks: Vec<&str> = script.trim_end().split("\n\n-- ").collect();
    assert_eq!(blocks.len(), 23);
    let tables: Vec<&str> =
        script.lines().filter_map(|line| line.strip_prefix("CREATE TABLE `")?.strip_suffix("` (")).collect();
    let declared = [
        "users",
        "organizations",
        "emails",
        "access-tokens",
        "api-keys",
        "approved-locations",
        "backup-codes",
        "domains",
        "identities",
        "memberships",
        "sessions",
        "webhooks",
    ];
    assert_eq!(tables, declared);
    for block in &blocks[..12] {
        assert!(block.trim_start_matches("-- ").starts_with("CreateTable\nCREATE TABLE `"), "{block}");
        assert!(
            block.ends_with("\n    PRIMARY KEY (`id`)\n) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"),
            "{block}"
        );
        assert!(block.contains("\n    `id` INTEGER NOT NULL AUTO_INCREMENT,\n"), "{block}");
    }
    for block in &blocks[12..] {
        assert!(
            block.starts_with("AddForeignKey\nALTER TABLE `")
                && block.trim_end().ends_with("ON DELETE CASCADE ON UPDATE CASCADE;"),
            "{block}"
        );
    }
    for line in [
        "    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),\n",
        "    `updatedAt` DATETIME(3) NOT NULL,\n",
        "    `checkLocationOnLogin` BOOLEAN NOT NULL DEFAULT false,\n",
        "    `password` VARCHAR(191) NULL,\n",
        "    `username` VARCHAR(191) NOT NULL,\n",
        "    UNIQUE INDEX `users_username_key`(`username`),\n",
        "    UNIQUE INDEX `organizations_username_key`(`username`),\n",
        "ADD CONSTRAINT `access-tokens_userId_fkey` FOREIGN KEY (`userId`)",
        "ADD CONSTRAINT `memberships_organizationId_fkey` FOREIGN KEY (`organizationId`)",
    ] {
        assert!(script.contains(line), "{line} in\n{script}");
    }
    assert_eq!(
        (
            count(&script, "\n    INDEX `userId`(`userId`),\n"),
            count(&script, "\n    INDEX `organizationId`(`organizationId`),\n")
        ),
        (6, 3)
    );
}

#[test]
fn r30_the_scripts_for_postgresql_and_sqlite() {
    let reference = |text: &str, provider: &str, head: &str| {
        let made = script(&of_provider(DOCUMENT_SCHEMA, provider));
        // `migrate diff` tells of the schema of the database, too, as the reference does there.
        let made = made.strip_prefix(head).expect("the head");
        assert_eq!(made.trim_end(), text.trim_end(), "the reference's");
        // The example's own is the same with the cascades that were meant.
        let migration = of_migration(provider, "migration.sql");
        assert_eq!(migration.trim_end(), text.replace("ON DELETE RESTRICT", "ON DELETE CASCADE").trim_end());
        migration
    };
    let postgres = reference(
        include_str!("../../../../fixtures/systems/staart/expected.postgresql.sql"),
        "postgresql",
        "-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS \"public\";\n\n",
    );
    let starts = ["CREATE TYPE ", "CREATE TABLE ", "CREATE UNIQUE INDEX ", "CREATE INDEX ", "ADD CONSTRAINT "];
    assert_eq!(starts.map(|start| count(&postgres, start)), [6, 12, 2, 9, 11]);
    assert_eq!(count(&postgres, "CREATE INDEX \"access-tokens_userId_idx\" ON \"access-tokens\"(\"userId\");"), 1);
    let sqlite = reference(include_str!("../../../../fixtures/systems/staart/expected.sqlite.sql"), "sqlite", "");
    assert_eq!(starts.map(|start| count(&sqlite, start)), [0, 12, 2, 9, 0]);
    assert_eq!((count(&sqlite, " FOREIGN KEY ("), count(&sqlite, "ALTER TABLE"), count(&sqlite, "CHECK")), (11, 0, 0));
    assert!(sqlite.contains("\"gender\" TEXT NOT NULL DEFAULT 'UNKNOWN'"));
}
