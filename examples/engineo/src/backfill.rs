//! Rows from before a migration that are to look as if they had come after it. Each may run as often as you like.

use crate::Result;
use crate::db::{Db, InternalAdminRole, UserRole, user, user_preferences};

// ANCHOR: admin_roles
/// Gives admins without an internal role one, lest they be locked out; tells how many.
///
/// # Errors
/// What the database says.
pub async fn admin_roles(db: &Db) -> Result<u64> {
    let locked_out = user::role.eq(UserRole::Admin) & user::admin_role.is_null();
    Ok(db.user().update_many(locked_out).set(|s| s.admin_role(InternalAdminRole::OpsAdmin)).await?)
}
// ANCHOR_END: admin_roles

/// Makes the preferences of everybody who has none yet; tells how many. Nobody has to run it: they come into being when
/// they are first read, see [`preferences`](crate::account::preferences).
///
/// # Errors
/// What the database says.
pub async fn preferences(db: &Db) -> Result<u64> {
    let without = db.user().find_many().filter(user::preferences.is_null()).select(user::id).await?;
    let forms = without.into_iter().map(|user_id| user_preferences::Raw { user_id });
    // Some may have been read in between.
    Ok(db.user_preferences().create_many(forms).skip_duplicates().await?)
}
