//! The examples of the documentation, compiled and run in the order in which they stand there.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]
#![allow(clippy::type_complexity, unused, reason = "examples show types, and values that nobody uses")]

#[path = "client/database.rs"]
mod database;

mod db {
    include!(concat!(env!("OUT_DIR"), "/client-schema.rs"));
}

mod client {
    include!(concat!(env!("OUT_DIR"), "/client-examples.rs"));
}

mod from_prisma_client {
    include!(concat!(env!("OUT_DIR"), "/from-prisma-client-examples.rs"));
}

const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/client-schema.prisma"));

fn run(examples: impl AsyncFnOnce(&db::Db) -> nicol::Result<()>) {
    let database = database::Database::make("sqlite", SCHEMA).expect("SQLite is part of the program");
    database.run(|runtime, url| {
        let db = runtime.block_on(db::Db::connect(url)).expect("connect");
        runtime.block_on(examples(&db)).map_err(|error| error.to_string())
    });
}

#[test]
fn client_guide() {
    run(async |db| client::run(db, usize::MAX).await);
}

#[test]
fn from_prisma() {
    run(async |db| {
        // The rows that the guide creates.
        client::run(db, 2).await?;
        from_prisma_client::run(db, usize::MAX).await
    });
}
