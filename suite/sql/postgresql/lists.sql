-- @param $1:ids
-- @param $2:roles
SELECT role, array_agg(email ORDER BY email) AS emails, array_agg(role) AS roles
FROM users WHERE id = ANY($1) AND role = ANY($2) GROUP BY role ORDER BY role
