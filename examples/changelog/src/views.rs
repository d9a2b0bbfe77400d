//! Who has looked at a changelog: how many, from where, when.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use nicol::count;
use nicol::types::DateTime;

use crate::Result;
use crate::db::{Db, PublicChangelogAnalytics, public_changelog_analytics as view};

/// Somebody looks.
#[derive(Debug, Clone, Default)]
pub struct Look<'a> {
    /// At this entry.
    pub entry_id: Option<&'a str>,
    /// From this country.
    pub country: Option<&'a str>,
    /// In this session, of which only a hash is kept.
    pub session_hash: &'a str,
    /// From this address, of which only a hash is kept.
    pub ip_hash: &'a str,
}

/// Notes a look.
///
/// # Errors
/// The database's.
pub async fn note(db: &Db, project_id: &str, look: Look<'_>, now: DateTime) -> Result<PublicChangelogAnalytics> {
    let form = view::Raw {
        project_id: project_id.into(),
        ip_hash: look.ip_hash.into(),
        session_hash: look.session_hash.into(),
    };
    let form = form.viewed_at(now).country(look.country.map(str::to_owned));
    Ok(db.public_changelog_analytics().create(form.changelog_entry_id(look.entry_id.map(str::to_owned))).await?)
}

// ANCHOR: by_country
/// Looks by country, most first; those of unknown origin are a group of their own.
///
/// # Errors
/// The database's.
pub async fn by_country(db: &Db, project_id: &str) -> Result<Vec<(Option<String>, i64)>> {
    let groups = db.public_changelog_analytics().group_by(view::country).filter(view::project_id.eq(project_id));
    Ok(groups.select((view::country, count())).order_by(count().desc()).order_by(view::country.asc()).await?)
}
// ANCHOR_END: by_country

/// How many sessions have looked.
///
/// # Errors
/// The database's.
pub async fn sessions(db: &Db, project_id: &str) -> Result<i64> {
    let looks = db.public_changelog_analytics().count().filter(view::project_id.eq(project_id));
    Ok(looks.distinct(view::session_hash).await?)
}

/// Looks of each day (UTC), from a moment until before another.
///
/// # Errors
/// The database's.
pub async fn per_day(db: &Db, project_id: &str, from: DateTime, until: DateTime) -> Result<BTreeMap<Date, i64>> {
    let range = view::viewed_at.gte(from) & view::viewed_at.lt(until);
    let looks = db.public_changelog_analytics().find_many().filter(view::project_id.eq(project_id) & range);
    let mut days = BTreeMap::new();
    let mut moments = looks.select(view::viewed_at).stream();
    while let Some(moment) = moments.next().await? {
        *days.entry(TimeZone::UTC.to_datetime(moment).date()).or_insert(0) += 1;
    }
    Ok(days)
}
