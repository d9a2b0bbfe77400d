//! Sessions and tokens.

use engineo::db::{AccountStatus, Db, UserSession, user, user_account_audit_log, user_session};
use engineo::session::{self, Device};
use engineo::{Result, open};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{assert_refused, at, customer};

fn device() -> Device {
    Device { ip: Some("192.0.2.1".into()), user_agent: Some("a browser".into()) }
}

const NOON: &str = "2026-03-05T12:00:00.250Z";

/// A user with a session a minute, from noon on.
async fn sessions(db: &Db, count: i64) -> Result<(engineo::db::User, Vec<UserSession>)> {
    let user = customer(db, "ann").await?;
    let mut sessions = Vec::new();
    for minute in 0..count {
        sessions.push(session::sign_in(db, &user.id, device(), at(NOON) + SignedDuration::from_mins(minute)).await?);
    }
    Ok((user, sessions))
}

fresh_database::tests! {
    open = open;

    async fn b09_a_sign_in_is_written_whole_or_not_at_all(db: Db) -> Result<()> {
        let (ann, made) = sessions(&db, 1).await?;
        let after = db.user().get(user::by_id(&ann.id)).await?;
        assert_eq!((after.last_login_at, after.last_login_ip.as_deref()), (Some(at(NOON)), Some("192.0.2.1")));
        assert_eq!(made[0].created_at, at(NOON));
        crate::script::refuse_updates(&db, "User").await?;
        let failed = session::sign_in(&db, &ann.id, device(), at(NOON)).await;
        assert!(failed.unwrap_err().to_string().contains("on purpose"));
        assert_eq!(db.user_session().count().await?, 1, "the session has gone with it");
        Ok(())
    }

    async fn b10_active_sessions_newest_first(db: Db) -> Result<()> {
        let (ann, made) = sessions(&db, 3).await?;
        session::revoke(&db, &ann.id, &made[1].id, Timestamp::now()).await?;
        let listed = session::active(&db, &ann.id, &made[0].id).await?;
        let listed: Vec<(&str, bool)> = listed.iter().map(|entry| (entry.session.id.as_str(), entry.is_current)).collect();
        assert_eq!(listed, [(made[2].id.as_str(), false), (made[0].id.as_str(), true)]);
        Ok(())
    }

    async fn b11_only_own_sessions_are_revoked_and_once(db: Db) -> Result<()> {
        let (ann, made) = sessions(&db, 1).await?;
        let bob = customer(&db, "bob").await?;
        let revoked_at = || async { Ok::<_, nicol::Error>(db.user_session().get(user_session::by_id(&made[0].id)).await?.revoked_at) };
        assert_eq!(session::revoke(&db, &bob.id, &made[0].id, at(NOON)).await?, 0);
        assert_eq!(revoked_at().await?, None);
        assert_eq!(session::revoke(&db, &ann.id, &made[0].id, at(NOON)).await?, 1);
        assert_eq!(session::revoke(&db, &ann.id, &made[0].id, Timestamp::now()).await?, 0);
        assert_eq!(revoked_at().await?, Some(at(NOON)));
        Ok(())
    }

    async fn b12_signed_out_everywhere(db: Db) -> Result<()> {
        let (ann, made) = sessions(&db, 4).await?;
        let earlier = at("2026-03-05T12:30:00Z");
        session::revoke(&db, &ann.id, &made[0].id, earlier).await?;
        let now = at("2026-03-05T13:00:00.999Z");
        assert_eq!(session::sign_out_all(&db, &ann.id, now).await?, 3);
        assert_eq!(db.user().get(user::by_id(&ann.id)).await?.token_invalid_before, Some(now));
        let revoked = db.user_session().find_many().order_by(user_session::created_at.asc()).select(user_session::revoked_at).await?;
        assert_eq!(revoked, [Some(earlier), Some(now), Some(now), Some(now)]);
        let log = db.user_account_audit_log().find_many();
        let log = log.select((user_account_audit_log::action_type, user_account_audit_log::metadata)).await?;
        assert_eq!(log, [("sign_out_all_sessions".to_owned(), Some(json!({ "count": 3 })))]);
        // All in one transaction: when the last statement but one fails, the first has not happened either.
        let again = session::sign_in(&db, &ann.id, device(), now).await?;
        crate::script::refuse_updates(&db, "UserSession").await?;
        assert!(session::sign_out_all(&db, &ann.id, Timestamp::now()).await.is_err());
        assert_eq!(db.user().get(user::by_id(&ann.id)).await?.token_invalid_before, Some(now));
        assert_eq!(db.user_session().get(user_session::by_id(again.id)).await?.revoked_at, None);
        assert_eq!(db.user_account_audit_log().count().await?, 1);
        Ok(())
    }

    async fn b13_tokens_of_before_are_refused(db: Db) -> Result<()> {
        let ann = customer(&db, "ann").await?;
        let millisecond = SignedDuration::from_millis(1);
        let moments = [at(NOON) - millisecond, at(NOON), at(NOON) + millisecond];
        assert_eq!(moments.map(|moment| session::accepts_token(&ann, moment)), [true; 3]);
        session::sign_out_all(&db, &ann.id, at(NOON)).await?;
        let ann = db.user().get(user::by_id(&ann.id)).await?;
        assert_eq!(moments.map(|moment| session::accepts_token(&ann, moment)), [false, true, true]);
        Ok(())
    }

    async fn b14_last_seen_is_written_once_a_minute(db: Db) -> Result<()> {
        let (_, made) = sessions(&db, 1).await?;
        let seen = |seconds| session::seen(&db, &made[0].id, at(NOON) + SignedDuration::from_secs(seconds));
        let mut written = Vec::new();
        for seconds in [1, 30, 60, 61, 90] {
            written.push(seen(seconds).await?);
        }
        assert_eq!(written, [true, false, false, true, false]);
        let row = db.user_session().get(user_session::by_id(&made[0].id)).await?;
        assert_eq!((row.created_at, row.last_seen_at), (at(NOON), Some(at(NOON) + SignedDuration::from_secs(61))));
        Ok(())
    }

    async fn b16_suspended_accounts_do_not_sign_in(db: Db) -> Result<()> {
        let ann = customer(&db, "ann").await?;
        db.user().update(user::by_id(&ann.id)).set(|s| s.account_status(AccountStatus::Suspended)).await?;
        assert_refused(session::sign_in(&db, &ann.id, device(), at(NOON)).await);
        assert_eq!(db.user_session().count().await?, 0);
        Ok(())
    }
}
