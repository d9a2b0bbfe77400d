-- nicol:down 20261121111144_init..
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
ALTER TABLE "EmailConfig" DROP CONSTRAINT "EmailConfig_projectId_fkey";

-- DropForeignKey
ALTER TABLE "EmailLog" DROP CONSTRAINT "EmailLog_projectId_fkey";

-- DropForeignKey
ALTER TABLE "ProjectSubscription" DROP CONSTRAINT "ProjectSubscription_projectId_fkey";

-- DropForeignKey
ALTER TABLE "ProjectSubscription" DROP CONSTRAINT "ProjectSubscription_subscriberId_fkey";

-- DropForeignKey
ALTER TABLE "SlackIntegration" DROP CONSTRAINT "SlackIntegration_projectId_fkey";

-- DropForeignKey
ALTER TABLE "GitHubIntegration" DROP CONSTRAINT "GitHubIntegration_projectId_fkey";

-- DropForeignKey
ALTER TABLE "ProjectSyncMetadata" DROP CONSTRAINT "ProjectSyncMetadata_projectId_fkey";

-- DropForeignKey
ALTER TABLE "SyncedCommit" DROP CONSTRAINT "SyncedCommit_projectId_fkey";

-- DropForeignKey
ALTER TABLE "Changelog" DROP CONSTRAINT "Changelog_projectId_fkey";

-- DropForeignKey
ALTER TABLE "ChangelogEntry" DROP CONSTRAINT "ChangelogEntry_changelogId_fkey";

-- DropForeignKey
ALTER TABLE "ChangelogRequest" DROP CONSTRAINT "ChangelogRequest_staffId_fkey";

-- DropForeignKey
ALTER TABLE "ChangelogRequest" DROP CONSTRAINT "ChangelogRequest_adminId_fkey";

-- DropForeignKey
ALTER TABLE "ChangelogRequest" DROP CONSTRAINT "ChangelogRequest_projectId_fkey";

-- DropForeignKey
ALTER TABLE "ChangelogRequest" DROP CONSTRAINT "ChangelogRequest_changelogEntryId_fkey";

-- DropForeignKey
ALTER TABLE "ChangelogRequest" DROP CONSTRAINT "ChangelogRequest_changelogTagId_fkey";

-- DropForeignKey
ALTER TABLE "Widget" DROP CONSTRAINT "Widget_projectId_fkey";

-- DropForeignKey
ALTER TABLE "custom_domains" DROP CONSTRAINT "custom_domains_projectId_fkey";

-- DropForeignKey
ALTER TABLE "ApiKey" DROP CONSTRAINT "ApiKey_userId_fkey";

-- DropForeignKey
ALTER TABLE "ApiKey" DROP CONSTRAINT "ApiKey_projectId_fkey";

-- DropForeignKey
ALTER TABLE "AuditLog" DROP CONSTRAINT "AuditLog_userId_fkey";

-- DropForeignKey
ALTER TABLE "AuditLog" DROP CONSTRAINT "AuditLog_targetUserId_fkey";

-- DropForeignKey
ALTER TABLE "PublicChangelogAnalytics" DROP CONSTRAINT "PublicChangelogAnalytics_projectId_fkey";

-- DropForeignKey
ALTER TABLE "PublicChangelogAnalytics" DROP CONSTRAINT "PublicChangelogAnalytics_changelogEntryId_fkey";

-- DropForeignKey
ALTER TABLE "ScheduledJob" DROP CONSTRAINT "ScheduledJob_changelogEntryId_fkey";

-- DropForeignKey
ALTER TABLE "RefreshToken" DROP CONSTRAINT "RefreshToken_userId_fkey";

-- DropForeignKey
ALTER TABLE "OAuthConnection" DROP CONSTRAINT "OAuthConnection_providerId_fkey";

-- DropForeignKey
ALTER TABLE "OAuthConnection" DROP CONSTRAINT "OAuthConnection_userId_fkey";

-- DropForeignKey
ALTER TABLE "Settings" DROP CONSTRAINT "Settings_userId_fkey";

-- DropForeignKey
ALTER TABLE "Passkey" DROP CONSTRAINT "Passkey_userId_fkey";

-- DropForeignKey
ALTER TABLE "PasswordReset" DROP CONSTRAINT "PasswordReset_userId_fkey";

-- DropForeignKey
ALTER TABLE "TwoFactorSession" DROP CONSTRAINT "TwoFactorSession_userId_fkey";

-- DropForeignKey
ALTER TABLE "CliAuthCode" DROP CONSTRAINT "CliAuthCode_userId_fkey";

-- DropForeignKey
ALTER TABLE "_ChangelogEntryToChangelogTag" DROP CONSTRAINT "_ChangelogEntryToChangelogTag_A_fkey";

-- DropForeignKey
ALTER TABLE "_ChangelogEntryToChangelogTag" DROP CONSTRAINT "_ChangelogEntryToChangelogTag_B_fkey";

-- DropTable
DROP TABLE "EmailConfig";

-- DropTable
DROP TABLE "EmailLog";

-- DropTable
DROP TABLE "EmailSubscriber";

-- DropTable
DROP TABLE "ProjectSubscription";

-- DropTable
DROP TABLE "SlackIntegration";

-- DropTable
DROP TABLE "GitHubIntegration";

-- DropTable
DROP TABLE "ProjectSyncMetadata";

-- DropTable
DROP TABLE "SyncedCommit";

-- DropTable
DROP TABLE "Project";

-- DropTable
DROP TABLE "Changelog";

-- DropTable
DROP TABLE "ChangelogEntry";

-- DropTable
DROP TABLE "ChangelogTag";

-- DropTable
DROP TABLE "ChangelogRequest";

-- DropTable
DROP TABLE "Widget";

-- DropTable
DROP TABLE "custom_domains";

-- DropTable
DROP TABLE "ApiKey";

-- DropTable
DROP TABLE "AuditLog";

-- DropTable
DROP TABLE "SystemConfig";

-- DropTable
DROP TABLE "PublicChangelogAnalytics";

-- DropTable
DROP TABLE "ScheduledJob";

-- DropTable
DROP TABLE "User";

-- DropTable
DROP TABLE "RefreshToken";

-- DropTable
DROP TABLE "OAuthProvider";

-- DropTable
DROP TABLE "OAuthConnection";

-- DropTable
DROP TABLE "Settings";

-- DropTable
DROP TABLE "Passkey";

-- DropTable
DROP TABLE "PasswordReset";

-- DropTable
DROP TABLE "TwoFactorSession";

-- DropTable
DROP TABLE "InvitationLink";

-- DropTable
DROP TABLE "CliAuthCode";

-- DropTable
DROP TABLE "_ChangelogEntryToChangelogTag";

-- DropEnum
DROP TYPE "Role";

-- DropEnum
DROP TYPE "TwoFactorMode";

-- DropEnum
DROP TYPE "TelemetryState";

-- DropEnum
DROP TYPE "ScheduledJobType";

-- DropEnum
DROP TYPE "JobStatus";

-- DropEnum
DROP TYPE "RequestType";

-- DropEnum
DROP TYPE "RequestStatus";

-- DropEnum
DROP TYPE "emailType";

-- DropEnum
DROP TYPE "SubscriptionType";
