//! People at the track, and what they may do.

use crate::db::{Db, User, UserRole, user};
use crate::{Error, Result};

/// The password column of an account that nobody can log in to yet.
pub const LOCKED: &str = "!";

// ANCHOR: seed
/// Makes sure that there is an administrator. Any number of runs leave one.
///
/// # Errors
/// The database's.
pub async fn seed(db: &Db) -> Result<User> {
    let admin = user::New { name: "admin".into(), password: LOCKED.into(), role: UserRole::Admin };
    Ok(db.user().upsert(user::by_name("admin"), admin, |s| s).await?)
}
// ANCHOR_END: seed

/// A new person.
///
/// # Errors
/// P2002 when the name is taken.
pub async fn add(db: &Db, name: &str, role: UserRole) -> Result<User> {
    Ok(db.user().create(user::New { name: name.into(), password: LOCKED.into(), role }).await?)
}

/// Refuses those who only look on.
///
/// # Errors
/// [`Error::NotAllowed`].
pub fn may_record(user: &User) -> Result<()> {
    match user.role {
        UserRole::Admin | UserRole::Teacher => Ok(()),
        UserRole::Viewer => Err(Error::NotAllowed { name: user.name.clone(), role: user.role }),
    }
}
