-- @column {BigInt} total?
-- @column {Float} average?
-- @column {Decimal} money?
-- @column {BigInt} users
SELECT SUM(id) AS total, AVG(score) AS average, SUM(balance) AS money, COUNT(*) AS users FROM users WHERE id > ?
