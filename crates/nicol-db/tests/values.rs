//! Every kind of value goes to every database and comes back the same.
#![allow(clippy::expect_used, clippy::panic, reason = "a helper that fails fails its test")]
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

mod support;

use std::str::FromStr;

use bigdecimal::BigDecimal;
use jiff::Timestamp;
use nicol_db::{Connection, Decode, Dialect, Value};
use support::{everywhere, on, open, placed, servers};
use uuid::Uuid;

/// Writes a value into a column of a type, reads it back by its value.
async fn round_trip<T: Decode>(connection: &mut Connection, column: &str, value: Value) -> T {
    let dialect = connection.dialect();
    // A table of its own: what a statement prepared for another type does is another test's matter.
    let table = format!("t_{}", support::unique_name());
    connection.execute("DROP VIEW IF EXISTS last", &[]).await.expect("drops");
    connection.execute(&format!("CREATE TABLE {table} (id INT, v {column})"), &[]).await.expect("creates");
    connection.execute(&format!("CREATE VIEW last AS SELECT v FROM {table}"), &[]).await.expect("creates");
    let insert = placed(dialect, &format!("INSERT INTO {table} (id, v) VALUES (?, ?)"));
    let written = connection.execute(&insert, &[Value::Int(1), value.clone()]).await;
    assert_eq!(written.unwrap_or_else(|error| panic!("{column} {value:?}: {error}")), 1, "{column}");
    let select = placed(dialect, &format!("SELECT v FROM {table} WHERE id = ?"));
    let rows = connection.query(&select, &[Value::Int(1)]).await.expect("reads");
    assert_eq!(rows.len(), 1);
    rows.first().expect("a row").get(0).unwrap_or_else(|error| panic!("{column} {value:?}: {error}"))
}

fn instant(text: &str) -> Timestamp {
    Timestamp::from_str(text).expect("an instant")
}

fn decimal(text: &str) -> BigDecimal {
    BigDecimal::from_str(text).expect("a decimal")
}

#[test]
fn scalars() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        let (text, bytes, float, json, moment) = match c.dialect() {
            Dialect::Sqlite => ("TEXT", "BLOB", "REAL", "JSONB", "DATETIME"),
            Dialect::Postgres | Dialect::Cockroachdb => ("TEXT", "BYTEA", "DOUBLE PRECISION", "JSONB", "TIMESTAMP(3)"),
            Dialect::Mysql | Dialect::Mariadb => ("LONGTEXT", "LONGBLOB", "DOUBLE", "JSON", "DATETIME(3)"),
        };
        for number in [0, 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(round_trip::<i64>(&mut c, "BIGINT", Value::BigInt(number)).await, number);
        }
        for number in [i32::MAX, i32::MIN] {
            assert_eq!(round_trip::<i32>(&mut c, "INTEGER", Value::Int(number)).await, number);
            assert_eq!(round_trip::<i64>(&mut c, "BIGINT", Value::Int(number)).await, i64::from(number));
        }
        assert_eq!(round_trip::<i16>(&mut c, "SMALLINT", Value::Int(-32768)).await, -32768);
        for value in [true, false] {
            assert_eq!(round_trip::<bool>(&mut c, "BOOLEAN", Value::Bool(value)).await, value);
        }
        for value in [0.0, 0.1, -1.5e300, f64::MIN_POSITIVE, 1e15 + 0.3, f64::MAX] {
            assert_eq!(round_trip::<f64>(&mut c, float, Value::Float(value)).await, value);
        }
        for value in ["", "O'Neil \"x\" \\ ` $1 ?", "Grüße 🎉 \u{202e}", "a\nb\r\n\tc", "{1,2}", "NULL"] {
            assert_eq!(round_trip::<String>(&mut c, text, Value::Text(value.into())).await, value);
            assert_eq!(round_trip::<String>(&mut c, "VARCHAR(191)", Value::Text(value.into())).await, value);
        }
        let long = "ü".repeat(1_000_000);
        assert_eq!(round_trip::<String>(&mut c, text, Value::Text(long.clone())).await, long);
        for value in [vec![], vec![0, 1, 255, 254, 0], (0..=255).collect::<Vec<u8>>()] {
            assert_eq!(round_trip::<Vec<u8>>(&mut c, bytes, Value::Bytes(value.clone())).await, value);
        }
        for value in [
            serde_json::json!({"a": [1, 2.5, null, true, "🎉 \" \\"], "b": {"c": "d"}}),
            serde_json::json!([]),
            serde_json::json!("text"),
            serde_json::json!(null),
        ] {
            assert_eq!(round_trip::<serde_json::Value>(&mut c, json, Value::Json(value.clone())).await, value);
        }
        for value in
            ["2026-11-21T02:21:46.075Z", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "2000-02-29T12:00:00Z"]
        {
            let value = instant(value);
            assert_eq!(round_trip::<Timestamp>(&mut c, moment, Value::DateTime(value)).await, value);
        }
        assert_eq!(round_trip::<Option<i32>>(&mut c, "INTEGER", Value::Null).await, None);
        assert_eq!(round_trip::<Option<String>>(&mut c, text, Value::Null).await, None);
        assert_eq!(round_trip::<Option<Vec<u8>>>(&mut c, bytes, Value::Null).await, None);
        c.close().await.expect("closes");
    });
}

