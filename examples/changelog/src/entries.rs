//! Entries of changelogs, and their tags.

use nicol::Filter;
use nicol::types::DateTime;

use crate::Result;
use crate::db::{ChangelogEntry, ChangelogTag, Db, changelog, changelog_entry, changelog_tag};

// ANCHOR: write
/// Writes an entry, which nobody sees before it is published. Tags that are new are made; of several writers at a time one
/// makes a tag, and the others take it.
///
/// # Errors
/// P2025 when there is no such changelog.
pub async fn write(
    db: &Db,
    changelog_id: &str,
    title: &str,
    content: &str,
    tags: &[&str],
) -> Result<(ChangelogEntry, Vec<ChangelogTag>)> {
    let tags: Vec<_> = tags
        .iter()
        .map(|name| changelog_tag::by_name(*name).or_create(changelog_tag::New { name: (*name).into() }))
        .collect();
    let form = changelog_entry::New {
        title: title.into(),
        content: content.into(),
        changelog: changelog::by_id(changelog_id).into(),
    };
    let tags_in_order = changelog_entry::tags.order_by(changelog_tag::name.asc());
    Ok(db.changelog_entry().create(form.tags(tags)).with(tags_in_order).await?)
}
// ANCHOR_END: write

/// Takes a tag off an entry; the tag stays.
///
/// # Errors
/// P2025 when there is no such entry.
pub async fn untag(db: &Db, id: &str, tag: &str) -> Result<ChangelogEntry> {
    let entry = db.changelog_entry().update(changelog_entry::by_id(id));
    Ok(entry.set(|s| s.tags(|t| t.disconnect([changelog_tag::by_name(tag)]))).await?)
}

/// Gives an entry these tags and no others.
///
/// # Errors
/// P2018 when there is no such tag, P2025 when there is no such entry.
pub async fn retag(db: &Db, id: &str, tags: &[&str]) -> Result<ChangelogEntry> {
    let tags: Vec<_> = tags.iter().map(|name| changelog_tag::by_name(*name)).collect();
    Ok(db.changelog_entry().update(changelog_entry::by_id(id)).set(|s| s.tags(|t| t.set(tags))).await?)
}

/// Publishes an entry.
///
/// # Errors
/// P2025 when there is no such entry.
pub async fn publish(db: &Db, id: &str, when: DateTime) -> Result<ChangelogEntry> {
    Ok(db.changelog_entry().update(changelog_entry::by_id(id)).set(|s| s.published_at(when)).await?)
}

/// The titles of entries that fulfil a filter, in their order.
///
/// # Errors
/// The database's.
pub async fn titles(db: &Db, filter: Filter<changelog_entry::Model>) -> Result<Vec<String>> {
    let entries = db.changelog_entry().find_many().filter(filter).order_by(changelog_entry::title.asc());
    Ok(entries.select(changelog_entry::title).await?)
}

// ANCHOR: published
/// What a project tells the public, newest first; with a tag, only what has it.
///
/// # Errors
/// The database's.
pub async fn published(
    db: &Db,
    project_id: &str,
    tag: Option<&str>,
    now: DateTime,
) -> Result<Vec<(ChangelogEntry, Vec<ChangelogTag>)>> {
    let of_the_project = changelog_entry::changelog.is(changelog::project_id.eq(project_id));
    let tagged = tag.map(|tag| changelog_entry::tags.some(changelog_tag::name.eq(tag)));
    Ok(db
        .changelog_entry()
        .find_many()
        .filter(of_the_project & changelog_entry::published_at.lte(now) & Filter::all(tagged))
        .order_by([changelog_entry::published_at.desc(), changelog_entry::id.desc()])
        .with(changelog_entry::tags.order_by(changelog_tag::name.asc()))
        .await?)
}
// ANCHOR_END: published

// ANCHOR: search
/// Titles of entries that answer a question in the words of PostgreSQL: `login & !draft`.
///
/// # Errors
/// P2019 on SQLite, which has no full-text search; P2030 on MariaDB, whose table would need an index for it.
pub async fn search(db: &Db, question: &str) -> Result<Vec<String>> {
    titles(db, nicol::search((changelog_entry::title, changelog_entry::content), question)).await
}
// ANCHOR_END: search
