//! Sessions and the pool: transactions, stale statements, futures given up, fairness and limits.
#![allow(clippy::expect_used, clippy::panic, reason = "a helper that fails fails its test")]
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

mod support;

use std::time::{Duration, Instant};

use nicol_db::{Around, Connection, ConnectionUrl, Dialect, Isolation, Pool, PoolOptions, Rows, Step, Value};
use support::{everywhere, on, open, placed, servers};

fn assert_send<T: Send>(value: T) -> T {
    value
}

/// Every call can be awaited on a runtime of many threads.
#[test]
fn calls_can_move_between_threads() {
    let url = ConnectionUrl::parse("file:unused.db").expect("a URL");
    drop(assert_send(async move {
        nicol_db::admin::create_database(&url).await?;
        let pool = Pool::connect(&url, PoolOptions::from_url(&url)).await?;
        let mut c = pool.acquire().await?;
        c.begin(None).await?;
        c.query("SELECT 1", &[Value::Int(1)]).await?;
        c.query_all(&[("SELECT 1", &[])]).await?;
        c.execute("SELECT 1", &[]).await?;
        c.run_script("SELECT 1").await?;
        c.savepoint("a").await?;
        c.rollback_to("a").await?;
        c.release("a").await?;
        c.commit().await?;
        c.rollback().await?;
        drop(c);
        pool.close().await?;
        Connection::open(&url).await?.close().await?;
        nicol_db::admin::drop_database(&url).await
    }));
}

async fn count(c: &mut Connection) -> i64 {
    let rows = c.query("SELECT count(*) FROM t", &[]).await.expect("counts");
    rows.first().expect("a row").get(0).expect("a count")
}

#[test]
fn transactions() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        c.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)", &[]).await.expect("creates");
        let insert = placed(c.dialect(), "INSERT INTO t VALUES (?)");
        assert_eq!(c.commit().await.expect_err("none open").code(), "P2028");
        assert_eq!(c.rollback().await.expect_err("none open").code(), "P2028");

        c.begin(None).await.expect("begins");
        assert!(c.in_transaction() && !c.is_at_rest());
        assert_eq!(c.begin(None).await.expect_err("one at a time").code(), "P2028");
        c.execute(&insert, &[Value::Int(1)]).await.expect("writes");
        c.rollback().await.expect("rolls back");
        assert_eq!(count(&mut c).await, 0);

        c.begin(Some(Isolation::Serializable)).await.expect("begins");
        c.execute(&insert, &[Value::Int(1)]).await.expect("writes");
        c.savepoint("a \"name`").await.expect("sets");
        c.execute(&insert, &[Value::Int(2)]).await.expect("writes");
        assert_eq!(c.execute(&insert, &[Value::Int(2)]).await.expect_err("a double").code(), "P2002");
        c.rollback_to("a \"name`").await.expect("goes back");
        c.execute(&insert, &[Value::Int(3)]).await.expect("goes on");
        c.release("a \"name`").await.expect("forgets");
        c.commit().await.expect("commits");
        assert!(c.is_at_rest());
        assert_eq!(count(&mut c).await, 2);

        c.begin(None).await.expect("begins");
        c.execute(&insert, &[Value::Int(4)]).await.expect("writes");
        c.execute(&insert, &[Value::Int(4)]).await.expect_err("a double");
        if c.dialect().is_postgres_family() {
            // PostgreSQL would answer COMMIT with a silent rollback.
            assert_eq!(c.commit().await.expect_err("nothing to commit").code(), "P2028");
            assert_eq!(count(&mut c).await, 2);
        } else {
            c.commit().await.expect("commits");
            assert_eq!(count(&mut c).await, 3);
        }
        let level = c.begin(Some(Isolation::ReadCommitted)).await;
        if c.dialect() == Dialect::Sqlite {
            assert_eq!(level.expect_err("unknown to SQLite").code(), "P2023");
        } else {
            level.expect("begins");
            c.rollback().await.expect("rolls back");
        }
        c.close().await.expect("closes");
    });
}

#[test]
fn affected_rows_are_rows_found() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        c.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)", &[]).await.expect("creates");
        assert_eq!(c.execute("INSERT INTO t VALUES (1, 1), (2, 1), (3, 2)", &[]).await.expect("writes"), 3);
        let update = placed(c.dialect(), "UPDATE t SET v = ? WHERE v = 1");
        assert_eq!(c.execute(&update, &[Value::Int(1)]).await.expect("changes nothing"), 2);
        assert_eq!(c.execute("CREATE TABLE u (id INTEGER)", &[]).await.expect("creates"), 0);
        assert_eq!(c.execute("DELETE FROM t", &[]).await.expect("deletes"), 3);
        c.close().await.expect("closes");
    });
}

