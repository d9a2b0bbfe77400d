-- nicol:down 20261121111146_init..
-- Going back loses or needs data:
-- - The table `EmailConfig` will be dropped. All rows in it are lost.
-- - The table `EmailLog` will be dropped. All rows in it are lost.
-- - The table `EmailSubscriber` will be dropped. All rows in it are lost.
-- - The table `ProjectSubscription` will be dropped. All rows in it are lost.
-- - The table `SlackIntegration` will be dropped. All rows in it are lost.
-- - The table `GitHubIntegration` will be dropped. All rows in it are lost.
-- - The table `ProjectSyncMetadata` will be dropped. All rows in it are lost.
-- - The table `SyncedCommit` will be dropped. All rows in it are lost.
-- - The table `Project` will be dropped. All rows in it are lost.
-- - The table `Changelog` will be dropped. All rows in it are lost.
-- - The table `ChangelogEntry` will be dropped. All rows in it are lost.
-- - The table `ChangelogTag` will be dropped. All rows in it are lost.
-- - The table `ChangelogRequest` will be dropped. All rows in it are lost.
-- - The table `Widget` will be dropped. All rows in it are lost.
-- - The table `custom_domains` will be dropped. All rows in it are lost.
-- - The table `ApiKey` will be dropped. All rows in it are lost.
-- - The table `AuditLog` will be dropped. All rows in it are lost.
-- - The table `SystemConfig` will be dropped. All rows in it are lost.
-- - The table `PublicChangelogAnalytics` will be dropped. All rows in it are lost.
-- - The table `ScheduledJob` will be dropped. All rows in it are lost.
-- - The table `User` will be dropped. All rows in it are lost.
-- - The table `RefreshToken` will be dropped. All rows in it are lost.
-- - The table `OAuthProvider` will be dropped. All rows in it are lost.
-- - The table `OAuthConnection` will be dropped. All rows in it are lost.
-- - The table `Settings` will be dropped. All rows in it are lost.
-- - The table `Passkey` will be dropped. All rows in it are lost.
-- - The table `PasswordReset` will be dropped. All rows in it are lost.
-- - The table `TwoFactorSession` will be dropped. All rows in it are lost.
-- - The table `InvitationLink` will be dropped. All rows in it are lost.
-- - The table `CliAuthCode` will be dropped. All rows in it are lost.
-- - The table `_ChangelogEntryToChangelogTag` will be dropped. All rows in it are lost.

-- DropForeignKey
ALTER TABLE `EmailConfig` DROP FOREIGN KEY `EmailConfig_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `EmailLog` DROP FOREIGN KEY `EmailLog_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `ProjectSubscription` DROP FOREIGN KEY `ProjectSubscription_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `ProjectSubscription` DROP FOREIGN KEY `ProjectSubscription_subscriberId_fkey`;

-- DropForeignKey
ALTER TABLE `SlackIntegration` DROP FOREIGN KEY `SlackIntegration_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `GitHubIntegration` DROP FOREIGN KEY `GitHubIntegration_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `ProjectSyncMetadata` DROP FOREIGN KEY `ProjectSyncMetadata_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `SyncedCommit` DROP FOREIGN KEY `SyncedCommit_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `Changelog` DROP FOREIGN KEY `Changelog_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `ChangelogEntry` DROP FOREIGN KEY `ChangelogEntry_changelogId_fkey`;

-- DropForeignKey
ALTER TABLE `ChangelogRequest` DROP FOREIGN KEY `ChangelogRequest_staffId_fkey`;

-- DropForeignKey
ALTER TABLE `ChangelogRequest` DROP FOREIGN KEY `ChangelogRequest_adminId_fkey`;

-- DropForeignKey
ALTER TABLE `ChangelogRequest` DROP FOREIGN KEY `ChangelogRequest_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `ChangelogRequest` DROP FOREIGN KEY `ChangelogRequest_changelogEntryId_fkey`;

-- DropForeignKey
ALTER TABLE `ChangelogRequest` DROP FOREIGN KEY `ChangelogRequest_changelogTagId_fkey`;

-- DropForeignKey
ALTER TABLE `Widget` DROP FOREIGN KEY `Widget_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `custom_domains` DROP FOREIGN KEY `custom_domains_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `ApiKey` DROP FOREIGN KEY `ApiKey_userId_fkey`;

-- DropForeignKey
ALTER TABLE `ApiKey` DROP FOREIGN KEY `ApiKey_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `AuditLog` DROP FOREIGN KEY `AuditLog_userId_fkey`;

