-- nicol:down 20261121103225_admin_ops_1_internal_roles_audit_log_quota_reset..20261121103223_init
-- Going back loses or needs data:
-- - The column `accountStatus` of the table `User` will be dropped. All values in it are lost.
-- - The column `adminRole` of the table `User` will be dropped. All values in it are lost.
-- - The table `AdminAuditLog` will be dropped. All rows in it are lost.
-- - The table `AiMonthlyQuotaReset` will be dropped. All rows in it are lost.

-- DropForeignKey
ALTER TABLE `AdminAuditLog` DROP FOREIGN KEY `AdminAuditLog_performedByUserId_fkey`;

-- DropForeignKey
ALTER TABLE `AdminAuditLog` DROP FOREIGN KEY `AdminAuditLog_targetUserId_fkey`;

-- DropForeignKey
ALTER TABLE `AdminAuditLog` DROP FOREIGN KEY `AdminAuditLog_targetProjectId_fkey`;

-- DropForeignKey
ALTER TABLE `AiMonthlyQuotaReset` DROP FOREIGN KEY `AiMonthlyQuotaReset_userId_fkey`;

-- DropForeignKey
ALTER TABLE `AiMonthlyQuotaReset` DROP FOREIGN KEY `AiMonthlyQuotaReset_createdByUserId_fkey`;

-- AlterTable
ALTER TABLE `User` DROP COLUMN `accountStatus`,
    DROP COLUMN `adminRole`;

-- DropTable
DROP TABLE `AdminAuditLog`;

-- DropTable
DROP TABLE `AiMonthlyQuotaReset`;
