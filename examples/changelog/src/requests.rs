//! Staff ask, an admin decides.
//!
//! What is asked for is carried out in the transaction that decides: a request never says approved of something that did not
//! happen.

use nicol::Enumeration;
use nicol::types::{DateTime, Json};
use serde_json::json;

use crate::db::{
    ChangelogRequest, Db, Project, RequestStatus, RequestType, Role, User, audit_log, changelog_entry,
    changelog_request, changelog_tag, project, user,
};
use crate::{Error, Result, jobs};

/// What staff may ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish<'a> {
    /// Publish an entry: now, or with the time it is said to have been published.
    Publish(&'a str, Option<DateTime>),
    /// Publish an entry later.
    Schedule(&'a str, DateTime),
    /// Delete an entry.
    DeleteEntry(&'a str),
    /// Delete a tag everywhere.
    DeleteTag(&'a str),
    /// Delete the project.
    DeleteProject,
}

// ANCHOR: ask
/// Asks.
///
/// # Errors
/// [`Error::Refused`] for those who may not write; P2003 when what is asked about is not there.
pub async fn ask(db: &Db, who: &User, project: &Project, wish: Wish<'_>) -> Result<ChangelogRequest> {
    if who.role == Role::Viewer {
        return Err(Error::Refused("viewers ask for nothing"));
    }
    let form = |kind: RequestType| {
        let kind = kind.database_value().to_owned();
        changelog_request::Raw { r#type: kind, project_id: project.id.clone() }.staff_id(who.id.as_str())
    };
    let form = match wish {
        Wish::Publish(entry, None) => form(RequestType::AllowPublish).changelog_entry_id(entry).target_id(entry),
        Wish::Publish(entry, Some(when)) => {
            let metadata = json!({ "publishedAt": when.to_string() });
            form(RequestType::AllowPublish).changelog_entry_id(entry).target_id(entry).metadata(metadata)
        }
        Wish::Schedule(entry, when) => {
            let metadata = json!({ "scheduledAt": when.to_string() });
            form(RequestType::AllowSchedule).changelog_entry_id(entry).target_id(entry).metadata(metadata)
        }
        Wish::DeleteEntry(entry) => form(RequestType::DeleteEntry).changelog_entry_id(entry).target_id(entry),
        Wish::DeleteTag(tag) => form(RequestType::DeleteTag).changelog_tag_id(tag).target_id(tag),
        Wish::DeleteProject => form(RequestType::DeleteProject).target_id(project.id.as_str()),
    };
    Ok(db.changelog_request().create(form).await?)
}
// ANCHOR_END: ask

// ANCHOR: approve
/// Approves a request and does what it asks for: all of it, or nothing.
///
/// # Errors
/// [`Error::Refused`] when it is decided already, or by somebody who may not; what the database says.
pub async fn approve(db: &Db, admin: &User, id: &str, now: DateTime) -> Result<()> {
    may_decide(admin)?;
    let approved = db.tx().try_run(async |tx: Db| {
        let request = decide(&tx, admin, id, RequestStatus::Approved, now).await?;
        carry_out(&tx, &request, now).await?;
        log(&tx, admin, "request_approved", &request).await
    });
    approved.await
}
// ANCHOR_END: approve

/// Rejects a request; nothing of what it asks for happens.
///
/// # Errors
/// As [`approve`].
pub async fn reject(db: &Db, admin: &User, id: &str, now: DateTime) -> Result<()> {
    may_decide(admin)?;
    let rejected = db.tx().try_run(async |tx: Db| {
        let request = decide(&tx, admin, id, RequestStatus::Rejected, now).await?;
        log(&tx, admin, "request_rejected", &request).await
    });
    rejected.await
}

fn may_decide(admin: &User) -> Result<()> {
    if admin.role == Role::Admin { Ok(()) } else { Err(Error::Refused("only an admin decides")) }
}

// ANCHOR: decide
/// Notes the decision, if there is none yet: of two admins at the same moment one decides.
async fn decide(tx: &Db, admin: &User, id: &str, status: RequestStatus, now: DateTime) -> Result<ChangelogRequest> {
    let open = changelog_request::id.eq(id) & changelog_request::status.eq(RequestStatus::Pending.database_value());
    let decided = tx
        .changelog_request()
        .update_many(open)
        .set(|s| s.status(status.database_value()).admin_id(admin.id.as_str()).reviewed_at(now));
    if decided.await? == 0 {
        return Err(Error::Refused("this request is not open"));
    }
    Ok(tx.changelog_request().get(changelog_request::by_id(id)).await?)
}
// ANCHOR_END: decide

// ANCHOR: carry_out
async fn carry_out(tx: &Db, request: &ChangelogRequest, now: DateTime) -> Result<()> {
    let target = request.target_id.as_deref().unwrap_or_default();
    let kind = RequestType::VARIANTS.iter().find(|(_, text)| *text == request.r#type);
    match kind.ok_or(Error::Refused("nobody knows what this request is for"))?.0 {
        RequestType::AllowPublish => {
            let when = moment(request, "publishedAt").unwrap_or(now);
            tx.changelog_entry().update(changelog_entry::by_id(target)).set(|s| s.published_at(when)).await?;
        }
        RequestType::AllowSchedule => {
            let when = moment(request, "scheduledAt").filter(|when| *when > now);
            let when = when.ok_or(Error::Refused("that time is over"))?;
            jobs::schedule_publication(tx, target, when).await?;
        }
        RequestType::DeleteEntry => {
            tx.changelog_entry().delete(changelog_entry::by_id(target)).await?;
        }
        RequestType::DeleteTag => delete_tag(tx, target).await?,
        RequestType::DeleteProject => {
            tx.project().delete(project::by_id(target)).await?;
        }
    }
    Ok(())
}

/// The tag goes, from entries and from the lists of tags that projects give by default.
async fn delete_tag(tx: &Db, id: &str) -> Result<()> {
    let tag = tx.changelog_tag().delete(changelog_tag::by_id(id)).await?;
    for mut of in tx.project().find_many().filter(project::default_tags.has(tag.name.as_str())).await? {
        of.default_tags.retain(|name| *name != tag.name);
        tx.project().update(project::by_id(of.id)).set(|s| s.default_tags(of.default_tags)).await?;
    }
    Ok(())
}
// ANCHOR_END: carry_out

/// A moment in the metadata of a request.
fn moment(request: &ChangelogRequest, key: &str) -> Option<DateTime> {
    request.metadata.as_ref()?.get(key)?.as_str()?.parse().ok()
}

async fn log(tx: &Db, admin: &User, action: &str, request: &ChangelogRequest) -> Result<()> {
    let details: Json = json!({ "request": request.id, "type": request.r#type, "target": request.target_id });
    let form = audit_log::New { action: action.into() }.user(user::by_id(admin.id.as_str())).details(details);
    let form = match &request.staff_id {
        Some(staff) => form.target_user(user::by_id(staff.as_str())),
        None => form,
    };
    tx.audit_log().create(form).await?;
    Ok(())
}

/// Requests to publish with this time in their metadata.
///
/// # Errors
/// The database's.
pub async fn publishing_at(db: &Db, when: DateTime) -> Result<Vec<ChangelogRequest>> {
    let at = changelog_request::metadata.key("publishedAt").eq(when.to_string());
    Ok(db.changelog_request().find_many().filter(at).await?)
}

/// Open requests, oldest first, with who asked.
///
/// # Errors
/// The database's.
pub async fn open(db: &Db) -> Result<Vec<(ChangelogRequest, Option<User>)>> {
    let open = changelog_request::status.eq(RequestStatus::Pending.database_value());
    let open = db.changelog_request().find_many().filter(open).order_by(changelog_request::created_at.asc());
    Ok(open.with(changelog_request::staff).await?)
}