#[test]
fn statements_prepared_before_a_change_still_work() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        let mut other = open(&url).await;
        c.execute("CREATE TABLE t (id INTEGER, v INTEGER)", &[]).await.expect("creates");
        let insert = placed(c.dialect(), "INSERT INTO t (id, v) VALUES (?, ?)");
        let select = placed(c.dialect(), "SELECT * FROM t WHERE id = ?");
        c.execute(&insert, &[Value::Int(1), Value::Int(1)]).await.expect("writes");
        assert_eq!(c.query(&select, &[Value::Int(1)]).await.expect("reads").columns().len(), 2);
        other.run_script("DROP TABLE t; CREATE TABLE t (id INTEGER, v TEXT, w INTEGER)").await.expect("changes");
        c.execute(&insert, &[Value::Int(1), Value::Text("täxt".into())]).await.expect("writes text");
        let rows = c.query(&select, &[Value::Int(1)]).await.expect("reads anew");
        assert_eq!(rows.columns().len(), 3);
        assert_eq!(rows.first().expect("a row").get_by_name::<String>("v").expect("text"), "täxt");
        // More statements than the cache holds.
        for number in 0..300 {
            let rows = c.query(&format!("SELECT {number}"), &[]).await.expect("reads");
            assert_eq!(rows.first().expect("a row").get::<i64>(0).expect("a number"), number);
        }
        // As many columns as before under other names: first without the statement in the cache, then with it.
        for name in ["x", "y"] {
            let table = format!("DROP TABLE t; CREATE TABLE t (id INTEGER, v TEXT, {name} INTEGER)");
            other.run_script(&table).await.expect("changes");
            c.execute(&insert, &[Value::Int(1), Value::Text("a".into())]).await.expect("writes");
            let rows = c.query(&select, &[Value::Int(1)]).await.expect("reads anew");
            assert_eq!(rows.columns()[2].name(), name);
        }
        c.close().await.expect("closes");
        other.close().await.expect("closes");
    });
}

#[test]
fn pipelined_statements() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        c.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)", &[]).await.expect("creates");
        let insert = placed(c.dialect(), "INSERT INTO t VALUES (?)");
        let values: Vec<[Value; 1]> = (0..50).map(|number| [Value::Int(number)]).collect();
        let statements: Vec<(&str, &[Value])> =
            values.iter().map(|value| (insert.as_str(), value.as_slice())).collect();
        c.begin(None).await.expect("begins");
        let rows = c.query_all(&statements).await.expect("writes");
        assert_eq!(rows.iter().map(|rows| rows.affected()).sum::<u64>(), 50);
        c.commit().await.expect("commits");
        assert_eq!(c.query_all(&statements[..2]).await.expect_err("doubles").code(), "P2002");
        assert_eq!(count(&mut c).await, 50);
        c.close().await.expect("closes");
    });
}

#[test]
fn a_pooler_that_keeps_no_statements() {
    for (_, server) in servers().into_iter().filter(|(_, url)| url.dialect().is_postgres_family()) {
        on(&server, |url| async move {
            let mut c = open(&url.with_param("pgbouncer", "true")).await;
            c.run_script("CREATE TYPE r AS ENUM ('a', 'b'); CREATE TABLE t (id INTEGER, r r, b BYTEA, l INTEGER[])")
                .await
                .expect("creates");
            let list = Value::List(vec![Value::Int(1), Value::Int(2)]);
            let values = [Value::Int(1), Value::Text("b".into()), Value::Bytes(vec![0, 1]), list];
            c.execute("INSERT INTO t VALUES ($1, $2, $3, $4)", &values).await.expect("writes");
            let rows = c.query("SELECT b, l, id FROM t WHERE r = $1", &values[1..2]).await.expect("reads");
            let row = rows.first().expect("a row");
            assert_eq!(row.get::<Vec<u8>>(0).expect("bytes"), [0, 1]);
            assert_eq!(row.get::<Vec<i32>>(1).expect("a list"), [1, 2]);
            let rows = c.query("SELECT count(*) FROM pg_prepared_statements", &[]).await.expect("counts");
            assert_eq!(rows.first().expect("a row").get::<i64>(0).expect("a count"), 0);
            c.close().await.expect("closes");
        });
    }
}

