//! A chain of a hundred related models: the generated client compiles, and requests through several of them run.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]

#[path = "client/database.rs"]
mod database;

mod db {
    include!(concat!(env!("OUT_DIR"), "/chain.rs"));
}

use db::{m0, m1, m2, m3, m99};

const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/chain.prisma"));

#[test]
fn requests_through_a_chain() {
    let database = database::Database::make("sqlite", SCHEMA).expect("SQLite is part of the program");
    database.run(|runtime, url| {
        let through = async {
            let db = db::Db::connect(url).await?;
            let third =
                m2::In { name: "2".into() }.children([m3::In { name: "3".into() }, m3::In { name: "4".into() }]);
            let first = m0::New { name: "0".into() }.children(m1::In { name: "1".into() }.children(third));
            db.m0().create(first).await?;
            let (deep, above) =
                db.m3().get(m3::by_name("4")).with(m3::parent.with(m2::parent.with(m1::parent))).await?;
            let (second, (first, (zero, ..))) = (above.0, (above.1.0, (above.1.1, ())));
            assert_eq!([deep.name, second.name, first.name, zero.name], ["4", "2", "1", "0"]);
            db.m99().count().filter(m99::parent.is(db::m98::parent.is(db::m97::name.eq("x")))).await
        };
        let none = runtime.block_on(through).map_err(|error: nicol::Error| error.to_string())?;
        assert_eq!(none, 0);
        Ok(())
    });
}
