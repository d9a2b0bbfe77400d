//! People, and who vouches for them.

use crate::Result;
use crate::db::{Db, OAuthConnection, OAuthProvider, Role, User, o_auth_connection, o_auth_provider, user};

/// Adds somebody.
///
/// # Errors
/// P2002 when the address is taken.
pub async fn add(db: &Db, email: &str, name: &str, role: Role) -> Result<User> {
    let form = user::New { email: email.into(), password: "(what a hash function made of it)".into() };
    Ok(db.user().create(form.name(name).role(role)).await?)
}

// ANCHOR: remove
/// Deletes an account. What belongs to it goes; the log and the requests stay, without the name.
///
/// # Errors
/// P2003 while the account still has API keys: what uses them would stop working, so they are deleted knowingly.
pub async fn remove(db: &Db, id: &str) -> Result<User> {
    Ok(db.user().delete(user::by_id(id)).await?)
}
// ANCHOR_END: remove

/// Adds a service that vouches for people.
///
/// # Errors
/// The database's.
pub async fn add_provider(db: &Db, name: &str, host: &str) -> Result<OAuthProvider> {
    let form = o_auth_provider::New {
        name: name.into(),
        client_id: "changelog".into(),
        client_secret: "(a secret)".into(),
        authorization_url: format!("https://{host}/authorize"),
        token_url: format!("https://{host}/token"),
        user_info_url: format!("https://{host}/me"),
        callback_url: "/oauth/callback".into(),
    };
    Ok(db.o_auth_provider().create(form.scopes(["openid", "email"])).await?)
}

/// Notes who somebody is at a service.
///
/// # Errors
/// P2002 when that person, or this user's place at the service, is taken.
pub async fn connect(db: &Db, provider_id: &str, user_id: &str, provider_user_id: &str) -> Result<OAuthConnection> {
    let form = o_auth_connection::Raw {
        provider_id: provider_id.into(),
        user_id: user_id.into(),
        provider_user_id: provider_user_id.into(),
    };
    Ok(db.o_auth_connection().create(form).await?)
}
