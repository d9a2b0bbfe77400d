//! What databases say when something is wrong becomes the same codes everywhere, and never shows a password.
#![allow(clippy::expect_used, clippy::panic, reason = "a helper that fails fails its test")]
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

mod support;

use nicol_db::{Connection, ConnectionUrl, Constraint, Dialect, Error, Isolation, Value, admin};
use support::{everywhere, on, open, placed, servers, unique_name};

fn no_secret(error: &Error) {
    for text in [error.to_string(), format!("{error:?}"), error.message().to_string()] {
        assert!(!text.contains("sekret"), "{text}");
    }
}

#[test]
fn connecting() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        for (_, url) in servers() {
            let scheme = if url.dialect().is_postgres_family() { "postgresql" } else { "mysql" };
            let place = url.host_port().expect("a server");

            let missing = url.with_database(&unique_name());
            let error = Connection::open(&missing).await.expect_err("no such database");
            assert_eq!(error.code(), "P1003", "{error}");

            let nobody =
                ConnectionUrl::parse(&format!("{scheme}://nobody_{}:sekret@{place}/x", unique_name())).expect("a URL");
            let error = Connection::open(&nobody).await.expect_err("no such user");
            assert!(matches!(error.code(), "P1000" | "P1010"), "{error}");
            no_secret(&error);

            let closed = ConnectionUrl::parse(&format!("{scheme}://u:sekret@127.0.0.1:1/x")).expect("a URL");
            let error = Connection::open(&closed).await.expect_err("nobody listens");
            assert_eq!(error.code(), "P1001", "{error}");
            assert!(error.message().contains("127.0.0.1:1"), "{error}");
            no_secret(&error);

            let no_host =
                ConnectionUrl::parse(&format!("{scheme}://u:sekret@no-such-host.invalid:1/x?sslmode=disable"));
            let error = Connection::open(&no_host.expect("a URL")).await.expect_err("no such host");
            assert_eq!(error.code(), "P1001", "{error}");
            no_secret(&error);
        }
        let file = ConnectionUrl::parse("file:/no/such/folder/x.db").expect("a URL");
        assert_eq!(Connection::open(&file).await.expect_err("no file").code(), "P1003");
    });
}

/// A server that accepts and never answers.
#[test]
fn a_silent_server_runs_into_the_time_limit() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let port = listener.local_addr().expect("an address").port();
        for scheme in ["postgresql", "mysql"] {
            let url = format!("{scheme}://u:sekret@127.0.0.1:{port}/x?connect_timeout=1");
            let error = Connection::open(&ConnectionUrl::parse(&url).expect("a URL")).await.expect_err("silence");
            assert_eq!(error.code(), "P1001", "{error}");
            no_secret(&error);
        }
    });
}

/// A user whose password is wrong: made for the test where the server asks for passwords.
#[test]
fn a_wrong_password() {
    for (_, server) in servers() {
        on(&server, |url| async move {
            if url.dialect().is_postgres_family() {
                // The test servers trust everybody, so there is no password to get wrong.
                return;
            }
            let user = format!("u{}", std::process::id());
            let mut c = open(&url).await;
            for host in ["%", "localhost"] {
                c.execute(&format!("CREATE USER '{user}'@'{host}' IDENTIFIED BY 'right'"), &[]).await.expect("a user");
            }
            let place = url.host_port().expect("a server");
            let name = url.database();
            let wrong = ConnectionUrl::parse(&format!("mysql://{user}:sekret@{place}/{name}")).expect("a URL");
            let error = Connection::open(&wrong).await.expect_err("a wrong password");
            assert_eq!((error.code(), error.native_code()), ("P1000", Some("1045")), "{error}");
            no_secret(&error);
            let right = ConnectionUrl::parse(&format!("mysql://{user}:right@{place}/{name}")).expect("a URL");
            let error = Connection::open(&right).await.expect_err("no rights on that database");
            assert_eq!(error.code(), "P1010", "{error}");
            for host in ["%", "localhost"] {
                c.execute(&format!("DROP USER '{user}'@'{host}'"), &[]).await.expect("drops");
            }
            c.close().await.expect("closes");
        });
    }
}

