//! What is told to `tracing`. A process of its own: a subscriber of one thread may miss what another thread was the first to tell.
#![allow(clippy::expect_used, reason = "a helper that fails fails its test")]
#![cfg(feature = "sqlite")]

use nicol_db::{Connection, Value};

/// Collects what is told to `tracing`: each event as its fields, in order.
#[derive(Clone, Default)]
struct Listener(std::sync::Arc<std::sync::Mutex<Vec<String>>>);

impl tracing::field::Visit for Listener {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        let mut told = self.0.lock().expect("a lock");
        let text = if field.name() == "micros" { "micros".to_string() } else { format!("{}={value:?}", field.name()) };
        let last = told.last_mut().expect("an event");
        last.push_str(&format!("{text};"));
    }
}

impl tracing::Subscriber for Listener {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "nicol::sql"
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        self.0.lock().expect("a lock").push(String::new());
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn statements_are_told_without_their_values() {
    let listener = Listener::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    tracing::subscriber::with_default(listener.clone(), || {
        runtime.block_on(async {
            let mut c = Connection::open_in_memory().await.expect("opens");
            c.run_script("CREATE TABLE t (v TEXT UNIQUE)").await.expect("creates");
            let secret = [Value::Text("secret".into())];
            c.begin(None).await.expect("begins");
            c.execute("INSERT INTO t VALUES (?)", &secret).await.expect("writes");
            c.execute("INSERT INTO t VALUES (?)", &secret).await.expect_err("a double");
            c.commit().await.expect("commits");
            c.show_values(true);
            c.query("SELECT v FROM t WHERE v = ?", &secret).await.expect("reads");
        });
    });
    let told = listener.0.lock().expect("a lock").clone();
    assert_eq!(
        told,
        [
            "message=statement;sql=\"CREATE TABLE t (v TEXT UNIQUE)\";rows=0;micros;",
            "message=statement;sql=\"BEGIN IMMEDIATE\";rows=0;micros;",
            "message=statement;sql=\"INSERT INTO t VALUES (?)\";rows=1;micros;",
            "message=statement failed;sql=\"INSERT INTO t VALUES (?)\";error=\"P2002\";native=\"2067\";micros;",
            "message=statement;sql=\"COMMIT\";rows=0;micros;",
            "message=statement;sql=\"SELECT v FROM t WHERE v = ?\";rows=1;micros;values=\"[Text(\\\"secret\\\")]\";",
        ]
    );
}
