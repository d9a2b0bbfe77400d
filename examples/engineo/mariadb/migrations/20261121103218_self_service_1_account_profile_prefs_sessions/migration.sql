-- AlterTable
ALTER TABLE `User` ADD COLUMN `accountRole` ENUM('OWNER', 'EDITOR', 'VIEWER') NOT NULL DEFAULT 'OWNER',
    ADD COLUMN `avatarUrl` VARCHAR(191) NULL,
    ADD COLUMN `lastLoginAt` DATETIME(3) NULL,
    ADD COLUMN `lastLoginIp` VARCHAR(191) NULL,
    ADD COLUMN `locale` VARCHAR(191) NULL,
    ADD COLUMN `organizationName` VARCHAR(191) NULL,
    ADD COLUMN `timezone` VARCHAR(191) NULL,
    ADD COLUMN `tokenInvalidBefore` DATETIME(3) NULL;

-- CreateTable
CREATE TABLE `UserPreferences` (
    `id` VARCHAR(191) NOT NULL,
    `userId` VARCHAR(191) NOT NULL,
    `notifyQuotaWarnings` BOOLEAN NOT NULL DEFAULT true,
    `notifyRunFailures` BOOLEAN NOT NULL DEFAULT true,
    `notifyWeeklyDeoSummary` BOOLEAN NOT NULL DEFAULT true,
    `autoOpenIssuesTab` BOOLEAN NOT NULL DEFAULT false,
    `preferredPillarLanding` VARCHAR(191) NULL,
    `additionalPrefs` JSON NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    UNIQUE INDEX `UserPreferences_userId_key`(`userId`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `UserSession` (
    `id` VARCHAR(191) NOT NULL,
    `userId` VARCHAR(191) NOT NULL,
    `sessionType` ENUM('USER_LOGIN') NOT NULL DEFAULT 'USER_LOGIN',
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `lastSeenAt` DATETIME(3) NULL,
    `revokedAt` DATETIME(3) NULL,
    `ip` VARCHAR(191) NULL,
    `userAgent` VARCHAR(191) NULL,

    INDEX `UserSession_userId_createdAt_idx`(`userId`, `createdAt` DESC),
    INDEX `UserSession_userId_revokedAt_idx`(`userId`, `revokedAt`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `UserAccountAuditLog` (
    `id` VARCHAR(191) NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `actorUserId` VARCHAR(191) NOT NULL,
    `actionType` VARCHAR(191) NOT NULL,
    `metadata` JSON NULL,

    INDEX `UserAccountAuditLog_actorUserId_createdAt_idx`(`actorUserId`, `createdAt` DESC),
    INDEX `UserAccountAuditLog_actionType_createdAt_idx`(`actionType`, `createdAt` DESC),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- AddForeignKey
ALTER TABLE `UserPreferences` ADD CONSTRAINT `UserPreferences_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `UserSession` ADD CONSTRAINT `UserSession_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `UserAccountAuditLog` ADD CONSTRAINT `UserAccountAuditLog_actorUserId_fkey` FOREIGN KEY (`actorUserId`) REFERENCES `User`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddAppendOnly
CREATE TRIGGER `UserAccountAuditLog_nicol_no_update` BEFORE UPDATE ON `UserAccountAuditLog` FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'UserAccountAuditLog is append-only: rows cannot be changed or deleted';
CREATE TRIGGER `UserAccountAuditLog_nicol_no_delete` BEFORE DELETE ON `UserAccountAuditLog` FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'UserAccountAuditLog is append-only: rows cannot be changed or deleted';