/// A user who may have no connection (PostgreSQL), or one an hour (MySQL, MariaDB).
#[test]
fn no_connection_is_left() {
    for (_, server) in servers() {
        on(&server, |url| async move {
            let mut c = open(&url).await;
            let (place, name) = (url.host_port().expect("a server"), url.database());
            let user = format!("n{}", std::process::id());
            let is_postgres = url.dialect().is_postgres_family();
            let (make, drop, scheme) = if is_postgres {
                let make = format!("CREATE ROLE {user} LOGIN CONNECTION LIMIT 0");
                (vec![make], format!("DROP ROLE {user}"), "postgresql")
            } else {
                let limit = format!("ALTER USER '{user}'@'%' WITH MAX_CONNECTIONS_PER_HOUR 1");
                let make = format!("CREATE USER '{user}'@'%' IDENTIFIED BY 'sekret'");
                let right = format!("GRANT ALL ON `{name}`.* TO '{user}'@'%'");
                (vec![make, right, limit], format!("DROP USER '{user}'@'%'"), "mysql")
            };
            for statement in make {
                c.execute(&statement, &[]).await.expect(&statement);
            }
            let limited = ConnectionUrl::parse(&format!("{scheme}://{user}:sekret@{place}/{name}")).expect("a URL");
            let mut error = None;
            for _ in 0..3 {
                match Connection::open(&limited).await {
                    Ok(open) => open.close().await.expect("closes"),
                    Err(refused) => error = Some(refused),
                }
            }
            let error = error.expect("refused");
            assert_eq!(error.code(), "P2037", "{error}");
            no_secret(&error);
            c.execute(&drop, &[]).await.expect("drops");
            c.close().await.expect("closes");
        });
    }
}

/// PostgreSQL's answer to a wrong password, from a server that knows nothing else (the test servers ask for none).
#[test]
fn a_wrong_password_on_postgres() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let port = listener.local_addr().expect("an address").port();
        let server = async {
            let (mut socket, _) = listener.accept().await.expect("a client");
            let mut buffer = [0; 1024];
            assert!(socket.read(&mut buffer).await.expect("the start") > 0);
            socket.write_all(b"R\0\0\0\x08\0\0\0\x03").await.expect("asks for the password");
            let length = socket.read(&mut buffer).await.expect("the password");
            assert!(buffer[..length].windows(6).any(|window| window == b"sekret"));
            let fields = b"SFATAL\0C28P01\0Mpassword authentication failed for user \"u\"\0\0";
            let length = u32::try_from(fields.len() + 4).expect("short").to_be_bytes();
            socket.write_all(&[b"E", length.as_slice(), fields].concat()).await.expect("refuses");
        };
        let url =
            ConnectionUrl::parse(&format!("postgresql://u:sekret@127.0.0.1:{port}/x?sslmode=disable")).expect("a URL");
        let (error, ()) = tokio::join!(Connection::open(&url), server);
        let error = error.expect_err("refused");
        assert_eq!((error.code(), error.native_code()), ("P1000", Some("28P01")), "{error}");
        no_secret(&error);
    });
}

async fn fails(c: &mut Connection, sql: &str, params: &[Value]) -> Error {
    let sql = placed(c.dialect(), sql);
    c.execute(&sql, params).await.expect_err(&sql)
}

