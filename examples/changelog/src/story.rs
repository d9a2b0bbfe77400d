//! A project from its first entry to its first letter. Each time it is told there are new people in it, so it may be told again
//! on the same database.

use jiff::ToSpan;
use nicol::types::DateTime;

use crate::db::{ChangelogTag, Db, Project, Role, SubscriptionType, User, changelog_entry, changelog_tag, project};
use crate::requests::Wish;
use crate::subscribers::Update;
use crate::views::Look;
use crate::{Result, accounts, codes, entries, jobs, keys, projects, requests, settings, subscribers, views};

/// Tells it.
///
/// # Errors
/// The database's.
pub async fn tell(db: &Db) -> Result<()> {
    let now = DateTime::now();
    let config = settings::change(db, |s| s.system_email("news@example.com")).await?;
    println!("Invitations are good for {} days here.", config.default_invitation_expiry);
    let (admin, writer) = people(db, now).await?;
    let (project, entry) = first_entry(db).await?;
    approval(db, &admin, &writer, &project, &entry, now).await?;
    later(db, &admin, &writer, &project, now).await?;
    readers(db, &admin, &project, now).await
}

/// Ada runs the place and invites Ben, who accepts.
async fn people(db: &Db, now: DateTime) -> Result<(User, User)> {
    let mark = now.as_millisecond();
    let admin = accounts::add(db, &format!("ada.{mark}@example.com"), "Ada", Role::Admin).await?;
    let week = now + (7 * 24).hours();
    let invitation = codes::invite(db, &admin, &format!("ben.{mark}@example.com"), Role::Staff, week).await?;
    let writer = codes::accept(db, &invitation.token, "(a hash)", now).await?;
    println!("Ada invites {}, who is now {:?}.", invitation.email, writer.role);
    if let Err(refused) = codes::accept(db, &invitation.token, "(a hash)", now).await {
        println!("  The invitation once more: {refused}");
    }
    Ok((admin, writer))
}

/// A project with a changelog, and something in it.
async fn first_entry(db: &Db) -> Result<(Project, String)> {
    let (project, changelog) = projects::create(db, "Lighthouse", ["feature"]).await?;
    let changelog = changelog.map(|changelog| changelog.id).unwrap_or_default();
    let (entry, tags) =
        entries::write(db, &changelog, "Dark mode", "It follows the system.", &["feature", "ui"]).await?;
    let names: Vec<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
    println!("\n{} has a changelog; \"{}\" is in it, tagged {}.", project.name, entry.title, names.join(" and "));
    Ok((project, entry.id))
}

