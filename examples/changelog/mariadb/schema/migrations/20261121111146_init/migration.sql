-- CreateTable
CREATE TABLE `EmailConfig` (
    `id` VARCHAR(191) NOT NULL,
    `projectId` VARCHAR(191) NOT NULL,
    `enabled` BOOLEAN NOT NULL DEFAULT false,
    `smtpHost` VARCHAR(191) NOT NULL,
    `smtpPort` INTEGER NOT NULL,
    `smtpUser` VARCHAR(191) NULL,
    `smtpPassword` VARCHAR(191) NULL,
    `smtpSecure` BOOLEAN NOT NULL DEFAULT true,
    `fromEmail` VARCHAR(191) NOT NULL,
    `fromName` VARCHAR(191) NULL,
    `replyToEmail` VARCHAR(191) NULL,
    `defaultSubject` VARCHAR(191) NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,
    `lastTestedAt` DATETIME(3) NULL,
    `testStatus` VARCHAR(191) NULL,

    UNIQUE INDEX `EmailConfig_projectId_key`(`projectId`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `EmailLog` (
    `id` VARCHAR(191) NOT NULL,
    `projectId` VARCHAR(191) NOT NULL,
    `recipients` JSON NULL,
    `subject` VARCHAR(191) NOT NULL,
    `messageId` VARCHAR(191) NULL,
    `type` VARCHAR(191) NOT NULL,
    `entryIds` JSON NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),

    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `EmailSubscriber` (
    `id` VARCHAR(191) NOT NULL,
    `email` VARCHAR(191) NOT NULL,
    `name` VARCHAR(191) NULL,
    `isActive` BOOLEAN NOT NULL DEFAULT true,
    `unsubscribeToken` VARCHAR(191) NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,
    `lastEmailSentAt` DATETIME(3) NULL,

    UNIQUE INDEX `EmailSubscriber_unsubscribeToken_key`(`unsubscribeToken`),
    INDEX `EmailSubscriber_email_idx`(`email`),
    INDEX `EmailSubscriber_unsubscribeToken_idx`(`unsubscribeToken`),
    UNIQUE INDEX `EmailSubscriber_email_key`(`email`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `ProjectSubscription` (
    `id` VARCHAR(191) NOT NULL,
    `projectId` VARCHAR(191) NOT NULL,
    `customDomain` VARCHAR(191) NULL,
    `subscriberId` VARCHAR(191) NOT NULL,
    `subscriptionType` ENUM('ALL_UPDATES', 'MAJOR_ONLY', 'DIGEST_ONLY') NOT NULL DEFAULT 'ALL_UPDATES',
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    INDEX `ProjectSubscription_projectId_idx`(`projectId`),
    INDEX `ProjectSubscription_customDomain_idx`(`customDomain`),
    INDEX `ProjectSubscription_subscriberId_idx`(`subscriberId`),
    UNIQUE INDEX `ProjectSubscription_projectId_subscriberId_key`(`projectId`, `subscriberId`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `SlackIntegration` (
    `id` VARCHAR(191) NOT NULL,
    `projectId` VARCHAR(191) NOT NULL,
    `accessToken` VARCHAR(191) NOT NULL,
    `refreshToken` VARCHAR(191) NULL,
    `tokenExpiresAt` DATETIME(3) NULL,
    `teamId` VARCHAR(191) NOT NULL,
    `teamName` VARCHAR(191) NULL,
    `botUserId` VARCHAR(191) NOT NULL,
    `botUsername` VARCHAR(191) NULL,
    `channelId` VARCHAR(191) NOT NULL,
    `channelName` VARCHAR(191) NULL,
    `autoSend` BOOLEAN NOT NULL DEFAULT true,
    `enabled` BOOLEAN NOT NULL DEFAULT true,
    `lastSyncAt` DATETIME(3) NULL,
    `lastErrorMessage` VARCHAR(191) NULL,
    `postCount` INTEGER NOT NULL DEFAULT 0,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    UNIQUE INDEX `SlackIntegration_projectId_key`(`projectId`),
    INDEX `SlackIntegration_projectId_idx`(`projectId`),
    INDEX `SlackIntegration_teamId_idx`(`teamId`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `GitHubIntegration` (
    `id` VARCHAR(191) NOT NULL,
    `projectId` VARCHAR(191) NOT NULL,
    `repositoryUrl` VARCHAR(191) NOT NULL,
    `accessToken` VARCHAR(191) NOT NULL,
    `defaultBranch` VARCHAR(191) NOT NULL DEFAULT 'main',
    `lastSyncAt` DATETIME(3) NULL,
    `lastCommitSha` VARCHAR(191) NULL,
    `includeBreakingChanges` BOOLEAN NOT NULL DEFAULT true,
    `includeFixes` BOOLEAN NOT NULL DEFAULT true,
    `includeFeatures` BOOLEAN NOT NULL DEFAULT true,
    `includeChores` BOOLEAN NOT NULL DEFAULT false,
    `customCommitTypes` JSON NOT NULL,
    `enabled` BOOLEAN NOT NULL DEFAULT true,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    UNIQUE INDEX `GitHubIntegration_projectId_key`(`projectId`),
    INDEX `GitHubIntegration_projectId_idx`(`projectId`),
    INDEX `GitHubIntegration_enabled_idx`(`enabled`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `ProjectSyncMetadata` (
    `id` VARCHAR(191) NOT NULL,
    `projectId` VARCHAR(191) NOT NULL,
    `lastSyncHash` VARCHAR(191) NULL,
    `lastSyncedAt` DATETIME(3) NULL,
    `totalCommitsSynced` INTEGER NOT NULL DEFAULT 0,
    `repositoryUrl` VARCHAR(191) NULL,
    `branch` VARCHAR(191) NOT NULL DEFAULT 'main',
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    UNIQUE INDEX `ProjectSyncMetadata_projectId_key`(`projectId`),
    INDEX `ProjectSyncMetadata_projectId_idx`(`projectId`),
    INDEX `ProjectSyncMetadata_lastSyncedAt_idx`(`lastSyncedAt`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `SyncedCommit` (
    `id` VARCHAR(191) NOT NULL,
    `projectId` VARCHAR(191) NOT NULL,
    `commitHash` VARCHAR(191) NOT NULL,
    `commitMessage` VARCHAR(191) NOT NULL,
    `commitAuthor` VARCHAR(191) NOT NULL,
    `commitEmail` VARCHAR(191) NOT NULL,
    `commitDate` DATETIME(3) NOT NULL,
    `commitFiles` JSON NULL,
    `conventionalType` VARCHAR(191) NULL,
    `conventionalScope` VARCHAR(191) NULL,
    `isBreaking` BOOLEAN NOT NULL DEFAULT false,
    `commitBody` VARCHAR(191) NULL,
    `commitFooter` VARCHAR(191) NULL,
    `syncedAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `branch` VARCHAR(191) NOT NULL DEFAULT 'main',

    INDEX `SyncedCommit_projectId_idx`(`projectId`),
    INDEX `SyncedCommit_commitHash_idx`(`commitHash`),
    INDEX `SyncedCommit_syncedAt_idx`(`syncedAt`),
    INDEX `SyncedCommit_conventionalType_idx`(`conventionalType`),
    INDEX `SyncedCommit_branch_idx`(`branch`),
    UNIQUE INDEX `SyncedCommit_projectId_commitHash_key`(`projectId`, `commitHash`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `Project` (
    `id` VARCHAR(191) NOT NULL,
    `name` VARCHAR(191) NOT NULL,
    `isPublic` BOOLEAN NOT NULL DEFAULT false,
    `allowAutoPublish` BOOLEAN NOT NULL DEFAULT false,
    `requireApproval` BOOLEAN NOT NULL DEFAULT true,
    `defaultTags` JSON NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `Changelog` (
    `id` VARCHAR(191) NOT NULL,
    `projectId` VARCHAR(191) NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    UNIQUE INDEX `Changelog_projectId_key`(`projectId`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `ChangelogEntry` (
    `id` VARCHAR(191) NOT NULL,
    `title` VARCHAR(191) NOT NULL,
    `content` TEXT NOT NULL,
    `excerpt` TEXT NULL,
    `version` VARCHAR(191) NULL,
    `publishedAt` DATETIME(3) NULL,
    `scheduledAt` DATETIME(3) NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,
    `changelogId` VARCHAR(191) NOT NULL,

    INDEX `ChangelogEntry_changelogId_idx`(`changelogId`),
    INDEX `ChangelogEntry_scheduledAt_idx`(`scheduledAt`),
    INDEX `ChangelogEntry_scheduledAt_publishedAt_idx`(`scheduledAt`, `publishedAt`),
    FULLTEXT INDEX `ChangelogEntry_title_content_idx`(`title`, `content`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `ChangelogTag` (
    `id` VARCHAR(191) NOT NULL,
    `name` VARCHAR(191) NOT NULL,
    `color` VARCHAR(191) NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    UNIQUE INDEX `ChangelogTag_name_key`(`name`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `ChangelogRequest` (
    `id` VARCHAR(191) NOT NULL,
    `type` VARCHAR(191) NOT NULL,
    `status` VARCHAR(191) NOT NULL DEFAULT 'PENDING',
    `staffId` VARCHAR(191) NULL,
    `adminId` VARCHAR(191) NULL,
    `projectId` VARCHAR(191) NOT NULL,
    `targetId` VARCHAR(191) NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `reviewedAt` DATETIME(3) NULL,
    `changelogEntryId` VARCHAR(191) NULL,
    `changelogTagId` VARCHAR(191) NULL,
    `metadata` JSON NULL,

    INDEX `ChangelogRequest_staffId_idx`(`staffId`),
    INDEX `ChangelogRequest_adminId_idx`(`adminId`),
    INDEX `ChangelogRequest_projectId_idx`(`projectId`),
    INDEX `ChangelogRequest_status_idx`(`status`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `Widget` (
    `id` VARCHAR(191) NOT NULL,
    `projectId` VARCHAR(191) NOT NULL,
    `name` VARCHAR(191) NOT NULL,
    `variant` VARCHAR(191) NOT NULL,
    `settings` JSON NOT NULL,
    `customCSS` TEXT NULL,
    `isActive` BOOLEAN NOT NULL DEFAULT true,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    INDEX `Widget_projectId_idx`(`projectId`),
    INDEX `Widget_projectId_isActive_idx`(`projectId`, `isActive`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `custom_domains` (
    `id` VARCHAR(191) NOT NULL,
    `domain` VARCHAR(191) NOT NULL,
    `projectId` VARCHAR(191) NOT NULL,
    `verificationToken` VARCHAR(191) NOT NULL,
    `verified` BOOLEAN NOT NULL DEFAULT false,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `verifiedAt` DATETIME(3) NULL,
    `userId` VARCHAR(191) NULL,

    UNIQUE INDEX `custom_domains_domain_key`(`domain`),
    UNIQUE INDEX `custom_domains_verificationToken_key`(`verificationToken`),
    INDEX `custom_domains_domain_idx`(`domain`),
    INDEX `custom_domains_projectId_idx`(`projectId`),
    INDEX `custom_domains_userId_idx`(`userId`),
    INDEX `custom_domains_verified_idx`(`verified`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `ApiKey` (
    `id` VARCHAR(191) NOT NULL,
    `name` VARCHAR(191) NOT NULL,
    `key` VARCHAR(191) NOT NULL,
    `lastUsed` DATETIME(3) NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `expiresAt` DATETIME(3) NULL,
    `userId` VARCHAR(191) NOT NULL,
    `projectId` VARCHAR(191) NULL,
    `permissions` JSON NULL,
    `isRevoked` BOOLEAN NOT NULL DEFAULT false,
    `isGlobal` BOOLEAN NOT NULL DEFAULT false,

    UNIQUE INDEX `ApiKey_key_key`(`key`),
    INDEX `ApiKey_userId_idx`(`userId`),
    INDEX `ApiKey_key_idx`(`key`),
    INDEX `ApiKey_projectId_idx`(`projectId`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `AuditLog` (
    `id` VARCHAR(191) NOT NULL,
    `action` VARCHAR(191) NOT NULL,
    `userId` VARCHAR(191) NULL,
    `targetUserId` VARCHAR(191) NULL,
    `details` JSON NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),

    INDEX `AuditLog_userId_idx`(`userId`),
    INDEX `AuditLog_targetUserId_idx`(`targetUserId`),
    INDEX `AuditLog_action_idx`(`action`),
    INDEX `AuditLog_createdAt_idx`(`createdAt`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `SystemConfig` (
    `id` INTEGER NOT NULL DEFAULT 1,
    `defaultInvitationExpiry` INTEGER NOT NULL DEFAULT 7,
    `requireApprovalForChangelogs` BOOLEAN NOT NULL DEFAULT true,
    `maxChangelogEntriesPerProject` INTEGER NOT NULL DEFAULT 100,
    `enableAnalytics` BOOLEAN NOT NULL DEFAULT true,
    `enableNotifications` BOOLEAN NOT NULL DEFAULT true,
    `enablePasswordReset` BOOLEAN NOT NULL DEFAULT false,
    `enableAIAssistant` BOOLEAN NOT NULL DEFAULT false,
    `aiApiKey` VARCHAR(191) NULL,
    `aiApiProvider` VARCHAR(191) NULL DEFAULT 'secton',
    `aiDefaultModel` VARCHAR(191) NULL DEFAULT 'copilot-zero',
    `smtpHost` VARCHAR(191) NULL,
    `smtpPort` INTEGER NULL,
    `smtpUser` VARCHAR(191) NULL,
    `smtpPassword` VARCHAR(191) NULL,
    `smtpSecure` BOOLEAN NULL,
    `systemEmail` VARCHAR(191) NULL,
    `allowTelemetry` ENUM('PROMPT', 'ENABLED', 'DISABLED') NOT NULL DEFAULT 'PROMPT',
    `telemetryInstanceId` VARCHAR(191) NULL,
    `adminOnlyApiKeyCreation` BOOLEAN NOT NULL DEFAULT false,
    `timezone` VARCHAR(191) NOT NULL DEFAULT 'UTC',
    `allowUserTimezone` BOOLEAN NOT NULL DEFAULT true,
    `customDateTemplates` JSON NULL,
    `sponsorLicenseKey` VARCHAR(191) NULL,
    `sponsorLicenseValid` BOOLEAN NOT NULL DEFAULT false,
    `sponsorLastVerified` DATETIME(3) NULL,
    `sponsorProof` TEXT NULL,
    `sponsorPayload` TEXT NULL,
    `slackOAuthClientId` VARCHAR(191) NULL,
    `slackOAuthClientSecret` VARCHAR(191) NULL,
    `slackOAuthEnabled` BOOLEAN NOT NULL DEFAULT false,
    `slackSigningSecret` VARCHAR(191) NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    UNIQUE INDEX `SystemConfig_telemetryInstanceId_key`(`telemetryInstanceId`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `PublicChangelogAnalytics` (
    `id` VARCHAR(191) NOT NULL,
    `projectId` VARCHAR(191) NOT NULL,
    `changelogEntryId` VARCHAR(191) NULL,
    `ipHash` VARCHAR(191) NOT NULL,
    `country` VARCHAR(191) NULL,
    `userAgent` VARCHAR(191) NULL,
    `referrer` VARCHAR(191) NULL,
    `viewedAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `sessionHash` VARCHAR(191) NOT NULL,

    INDEX `PublicChangelogAnalytics_projectId_idx`(`projectId`),
    INDEX `PublicChangelogAnalytics_changelogEntryId_idx`(`changelogEntryId`),
    INDEX `PublicChangelogAnalytics_viewedAt_idx`(`viewedAt`),
    INDEX `PublicChangelogAnalytics_country_idx`(`country`),
    INDEX `PublicChangelogAnalytics_sessionHash_idx`(`sessionHash`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `ScheduledJob` (
    `id` VARCHAR(191) NOT NULL,
    `type` ENUM('PUBLISH_CHANGELOG_ENTRY', 'UNPUBLISH_CHANGELOG_ENTRY', 'DELETE_CHANGELOG_ENTRY', 'SEND_EMAIL_NOTIFICATION', 'TELEMETRY_SEND') NOT NULL,
    `entityId` VARCHAR(191) NOT NULL,
    `scheduledAt` DATETIME(3) NOT NULL,
    `executedAt` DATETIME(3) NULL,
    `status` ENUM('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED') NOT NULL DEFAULT 'PENDING',
    `errorMessage` VARCHAR(191) NULL,
    `retryCount` INTEGER NOT NULL DEFAULT 0,
    `maxRetries` INTEGER NOT NULL DEFAULT 3,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,
    `changelogEntryId` VARCHAR(191) NULL,

    INDEX `ScheduledJob_type_idx`(`type`),
    INDEX `ScheduledJob_entityId_idx`(`entityId`),
    INDEX `ScheduledJob_scheduledAt_idx`(`scheduledAt`),
    INDEX `ScheduledJob_status_idx`(`status`),
    INDEX `ScheduledJob_scheduledAt_status_idx`(`scheduledAt`, `status`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `User` (
    `id` VARCHAR(191) NOT NULL,
    `email` VARCHAR(191) NOT NULL,
    `password` VARCHAR(191) NOT NULL,
    `name` VARCHAR(191) NULL,
    `role` ENUM('ADMIN', 'STAFF', 'VIEWER') NOT NULL DEFAULT 'STAFF',
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,
    `lastLoginAt` DATETIME(3) NULL,
    `lastChallenge` VARCHAR(191) NULL,
    `twoFactorMode` ENUM('NONE', 'PASSKEY_PLUS_PASSWORD', 'PASSWORD_PLUS_PASSKEY') NULL DEFAULT 'NONE',

    UNIQUE INDEX `User_email_key`(`email`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `RefreshToken` (
    `id` VARCHAR(191) NOT NULL,
    `token` VARCHAR(191) NOT NULL,
    `userId` VARCHAR(191) NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `expiresAt` DATETIME(3) NOT NULL,
    `invalidated` BOOLEAN NOT NULL DEFAULT false,

    UNIQUE INDEX `RefreshToken_token_key`(`token`),
    INDEX `RefreshToken_userId_idx`(`userId`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `OAuthProvider` (
    `id` VARCHAR(191) NOT NULL,
    `name` VARCHAR(191) NOT NULL,
    `clientId` VARCHAR(191) NOT NULL,
    `clientSecret` VARCHAR(191) NOT NULL,
    `authorizationUrl` VARCHAR(191) NOT NULL,
    `tokenUrl` VARCHAR(191) NOT NULL,
    `userInfoUrl` VARCHAR(191) NOT NULL,
    `callbackUrl` VARCHAR(191) NOT NULL,
    `scopes` JSON NULL,
    `enabled` BOOLEAN NOT NULL DEFAULT true,
    `isDefault` BOOLEAN NOT NULL DEFAULT false,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `OAuthConnection` (
    `id` VARCHAR(191) NOT NULL,
    `providerId` VARCHAR(191) NOT NULL,
    `userId` VARCHAR(191) NOT NULL,
    `providerUserId` VARCHAR(191) NOT NULL,
    `accessToken` VARCHAR(191) NULL,
    `refreshToken` VARCHAR(191) NULL,
    `expiresAt` DATETIME(3) NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    INDEX `OAuthConnection_userId_idx`(`userId`),
    INDEX `OAuthConnection_providerId_idx`(`providerId`),
    UNIQUE INDEX `OAuthConnection_providerId_providerUserId_key`(`providerId`, `providerUserId`),
    UNIQUE INDEX `OAuthConnection_providerId_userId_key`(`providerId`, `userId`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `Settings` (
    `id` VARCHAR(191) NOT NULL,
    `userId` VARCHAR(191) NOT NULL,
    `theme` VARCHAR(191) NOT NULL DEFAULT 'light',
    `enableNotifications` BOOLEAN NOT NULL DEFAULT true,
    `timezone` VARCHAR(191) NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    UNIQUE INDEX `Settings_userId_key`(`userId`),
    INDEX `Settings_userId_idx`(`userId`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `Passkey` (
    `id` VARCHAR(191) NOT NULL,
    `userId` VARCHAR(191) NOT NULL,
    `name` VARCHAR(191) NOT NULL,
    `credentialId` VARCHAR(191) NOT NULL,
    `publicKey` VARCHAR(191) NOT NULL,
    `counter` INTEGER NOT NULL DEFAULT 0,
    `transports` JSON NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `lastUsedAt` DATETIME(3) NULL,

    UNIQUE INDEX `Passkey_credentialId_key`(`credentialId`),
    INDEX `Passkey_userId_idx`(`userId`),
    INDEX `Passkey_credentialId_idx`(`credentialId`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `PasswordReset` (
    `id` VARCHAR(191) NOT NULL,
    `token` VARCHAR(191) NOT NULL,
    `userId` VARCHAR(191) NOT NULL,
    `email` VARCHAR(191) NOT NULL,
    `expiresAt` DATETIME(3) NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `usedAt` DATETIME(3) NULL,

    UNIQUE INDEX `PasswordReset_token_key`(`token`),
    INDEX `PasswordReset_token_idx`(`token`),
    INDEX `PasswordReset_userId_idx`(`userId`),
    INDEX `PasswordReset_email_idx`(`email`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `TwoFactorSession` (
    `id` VARCHAR(191) NOT NULL,
    `userId` VARCHAR(191) NOT NULL,
    `type` ENUM('NONE', 'PASSKEY_PLUS_PASSWORD', 'PASSWORD_PLUS_PASSKEY') NOT NULL,
    `expiresAt` DATETIME(3) NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),

    INDEX `TwoFactorSession_userId_idx`(`userId`),
    INDEX `TwoFactorSession_expiresAt_idx`(`expiresAt`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `InvitationLink` (
    `id` VARCHAR(191) NOT NULL,
    `token` VARCHAR(191) NOT NULL,
    `role` ENUM('ADMIN', 'STAFF', 'VIEWER') NOT NULL,
    `email` VARCHAR(191) NOT NULL,
    `createdBy` VARCHAR(191) NOT NULL,
    `expiresAt` DATETIME(3) NOT NULL,
    `usedAt` DATETIME(3) NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),

    UNIQUE INDEX `InvitationLink_token_key`(`token`),
    INDEX `InvitationLink_token_idx`(`token`),
    INDEX `InvitationLink_email_idx`(`email`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `CliAuthCode` (
    `id` VARCHAR(191) NOT NULL,
    `code` VARCHAR(191) NOT NULL,
    `userId` VARCHAR(191) NOT NULL,
    `callbackUrl` VARCHAR(191) NOT NULL,
    `expiresAt` DATETIME(3) NOT NULL,
    `usedAt` DATETIME(3) NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),

    UNIQUE INDEX `CliAuthCode_code_key`(`code`),
    INDEX `CliAuthCode_code_idx`(`code`),
    INDEX `CliAuthCode_userId_idx`(`userId`),
    INDEX `CliAuthCode_expiresAt_idx`(`expiresAt`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `_ChangelogEntryToChangelogTag` (
    `A` VARCHAR(191) NOT NULL,
    `B` VARCHAR(191) NOT NULL,

    UNIQUE INDEX `_ChangelogEntryToChangelogTag_AB_unique`(`A`, `B`),
    INDEX `_ChangelogEntryToChangelogTag_B_index`(`B`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- AddForeignKey
ALTER TABLE `EmailConfig` ADD CONSTRAINT `EmailConfig_projectId_fkey` FOREIGN KEY (`projectId`) REFERENCES `Project`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `EmailLog` ADD CONSTRAINT `EmailLog_projectId_fkey` FOREIGN KEY (`projectId`) REFERENCES `Project`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `ProjectSubscription` ADD CONSTRAINT `ProjectSubscription_projectId_fkey` FOREIGN KEY (`projectId`) REFERENCES `Project`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `ProjectSubscription` ADD CONSTRAINT `ProjectSubscription_subscriberId_fkey` FOREIGN KEY (`subscriberId`) REFERENCES `EmailSubscriber`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `SlackIntegration` ADD CONSTRAINT `SlackIntegration_projectId_fkey` FOREIGN KEY (`projectId`) REFERENCES `Project`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `GitHubIntegration` ADD CONSTRAINT `GitHubIntegration_projectId_fkey` FOREIGN KEY (`projectId`) REFERENCES `Project`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `ProjectSyncMetadata` ADD CONSTRAINT `ProjectSyncMetadata_projectId_fkey` FOREIGN KEY (`projectId`) REFERENCES `Project`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `SyncedCommit` ADD CONSTRAINT `SyncedCommit_projectId_fkey` FOREIGN KEY (`projectId`) REFERENCES `Project`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `Changelog` ADD CONSTRAINT `Changelog_projectId_fkey` FOREIGN KEY (`projectId`) REFERENCES `Project`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `ChangelogEntry` ADD CONSTRAINT `ChangelogEntry_changelogId_fkey` FOREIGN KEY (`changelogId`) REFERENCES `Changelog`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `ChangelogRequest` ADD CONSTRAINT `ChangelogRequest_staffId_fkey` FOREIGN KEY (`staffId`) REFERENCES `User`(`id`) ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `ChangelogRequest` ADD CONSTRAINT `ChangelogRequest_adminId_fkey` FOREIGN KEY (`adminId`) REFERENCES `User`(`id`) ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `ChangelogRequest` ADD CONSTRAINT `ChangelogRequest_projectId_fkey` FOREIGN KEY (`projectId`) REFERENCES `Project`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `ChangelogRequest` ADD CONSTRAINT `ChangelogRequest_changelogEntryId_fkey` FOREIGN KEY (`changelogEntryId`) REFERENCES `ChangelogEntry`(`id`) ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `ChangelogRequest` ADD CONSTRAINT `ChangelogRequest_changelogTagId_fkey` FOREIGN KEY (`changelogTagId`) REFERENCES `ChangelogTag`(`id`) ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `Widget` ADD CONSTRAINT `Widget_projectId_fkey` FOREIGN KEY (`projectId`) REFERENCES `Project`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `custom_domains` ADD CONSTRAINT `custom_domains_projectId_fkey` FOREIGN KEY (`projectId`) REFERENCES `Project`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `ApiKey` ADD CONSTRAINT `ApiKey_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `ApiKey` ADD CONSTRAINT `ApiKey_projectId_fkey` FOREIGN KEY (`projectId`) REFERENCES `Project`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `AuditLog` ADD CONSTRAINT `AuditLog_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `AuditLog` ADD CONSTRAINT `AuditLog_targetUserId_fkey` FOREIGN KEY (`targetUserId`) REFERENCES `User`(`id`) ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `PublicChangelogAnalytics` ADD CONSTRAINT `PublicChangelogAnalytics_projectId_fkey` FOREIGN KEY (`projectId`) REFERENCES `Project`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `PublicChangelogAnalytics` ADD CONSTRAINT `PublicChangelogAnalytics_changelogEntryId_fkey` FOREIGN KEY (`changelogEntryId`) REFERENCES `ChangelogEntry`(`id`) ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `ScheduledJob` ADD CONSTRAINT `ScheduledJob_changelogEntryId_fkey` FOREIGN KEY (`changelogEntryId`) REFERENCES `ChangelogEntry`(`id`) ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `RefreshToken` ADD CONSTRAINT `RefreshToken_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `OAuthConnection` ADD CONSTRAINT `OAuthConnection_providerId_fkey` FOREIGN KEY (`providerId`) REFERENCES `OAuthProvider`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `OAuthConnection` ADD CONSTRAINT `OAuthConnection_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `Settings` ADD CONSTRAINT `Settings_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `Passkey` ADD CONSTRAINT `Passkey_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `PasswordReset` ADD CONSTRAINT `PasswordReset_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `TwoFactorSession` ADD CONSTRAINT `TwoFactorSession_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `CliAuthCode` ADD CONSTRAINT `CliAuthCode_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `_ChangelogEntryToChangelogTag` ADD CONSTRAINT `_ChangelogEntryToChangelogTag_A_fkey` FOREIGN KEY (`A`) REFERENCES `ChangelogEntry`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `_ChangelogEntryToChangelogTag` ADD CONSTRAINT `_ChangelogEntryToChangelogTag_B_fkey` FOREIGN KEY (`B`) REFERENCES `ChangelogTag`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;