#[test]
fn constraints_and_names() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        let dialect = c.dialect();
        c.run_script(
            "CREATE TABLE p (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(10) NOT NULL, small SMALLINT);
             CREATE UNIQUE INDEX p_email_key ON p (email);
             CREATE TABLE k (id INTEGER NOT NULL PRIMARY KEY, p_id INTEGER NOT NULL, CONSTRAINT k_p_id_fkey FOREIGN KEY (p_id) REFERENCES p (id));
             INSERT INTO p (id, email) VALUES (1, 'a'); INSERT INTO k (id, p_id) VALUES (1, 1);",
        )
        .await
        .expect("tables");
        let insert = "INSERT INTO p (id, email) VALUES (?, ?)";
        let is_sqlite = dialect == Dialect::Sqlite;

        let error = fails(&mut c, insert, &[Value::Int(2), Value::Text("a".into())]).await;
        assert_eq!(error.code(), "P2002", "{error}");
        let wanted =
            if is_sqlite { Constraint::Fields(vec!["email".into()]) } else { Constraint::Index("p_email_key".into()) };
        assert_eq!(error.constraint(), Some(&wanted));

        let error = fails(&mut c, insert, &[Value::Int(1), Value::Text("b".into())]).await;
        assert_eq!(error.code(), "P2002", "{error}");

        let wanted = Constraint::ForeignKey((!is_sqlite).then(|| "k_p_id_fkey".to_string()));
        let error = fails(&mut c, "INSERT INTO k (id, p_id) VALUES (2, 99)", &[]).await;
        assert_eq!((error.code(), error.constraint()), ("P2003", Some(&wanted)), "{error}");
        let error = fails(&mut c, "DELETE FROM p", &[]).await;
        assert_eq!((error.code(), error.constraint()), ("P2003", Some(&wanted)), "{error}");

        let error = fails(&mut c, insert, &[Value::Int(3), Value::Null]).await;
        assert_eq!(error.code(), "P2011", "{error}");
        assert_eq!(error.constraint(), Some(&Constraint::Fields(vec!["email".into()])));

        let error = fails(&mut c, "SELECT * FROM nowhere", &[]).await;
        assert_eq!(error.code(), "P2021", "{error}");
        assert!(error.table().is_some_and(|table| table.contains("nowhere")), "{error:?}");
        let error = fails(&mut c, "SELECT absent FROM p", &[]).await;
        assert_eq!(error.code(), "P2022", "{error}");
        assert!(error.column().is_some_and(|column| column.contains("absent")), "{error:?}");

        if !is_sqlite {
            let error = fails(&mut c, insert, &[Value::Int(4), Value::Text("12345678901".into())]).await;
            assert_eq!(error.code(), "P2000", "{error}");
            let error =
                fails(&mut c, "INSERT INTO p (id, email, small) VALUES (5, 'e', ?)", &[Value::Int(40_000)]).await;
            assert_eq!(error.code(), "P2020", "{error}");
        }
        let error = fails(&mut c, insert, &[Value::Int(4)]).await;
        assert_eq!(error.code(), "P1016", "{error}");
        let many = vec![Value::Int(1); 70_000];
        assert_eq!(fails(&mut c, insert, &many).await.code(), "P2029");
        let error = c.query("SELECT 1; SELECT 2", &[]).await.expect_err("one statement at a time");
        assert!(error.native_code().is_some() || is_sqlite, "{error}");
        // All that leaves the session as it was.
        let rows = c.query("SELECT count(*) FROM p", &[]).await.expect("counts");
        assert_eq!(rows.first().expect("a row").get::<i64>(0).expect("a count"), 1);
        c.close().await.expect("closes");
    });
}

/// What is taken, or of the wrong form, is data of the users; it is not for messages, which end in logs.
#[test]
fn values_of_the_wrong_form() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        let dialect = c.dialect();
        let moment = if dialect.is_mysql_family() { "DATETIME(3)" } else { "TIMESTAMP(3)" };
        let choice = if dialect.is_mysql_family() { "ENUM('a', 'b')" } else { "VARCHAR(20)" };
        let table = format!("CREATE TABLE p (email VARCHAR(90), at {moment}, c {choice}, PRIMARY KEY (email))");
        c.run_script(&table).await.expect("creates");
        let hush = || Value::Text("hush' for key 'x".into());
        c.execute(&placed(dialect, "INSERT INTO p (email) VALUES (?)"), &[hush()]).await.expect("writes");
        let error = fails(&mut c, "INSERT INTO p (email) VALUES (?)", &[hush()]).await;
        assert_eq!(error.code(), "P2002", "{error}");
        assert!(!error.to_string().contains("hush"), "{error}");
        if dialect != Dialect::Sqlite {
            let error = fails(&mut c, "INSERT INTO p (email, at) VALUES ('1', ?)", &[hush()]).await;
            assert_eq!(error.code(), "P2007", "{error}");
        }
        if dialect.is_mysql_family() {
            let error = fails(&mut c, "INSERT INTO p (email, c) VALUES ('2', ?)", &[hush()]).await;
            assert_eq!(error.code(), "P2007", "{error}");
        }
        c.close().await.expect("closes");
    });
}

/// What a server tells of a row that breaks a check is the row; it does not get into the error.
#[test]
fn rows_are_not_told() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        let table = "CREATE TABLE t (a VARCHAR(20) UNIQUE, n INTEGER NOT NULL, CONSTRAINT positive CHECK (n > 0))";
        c.execute(table, &[]).await.expect("creates");
        let secret = Value::Text("geheim".into());
        let insert = "INSERT INTO t VALUES (?, ?)";
        for value in [Value::Int(0), Value::Null, Value::Int(1), Value::Int(1)] {
            let sql = placed(c.dialect(), insert);
            if let Err(error) = c.execute(&sql, &[secret.clone(), value]).await {
                assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
            }
        }
        c.close().await.expect("closes");
    });
}