fn sleep(dialect: Dialect, seconds: u32) -> String {
    match dialect {
        Dialect::Postgres | Dialect::Cockroachdb => format!("SELECT pg_sleep({seconds})"),
        Dialect::Mysql | Dialect::Mariadb => format!("SELECT SLEEP({seconds})"),
        Dialect::Sqlite => unreachable!("SQLite does not sleep"),
    }
}

#[test]
fn a_call_given_up_never_leaves_its_session_to_others() {
    for (_, server) in servers() {
        on(&server, |url| async move {
            let options = PoolOptions { max_connections: 1, ..PoolOptions::from_url(&url) };
            let pool = Pool::connect(&url, options).await.expect("connects");
            let sleep = sleep(pool.dialect(), 20);
            let begun = Instant::now();
            {
                let mut c = pool.acquire().await.expect("a session");
                let call = assert_send(c.query(&sleep, &[]));
                tokio::time::timeout(Duration::from_millis(200), call).await.expect_err("takes longer");
                assert!(!c.is_at_rest());
                let refused = c.query("SELECT 1", &[]).await.expect_err("in the middle of a call");
                assert_eq!(refused.code(), "P1017");
            }
            let mut c = pool.acquire().await.expect("another session");
            let rows = c.query("SELECT 7", &[]).await.expect("answers");
            assert_eq!(rows.first().expect("a row").get::<i64>(0).expect("seven"), 7);
            assert!(begun.elapsed() < Duration::from_secs(10), "the sleeping one was waited for");
            // The server was asked to stop it.
            let running = if pool.dialect().is_postgres_family() {
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep(20%' AND datname = current_database()"
            } else {
                "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP(20%' AND db = DATABASE()"
            };
            let mut left = 1;
            for _ in 0..100 {
                let rows = c.query(running, &[]).await.expect("asks");
                left = rows.first().expect("a row").get::<i64>(0).expect("a count");
                if left == 0 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            assert_eq!(left, 0);
            drop(c);
            pool.close().await.expect("closes");
        });
    }
}

#[test]
fn a_begin_given_up_and_a_transaction_left_open_are_not_passed_on() {
    everywhere(|url| async move {
        let options = PoolOptions { max_connections: 1, ..PoolOptions::from_url(&url) };
        let pool = Pool::connect(&url, options).await.expect("connects");
        let mut c = pool.acquire().await.expect("a session");
        c.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)", &[]).await.expect("creates");
        drop(c);
        for open in 0..3 {
            let mut c = pool.acquire().await.expect("a session");
            match open {
                0 => {
                    c.begin(None).await.expect("begins");
                    c.execute("INSERT INTO t VALUES (1)", &[]).await.expect("writes");
                }
                1 => {
                    // Polled once, so that the first bytes are sent.
                    let begin = c.begin(None);
                    let mut begin = std::pin::pin!(begin);
                    let _ = futures_util::poll!(&mut begin);
                }
                _ => {
                    c.run_script("BEGIN; INSERT INTO t VALUES (2)").await.expect("begins");
                }
            }
            drop(c);
            let mut c = pool.acquire().await.expect("a session");
            assert!(c.is_at_rest());
            c.begin(None).await.expect("no transaction is open");
            c.rollback().await.expect("rolls back");
            assert_eq!(count(&mut c).await, 0);
        }
        pool.close().await.expect("closes");
        assert_eq!(pool.acquire().await.expect_err("closed").code(), "P1017");
    });
}

#[test]
fn the_pool_is_bounded_fair_and_says_when_it_is_empty() {
    everywhere(|url| async move {
        let options =
            PoolOptions { max_connections: 2, acquire_timeout: Duration::from_secs(1), ..PoolOptions::from_url(&url) };
        let pool = Pool::connect(&url, options).await.expect("connects");
        let first = pool.acquire().await.expect("a session");
        let second = pool.acquire().await.expect("a session");
        let error = pool.acquire().await.expect_err("empty");
        assert_eq!(error.code(), "P2024");
        assert!(error.message().contains("2 of 2"), "{error}");
        drop(first);
        let third = pool.acquire().await.expect("a session");
        drop((second, third));
        assert_eq!((pool.status().in_use, pool.status().idle), (0, 2));

        // Whoever asks first is served first.
        let options =
            PoolOptions { max_connections: 1, acquire_timeout: Duration::from_secs(20), ..PoolOptions::from_url(&url) };
        let pool = Pool::connect(&url, options).await.expect("connects");
        let order = std::sync::Mutex::new(Vec::new());
        let calls = (0..20).map(|number| {
            let (pool, order) = (&pool, &order);
            async move {
                let mut c = pool.acquire().await.expect("a session");
                c.query("SELECT 1", &[]).await.expect("answers");
                order.lock().expect("a lock").push(number);
            }
        });
        futures_util::future::join_all(calls).await;
        assert_eq!(*order.lock().expect("a lock"), (0..20).collect::<Vec<_>>());
        assert_eq!(pool.status().idle, 1);
    });
}

#[test]
fn writers_of_one_sqlite_file_wait_on_one_thread() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = ConnectionUrl::parse("file:w.db").expect("a URL").relative_to(folder.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        nicol_db::admin::create_database(&url).await.expect("creates");
        let pool = Pool::connect(&url, PoolOptions { max_connections: 8, ..PoolOptions::from_url(&url) })
            .await
            .expect("connects");
        pool.acquire()
            .await
            .expect("a session")
            .execute("CREATE TABLE t (id INTEGER PRIMARY KEY)", &[])
            .await
            .expect("creates");
        let writers = (0..8).map(|number| {
            let pool = &pool;
            async move {
                let mut c = pool.acquire().await.expect("a session");
                c.begin(None).await.expect("waits for its turn");
                c.execute("INSERT INTO t VALUES (?)", &[Value::Int(number)]).await.expect("writes");
                // While the lock is held the others run, and must not block the thread.
                tokio::time::sleep(Duration::from_millis(20)).await;
                c.commit().await.expect("commits");
            }
        });
        futures_util::future::join_all(writers).await;
        assert_eq!(count(&mut pool.acquire().await.expect("a session")).await, 8);
    });
}

