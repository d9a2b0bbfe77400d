-- @param {String} $1:name? The new name, or none.
-- @param {Int} $2:userId
UPDATE users SET name = ? WHERE id = ?