#[test]
fn positions_in_statements_and_scripts() {
    everywhere(|url| async move {
        let mut c = open(&url).await;
        let script = "-- Größe\nCREATE TABLE a (id INTEGER);\n\nINSERT INTO a VALUES (1);\nSELEKT 2;\nCREATE TABLE b (id INTEGER);";
        let error = c.run_script(script).await.expect_err("a wrong word");
        assert_eq!(error.position(), script.find("SELEKT"), "{error:?}");
        let script = "CREATE TABLE c (id INTEGER); INSERT INTO c VALUES (1); CREATE TABLE c (id INTEGER); SELECT 1;";
        let error = c.run_script(script).await.expect_err("there already");
        // PostgreSQL tells a position only where it cannot read the statement.
        if !c.dialect().is_postgres_family() {
            let start = script.rfind("CREATE TABLE c").expect("there");
            assert!(error.position().is_some_and(|at| (start..start + 14).contains(&at)), "{error:?}");
        }
        // Every result set is read: the session can go on.
        c.run_script("SELECT 1; SELECT 2; SELECT 3").await.expect("three results");
        let rows = c.query("SELECT 4", &[]).await.expect("goes on");
        assert_eq!(rows.first().expect("a row").get::<i64>(0).expect("four"), 4);
        c.close().await.expect("closes");
    });
}

#[test]
fn deadlocks_can_be_retried() {
    for (_, server) in servers() {
        on(&server, |url| async move {
            let mut a = open(&url).await;
            let mut b = open(&url).await;
            a.run_script("CREATE TABLE d (id INTEGER PRIMARY KEY, v INTEGER); INSERT INTO d VALUES (1, 0), (2, 0)")
                .await
                .expect("a table");
            a.begin(None).await.expect("begins");
            b.begin(None).await.expect("begins");
            a.execute("UPDATE d SET v = 1 WHERE id = 1", &[]).await.expect("locks 1");
            b.execute("UPDATE d SET v = 2 WHERE id = 2", &[]).await.expect("locks 2");
            let (left, right) = tokio::join!(
                a.execute("UPDATE d SET v = 1 WHERE id = 2", &[]),
                b.execute("UPDATE d SET v = 2 WHERE id = 1", &[]),
            );
            let (error, loser, winner) = match (left, right) {
                (Err(error), Ok(_)) => (error, &mut a, &mut b),
                (Ok(_), Err(error)) => (error, &mut b, &mut a),
                other => panic!("{other:?}"),
            };
            assert_eq!(error.code(), "P2034", "{error}");
            assert!(error.is_retryable());
            // Nothing of the loser's transaction is left, so nothing may run or be committed in its name.
            let refused = loser.execute("UPDATE d SET v = 9 WHERE id = 1", &[]).await.expect_err("doomed");
            assert!(matches!(refused.native_code(), None | Some("25P02")), "{refused}");
            assert_eq!(loser.commit().await.expect_err("nothing to commit").code(), "P2028");
            winner.commit().await.expect("commits");
            loser.begin(None).await.expect("begins again");
            loser.rollback().await.expect("rolls back");
            a.close().await.expect("closes");
            b.close().await.expect("closes");
        });
    }
}

#[test]
fn serialization_failures_can_be_retried() {
    for (_, server) in servers().into_iter().filter(|(_, url)| url.dialect().is_postgres_family()) {
        on(&server, |url| async move {
            let mut a = open(&url).await;
            let mut b = open(&url).await;
            a.run_script("CREATE TABLE s (v INTEGER); INSERT INTO s VALUES (1)").await.expect("a table");
            a.begin(Some(Isolation::Serializable)).await.expect("begins");
            a.query("SELECT v FROM s", &[]).await.expect("reads");
            b.execute("UPDATE s SET v = 2", &[]).await.expect("writes");
            let error = a.execute("UPDATE s SET v = 3", &[]).await.expect_err("too late");
            assert_eq!((error.code(), error.native_code()), ("P2034", Some("40001")));
            a.rollback().await.expect("rolls back");
            a.close().await.expect("closes");
            b.close().await.expect("closes");
        });
    }
}