#[test]
fn sqlite_sessions() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut c = Connection::open_in_memory().await.expect("opens");
        let rows = c.query("PRAGMA foreign_keys", &[]).await.expect("asks");
        assert_eq!(rows.first().expect("a row").get::<i64>(0).expect("on"), 1);
        c.run_script(
            "CREATE TABLE t (id INTEGER); CREATE TABLE log (id INTEGER);
             CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); SELECT 1; END;
             INSERT INTO t VALUES (1); -- the end",
        )
        .await
        .expect("a trigger");
        assert_eq!(c.execute("INSERT INTO t VALUES (2), (3)", &[]).await.expect("writes"), 2);
        let rows = c.query("SELECT id, 'x' AS v FROM log ORDER BY id", &[]).await.expect("reads");
        let ids: Vec<i64> = rows.iter().map(|row| row.get_by_name("id").expect("a number")).collect();
        assert_eq!(ids, [1, 2, 3]);
        assert_eq!(rows.row(0).expect("a row").get::<i64>(7).expect_err("no such column").code(), "P2022");
        let error = rows.row(0).expect("a row").get::<i64>(1).expect_err("text");
        assert_eq!((error.code(), error.column()), ("P2023", Some("v")));

        let pool = Pool::in_memory().await.expect("opens");
        pool.acquire().await.expect("a session").execute("CREATE TABLE t (id INTEGER)", &[]).await.expect("creates");
        assert_eq!(count(&mut pool.acquire().await.expect("a session")).await, 0);
        pool.acquire()
            .await
            .expect("a session")
            .run_script("PRAGMA foreign_keys = OFF; BEGIN; DROP TABLE t")
            .await
            .expect("runs");
        let mut c = pool.acquire().await.expect("a session");
        assert_eq!(count(&mut c).await, 0);
        let rows = c.query("PRAGMA foreign_keys", &[]).await.expect("asks");
        assert_eq!(rows.first().expect("a row").get::<i64>(0).expect("on again"), 1);
    });
}