#[test]
fn decimals_keep_every_digit() {
    let digits = "12345678901234567890123456789012345.678901234567890123456789012345";
    for (_, server) in servers() {
        on(&server, |url| async move {
            let mut c = open(&url).await;
            for value in [digits, "-99999999999999999999999999999999999.999999999999999999999999999999"] {
                let value = decimal(value);
                assert_eq!(
                    round_trip::<BigDecimal>(&mut c, "DECIMAL(65,30)", Value::Decimal(value.clone())).await,
                    value
                );
            }
            for (value, text) in [
                ("0", "0"),
                ("1.50", "1.5"),
                ("100", "100"),
                ("-0.000000000000000000000000000001", "-0.000000000000000000000000000001"),
                ("10000.0001", "10000.0001"),
                ("1e4", "10000"),
                ("20000000", "20000000"),
            ] {
                let read = round_trip::<BigDecimal>(&mut c, "DECIMAL(65,30)", Value::Decimal(decimal(value))).await;
                assert_eq!(read, decimal(value));
                assert_eq!(read.to_plain_string(), text);
            }
            let sum = c.query("SELECT SUM(v), COUNT(*) FROM last", &[]).await.expect("sums");
            let row = sum.first().expect("a row");
            assert_eq!(row.get::<BigDecimal>(0).expect("a decimal"), decimal("20000000"));
            assert_eq!(row.get::<i64>(0).expect("an integer"), 20_000_000);
            assert_eq!(row.get::<i64>(1).expect("a count"), 1);
            c.close().await.expect("closes");
        });
    }
}

#[test]
fn sqlite_decimals_compare_as_numbers() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        if c.dialect() != Dialect::Sqlite {
            return;
        }
        assert_eq!(round_trip::<BigDecimal>(&mut c, "DECIMAL", Value::Decimal(decimal("9.5"))).await, decimal("9.5"));
        let bigger = "SELECT count(*) FROM last WHERE v + 0 < ?";
        let rows = c.query(bigger, &[Value::Decimal(decimal("10.25"))]).await.expect("compares");
        assert_eq!(rows.first().expect("a row").get::<i64>(0).expect("a count"), 1);
        let long = decimal("123456789012345678901234567890.5");
        assert_eq!(round_trip::<BigDecimal>(&mut c, "TEXT", Value::Decimal(long.clone())).await, long);
    });
}

