//! Servers set so that a wait for a lock takes more with it than a statement.

use nicol_db::{Connection, ConnectionUrl, Value};

use crate::server::{Product, Server};
use crate::world::runtime;

/// With `innodb_rollback_on_timeout` a wait that was too long ends the whole transaction: what follows must not run, as it would be
/// committed by itself. Without, only the statement is undone, and the transaction goes on.
#[test]
fn a_wait_for_a_lock_that_ends_the_transaction() {
    for (setting, ends) in [("--innodb-rollback-on-timeout=ON", true), ("--innodb-rollback-on-timeout=OFF", false)] {
        let Some(server) = Server::start(Product::Mariadb, &[setting, "--innodb-lock-wait-timeout=1"]) else { return };
        let url = ConnectionUrl::parse(&server.url()).unwrap().with_database("locks");
        runtime().block_on(async {
            assert!(nicol_db::admin::create_database(&url).await.unwrap());
            let mut one = Connection::open(&url).await.unwrap();
            let mut other = Connection::open(&url).await.unwrap();
            one.run_script("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 0)")
                .await
                .unwrap();
            let (insert, update) = ("INSERT INTO t VALUES (?, 0)", "UPDATE t SET n = n + 1 WHERE id = ?");
            one.begin(None).await.unwrap();
            one.execute(update, &[Value::Int(1)]).await.unwrap();
            for id in [2, 4] {
                other.begin(None).await.unwrap();
                other.execute(insert, &[Value::Int(id)]).await.unwrap();
                let error = other.execute(update, &[Value::Int(1)]).await.unwrap_err();
                assert_eq!((error.code(), error.native_code()), ("P1008", Some("1205")), "{error}");
                let after = other.execute(insert, &[Value::Int(id + 1)]).await;
                assert_eq!(after.err().map(|error| error.code()), ends.then_some("P2028"), "{setting}");
                let committed = other.commit().await;
                assert_eq!(committed.err().map(|error| error.code()), ends.then_some("P2028"), "{setting}");
            }
            one.rollback().await.unwrap();
            let rows = one.query("SELECT count(*) FROM t", &[]).await.unwrap();
            assert_eq!(rows.first().unwrap().get::<i64>(0).unwrap(), if ends { 1 } else { 5 }, "{setting}");
            one.close().await.unwrap();
            other.close().await.unwrap();
        });
    }
}
