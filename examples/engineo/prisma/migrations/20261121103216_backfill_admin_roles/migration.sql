-- Admins from before have a role from now on, lest they be locked out. Whoever has one keeps it.
UPDATE "User"
SET "adminRole" = 'OPS_ADMIN'
WHERE "role" = 'ADMIN' AND "adminRole" IS NULL;