#[test]
fn postgres_types_take_text() {
    for (_, server) in servers().into_iter().filter(|(_, url)| url.dialect().is_postgres_family()) {
        on(&server, |url| async move {
            let mut c = open(&url).await;
            c.run_script("CREATE EXTENSION IF NOT EXISTS citext; CREATE TYPE \"Role\" AS ENUM ('USER', 'AD\"MIN, {x}'); CREATE DOMAIN short AS varchar(5);")
                .await
                .expect("types");
            let id = Uuid::now_v7();
            assert_eq!(round_trip::<Uuid>(&mut c, "uuid", Value::Text(id.to_string())).await, id);
            assert_eq!(round_trip::<String>(&mut c, "uuid", Value::Text(id.to_string())).await, id.to_string());
            for (column, value) in [
                ("\"Role\"", "AD\"MIN, {x}"),
                ("citext", "MiXed"),
                ("short", "abcde"),
                ("char(3)", "abc"),
                ("\"char\"", "c"),
                ("name", "a name"),
                ("inet", "192.168.0.1/24"),
                ("inet", "10.0.0.1"),
                ("inet", "2001:db8::1"),
                ("cidr", "10.0.0.0/8"),
                ("macaddr", "08:00:2b:01:02:03"),
                ("bit(3)", "101"),
                ("varbit", "0110100110"),
                ("xml", "<a>1</a>"),
                ("interval", "1 year 2 mons 3 days 04:05:06.000007"),
                ("interval", "-1 days"),
                ("numeric", "12.5"),
                ("int", "42"),
                ("date", "2024-02-03"),
                ("time", "04:05:06.000007"),
                ("oid", "4294967295"),
                ("json", "{\"a\": 1}"),
            ] {
                assert_eq!(round_trip::<String>(&mut c, column, Value::Text(value.into())).await, value, "{column}");
            }
            let moment = instant("2026-11-21T02:21:46.075123Z");
            assert_eq!(round_trip::<Timestamp>(&mut c, "timestamptz", Value::DateTime(moment)).await, moment);
            assert_eq!(round_trip::<Timestamp>(&mut c, "timestamp", Value::DateTime(moment)).await, moment);
            assert_eq!(
                round_trip::<Timestamp>(&mut c, "date", Value::DateTime(moment)).await,
                instant("2026-11-21T00:00:00Z")
            );
            assert_eq!(
                round_trip::<Timestamp>(&mut c, "time", Value::DateTime(moment)).await,
                instant("1970-01-01T02:21:46.075123Z")
            );
            assert_eq!(
                round_trip::<Timestamp>(&mut c, "timetz", Value::DateTime(moment)).await,
                instant("1970-01-01T02:21:46.075123Z")
            );
            assert_eq!(round_trip::<f64>(&mut c, "real", Value::Float(0.1)).await, 0.1);
            assert_eq!(
                round_trip::<BigDecimal>(&mut c, "money", Value::Decimal(decimal("12.34"))).await,
                decimal("12.34")
            );
            assert_eq!(round_trip::<BigDecimal>(&mut c, "numeric", Value::Int(5)).await, decimal("5"));
            assert_eq!(round_trip::<BigDecimal>(&mut c, "numeric", Value::Float(0.1)).await, decimal("0.1"));
            assert_eq!(round_trip::<i16>(&mut c, "smallint", Value::BigInt(7)).await, 7);
            assert_eq!(round_trip::<f64>(&mut c, "double precision", Value::Int(7)).await, 7.0);
            let huge = "1".repeat(5000) + "." + &"9".repeat(3000);
            assert_eq!(
                round_trip::<BigDecimal>(&mut c, "numeric", Value::Decimal(decimal(&huge))).await,
                decimal(&huge)
            );
            let rows = c
                .query("SELECT 'NaN'::numeric, 'infinity'::timestamp, 'NaN'::float8, point(1,2)", &[])
                .await
                .expect("odd values");
            let row = rows.first().expect("a row");
            assert_eq!(row.get::<BigDecimal>(0).expect_err("NaN").code(), "P2023");
            assert_eq!(row.get::<Timestamp>(1).expect_err("infinite").code(), "P2023");
            assert!(row.get::<f64>(2).expect("NaN").is_nan());
            assert_eq!(row.get::<String>(3).expect_err("a point").code(), "P2023");
            c.close().await.expect("closes");
        });
    }
}

