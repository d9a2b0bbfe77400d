//! The folder against the history: which migrations are applied, pending, failed, edited, missing, out of order.
//!
//! Pure: migrations and rows in, a [`Standing`] out.

use std::collections::HashMap;

use crate::checksum::{self, Match};
use crate::directory::Migration;
use crate::history::{HistoryRow, RowState};

/// What stands when the folder is laid beside the history. Names are in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Standing {
    /// Folders that are recorded as applied.
    pub applied: Vec<String>,
    /// Folders without a live row: what the next deploy would run. Rolled-back migrations are among them.
    pub pending: Vec<String>,
    /// Migrations that were started and neither finished nor rolled back.
    pub failed: Vec<FailedMigration>,
    /// Folders whose script differs from the one that was recorded.
    pub edited: Vec<String>,
    /// Recorded as applied, but without a folder.
    pub missing: Vec<String>,
    /// Pending and never tried, though a migration that sorts later is applied already.
    pub out_of_order: Vec<String>,
    /// Missing migrations whose script is in the folder under another name, which is pending.
    pub renamed: Vec<Renamed>,
    /// Pending migrations that are copies of applied ones: the same script under a name made from the other's.
    pub duplicated: Vec<Renamed>,
    /// Applied migrations whose script has other line ends now. Nothing is wrong with that.
    pub line_ends: Vec<String>,
    /// Only rolled-back rows are left of these.
    pub rolled_back: Vec<String>,
    /// The last folder before folder and history part; absent when they never part or have nothing in common.
    pub last_common: Option<String>,
}

/// One script under two names.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Renamed {
    /// The name in the history.
    pub from: String,
    /// The name of the pending folder.
    pub to: String,
}

/// A migration that was started and did not end.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FailedMigration {
    /// Folder name.
    pub name: String,
    /// When it was started.
    pub started_at: jiff::Timestamp,
    /// The error that was recorded, if it came to that.
    pub logs: Option<String>,
}

impl Standing {
    /// True when folder and history agree and nothing is left to do.
    pub fn is_clean(&self) -> bool {
        self.pending.is_empty() && self.failed.is_empty() && self.edited.is_empty() && self.missing.is_empty()
    }
}

/// Lays the migrations of a folder beside the rows of the history.
///
/// `migrations` are in order of their names, `rows` in order of their start. Only live rows count: a rolled-back row
/// says no more than that the migration was tried.
pub fn standing(migrations: &[Migration], rows: &[HistoryRow]) -> Standing {
    let mut by_name: HashMap<&str, Vec<&HistoryRow>> = HashMap::new();
    for row in rows {
        by_name.entry(&row.migration_name).or_default().push(row);
    }
    let folders: HashMap<&str, &Migration> = migrations.iter().map(|m| (m.name.as_str(), m)).collect();
    let newest_applied = migrations
        .iter()
        .map(|migration| migration.name.as_str())
        .chain(by_name.keys().copied())
        .filter(|name| by_name.get(name).is_some_and(|rows| has(rows, RowState::Applied)))
        .max();

    let mut standing = Standing::default();
    for migration in migrations {
        let name = &migration.name;
        let rows = by_name.get(name.as_str()).map_or(&[][..], Vec::as_slice);
        let live = rows.iter().rev().find(|row| row.state() != RowState::RolledBack);
        match live {
            Some(row) => {
                if row.state() == RowState::Applied {
                    standing.applied.push(name.clone());
                }
                match checksum::compare(&migration.script, &row.checksum) {
                    Match::Same => {}
                    Match::LineEnds => standing.line_ends.push(name.clone()),
                    Match::Different => standing.edited.push(name.clone()),
                }
            }
            None => {
                standing.pending.push(name.clone());
                if rows.is_empty() && newest_applied.is_some_and(|newest| name.as_str() < newest) {
                    standing.out_of_order.push(name.clone());
                }
            }
        }
    }
    for row in rows.iter().filter(|row| row.state() == RowState::Failed) {
        let logs = row.logs.clone().filter(|logs| !logs.is_empty());
        standing.failed.push(FailedMigration { name: row.migration_name.clone(), started_at: row.started_at, logs });
    }
    let mut names: Vec<&str> = by_name.keys().copied().collect();
    names.sort_unstable();
    for name in names {
        let rows = &by_name[name];
        if has(rows, RowState::Applied) && !folders.contains_key(name) {
            standing.missing.push(name.to_string());
        }
        if rows.iter().all(|row| row.state() == RowState::RolledBack) {
            standing.rolled_back.push(name.to_string());
        }
    }
    for to in &standing.pending {
        let script = &folders[to.as_str()].script;
        let is_same = |name: &&String| {
            by_name[name.as_str()]
                .iter()
                .any(|row| row.state() == RowState::Applied && checksum::matches(script, &row.checksum))
        };
        let pair = |from: &String| Renamed { from: from.clone(), to: to.clone() };
        standing.renamed.extend(standing.missing.iter().find(is_same).map(pair));
        if !by_name.contains_key(to.as_str()) {
            let copied = standing.applied.iter().filter(|name| is_copied_name(name, to)).find(is_same);
            standing.duplicated.extend(copied.map(pair));
        }
    }
    standing.last_common = last_common(&standing, migrations);
    standing
}