/// Ben may not publish, but ask.
async fn approval(db: &Db, admin: &User, writer: &User, project: &Project, entry: &str, now: DateTime) -> Result<()> {
    let request = requests::ask(db, writer, project, Wish::Publish(entry, None)).await?;
    println!("\nBen asks to publish it: {} is {}.", request.r#type, request.status);
    if let Err(refused) = requests::approve(db, writer, &request.id, now).await {
        println!("  He cannot approve that himself: {refused}");
    }
    requests::approve(db, admin, &request.id, now).await?;
    let visible = entries::published(db, &project.id, None, now).await?;
    println!("  Ada approves; the public sees {} entry.", visible.len());
    Ok(())
}

/// Something for tomorrow.
async fn later(db: &Db, admin: &User, writer: &User, project: &Project, now: DateTime) -> Result<()> {
    let (_, changelog) = db.project().get(project::by_id(project.id.as_str())).with(project::changelog).await?;
    let changelog = changelog.map(|changelog| changelog.id).unwrap_or_default();
    let (entry, _) = entries::write(db, &changelog, "Faster search", "Twice as fast.", &["speed"]).await?;
    let tomorrow = now + 24.hours();
    let request = requests::ask(db, writer, project, Wish::Schedule(&entry.id, tomorrow)).await?;
    requests::approve(db, admin, &request.id, now).await?;
    let done = jobs::run_due(db, now, jobs::publish).await?;
    println!("\n\"{}\" is for tomorrow: {done} jobs are due today.", entry.title);
    let done = jobs::run_due(db, tomorrow, jobs::publish).await?;
    let visible = entries::published(db, &project.id, None, tomorrow).await?;
    println!("  Tomorrow {done} is, and the public sees {} entries.", visible.len());
    Ok(())
}

/// Those for whom all this is.
async fn readers(db: &Db, admin: &User, project: &Project, now: DateTime) -> Result<()> {
    let mark = now.as_millisecond();
    for (name, kind) in [("cleo", SubscriptionType::AllUpdates), ("dan", SubscriptionType::MajorOnly)] {
        subscribers::subscribe(db, &format!("{name}.{mark}@example.com"), &project.id, kind).await?;
    }
    println!(
        "\nA minor update goes to {} reader,",
        subscribers::recipients(db, &project.id, Update::Minor).await?.len()
    );
    println!("a major one to {}.", subscribers::recipients(db, &project.id, Update::Major).await?.len());
    for (country, session) in [(Some("AT"), "one"), (Some("AT"), "one"), (Some("JP"), "two"), (None, "three")] {
        let look = Look { country, session_hash: session, ip_hash: session, ..Look::default() };
        views::note(db, &project.id, look, now).await?;
    }
    println!("{} sessions have looked:", views::sessions(db, &project.id).await?);
    for (country, looks) in views::by_country(db, &project.id).await? {
        println!("  {:8} {looks}", country.as_deref().unwrap_or("(unknown)"));
    }
    let key = keys::create(db, admin, "widget", Some(&project.id), &["read"]).await?;
    keys::admit(db, &key.key, &project.id, "read", now).await?;
    if let Err(refused) = keys::admit(db, &key.key, &project.id, "write", now).await {
        println!("The widget's key reads; writing is {refused}");
    }
    Ok(())
}

/// What the page shows: title, version, tags, days ago, text.
const NEWS: [(&str, &str, &[&str], i64, &str); 5] = [
    (
        "Dark mode, everywhere",
        "v2.4.0",
        &["feature", "ui"],
        3,
        "The whole interface now follows the setting of your system, the editor and letters included.\n\n\
         - Switches while you work, without a reload\n- Contrast of all texts is checked\n- Off: `Settings → Appearance`",
    ),
    (
        "Search answers as you type",
        "v2.3.1",
        &["speed"],
        9,
        "Results appear within 40 ms on projects of up to 10,000 entries. The index is built in the background.",
    ),
    (
        "Two people, one entry",
        "v2.3.0",
        &["feature"],
        24,
        "Drafts are merged paragraph by paragraph. Whoever saves last no longer wins: both do.",
    ),
    (
        "Scheduled entries keep their time zone",
        "v2.2.2",
        &["fix"],
        33,
        "An entry planned for `09:00` in Vienna appeared at eight in summer.\n\n- Fixed for entries\n- Fixed for digests",
    ),
    (
        "Keys can be limited to a project",
        "v2.2.0",
        &["feature", "security"],
        47,
        "Ask for `read`, get `read`: and nothing else.",
    ),
];

/// Writes a changelog to look at, unless there is a public one already. Gives the project's id.
///
/// # Errors
/// The database's.
pub async fn demo(db: &Db, now: DateTime) -> Result<String> {
    if let Some(public) = db.project().find_first().filter(project::is_public.eq(true)).await? {
        return Ok(public.id);
    }
    let (project, changelog) = projects::create(db, "Lighthouse", ["feature"]).await?;
    db.project().update(project::by_id(project.id.as_str())).set(|s| s.is_public(true)).await?;
    let changelog = changelog.map(|changelog| changelog.id).unwrap_or_default();
    for (title, version, tags, days, text) in NEWS {
        let (entry, tags) = entries::write(db, &changelog, title, text, tags).await?;
        let published = now - (days * 24).hours();
        let entry = db.changelog_entry().update(changelog_entry::by_id(entry.id));
        entry.set(|s| s.version(version).published_at(published)).await?;
        for tag in tags {
            paint(db, &tag).await?;
        }
    }
    Ok(project.id)
}

async fn paint(db: &Db, tag: &ChangelogTag) -> Result<()> {
    let color = match tag.name.as_str() {
        "feature" => "#2e9e5b",
        "fix" => "#c9572c",
        "speed" => "#8a52d4",
        "security" => "#c43b62",
        _ => "#2f7fc1",
    };
    db.changelog_tag().update(changelog_tag::by_id(tag.id.as_str())).set(|s| s.color(color)).await?;
    Ok(())
}
