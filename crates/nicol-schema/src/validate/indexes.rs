//! Indexes and unique constraints.

use crate::diagnostic::Code;
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;

use super::names::{INDEX_SCOPES, Names, index_name};
use super::{Checks, keys};

/// Checks one index.
pub(crate) fn check(checks: &Checks<'_, '_>, id: ModelId, at: usize, names: &Names<'_>, report: &mut Report) {
    let model = checks.draft.model(id);
    let index = &model.indexes[at];
    let span = index.attribute.span();
    if index.fields.is_empty() {
        report.error_help(Code::NoMembers, span, "the list of fields is empty", "name at least one field");
    }
    if !names.all_differ() {
        unique_names(index, id, &index_name(checks, model, index), names, report);
    }
    if index.kind == IndexKind::Unique && index.fields.len() > 1 && index.name.is_none() {
        keys::client_name_clash(model, &index.fields, "@@unique", span, report);
    }
    if let Some(name) = &index.name
        && names.custom_count(id, name) > 1
    {
        let place = keys::argument_span(index.attribute, "name").unwrap_or(span);
        keys::custom_name_clash(name, place, report);
    }
    if index.fields.iter().any(|member| member.length.is_some()) && !checks.can.index_length {
        let message = format!("{} does not index parts of a column", checks.can.name);
        report.error_help(Code::LengthArgument, span, message, "remove `length`");
    }
    algorithm(checks, index, report);
    fulltext(checks, index, report);
    if let Some(name) = &index.map {
        keys::name_length(checks, name, span, report);
    }
    clustering(checks, model, index, report);
    if index.kind != IndexKind::Normal && index.fields.iter().any(|member| member.ops().is_some()) {
        let message = "operator classes can be chosen in `@@index` only";
        report.error_help(Code::OperatorClass, span, message, "remove `ops`");
    }
    partial(checks, index, report);
    composite_members(checks, model, index, report);
    for member in &index.fields {
        keys::length_type(checks, model, member, span, report);
    }
}

fn unique_names(index: &DraftIndex<'_>, id: ModelId, name: &str, names: &Names<'_>, report: &mut Report) {
    for space in names.clashes(id, name, INDEX_SCOPES) {
        let argument = |word| keys::argument_span(index.attribute, word);
        let place = argument("map").or_else(|| argument("name")).unwrap_or(index.attribute.span());
        keys::name_clash(name, space, place, report);
    }
}

fn algorithm(checks: &Checks<'_, '_>, index: &DraftIndex<'_>, report: &mut Report) {
    let Some(algorithm) = index.algorithm else { return };
    let span = index.attribute.span();
    let known = checks.can.index_types.contains(&algorithm);
    if !known {
        let place = keys::argument_span(index.attribute, "type").unwrap_or(span);
        let message = format!("{} has no indexes of type {algorithm}", checks.can.name);
        let help = match checks.can.index_types {
            [_] | [] => "remove `type`".to_owned(),
            several => format!("choose one of {}", several.join(", ")),
        };
        report.error_help(Code::IndexTypeUnsupported, place, message, help);
    }
    if known && algorithm == "Hash" && index.fields.iter().any(|member| member.sort.is_some()) {
        report.error_help(Code::SortArgument, span, "a Hash index has no order", "remove `sort`");
    }
}

fn fulltext(checks: &Checks<'_, '_>, index: &DraftIndex<'_>, report: &mut Report) {
    if index.kind != IndexKind::Fulltext {
        return;
    }
    let span = index.attribute.span();
    if !checks.can.fulltext {
        let message = format!("{} has no fulltext indexes", checks.can.name);
        report.error_help(Code::FulltextUnsupported, span, message, "remove `@@fulltext`");
        return;
    }
    if index.fields.iter().any(|member| member.length.is_some()) {
        report.error_help(Code::Fulltext, span, "a fulltext index holds whole texts", "remove `length`");
    }
    let sorted = |member: &DraftMember<'_>| member.sort.is_some();
    if !checks.can.fulltext_sort {
        if index.fields.iter().any(sorted) {
            let message = format!("fulltext indexes of {} have no order", checks.can.name);
            report.error_help(Code::Fulltext, span, message, "remove `sort`");
        }
        return;
    }
    // Texts must stand together: a text behind a sorted field behind a text is one bundle too many.
    let mut plain = index.fields.iter().map(|member| !sorted(member)).collect::<Vec<bool>>();
    plain.dedup();
    if plain.iter().filter(|plain| **plain).count() > 1 {
        let message = "the texts of a fulltext index must stand next to each other";
        report.error_help(Code::Fulltext, span, message, "move the sorted fields before or behind them");
    }
}

fn clustering(checks: &Checks<'_, '_>, model: &DraftModel<'_>, index: &DraftIndex<'_>, report: &mut Report) {
    let span = index.attribute.span();
    if !checks.can.clustering {
        if index.clustered.is_some() {
            let message = format!("{} has no clustered indexes", checks.can.name);
            report.error_help(Code::Clustering, span, message, "remove `clustered`");
        }
        return;
    }
    if index.clustered != Some(true) {
        return;
    }
    let mut once_too_many = || {
        report.error_help(Code::Clustering, span, "a table has at most one clustered index or key", "keep one");
    };
    if model.primary_key.as_ref().is_some_and(|key| key.clustered != Some(false)) {
        once_too_many();
    }
    let others = model.indexes.iter().filter(|other| !std::ptr::eq(other.attribute.node, index.attribute.node));
    if others.filter(|other| other.clustered == Some(true)).count() > 0 {
        once_too_many();
    }
}

fn partial(checks: &Checks<'_, '_>, index: &DraftIndex<'_>, report: &mut Report) {
    let Some((_, place)) = index.predicate.as_deref() else { return };
    let span = keys::argument_span(index.attribute, "where").unwrap_or(*place);
    if !checks.configuration.has_preview("partialIndexes") {
        let help = "add `\"partialIndexes\"` to `previewFeatures` of a generator";
        report.error_help(Code::PreviewNeeded, span, "partial indexes are a preview feature", help);
        return;
    }
    if !checks.can.partial_indexes {
        let message = format!("{} has no partial indexes", checks.can.name);
        report.error_help(Code::PartialUnsupported, span, message, "remove `where`");
    }
}

fn composite_members(checks: &Checks<'_, '_>, model: &DraftModel<'_>, index: &DraftIndex<'_>, report: &mut Report) {
    if index.fields.len() < 2 || !checks.can.composite_types {
        return;
    }
    let composite = index
        .fields
        .iter()
        .find(|member| member.path().is_none() && matches!(model.field(member.field).ty, Some(Type::Composite(_))));
    if let Some(member) = composite {
        let name = model.field(member.field).name;
        let message = format!("`{name}` is of a composite type, which cannot be in an index with other fields");
        report.error_help(Code::CompositeRule, index.attribute.span(), message, "name the fields inside: `type.field`");
    }
}
