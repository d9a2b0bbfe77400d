//! Tokens by which programs of a user come in.

use nicol::types::DateTime;

use crate::Result;
use crate::db::{AccessTokens, Db, access_tokens, users};

// ANCHOR: tokens
/// Gives a user a token.
///
/// # Errors
/// P2000 when the token is longer than the column (MySQL and MariaDB); P2025 when there is no such user.
pub async fn create(db: &Db, user_id: i32, token: &str, expires_at: DateTime) -> Result<AccessTokens> {
    let token = access_tokens::New { jwt_access_token: token.into(), expires_at, user: users::by_id(user_id).into() };
    Ok(db.access_tokens().create(token).await?)
}

/// The tokens of a user, and of nobody else.
///
/// # Errors
/// The database's.
pub async fn of(db: &Db, user_id: i32) -> Result<Vec<AccessTokens>> {
    let own = access_tokens::user_id.eq(user_id);
    Ok(db.access_tokens().find_many().filter(own).order_by(access_tokens::id.asc()).await?)
}

/// Deletes a token of a user; gives it as it was.
///
/// # Errors
/// P2025 when it is not there, or somebody else's.
pub async fn delete(db: &Db, user_id: i32, id: i32) -> Result<AccessTokens> {
    let own = access_tokens::by_id(id).and(access_tokens::user_id.eq(user_id));
    Ok(db.access_tokens().delete(own).await?)
}
// ANCHOR_END: tokens
