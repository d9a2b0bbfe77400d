-- nicol:down 20261121103215_admin_ops_1_internal_roles_audit_log_quota_reset..20261121103214_init
-- Going back loses or needs data:
-- - The column `accountStatus` of the table `User` will be dropped. All values in it are lost.
-- - The column `adminRole` of the table `User` will be dropped. All values in it are lost.
-- - The table `AdminAuditLog` will be dropped. All rows in it are lost.
-- - The table `AiMonthlyQuotaReset` will be dropped. All rows in it are lost.

-- DropAppendOnly
DROP TRIGGER IF EXISTS "AdminAuditLog_nicol_no_update" ON "AdminAuditLog";
DROP TRIGGER IF EXISTS "AdminAuditLog_nicol_no_truncate" ON "AdminAuditLog";
DROP FUNCTION IF EXISTS "AdminAuditLog_nicol_append_only"();

-- DropForeignKey
ALTER TABLE "AdminAuditLog" DROP CONSTRAINT "AdminAuditLog_performedByUserId_fkey";

-- DropForeignKey
ALTER TABLE "AdminAuditLog" DROP CONSTRAINT "AdminAuditLog_targetUserId_fkey";

-- DropForeignKey
ALTER TABLE "AdminAuditLog" DROP CONSTRAINT "AdminAuditLog_targetProjectId_fkey";

-- DropForeignKey
ALTER TABLE "AiMonthlyQuotaReset" DROP CONSTRAINT "AiMonthlyQuotaReset_userId_fkey";

-- DropForeignKey
ALTER TABLE "AiMonthlyQuotaReset" DROP CONSTRAINT "AiMonthlyQuotaReset_createdByUserId_fkey";

-- AlterTable
ALTER TABLE "User" DROP COLUMN "accountStatus",
DROP COLUMN "adminRole";

-- DropTable
DROP TABLE "AdminAuditLog";

-- DropTable
DROP TABLE "AiMonthlyQuotaReset";

-- DropEnum
DROP TYPE "InternalAdminRole";

-- DropEnum
DROP TYPE "AccountStatus";
