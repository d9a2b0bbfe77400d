-- nicol:down 20261121104405_init..
-- Going back loses or needs data:
-- - The table `User` will be dropped. All rows in it are lost.
-- - The table `Student` will be dropped. All rows in it are lost.
-- - The table `Round` will be dropped. All rows in it are lost.

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "User";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "Student";
PRAGMA foreign_keys=on;

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "Round";
PRAGMA foreign_keys=on;
