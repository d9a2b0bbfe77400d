SELECT id, role, born_at FROM users WHERE role = $1 ORDER BY id;
