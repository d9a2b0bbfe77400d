SELECT p.id, p.kind AS "self", p.author_id AS "authorID" FROM posts p JOIN users u ON u.id = p.author_id WHERE p.title = $1