#[test]
fn statements_with_the_transaction_around_them() {
    everywhere(|url| async move {
        let options = PoolOptions { max_connections: 1, ..PoolOptions::from_url(&url) };
        let pool = Pool::connect(&url, options).await.expect("connects");
        let mut c = pool.acquire().await.expect("a session");
        c.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)", &[]).await.expect("creates");
        let insert = placed(c.dialect(), "INSERT INTO t VALUES (?)");
        let count = "SELECT count(*) FROM t";
        let number = |rows: &nicol_db::Rows| rows.first().expect("a row").get::<i64>(0).expect("a number");
        let (one, two) = ([Value::Int(1)], [Value::Int(2)]);
        let whole = Around { begin: true, commit: true, ..Around::default() };

        let rows = c.query_in(whole, &[(&insert, &one), (count, &[])]).await.expect("commits");
        assert_eq!((rows[0].affected(), number(&rows[1])), (1, 1));
        assert!(c.is_at_rest());
        let error = c.query_in(whole, &[(&insert, &two), (&insert, &one)]).await.expect_err("a double");
        assert_eq!(error.code(), "P2002");
        assert!(c.is_at_rest(), "rolled back");
        let error = c.query_in(whole, &[(&insert, &two), ("SELECT nonsense FROM nowhere", &[])]).await;
        assert_eq!(error.expect_err("no such table").code(), "P2021");
        assert!(c.is_at_rest());
        assert_eq!(self::count(&mut c).await, 1);

        // In several goes, and for reading only.
        let isolation = (c.dialect() != Dialect::Sqlite).then_some(Isolation::RepeatableRead);
        let first = Around { begin: true, isolation, read_only: true, commit: false };
        let last = Around { commit: true, ..Around::default() };
        assert_eq!(number(&c.query_in(first, &[(count, &[])]).await.expect("reads")[0]), 1);
        assert!(c.in_transaction());
        assert_eq!(c.query_in(first, &[]).await.expect_err("one at a time").code(), "P2028");
        assert_eq!(number(&c.query_in(last, &[(count, &[])]).await.expect("reads")[0]), 1);
        assert!(c.is_at_rest());
        assert_eq!(c.query_in(last, &[(count, &[])]).await.expect_err("none is open").code(), "P2028");
        if c.dialect() != Dialect::Sqlite {
            let refused = c.query_in(Around { commit: true, ..first }, &[(&insert, &two)]).await;
            refused.expect_err("only for reading");
            assert!(c.is_at_rest());
        }
        drop(c);
        assert_eq!(pool.status().idle, 1, "it can be used again");
    });
}

#[test]
fn transactions_that_begin_with_their_first_statement() {
    everywhere(|url| async move {
        let options = PoolOptions { max_connections: 1, ..PoolOptions::from_url(&url) };
        let pool = Pool::connect(&url, options).await.expect("connects");
        let mut c = pool.acquire().await.expect("a session");
        c.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)", &[]).await.expect("creates");
        let (read, write) = ("SELECT count(*) FROM t", "INSERT INTO t VALUES (1)");
        // Without any statement.
        for commits in [true, false] {
            c.begin_with_next(None).await.expect("begins");
            assert!(c.in_transaction());
            assert_eq!(c.begin(None).await.expect_err("one is open").code(), "P2028");
            if commits { c.commit().await } else { c.rollback().await }.expect("ends");
            assert!(c.is_at_rest());
        }
        // The first statement reads, is or is not prepared yet, or writes; what follows is in the transaction.
        for first in [Some(read), Some(read), None] {
            c.begin_with_next(None).await.expect("begins");
            if let Some(read) = first {
                let rows = c.query(read, &[]).await.expect("reads");
                assert_eq!(rows.first().expect("a row").get::<i64>(0).expect("a count"), 0);
            }
            c.execute(write, &[]).await.expect("writes");
            c.rollback().await.expect("rolls back");
            assert!(c.is_at_rest());
            assert_eq!(count(&mut c).await, 0);
        }
        if c.dialect().is_postgres_family() {
            // What the server refuses, prepared and sent together with BEGIN, fails the transaction.
            let divide = "SELECT 1 / $1::int";
            for refused in [false, true] {
                c.begin_with_next(Some(Isolation::RepeatableRead)).await.expect("begins");
                let outcome = c.query(divide, &[Value::Int(i32::from(!refused))]).await;
                assert_eq!(
                    outcome.err().and_then(|error| error.native_code().map(str::to_owned)),
                    refused.then(|| "22012".to_owned())
                );
                assert_eq!(c.execute(write, &[]).await.is_err(), refused);
                c.rollback().await.expect("rolls back");
                assert_eq!(count(&mut c).await, 0);
            }
            // So does what writes; and nothing of it runs by itself.
            let insert = "INSERT INTO t VALUES (1 / $1::int)";
            c.execute(insert, &[Value::Int(1)]).await.expect("is prepared");
            c.execute("DELETE FROM t", &[]).await.expect("deletes");
            for divisor in [1, 0] {
                c.begin_with_next(None).await.expect("begins");
                let written = c.execute(insert, &[Value::Int(divisor)]).await;
                assert_eq!(written.ok(), (divisor == 1).then_some(1));
                c.rollback().await.expect("rolls back");
                assert_eq!(count(&mut c).await, 0);
            }
            // Nothing was sent: nobody may go on as if the transaction were open.
            c.query(divide, &[Value::Int(1)]).await.expect("is prepared");
            c.begin_with_next(None).await.expect("begins");
            assert_eq!(c.query(divide, &[]).await.expect_err("no value").code(), "P1016");
            assert_eq!(c.execute(write, &[]).await.expect_err("not outside a transaction").code(), "P1017");
            drop(c);
            c = pool.acquire().await.expect("another session");
            assert_eq!(count(&mut c).await, 0);
        }
        // Given up before its first statement, or in the middle of it.
        for polled in [false, true] {
            c.begin_with_next(None).await.expect("begins");
            if polled {
                let first = c.query(read, &[]);
                let mut first = std::pin::pin!(first);
                let _ = futures_util::poll!(&mut first);
            }
            drop(c);
            c = pool.acquire().await.expect("a session");
            assert!(c.is_at_rest());
            c.execute(write, &[]).await.expect("writes");
            assert_eq!(count(&mut c).await, 1);
            c.execute("DELETE FROM t", &[]).await.expect("deletes");
        }
    });
}

