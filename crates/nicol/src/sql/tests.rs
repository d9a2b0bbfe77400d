//! The text of statements, dialect by dialect.

use nicol_db::{Dialect, Value};

use super::{
    Below, Conflict, Insert, Item, Scope, ScopeLink, Statement, Which, count, delete, insert, insert_arrays,
    insert_join_rows, insert_tree, select, update,
};
use crate::error::Result;
use crate::filter::{Condition, Place, Quantifier};
use crate::meta::{ColumnMeta, Default, Kind, Link, RelationMeta, TableMeta};
use crate::operation::{Nulls, OrderBy, OrderTerm, Patch, Read};
use crate::scalar::{Assign, StepKind};

static USER: TableMeta = TableMeta {
    model: "User",
    table: "User",
    schema: None,
    columns: &[
        ColumnMeta::new("id", "id", Kind::Int).default(Default::Database),
        ColumnMeta::new("name", "name", Kind::String).nullable(),
    ],
    key: &[0],
    uniques: &[],
    relations: &[RelationMeta {
        field: "posts",
        target: || &POST,
        is_many: true,
        link: Link::Owned { references: &[0], columns: &[1] },
    }],
};

static POST: TableMeta = TableMeta {
    model: "Post",
    table: "posts",
    schema: Some("blog"),
    columns: &[
        ColumnMeta::new("id", "id", Kind::Int),
        ColumnMeta::new("authorId", "author_id", Kind::Int).nullable(),
        ColumnMeta::new("data", "data", Kind::Json),
    ],
    key: &[0],
    uniques: &[],
    relations: &[
        RelationMeta {
            field: "author",
            target: || &USER,
            is_many: false,
            link: Link::Owner { columns: &[1], references: &[0] },
        },
        RelationMeta {
            field: "likers",
            target: || &USER,
            is_many: true,
            link: Link::Join { table: "_Likes", schema: None, here: (0, "A"), there: (0, "B") },
        },
    ],
};

const ALL: [Dialect; 5] = [Dialect::Sqlite, Dialect::Postgres, Dialect::Cockroachdb, Dialect::Mysql, Dialect::Mariadb];

/// Holds the text per dialect against what is expected: SQLite, PostgreSQL (and CockroachDB), MySQL, MariaDB.
#[track_caller]
fn check(make: impl Fn(Dialect) -> Result<Statement>, expected: [&str; 4]) {
    for dialect in ALL {
        let expected = match dialect {
            Dialect::Sqlite => expected[0],
            Dialect::Postgres | Dialect::Cockroachdb => expected[1],
            Dialect::Mysql => expected[2],
            Dialect::Mariadb => expected[3],
        };
        let statement = make(dialect).unwrap();
        assert_eq!(statement.text, expected, "{dialect:?}");
        let placeholders = statement.text.matches('?').count() + statement.text.matches('$').count();
        assert_eq!(placeholders, statement.params.len(), "{}", statement.text);
    }
}

fn read(table: &'static TableMeta, condition: Condition) -> Read {
    Read { condition: Some(condition), ..Read::new(table) }
}

fn equal(column: u16, value: impl Into<i32>) -> Condition {
    Condition::equal(column, Value::Int(value.into()))
}

fn related(relation: u16, quantifier: Quantifier, condition: Condition) -> Condition {
    Condition::Related { relation, quantifier, condition: Box::new(condition) }
}

fn term(column: u16, descending: bool, nulls: Option<Nulls>) -> OrderTerm {
    OrderTerm { by: OrderBy::Column(column), descending, nulls }
}

