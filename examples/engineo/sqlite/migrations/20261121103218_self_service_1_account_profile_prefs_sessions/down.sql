-- nicol:down 20261121103222_self_service_1_account_profile_prefs_sessions..20261121103221_backfill_admin_roles
-- Going back loses or needs data:
-- - The table `UserPreferences` will be dropped. All rows in it are lost.
-- - The table `UserSession` will be dropped. All rows in it are lost.
-- - The table `UserAccountAuditLog` will be dropped. All rows in it are lost.
-- - The column `accountRole` of the table `User` will be dropped. All values in it are lost.
-- - The column `avatarUrl` of the table `User` will be dropped. All values in it are lost.
-- - The column `lastLoginAt` of the table `User` will be dropped. All values in it are lost.
-- - The column `lastLoginIp` of the table `User` will be dropped. All values in it are lost.
-- - The column `locale` of the table `User` will be dropped. All values in it are lost.
-- - The column `organizationName` of the table `User` will be dropped. All values in it are lost.
-- - The column `timezone` of the table `User` will be dropped. All values in it are lost.
-- - The column `tokenInvalidBefore` of the table `User` will be dropped. All values in it are lost.

-- DropAppendOnly
DROP TRIGGER IF EXISTS "AdminAuditLog_nicol_no_update";
DROP TRIGGER IF EXISTS "AdminAuditLog_nicol_no_delete";
DROP TRIGGER IF EXISTS "AdminAuditLog_nicol_no_move";

-- DropIndex
DROP INDEX "UserPreferences_userId_key";

-- DropIndex
DROP INDEX "UserSession_userId_createdAt_idx";

-- DropIndex
DROP INDEX "UserSession_userId_revokedAt_idx";

-- DropIndex
DROP INDEX "UserAccountAuditLog_actorUserId_createdAt_idx";

-- DropIndex
DROP INDEX "UserAccountAuditLog_actionType_createdAt_idx";

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "UserPreferences";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "UserSession";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "UserAccountAuditLog";
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
    "updatedAt" DATETIME NOT NULL,
    "adminRole" TEXT,
    "accountStatus" TEXT NOT NULL DEFAULT 'ACTIVE'
);
INSERT INTO "new_User" ("accountStatus", "adminRole", "createdAt", "email", "id", "name", "password", "role", "twoFactorEnabled", "twoFactorSecret", "updatedAt") SELECT "accountStatus", "adminRole", "createdAt", "email", "id", "name", "password", "role", "twoFactorEnabled", "twoFactorSecret", "updatedAt" FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- AddAppendOnly
CREATE TRIGGER "AdminAuditLog_nicol_no_update" BEFORE UPDATE OF "id", "createdAt", "performedByAdminRole", "actionType", "targetRunId", "metadata" ON "AdminAuditLog" FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'AdminAuditLog is append-only: rows cannot be changed or deleted'); END;
CREATE TRIGGER "AdminAuditLog_nicol_no_move" BEFORE UPDATE OF "performedByUserId", "targetUserId", "targetProjectId" ON "AdminAuditLog" FOR EACH ROW WHEN NOT ((OLD."performedByUserId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "User" WHERE "id" = OLD."performedByUserId")) OR (OLD."targetUserId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "User" WHERE "id" = OLD."targetUserId")) OR (OLD."targetProjectId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Project" WHERE "id" = OLD."targetProjectId"))) BEGIN SELECT RAISE(ABORT, 'AdminAuditLog is append-only: rows cannot be changed or deleted'); END;
CREATE TRIGGER "AdminAuditLog_nicol_no_delete" BEFORE DELETE ON "AdminAuditLog" FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'AdminAuditLog is append-only: rows cannot be changed or deleted'); END;
