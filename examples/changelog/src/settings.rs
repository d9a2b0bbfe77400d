//! The settings of the installation: one row.

use crate::Result;
use crate::db::{Db, SystemConfig, system_config};

// ANCHOR: settings
/// Changes settings. Whoever is first makes the row, with the defaults of the schema.
///
/// # Errors
/// The database's.
pub async fn change(
    db: &Db,
    changes: impl FnOnce(system_config::Changes) -> system_config::Changes,
) -> Result<SystemConfig> {
    Ok(db.system_config().upsert(system_config::by_id(1), system_config::New {}, changes).await?)
}
// ANCHOR_END: settings
