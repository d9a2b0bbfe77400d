-- nicol:down 20261121103220_admin_ops_1_internal_roles_audit_log_quota_reset..20261121103219_init
-- Going back loses or needs data:
-- - The table `AdminAuditLog` will be dropped. All rows in it are lost.
-- - The table `AiMonthlyQuotaReset` will be dropped. All rows in it are lost.
-- - The column `accountStatus` of the table `User` will be dropped. All values in it are lost.
-- - The column `adminRole` of the table `User` will be dropped. All values in it are lost.

-- DropIndex
DROP INDEX "AdminAuditLog_createdAt_idx";

-- DropIndex
DROP INDEX "AdminAuditLog_performedByUserId_createdAt_idx";

-- DropIndex
DROP INDEX "AdminAuditLog_actionType_createdAt_idx";

-- DropIndex
DROP INDEX "AdminAuditLog_targetUserId_createdAt_idx";

-- DropIndex
DROP INDEX "AdminAuditLog_targetProjectId_createdAt_idx";

-- DropIndex
DROP INDEX "AiMonthlyQuotaReset_userId_monthStart_idx";

-- DropIndex
DROP INDEX "AiMonthlyQuotaReset_createdAt_idx";

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "AdminAuditLog";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "AiMonthlyQuotaReset";
PRAGMA foreign_keys=on;

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
    "updatedAt" DATETIME NOT NULL
);
INSERT INTO "new_User" ("createdAt", "email", "id", "name", "password", "role", "twoFactorEnabled", "twoFactorSecret", "updatedAt") SELECT "createdAt", "email", "id", "name", "password", "role", "twoFactorEnabled", "twoFactorSecret", "updatedAt" FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
