-- @param {Role} $1:role
SELECT id, role, born_at FROM users WHERE role = ? ORDER BY id;
