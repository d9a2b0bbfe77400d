-- nicol:down 20261121110524_init..
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

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "users";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "organizations";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "emails";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "access-tokens";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "api-keys";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "approved-locations";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "backup-codes";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "domains";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "identities";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "memberships";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "sessions";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "webhooks";
PRAGMA foreign_keys=on;