/// Whether a name is what a copy of a folder is called: `a copy`, `a (1)`, `Copy of a`, or another title with the same time.
/// The same script under a name of its own may be meant: a column that was dropped comes back.
fn is_copied_name(original: &str, copy: &str) -> bool {
    let stamp =
        |name: &str| name.get(..14).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit())).map(str::to_string);
    copy.contains(original) || (stamp(original).is_some() && stamp(original) == stamp(copy))
}

fn has(rows: &[&HistoryRow], state: RowState) -> bool {
    rows.iter().any(|row| row.state() == state)
}

/// The folder just before the first name that only one side has.
fn last_common(standing: &Standing, migrations: &[Migration]) -> Option<String> {
    let parting = standing.missing.iter().chain(&standing.pending).min()?;
    let before = migrations.iter().map(|migration| &migration.name).take_while(|name| *name < parting);
    before.last().cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> Vec<Migration> {
        names.iter().map(|name| Migration::new(*name, format!("-- {name}\n"))).collect()
    }

    /// `name state`, where the state is one of ok, failed, back, edited.
    fn rows(entries: &[&str]) -> Vec<HistoryRow> {
        let row = |(n, entry): (usize, &&str)| {
            let (name, state) = entry.split_once(' ').unwrap();
            let at = jiff::Timestamp::from_second(1_000 + n as i64).unwrap();
            let text = if state == "edited" { "other".to_string() } else { format!("-- {name}\n") };
            HistoryRow {
                id: n.to_string(),
                checksum: checksum::checksum(&text),
                finished_at: matches!(state, "ok" | "edited").then_some(at),
                migration_name: name.to_string(),
                logs: None,
                rolled_back_at: (state == "back").then_some(at),
                started_at: at,
                applied_steps_count: 1,
            }
        };
        entries.iter().enumerate().map(row).collect()
    }

    fn seen(standing: &Standing) -> String {
        let mut out = String::new();
        let failed: Vec<String> = standing.failed.iter().map(|failed| failed.name.clone()).collect();
        for (word, names) in [
            ("applied", &standing.applied),
            ("pending", &standing.pending),
            ("failed", &failed),
            ("edited", &standing.edited),
            ("missing", &standing.missing),
            ("out-of-order", &standing.out_of_order),
            ("rolled-back", &standing.rolled_back),
        ] {
            if !names.is_empty() {
                out.push_str(&format!("{word}: {}; ", names.join(" ")));
            }
        }
        for (word, pairs) in [("renamed", &standing.renamed), ("duplicated", &standing.duplicated)] {
            for Renamed { from, to } in pairs {
                out.push_str(&format!("{word}: {from} {to}; "));
            }
        }
        if let Some(name) = &standing.last_common {
            out.push_str(&format!("common: {name}; "));
        }
        out.trim_end_matches("; ").to_string()
    }

    #[test]
    fn the_same_script_under_another_name() {
        let script = |name: &str| Migration::new(name, "SELECT 1;\n");
        let mut history = rows(&["20240101000000_a ok"]);
        history[0].checksum = checksum::checksum("SELECT 1;\n");
        let cases: &[(&[&str], &str)] = &[
            (
                &["20240101000000_b"],
                "pending: 20240101000000_b; missing: 20240101000000_a; renamed: 20240101000000_a 20240101000000_b",
            ),
            (
                &["20240101000000_a", "20240101000000_a copy"],
                "applied: 20240101000000_a; pending: 20240101000000_a copy; duplicated: 20240101000000_a 20240101000000_a copy; \
                 common: 20240101000000_a",
            ),
            (
                &["20240101000000_a", "20240101000000_b"],
                "applied: 20240101000000_a; pending: 20240101000000_b; duplicated: 20240101000000_a 20240101000000_b; \
                 common: 20240101000000_a",
            ),
            // What was dropped may come back.
            (
                &["20240101000000_a", "20240301000000_a"],
                "applied: 20240101000000_a; pending: 20240301000000_a; common: 20240101000000_a",
            ),
        ];
        for (names, expected) in cases {
            let folder: Vec<Migration> = names.iter().map(|name| script(name)).collect();
            assert_eq!(seen(&standing(&folder, &history)), *expected, "{names:?}");
        }
    }

    #[test]
    fn cases() {
        let cases: &[(&[&str], &[&str], &str)] = &[
            (&[], &[], ""),
            (&["1_a", "2_b"], &[], "pending: 1_a 2_b"),
            (&["1_a", "2_b"], &["1_a ok"], "applied: 1_a; pending: 2_b; common: 1_a"),
            (&["1_a", "2_b"], &["1_a ok", "2_b ok"], "applied: 1_a 2_b"),
            (&["1_a"], &["1_a edited"], "applied: 1_a; edited: 1_a"),
            (&["1_a"], &["1_a ok", "2_b ok"], "applied: 1_a; missing: 2_b; common: 1_a"),
            (&[], &["1_a ok"], "missing: 1_a"),
            (
                &["1_a", "2_b", "3_c"],
                &["1_a ok", "3_c ok"],
                "applied: 1_a 3_c; pending: 2_b; out-of-order: 2_b; common: 1_a",
            ),
            // The newest applied one has lost its folder: the order is broken all the same.
            (&["1_a"], &["2_b ok"], "pending: 1_a; missing: 2_b; out-of-order: 1_a"),
            (&["1_a"], &["1_a failed"], "failed: 1_a"),
            (&["1_a"], &["1_a back"], "pending: 1_a; rolled-back: 1_a"),
            // Tried, rolled back, and a later one is in: running it again is what was asked for.
            (&["1_a", "2_b"], &["1_a back", "2_b ok"], "applied: 2_b; pending: 1_a; rolled-back: 1_a"),
            (&["1_a"], &["1_a back", "1_a ok"], "applied: 1_a"),
            (&["1_a"], &["1_a back", "1_a edited"], "applied: 1_a; edited: 1_a"),
            // A rolled-back row whose folder is gone is nobody's business any more.
            (&[], &["1_a back"], "rolled-back: 1_a"),
            // A failed migration without a folder still blocks.
            (&["2_b"], &["1_a failed"], "pending: 2_b; failed: 1_a"),
        ];
        for (names, history, expected) in cases {
            let found = standing(&folder(names), &rows(history));
            assert_eq!(seen(&found), *expected, "folder {names:?}, history {history:?}");
        }
    }
}
