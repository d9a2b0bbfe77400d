//! What only MySQL and MariaDB have.

use nicol::Dialect;
use nicol::types::{DateTime, Decimal};

use super::db::{Db, Native, article, chosen, native, user};

use super::cases::{Case, Result, cases};

/// The number of sessions with the database; none where there are no sessions.
pub(crate) const SESSIONS: Option<&str> = Some("SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE()");

/// What the columns of `Moments` keep of 2026-11-21T02:21:46.987654987Z.
pub(crate) const KEPT: [&str; 6] = [
    "2026-11-21T02:21:46.987Z",
    "2026-11-21T02:21:46.987654Z",
    "2026-11-21T02:21:46Z",
    "2026-11-21T02:21:46Z",
    "2026-11-21T00:00:00Z",
    "1970-01-01T02:21:46.9Z",
];

cases! {
    async fn native_types(db) {
    db.native().delete_all().await?;
    let moment = |text: &str| text.parse::<DateTime>().expect("a moment");
    let fixed: Decimal = "12345678901234567.125".parse().expect("a decimal");
    let given = native::New {}
        .tiny(-7)
        .small(65_535)
        .big(i64::MAX)
        .real(0.5)
        .fixed(fixed.clone())
        .short("ten")
        .fixed_l("abc")
        .text("t".repeat(70_000))
        .bytes(&[0u8, 255])
        .day(moment("2026-11-21T00:00:00Z"))
        .time(moment("1970-01-01T12:34:56.789Z"))
        .stamp(moment("2026-11-21T02:21:46.075Z"))
        .year(2026)
        .flag(true);
    let made: Native = db.native().create(given).await?;
    assert_eq!(made, db.native().get(native::by_id(made.id)).await?);
    assert_eq!((made.tiny, made.small, made.big, made.year), (Some(-7), Some(65_535), Some(i64::MAX), Some(2026)));
    assert_eq!((made.fixed.clone(), made.flag, made.real), (Some(fixed.clone()), Some(true), Some(0.5)));
    assert_eq!(made.day, Some(moment("2026-11-21T00:00:00Z")));
    assert_eq!(made.time, Some(moment("1970-01-01T12:34:56.789Z")));
    assert_eq!(made.stamp, Some(moment("2026-11-21T02:21:46.075Z")));
    let filters = [
        native::tiny.eq(-7),
        native::small.in_([65_535, 1]),
        native::big.eq(i64::MAX),
        native::fixed.eq(fixed),
        native::day.eq(moment("2026-11-21T00:00:00Z")),
        native::stamp.lte(moment("2026-11-21T02:21:46.075Z")),
        native::year.gt(2025),
        native::flag.eq(true),
        native::text.starts_with("ttt"),
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
        assert_eq!(ids(article::title.search("+cat +dog")).await?, [1]);
        assert_eq!(ids(!article::title.search("cat")).await?, [3]);
        assert_eq!(ids(nicol::search((article::title, article::body), "bird")).await?, [2, 3]);
        let best = db.article().find_many().filter(nicol::search((article::title, article::body), "bird"));
        let best = best.order_by(nicol::relevance((article::title, article::body), "bird")).select(article::id).await?;
        assert_eq!(best, [2, 3]);
        Ok(())
    }

    async fn a_search_without_its_index_is_an_error(db) {
        let error = db.article().count().filter(article::body.search("cat")).await.unwrap_err();
        assert_eq!((error.code(), error.model()), ("P2030", Some("Article")));
        Ok(())
    }

    async fn a_lock_that_does_not_become_free(db) {
        let ann = db.user().create(user::New { email: "ann".into() }).await?;
        let waited = db.tx().run(async |holder| {
            holder.user().update(user::by_id(ann.id)).set(|s| s.age(1)).await?;
            let waited = db.tx().run(async |tx| {
                tx.sql("SET SESSION innodb_lock_wait_timeout = 1").execute().await?;
                tx.user().update(user::by_id(ann.id)).set(|s| s.age(2)).await
            });
            Ok(waited.await)
        });
        let error = waited.await?.unwrap_err();
        assert_eq!((error.code(), error.is_retryable()), ("P1008", true), "{error}");
        assert_eq!(db.user().get(user::by_id(ann.id)).select(user::age).await?, 1);
        Ok(())
    }

    async fn a_key_that_the_database_chose(db) {
        let made = db.chosen().create(chosen::New { name: "a".into() }).await;
        if db.dialect() == Dialect::Mariadb {
            let made = made?;
            assert_eq!((made.id.len(), made.name.as_str()), (36, "a"));
        } else {
            let error = made.unwrap_err();
            assert_eq!((error.code(), error.fields().len()), ("P2036", 0), "{error}");
            assert!(error.message().contains("Chosen.id"), "{error}");
        }
        let given = db.chosen().create(chosen::New { name: "b".into() }.id("given")).await?;
        assert_eq!(given.id, "given");
        Ok(())
    }
}
