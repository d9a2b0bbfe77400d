//! What customers do to their own account. Every change leaves a row in a log that the database keeps as it is.

use nicol::if_some;
use nicol::types::Json;
use serde_json::json;

use crate::db::{
    CustomerAccountRole, Db, IntegrationType, User, UserPreferences, integration, user, user_account_audit_log,
    user_preferences,
};
use crate::{Error, Result};

// ANCHOR: preferences
/// A user's preferences. The first reader makes them; any number of first readers at once make one row.
///
/// # Errors
/// What the database says.
pub async fn preferences(db: &Db, user_id: &str) -> Result<UserPreferences> {
    let defaults = user_preferences::Raw { user_id: user_id.to_owned() };
    Ok(db.user_preferences().upsert(user_preferences::by_user_id(user_id), defaults, |s| s).await?)
}
// ANCHOR_END: preferences

/// New preferences: what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the fields are those of the model")]
pub struct PreferenceChanges {
    pub notify_quota_warnings: Option<bool>,
    pub notify_run_failures: Option<bool>,
    pub notify_weekly_deo_summary: Option<bool>,
    pub auto_open_issues_tab: Option<bool>,
}

/// Changes preferences; viewers may not.
///
/// # Errors
/// [`Error::Refused`] for a viewer; what the database says.
pub async fn change_preferences(db: &Db, user: &User, changes: PreferenceChanges) -> Result<UserPreferences> {
    if user.account_role == CustomerAccountRole::Viewer {
        return Err(Error::Refused("viewers change nothing"));
    }
    preferences(db, &user.id).await?;
    let changed = db.tx().try_run(async |tx| {
        let fields = given([
            ("notifyQuotaWarnings", changes.notify_quota_warnings.is_some()),
            ("notifyRunFailures", changes.notify_run_failures.is_some()),
            ("notifyWeeklyDeoSummary", changes.notify_weekly_deo_summary.is_some()),
            ("autoOpenIssuesTab", changes.auto_open_issues_tab.is_some()),
        ]);
        let request = tx.user_preferences().update(user_preferences::by_user_id(&user.id)).set(|s| {
            s.notify_quota_warnings(if_some(changes.notify_quota_warnings))
                .notify_run_failures(if_some(changes.notify_run_failures))
                .notify_weekly_deo_summary(if_some(changes.notify_weekly_deo_summary))
                .auto_open_issues_tab(if_some(changes.auto_open_issues_tab))
        });
        let changed = request.await?;
        log(&tx, &user.id, "preferences_updated", json!({ "fields": fields })).await?;
        Ok::<_, Error>(changed)
    });
    changed.await
}

// ANCHOR: profile
/// A new profile. `None` leaves a field as it is, `Some(None)` empties it.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the fields are those of the model")]
pub struct ProfileChanges {
    pub name: Option<Option<String>>,
    pub avatar_url: Option<Option<String>>,
    pub timezone: Option<Option<String>>,
    pub locale: Option<Option<String>>,
    pub organization_name: Option<Option<String>>,
}

/// Changes the profile, and says in the log which fields.
///
/// # Errors
/// What the database says.
pub async fn change_profile(db: &Db, user_id: &str, changes: ProfileChanges) -> Result<User> {
    let changed = db.tx().try_run(async |tx| {
        let fields = given([
            ("name", changes.name.is_some()),
            ("avatarUrl", changes.avatar_url.is_some()),
            ("timezone", changes.timezone.is_some()),
            ("locale", changes.locale.is_some()),
            ("organizationName", changes.organization_name.is_some()),
        ]);
        let request = tx.user().update(user::by_id(user_id)).set(|s| {
            s.name(if_some(changes.name))
                .avatar_url(if_some(changes.avatar_url))
                .timezone(if_some(changes.timezone))
                .locale(if_some(changes.locale))
                .organization_name(if_some(changes.organization_name))
        });
        let changed = request.await?;
        log(&tx, user_id, "profile_updated", json!({ "fields": fields })).await?;
        Ok::<_, Error>(changed)
    });
    changed.await
}
// ANCHOR_END: profile

/// The names of the fields that are given.
fn given<const N: usize>(fields: [(&'static str, bool); N]) -> Vec<&'static str> {
    fields.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name).collect()
}

/// Takes a store away from a project. Owners only.
///
/// # Errors
/// [`Error::Refused`] for others; P2025 when the project has no such store.
pub async fn disconnect_store(db: &Db, user: &User, project_id: &str, kind: IntegrationType) -> Result<()> {
    if user.account_role != CustomerAccountRole::Owner {
        return Err(Error::Refused("only an owner disconnects a store"));
    }
    let disconnected = db.tx().try_run(async |tx| {
        let store = integration::by_project_id_type(project_id, kind).and(integration::project.is(own(&user.id)));
        let gone = tx.integration().delete(store).await?;
        log(&tx, &user.id, "disconnect_store", json!({ "projectId": project_id, "integrationId": gone.id })).await
    });
    disconnected.await
}

fn own(user_id: &str) -> nicol::Filter<crate::db::project::Model> {
    crate::db::project::user_id.eq(user_id)
}

/// Adds to the account's log: within a transaction, together with what it tells of. `action` is free text: a new kind needs
/// no migration.
///
/// # Errors
/// What the database says.
pub async fn log(tx: &Db, user_id: &str, action: &str, metadata: Json) -> Result<()> {
    let form = user_account_audit_log::Raw { action_type: action.to_owned(), actor_user_id: user_id.to_owned() };
    tx.user_account_audit_log().create(form.metadata(metadata)).await?;
    Ok(())
}
