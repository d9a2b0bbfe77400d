-- @description Ends a comment */ and a string "# and "##; `x`, {} and ${y}.
-- ```
-- panic!()
SELECT email AS email -- "#; } fn main() {}
FROM users /* ") \ ' */
WHERE email <> '"#""##\{0}	' AND name IS NULL
