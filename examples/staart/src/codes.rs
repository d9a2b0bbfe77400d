//! Codes for when the second factor is lost: each is good once.

use crate::db::{BackupCodes, Db, backup_codes};
use crate::{Result, random};

/// A user has so many.
pub const NUMBER: usize = 10;

// ANCHOR: renew
/// Gives a user new codes; those from before are void.
///
/// # Errors
/// P2003 when there is no such user.
pub async fn renew(db: &Db, user_id: i32) -> Result<Vec<BackupCodes>> {
    let codes: Vec<String> = (0..NUMBER).map(|_| random::text(10)).collect::<Result<_>>()?;
    let codes = codes.into_iter().map(|code| backup_codes::Raw { code, user_id });
    let created = db.tx().run(async |tx| {
        tx.backup_codes().delete_many(backup_codes::user_id.eq(user_id)).await?;
        tx.backup_codes().create_many(codes).returning().await
    });
    Ok(created.await?)
}
// ANCHOR_END: renew

// ANCHOR: redeem
/// Uses a code; tells whether it was good. One statement finds and marks it, so of several who try at once one succeeds.
///
/// # Errors
/// The database's.
pub async fn redeem(db: &Db, user_id: i32, code: &str) -> Result<bool> {
    let good = backup_codes::user_id.eq(user_id) & backup_codes::code.eq(code) & backup_codes::is_used.eq(false);
    Ok(db.backup_codes().update_many(good).set(|s| s.is_used(true)).await? > 0)
}
// ANCHOR_END: redeem

/// How many are left.
///
/// # Errors
/// The database's.
pub async fn left(db: &Db, user_id: i32) -> Result<i64> {
    let good = backup_codes::user_id.eq(user_id) & backup_codes::is_used.eq(false);
    Ok(db.backup_codes().count().filter(good).await?)
}
