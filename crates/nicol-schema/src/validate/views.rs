//! Views: they are read, so nothing is kept unique or indexed for them.

use crate::diagnostic::Code;
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;

use super::Checks;

/// Checks the block of a view.
pub(crate) fn check(checks: &Checks<'_, '_>, view: &DraftModel<'_>, report: &mut Report) {
    if !checks.configuration.has_preview("views") {
        let help = "add `\"views\"` to `previewFeatures` of a generator";
        report.error_help(Code::PreviewNeeded, view.span(), "views are a preview feature", help);
    }
    super::models::schema_attribute(checks, view, report);
    if let Some(key) = &view.primary_key {
        let help = "mark the field with `@unique`: it tells the client what identifies a row";
        report.error_help(Code::ViewRule, key.attribute.span(), "a view has no primary key", help);
    }
}

/// Checks one index of a view.
pub(crate) fn index(index: &DraftIndex<'_>, report: &mut Report) {
    let span = index.attribute.span();
    if index.kind != IndexKind::Unique {
        report.error_help(Code::ViewRule, span, "a view has no indexes", "remove it, and index the tables below");
    }
    let nothing_behind = "unique keys of a view exist for the client only";
    if index.map.is_some() {
        report.error_help(Code::ViewRule, span, nothing_behind, "remove `map`");
    }
    if index.clustered.is_some() {
        report.error_help(Code::Clustering, span, nothing_behind, "remove `clustered`");
    }
    let with_arguments =
        |member: &&DraftMember<'_>| member.sort.is_some() || member.length.is_some() || member.ops().is_some();
    for _ in index.fields.iter().filter(with_arguments) {
        report.error_help(Code::ViewRule, span, nothing_behind, "name the fields without arguments");
    }
}
