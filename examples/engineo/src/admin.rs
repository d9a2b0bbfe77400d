//! What our own staff does, and the log of it. The log is append-only: the client has no way to change or delete a row, and
//! the database refuses whoever tries without the client.

use nicol::Filter;
use nicol::types::Json;

use crate::db::{AdminAuditLog, Db, InternalAdminRole, User, admin_audit_log};
use crate::{Error, Result};

/// Whom an action concerns.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Target {
    pub user_id: Option<String>,
    pub project_id: Option<String>,
    pub run_id: Option<String>,
}

impl Target {
    /// A user.
    pub fn user(id: impl Into<String>) -> Self {
        Target { user_id: Some(id.into()), ..Target::default() }
    }
}

// ANCHOR: record
/// Adds to the log, within a transaction, together with what it tells of. The role is copied: it is that of today.
///
/// # Errors
/// [`Error::Refused`] for a user without an internal role; what the database says.
pub async fn record(tx: &Db, admin: &User, action: &str, target: Target, metadata: Json) -> Result<AdminAuditLog> {
    let role = admin.admin_role.ok_or(Error::Refused("no member of the staff"))?;
    let form = admin_audit_log::Raw {
        performed_by_user_id: admin.id.clone(),
        performed_by_admin_role: role,
        action_type: action.to_owned(),
    };
    let form = form
        .target_user_id(target.user_id)
        .target_project_id(target.project_id)
        .target_run_id(target.run_id)
        .metadata(metadata);
    Ok(tx.admin_audit_log().create(form).await?)
}
// ANCHOR_END: record

/// True for those who may change what customers have.
pub fn may_operate(admin: &User) -> bool {
    match admin.admin_role {
        Some(InternalAdminRole::OpsAdmin | InternalAdminRole::ManagementCeo) => true,
        Some(InternalAdminRole::SupportAgent) | None => false,
    }
}

/// What of the log is wanted; `None` means everything.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Search {
    pub action: Option<String>,
    pub admin_id: Option<String>,
    pub target_user_id: Option<String>,
}

// ANCHOR: search
/// A page of the log, newest first, and how many rows there are in all.
///
/// # Errors
/// What the database says.
pub async fn search(db: &Db, wanted: Search, page: u32, size: u32) -> Result<(Vec<AdminAuditLog>, i64)> {
    let wanted = [
        wanted.action.map(|action| admin_audit_log::action_type.eq(action)),
        wanted.admin_id.map(|id| admin_audit_log::performed_by_user_id.eq(id)),
        wanted.target_user_id.map(|id| admin_audit_log::target_user_id.eq(id)),
    ];
    let filter = Filter::all(wanted.into_iter().flatten());
    let rows = db
        .admin_audit_log()
        .find_many()
        .filter(filter.clone())
        .order_by([admin_audit_log::created_at.desc(), admin_audit_log::id.desc()])
        .skip(u64::from(page) * u64::from(size))
        .take(i64::from(size))
        .await?;
    Ok((rows, db.admin_audit_log().count().filter(filter).await?))
}
// ANCHOR_END: search
