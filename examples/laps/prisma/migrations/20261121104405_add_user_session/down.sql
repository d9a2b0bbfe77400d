-- nicol:down 20261121104405_add_user_session..20261121104404_init
-- Going back loses or needs data:
-- - The table `UserSession` will be dropped. All rows in it are lost.

-- DropForeignKey
ALTER TABLE "UserSession" DROP CONSTRAINT "UserSession_userId_fkey";

-- DropTable
DROP TABLE "UserSession";
