SELECT u.email, p.id AS post_id, p.title AS type
FROM users u LEFT JOIN posts p ON p.author_id = u.id
ORDER BY u.email, p.id
