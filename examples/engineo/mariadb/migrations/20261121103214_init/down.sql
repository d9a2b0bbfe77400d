-- nicol:down 20261121103223_init..
-- Going back loses or needs data:
-- - The table `User` will be dropped. All rows in it are lost.
-- - The table `Project` will be dropped. All rows in it are lost.
-- - The table `Integration` will be dropped. All rows in it are lost.
-- - The table `AutomationPlaybookRun` will be dropped. All rows in it are lost.

-- DropForeignKey
ALTER TABLE `Project` DROP FOREIGN KEY `Project_userId_fkey`;

-- DropForeignKey
ALTER TABLE `Integration` DROP FOREIGN KEY `Integration_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `AutomationPlaybookRun` DROP FOREIGN KEY `AutomationPlaybookRun_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `AutomationPlaybookRun` DROP FOREIGN KEY `AutomationPlaybookRun_createdByUserId_fkey`;

-- DropTable
DROP TABLE `User`;

-- DropTable
DROP TABLE `Project`;

-- DropTable
DROP TABLE `Integration`;

-- DropTable
DROP TABLE `AutomationPlaybookRun`;
