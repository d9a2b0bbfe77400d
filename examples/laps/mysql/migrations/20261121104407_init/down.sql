-- nicol:down 20261121104407_init..
-- Going back loses or needs data:
-- - The table `User` will be dropped. All rows in it are lost.
-- - The table `Student` will be dropped. All rows in it are lost.
-- - The table `Round` will be dropped. All rows in it are lost.

-- DropForeignKey
ALTER TABLE `Round` DROP FOREIGN KEY `Round_studentId_fkey`;

-- DropForeignKey
ALTER TABLE `Round` DROP FOREIGN KEY `Round_createdById_fkey`;

-- DropTable
DROP TABLE `User`;

-- DropTable
DROP TABLE `Student`;

-- DropTable
DROP TABLE `Round`;
