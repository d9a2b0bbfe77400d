//! What only MySQL and MariaDB have.

use nicol::types::{DateTime, Decimal};

use super::db::{Db, Native, article, native};

use super::cases::{Case, Result, cases};

/// The number of sessions with the database; none where there are no sessions.
pub(crate) const SESSIONS: Option<&str> = Some("SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE()");

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
}
