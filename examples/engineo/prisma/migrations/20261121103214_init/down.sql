-- nicol:down 20261121103214_init..
-- Going back loses or needs data:
-- - The table `User` will be dropped. All rows in it are lost.
-- - The table `Project` will be dropped. All rows in it are lost.
-- - The table `Integration` will be dropped. All rows in it are lost.
-- - The table `AutomationPlaybookRun` will be dropped. All rows in it are lost.

-- DropForeignKey
ALTER TABLE "Project" DROP CONSTRAINT "Project_userId_fkey";

-- DropForeignKey
ALTER TABLE "Integration" DROP CONSTRAINT "Integration_projectId_fkey";

-- DropForeignKey
ALTER TABLE "AutomationPlaybookRun" DROP CONSTRAINT "AutomationPlaybookRun_projectId_fkey";

-- DropForeignKey
ALTER TABLE "AutomationPlaybookRun" DROP CONSTRAINT "AutomationPlaybookRun_createdByUserId_fkey";

-- DropTable
DROP TABLE "User";

-- DropTable
DROP TABLE "Project";

-- DropTable
DROP TABLE "Integration";

-- DropTable
DROP TABLE "AutomationPlaybookRun";

-- DropEnum
DROP TYPE "UserRole";

-- DropEnum
DROP TYPE "IntegrationType";

-- DropEnum
DROP TYPE "AutomationPlaybookRunType";
