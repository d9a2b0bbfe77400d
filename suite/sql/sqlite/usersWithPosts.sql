-- @description Users, each with the number of their posts.
-- @param {BigInt} $1:minPosts How many posts a user must have.
-- @column {BigInt} postCount Never NULL, as counts are.
-- @column {String} lastTitle? The last by the alphabet.
SELECT u.id, u.email, u.name, u.role, u.balance, u.settings, u.active, u.big, u.score, u.avatar, u.born_at AS "bornAt",
       COUNT(p.id) AS "postCount", MAX(p.title) AS "lastTitle"
FROM users u
LEFT JOIN posts p ON p.author_id = u.id
GROUP BY u.id
HAVING COUNT(p.id) >= ?
ORDER BY u.id
