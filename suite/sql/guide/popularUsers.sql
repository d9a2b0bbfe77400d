-- @description Users whose posts were seen at least so often.
-- @param {Int} $1:minViews
-- @column {BigInt} views All views of the user's posts.
SELECT u.email, u.role, u.name, SUM(p.views) AS views
FROM "User" u JOIN "Post" p ON p."authorId" = u.id
GROUP BY u.id
HAVING SUM(p.views) >= ?
ORDER BY SUM(p.views) DESC
