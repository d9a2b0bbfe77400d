//! What statements ask for and give, as each server describes them.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]

mod support;

use nicol_db::{Connection, Dialect, Value};

const TABLES: &str = "CREATE TABLE person (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL, age INTEGER); \
                      CREATE TABLE note (id INTEGER NOT NULL PRIMARY KEY, person_id INTEGER NOT NULL, text VARCHAR(20) NOT NULL); \
                      CREATE VIEW seen AS SELECT person.id, note.text FROM person LEFT JOIN note ON note.person_id = person.id;";

/// A statement, and its columns: a capital where it is never NULL. What a server need not know is marked `?`.
const COLUMNS: &[(&str, &str)] = &[
    ("SELECT id, name, age FROM person", "Id Name age"),
    ("SELECT p.id AS a, n.id AS b FROM person p JOIN note n ON n.person_id = p.id", "A B"),
    ("SELECT p.id AS a, n.id AS b FROM person p LEFT JOIN note n ON n.person_id = p.id", "A b"),
    ("SELECT p.id AS a, n.id AS b FROM note n RIGHT JOIN person p ON n.person_id = p.id", "A? b"),
    ("SELECT p.id AS a, q.id AS b FROM person p LEFT JOIN person q ON q.id = p.age", "A? b"),
    (
        "SELECT p.id AS a, n.text AS b FROM person p LEFT JOIN (note n JOIN person q ON q.id = n.person_id) ON n.person_id = p.id",
        "A? b",
    ),
    (
        "SELECT s.a, s.b FROM (SELECT p.id AS a, n.id AS b FROM person p LEFT JOIN note n ON n.person_id = p.id) s",
        "A? b",
    ),
    ("SELECT p.id AS a, n.id AS b FROM person p LEFT JOIN note n ON n.person_id = p.id WHERE n.id IS NULL", "A b"),
    ("WITH x AS (SELECT id FROM person) SELECT x.id AS a, n.id AS b FROM x LEFT JOIN note n ON n.id = x.id", "A? b"),
    ("SELECT id AS a FROM person UNION SELECT age FROM person", "a"),
    ("SELECT s.a FROM (SELECT id AS a FROM person UNION ALL SELECT age FROM person) s", "a"),
    ("SELECT (SELECT id FROM person WHERE id < 0) AS a", "a"),
    ("SELECT id AS a, text AS b FROM seen", "A? b"),
    ("SELECT id AS a, COUNT(*) AS b FROM person GROUP BY id", "A B?"),
    ("SELECT MAX(id) AS a FROM person", "a"),
    (
        "SELECT p.id AS a, n.text AS b, MAX(n.id) AS c FROM person p LEFT JOIN note n ON n.person_id = p.id \
      GROUP BY p.id, n.text ORDER BY MAX(n.id), p.id",
        "A b c",
    ),
];

/// And only where the dialect has them.
const MORE: &[(Dialect, &str, &str)] = &[
    (Dialect::Postgres, "SELECT p.id AS a, n.id AS b FROM person p FULL JOIN note n ON n.person_id = p.id", "a b"),
    (Dialect::Postgres, "SELECT id AS a, COUNT(*) AS b FROM person GROUP BY ROLLUP (id)", "a b"),
    (Dialect::Postgres, "INSERT INTO note VALUES (1, 2, $1) RETURNING id AS a, text AS b", "A B"),
    (
        Dialect::Postgres,
        "UPDATE person SET age = n.id FROM note m LEFT JOIN note n ON n.id = m.id RETURNING person.id AS a, n.id AS b",
        "A b",
    ),
    (
        Dialect::Postgres,
        "SELECT p.id AS a, l.id AS b FROM person p LEFT JOIN LATERAL (SELECT * FROM note LIMIT 1) l ON true",
        "A b",
    ),
    (
        Dialect::Postgres,
        "WITH RECURSIVE t AS (SELECT id, age FROM person UNION ALL SELECT p.age, p.age FROM person p JOIN t ON t.age = p.id) \
         SELECT id AS a FROM t",
        "a",
    ),
    (Dialect::Postgres, "SELECT left(name, 2) AS a, id AS b FROM person", "a B"),
    (Dialect::Sqlite, "SELECT id AS a, COUNT(*) AS b FROM person", "a b"),
    (Dialect::Sqlite, "SELECT id AS a, text AS b FROM SEEN", "a b"),
    (Dialect::Mariadb, "SELECT id AS a, MAX(age) AS b FROM person", "a b"),
    (Dialect::Mariadb, "SELECT id AS a, COUNT(*) AS b FROM person GROUP BY id WITH ROLLUP", "a B?"),
    (Dialect::Mysql, "SELECT id AS a, COUNT(*) AS b FROM person GROUP BY id WITH ROLLUP", "a B?"),
];