#[test]
fn statements_behind_a_savepoint() {
    everywhere(|url| async move {
        let options = PoolOptions { max_connections: 1, ..PoolOptions::from_url(&url) };
        let pool = Pool::connect(&url, options).await.expect("connects");
        let mut c = pool.acquire().await.expect("a session");
        c.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)", &[]).await.expect("creates");
        let insert = placed(c.dialect(), "INSERT INTO t VALUES (?)");
        let insert = insert.as_str();
        let values: Vec<[Value; 1]> = (0..20).map(|number| [Value::Int(number)]).collect();
        let [a, b, d, e] = [0, 1, 2, 3].map(|at| (insert, values[at].as_slice()));
        let error = c.query_behind_savepoint("s", &[a], true).await.expect_err("no transaction");
        assert_eq!(error.code(), "P2028");
        // At first nothing is prepared; then all of it is, and BEGIN may not be sent yet.
        for (is_late, releases) in [(false, true), (true, true), (true, false), (false, false)] {
            let begun = if is_late { c.begin_with_next(None).await } else { c.begin(None).await };
            begun.expect("begins");
            let rows = c.query_behind_savepoint("s \"1`", &[a, b], releases).await.expect("writes");
            assert_eq!(rows.len(), 2);
            // The second fails: both are undone, what was before stays, and the transaction goes on.
            let error = c.query_behind_savepoint("s \"1`", &[d, b], releases).await.expect_err("a double");
            assert_eq!(error.code(), "P2002");
            c.rollback_to("s \"1`").await.expect("goes back");
            assert_eq!(count(&mut c).await, 2);
            // A value too many: nothing is sent.
            if !c.dialect().is_postgres_family() {
                let wrong = c.query_behind_savepoint("s \"1`", &[(insert, &values[4..6].concat())], releases).await;
                assert_eq!(wrong.expect_err("two values").code(), "P1016");
                c.rollback_to("s \"1`").await.expect("goes back");
            }
            c.query_behind_savepoint("s \"1`", &[d, e], releases).await.expect("writes");
            if releases { c.commit().await } else { c.rollback().await }.expect("ends");
            assert!(c.is_at_rest());
            assert_eq!(count(&mut c).await, if releases { 4 } else { 0 });
            c.execute("DELETE FROM t", &[]).await.expect("deletes");
        }
        // Given up in its middle.
        c.begin_with_next(None).await.expect("begins");
        {
            let statements = [a, b];
            let call = c.query_behind_savepoint("s", &statements, true);
            let mut call = std::pin::pin!(call);
            let _ = futures_util::poll!(&mut call);
        }
        drop(c);
        c = pool.acquire().await.expect("a session");
        assert!(c.is_at_rest());
        assert_eq!(count(&mut c).await, 0);
    });
}

