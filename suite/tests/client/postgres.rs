//! What only PostgreSQL has: list columns and its native types.

use nicol::types::{DateTime, Decimal};

use super::db::{Db, Lists, Native, Role, lists, native};

use super::cases::{Case, Result, cases};

cases! {
    async fn list_columns(db) {
    db.lists().delete_all().await?;
    let given = lists::New {}.numbers([1, 2]).words(["x", "y,\"z"]).roles([Role::Admin, Role::User]);
    let made: Lists = db.lists().create(given).await?;
    assert_eq!(made.numbers, [1, 2]);
    assert_eq!(made.words, ["x", "y,\"z"]);
    assert_eq!(made.roles, [Role::Admin, Role::User]);
    let empty = db.lists().create(lists::New {}).await?;
    assert_eq!((empty.numbers.len(), empty.words, empty.roles.len()), (0, vec!["a".to_owned(), "b".to_owned()], 0));
    let changed = db.lists().update(lists::by_id(made.id)).set(|s| s.numbers([7]).roles(Vec::new())).await?;
    assert_eq!((changed.numbers, changed.roles.len()), (vec![7], 0));
    assert_eq!(db.lists().count().filter(lists::numbers.eq([7])).await?, 1);
    Ok(())
}

async fn native_types(db) {
    db.native().delete_all().await?;
    let moment = |text: &str| text.parse::<DateTime>().expect("a moment");
    let fixed: Decimal = "12345678901234567.125".parse().expect("a decimal");
    let cash: Decimal = "12.5".parse().expect("a decimal");
    let given = native::New {}
        .small(-7)
        .oid(4_000)
        .real(0.1)
        .fixed(fixed.clone())
        .money(cash.clone())
        .short("ten")
        .fixed_len("abc")
        .inet("10.0.0.1")
        .bits("0101")
        .xml("<a/>")
        .day(moment("2026-11-21T00:00:00Z"))
        .time(moment("1970-01-01T12:34:56.789Z"))
        .zoned(moment("2026-11-21T02:21:46.075Z"))
        .json(serde_json::json!({"a": [1]}))
        .children([native::New {}, native::New {}]);
    let (made, children) = db.native().create(given).with(native::children.with(native::parent)).await?;
    assert!(children.len() == 2 && children.iter().all(|(_, parent)| parent.as_ref() == Some(&made)));
    let read: Vec<(Native, Vec<Native>)> =
        db.native().find_many().filter(native::parent.is_null()).with(native::children).await?;
    assert_eq!(read.len(), 1);
    assert_eq!((read[0].0.small, read[0].0.oid, read[0].0.real), (Some(-7), Some(4_000), Some(0.1)));
    assert_eq!((&read[0].0.fixed, &read[0].0.bits), (&Some(fixed.clone()), &Some("0101".to_owned())));
    assert_eq!(read[0].0.money.as_ref().map(Decimal::normalized), Some(cash));
    assert_eq!(read[0].0.time, Some(moment("1970-01-01T12:34:56.789Z")));
    let filters = [
        native::id.eq(made.id.as_str()),
        native::id.in_([made.id.as_str()]),
        native::id.starts_with(&made.id[..8]),
        native::small.in_([-7, 1]),
        native::oid.eq(4_000),
        native::real.gt(0.09),
        native::fixed.in_([fixed]),
        native::short.in_(["ten"]),
        native::inet.eq("10.0.0.1"),
        native::day.eq(moment("2026-11-21T00:00:00Z")),
        native::zoned.in_([moment("2026-11-21T02:21:46.075Z")]),
        native::children.exists(),
    ];
    for (index, filter) in filters.into_iter().enumerate() {
        assert_eq!(db.native().count().filter(filter).await?, 1, "filter {index}");
    }
    Ok(())
}
}