const ID: [Item<'static>; 1] = [Item::Column(0)];

#[test]
fn conditions() {
    let condition = || {
        let like = Condition::Like { column: 1, place: Place::Anywhere, text: "50%_!".to_owned(), fold: false };
        let null = Condition::Null { column: 1, negated: true };
        Condition::All(vec![
            Condition::Any(vec![equal(0, 7), like]),
            Condition::Not(Box::new(null)),
            Condition::Any(vec![]),
        ])
    };
    check(
        |dialect| select(dialect, &read(&USER, condition()), &ID, None),
        [
            r#"SELECT t0."id" FROM "User" AS t0 WHERE ((t0."id" = ? OR t0."name" LIKE ? ESCAPE '!') AND (NOT t0."name" IS NOT NULL) AND 1=0)"#,
            r#"SELECT t0."id" FROM "User" AS t0 WHERE ((t0."id" = $1 OR t0."name"::text LIKE $2 ESCAPE '!') AND (NOT t0."name" IS NOT NULL) AND 1=0)"#,
            "SELECT t0.`id` FROM `User` AS t0 WHERE ((t0.`id` = ? OR t0.`name` LIKE ? ESCAPE '!') AND (NOT t0.`name` IS NOT NULL) AND 1=0)",
            "SELECT t0.`id` FROM `User` AS t0 WHERE ((t0.`id` = ? OR t0.`name` LIKE ? ESCAPE '!') AND (NOT t0.`name` IS NOT NULL) AND 1=0)",
        ],
    );
    let statement = select(Dialect::Sqlite, &read(&USER, condition()), &ID, None).unwrap();
    assert_eq!(statement.params[1], Value::Text("%50!%!_!!%".to_owned()));
}

#[test]
fn lists_are_one_parameter_or_padded() {
    let values = |count| (0..count).map(Value::Int).collect();
    let condition = |negated| Condition::In { column: 0, values: values(3), negated, fold: false };
    check(
        |dialect| select(dialect, &read(&USER, condition(true)), &ID, None),
        [
            r#"SELECT t0."id" FROM "User" AS t0 WHERE t0."id" NOT IN (SELECT value FROM json_each(?))"#,
            r#"SELECT t0."id" FROM "User" AS t0 WHERE t0."id" <> ALL($1)"#,
            "SELECT t0.`id` FROM `User` AS t0 WHERE t0.`id` NOT IN (?, ?, ?, ?)",
            "SELECT t0.`id` FROM `User` AS t0 WHERE t0.`id` NOT IN (?, ?, ?, ?)",
        ],
    );
    let statement = select(Dialect::Mysql, &read(&USER, condition(false)), &ID, None).unwrap();
    assert_eq!(statement.params.last(), Some(&Value::Int(2)), "the last value is repeated");
}

#[test]
fn relation_filters() {
    check(
        |dialect| select(dialect, &read(&USER, related(0, Quantifier::Every, equal(0, 1))), &ID, None),
        [
            r#"SELECT t0."id" FROM "User" AS t0 WHERE t0."id" NOT IN (SELECT t1."author_id" FROM "blog"."posts" AS t1 WHERE t1."author_id" IS NOT NULL AND (NOT t1."id" = ?))"#,
            r#"SELECT t0."id" FROM "User" AS t0 WHERE NOT EXISTS (SELECT 1 FROM "blog"."posts" AS t1 WHERE t1."author_id" = t0."id" AND (NOT t1."id" = $1))"#,
            "SELECT t0.`id` FROM `User` AS t0 WHERE NOT EXISTS (SELECT 1 FROM `blog`.`posts` AS t1 WHERE t1.`author_id` = t0.`id` AND (NOT t1.`id` = ?))",
            "SELECT t0.`id` FROM `User` AS t0 WHERE NOT EXISTS (SELECT 1 FROM `blog`.`posts` AS t1 WHERE t1.`author_id` = t0.`id` AND (NOT t1.`id` = ?))",
        ],
    );
    let text = |condition| select(Dialect::Sqlite, &read(&POST, condition), &ID, None).unwrap().text;
    let head = r#"SELECT t0."id" FROM "blog"."posts" AS t0 WHERE "#;
    assert_eq!(
        text(related(1, Quantifier::Some, equal(0, 1))),
        format!(
            r#"{head}t0."id" IN (SELECT t2."A" FROM "User" AS t1 JOIN "_Likes" AS t2 ON t2."B" = t1."id" WHERE t2."A" IS NOT NULL AND t1."id" = ?)"#
        )
    );
    // A NULL on the left of NOT IN would lose rows without an author.
    assert_eq!(
        text(related(0, Quantifier::None, equal(0, 1))),
        format!(r#"{head}NOT EXISTS (SELECT 1 FROM "User" AS t1 WHERE t1."id" = t0."author_id" AND t1."id" = ?)"#)
    );
    assert_eq!(
        text(related(0, Quantifier::None, Condition::All(vec![]))),
        format!(r#"{head}(t0."author_id" IS NULL)"#)
    );
}

#[test]
fn order_and_pages() {
    let paged = || Read { order: vec![term(1, true, Some(Nulls::Last))], skip: 5, ..Read::new(&USER) };
    check(
        |dialect| select(dialect, &paged(), &ID, None),
        [
            r#"SELECT t0."id" FROM "User" AS t0 ORDER BY t0."name" DESC NULLS LAST LIMIT -1 OFFSET ?"#,
            r#"SELECT t0."id" FROM "User" AS t0 ORDER BY t0."name" DESC NULLS LAST OFFSET $1"#,
            "SELECT t0.`id` FROM `User` AS t0 ORDER BY t0.`name` IS NULL, t0.`name` DESC LIMIT 18446744073709551615 OFFSET ?",
            "SELECT t0.`id` FROM `User` AS t0 ORDER BY t0.`name` IS NULL, t0.`name` DESC LIMIT 18446744073709551615 OFFSET ?",
        ],
    );
    let first = Read { take: Some(1), ..Read::new(&USER) };
    let text = select(Dialect::Sqlite, &first, &ID, None).unwrap().text;
    assert_eq!(text, r#"SELECT t0."id" FROM "User" AS t0 ORDER BY t0."id" ASC LIMIT ?"#);
    let text = count(Dialect::Postgres, &first).unwrap().text;
    assert_eq!(text, r#"SELECT COUNT(*) FROM (SELECT 1 AS one FROM "User" AS t0 LIMIT $1) AS page"#);
}

#[test]
fn nested_levels() {
    let keys = [Value::Int(1), Value::Int(2), Value::Int(3)];
    let scope = |count: usize| Scope { link: ScopeLink::Columns(&[1]), keys: &keys[..count] };
    let items = [Item::Column(0), Item::Column(1)];
    check(
        |dialect| select(dialect, &Read::new(&POST), &items, Some(&scope(3))),
        [
            r#"SELECT t0."id", t0."author_id" FROM "blog"."posts" AS t0 WHERE t0."author_id" IN (SELECT value FROM json_each(?))"#,
            r#"SELECT t0."id", t0."author_id" FROM "blog"."posts" AS t0 WHERE t0."author_id" = ANY($1)"#,
            "SELECT t0.`id`, t0.`author_id` FROM `blog`.`posts` AS t0 WHERE t0.`author_id` IN (?, ?, ?, ?)",
            "SELECT t0.`id`, t0.`author_id` FROM `blog`.`posts` AS t0 WHERE t0.`author_id` IN (?, ?, ?, ?)",
        ],
    );
    let limited = Read { take: Some(2), skip: 1, ..Read::new(&POST) };
    assert_eq!(
        select(Dialect::Postgres, &limited, &items, Some(&scope(3))).unwrap().text,
        r#"SELECT c0, c1 FROM (SELECT t0."id" AS c0, t0."author_id" AS c1, ROW_NUMBER() OVER (PARTITION BY t0."author_id" ORDER BY t0."id" ASC) AS rn FROM "blog"."posts" AS t0 WHERE t0."author_id" = ANY($1)) AS numbered WHERE rn > $2 AND rn <= $3 ORDER BY rn"#
    );
    assert_eq!(
        select(Dialect::Postgres, &limited, &items, Some(&scope(1))).unwrap().text,
        r#"SELECT t0."id", t0."author_id" FROM "blog"."posts" AS t0 WHERE t0."author_id" = $1 ORDER BY t0."id" ASC LIMIT $2 OFFSET $3"#
    );
    let link = ScopeLink::Join { table: "_Likes", schema: None, parent: "A", row: (0, "B") };
    let scope = Scope { link, keys: &keys };
    assert_eq!(
        select(Dialect::Postgres, &Read::new(&USER), &[Item::Column(0), Item::Join], Some(&scope)).unwrap().text,
        r#"SELECT t0."id", t1."A" FROM "User" AS t0 JOIN "_Likes" AS t1 ON t1."B" = t0."id" WHERE t1."A" = ANY($1)"#
    );
}

#[test]
fn counts_of_related_rows() {
    let condition = equal(0, 1);
    let items = [Item::Count(0, Some(&condition))];
    assert_eq!(
        select(Dialect::Mariadb, &Read::new(&USER), &items, None).unwrap().text,
        "SELECT (SELECT COUNT(*) FROM `blog`.`posts` AS t1 WHERE t1.`author_id` = t0.`id` AND t1.`id` = ?) FROM `User` AS t0"
    );
}

#[test]
fn inserts() {
    let rows = vec![vec![Some(Value::Int(1)), None], vec![None, Some(Value::Null)]];
    let given = Insert { table: &USER, columns: &[0, 1], rows, returning: &[0], conflict: Conflict::Fail };
    let text = insert(Dialect::Postgres, given).unwrap().text;
    assert_eq!(text, r#"INSERT INTO "User" ("id", "name") VALUES ($1, DEFAULT), (DEFAULT, $2) RETURNING "id""#);
    check(
        |dialect| {
            insert(
                dialect,
                Insert { table: &USER, columns: &[], rows: vec![vec![]], returning: &[], conflict: Conflict::Fail },
            )
        },
        [
            r#"INSERT INTO "User" DEFAULT VALUES"#,
            r#"INSERT INTO "User" DEFAULT VALUES"#,
            "INSERT INTO `User` () VALUES ()",
            "INSERT INTO `User` () VALUES ()",
        ],
    );
    let patch =
        Patch { assigns: vec![(0, Assign { step: Some(StepKind::Add), value: Value::Int(1) })], links: Vec::new() };
    let rows = vec![vec![Some(Value::Int(1))]];
    let conflict = Conflict::Update { target: &[0], patch: &patch, condition: None };
    assert_eq!(
        insert(Dialect::Sqlite, Insert { table: &USER, columns: &[0], rows, returning: &[0], conflict }).unwrap().text,
        r#"INSERT INTO "User" ("id") VALUES (?) ON CONFLICT ("id") DO UPDATE SET "id" = "User"."id" + ? RETURNING "id""#
    );
    let pairs = [(Value::Int(1), Value::Int(2)), (Value::Int(1), Value::Int(3))];
    check(
        |dialect| insert_join_rows(dialect, (None, "_Likes"), ("A", "B"), &pairs),
        [
            r#"INSERT INTO "_Likes" ("A", "B") VALUES (?, ?), (?, ?) ON CONFLICT DO NOTHING"#,
            r#"INSERT INTO "_Likes" ("A", "B") VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING"#,
            "INSERT INTO `_Likes` (`A`, `B`) VALUES (?, ?), (?, ?) ON DUPLICATE KEY UPDATE `A` = `_Likes`.`A`",
            "INSERT INTO `_Likes` (`A`, `B`) VALUES (?, ?), (?, ?) ON DUPLICATE KEY UPDATE `A` = `_Likes`.`A`",
        ],
    );
}

#[test]
fn updates_and_deletions() {
    let patch = Patch { assigns: vec![(1, Assign { step: None, value: Value::Null })], links: Vec::new() };
    let condition = related(0, Quantifier::Some, Condition::All(vec![]));
    check(
        |dialect| update(dialect, &USER, &patch, &condition, &[]),
        [
            r#"UPDATE "User" SET "name" = ? WHERE "User"."id" IN (SELECT t0."author_id" FROM "blog"."posts" AS t0 WHERE t0."author_id" IS NOT NULL AND 1=1)"#,
            r#"UPDATE "User" SET "name" = $1 WHERE EXISTS (SELECT 1 FROM "blog"."posts" AS t0 WHERE t0."author_id" = "User"."id" AND 1=1)"#,
            "UPDATE `User` SET `name` = ? WHERE (`User`.`id`) IN (SELECT * FROM (SELECT t0.`id` FROM `User` AS t0 WHERE EXISTS (SELECT 1 FROM `blog`.`posts` AS t1 WHERE t1.`author_id` = t0.`id` AND 1=1)) AS target)",
            "UPDATE `User` SET `name` = ? WHERE (`User`.`id`) IN (SELECT * FROM (SELECT t0.`id` FROM `User` AS t0 WHERE EXISTS (SELECT 1 FROM `blog`.`posts` AS t1 WHERE t1.`author_id` = t0.`id` AND 1=1)) AS target)",
        ],
    );
    let text = delete(Dialect::Postgres, &POST, &equal(0, 1), &[0, 1]).unwrap().text;
    assert_eq!(text, r#"DELETE FROM "blog"."posts" WHERE "posts"."id" = $1 RETURNING "id", "author_id""#);
}

#[test]
fn limits_of_changes() {
    let condition = equal(1, 7);
    check(
        |dialect| delete(dialect, &POST, Which { condition: Some(&condition), limit: Some(2) }, &[]),
        [
            r#"DELETE FROM "blog"."posts" WHERE ("posts"."id") IN (SELECT t0."id" FROM "blog"."posts" AS t0 WHERE t0."author_id" = ? LIMIT ?)"#,
            r#"DELETE FROM "blog"."posts" WHERE ("posts"."id") IN (SELECT t0."id" FROM "blog"."posts" AS t0 WHERE t0."author_id" = $1 LIMIT $2)"#,
            "DELETE FROM `blog`.`posts` WHERE (`posts`.`id`) IN (SELECT * FROM (SELECT t0.`id` FROM `blog`.`posts` AS t0 WHERE t0.`author_id` = ? LIMIT ?) AS target)",
            "DELETE FROM `blog`.`posts` WHERE (`posts`.`id`) IN (SELECT * FROM (SELECT t0.`id` FROM `blog`.`posts` AS t0 WHERE t0.`author_id` = ? LIMIT ?) AS target)",
        ],
    );
}

#[test]
fn rows_as_arrays() {
    let arrays = vec![vec![Value::Int(1), Value::Int(2)], vec![Value::Null, Value::Int(3)]];
    let types = ["a".to_owned(), "b".to_owned()];
    let statement = insert_arrays(&POST, (&[0, 1], &types), arrays, &[0], Conflict::Keep(&[])).unwrap();
    let expected = r#"INSERT INTO "blog"."posts" ("id", "author_id") SELECT * FROM UNNEST($1::a[], $2::b[]) ON CONFLICT DO NOTHING RETURNING "id""#;
    assert_eq!(statement.text, expected);
    let ids = Value::List(vec![Value::Int(1), Value::Int(2)]);
    assert_eq!(statement.params, [ids, Value::List(vec![Value::Null, Value::Int(3)])]);
}

#[test]
fn a_row_and_rows_below_it() {
    let rows = vec![vec![Some(Value::Text("A".into()))]];
    let above = Insert { table: &USER, columns: &[1], rows, returning: &[0, 1], conflict: Conflict::Fail };
    let rows = vec![vec![Some(Value::Int(1))], vec![None]];
    let insert = Insert { table: &POST, columns: &[0], rows, returning: &[], conflict: Conflict::Fail };
    let statement = insert_tree(above, vec![Below { insert, foreign_key: &[(1, 0)] }], &[1]).unwrap();
    let expected = r#"WITH "nicol: above" AS (INSERT INTO "User" ("name") VALUES ($1) RETURNING "id", "name"), "nicol: below 0" AS (INSERT INTO "blog"."posts" ("author_id", "id") VALUES ((SELECT "id" FROM "nicol: above"), $2), ((SELECT "id" FROM "nicol: above"), DEFAULT)) SELECT "name" FROM "nicol: above""#;
    assert_eq!(statement.text, expected);
}

#[test]
fn json_is_compared_as_json() {
    let value = Value::Json(serde_json::json!({"a": 1}));
    let condition = || Condition::equal(2, value.clone());
    check(
        |dialect| delete(dialect, &POST, &condition(), &[]),
        [
            r#"DELETE FROM "blog"."posts" WHERE "posts"."data" = ?"#,
            r#"DELETE FROM "blog"."posts" WHERE "posts"."data"::jsonb = $1::jsonb"#,
            "DELETE FROM `blog`.`posts` WHERE `posts`.`data` = CAST(? AS JSON)",
            "DELETE FROM `blog`.`posts` WHERE (`posts`.`data` IS NOT NULL AND JSON_EQUALS(`posts`.`data`, ?))",
        ],
    );
}

#[test]
fn names_are_quoted() {
    static ODD: TableMeta = TableMeta {
        model: "Odd",
        table: "a\"b`c",
        schema: None,
        columns: &[ColumnMeta::new("x", "x\"`", Kind::Int)],
        key: &[0],
        uniques: &[],
        relations: &[],
    };
    let text = |dialect| select(dialect, &Read::new(&ODD), &ID, None).unwrap().text;
    assert_eq!(text(Dialect::Postgres), "SELECT t0.\"x\"\"`\" FROM \"a\"\"b`c\" AS t0");
    assert_eq!(text(Dialect::Mysql), "SELECT t0.`x\"``` FROM `a\"b``c` AS t0");
}
