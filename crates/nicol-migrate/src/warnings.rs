//! The comment at the head of a script that tells what it does to data.

use nicol_catalog::{Risk, RiskKind};

/// The script with its risks in a comment above it: warnings first, then what cannot run on tables with rows. Without
/// risks it is the script itself.
pub(crate) fn with_warnings_head(script: &str, risks: &[Risk]) -> String {
    let lines = |kind: RiskKind| {
        let of_kind = risks.iter().filter(move |risk| risk.kind == kind && !risk.needs_count);
        of_kind.map(|risk| format!("  - {}\n", as_comment(&risk.text)))
    };
    let list: String = lines(RiskKind::Warning).chain(lines(RiskKind::Unexecutable)).collect();
    if list.is_empty() {
        return script.to_string();
    }
    format!("/*\n  Warnings:\n\n{list}\n*/\n{script}")
}

/// A name in the text must not be able to end the comment.
fn as_comment(text: &str) -> String {
    text.replace("*/", "* /").replace("/*", "/ *").replace(['\r', '\n'], " ")
}
