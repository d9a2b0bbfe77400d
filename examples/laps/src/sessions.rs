//! Who is logged in.

use jiff::ToSpan;
use nicol::types::DateTime;

use crate::Result;
use crate::db::{Db, User, UserSession, user, user_session};

/// A new session is valid for so many hours.
pub const HOURS: i64 = 8;

// ANCHOR: begin
/// Logs somebody in.
///
/// # Errors
/// The database's, and the system's when it gives no random bytes.
pub async fn begin(db: &Db, user: &User, now: DateTime) -> Result<UserSession> {
    let valid_until = now + HOURS.hours();
    let session = user_session::New { id: random_id()?, valid_until, user: user::by_id(user.id.as_str()).into() };
    Ok(db.user_session().create(session).await?)
}
// ANCHOR_END: begin

/// 64 hexadecimal digits.
fn random_id() -> Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whose session is this? Nobody's, once its time has come.
///
/// # Errors
/// The database's.
pub async fn find(db: &Db, id: &str, now: DateTime) -> Result<Option<User>> {
    let valid = user_session::by_id(id).and(user_session::valid_until.gt(now));
    Ok(db.user_session().find(valid).select(user_session::user).await?)
}

/// Sessions that are valid at a moment, and whose they are.
///
/// # Errors
/// The database's.
pub async fn logged_in(db: &Db, now: DateTime) -> Result<Vec<(UserSession, User)>> {
    let valid = db.user_session().find_many().filter(user_session::valid_until.gt(now));
    Ok(valid.order_by(user_session::valid_until.asc()).with(user_session::user).await?)
}

/// Deletes what is over; says how many.
///
/// # Errors
/// The database's.
pub async fn clean_up(db: &Db, now: DateTime) -> Result<u64> {
    Ok(db.user_session().delete_many(user_session::valid_until.lt(now)).await?)
}

/// Logs out.
///
/// # Errors
/// P2025 when that has happened before.
pub async fn end(db: &Db, id: &str) -> Result<UserSession> {
    Ok(db.user_session().delete(user_session::by_id(id)).await?)
}
