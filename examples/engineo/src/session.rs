//! Sessions: who is signed in where, and how that ends.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::account::log;
use crate::db::{AccountStatus, Db, User, UserSession, user, user_session};
use crate::{Error, Result};

/// Where somebody signs in from.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Device {
    pub ip: Option<String>,
    pub user_agent: Option<String>,
}

// ANCHOR: sign_in
/// Begins a session for a user whose password has been checked: the session and the user's last sign-in are written
/// together or not at all.
///
/// # Errors
/// [`Error::Refused`] for a suspended account; P2025 when there is no such user.
pub async fn sign_in(db: &Db, user_id: &str, device: Device, now: Timestamp) -> Result<UserSession> {
    let session = db.tx().try_run(async |tx| {
        let user = tx.user().get(user::by_id(user_id)).await?;
        if user.account_status == AccountStatus::Suspended {
            return Err(Error::Refused("the account is suspended"));
        }
        let form = user_session::Raw { user_id: user_id.to_owned() };
        let form = form.created_at(now).ip(device.ip.clone()).user_agent(device.user_agent);
        let session = tx.user_session().create(form).await?;
        tx.user().update(user::by_id(user_id)).set(|s| s.last_login_at(now).last_login_ip(device.ip)).await?;
        Ok(session)
    });
    session.await
}
// ANCHOR_END: sign_in

/// A session in the list that its user sees.
#[derive(Debug, Clone, PartialEq)]
pub struct ActiveSession {
    /// The session.
    pub session: UserSession,
    /// It is the one that asks.
    pub is_current: bool,
}

/// The sessions that have not been revoked, newest first.
///
/// # Errors
/// What the database says.
pub async fn active(db: &Db, user_id: &str, current: &str) -> Result<Vec<ActiveSession>> {
    let sessions = db
        .user_session()
        .find_many()
        .filter(user_session::user_id.eq(user_id) & user_session::revoked_at.is_null())
        .order_by(user_session::created_at.desc())
        .await?;
    Ok(sessions.into_iter().map(|session| ActiveSession { is_current: session.id == current, session }).collect())
}

/// Ends one session of a user; tells how many that were: none when it is somebody else's, or has ended before.
///
/// # Errors
/// What the database says.
pub async fn revoke(db: &Db, user_id: &str, session_id: &str, now: Timestamp) -> Result<u64> {
    let own = user_session::id.eq(session_id) & user_session::user_id.eq(user_id) & user_session::revoked_at.is_null();
    Ok(db.user_session().update_many(own).set(|s| s.revoked_at(now)).await?)
}

// ANCHOR: sign_out_all
/// Ends every session of a user and makes all tokens issued until now void; tells how many sessions that were.
///
/// # Errors
/// P2025 when there is no such user.
pub async fn sign_out_all(db: &Db, user_id: &str, now: Timestamp) -> Result<u64> {
    let ended = db.tx().try_run(async |tx| {
        tx.user().update(user::by_id(user_id)).set(|s| s.token_invalid_before(now)).await?;
        let active = user_session::user_id.eq(user_id) & user_session::revoked_at.is_null();
        let ended = tx.user_session().update_many(active).set(|s| s.revoked_at(now)).await?;
        log(&tx, user_id, "sign_out_all_sessions", json!({ "count": ended })).await?;
        Ok::<_, Error>(ended)
    });
    ended.await
}
// ANCHOR_END: sign_out_all

/// Whether a token issued at that time is still good.
pub fn accepts_token(user: &User, issued_at: Timestamp) -> bool {
    user.token_invalid_before.is_none_or(|before| issued_at >= before)
}

/// Notes that a session is in use, at most once a minute; tells whether it was noted.
///
/// # Errors
/// What the database says.
pub async fn seen(db: &Db, session_id: &str, now: Timestamp) -> Result<bool> {
    let minute_ago = now - SignedDuration::from_mins(1);
    let stale = user_session::last_seen_at.is_null() | user_session::last_seen_at.lte(minute_ago);
    let noted =
        db.user_session().update_many(user_session::id.eq(session_id) & stale).set(|s| s.last_seen_at(now)).await?;
    Ok(noted > 0)
}
