//! Primary keys, and that every model has something that tells its rows apart.

use crate::diagnostic::Code;
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;
use crate::source::Span;

use super::Checks;
use super::names::{KEY_SCOPES, Names, primary_key_name};

/// Checks the primary key of a model.
pub(crate) fn check(checks: &Checks<'_, '_>, id: ModelId, names: &Names<'_>, report: &mut Report) {
    let model = checks.draft.model(id);
    if !model.is_view {
        has_identifier(model, report);
    }
    let Some(key) = &model.primary_key else { return };
    key_name(checks, id, key, names, report);
    let span = key.attribute.span();
    let (fields, sorted) = (&key.fields, key.fields.iter().any(|field| field.sort.is_some()));
    if fields.is_empty() {
        report.error_help(Code::NoMembers, span, "the list of fields is empty", "name at least one field");
    }
    if fields.len() > 1 {
        client_name_clash(model, fields, "@@id", span, report);
    }
    if key.map.is_some() && !checks.can.named_primary_keys {
        let message = format!("{} does not name primary keys", checks.can.name);
        report.error_help(Code::KeyMapUnsupported, model.span(), message, "remove `map`");
    }
    if fields.len() > 1 && !checks.can.compound_ids {
        let message = format!("{} has no ids of several fields", checks.can.name);
        report.error_help(Code::CompoundIdUnsupported, span, message, "use one id field and `@@unique`");
    }
    if fields.iter().any(|field| field.length.is_some()) && !checks.can.index_length {
        let message = format!("{} does not index parts of a column", checks.can.name);
        report.error_help(Code::LengthArgument, span, message, "remove `length`");
    }
    if sorted && !checks.can.primary_key_sort {
        let message = format!("{} has no sort order in primary keys", checks.can.name);
        report.error_help(Code::SortArgument, span, message, "remove `sort`");
    }
}

/// `@db`-independent rules that come behind the provider's own: lengths on the right types, clustering.
pub(crate) fn check_late(checks: &Checks<'_, '_>, model: &DraftModel<'_>, report: &mut Report) {
    let Some(key) = &model.primary_key else { return };
    let span = key.attribute.span();
    for member in &key.fields {
        length_type(checks, model, member, span, report);
    }
    if key.clustered.is_some() && !checks.can.clustering {
        let message = format!("{} has no clustered keys", checks.can.name);
        report.error_help(Code::Clustering, span, message, "remove `clustered`");
    }
    let taken = model.indexes.iter().any(|index| index.clustered == Some(true));
    if checks.can.clustering && key.clustered != Some(false) && taken {
        report.error_help(Code::Clustering, span, "a table has at most one clustered index or key", "keep one");
    }
}

/// `length` works on text and bytes.
pub(crate) fn length_type(
    checks: &Checks<'_, '_>,
    model: &DraftModel<'_>,
    member: &DraftMember<'_>,
    span: Span,
    report: &mut Report,
) {
    if !checks.can.index_length || member.length.is_none() || member.path().is_some() {
        return;
    }
    match &model.field(member.field).ty {
        Some(Type::Unsupported(_) | Type::Scalar(ScalarType::String | ScalarType::Bytes)) => {}
        Some(_) | None => {
            let message = "`length` works on fields of type String and Bytes only";
            report.error_help(Code::LengthArgument, span, message, "remove `length`");
        }
    }
}

/// A model needs a unique key whose fields are all required.
fn has_identifier(model: &DraftModel<'_>, report: &mut Report) {
    if model.is_ignored {
        return;
    }
    let key = model.primary_key.iter().map(|key| &key.fields);
    let uniques = model.indexes.iter().filter(|index| index.kind == IndexKind::Unique).map(|index| &index.fields);
    let strict = |fields: &Members<'_>| fields.iter().all(|member| model.field(member.field).is_strict());
    if key.clone().chain(uniques.clone()).any(strict) {
        return;
    }
    let word = model.word();
    let message = format!("{word} `{}` has no id and no unique key of required fields", model.name);
    let help = if key.chain(uniques).next().is_some() {
        "its unique keys hold optional or unsupported fields; add `@id` to a field, or make their fields required"
    } else {
        "add `@id` or `@unique` to a field, or `@@id([..])` or `@@unique([..])` to the block"
    };
    report.error_help(Code::NoIdentifier, model.span(), message, help);
}

fn key_name(checks: &Checks<'_, '_>, id: ModelId, key: &DraftKey<'_>, names: &Names<'_>, report: &mut Report) {
    let span = key.attribute.span();
    // A name that is not written is cut to the length that the database takes.
    if (key.map.is_some() || !names.all_differ())
        && let Some(name) = primary_key_name(checks, checks.draft.model(id))
    {
        name_length(checks, &name, span, report);
        for space in names.clashes(id, &name, KEY_SCOPES) {
            let place = argument_span(key.attribute, "map").unwrap_or(span);
            name_clash(&name, space, place, report);
        }
    }
    if let Some(name) = key.name
        && names.custom_count(id, name) > 1
    {
        let place = argument_span(key.attribute, "name").unwrap_or(span);
        custom_name_clash(name, place, report);
    }
}

/// The place of a named argument.
pub(crate) fn argument_span(attribute: crate::ast::Attribute<'_>, name: &str) -> Option<Span> {
    attribute.arguments().iter().find(|argument| argument.name() == Some(name)).map(|argument| argument.span())
}

/// Reports a constraint name that occurs twice.
pub(crate) fn name_clash(name: &str, space: &str, span: Span, report: &mut Report) {
    let message = format!("the name `{name}` is taken: names must differ among the {space}");
    report.error_help(Code::DuplicateConstraintName, span, message, "give it another name with `map: \"...\"`");
}

/// Reports a client name that occurs twice in a model.
pub(crate) fn custom_name_clash(name: &str, span: Span, report: &mut Report) {
    let message = format!("another key of this model has the name `{name}`");
    report.error_help(Code::DuplicateClientName, span, message, "give it another `name`");
}

/// Names longer than the database takes.
pub(crate) fn name_length(checks: &Checks<'_, '_>, name: &str, span: Span, report: &mut Report) {
    if name.len() > checks.can.identifier {
        let message = format!(
            "`{name}` has {} bytes; {} takes names of at most {}",
            name.len(),
            checks.can.name,
            checks.can.identifier
        );
        report.error_help(Code::ConstraintNameLength, span, message, "choose a shorter name");
    }
}

/// `a_b` is the client's name of a compound key of `a` and `b`: a field cannot have it.
pub(crate) fn client_name_clash(
    model: &DraftModel<'_>,
    fields: &[DraftMember<'_>],
    attribute: &str,
    span: Span,
    report: &mut Report,
) {
    let parts = || fields.iter().map(|member| model.field(member.field).name);
    let length = parts().map(str::len).sum::<usize>() + fields.len() - 1;
    let is_joined = |name: &str| {
        let mut rest = Some(name);
        for (index, part) in parts().enumerate() {
            let separated = rest.and_then(|rest| if index > 0 { rest.strip_prefix('_') } else { Some(rest) });
            rest = separated.and_then(|rest| rest.strip_prefix(part));
        }
        rest == Some("")
    };
    let namesake =
        model.fields.iter().find(|field| field.name.len() == length && field.is_scalar() && is_joined(field.name));
    if let Some(DraftField { name, .. }) = namesake {
        let message = format!("the field `{name}` has the name that this `{attribute}` gets in the client");
        report.error_help(Code::ClientNameClash, span, message, format!("add `name: \"...\"` to the `{attribute}`"));
    }
}
