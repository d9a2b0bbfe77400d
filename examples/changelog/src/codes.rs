//! Codes that work once and not for long: invitations, password resets, signing in a terminal.

use nicol::types::DateTime;

use crate::db::{Db, InvitationLink, PasswordReset, Role, User, cli_auth_code, invitation_link, password_reset, user};
use crate::{Error, Result, token};

const NOT_GOOD: Error = Error::Refused("this code is used, late, or unknown");

/// Invites somebody.
///
/// # Errors
/// The database's.
pub async fn invite(db: &Db, by: &User, email: &str, role: Role, expires_at: DateTime) -> Result<InvitationLink> {
    let created_by = by.id.clone();
    let form = invitation_link::New { token: token::random()?, role, email: email.into(), created_by, expires_at };
    Ok(db.invitation_link().create(form).await?)
}

// ANCHOR: accept
/// Accepts an invitation: the code is used up, and the account is there; both or neither.
///
/// # Errors
/// [`Error::Refused`] when the code is not good (any more); P2002 when the address has an account.
pub async fn accept(db: &Db, code: &str, password: &str, now: DateTime) -> Result<User> {
    let accepted = db.tx().try_run(async |tx: Db| {
        let good =
            invitation_link::token.eq(code) & invitation_link::used_at.is_null() & invitation_link::expires_at.gt(now);
        if tx.invitation_link().update_many(good).set(|s| s.used_at(now)).await? == 0 {
            return Err(NOT_GOOD);
        }
        let invitation = tx.invitation_link().get(invitation_link::by_token(code)).await?;
        let account = user::New { email: invitation.email, password: password.into() };
        Ok(tx.user().create(account.role(invitation.role)).await?)
    });
    accepted.await
}
// ANCHOR_END: accept

/// A way back in for somebody who has forgotten the password.
///
/// # Errors
/// The database's.
pub async fn forgot(db: &Db, who: &User, expires_at: DateTime) -> Result<PasswordReset> {
    let user = user::by_id(who.id.as_str()).into();
    let form = password_reset::New { token: token::random()?, email: who.email.clone(), expires_at, user };
    Ok(db.password_reset().create(form).await?)
}

/// Sets a new password by such a code.
///
/// # Errors
/// [`Error::Refused`] when the code is not good (any more).
pub async fn reset(db: &Db, code: &str, password: &str, now: DateTime) -> Result<User> {
    let reset = db.tx().try_run(async |tx: Db| {
        let good =
            password_reset::token.eq(code) & password_reset::used_at.is_null() & password_reset::expires_at.gt(now);
        if tx.password_reset().update_many(good).set(|s| s.used_at(now)).await? == 0 {
            return Err(NOT_GOOD);
        }
        let reset = tx.password_reset().get(password_reset::by_token(code)).await?;
        Ok(tx.user().update(user::by_id(reset.user_id)).set(|s| s.password(password)).await?)
    });
    reset.await
}

/// A code that signs a terminal in.
///
/// # Errors
/// The database's.
pub async fn for_terminal(db: &Db, who: &User, expires_at: DateTime) -> Result<String> {
    let form = cli_auth_code::New {
        code: token::random()?,
        callback_url: "http://127.0.0.1:9999/callback".into(),
        expires_at,
        user: user::by_id(who.id.as_str()).into(),
    };
    Ok(db.cli_auth_code().create(form).select(cli_auth_code::code).await?)
}

/// Whom such a code signs in.
///
/// # Errors
/// [`Error::Refused`] when the code is not good (any more).
pub async fn sign_in_terminal(db: &Db, code: &str, now: DateTime) -> Result<User> {
    let good = cli_auth_code::code.eq(code) & cli_auth_code::used_at.is_null() & cli_auth_code::expires_at.gt(now);
    if db.cli_auth_code().update_many(good).set(|s| s.used_at(now)).await? == 0 {
        return Err(NOT_GOOD);
    }
    Ok(db.cli_auth_code().get(cli_auth_code::by_code(code)).select(cli_auth_code::user).await?)
}
