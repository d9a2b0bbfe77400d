//! Histories to deploy: every kind of change that the planner writes, and updates that show when they ran twice. Rows have
//! their keys told, because counters go on where a transaction was rolled back.

use nicol_db::Dialect;

/// Migrations as name and script.
pub(crate) type Migrations = &'static [(&'static str, &'static str)];

pub(crate) fn of(dialect: Dialect) -> Migrations {
    match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres | Dialect::Cockroachdb => POSTGRES,
        Dialect::Mysql | Dialect::Mariadb => MYSQL,
    }
}

const SQLITE: Migrations = &[
    (
        "20240101000000_init",
        "-- CreateTable\nCREATE TABLE \"user\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"email\" TEXT NOT NULL, \
         \"score\" INTEGER NOT NULL DEFAULT 0);\n\
         CREATE TABLE \"post\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"title\" TEXT NOT NULL, \
         \"author\" INTEGER NOT NULL, CONSTRAINT \"post_author_fkey\" FOREIGN KEY (\"author\") REFERENCES \"user\" (\"id\") \
         ON DELETE CASCADE ON UPDATE CASCADE);\n\
         INSERT INTO \"user\" (\"email\", \"score\") VALUES ('a', 1), ('b', 2);\n\
         INSERT INTO \"post\" (\"title\", \"author\") SELECT 'p' || \"score\", \"id\" FROM \"user\";\n\
         CREATE UNIQUE INDEX \"user_email_key\" ON \"user\"(\"email\");\n",
    ),
    (
        "20240102000000_columns",
        "ALTER TABLE \"user\" ADD COLUMN \"bio\" TEXT;\nUPDATE \"user\" SET \"score\" = \"score\" + 10;\n\
         CREATE TABLE \"big\" (\"id\" INTEGER NOT NULL PRIMARY KEY, \"text\" TEXT NOT NULL);\n\
         INSERT INTO \"big\" (\"text\") WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) \
         SELECT hex(zeroblob(200)) FROM n;\n",
    ),
    (
        "20240103000000_redefine",
        "-- RedefineTables\nPRAGMA defer_foreign_keys=ON;\nPRAGMA foreign_keys=OFF;\n\
         CREATE TABLE \"new_user\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"email\" TEXT NOT NULL, \
         \"score\" REAL NOT NULL DEFAULT 0, \"bio\" TEXT);\n\
         INSERT INTO \"new_user\" (\"bio\", \"email\", \"id\", \"score\") SELECT \"bio\", \"email\", \"id\", \"score\" FROM \"user\";\n\
         DROP TABLE \"user\";\nALTER TABLE \"new_user\" RENAME TO \"user\";\n\
         CREATE UNIQUE INDEX \"user_email_key\" ON \"user\"(\"email\");\n\
         PRAGMA foreign_key_check;\nPRAGMA foreign_keys=ON;\nPRAGMA defer_foreign_keys=OFF;\n",
    ),
    (
        "20240104000000_by_itself",
        "-- nicol:no-transaction\nUPDATE \"user\" SET \"score\" = \"score\" + 100;\nVACUUM;\n\
         CREATE INDEX \"post_title_idx\" ON \"post\"(\"title\");\nUPDATE \"post\" SET \"title\" = \"title\" || '!';\n\
         PRAGMA optimize;\nALTER TABLE \"post\" ADD COLUMN \"n\" INTEGER NOT NULL DEFAULT 1;\n\
         UPDATE \"post\" SET \"n\" = \"n\" + 1;\n",
    ),
    (
        "20240105000000_last",
        "UPDATE \"user\" SET \"score\" = \"score\" + 1000;\nDROP TABLE \"big\";\n\
         ALTER TABLE \"post\" RENAME COLUMN \"title\" TO \"head\";\n",
    ),
];

