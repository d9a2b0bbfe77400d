-- AlterTable
ALTER TABLE `User` ADD COLUMN `accountStatus` ENUM('ACTIVE', 'SUSPENDED') NOT NULL DEFAULT 'ACTIVE',
    ADD COLUMN `adminRole` ENUM('SUPPORT_AGENT', 'OPS_ADMIN', 'MANAGEMENT_CEO') NULL;

-- CreateTable
CREATE TABLE `AdminAuditLog` (
    `id` VARCHAR(191) NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `performedByUserId` VARCHAR(191) NOT NULL,
    `performedByAdminRole` ENUM('SUPPORT_AGENT', 'OPS_ADMIN', 'MANAGEMENT_CEO') NOT NULL,
    `actionType` VARCHAR(191) NOT NULL,
    `targetUserId` VARCHAR(191) NULL,
    `targetProjectId` VARCHAR(191) NULL,
    `targetRunId` VARCHAR(191) NULL,
    `metadata` JSON NULL,

    INDEX `AdminAuditLog_createdAt_idx`(`createdAt` DESC),
    INDEX `AdminAuditLog_performedByUserId_createdAt_idx`(`performedByUserId`, `createdAt` DESC),
    INDEX `AdminAuditLog_actionType_createdAt_idx`(`actionType`, `createdAt` DESC),
    INDEX `AdminAuditLog_targetUserId_createdAt_idx`(`targetUserId`, `createdAt` DESC),
    INDEX `AdminAuditLog_targetProjectId_createdAt_idx`(`targetProjectId`, `createdAt` DESC),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `AiMonthlyQuotaReset` (
    `id` VARCHAR(191) NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `userId` VARCHAR(191) NOT NULL,
    `monthStart` DATETIME(3) NOT NULL,
    `aiRunsOffset` INTEGER NOT NULL,
    `createdByUserId` VARCHAR(191) NOT NULL,
    `reason` VARCHAR(191) NULL,

    INDEX `AiMonthlyQuotaReset_userId_monthStart_idx`(`userId`, `monthStart`),
    INDEX `AiMonthlyQuotaReset_createdAt_idx`(`createdAt` DESC),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- AddForeignKey
ALTER TABLE `AdminAuditLog` ADD CONSTRAINT `AdminAuditLog_performedByUserId_fkey` FOREIGN KEY (`performedByUserId`) REFERENCES `User`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `AdminAuditLog` ADD CONSTRAINT `AdminAuditLog_targetUserId_fkey` FOREIGN KEY (`targetUserId`) REFERENCES `User`(`id`) ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `AdminAuditLog` ADD CONSTRAINT `AdminAuditLog_targetProjectId_fkey` FOREIGN KEY (`targetProjectId`) REFERENCES `Project`(`id`) ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `AiMonthlyQuotaReset` ADD CONSTRAINT `AiMonthlyQuotaReset_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `User`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `AiMonthlyQuotaReset` ADD CONSTRAINT `AiMonthlyQuotaReset_createdByUserId_fkey` FOREIGN KEY (`createdByUserId`) REFERENCES `User`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddAppendOnly
CREATE TRIGGER `AdminAuditLog_nicol_no_update` BEFORE UPDATE ON `AdminAuditLog` FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'AdminAuditLog is append-only: rows cannot be changed or deleted';
CREATE TRIGGER `AdminAuditLog_nicol_no_delete` BEFORE DELETE ON `AdminAuditLog` FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'AdminAuditLog is append-only: rows cannot be changed or deleted';
