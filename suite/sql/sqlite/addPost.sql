-- @param {String} :title
-- @param {Int} :authorId The key of a user.
INSERT INTO posts (title, author_id) VALUES (:title, :authorId) RETURNING id, title, kind