const POSTGRES: Migrations = &[
    (
        "20240101000000_init",
        "-- CreateEnum\nCREATE TYPE \"Role\" AS ENUM ('USER', 'ADMIN');\n\
         CREATE TABLE \"user\" (\"id\" SERIAL NOT NULL, \"email\" TEXT NOT NULL, \"role\" \"Role\" NOT NULL DEFAULT 'USER', \
         \"score\" INTEGER NOT NULL DEFAULT 0, CONSTRAINT \"user_pkey\" PRIMARY KEY (\"id\"));\n\
         CREATE TABLE \"post\" (\"id\" SERIAL NOT NULL, \"title\" TEXT NOT NULL, \"author\" INTEGER NOT NULL, \
         CONSTRAINT \"post_pkey\" PRIMARY KEY (\"id\"));\n\
         INSERT INTO \"user\" (\"id\", \"email\", \"score\") VALUES (1, 'a', 1), (2, 'b', 2);\n\
         INSERT INTO \"post\" (\"id\", \"title\", \"author\") SELECT \"id\", 'p' || \"score\", \"id\" FROM \"user\";\n\
         ALTER TABLE \"post\" ADD CONSTRAINT \"post_author_fkey\" FOREIGN KEY (\"author\") REFERENCES \"user\"(\"id\") \
         ON DELETE RESTRICT ON UPDATE CASCADE;\n",
    ),
    (
        "20240102000000_columns",
        "ALTER TABLE \"user\" ADD COLUMN \"bio\" TEXT, ADD COLUMN \"level\" INTEGER NOT NULL DEFAULT 1;\n\
         UPDATE \"user\" SET \"score\" = \"score\" + 10;\nALTER TABLE \"user\" ALTER COLUMN \"score\" SET DATA TYPE BIGINT;\n\
         CREATE UNIQUE INDEX \"user_email_key\" ON \"user\"(\"email\");\n",
    ),
    (
        "20240103000000_enum",
        "-- AlterEnum\nBEGIN;\nCREATE TYPE \"Role_new\" AS ENUM ('USER', 'MODERATOR');\n\
         ALTER TABLE \"user\" ALTER COLUMN \"role\" DROP DEFAULT;\n\
         ALTER TABLE \"user\" ALTER COLUMN \"role\" TYPE \"Role_new\" USING (\"role\"::text::\"Role_new\");\n\
         ALTER TYPE \"Role\" RENAME TO \"Role_old\";\nALTER TYPE \"Role_new\" RENAME TO \"Role\";\nDROP TYPE \"Role_old\";\n\
         ALTER TABLE \"user\" ALTER COLUMN \"role\" SET DEFAULT 'USER';\nCOMMIT;\n\
         UPDATE \"user\" SET \"score\" = \"score\" + 100;\n",
    ),
    (
        "20240104000000_by_itself",
        "-- nicol:no-transaction\nALTER TYPE \"Role\" ADD VALUE 'OWNER';\nUPDATE \"user\" SET \"role\" = 'OWNER' WHERE \"id\" = 1;\n\
         UPDATE \"user\" SET \"score\" = \"score\" + 1000;\n\
         CREATE INDEX CONCURRENTLY \"post_title_idx\" ON \"post\"(\"title\");\n\
         CREATE UNIQUE INDEX CONCURRENTLY \"post_author_title_key\" ON \"post\"(\"author\", \"title\");\n\
         DROP INDEX CONCURRENTLY \"post_title_idx\";\nVACUUM \"user\";\nUPDATE \"post\" SET \"title\" = \"title\" || '!';\n",
    ),
    (
        "20240105000000_own",
        "BEGIN;\nALTER TYPE \"Role\" ADD VALUE 'GUEST';\nUPDATE \"user\" SET \"score\" = \"score\" + 10000;\nCOMMIT;\n\
         INSERT INTO \"user\" (\"id\", \"email\", \"role\") VALUES (3, 'c', 'GUEST');\n",
    ),
    (
        "20240105000001_value_used_at_once",
        "ALTER TYPE \"Role\" ADD VALUE 'HOST';\nALTER TABLE \"user\" ALTER COLUMN \"role\" SET DEFAULT 'HOST';\n\
         UPDATE \"user\" SET \"score\" = \"score\" + 20000;\n",
    ),
    (
        "20240106000000_last",
        "ALTER TABLE \"post\" RENAME TO \"article\";\nALTER TABLE \"user\" DROP COLUMN \"bio\";\n\
         UPDATE \"user\" SET \"score\" = \"score\" + 100000;\n",
    ),
];

