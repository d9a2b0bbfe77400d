//! PostgreSQL's protocol: what a server may say, what it must not, and much of it at once.
#![allow(clippy::expect_used, clippy::panic, reason = "a helper that fails fails its test")]
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

mod support;

use std::time::Duration;

use nicol_db::{Connection, ConnectionUrl, Pool, PoolOptions, Value};
use support::{on, open, servers};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn on_postgres<F: Future<Output = ()>>(body: impl Fn(ConnectionUrl) -> F) {
    for (_, server) in servers().into_iter().filter(|(_, url)| url.dialect().is_postgres_family()) {
        on(&server, &body);
    }
}

/// A message of the server: its tag, its length, its body.
fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("short").to_be_bytes();
    [&[tag], length.as_slice(), body].concat()
}

fn ready() -> Vec<u8> {
    message(b'Z', b"I")
}

fn let_in() -> Vec<u8> {
    [message(b'R', &[0; 4]), message(b'K', &[0, 0, 0, 7, 1, 2, 3, 4]), ready()].concat()
}

/// A description of text columns.
fn columns(names: &[&str]) -> Vec<u8> {
    let mut body = u16::try_from(names.len()).expect("few").to_be_bytes().to_vec();
    for name in names {
        body.extend_from_slice(name.as_bytes());
        body.push(0);
        body.extend_from_slice(&[0; 6]);
        body.extend_from_slice(&25u32.to_be_bytes());
        body.extend_from_slice(&[0; 8]);
    }
    message(b'T', &body)
}

fn row(values: &[&str]) -> Vec<u8> {
    let mut body = u16::try_from(values.len()).expect("few").to_be_bytes().to_vec();
    for value in values {
        body.extend_from_slice(&u32::try_from(value.len()).expect("short").to_be_bytes());
        body.extend_from_slice(value.as_bytes());
    }
    message(b'D', &body)
}

fn done() -> Vec<u8> {
    message(b'C', b"SELECT 1\0")
}

/// What a server says when it is asked who it is.
fn itself() -> Vec<u8> {
    [columns(&["version", "process"]), row(&["PostgreSQL of a test", "7"]), done(), ready()].concat()
}

/// A server that says one thing after the other: the first when it is connected to, each other one when it has heard something;
/// then it says nothing any more.
async fn server(says: Vec<Vec<u8>>) -> (ConnectionUrl, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let port = listener.local_addr().expect("an address").port();
    let task = tokio::spawn(async move {
        let (mut socket, _): (TcpStream, _) = listener.accept().await.expect("a client");
        let mut buffer = [0; 4096];
        for words in says {
            if socket.read(&mut buffer).await.is_ok_and(|length| length > 0) {
                // A client that has heard enough may be gone.
                drop(socket.write_all(&words).await);
            }
        }
        while socket.read(&mut buffer).await.is_ok_and(|length| length > 0) {}
    });
    let url = format!("postgresql://u:sekret@127.0.0.1:{port}/x?sslmode=disable&connect_timeout=5");
    (ConnectionUrl::parse(&url).expect("a URL"), task)
}

fn block_on<F: Future>(body: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(body)
}

/// What is not a server's to say at the begin of a session.
#[test]
fn impostors() {
    let scram = message(b'R', b"\0\0\0\x0aSCRAM-SHA-256\0\0");
    let tls = "sslmode=require";
    let cases: Vec<(&str, &str, &str, Vec<Vec<u8>>)> = vec![
        // Without knowing the password.
        ("let in before the proof", "", "P1000", vec![scram.clone(), message(b'R', &[0; 4])]),
        ("another's nonce", "", "P1000", vec![scram.clone(), message(b'R', b"\0\0\0\x0br=other,s=c2FsdA==,i=4096")]),
        ("hours of hashing", "", "P1000", vec![scram.clone(), message(b'R', b"\0\0\0\x0br=x,s=c2FsdA==,i=4294967295")]),
        (
            "more than numbers hold",
            "",
            "P1000",
            vec![scram, message(b'R', b"\0\0\0\x0br=x,s=c2FsdA==,i=42949672950000")],
        ),
        ("an unknown proof", "", "P1000", vec![message(b'R', &[0, 0, 0, 7])]),
        ("no TLS", tls, "P1011", vec![b"N".to_vec()]),
        // Words in plain behind the answer must not be taken for the server's once TLS has begun.
        ("words behind the answer", tls, "P1011", vec![[b"S".to_vec(), let_in()].concat()]),
        ("neither yes nor no", tls, "P1001", vec![b"E".to_vec()]),
        ("no message", "", "P1001", vec![b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()]),
        ("a length below itself", "", "P1001", vec![vec![b'R', 0, 0, 0, 3, 0, 0, 0, 0]]),
        ("rows for a greeting", "", "P1001", vec![row(&["a"])]),
        ("a process without a number", "", "P1001", vec![[message(b'R', &[0; 4]), message(b'K', &[1])].concat()]),
    ];
    for (case, parameters, code, says) in cases {
        block_on(async {
            let (url, task) = server(says).await;
            let url = match parameters.split_once('=') {
                Some((name, value)) => url.with_param(name, value),
                None => url,
            };
            let error = Connection::open(&url).await.expect_err(case);
            assert_eq!(error.code(), code, "{case}: {error}");
            assert!(!format!("{error} {error:?}").contains("sekret"), "{case}: {error}");
            task.abort();
        });
    }
}

