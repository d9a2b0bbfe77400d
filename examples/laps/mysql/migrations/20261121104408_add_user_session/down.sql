-- nicol:down 20261121104408_add_user_session..20261121104407_init
-- Going back loses or needs data:
-- - The table `UserSession` will be dropped. All rows in it are lost.

-- DropForeignKey
ALTER TABLE `UserSession` DROP FOREIGN KEY `UserSession_userId_fkey`;

-- DropTable
DROP TABLE `UserSession`;
