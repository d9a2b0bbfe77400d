-- nicol:down 20261121053000_init..
-- Going back loses or needs data:
-- - The table `User` will be dropped. All rows in it are lost.
-- - The table `Post` will be dropped. All rows in it are lost.

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "User";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "Post";
PRAGMA foreign_keys=on;
