//! What is particular to SQLite.

use super::cases::{Case, Result, cases};
use super::db::{Db, post, scalars, user};

/// The number of sessions with the database; none where there are no sessions.
pub(crate) const SESSIONS: Option<&str> = None;

/// What the columns of `Moments` keep of 2026-11-21T02:21:46.987654987Z.
pub(crate) const KEPT: [&str; 6] = [
    "2026-11-21T02:21:46.987Z",
    "2026-11-21T02:21:46.987Z",
    "2026-11-21T02:21:46.987Z",
    "2026-11-21T02:21:46.987Z",
    "2026-11-21T02:21:46.987Z",
    "2026-11-21T02:21:46.987Z",
];

cases! {
    async fn what_it_does_not_have_is_said(db) {
        let order = db.post().find_many().order_by(nicol::relevance(post::title, "cat")).await.unwrap_err();
        assert_eq!((order.code(), order.message()), ("P2019", "SQLite has no full-text search"));
        Ok(())
    }

    async fn like_takes_upper_and_lower_case_for_the_same(db) {
        db.user().create(user::New { email: "ACB".into() }).await?;
        assert_eq!(db.user().count().filter(user::email.contains("acb")).await?, 1);
        assert_eq!(db.user().count().filter(user::email.eq("acb")).await?, 0);
        assert_eq!(db.user().count().filter(user::email.insensitive().eq("acb")).await?, 1);
        Ok(())
    }

    async fn documents_are_compared_as_text(db) {
        db.scalars().create(scalars::New {}.json(serde_json::json!({"a": 1}))).await?;
        assert_eq!(db.scalars().count().filter(scalars::json.eq(serde_json::json!({"a": 1}))).await?, 1);
        Ok(())
    }
}
