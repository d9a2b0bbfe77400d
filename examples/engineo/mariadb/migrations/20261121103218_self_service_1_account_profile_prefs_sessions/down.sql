-- nicol:down 20261121103227_self_service_1_account_profile_prefs_sessions..20261121103226_backfill_admin_roles
-- Going back loses or needs data:
-- - The column `accountRole` of the table `User` will be dropped. All values in it are lost.
-- - The column `avatarUrl` of the table `User` will be dropped. All values in it are lost.
-- - The column `lastLoginAt` of the table `User` will be dropped. All values in it are lost.
-- - The column `lastLoginIp` of the table `User` will be dropped. All values in it are lost.
-- - The column `locale` of the table `User` will be dropped. All values in it are lost.
-- - The column `organizationName` of the table `User` will be dropped. All values in it are lost.
-- - The column `timezone` of the table `User` will be dropped. All values in it are lost.
-- - The column `tokenInvalidBefore` of the table `User` will be dropped. All values in it are lost.
-- - The table `UserPreferences` will be dropped. All rows in it are lost.
-- - The table `UserSession` will be dropped. All rows in it are lost.
-- - The table `UserAccountAuditLog` will be dropped. All rows in it are lost.

-- DropForeignKey
ALTER TABLE `UserPreferences` DROP FOREIGN KEY `UserPreferences_userId_fkey`;

-- DropForeignKey
ALTER TABLE `UserSession` DROP FOREIGN KEY `UserSession_userId_fkey`;

-- DropForeignKey
ALTER TABLE `UserAccountAuditLog` DROP FOREIGN KEY `UserAccountAuditLog_actorUserId_fkey`;

-- AlterTable
ALTER TABLE `User` DROP COLUMN `accountRole`,
    DROP COLUMN `avatarUrl`,
    DROP COLUMN `lastLoginAt`,
    DROP COLUMN `lastLoginIp`,
    DROP COLUMN `locale`,
    DROP COLUMN `organizationName`,
    DROP COLUMN `timezone`,
    DROP COLUMN `tokenInvalidBefore`;

-- DropTable
DROP TABLE `UserPreferences`;

-- DropTable
DROP TABLE `UserSession`;

-- DropTable
DROP TABLE `UserAccountAuditLog`;
