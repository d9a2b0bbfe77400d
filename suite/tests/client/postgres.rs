//! What only PostgreSQL has: list columns and its native types.

use nicol::push;
use nicol::types::{DateTime, Decimal};

use super::db::{Db, Lists, Native, Role, Spot, area, article, lists, native, spot, user};

use super::cases::{Case, Result, cases};

/// The number of sessions with the database; none where there are no sessions.
pub(crate) const SESSIONS: Option<&str> = Some("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()");

/// What the columns of `Moments` keep of 2026-11-21T02:21:46.987654987Z.
pub(crate) const KEPT: [&str; 6] = [
    "2026-11-21T02:21:46.987Z",
    "2026-11-21T02:21:46.987654Z",
    "2026-11-21T02:21:46Z",
    "2026-11-21T02:21:46.987654Z",
    "2026-11-21T00:00:00Z",
    "1970-01-01T02:21:46.9Z",
];

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
    let pushed = db.lists().update(lists::by_id(made.id));
    let pushed = pushed.set(|s| s.numbers(push([8, 9])).words(push(["z"])).roles(push([Role::SuperAdmin]))).await?;
    assert_eq!((pushed.numbers, pushed.words.len(), pushed.roles), (vec![7, 8, 9], 3, vec![Role::SuperAdmin]));
    // An old row may have NULL: it counts as empty.
    db.sql("UPDATE \"Lists\" SET numbers = NULL WHERE id = $1").bind(made.id).execute().await?;
    db.lists().update_many(lists::id.eq(made.id)).set(|s| s.numbers(push([1])).words(Vec::<String>::new())).await?;
    let row = db.lists().get(lists::by_id(made.id)).await?;
    assert_eq!((row.numbers, row.words.len()), (vec![1], 0));
    let many = (0..3).map(|n| lists::New {}.numbers([n, n]).words(["w"]));
    let many = db.lists().create_many(many).returning().select(lists::numbers).await?;
    assert_eq!(many, [[0, 0], [1, 1], [2, 2]]);
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
    // As arrays of their types.
    let bulk = (0..3).map(|n| native::New {}.small(n).inet("10.0.0.2").bits("01").money(cash.clone()).json(serde_json::json!([n])).fixed_len("de"));
    let bulk = db.native().create_many(bulk).returning().await?;
    assert_eq!(bulk.iter().map(|row| row.small).collect::<Vec<_>>(), [Some(0), Some(1), Some(2)]);
    assert!(bulk.iter().all(|row| row.inet.as_deref() == Some("10.0.0.2") && row.bits.as_deref() == Some("01")));
    assert_eq!(db.native().delete_many(native::inet.eq("10.0.0.2")).await?, 3);
    let long = (0..2).map(|_| native::New {}.short("eleven chars"));
    assert_eq!(db.native().create_many(long).await.unwrap_err().code(), "P2000");
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

    async fn full_text(db) {
        db.article().delete_all().await?;
        for (id, title, body) in [(1, "cat and dog", None), (2, "cat", Some("bird bird bird")), (3, "bird", Some("a cat"))] {
            let body = body.map(str::to_owned);
            db.article().create(article::New { id, title: title.into() }.body(body)).await?;
        }
        let ids = |filter| async move { db.article().find_many().filter(filter).order_by(article::id.asc()).select(article::id).await };
        assert_eq!(ids(article::title.search("cat")).await?, [1, 2]);
        assert_eq!(ids(article::title.search("cat & dog")).await?, [1]);
        assert_eq!(ids(!article::title.search("cat")).await?, [3]);
        assert_eq!(ids(nicol::search((article::title, article::body), "bird")).await?, [2, 3]);
        let best = db.article().find_many().filter(nicol::search((article::title, article::body), "bird"));
        let best = best.order_by(nicol::relevance((article::title, article::body), "bird")).select(article::id).await?;
        assert_eq!(best, [2, 3]);
        Ok(())
    }

    async fn tests_of_lists(db) {
        db.lists().delete_all().await?;
        for (numbers, words) in [(vec![1, 2, 3], vec!["a", "b,\"c"]), (vec![3], vec![]), (vec![], vec!["a"])] {
            let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
            db.lists().create(lists::New {}.numbers(numbers).words(words).roles([Role::Admin])).await?;
        }
        db.sql("INSERT INTO \"Lists\" (words) VALUES (NULL)").execute().await?;
        let found = |filter| async move {
            db.lists().find_many().filter(filter).order_by(lists::id.asc()).select(lists::numbers).await
        };
        let (full, three, empty) = (vec![1, 2, 3], vec![3], Vec::<i32>::new());
        assert_eq!(found(lists::numbers.has(3)).await?, [full.clone(), three.clone()]);
        assert_eq!(found(lists::numbers.has_every([1, 3])).await?, vec![full.clone()]);
        assert_eq!(found(lists::numbers.has_some([2, 9])).await?, vec![full.clone()]);
        assert_eq!(found(lists::numbers.has_some(Vec::<i32>::new())).await?.len(), 0);
        assert_eq!(found(lists::numbers.has_every(Vec::<i32>::new())).await?.len(), 3, "NULL is no list");
        assert_eq!(found(lists::numbers.eq([1, 2, 3])).await?, vec![full.clone()]);
        assert_eq!(found(lists::numbers.is_empty()).await?, vec![empty.clone()], "NULL is no list");
        assert_eq!(found(lists::numbers.is_not_empty()).await?, [full.clone(), three]);
        assert_eq!(found(!lists::numbers.has(3)).await?, [empty]);
        assert_eq!(found(lists::words.has("b,\"c")).await?, [full]);
        assert_eq!(found(lists::roles.has(Role::Admin)).await?.len(), 3);
        assert_eq!(found(lists::roles.has_some([Role::User, Role::Admin])).await?.len(), 3);
        assert_eq!(db.lists().find_many().order_by(lists::id.desc()).take(1).select(lists::words).await?, [Vec::<String>::new()]);
        let partial = db.lists().find_many().order_by(lists::id.asc()).take(1).omit(lists::words).await?;
        assert_eq!((partial[0].get(lists::numbers)?, partial[0].get(lists::roles)?), (vec![1, 2, 3], vec![Role::Admin]));
        Ok(())
    }

    async fn columns_of_unsupported_types_are_left_out(db) {
        db.spot().delete_all().await?;
        let made: Spot = db.spot().create(spot::New { id: 1, name: "here".into() }).await?;
        assert_eq!(made, Spot { id: 1, name: "here".into() });
        db.sql("DELETE FROM \"Area\"").execute().await?;
        db.sql("INSERT INTO \"Area\" VALUES (1, 'a', '((0,0),(1,1))')").execute().await?;
        let changed = db.area().update(area::by_id(1)).set(|s| s.name("b")).await?;
        assert_eq!((changed.name.as_str(), db.area().find_many().await?.len()), ("b", 1));
        Ok(())
    }

    async fn a_lock_that_does_not_become_free(db) {
        let ann = db.user().create(user::New { email: "ann".into() }).await?;
        let waited = db.tx().run(async |holder| {
            holder.user().update(user::by_id(ann.id)).set(|s| s.age(1)).await?;
            let waited = db.tx().run(async |tx| {
                tx.sql("SET LOCAL lock_timeout = '100ms'").execute().await?;
                tx.user().update(user::by_id(ann.id)).set(|s| s.age(2)).await
            });
            Ok(waited.await)
        });
        let error = waited.await?.unwrap_err();
        assert_eq!((error.code(), error.is_retryable()), ("P1008", true), "{error}");
        assert_eq!(db.user().get(user::by_id(ann.id)).select(user::age).await?, 1);
        Ok(())
    }

    async fn a_value_that_the_type_does_not_have(db) {
        let error = db.native().find(native::by_id("no uuid")).await.unwrap_err();
        assert_eq!((error.code(), error.model()), ("P2007", Some("Native")), "{error}");
        Ok(())
    }
}
