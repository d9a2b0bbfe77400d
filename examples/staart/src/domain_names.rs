//! Domains that organizations claim, and prove to own by publishing a text.

use crate::db::{Db, Domains, domains, organizations};
use crate::{Result, random};

/// As many signs has the text to be published.
pub const CODE_LENGTH: usize = 32;

// ANCHOR: claim
/// Claims a domain for an organization.
///
/// # Errors
/// P2025 when there is no such organization.
pub async fn claim(db: &Db, organization_id: i32, domain: &str) -> Result<Domains> {
    let claim = domains::New {
        domain: domain.to_lowercase(),
        verification_code: random::text(CODE_LENGTH)?,
        organization: organizations::by_id(organization_id).into(),
    };
    Ok(db.domains().create(claim).await?)
}

/// Verifies a claim by the text that was found at the domain; tells whether it is verified now.
///
/// # Errors
/// The database's.
pub async fn verify(db: &Db, id: i32, found: &str) -> Result<bool> {
    let claim = domains::id.eq(id) & domains::verification_code.eq(found);
    Ok(db.domains().update_many(claim).set(|s| s.is_verified(true)).await? == 1)
}
// ANCHOR_END: claim
