SELECT SUM(id) AS total, AVG(score) AS average, SUM(balance) AS money, COUNT(*) AS users FROM users WHERE id > $1
