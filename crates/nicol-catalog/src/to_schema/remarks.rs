//! Documentation that a new model gets about what its table has and the schema does not say.

use crate::catalog::{Remark, Table};

pub(super) const WITHOUT_KEY: &str =
    "No key and no required unique column tells the rows of this table apart, so clients leave it out.";
pub(super) const WITHOUT_COLUMNS: &str = "No column of this table can be seen: it has none, or rights are missing.";

/// One sentence for each kind of remark, in a fixed order.
pub(super) fn sentences(table: &Table) -> Vec<&'static str> {
    let beyond = table.remarks.iter().filter(|remark| super::guards::is_beyond(table, remark));
    let mut all: Vec<(u8, &str)> = beyond.map(sentence).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|(_, sentence)| sentence).collect()
}

fn sentence(remark: &Remark) -> (u8, &'static str) {
    match remark {
        Remark::Partitioned => (0, "This table is divided into partitions; migrations know nothing of them."),
        Remark::Inherited => (1, "Other tables inherit from this one; migrations know nothing of that."),
        Remark::Check { .. } => (2, "This table has check constraints; they stand in the database only."),
        Remark::Exclusion { .. } => (3, "This table has exclusion constraints; they stand in the database only."),
        Remark::Comment { .. } => (4, "This table or its columns have comments; they stand in the database only."),
        Remark::RowSecurity => (5, "This table has row level security; its policies stand in the database only."),
        Remark::RowTimeToLive => (6, "Rows of this table end by themselves; when, stands in the database only."),
        Remark::Deferrable { .. } => (7, "Constraints of this table may be checked late; the schema does not say so."),
        Remark::NullOrder { .. } => (8, "Indexes of this table put NULLs where they do not stand by default."),
        Remark::ExpressionIndex { .. } => {
            (9, "This table has indexes on expressions; they stand in the database only.")
        }
        Remark::SpatialIndex { .. } => (10, "This table has spatial indexes; they stand in the database only."),
        Remark::IndexDetail { .. } => (11, "Indexes of this table have more to them than is written here."),
        Remark::ColumnDetail { .. } => (12, "Columns of this table have more to them than is written here."),
        Remark::GeneratedColumn { .. } => (13, "This table has computed columns; they are left out here."),
        Remark::Trigger { .. } => (14, "This table has triggers; they stand in the database only."),
    }
}

/// What is said of a renamed table.
pub(super) fn renamed(name: &str, map: &str) -> String {
    format!("Called '{name}' here, as the name '{map}' is reserved.")
}