#[test]
fn postgres_arrays_and_records() {
    for (_, server) in servers().into_iter().filter(|(_, url)| url.dialect().is_postgres_family()) {
        on(&server, |url| async move {
            let mut c = open(&url).await;
            c.run_script("CREATE TYPE \"Role\" AS ENUM ('USER', 'AD\"MIN, {x}')").await.expect("a type");
            let texts = ["a", "", "NULL", "with \"quotes\", \\ and {braces}", "🎉"];
            let list = Value::List(texts.iter().map(|text| Value::Text((*text).into())).collect());
            assert_eq!(round_trip::<Vec<String>>(&mut c, "text[]", list).await, texts);
            let roles = ["AD\"MIN, {x}", "USER"];
            let list = Value::List(roles.iter().map(|text| Value::Text((*text).into())).collect());
            assert_eq!(round_trip::<Vec<String>>(&mut c, "\"Role\"[]", list).await, roles);
            let list = Value::List(vec![Value::Int(1), Value::Null, Value::Int(i32::MIN)]);
            assert_eq!(round_trip::<Vec<Option<i32>>>(&mut c, "int[]", list).await, [Some(1), None, Some(i32::MIN)]);
            assert_eq!(round_trip::<Vec<i32>>(&mut c, "int[]", Value::List(vec![])).await, Vec::<i32>::new());
            assert_eq!(round_trip::<Vec<i32>>(&mut c, "int[]", Value::Null).await, Vec::<i32>::new());
            assert_eq!(round_trip::<Option<Vec<i32>>>(&mut c, "int[]", Value::Null).await, None);
            let moment = instant("2026-11-21T02:21:46.075Z");
            assert_eq!(
                round_trip::<Vec<Timestamp>>(&mut c, "timestamp(3)[]", Value::List(vec![Value::DateTime(moment)]))
                    .await,
                [moment]
            );
            let number = decimal("12345678901234567890123456789012345.678901234567890123456789012345");
            assert_eq!(
                round_trip::<Vec<BigDecimal>>(
                    &mut c,
                    "decimal(65,30)[]",
                    Value::List(vec![Value::Decimal(number.clone())])
                )
                .await,
                [number]
            );
            let bytes = vec![0_u8, 255, 92, 34];
            assert_eq!(
                round_trip::<Vec<Vec<u8>>>(&mut c, "bytea[]", Value::List(vec![Value::Bytes(bytes.clone())])).await,
                [bytes]
            );
            let json = serde_json::json!({"a": "\"{,}\\"});
            assert_eq!(
                round_trip::<Vec<serde_json::Value>>(&mut c, "jsonb[]", Value::List(vec![Value::Json(json.clone())]))
                    .await,
                [json]
            );
            assert_eq!(
                round_trip::<Vec<bool>>(&mut c, "bool[]", Value::List(vec![Value::Bool(true), Value::Bool(false)]))
                    .await,
                [true, false]
            );
            let texts = |texts: &[&str]| Value::List(texts.iter().map(|text| Value::Text((*text).into())).collect());
            let id = "0192f0c1-2b3c-7d4e-8f50-123456789abc";
            // The second is another spelling, which only the server reads.
            for ids in [[id, id], [id, "{0192F0C12B3C7D4E8F50123456789ABC}"]] {
                assert_eq!(
                    round_trip::<Vec<Uuid>>(&mut c, "uuid[]", texts(&ids)).await,
                    [Uuid::try_parse(id).expect("a UUID"); 2]
                );
            }
            for column in ["varchar(9)[]", "char(1)[]", "citext[]"] {
                if column == "citext[]" {
                    c.run_script("CREATE EXTENSION IF NOT EXISTS citext").await.expect("an extension");
                }
                assert_eq!(round_trip::<Vec<String>>(&mut c, column, texts(&["a", "Ü"])).await, ["a", "Ü"], "{column}");
            }
            let numbers = Value::List(vec![Value::Float(0.1), Value::Null, Value::Float(-2.5)]);
            for column in ["float8[]", "float4[]", "numeric[]"] {
                let read = round_trip::<Vec<Option<f64>>>(&mut c, column, numbers.clone()).await;
                assert_eq!(read, [Some(0.1), None, Some(-2.5)], "{column}");
            }
            let numbers = Value::List(vec![Value::Int(1), Value::BigInt(2), Value::Null]);
            for column in ["int2[]", "int4[]", "int8[]", "float8[]", "numeric[]"] {
                let read = round_trip::<Vec<Option<i64>>>(&mut c, column, numbers.clone()).await;
                assert_eq!(read, [Some(1), Some(2), None], "{column}");
            }
            let documents = Value::List(vec![Value::Null, Value::Json(serde_json::json!([null, "\u{7f}\"\\"]))]);
            for column in ["json[]", "jsonb[]"] {
                let read = round_trip::<Vec<Option<serde_json::Value>>>(&mut c, column, documents.clone()).await;
                assert_eq!(read, [None, Some(serde_json::json!([null, "\u{7f}\"\\"]))], "{column}");
            }
            let before = Value::List(vec![Value::DateTime(instant("1969-12-31T23:59:59.4999995Z"))]);
            assert_eq!(
                round_trip::<Vec<Timestamp>>(&mut c, "timestamptz[]", before).await,
                [instant("1969-12-31T23:59:59.5Z")]
            );
            let too_large = c.query("SELECT $1::int4[]", &[Value::List(vec![Value::BigInt(i64::MAX)])]).await;
            assert_eq!(too_large.expect_err("out of range").native_code(), Some("22003"));
            let ids = Value::List((0..20_000).map(Value::Int).collect());
            let rows = c
                .query("SELECT count(*) FROM generate_series(1, 100000) AS g (id) WHERE g.id = ANY($1)", &[ids])
                .await
                .expect("a long list");
            assert_eq!(rows.first().expect("a row").get::<i64>(0).expect("a count"), 19_999);

            let rows = c.query("SELECT ARRAY(SELECT ROW(i, 'x' || i, NULL::int, 1.5::numeric) FROM generate_series(1, 2) AS g (i)), (SELECT indkey FROM pg_index LIMIT 1)", &[]).await.expect("records");
            let row = rows.first().expect("a row");
            let nicol_db::Cell::Array(array) = row.cell(0) else { panic!("no array") };
            let mut seen = Vec::new();
            for record in array.iter() {
                let nicol_db::Cell::Record(record) = record.expect("a record") else { panic!("no record") };
                let fields: Vec<_> = record.iter().map(|field| field.expect("a field")).collect();
                assert_eq!(fields.len(), 4);
                seen.push((
                    i32::decode(fields[0].clone()).expect("an integer"),
                    String::decode(fields[1].clone()).expect("text"),
                ));
                assert!(fields[2].is_null());
            }
            assert_eq!(seen, [(1, "x1".to_string()), (2, "x2".to_string())]);
            assert!(!row.get::<Vec<i16>>(1).expect("a vector").is_empty());
            c.close().await.expect("closes");
        });
    }
}

