//! What servers send that nobody asked for, much of it, or at an unusual moment.
#![allow(clippy::expect_used, clippy::panic, reason = "a helper that fails fails its test")]
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

mod support;

use std::time::Duration;

use nicol_db::{Connection, Dialect, Pool, PoolOptions, Value};
use support::{everywhere, on, open, placed, servers};

async fn number(c: &mut Connection, sql: &str) -> i64 {
    let rows = c.query(sql, &[]).await.expect(sql);
    rows.first().expect("a row").get(0).expect("a number")
}

/// Notices, notifications and changed settings between the answers: every call gets its own answer.
#[test]
fn messages_between_the_answers() {
    for (_, server) in servers().into_iter().filter(|(_, url)| url.dialect().is_postgres_family()) {
        on(&server, |url| async move {
            let mut c = open(&url).await;
            let mut other = open(&url).await;
            c.run_script(
                "CREATE FUNCTION noisy(n INTEGER) RETURNS INTEGER LANGUAGE plpgsql AS $$
                 BEGIN
                   FOR i IN 1..200 LOOP RAISE NOTICE '% %', i, repeat('n', 500); END LOOP;
                   PERFORM set_config('application_name', 'a' || n, false);
                   PERFORM set_config('TimeZone', CASE n % 2 WHEN 0 THEN 'UTC' ELSE 'Asia/Tokyo' END, false);
                   RETURN n;
                 END $$;
                 LISTEN news;",
            )
            .await
            .expect("a function");
            let noisy = "SELECT noisy($1)";
            for round in 0..5 {
                for n in 0..20 {
                    other.execute(&format!("NOTIFY news, '{n} {}'", "x".repeat(2000)), &[]).await.expect("notifies");
                }
                let params: Vec<[Value; 1]> = (0..10).map(|n| [Value::Int(round * 10 + n)]).collect();
                let statements: Vec<(&str, &[Value])> = params.iter().map(|p| (noisy, p.as_slice())).collect();
                let answers = c.query_all(&statements).await.expect("answers");
                for (answer, given) in answers.iter().zip(&params) {
                    let told = answer.first().expect("a row").get::<i32>(0).expect("a number");
                    assert_eq!(Value::Int(told), given[0]);
                }
                c.begin(None).await.expect("begins");
                assert_eq!(number(&mut c, "SELECT noisy(7)").await, 7);
                c.rollback().await.expect("rolls back");
            }
            // Notifications while nothing is asked, too.
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(number(&mut c, "SELECT 3").await, 3);
            c.close().await.expect("closes");
            other.close().await.expect("closes");
        });
    }
}

/// What the session had is gone: prepared statements are prepared anew.
#[test]
fn sessions_that_were_emptied() {
    for (_, server) in servers().into_iter().filter(|(_, url)| url.dialect().is_postgres_family()) {
        on(&server, |url| async move {
            let mut c = open(&url).await;
            for empty in ["DISCARD ALL", "DEALLOCATE ALL"] {
                let select = "SELECT $1::int8 + 1";
                for n in 0..2 {
                    let rows = c.query(select, &[Value::BigInt(n)]).await.expect("reads");
                    assert_eq!(rows.first().expect("a row").get::<i64>(0).expect("a number"), n + 1);
                    c.run_script(empty).await.expect("empties");
                }
                assert!(!c.is_at_rest(), "{empty}");
            }
            c.close().await.expect("closes");
        });
    }
}

/// COPY speaks another protocol, which is not spoken here: nothing is copied in, what is copied out is nobody's, and there is
/// never a wait without end.
#[test]
fn copying_does_not_hang() {
    for (_, server) in servers().into_iter().filter(|(_, url)| url.dialect().is_postgres_family()) {
        on(&server, |url| async move {
            let pool = Pool::connect(&url, PoolOptions { max_connections: 1, ..PoolOptions::from_url(&url) });
            let pool = pool.await.expect("connects");
            pool.acquire()
                .await
                .expect("a session")
                .execute("CREATE TABLE t (id INTEGER)", &[])
                .await
                .expect("creates");
            for copy in ["COPY t FROM STDIN", "COPY (SELECT generate_series(1, 100000)) TO STDOUT"] {
                for way in 0..3 {
                    let mut c = pool.acquire().await.expect("a session");
                    let call = async {
                        match way {
                            0 => c.query(copy, &[]).await.map(drop),
                            1 => c.execute(copy, &[]).await.map(drop),
                            _ => c.query_all(&[("SELECT 1", &[]), (copy, &[])]).await.map(drop),
                        }
                    };
                    let outcome = tokio::time::timeout(Duration::from_secs(20), call).await;
                    let outcome = outcome.expect("it ends");
                    assert!(outcome.is_err() || copy.ends_with("STDOUT"), "{copy}");
                    drop(c);
                    let mut c = pool.acquire().await.expect("a session");
                    assert_eq!(number(&mut c, "SELECT count(*) FROM t").await, 0, "{copy} {way}");
                }
            }
            pool.close().await.expect("closes");
        });
    }
}

