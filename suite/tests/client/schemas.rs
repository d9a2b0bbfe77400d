//! Tables in several schemas of one database.

mod db {
    include!(concat!(env!("OUT_DIR"), "/schemas.rs"));
}

use db::{Db, State, base_item, item, order, person};

async fn several_schemas(db: &Db) -> nicol::Result<()> {
    let new = person::New { name: "Ann".into() }.orders((order::In {}, order::In {}.state(State::Done)));
    let (ann, orders) = db.person().create(new.likes([item::New { name: "x".into() }])).with(person::orders).await?;
    assert_eq!(orders.len(), 2);
    db.base_item().create(base_item::New { name: "y".into() }).await?;
    assert_eq!((db.item().count().await?, db.base_item().count().filter(base_item::name.eq("y")).await?), (1, 1));
    let liked = db.person().find_many().filter(person::likes.some(item::name.eq("x"))).with(person::likes).await?;
    assert_eq!(liked[0].1[0].name, "x");
    assert_eq!(
        db.order().update_many(order::person.is(person::name.eq("Ann"))).set(|s| s.state(State::Done)).await?,
        2
    );
    let states = db.order().group_by(order::state).select((order::state, nicol::count())).await?;
    assert_eq!(states, [(State::Done, 2)]);
    let error = db.person().delete(person::by_id(ann.id)).await.unwrap_err();
    assert_eq!(error.code(), "P2003");
    assert_eq!(db.order().delete_many(order::state.eq(State::Done)).await?, 2);
    Ok(())
}

fn run(server: &'static str) {
    const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/schemas.prisma"));
    let Some(database) = crate::database::Database::make(server, SCHEMA) else { return };
    database.run(|runtime, url| {
        let db = runtime.block_on(Db::connect(url)).expect("connect");
        runtime.block_on(several_schemas(&db)).map_err(|error| error.to_string())
    });
}

#[test]
fn postgres() {
    run("postgres");
}

#[test]
fn postgres18() {
    run("postgres18");
}
