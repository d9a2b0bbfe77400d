-- CreateTable
CREATE TABLE "AdminAuditLog" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "performedByUserId" TEXT NOT NULL,
    "performedByAdminRole" TEXT NOT NULL,
    "actionType" TEXT NOT NULL,
    "targetUserId" TEXT,
    "targetProjectId" TEXT,
    "targetRunId" TEXT,
    "metadata" JSONB,
    CONSTRAINT "AdminAuditLog_performedByUserId_fkey" FOREIGN KEY ("performedByUserId") REFERENCES "User" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "AdminAuditLog_targetUserId_fkey" FOREIGN KEY ("targetUserId") REFERENCES "User" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "AdminAuditLog_targetProjectId_fkey" FOREIGN KEY ("targetProjectId") REFERENCES "Project" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "AiMonthlyQuotaReset" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId" TEXT NOT NULL,
    "monthStart" DATETIME NOT NULL,
    "aiRunsOffset" INTEGER NOT NULL,
    "createdByUserId" TEXT NOT NULL,
    "reason" TEXT,
    CONSTRAINT "AiMonthlyQuotaReset_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "AiMonthlyQuotaReset_createdByUserId_fkey" FOREIGN KEY ("createdByUserId") REFERENCES "User" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
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
    "accountStatus" TEXT NOT NULL DEFAULT 'ACTIVE'
);
INSERT INTO "new_User" ("createdAt", "email", "id", "name", "password", "role", "twoFactorEnabled", "twoFactorSecret", "updatedAt") SELECT "createdAt", "email", "id", "name", "password", "role", "twoFactorEnabled", "twoFactorSecret", "updatedAt" FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE INDEX "AdminAuditLog_createdAt_idx" ON "AdminAuditLog"("createdAt" DESC);

-- CreateIndex
CREATE INDEX "AdminAuditLog_performedByUserId_createdAt_idx" ON "AdminAuditLog"("performedByUserId", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "AdminAuditLog_actionType_createdAt_idx" ON "AdminAuditLog"("actionType", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "AdminAuditLog_targetUserId_createdAt_idx" ON "AdminAuditLog"("targetUserId", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "AdminAuditLog_targetProjectId_createdAt_idx" ON "AdminAuditLog"("targetProjectId", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "AiMonthlyQuotaReset_userId_monthStart_idx" ON "AiMonthlyQuotaReset"("userId", "monthStart");

-- CreateIndex
CREATE INDEX "AiMonthlyQuotaReset_createdAt_idx" ON "AiMonthlyQuotaReset"("createdAt" DESC);

-- AddAppendOnly
CREATE TRIGGER "AdminAuditLog_nicol_no_update" BEFORE UPDATE OF "id", "createdAt", "performedByAdminRole", "actionType", "targetRunId", "metadata" ON "AdminAuditLog" FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'AdminAuditLog is append-only: rows cannot be changed or deleted'); END;
CREATE TRIGGER "AdminAuditLog_nicol_no_move" BEFORE UPDATE OF "performedByUserId", "targetUserId", "targetProjectId" ON "AdminAuditLog" FOR EACH ROW WHEN NOT ((OLD."performedByUserId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "User" WHERE "id" = OLD."performedByUserId")) OR (OLD."targetUserId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "User" WHERE "id" = OLD."targetUserId")) OR (OLD."targetProjectId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Project" WHERE "id" = OLD."targetProjectId"))) BEGIN SELECT RAISE(ABORT, 'AdminAuditLog is append-only: rows cannot be changed or deleted'); END;
CREATE TRIGGER "AdminAuditLog_nicol_no_delete" BEFORE DELETE ON "AdminAuditLog" FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'AdminAuditLog is append-only: rows cannot be changed or deleted'); END;