/// Values of many megabytes, there and back, and rows of very many columns.
#[test]
fn large_messages() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        let dialect = c.dialect();
        let (text, bytes) = match dialect {
            Dialect::Sqlite => ("TEXT", "BLOB"),
            Dialect::Postgres | Dialect::Cockroachdb => ("TEXT", "BYTEA"),
            Dialect::Mysql | Dialect::Mariadb => ("LONGTEXT", "LONGBLOB"),
        };
        c.execute(&format!("CREATE TABLE big (t {text}, b {bytes})"), &[]).await.expect("creates");
        // Below what MariaDB takes in one message, and just around the 16 MiB at which MySQL's protocol splits them.
        let most = match dialect {
            Dialect::Mariadb => (1 << 24) - 4096,
            _ => (1 << 24) + 3,
        };
        for (size, is_text) in [(most, true), (most, false), ((1 << 24) - 4096, false)] {
            let value = match is_text {
                true => Value::Text("ä".repeat(size / 2)),
                false => Value::Bytes(vec![0xC3; size]),
            };
            let column = if is_text { "t" } else { "b" };
            let insert = placed(dialect, &format!("INSERT INTO big ({column}) VALUES (?)"));
            c.execute(&insert, std::slice::from_ref(&value)).await.expect("writes");
            let rows =
                c.query(&format!("SELECT {column} FROM big WHERE {column} IS NOT NULL"), &[]).await.expect("reads");
            let row = rows.first().expect("a row");
            let is_same = match &value {
                Value::Text(text) => row.get::<String>(0).expect("text") == *text,
                Value::Bytes(bytes) => row.get::<Vec<u8>>(0).expect("bytes") == *bytes,
                _ => false,
            };
            assert!(is_same, "{size} {column}");
            c.execute("DELETE FROM big", &[]).await.expect("deletes");
        }
        let columns: Vec<String> = (0..1600).map(|n| format!("{n} AS c{n}")).collect();
        let rows = c.query(&format!("SELECT {}", columns.join(", ")), &[]).await.expect("reads");
        let row = rows.first().expect("a row");
        assert_eq!((row.len(), row.get_by_name::<i32>("c1599").expect("a number")), (1600, 1599));
        c.close().await.expect("closes");
    });
}

/// A text without a statement, and answers with neither rows nor columns.
#[test]
fn nothing_at_all() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        for empty in ["", " ", "-- nothing", "/* nothing */"] {
            // An error or nothing, and the session goes on.
            if let Ok(rows) = c.query(empty, &[]).await {
                assert_eq!((rows.len(), rows.affected()), (0, 0), "{empty:?}");
            }
            if let Ok(wrote) = c.execute(empty, &[]).await {
                assert_eq!(wrote, 0, "{empty:?}");
            }
            c.run_script("SELECT 1").await.expect("goes on");
            assert_eq!(number(&mut c, "SELECT 4").await, 4, "{empty:?}");
        }
        let none = c.query("SELECT 1 WHERE 1 = 0", &[]).await.expect("reads");
        assert!(none.is_empty() && none.first().is_none());
        c.close().await.expect("closes");
    });
}

/// A server that ends the session while rows are on their way, or while somebody waits: the error of a lost connection.
#[test]
fn sessions_ended_in_the_middle() {
    for (_, server) in servers() {
        on(&server, |url| async move {
            let is_postgres = url.dialect().is_postgres_family();
            for rows_are_coming in [true, false] {
                let mut c = open(&url).await;
                let mut other = open(&url).await;
                let me = if is_postgres { "SELECT pg_backend_pid()" } else { "SELECT CONNECTION_ID()" };
                let me = number(&mut c, me).await;
                let text = match (is_postgres, rows_are_coming) {
                    (true, true) => "SELECT repeat('x', 1000), pg_sleep(0.001) FROM generate_series(1, 100000)",
                    (true, false) => "SELECT pg_sleep(100)",
                    (false, true) => {
                        "SELECT REPEAT('x', 1000), SLEEP(0.001) FROM information_schema.columns a, information_schema.columns b"
                    }
                    (false, false) => "SELECT SLEEP(100)",
                };
                let kill =
                    if is_postgres { format!("SELECT pg_terminate_backend({me})") } else { format!("KILL {me}") };
                let end = async {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    other.query(&kill, &[]).await.expect("ends it");
                };
                let (outcome, ()) =
                    tokio::join!(tokio::time::timeout(Duration::from_secs(30), c.query(text, &[])), end);
                let error = outcome.expect("it ends").expect_err("was ended");
                assert!(error.is_connection_lost() && !error.outcome_unknown(), "{error:?}");
                assert_eq!(error.code(), "P1017", "{error}");
                assert!(!c.is_at_rest());
                assert_eq!(c.query("SELECT 1", &[]).await.expect_err("over").code(), "P1017");
                other.close().await.expect("closes");
            }
        });
    }
}
