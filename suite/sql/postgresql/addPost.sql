-- @param $2:author The key of a user.
INSERT INTO posts (title, author_id) VALUES ($1, $2) RETURNING id, title, kind
