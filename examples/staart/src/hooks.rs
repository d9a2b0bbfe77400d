//! Addresses that an organization wants called when something happens.

use nicol::types::DateTime;

use crate::Result;
use crate::db::{Db, Webhooks, webhooks};

// ANCHOR: fire
/// Notes that an event has happened; gives the hooks to be called. Those that are switched off stay as they are.
///
/// # Errors
/// The database's.
pub async fn fire(db: &Db, organization_id: i32, event: &str, at: DateTime) -> Result<Vec<Webhooks>> {
    let listening =
        webhooks::organization_id.eq(organization_id) & webhooks::event.eq(event) & webhooks::is_active.eq(true);
    let fired = db.webhooks().update_many(listening).set(|s| s.last_fired_at(at)).returning();
    let mut hooks = fired.await?;
    hooks.sort_by_key(|hook| hook.id);
    Ok(hooks)
}

/// The hooks of an organization, the one that fired last first, those that never did at the end.
///
/// # Errors
/// The database's.
pub async fn latest(db: &Db, organization_id: i32) -> Result<Vec<Webhooks>> {
    let all = db.webhooks().find_many().filter(webhooks::organization_id.eq(organization_id));
    Ok(all.order_by([webhooks::last_fired_at.desc().nulls_last(), webhooks::id.asc()]).await?)
}
// ANCHOR_END: fire
