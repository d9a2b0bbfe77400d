//! Entries of changelogs, and their tags.

use nicol::types::DateTime;
use nicol::{Dialect, Filter};

use crate::db::{ChangelogEntry, ChangelogTag, Db, Role, User, changelog, changelog_entry, changelog_tag, project};
use crate::{Error, Result};

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

// ANCHOR: publish
/// Publishes an entry without asking anybody: an admin everywhere, staff in projects that do not require approval.
///
/// # Errors
/// [`Error::Refused`] when there is no entry that this person may publish; then [`requests::ask`](crate::requests::ask).
pub async fn publish(db: &Db, who: &User, id: &str, when: DateTime) -> Result<ChangelogEntry> {
    let free = changelog_entry::changelog.is(changelog::project.is(project::require_approval.eq(false)));
    let may = match who.role {
        Role::Admin => Filter::all([]),
        Role::Staff => free,
        Role::Viewer => return Err(Error::Refused("viewers publish nothing")),
    };
    let published = db.changelog_entry().update(changelog_entry::by_id(id).and(may)).set(|s| s.published_at(when));
    published.await.map_err(|error| {
        if error.is_not_found() {
            Error::Refused("there is no entry to publish without approval")
        } else {
            error.into()
        }
    })
}
// ANCHOR_END: publish

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
    let tagged = tag.map(|tag| changelog_entry::tags.some(changelog_tag::name.eq(tag)));
    Ok(db
        .changelog_entry()
        .find_many()
        .filter(public(project_id, now) & Filter::all(tagged))
        .order_by([changelog_entry::published_at.desc(), changelog_entry::id.desc()])
        .with(changelog_entry::tags.order_by(changelog_tag::name.asc()))
        .await?)
}

/// The tags of what a project tells the public.
///
/// # Errors
/// The database's.
pub async fn published_tags(db: &Db, project_id: &str, now: DateTime) -> Result<Vec<ChangelogTag>> {
    let tags = db.changelog_tag().find_many().filter(changelog_tag::entries.some(public(project_id, now)));
    Ok(tags.order_by(changelog_tag::name.asc()).await?)
}

/// Entries of a project that are published by now.
fn public(project_id: &str, now: DateTime) -> Filter<changelog_entry::Model> {
    changelog_entry::changelog.is(changelog::project_id.eq(project_id)) & changelog_entry::published_at.lte(now)
}
// ANCHOR_END: published

// ANCHOR: search
/// Titles of entries that answer a question such as `login & !draft`: all of these words, and none of those behind a `!`.
///
/// PostgreSQL understands it as it is, and much more. The full-text search of MySQL and MariaDB has signs of its own. SQLite has
/// none without a table of its own: there the words are looked for as text.
///
/// # Errors
/// The database's: PostgreSQL's when it does not understand the question.
pub async fn search(db: &Db, question: &str) -> Result<Vec<String>> {
    let words = question.split('&').map(str::trim).map(|word| match word.strip_prefix('!') {
        Some(word) => (word.trim(), false),
        None => (word, true),
    });
    let answers = match db.dialect() {
        Dialect::Postgres | Dialect::Cockroachdb => full_text(question),
        Dialect::Mysql | Dialect::Mariadb => {
            let sign = |is_wanted| if is_wanted { '+' } else { '-' };
            let words = words.map(|(word, is_wanted)| format!("{}\"{}\" ", sign(is_wanted), word.replace('"', "")));
            full_text(&words.collect::<String>())
        }
        Dialect::Sqlite => {
            let has = |word| changelog_entry::title.contains(word) | changelog_entry::content.contains(word);
            Filter::all(words.map(|(word, is_wanted)| if is_wanted { has(word) } else { !has(word) }))
        }
    };
    titles(db, answers).await
}

fn full_text(question: &str) -> Filter<changelog_entry::Model> {
    nicol::search((changelog_entry::title, changelog_entry::content), question)
}
// ANCHOR_END: search