-- DropForeignKey
ALTER TABLE `AuditLog` DROP FOREIGN KEY `AuditLog_targetUserId_fkey`;

-- DropForeignKey
ALTER TABLE `PublicChangelogAnalytics` DROP FOREIGN KEY `PublicChangelogAnalytics_projectId_fkey`;

-- DropForeignKey
ALTER TABLE `PublicChangelogAnalytics` DROP FOREIGN KEY `PublicChangelogAnalytics_changelogEntryId_fkey`;

-- DropForeignKey
ALTER TABLE `ScheduledJob` DROP FOREIGN KEY `ScheduledJob_changelogEntryId_fkey`;

-- DropForeignKey
ALTER TABLE `RefreshToken` DROP FOREIGN KEY `RefreshToken_userId_fkey`;

-- DropForeignKey
ALTER TABLE `OAuthConnection` DROP FOREIGN KEY `OAuthConnection_providerId_fkey`;

-- DropForeignKey
ALTER TABLE `OAuthConnection` DROP FOREIGN KEY `OAuthConnection_userId_fkey`;

-- DropForeignKey
ALTER TABLE `Settings` DROP FOREIGN KEY `Settings_userId_fkey`;

-- DropForeignKey
ALTER TABLE `Passkey` DROP FOREIGN KEY `Passkey_userId_fkey`;

-- DropForeignKey
ALTER TABLE `PasswordReset` DROP FOREIGN KEY `PasswordReset_userId_fkey`;

-- DropForeignKey
ALTER TABLE `TwoFactorSession` DROP FOREIGN KEY `TwoFactorSession_userId_fkey`;

-- DropForeignKey
ALTER TABLE `CliAuthCode` DROP FOREIGN KEY `CliAuthCode_userId_fkey`;

-- DropForeignKey
ALTER TABLE `_ChangelogEntryToChangelogTag` DROP FOREIGN KEY `_ChangelogEntryToChangelogTag_A_fkey`;

-- DropForeignKey
ALTER TABLE `_ChangelogEntryToChangelogTag` DROP FOREIGN KEY `_ChangelogEntryToChangelogTag_B_fkey`;

-- DropTable
DROP TABLE `EmailConfig`;

-- DropTable
DROP TABLE `EmailLog`;

-- DropTable
DROP TABLE `EmailSubscriber`;

-- DropTable
DROP TABLE `ProjectSubscription`;

-- DropTable
DROP TABLE `SlackIntegration`;

-- DropTable
DROP TABLE `GitHubIntegration`;

-- DropTable
DROP TABLE `ProjectSyncMetadata`;

-- DropTable
DROP TABLE `SyncedCommit`;

-- DropTable
DROP TABLE `Project`;

-- DropTable
DROP TABLE `Changelog`;

-- DropTable
DROP TABLE `ChangelogEntry`;

-- DropTable
DROP TABLE `ChangelogTag`;

-- DropTable
DROP TABLE `ChangelogRequest`;

-- DropTable
DROP TABLE `Widget`;

-- DropTable
DROP TABLE `custom_domains`;

-- DropTable
DROP TABLE `ApiKey`;

-- DropTable
DROP TABLE `AuditLog`;

-- DropTable
DROP TABLE `SystemConfig`;

-- DropTable
DROP TABLE `PublicChangelogAnalytics`;

-- DropTable
DROP TABLE `ScheduledJob`;

-- DropTable
DROP TABLE `User`;

-- DropTable
DROP TABLE `RefreshToken`;

-- DropTable
DROP TABLE `OAuthProvider`;

-- DropTable
DROP TABLE `OAuthConnection`;

-- DropTable
DROP TABLE `Settings`;

-- DropTable
DROP TABLE `Passkey`;

-- DropTable
DROP TABLE `PasswordReset`;

-- DropTable
DROP TABLE `TwoFactorSession`;

-- DropTable
DROP TABLE `InvitationLink`;

-- DropTable
DROP TABLE `CliAuthCode`;

-- DropTable
DROP TABLE `_ChangelogEntryToChangelogTag`;