#[test]
fn a_column_counts_as_required_only_where_it_is() {
    support::everywhere(|url| async move {
        let mut connection = Connection::open(&url).await.expect("open");
        connection.run_script(TABLES).await.expect("tables");
        let dialect = connection.dialect();
        let more = MORE.iter().filter(|(of, ..)| *of == dialect).map(|(_, sql, columns)| (*sql, *columns));
        for (sql, expected) in COLUMNS.iter().copied().chain(more) {
            let described =
                connection.describe(sql).await.unwrap_or_else(|error| panic!("{dialect:?}: {sql}: {error}"));
            let expected: Vec<&str> = expected.split(' ').collect();
            assert_eq!(described.columns.len(), expected.len(), "{dialect:?}: {sql}");
            for (column, expected) in std::iter::zip(&described.columns, expected) {
                let is_required = expected.starts_with(char::is_uppercase);
                let may_differ = expected.ends_with('?');
                assert_eq!(column.name.to_lowercase(), expected.trim_end_matches('?').to_lowercase());
                let agrees = column.is_nullable != is_required || (may_differ && column.is_nullable);
                assert!(agrees, "{dialect:?}: {sql}: {column:?}");
            }
        }
        // Nothing was run, and the session works on.
        let count = connection.query("SELECT COUNT(*) FROM note", &[]).await.expect("count");
        assert_eq!(count.first().expect("a row").cell(0), nicol_db::Cell::Int(0));
    });
}

#[test]
fn what_is_no_statement_is_an_error() {
    support::everywhere(|url| async move {
        let mut connection = Connection::open(&url).await.expect("open");
        connection.run_script(TABLES).await.expect("tables");
        let cases = [
            "",
            "-- nothing",
            ";",
            "SELECT 1; SELECT 2",
            "SELECT 1; DROP TABLE note",
            "SELEC 1",
            "SELECT x FROM person",
            "SELECT * FROM nowhere",
        ];
        for sql in cases {
            let error = connection.describe(sql).await.expect_err(sql);
            assert!(!error.is_connection_lost() && !error.message().is_empty(), "{sql}: {error}");
        }
        for sql in ["SELECT 1;", "SELECT 1 ; -- end", "/* a */ SELECT 1 AS a -- $1:x?\n"] {
            let described = connection.describe(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
            assert_eq!((described.columns.len(), described.parameters.len()), (1, 0), "{sql}");
        }
        let rows = connection.query("SELECT COUNT(*) FROM note WHERE id > 0", &[]).await.expect("the table is there");
        assert_eq!(rows.first().expect("a row").cell(0), nicol_db::Cell::Int(0));
        let none: &[Value] = &[];
        assert_eq!(connection.execute("DELETE FROM note", none).await.expect("a statement"), 0);
    });
}

#[test]
fn parameters_are_told() {
    support::everywhere(|url| async move {
        let mut connection = Connection::open(&url).await.expect("open");
        connection.run_script(TABLES).await.expect("tables");
        let sql = match connection.dialect() {
            Dialect::Postgres | Dialect::Cockroachdb => {
                "SELECT id FROM person WHERE age > $2 AND name = $1 AND id = ANY($3)"
            }
            Dialect::Sqlite => "SELECT id FROM person WHERE age > :age AND name = $2 AND id = ?",
            Dialect::Mysql | Dialect::Mariadb => {
                "-- @param $1:age\nSELECT id FROM person WHERE age > ? AND name = ? AND id = ?"
            }
        };
        let described = connection.describe(sql).await.expect("described");
        let shown: Vec<String> =
            described.parameters.iter().map(|one| format!("{:?} {:?}", one.name, one.kind)).collect();
        let expected = match connection.dialect() {
            Dialect::Postgres | Dialect::Cockroachdb => ["None Some(Text)", "None Some(Int)", "None Some(List(Int))"],
            Dialect::Sqlite => ["Some(\":age\") None", "Some(\"$2\") None", "None None"],
            Dialect::Mysql => ["None Some(BigInt)", "None None", "None Some(BigInt)"],
            Dialect::Mariadb => ["None None", "None None", "None None"],
        };
        assert_eq!(shown, expected, "{:?}", connection.dialect());
    });
}