#[test]
fn mysql_types() {
    for (_, server) in servers().into_iter().filter(|(_, url)| url.dialect().is_mysql_family()) {
        on(&server, |url| async move {
            let mut c = open(&url).await;
            assert_eq!(
                round_trip::<u64>(&mut c, "BIGINT UNSIGNED", Value::Decimal(decimal("18446744073709551615"))).await,
                u64::MAX
            );
            assert!(round_trip::<bool>(&mut c, "BIT(1)", Value::Bool(true)).await);
            assert_eq!(round_trip::<String>(&mut c, "ENUM('a','b')", Value::Text("b".into())).await, "b");
            assert_eq!(round_trip::<i32>(&mut c, "YEAR", Value::Int(2026)).await, 2026);
            assert_eq!(round_trip::<f64>(&mut c, "FLOAT", Value::Float(0.1)).await, 0.1);
            assert_eq!(round_trip::<Vec<u8>>(&mut c, "BINARY(3)", Value::Bytes(vec![1, 0, 255])).await, [1, 0, 255]);
            let moment = instant("2026-11-21T02:21:46.075123Z");
            assert_eq!(round_trip::<Timestamp>(&mut c, "DATETIME(6)", Value::DateTime(moment)).await, moment);
            assert_eq!(round_trip::<Timestamp>(&mut c, "TIMESTAMP(6)", Value::DateTime(moment)).await, moment);
            assert_eq!(
                round_trip::<Timestamp>(&mut c, "DATE", Value::DateTime(moment)).await,
                instant("2026-11-21T00:00:00Z")
            );
            assert_eq!(
                round_trip::<Timestamp>(&mut c, "TIME(6)", Value::DateTime(moment)).await,
                instant("1970-01-01T02:21:46.075123Z")
            );
            assert_eq!(round_trip::<String>(&mut c, "TIME", Value::Text("-30:00:01".into())).await, "-30:00:01");
            // The text protocol gives the same cells as the binary one.
            let sql = "SELECT 1, -1.50, 0.5e0, 'x', CAST('2024-02-03' AS DATE), CAST('2024-02-03 04:05:06' AS DATETIME), CAST('04:05:06' AS TIME), NULL, x'00ff'";
            let prepared = c.query(sql, &[]).await.expect("prepared");
            c.execute(sql, &[]).await.expect("as text");
            let row = prepared.first().expect("a row");
            assert_eq!(row.get::<BigDecimal>(1).expect("a decimal"), decimal("-1.5"));
            assert_eq!(row.get::<Vec<u8>>(8).expect("bytes"), [0, 255]);
            // A statement the server cannot prepare goes as text.
            c.query("SHOW WARNINGS", &[]).await.expect("shows");
            c.close().await.expect("closes");
        });
    }
}

