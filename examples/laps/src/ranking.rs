//! Who is ahead.

use std::collections::BTreeMap;

use crate::Result;
use crate::db::{Db, round, student};

// ANCHOR: standing
/// A line of the ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// What the shirt says.
    pub start_number: i32,
    /// Who.
    pub name: String,
    /// Of which class.
    pub class: String,
    /// And grade.
    pub grade: i32,
    /// Laps so far.
    pub laps: i64,
    /// Milliseconds of the fastest lap; none before the first.
    pub fastest: Option<i32>,
}

/// Everybody: most laps first, then the fastest lap, then the start number.
///
/// # Errors
/// The database's.
pub async fn ranking(db: &Db) -> Result<Vec<Standing>> {
    let rows = db
        .student()
        .find_many()
        .order_by(student::start_number.asc())
        .select((
            (student::start_number, student::name, student::class, student::grade),
            student::rounds.count(),
            student::rounds.order_by(round::time.asc()).take(1).select(round::time),
        ))
        .await?;
    let line = |((start_number, name, class, grade), laps, times): (_, _, Vec<i32>)| Standing {
        start_number,
        name,
        class,
        grade,
        laps,
        fastest: times.first().copied(),
    };
    let mut standings: Vec<Standing> = rows.into_iter().map(line).collect();
    // Stable: those who are equal stay in the order of their start numbers.
    standings.sort_by_key(|s| (std::cmp::Reverse(s.laps), s.fastest.unwrap_or(i32::MAX)));
    Ok(standings)
}
// ANCHOR_END: standing

/// Laps of all members of a group, most first.
pub type Totals<G> = Vec<(G, i64)>;

/// Laps of each class.
pub fn by_class(standings: &[Standing]) -> Totals<String> {
    totals(standings, |standing| standing.class.clone())
}

/// Laps of each grade.
pub fn by_grade(standings: &[Standing]) -> Totals<i32> {
    totals(standings, |standing| standing.grade)
}

fn totals<G: Ord>(standings: &[Standing], group: impl Fn(&Standing) -> G) -> Totals<G> {
    let mut sums = BTreeMap::new();
    for standing in standings {
        *sums.entry(group(standing)).or_insert(0) += standing.laps;
    }
    let mut totals: Totals<G> = sums.into_iter().collect();
    totals.sort_by_key(|(_, laps)| std::cmp::Reverse(*laps));
    totals
}
