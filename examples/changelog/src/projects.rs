//! Projects.

use nicol::Given;
use nicol::types::DateTime;

use crate::Result;
use crate::db::{Changelog, ChangelogEntry, Db, Project, changelog, changelog_entry, project};

// ANCHOR: create
/// A new project with its changelog, in one request.
///
/// # Errors
/// The database's.
pub async fn create(
    db: &Db,
    name: &str,
    default_tags: impl Given<Vec<String>>,
) -> Result<(Project, Option<Changelog>)> {
    let form = project::New { name: name.into() }.default_tags(default_tags).changelog(changelog::In {});
    Ok(db.project().create(form).with(project::changelog).await?)
}
// ANCHOR_END: create

/// Projects whose entries get this tag when they name none.
///
/// # Errors
/// The database's.
pub async fn with_default_tag(db: &Db, tag: &str) -> Result<Vec<Project>> {
    Ok(db.project().find_many().filter(project::default_tags.has(tag)).order_by(project::id.asc()).await?)
}

/// The projects that everybody may see, by name, each with its newest published entry.
///
/// # Errors
/// The database's.
pub async fn public(db: &Db, now: DateTime) -> Result<Vec<(Project, Option<ChangelogEntry>)>> {
    let newest = changelog::entries
        .filter(changelog_entry::published_at.lte(now))
        .order_by(changelog_entry::published_at.desc())
        .take(1);
    let public = db.project().find_many().filter(project::is_public.eq(true)).order_by(project::name.asc());
    let found = public.with(project::changelog.with(newest)).await?;
    Ok(found
        .into_iter()
        .map(|(project, log)| (project, log.and_then(|(_, entries)| entries.into_iter().next())))
        .collect())
}