/// Answers that do not fit the question end the session: never a wrong row, never a wait without end.
#[test]
fn answers_that_do_not_fit() {
    let prepared = |names: &[&str]| {
        let parameters = message(b't', &[0, 0]);
        [message(b'1', b""), parameters, columns(names), ready()].concat()
    };
    let bound = message(b'2', b"");
    let cases: Vec<(&str, Vec<Vec<u8>>)> = vec![
        ("a row too short", vec![prepared(&["a", "b"]), [bound.clone(), row(&["1"]), done(), ready()].concat()]),
        ("rows of two lengths", vec![prepared(&["a"]), [bound.clone(), row(&["1"]), row(&["1", "2"])].concat()]),
        ("no end", vec![prepared(&["a"]), [bound.clone(), row(&["1"]), ready()].concat()]),
        ("a value longer than its row", vec![prepared(&["a"]), message(b'D', b"\0\x01\0\0\0\x09abc")]),
        ("a value of a negative length", vec![prepared(&["a"]), message(b'D', b"\0\x01\xff\xff\xff\xfe")]),
        ("no parameters", vec![[message(b'1', b""), columns(&["a"]), ready()].concat()]),
        ("an unknown message", vec![message(b'?', b"")]),
        ("a message of 4 GiB", vec![vec![b'D', 255, 255, 255, 255]]),
        ("a question for a password", vec![message(b'R', &[0, 0, 0, 3])]),
        ("an error without an end", vec![message(b'E', b"SERROR")]),
    ];
    for (case, mut says) in cases {
        block_on(async {
            says.splice(0..0, [let_in(), itself()]);
            let (url, task) = server(says).await;
            let mut conn = Connection::open(&url).await.expect(case);
            let call = tokio::time::timeout(Duration::from_secs(20), conn.query("SELECT a", &[]));
            let error = call.await.expect("an end").expect_err(case);
            assert_eq!((error.code(), error.is_connection_lost()), ("P1017", true), "{case}: {error}");
            assert!(!conn.is_at_rest(), "{case}");
            assert_eq!(conn.query("SELECT a", &[]).await.expect_err("over").code(), "P1017", "{case}");
            task.abort();
        });
    }
}

/// What a server may say at any time is heard and does no harm; what it says to nobody ends the session.
#[test]
fn words_between() {
    block_on(async {
        let notice =
            [message(b'N', b"SNOTICE\0\0"), message(b'S', b"a\0b\0"), message(b'A', b"\0\0\0\x07a\0b\0")].concat();
        let answer = [message(b'1', b""), message(b't', &[0, 0]), notice.clone(), columns(&["a"]), ready()].concat();
        let rows =
            [message(b'2', b""), row(&["1"]), notice.clone(), row(&["2"]), done(), notice.clone(), ready()].concat();
        let greeting = [message(b'R', &[0; 4]), notice.clone(), ready(), notice.clone()].concat();
        let stray = [rows.clone(), ready()].concat();
        let (url, task) = server(vec![greeting, itself(), answer, rows, stray]).await;
        let mut conn = Connection::open(&url).await.expect("opens");
        let rows = conn.query("SELECT a", &[]).await.expect("reads");
        let texts: Vec<String> = rows.iter().map(|row| row.get(0).expect("a text")).collect();
        assert_eq!(texts, ["1", "2"]);
        assert_eq!(conn.query("SELECT a", &[]).await.expect("reads").len(), 2);
        // The server has said once more that it is ready: an answer to a question that was not asked.
        let error = conn.query("SELECT a", &[]).await.expect_err("out of step");
        assert_eq!((error.code(), error.is_connection_lost()), ("P1017", true), "{error}");
        task.abort();
    });
}