/// `require` encrypts without asking who it is, `verify-full` asks, and a server without TLS is refused by both.
#[test]
fn tls() {
    for (_, server) in servers() {
        on(&server, |url| async move {
            let mut c = open(&url.with_param("sslmode", "disable")).await;
            let (offers, used) = if c.dialect().is_postgres_family() {
                (
                    "SELECT setting = 'on' FROM pg_settings WHERE name = 'ssl'",
                    "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
                )
            } else if c.dialect() == Dialect::Mysql {
                (
                    "SELECT 1",
                    "SELECT variable_value <> '' FROM performance_schema.session_status WHERE variable_name = 'Ssl_version'",
                )
            } else {
                ("SELECT @@have_ssl = 'YES'", "SELECT 1")
            };
            let rows = c.query(offers, &[]).await.expect("asks");
            let is_offered: bool = rows.first().expect("a row").get(0).expect("yes or no");
            if c.dialect() != Dialect::Mariadb {
                let rows = c.query(used, &[]).await.expect("asks");
                assert!(!rows.first().expect("a row").get::<bool>(0).expect("yes or no"));
            }
            c.close().await.expect("closes");
            let required = Connection::open(&url.with_param("sslmode", "require")).await;
            if is_offered {
                let mut c = required.expect("opens");
                let rows = c.query(used, &[]).await.expect("asks");
                assert!(rows.first().expect("a row").get::<bool>(0).expect("yes or no"));
                c.close().await.expect("closes");
            } else {
                assert_eq!(required.expect_err("not offered").code(), "P1011");
            }
            for mode in ["verify-full", "verify-ca"] {
                let error =
                    Connection::open(&url.with_param("sslmode", mode)).await.expect_err("nobody vouches for it");
                assert_eq!(error.code(), "P1011", "{mode}: {error}");
            }
            open(&url.with_param("sslmode", "prefer")).await.close().await.expect("closes");
            let missing = url.with_param("sslmode", "verify-ca").with_param("sslrootcert", "/no/such/file.pem");
            assert_eq!(Connection::open(&missing).await.expect_err("no such file").code(), "P1011");
        });
    }
}

#[test]
fn databases_are_made_and_dropped() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut urls: Vec<ConnectionUrl> =
        servers().into_iter().map(|(_, url)| url.with_database(&format!("q\"`{}", unique_name()))).collect();
    urls.push(ConnectionUrl::parse("file:deep/er/a.db").expect("a URL").relative_to(folder.path()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        for url in urls {
            assert!(!admin::database_exists(&url).await.expect("asks"));
            assert!(admin::create_database(&url).await.expect("creates"));
            assert!(!admin::create_database(&url).await.expect("is there"));
            assert!(admin::database_exists(&url).await.expect("asks"));
            if url.dialect().is_postgres_family() {
                let with_schema = url.with_param("schema", "My \"schema");
                assert!(!admin::create_database(&with_schema).await.expect("the schema only"));
                let mut c = open(&with_schema).await;
                assert_eq!(c.default_schema(), "My \"schema");
                let rows = c.query("SELECT current_schema()", &[]).await.expect("asks");
                assert_eq!(rows.first().expect("a row").get::<String>(0).expect("a name"), "My \"schema");
                // Somebody who is still connected does not stop the drop.
                admin::drop_database(&url).await.expect("drops");
                let error = c.query("SELECT 1", &[]).await.expect_err("thrown out");
                assert!(error.is_connection_lost(), "{error:?}");
            } else if url.dialect().is_mysql_family() {
                let mut c = open(&url).await;
                let rows = c.query("SELECT @@character_set_database, @@collation_database", &[]).await.expect("asks");
                let row = rows.first().expect("a row");
                assert_eq!(row.get::<String>(0).expect("a name"), "utf8mb4");
                assert_eq!(row.get::<String>(1).expect("a name"), "utf8mb4_unicode_ci");
                c.close().await.expect("closes");
            }
            admin::drop_database(&url).await.expect("drops");
            admin::drop_database(&url).await.expect("is gone already");
            assert!(!admin::database_exists(&url).await.expect("asks"));
        }
        for (_, url) in servers() {
            let system = if url.dialect().is_postgres_family() { "template1" } else { "mysql" };
            assert_eq!(admin::drop_database(&url.with_database(system)).await.expect_err("refused").code(), "P3004");
        }
    });
}
