use super::*;

/// Every case of `fixtures/split.json`: the statements, where they start, and that a statement splits into itself.
#[test]
fn cases() {
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../fixtures/split.json")).expect("the fixture is JSON");
    let text = |value: &serde_json::Value| value.as_str().expect("a string").to_string();
    for case in &cases {
        let script = text(&case["script"]);
        let wanted: Vec<String> = case["statements"].as_array().expect("a list").iter().map(text).collect();
        for dialect in case["dialects"].as_array().expect("a list").iter().map(text) {
            let dialect = match dialect.as_str() {
                "sqlite" => Dialect::Sqlite,
                "postgres" => Dialect::Postgres,
                "cockroachdb" => Dialect::Cockroachdb,
                "mysql" => Dialect::Mysql,
                "mariadb" => Dialect::Mariadb,
                other => panic!("no dialect {other}"),
            };
            let found = split(&script, dialect);
            let texts: Vec<&str> = found.iter().map(|statement| statement.text).collect();
            assert_eq!(texts, wanted, "{} on {dialect:?}", case["name"]);
            for statement in found {
                assert!(script[statement.start..].starts_with(statement.text), "{}", case["name"]);
            }
        }
    }
}

/// Whatever the text, splitting ends, and gives slices of it in order.
#[test]
fn any_text() {
    let pieces = [
        "'",
        "\"",
        "`",
        "[",
        "]",
        "$$",
        "$a$",
        "/*",
        "*/",
        "--",
        "#",
        ";",
        "\n",
        "BEGIN",
        "END",
        " ",
        "CREATE TRIGGER ",
        "E'",
        "\\",
        "é",
        "DELIMITER ",
        "//",
        "(",
        ")",
    ];
    let mut seed = 7_u64;
    for _ in 0..3000 {
        let mut script = String::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            script.push_str(pieces[usize::try_from(seed >> 33).expect("fits") % pieces.len()]);
        }
        for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::Cockroachdb, Dialect::Mysql, Dialect::Mariadb] {
            let mut end = 0;
            for statement in split(&script, dialect) {
                assert!(statement.start >= end, "{script:?}");
                assert!(!statement.text.is_empty(), "{script:?}");
                end = statement.start + statement.text.len();
                assert_eq!(&script[statement.start..end], statement.text);
            }
        }
    }
}