#[test]
fn nul_characters() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        let dialect = c.dialect();
        c.execute("CREATE TABLE n (v VARCHAR(20))", &[]).await.expect("creates");
        let written = c.execute(&placed(dialect, "INSERT INTO n VALUES (?)"), &[Value::Text("a\0b".into())]).await;
        match dialect {
            Dialect::Postgres | Dialect::Cockroachdb => {
                assert_eq!(written.expect_err("refused").native_code(), Some("22021"));
            }
            Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => {
                written.expect("written");
                let rows = c.query("SELECT v FROM n", &[]).await.expect("reads");
                assert_eq!(rows.first().expect("a row").get::<String>(0).expect("text"), "a\0b");
            }
        }
        c.close().await.expect("closes");
    });
}

/// What a database would store as something else, or cannot hold at all, is refused before it is sent, and soon.
#[test]
fn values_that_cannot_be_held_are_refused() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        let dialect = c.dialect();
        let (float, moment) = match dialect {
            Dialect::Sqlite => ("REAL", "DATETIME"),
            Dialect::Postgres | Dialect::Cockroachdb => ("DOUBLE PRECISION", "TIMESTAMP(3)"),
            Dialect::Mysql | Dialect::Mariadb => ("DOUBLE", "DATETIME(3)"),
        };
        c.run_script(&format!("CREATE TABLE v (f {float}, m {moment}, d DECIMAL(65,30), j JSON)"))
            .await
            .expect("creates");
        let insert = |column: &str| placed(dialect, &format!("INSERT INTO v ({column}) VALUES (?)"));
        for exponent in ["1e-1000000000", "1e1000000000", "-1e150000", "1e-30000"] {
            let value = Value::Decimal(decimal(exponent));
            let error = c.query(&insert("d"), std::slice::from_ref(&value)).await.expect_err("out of range");
            assert_eq!(error.code(), "P2020", "{exponent}: {error}");
            let error = c.query(&insert("d"), &[Value::List(vec![value])]).await.expect_err("out of range");
            assert_eq!(error.code(), "P2020", "{exponent}: {error}");
        }
        let (old, oldest) = (instant("-000044-03-15T12:00:00Z"), instant("-009999-06-01T00:00:00Z"));
        if dialect.is_postgres_family() {
            c.execute(&insert("m"), &[Value::DateTime(old)]).await.expect("has that year");
            let rows = c.query("SELECT m FROM v", &[]).await.expect("reads");
            assert_eq!(rows.first().expect("a row").get::<Timestamp>(0).expect("an instant"), old);
            assert_eq!(round_trip::<f64>(&mut c, float, Value::Float(f64::NEG_INFINITY)).await, f64::NEG_INFINITY);
            assert!(round_trip::<f64>(&mut c, float, Value::Float(f64::NAN)).await.is_nan());
        } else {
            let error = c.execute(&insert("m"), &[Value::DateTime(old)]).await.expect_err("no such year");
            assert_eq!(error.code(), "P2020", "{error}");
            // SQLite would store NULL.
            let error = c.execute(&insert("f"), &[Value::Float(f64::NAN)]).await.expect_err("no NaN");
            assert_eq!(error.code(), "P2020", "{error}");
        }
        let error = c.execute(&insert("m"), &[Value::DateTime(oldest)]).await.expect_err("no such year");
        assert_eq!(error.code(), "P2020", "{error}");
        // Deeper than what is read.
        let nest = |levels: usize| (0..levels).fold(serde_json::Value::Null, |inner, _| serde_json::json!([inner]));
        let error = c.query(&insert("j"), &[Value::Json(nest(128))]).await.expect_err("too deep");
        assert_eq!(error.code(), "P2007", "{error}");
        if !dialect.is_mysql_family() {
            c.query(&insert("j"), &[Value::Json(nest(127))]).await.expect("is deep");
            let rows = c.query("SELECT j FROM v WHERE j IS NOT NULL", &[]).await.expect("reads");
            let json = rows.first().expect("a row").get::<serde_json::Value>(0).expect("JSON");
            assert_eq!(json, nest(127));
        }
        let first = instant("0000-01-01T00:00:00Z");
        assert_eq!(round_trip::<Timestamp>(&mut c, moment, Value::DateTime(first)).await, first);
        c.close().await.expect("closes");
    });
}