/// A session that the server has ended while nobody used it is replaced before somebody meets it.
#[test]
fn sessions_ended_meanwhile() {
    on_postgres(|url| async move {
        let mut other = open(&url).await;
        let pool = Pool::connect(&url, PoolOptions { max_connections: 1, ..PoolOptions::from_url(&url) });
        let pool = pool.await.expect("connects");
        let own = "SELECT pg_backend_pid()";
        let end = "SELECT pg_terminate_backend($1)";
        for _ in 0..3 {
            let mut conn = pool.acquire().await.expect("a session");
            let rows = conn.query(own, &[]).await.expect("answers");
            let process: i32 = rows.first().expect("a row").get(0).expect("a number");
            drop(conn);
            other.query(end, &[Value::Int(process)]).await.expect("ends it");
            let gone = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {process}");
            for _ in 0..100 {
                let rows = other.query(&gone, &[]).await.expect("asks");
                if rows.first().expect("a row").get::<i64>(0).expect("a count") == 0 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        // One in somebody's hands tells why.
        let mut conn = pool.acquire().await.expect("a session");
        let rows = conn.query(own, &[]).await.expect("answers");
        let process: i32 = rows.first().expect("a row").get(0).expect("a number");
        other.query(end, &[Value::Int(process)]).await.expect("ends it");
        let error = conn.query(own, &[]).await.expect_err("ended");
        assert_eq!((error.code(), error.is_connection_lost()), ("P1017", true), "{error}");
        drop(conn);
        pool.close().await.expect("closes");
        other.close().await.expect("closes");
    });
}

/// Both sides have more to say than their buffers hold: neither waits for the other to listen.
#[test]
fn much_at_once_in_both_directions() {
    on_postgres(|url| async move {
        let mut conn = open(&url).await;
        let text = [Value::Text("x".repeat(50_000))];
        let statements: Vec<(&str, &[Value])> = vec![("SELECT $1::text || $1::text", &text); 400];
        let rows = conn.query_all(&statements).await.expect("reads");
        assert_eq!(rows.len(), 400);
        for rows in rows {
            assert_eq!(rows.first().expect("a row").get::<String>(0).expect("a text").len(), 100_000);
        }
        // One row of 64 MiB.
        let rows = conn.query("SELECT repeat('y', 67108864)", &[]).await.expect("reads");
        assert_eq!(rows.first().expect("a row").get::<String>(0).expect("a text").len(), 64 << 20);
        let huge = [Value::Bytes(vec![7; 64 << 20])];
        let rows = conn.query("SELECT length($1::bytea)", &huge).await.expect("reads");
        assert_eq!(rows.first().expect("a row").get::<i32>(0).expect("a length"), 64 << 20);
        conn.close().await.expect("closes");
    });
}

/// A full cache makes room for new statements, never at the cost of those that are sent with them.
#[test]
fn old_and_new_statements_together() {
    on_postgres(|url| async move {
        let mut conn = open(&url).await;
        let texts: Vec<String> = (0..600).map(|number| format!("SELECT {number}")).collect();
        let mut numbers = Vec::new();
        for text in &texts[..256] {
            conn.query(text, &[]).await.expect("reads");
        }
        // The oldest and a new one; more of both than the cache holds; all of it once more.
        for part in [vec![0, 300], (0..256).chain(256..500).collect(), (0..600).collect()] {
            let statements: Vec<(&str, &[Value])> = part.iter().map(|at| (texts[*at].as_str(), &[][..])).collect();
            let rows = conn.query_all(&statements).await.expect("reads");
            numbers.clear();
            numbers.extend(rows.iter().map(|rows| rows.first().expect("a row").get::<i64>(0).expect("a number")));
            assert!(part.iter().zip(&numbers).all(|(at, number)| usize::try_from(*number) == Ok(*at)));
            assert_eq!(part.len(), numbers.len());
        }
        let kept = conn.query("SELECT count(*) FROM pg_prepared_statements", &[]).await.expect("counts");
        let kept: i64 = kept.first().expect("a row").get(0).expect("a count");
        assert!(kept <= 601, "{kept}");
        conn.query("SELECT -1", &[]).await.expect("reads");
        let kept = conn.query("SELECT count(*) FROM pg_prepared_statements", &[]).await.expect("counts");
        assert!(kept.first().expect("a row").get::<i64>(0).expect("a count") <= 256);
        conn.close().await.expect("closes");
    });
}

/// COPY has no place here: it is refused, and the session goes on.
#[test]
fn copy() {
    on_postgres(|url| async move {
        let mut conn = open(&url).await;
        conn.execute("CREATE TABLE t (a INTEGER)", &[]).await.expect("creates");
        for _ in 0..2 {
            let error = conn.execute("COPY t FROM STDIN", &[]).await.expect_err("no rows");
            assert!(error.message().contains("not sent by nicol"), "{error}");
            let error = conn.query("COPY t FROM STDIN", &[]).await.expect_err("no rows");
            assert!(error.message().contains("not sent by nicol"), "{error}");
            assert!(conn.is_at_rest());
        }
        conn.execute("INSERT INTO t VALUES (1), (2)", &[]).await.expect("writes");
        let error = conn.execute("COPY t TO STDOUT", &[]).await.expect_err("nobody reads them");
        assert_eq!(error.code(), "P2010", "{error}");
        let error = conn.run_script("INSERT INTO t VALUES (3); COPY t FROM STDIN; INSERT INTO t VALUES (4)").await;
        assert!(error.expect_err("no rows").message().contains("not sent by nicol"));
        let rows = conn.query("SELECT count(*) FROM t", &[]).await.expect("counts");
        assert_eq!(rows.first().expect("a row").get::<i64>(0).expect("a count"), 2);
        conn.close().await.expect("closes");
    });
}

/// A statement with a NUL character cannot be said, and nothing is sent of it.
#[test]
fn nul_in_a_statement() {
    on_postgres(|url| async move {
        let mut conn = open(&url).await;
        let sql = "SELECT 'a\0b'";
        assert_eq!(conn.query(sql, &[]).await.expect_err("NUL").code(), "P2010");
        assert_eq!(conn.execute(sql, &[]).await.expect_err("NUL").code(), "P2010");
        assert_eq!(conn.run_script(sql).await.expect_err("NUL").code(), "P2010");
        assert_eq!(conn.query_all(&[("SELECT 1", &[]), (sql, &[])]).await.expect_err("NUL").code(), "P2010");
        let rows = conn.query("SELECT 7", &[]).await.expect("reads");
        assert_eq!(rows.first().expect("a row").get::<i32>(0).expect("a number"), 7);
        conn.close().await.expect("closes");
    });
}

/// Types of users, standing on one another; dropped and made again under the same name.
#[test]
fn types_of_users() {
    on_postgres(|url| async move {
        let mut conn = open(&url).await;
        let mut other = open(&url).await;
        let make = "CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN age AS INTEGER CHECK (VALUE > 0);
                    CREATE DOMAIN ages AS age[]; CREATE TYPE pair AS (a INTEGER, b mood);
                    CREATE TABLE t (m mood, ms mood[], a age, s ages, p pair, pt point)";
        let drop_all = "DROP TABLE t; DROP DOMAIN ages; DROP DOMAIN age; DROP TYPE pair; DROP TYPE mood";
        for _ in 0..2 {
            other.run_script(make).await.expect("creates");
            let list = Value::List(vec![Value::Text("sad".into()), Value::Null]);
            let values = [Value::Text("happy".into()), list, Value::Int(3)];
            conn.query("INSERT INTO t (m, ms, a, s) VALUES ($1, $2, $3, '{1,2}')", &values).await.expect("writes");
            let rows = conn.query("SELECT m, ms, a, s FROM t", &[]).await.expect("reads");
            let row = rows.first().expect("a row");
            assert_eq!(row.get::<String>(0).expect("a mood"), "happy");
            assert_eq!(row.get::<Vec<Option<String>>>(1).expect("moods"), [Some("sad".to_string()), None]);
            assert_eq!(row.get::<i32>(2).expect("an age"), 3);
            assert_eq!(row.get::<Vec<i32>>(3).expect("ages"), [1, 2]);
            let names: Vec<String> = rows.columns().iter().map(nicol_db::Column::type_name).collect();
            // Of a domain the server tells what it stands on.
            assert_eq!(names, ["mood", "_mood", "int4", "_age"]);
            other.run_script(drop_all).await.expect("drops");
        }
        conn.close().await.expect("closes");
        other.close().await.expect("closes");
    });
}
