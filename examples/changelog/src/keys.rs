//! Keys for programs.

use nicol::types::DateTime;

use crate::db::{ApiKey, Db, User, api_key, user};
use crate::{Error, Result, token};

/// A new key of somebody, for one project or for everything.
///
/// # Errors
/// The database's.
pub async fn create(
    db: &Db,
    owner: &User,
    name: &str,
    project_id: Option<&str>,
    permissions: &[&str],
) -> Result<ApiKey> {
    let form = api_key::New { name: name.into(), key: token::random()?, user: user::by_id(owner.id.as_str()).into() };
    let permissions: Vec<String> = permissions.iter().map(|permission| (*permission).to_owned()).collect();
    let form = form.permissions(permissions).is_global(project_id.is_none());
    Ok(db.api_key().create(form.project_id(project_id.map(str::to_owned))).await?)
}

// ANCHOR: check
/// Lets a key in, if it is good for this permission in this project at this time; notes that it was used.
///
/// # Errors
/// [`Error::Refused`] otherwise, without saying why.
pub async fn admit(db: &Db, key: &str, project_id: &str, permission: &str, now: DateTime) -> Result<ApiKey> {
    let good = api_key::is_revoked.eq(false)
        & (api_key::expires_at.is_null() | api_key::expires_at.gt(now))
        & (api_key::is_global.eq(true) | api_key::project_id.eq(project_id))
        & api_key::permissions.has(permission);
    let used = db.api_key().update(api_key::by_key(key).and(good)).set(|s| s.last_used(now));
    used.await.map_err(|error| {
        if error.is_not_found() { Error::Refused("this key does not open this door") } else { error.into() }
    })
}
// ANCHOR_END: check
