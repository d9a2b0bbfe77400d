//! Fields that are columns.

use crate::diagnostic::Code;
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;

use super::names::{DEFAULT_SCOPES, Names, default_constraint_name};
use super::{Checks, defaults, keys, native};

/// Checks one column.
pub(crate) fn check(checks: &Checks<'_, '_>, id: ModelId, at: FieldId, names: &Names<'_>, report: &mut Report) {
    let model = checks.draft.model(id);
    let field = model.field(at);
    type_is_supported(checks, model, field, report);
    client_name(checks, id, field, names, report);
    if !names.all_differ()
        && checks.can.scopes.iter().any(|scope| DEFAULT_SCOPES.contains(scope))
        && let Some(name) = default_constraint_name(checks, model, field)
    {
        let argument = field.default().and_then(|default| keys::argument_span(default.attribute, "map"));
        for space in names.clashes(id, &name, DEFAULT_SCOPES) {
            keys::name_clash(&name, space, argument.unwrap_or(field.span()), report);
        }
    }
    if field.native.is_some() {
        native::field(checks, field, report);
    }
    if field.default.is_some() {
        if checks.draft.has_named_defaults.get() {
            default_name(checks, field, report);
        }
        defaults::value(checks, field, report);
    }
    if let Some(Type::Unsupported(_)) = field.ty {
        native::unsupported(checks, field, report);
    }
}

fn type_is_supported(checks: &Checks<'_, '_>, model: &DraftModel<'_>, field: &DraftField<'_>, report: &mut Report) {
    let can = checks.can;
    let list = field.arity == Arity::List;
    let mut unsupported = |what: &str, help: &str| {
        let message = format!("{} has no {what}, which `{}.{}` needs", can.name, model.name, field.name);
        report.error_help(Code::TypeUnsupported, field.span(), message, help);
    };
    match field.scalar() {
        Some(ScalarType::Json) => {
            if !can.json {
                unsupported("type for Json", "use a String");
            }
            if list && !can.json_lists {
                unsupported("lists of Json", "use one Json value that holds a list");
            }
        }
        Some(ScalarType::Decimal) if !can.decimal => unsupported("type for Decimal", "use a Float or a String"),
        Some(_) | None => {}
    }
    if list && !can.scalar_lists {
        let message = format!("{} has no lists, which `{}.{}` needs", can.name, model.name, field.name);
        report.error_help(Code::ListUnsupported, field.span(), message, "put the values into a table of their own");
    }
}

/// A field cannot be called like a compound key.
#[inline]
pub(crate) fn client_name(
    checks: &Checks<'_, '_>,
    id: ModelId,
    field: &DraftField<'_>,
    names: &Names<'_>,
    report: &mut Report,
) {
    if names.custom_count(id, field.name) > 0 {
        report_client_name(checks, id, field, report);
    }
}

#[cold]
fn report_client_name(checks: &Checks<'_, '_>, id: ModelId, field: &DraftField<'_>, report: &mut Report) {
    let model = checks.draft.model(id);
    let unique = model.indexes.iter().any(|index| index.name == Some(field.name));
    let key = model.primary_key.as_ref().is_some_and(|key| key.name == Some(field.name));
    for (attribute, clash) in [("@@unique", unique), ("@@id", key)] {
        if clash {
            let message = format!("an `{attribute}` has the name `{}`, which is the name of a field", field.name);
            report.error_help(Code::ClientNameClash, model.span(), message, "give the key another `name`");
        }
    }
}

fn default_name(checks: &Checks<'_, '_>, field: &DraftField<'_>, report: &mut Report) {
    let Some((default, name)) = field.default().and_then(|default| Some((default, default.map()?))) else {
        return;
    };
    let span = default.attribute.span();
    if !checks.can.named_defaults {
        let message = format!("{} does not name defaults", checks.can.name);
        report.error_help(Code::DefaultMapUnsupported, span, message, "remove `map`");
    }
    keys::name_length(checks, name, span, report);
}
