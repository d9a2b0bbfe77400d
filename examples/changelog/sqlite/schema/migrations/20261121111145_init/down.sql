-- nicol:down 20261121111145_init..
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

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "EmailConfig";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "EmailLog";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "EmailSubscriber";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "ProjectSubscription";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "SlackIntegration";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "GitHubIntegration";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "ProjectSyncMetadata";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "SyncedCommit";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "Project";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "Changelog";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "ChangelogEntry";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "ChangelogTag";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "ChangelogRequest";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "Widget";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "custom_domains";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "ApiKey";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "AuditLog";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "SystemConfig";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "PublicChangelogAnalytics";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "ScheduledJob";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "User";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "RefreshToken";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "OAuthProvider";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "OAuthConnection";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "Settings";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "Passkey";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "PasswordReset";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "TwoFactorSession";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "InvitationLink";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "CliAuthCode";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "_ChangelogEntryToChangelogTag";
PRAGMA foreign_keys=on;
