-- nicol:down 20261121110550_init..
-- Going back loses or needs data:
-- - The table `users` will be dropped. All rows in it are lost.
-- - The table `organizations` will be dropped. All rows in it are lost.
-- - The table `emails` will be dropped. All rows in it are lost.
-- - The table `access-tokens` will be dropped. All rows in it are lost.
-- - The table `api-keys` will be dropped. All rows in it are lost.
-- - The table `approved-locations` will be dropped. All rows in it are lost.
-- - The table `backup-codes` will be dropped. All rows in it are lost.
-- - The table `domains` will be dropped. All rows in it are lost.
-- - The table `identities` will be dropped. All rows in it are lost.
-- - The table `memberships` will be dropped. All rows in it are lost.
-- - The table `sessions` will be dropped. All rows in it are lost.
-- - The table `webhooks` will be dropped. All rows in it are lost.

-- DropForeignKey
ALTER TABLE "emails" DROP CONSTRAINT "emails_userId_fkey";

-- DropForeignKey
ALTER TABLE "access-tokens" DROP CONSTRAINT "access-tokens_userId_fkey";

-- DropForeignKey
ALTER TABLE "api-keys" DROP CONSTRAINT "api-keys_organizationId_fkey";

-- DropForeignKey
ALTER TABLE "approved-locations" DROP CONSTRAINT "approved-locations_userId_fkey";

-- DropForeignKey
ALTER TABLE "backup-codes" DROP CONSTRAINT "backup-codes_userId_fkey";

-- DropForeignKey
ALTER TABLE "domains" DROP CONSTRAINT "domains_organizationId_fkey";

-- DropForeignKey
ALTER TABLE "identities" DROP CONSTRAINT "identities_userId_fkey";

-- DropForeignKey
ALTER TABLE "memberships" DROP CONSTRAINT "memberships_organizationId_fkey";

-- DropForeignKey
ALTER TABLE "memberships" DROP CONSTRAINT "memberships_userId_fkey";

-- DropForeignKey
ALTER TABLE "sessions" DROP CONSTRAINT "sessions_userId_fkey";

-- DropForeignKey
ALTER TABLE "webhooks" DROP CONSTRAINT "webhooks_organizationId_fkey";

-- DropTable
DROP TABLE "users";

-- DropTable
DROP TABLE "organizations";

-- DropTable
DROP TABLE "emails";

-- DropTable
DROP TABLE "access-tokens";

-- DropTable
DROP TABLE "api-keys";

-- DropTable
DROP TABLE "approved-locations";

-- DropTable
DROP TABLE "backup-codes";

-- DropTable
DROP TABLE "domains";

-- DropTable
DROP TABLE "identities";

-- DropTable
DROP TABLE "memberships";

-- DropTable
DROP TABLE "sessions";

-- DropTable
DROP TABLE "webhooks";

-- DropEnum
DROP TYPE "Gender";

-- DropEnum
DROP TYPE "NotificationEmails";

-- DropEnum
DROP TYPE "PrefersColorScheme";

-- DropEnum
DROP TYPE "PrefersReducedMotion";

-- DropEnum
DROP TYPE "UserRole";

-- DropEnum
DROP TYPE "MembershipRole";
