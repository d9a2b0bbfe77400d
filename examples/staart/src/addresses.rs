//! Addresses of people. Several may claim one until somebody proves to own it.

use crate::db::{Db, Emails, emails, users};
use crate::{Refusal, Result};

/// What follows the `@`.
///
/// # Errors
/// [`Refusal::NoAddress`].
pub fn domain_of(address: &str) -> Result<&str> {
    match address.rsplit_once('@') {
        Some((name, domain)) if !name.is_empty() && !domain.is_empty() => Ok(domain),
        _ => Err(Refusal::NoAddress(address.to_owned()).into()),
    }
}

/// Refuses an address that somebody has proved to own.
///
/// # Errors
/// [`Refusal::AddressTaken`].
pub async fn must_be_free(db: &Db, address: &str) -> Result<()> {
    let owned = emails::email.eq(address) & emails::is_verified.eq(true);
    match db.emails().count().filter(owned).await? {
        0 => Ok(()),
        _ => Err(Refusal::AddressTaken(address.to_owned()).into()),
    }
}

// ANCHOR: primary
/// Adds an address and makes it the one to write to: both or neither.
///
/// # Errors
/// [`Refusal::AddressTaken`]; P2025 when there is no such user.
pub async fn add_primary(db: &Db, user_id: i32, address: &str) -> Result<Emails> {
    let address = address.to_lowercase();
    domain_of(&address)?;
    let email = db.tx().try_run(async |tx| {
        must_be_free(&tx, &address).await?;
        let email = emails::New { email: address.clone(), user: users::by_id(user_id).into() };
        let email = tx.emails().create(email).await?;
        tx.users().update(users::by_id(user_id)).set(|s| s.primary_email(email.id)).await?;
        Ok(email)
    });
    email.await
}
// ANCHOR_END: primary

// ANCHOR: verify
/// Notes that the user has proved to own an address. Of two who do so at once one comes too late.
///
/// # Errors
/// [`Refusal::AddressTaken`]; P2025 when there is no such row.
pub async fn verify(db: &Db, id: i32) -> Result<Emails> {
    let address = db.emails().get(emails::by_id(id)).select(emails::email).await?;
    let others = || emails::email.eq(address.as_str()) & emails::is_verified.eq(true) & emails::id.ne(id);
    let verified = db.tx().serializable().retry(5).try_run(async |tx| {
        if tx.emails().count().filter(others()).await? > 0 {
            return Err(crate::Error::from(Refusal::AddressTaken(address.clone())));
        }
        Ok(tx.emails().update(emails::by_id(id)).set(|s| s.is_verified(true)).await?)
    });
    verified.await
}
// ANCHOR_END: verify

// ANCHOR: best
/// Where to write to: the primary address while it is there, else a verified one, else the oldest.
///
/// # Errors
/// P2025 when there is no such user.
pub async fn best(db: &Db, user_id: i32) -> Result<Option<Emails>> {
    let primary = db.users().get(users::by_id(user_id)).select(users::primary_email).await?;
    let own = emails::user_id.eq(user_id);
    if let Some(primary) = primary {
        let primary = db.emails().find(emails::by_id(primary).and(own.clone())).await?;
        if primary.is_some() {
            return Ok(primary);
        }
    }
    let order = [emails::is_verified.desc(), emails::id.asc()];
    Ok(db.emails().find_first().filter(own).order_by(order).await?)
}
// ANCHOR_END: best

/// Deletes an address.
///
/// # Errors
/// P2025 when there is no such row.
pub async fn remove(db: &Db, id: i32) -> Result<Emails> {
    Ok(db.emails().delete(emails::by_id(id)).await?)
}