#[test]
fn a_value_too_big_for_the_server_leaves_the_session_whole() {
    for (_, server) in servers().into_iter().filter(|(_, url)| url.dialect().is_mysql_family()) {
        on(&server, |url| async move {
            let mut c = open(&url).await;
            let rows = c.query("SELECT @@max_allowed_packet", &[]).await.expect("asks");
            let most = rows.first().expect("a row").get::<i64>(0).expect("a number");
            let most = usize::try_from(most).expect("a size");
            // The message holds more than the value alone.
            for size in [most, most - 1, most - 5, most - 12] {
                let error = c.query("SELECT LENGTH(?)", &[Value::Bytes(vec![7; size])]).await.expect_err("too big");
                assert_eq!(error.code(), "P2000", "{error}");
                c.query("SELECT 1", &[]).await.expect("goes on");
            }
            c.query("SELECT LENGTH(?)", &[Value::Bytes(vec![7; most - 100])]).await.expect("fits");
            c.close().await.expect("closes");
        });
    }
}

/// A session that a statement of the user's own has changed is not given to others, whatever stands before its first word.
#[test]
fn statements_that_change_their_session() {
    everywhere(|url| async move {
        let pool = Pool::connect(&url, PoolOptions { max_connections: 1, ..PoolOptions::from_url(&url) });
        let pool = pool.await.expect("connects");
        let dialect = pool.dialect();
        let mut c = pool.acquire().await.expect("a session");
        c.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)", &[]).await.expect("creates");
        for harmless in ["/* trace */ SELECT 1", "-- trace\nSELECT 1", "SELECT 'a; BEGIN'", "DELETE FROM t;"] {
            c.execute(harmless, &[]).await.expect("runs");
            assert!(c.is_at_rest(), "{harmless}");
        }
        drop(c);
        let mut begins = vec!["/* trace */ BEGIN", "-- trace\nBEGIN", "  BEGIN"];
        match dialect {
            Dialect::Mysql | Dialect::Mariadb => {
                begins.extend(["# trace\nBEGIN", "SELECT 1; BEGIN", "/*!50000 BEGIN */", "DELETE FROM t; BEGIN;"]);
            }
            Dialect::Postgres | Dialect::Cockroachdb | Dialect::Sqlite => begins.push("; BEGIN"),
        }
        for begin in begins {
            let mut c = pool.acquire().await.expect("a session");
            c.execute(begin, &[]).await.expect(begin);
            assert!(!c.is_at_rest(), "{begin}");
            c.execute("INSERT INTO t VALUES (1)", &[]).await.expect("writes");
            drop(c);
            assert_eq!(count(&mut pool.acquire().await.expect("a session")).await, 0, "{begin}");
        }
        let mut c = pool.acquire().await.expect("a session");
        let hides = match dialect {
            Dialect::Sqlite => "CREATE TEMP TABLE t (x TEXT, y TEXT)",
            Dialect::Postgres | Dialect::Cockroachdb => "/* mine */ CREATE LOCAL TEMPORARY TABLE t (x TEXT, y TEXT)",
            Dialect::Mysql | Dialect::Mariadb => "CREATE TEMPORARY TABLE t (x TEXT, y TEXT)",
        };
        c.execute(hides, &[]).await.expect("creates");
        drop(c);
        let mut c = pool.acquire().await.expect("a session");
        assert_eq!(c.query("SELECT * FROM t", &[]).await.expect("reads").columns().len(), 1);
        if dialect == Dialect::Sqlite {
            c.execute("PRAGMA query_only = ON", &[]).await.expect("sets");
            drop(c);
            pool.acquire().await.expect("a session").execute("INSERT INTO t VALUES (2)", &[]).await.expect("writes");
        }
        pool.close().await.expect("closes");
    });
}

