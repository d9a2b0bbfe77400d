//! Enums.

use rustc_hash::FxHashSet;

use crate::diagnostic::Code;
use crate::report::Report;

use super::{Checks, models};

/// Checks all enums.
pub(crate) fn check(checks: &Checks<'_, '_>, report: &mut Report) {
    let mut seen: FxHashSet<(Option<&str>, &str)> = FxHashSet::default();
    for enumeration in checks.draft.enums.iter().filter(|_| checks.can.enums) {
        let schema = enumeration.schema.map(|(name, _)| name);
        if !seen.insert((schema, enumeration.database_name())) {
            let message = format!("another enum is `{}` in the database", enumeration.database_name());
            report.error_help(
                Code::DuplicateMappedName,
                enumeration.span(),
                message,
                "map one of them to another name",
            );
        }
    }
    for enumeration in &checks.draft.enums {
        if !checks.can.enums {
            let message = format!("{} has no enums such as `{}`", checks.can.name, enumeration.name);
            report.error_help(Code::EnumUnsupported, enumeration.span(), message, "use a String");
        }
        let schema = enumeration.schema;
        models::schema_rules(checks, schema, "enum", enumeration.name, enumeration.span(), report);
    }
}
