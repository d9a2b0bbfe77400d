-- nicol:down 20261121104406_add_user_session..20261121104405_init
-- Going back loses or needs data:
-- - The table `UserSession` will be dropped. All rows in it are lost.

-- DropTable
PRAGMA foreign_keys=off;
DROP TABLE "UserSession";
PRAGMA foreign_keys=on;
