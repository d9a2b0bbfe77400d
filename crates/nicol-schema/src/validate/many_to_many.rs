//! Many-to-many relations: implicit ones with a join table, and lists of keys on mongodb.

use crate::diagnostic::Code;
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;
use crate::source::Span;

use super::models::is_single_key;
use super::{Checks, keys};

fn sides<'d, 'a>(draft: &'d Draft<'a>, relation: &DraftRelation) -> Option<[&'d RelationField<'a>; 2]> {
    Some([draft.relation_field(relation.a?), draft.relation_field(relation.b?)])
}

fn path(draft: &Draft<'_>, side: &RelationField<'_>) -> String {
    format!("{}.{}", draft.model(side.at.model).name, draft.field(side.at).name)
}

/// The only field of the primary key.
fn single_id(model: &DraftModel<'_>) -> Option<FieldId> {
    match model.primary_key.as_ref()?.fields.as_slice() {
        [only] => Some(only.field),
        _ => None,
    }
}

/// Checks an implicit many-to-many relation.
pub(crate) fn implicit(checks: &Checks<'_, '_>, relation: &DraftRelation, report: &mut Report) {
    let draft = checks.draft;
    let Some(sides) = sides(draft, relation) else { return };
    let with_view = sides.iter().any(|side| draft.model(side.at.model).is_view);
    if !checks.can.many_to_many && !with_view {
        for side in sides {
            let message = format!("{} has no join tables for `{}`", checks.can.name, path(draft, side));
            let help = "put the keys into lists on both sides: `@relation(fields: [ids], references: [id])`";
            report.error_help(Code::ManyToManyRule, draft.field(side.at).span(), message, help);
        }
    }
    if with_view {
        for side in sides {
            let message = format!("`{}` would need a join table, which views cannot have", path(draft, side));
            let help = "write a model for the join table";
            report.error_help(Code::ViewRelation, draft.field(side.at).span(), message, help);
        }
    }
    for side in sides {
        let (target, span) = (draft.model(side.target), draft.field(side.at).span());
        let Some(id) = single_id(target) else {
            let message = format!("`{}` leads to `{}`, which has no `@id` field", path(draft, side), target.name);
            let help = "give it one, or write a model for the join table";
            report.error_help(Code::ManyToManyId, span, message, help);
            continue;
        };
        if side.references.as_ref().is_some_and(|references| references.as_slice() != [id]) {
            let message = format!("`{}` must refer to the id of `{}`", path(draft, side), target.name);
            report.error_help(Code::ManyToManyRule, span, message, "remove `references`");
        }
    }
    no_actions(&sides, report);
    for side in sides.iter().filter(|side| side.references.is_some()) {
        let message = format!("`{}` cannot have `references`: the join table refers to the ids", path(draft, side));
        report.error_help(Code::ManyToManyRule, draft.field(side.at).span(), message, "remove `references`");
    }
}

fn no_actions(sides: &[&RelationField<'_>; 2], report: &mut Report) {
    for (_, span) in sides.iter().flat_map(|side| side.on_delete.into_iter().chain(side.on_update)) {
        let message = "a many-to-many relation has no referential actions";
        report.error_help(Code::ManyToManyRule, span, message, "remove it, or write a model for the join table");
    }
}

/// Checks a many-to-many relation by lists of keys.
pub(crate) fn embedded(checks: &Checks<'_, '_>, relation: &DraftRelation, report: &mut Report) {
    let draft = checks.draft;
    let Some(sides) = sides(draft, relation) else { return };
    if !checks.can.embedded_many_to_many {
        for side in sides {
            let message = format!("{} keeps no lists of keys for `{}`", checks.can.name, path(draft, side));
            let help = "remove `fields` and `references` on both sides: a join table is made by itself";
            report.error_help(Code::ManyToManyRule, draft.field(side.at).span(), message, help);
        }
        return;
    }
    let whole =
        |side: &RelationField<'_>| side.attribute.map_or(draft.field(side.at).span(), |attribute| attribute.span());
    let argument = |side: &RelationField<'_>, name: &str| -> Option<Span> {
        side.attribute.and_then(|attribute| keys::argument_span(attribute, name))
    };
    for name in ["references", "fields"] {
        for side in sides {
            let list = if name == "fields" { &side.fields } else { &side.references };
            if list.as_ref().is_none_or(|list| list.len() != 1) {
                let message = format!("`{}` needs `{name}` with exactly one field", path(draft, side));
                let span = argument(side, name).unwrap_or(whole(side));
                report.error_help(Code::ManyToManyRule, span, message, format!("write `{name}: [..]`"));
            }
        }
    }
    for side in sides {
        let target = draft.model(side.target);
        if let Some(first) = side.references.as_ref().and_then(|list| list.first())
            && !is_single_key(target, *first)
        {
            let message = format!("`{}` must refer to the id of `{}`", path(draft, side), target.name);
            let span = argument(side, "references").unwrap_or(draft.field(side.at).span());
            report.error_help(Code::ManyToManyRule, span, message, "name the id field");
        }
    }
    for side in sides {
        key_list(draft, side, whole(side), report);
    }
    no_actions(&sides, report);
}

/// The list of keys must be a list of what it refers to.
fn key_list(draft: &Draft<'_>, side: &RelationField<'_>, span: Span, report: &mut Report) {
    let first = |list: &Option<FieldIds>| list.as_ref().and_then(|list| list.first().copied());
    let (Some(column), Some(reference)) = (first(&side.fields), first(&side.references)) else {
        return;
    };
    let column = draft.model(side.at.model).field(column);
    let reference = draft.model(side.target).field(reference);
    let native = |field: &DraftField<'_>| field.native().map(|native| native.name.to_owned());
    let fits = column.arity == Arity::List
        && reference.arity != Arity::List
        && draft.same_type(column, reference)
        && native(column) == native(reference);
    if !fits {
        let message = format!("`{}` must be a list of what `{}` is", column.name, reference.name);
        report.error_help(Code::ManyToManyRule, span, message, "give both the same type, one of them as a list");
    }
}