const MYSQL: Migrations = &[
    (
        "20240101000000_init",
        "-- CreateTable\nCREATE TABLE `user` (`id` INTEGER NOT NULL AUTO_INCREMENT, `email` VARCHAR(191) NOT NULL, \
         `name` VARCHAR(191) NULL, `role` ENUM('USER', 'ADMIN') NOT NULL DEFAULT 'USER', `score` INTEGER NOT NULL DEFAULT 0, \
         UNIQUE INDEX `user_email_key`(`email`), PRIMARY KEY (`id`)) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;\n\
         CREATE TABLE `post` (`id` INTEGER NOT NULL AUTO_INCREMENT, `title` VARCHAR(191) NOT NULL, `author` INTEGER NOT NULL, \
         `old` VARCHAR(20) NULL, INDEX `post_title_idx`(`title`), PRIMARY KEY (`id`)) \
         DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;\n\
         INSERT INTO `user` (`id`, `email`, `score`) VALUES (1, 'a', 1), (2, 'b', 2);\n\
         INSERT INTO `post` (`id`, `title`, `author`, `old`) SELECT `id`, CONCAT('p', `score`), `id`, 'x' FROM `user`;\n\
         -- AddForeignKey\nALTER TABLE `post` ADD CONSTRAINT `post_author_fkey` FOREIGN KEY (`author`) REFERENCES `user`(`id`) \
         ON DELETE RESTRICT ON UPDATE CASCADE;\n",
    ),
    (
        "20240102000000_columns",
        "ALTER TABLE `user` ADD COLUMN `bio` TEXT NULL,\n    ADD COLUMN `level` INTEGER NOT NULL DEFAULT 1;\n\
         UPDATE `user` SET `score` = `score` + 10;\n\
         ALTER TABLE `user` MODIFY `role` ENUM('USER', 'ADMIN', 'MODERATOR') NOT NULL DEFAULT 'USER';\n\
         ALTER TABLE `user` MODIFY `name` VARCHAR(300) NULL,\n    ADD COLUMN `nick` VARCHAR(30) NULL;\n\
         ALTER TABLE `user` RENAME COLUMN `level` TO `grade`;\nALTER TABLE `post` DROP COLUMN `old`;\n\
         UPDATE `user` SET `score` = `score` + 100;\nALTER TABLE `user` ALTER COLUMN `score` DROP DEFAULT;\n",
    ),
    (
        "20240103000000_indexes",
        "CREATE INDEX `user_name_idx` ON `user`(`name`(50));\nALTER TABLE `post` RENAME INDEX `post_title_idx` TO `post_title_index`;\n\
         DROP INDEX `user_email_key` ON `user`;\nCREATE UNIQUE INDEX `user_email_unique` ON `user`(`email`);\n\
         INSERT INTO `user` (`id`, `email`, `score`) VALUES (3, 'c', 3);\n",
    ),
    (
        "20240104000000_keys",
        "ALTER TABLE `post` DROP FOREIGN KEY `post_author_fkey`;\n\
         ALTER TABLE `post` DROP PRIMARY KEY,\n    ADD COLUMN `uid` VARCHAR(36) NOT NULL DEFAULT 'u',\n    ADD PRIMARY KEY (`id`, `uid`);\n\
         ALTER TABLE `post` ADD CONSTRAINT `post_author_again` FOREIGN KEY (`author`) REFERENCES `user`(`id`) ON DELETE CASCADE;\n\
         RENAME TABLE `post` TO `article`;\nCREATE TABLE `tag` (`id` INTEGER NOT NULL, `n` INTEGER NOT NULL, PRIMARY KEY (`id`));\n\
         INSERT INTO `tag` SELECT `id`, 1 FROM `user`;\n\
         ALTER TABLE `tag` DROP COLUMN `n`,\n    ADD COLUMN `n` VARCHAR(10) NOT NULL DEFAULT 'q';\n\
         UPDATE `tag` SET `n` = CONCAT(`n`, '!');\nALTER TABLE `tag` DROP PRIMARY KEY;\n",
    ),
    (
        "20240105000000_more",
        "CREATE TABLE `gone` (`id` INTEGER NOT NULL, PRIMARY KEY (`id`));\nDROP TABLE `gone`;\n\
         CREATE TRIGGER `user_touch` BEFORE INSERT ON `user` FOR EACH ROW SET NEW.`grade` = NEW.`grade` + 5;\n\
         INSERT INTO `user` (`id`, `email`, `score`) VALUES (4, 'd', 4);\nALTER TABLE `tag` COMMENT = 'tags';\n\
         CREATE VIEW `names` AS SELECT `id`, `email` FROM `user`;\n\
         START TRANSACTION;\nUPDATE `user` SET `score` = `score` + 1000;\nUPDATE `tag` SET `n` = CONCAT(`n`, '?');\nCOMMIT;\n\
         UPDATE `user` SET `score` = `score` + 10000;\n",
    ),
    (
        "20240106000000_guards",
        "ALTER TABLE `article` ADD CONSTRAINT `article_nicol_check_00000001` CHECK (`author` > 0);\n\
         CREATE TRIGGER `tag_nicol_no_update` BEFORE UPDATE ON `tag` FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no';\n\
         CREATE TRIGGER `tag_nicol_no_delete` BEFORE DELETE ON `tag` FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no';\n\
         CREATE FULLTEXT INDEX `article_title_idx` ON `article`(`title`);\nUPDATE `user` SET `score` = `score` + 7;\n",
    ),
    (
        "20240107000000_renames",
        "DROP TRIGGER IF EXISTS `tag_nicol_no_update`;\nDROP TRIGGER IF EXISTS `tag_nicol_no_delete`;\n\
         ALTER TABLE `article` DROP CONSTRAINT `article_nicol_check_00000001`;\nALTER TABLE `tag` RENAME TO `label`;\n\
         ALTER TABLE `user` RENAME COLUMN `bio` TO `about`;\n\
         ALTER TABLE `user` MODIFY `role` ENUM('USER', 'ADMIN', 'MODERATOR', 'OWNER') NOT NULL DEFAULT 'USER';\n\
         UPDATE `user` SET `role` = 'OWNER' WHERE `role` = 'USER';\n\
         ALTER TABLE `user` MODIFY `role` ENUM('ADMIN', 'MODERATOR', 'OWNER') NOT NULL DEFAULT 'OWNER';\n\
         ALTER TABLE `label` ADD COLUMN `kind` VARCHAR(9) NULL;\nUPDATE `label` SET `kind` = CONCAT('k', `id`);\n\
         ALTER TABLE `label` MODIFY `kind` VARCHAR(9) NOT NULL;\n\
         ALTER TABLE `label` RENAME COLUMN `kind` TO `c`;\nALTER TABLE `label` RENAME COLUMN `n` TO `kind`;\n\
         ALTER TABLE `label` RENAME COLUMN `c` TO `n`;\n\
         ALTER TABLE `article` RENAME INDEX `article_title_idx` TO `article_full`;\n\
         ALTER TABLE `article` ADD CONSTRAINT `article_nicol_check_00000002` CHECK (`author` < 1000);\n\
         CREATE TRIGGER `label_nicol_no_update` BEFORE UPDATE ON `label` FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no';\n\
         UPDATE `user` SET `score` = `score` + 70;\n",
    ),
];
