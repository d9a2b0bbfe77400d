//! What a change does to the rows that are there: each risk with a number, and what is to be said about them.

use std::time::Duration;

use nicol_catalog::{Risk, RiskKind};
use nicol_db::Connection;

use crate::compare::Change;
use crate::error::{Error, code};
use crate::views;

/// Counting rows may take so long in all; after that risks are shown uncounted.
const COUNTING_LIMIT: Duration = Duration::from_secs(60);

/// A risk and how many rows it concerns.
#[derive(Debug, Clone)]
pub struct CountedRisk {
    /// What may happen.
    pub risk: Risk,
    /// Rows concerned; nothing when they could not be counted.
    pub rows: Option<u64>,
}

impl CountedRisk {
    /// True for a step that runs at the rows that are there, but may lose values.
    pub fn is_loss(&self) -> bool {
        self.risk.kind_at(self.rows) == Some(RiskKind::Warning)
    }

    /// The risk as a sentence with its number.
    pub fn text(&self) -> String {
        match self.rows {
            Some(1) => format!("{} (1 row)", self.risk.text),
            Some(rows) => format!("{} ({rows} rows)", self.risk.text),
            None => self.risk.text.clone(),
        }
    }
}

/// Counts the rows of each risk; those that concern none are dropped. Views in the way of the change come last.
pub(crate) async fn counted(conn: &mut Connection, change: &Change) -> Vec<CountedRisk> {
    let deadline = tokio::time::Instant::now() + COUNTING_LIMIT;
    let mut out = Vec::new();
    for risk in &change.risks {
        // A table that is not in the database, or a count that takes too long: the risk is shown without a number.
        let rows = match &risk.count_query {
            Some(sql) => tokio::time::timeout_at(deadline, count(conn, sql)).await.ok().flatten(),
            None => None,
        };
        if risk.kind_at(rows).is_some() {
            out.push(CountedRisk { risk: risk.clone(), rows });
        }
    }
    // Without the right to look nothing is known of views, as of rows that cannot be counted.
    out.extend(views::in_the_way(conn, &change.touched).await.unwrap_or_default());
    out
}

/// The risks without numbers, where no database is at hand.
pub(crate) fn uncounted(risks: &[Risk]) -> Vec<CountedRisk> {
    let told = risks.iter().filter(|risk| risk.kind_at(None).is_some());
    told.map(|risk| CountedRisk { risk: risk.clone(), rows: None }).collect()
}

async fn count(conn: &mut Connection, sql: &str) -> Option<u64> {
    let rows = conn.query(sql, &[]).await.ok()?;
    rows.first()?.get::<i64>(0).ok().and_then(|count| u64::try_from(count).ok())
}

/// The risks of one kind as a list, one a line.
fn list<'a>(risks: impl Iterator<Item = &'a CountedRisk>) -> String {
    risks.map(|counted| format!("\n- {}", counted.text())).collect()
}

/// The error of a change that cannot run on what is there, if any risk says so.
pub(crate) fn impossible(risks: &[CountedRisk], help: &str) -> Option<Error> {
    let list = list(risks.iter().filter(|counted| !counted.is_loss()));
    if list.is_empty() {
        return None;
    }
    let message = format!("The change cannot run on the database as it is:{list}");
    Some(Error::new(code::UNEXECUTABLE, message).with_help(help))
}

/// The error of a change that may lose data, if any risk says so.
pub(crate) fn loss(risks: &[CountedRisk], help: &str) -> Option<Error> {
    let list = list(risks.iter().filter(|counted| counted.is_loss()));
    if list.is_empty() {
        return None;
    }
    let message = format!("The change may lose data:{list}");
    Some(Error::new(code::DATA_LOSS, message).with_help(help))
}