/// A column that has another type now: statements that are sent together, or with BEGIN, work again at once.
#[test]
fn stale_statements_sent_together_are_prepared_anew() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        let mut other = open(&url).await;
        c.execute("CREATE TABLE t (id INTEGER, v INTEGER)", &[]).await.expect("creates");
        c.execute("INSERT INTO t VALUES (1, 7)", &[]).await.expect("writes");
        let (select, also) = ("SELECT id, v FROM t", "SELECT v FROM t");
        let statements: [(&str, &[Value]); 2] = [(select, &[]), (also, &[])];
        let mut is_wide = false;
        for way in 0..5 {
            for sql in [select, also] {
                c.query(sql, &[]).await.expect("reads");
            }
            is_wide = !is_wide;
            let ty = if is_wide { "BIGINT" } else { "INTEGER" };
            match url.dialect() {
                Dialect::Sqlite => {}
                Dialect::Postgres | Dialect::Cockroachdb => {
                    other.run_script(&format!("ALTER TABLE t ALTER COLUMN v TYPE {ty}")).await.expect("changes");
                }
                Dialect::Mysql | Dialect::Mariadb => {
                    other.run_script(&format!("ALTER TABLE t MODIFY v {ty}")).await.expect("changes");
                }
            }
            let number = |rows: &nicol_db::Rows| rows.first().expect("a row").get::<i64>(0).expect("a number");
            let commit = way == 0;
            match way {
                0 | 1 => {
                    let around = Around { begin: true, commit, ..Around::default() };
                    let rows = c.query_in(around, &statements).await.expect("runs again");
                    assert_eq!(rows.iter().map(number).collect::<Vec<_>>(), [1, 7]);
                }
                2 => {
                    c.begin_with_next(None).await.expect("begins");
                    assert_eq!(number(&c.query(also, &[]).await.expect("runs again")), 7);
                }
                // What the caller has begun is the caller's to begin anew; then it works.
                3 => {
                    c.begin(None).await.expect("begins");
                    if let Err(error) = c.query_all(&statements).await {
                        assert_eq!(error.native_code(), Some("0A000"));
                        c.rollback().await.expect("rolls back");
                        c.begin(None).await.expect("begins");
                        c.query_all(&statements).await.expect("is prepared anew");
                    }
                }
                _ => {
                    let steps = statements.map(|(sql, params)| Step::Statement(sql, params));
                    if let Err((_, error)) = c.run_steps(true, &steps).await {
                        assert_eq!(error.native_code(), Some("0A000"));
                        c.rollback().await.expect("rolls back");
                        c.run_steps(true, &steps).await.expect("is prepared anew");
                    }
                }
            }
            if !commit {
                c.commit().await.expect("commits");
            }
            assert!(c.is_at_rest(), "{way}");
        }
        c.close().await.expect("closes");
        other.close().await.expect("closes");
    });
}

/// A server that was started again, or that ends idle sessions: whoever comes next does not get to see it.
#[test]
fn sessions_that_the_server_ended_are_not_given_out() {
    for (_, server) in servers() {
        on(&server, |url| async move {
            let pool = Pool::connect(&url, PoolOptions { max_connections: 2, ..PoolOptions::from_url(&url) });
            let pool = pool.await.expect("connects");
            let mut other = open(&url).await;
            let (me, kill) = match pool.dialect().is_postgres_family() {
                true => ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend(?)"),
                false => ("SELECT CONNECTION_ID()", "KILL ?"),
            };
            let mut sessions = Vec::new();
            for _ in 0..2 {
                let mut c = pool.acquire().await.expect("a session");
                let rows = c.query(me, &[]).await.expect("asks");
                sessions.push((c, rows.first().expect("a row").get::<i64>(0).expect("a number")));
            }
            for (c, number) in sessions {
                drop(c);
                other.query(&kill.replace('?', &number.to_string()), &[]).await.expect("ends it");
            }
            tokio::time::sleep(Duration::from_millis(1500)).await;
            for _ in 0..2 {
                let mut c = pool.acquire().await.expect("a session");
                c.execute("CREATE TABLE t (id INTEGER)", &[]).await.expect("writes");
                c.execute("DROP TABLE t", &[]).await.expect("writes");
                // The other one, too, is asked.
                let _other = pool.acquire().await.expect("a session").query("SELECT 1", &[]).await.expect("reads");
            }
            pool.close().await.expect("closes");
            assert_eq!(pool.acquire().await.expect_err("closed").code(), "P1017");
            other.close().await.expect("closes");
        });
    }
}

#[test]
fn rows_are_handed_out_in_parts() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        // The driver of PostgreSQL has all rows before it hands any out.
        let comes_whole = c.dialect().is_postgres_family();
        let all =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25) SELECT i, 'row' FROM n";
        let none = format!("{all} WHERE i < 1");
        for (sql, count) in [(all, 25), (&none, 0)] {
            for most in [1, 10, 25, usize::MAX] {
                let (mut parts, mut seen) = (Vec::new(), Vec::new());
                let mut each = |rows: Rows| {
                    parts.push((rows.len(), rows.columns().len()));
                    seen.extend(rows.iter().map(|row| row.get::<i64>(0).expect("a number")));
                };
                c.query_each(sql, &[], most, &mut each).await.expect("reads");
                assert_eq!(seen, (1..=count).collect::<Vec<i64>>(), "{most} at a time");
                assert!(!parts.is_empty(), "without rows there still are columns");
                assert!(
                    parts.iter().all(|(rows, columns)| *columns == 2 && (comes_whole || *rows <= most)),
                    "{parts:?}"
                );
            }
        }
    });
}
