//! Projects.

use nicol::Given;

use crate::Result;
use crate::db::{Changelog, Db, Project, changelog, project};

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
