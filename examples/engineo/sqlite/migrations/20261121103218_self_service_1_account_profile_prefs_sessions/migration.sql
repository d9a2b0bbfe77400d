-- DropAppendOnly
DROP TRIGGER IF EXISTS "AdminAuditLog_nicol_no_update";
DROP TRIGGER IF EXISTS "AdminAuditLog_nicol_no_delete";
DROP TRIGGER IF EXISTS "AdminAuditLog_nicol_no_move";

-- CreateTable
CREATE TABLE "UserPreferences" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "notifyQuotaWarnings" BOOLEAN NOT NULL DEFAULT true,
    "notifyRunFailures" BOOLEAN NOT NULL DEFAULT true,
    "notifyWeeklyDeoSummary" BOOLEAN NOT NULL DEFAULT true,
    "autoOpenIssuesTab" BOOLEAN NOT NULL DEFAULT false,
    "preferredPillarLanding" TEXT,
    "additionalPrefs" JSONB,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "UserPreferences_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "UserSession" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "sessionType" TEXT NOT NULL DEFAULT 'USER_LOGIN',
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" DATETIME,
    "revokedAt" DATETIME,
    "ip" TEXT,
    "userAgent" TEXT,
    CONSTRAINT "UserSession_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "UserAccountAuditLog" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actorUserId" TEXT NOT NULL,
    "actionType" TEXT NOT NULL,
    "metadata" JSONB,
    CONSTRAINT "UserAccountAuditLog_actorUserId_fkey" FOREIGN KEY ("actorUserId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_User" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "email" TEXT NOT NULL,
    "password" TEXT NOT NULL,
    "name" TEXT,
    "role" TEXT NOT NULL DEFAULT 'USER',
    "twoFactorEnabled" BOOLEAN NOT NULL DEFAULT false,
    "twoFactorSecret" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    "adminRole" TEXT,
    "accountStatus" TEXT NOT NULL DEFAULT 'ACTIVE',
    "accountRole" TEXT NOT NULL DEFAULT 'OWNER',
    "avatarUrl" TEXT,
    "timezone" TEXT,
    "locale" TEXT,
    "organizationName" TEXT,
    "lastLoginAt" DATETIME,
    "lastLoginIp" TEXT,
    "tokenInvalidBefore" DATETIME
);
INSERT INTO "new_User" ("accountStatus", "adminRole", "createdAt", "email", "id", "name", "password", "role", "twoFactorEnabled", "twoFactorSecret", "updatedAt") SELECT "accountStatus", "adminRole", "createdAt", "email", "id", "name", "password", "role", "twoFactorEnabled", "twoFactorSecret", "updatedAt" FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE UNIQUE INDEX "UserPreferences_userId_key" ON "UserPreferences"("userId");

-- CreateIndex
CREATE INDEX "UserSession_userId_createdAt_idx" ON "UserSession"("userId", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "UserSession_userId_revokedAt_idx" ON "UserSession"("userId", "revokedAt");

-- CreateIndex
CREATE INDEX "UserAccountAuditLog_actorUserId_createdAt_idx" ON "UserAccountAuditLog"("actorUserId", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "UserAccountAuditLog_actionType_createdAt_idx" ON "UserAccountAuditLog"("actionType", "createdAt" DESC);

-- AddAppendOnly
CREATE TRIGGER "AdminAuditLog_nicol_no_update" BEFORE UPDATE OF "id", "createdAt", "performedByAdminRole", "actionType", "targetRunId", "metadata" ON "AdminAuditLog" FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'AdminAuditLog is append-only: rows cannot be changed or deleted'); END;
CREATE TRIGGER "AdminAuditLog_nicol_no_move" BEFORE UPDATE OF "performedByUserId", "targetUserId", "targetProjectId" ON "AdminAuditLog" FOR EACH ROW WHEN NOT ((OLD."performedByUserId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "User" WHERE "id" = OLD."performedByUserId")) OR (OLD."targetUserId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "User" WHERE "id" = OLD."targetUserId")) OR (OLD."targetProjectId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Project" WHERE "id" = OLD."targetProjectId"))) BEGIN SELECT RAISE(ABORT, 'AdminAuditLog is append-only: rows cannot be changed or deleted'); END;
CREATE TRIGGER "AdminAuditLog_nicol_no_delete" BEFORE DELETE ON "AdminAuditLog" FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'AdminAuditLog is append-only: rows cannot be changed or deleted'); END;

-- AddAppendOnly
CREATE TRIGGER "UserAccountAuditLog_nicol_no_update" BEFORE UPDATE OF "id", "createdAt", "actionType", "metadata" ON "UserAccountAuditLog" FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'UserAccountAuditLog is append-only: rows cannot be changed or deleted'); END;
CREATE TRIGGER "UserAccountAuditLog_nicol_no_move" BEFORE UPDATE OF "actorUserId" ON "UserAccountAuditLog" FOR EACH ROW WHEN NOT ((OLD."actorUserId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "User" WHERE "id" = OLD."actorUserId"))) BEGIN SELECT RAISE(ABORT, 'UserAccountAuditLog is append-only: rows cannot be changed or deleted'); END;
CREATE TRIGGER "UserAccountAuditLog_nicol_no_delete" BEFORE DELETE ON "UserAccountAuditLog" FOR EACH ROW WHEN NOT ((OLD."actorUserId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "User" WHERE "id" = OLD."actorUserId"))) BEGIN SELECT RAISE(ABORT, 'UserAccountAuditLog is append-only: rows cannot be changed or deleted'); END;
