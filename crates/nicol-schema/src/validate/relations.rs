//! Relations with columns on one side: one-to-one and one-to-many.

use crate::diagnostic::Code;
use crate::format::plural::{camel_case, plural};
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;

use super::names::{FOREIGN_KEY_SCOPES, Names, foreign_key_name};
use super::{Checks, cascades, keys};

/// The two sides of a relation.
struct Sides<'d, 'a> {
    draft: &'d Draft<'a>,
    relation: &'d DraftRelation,
    forward: Option<&'d RelationField<'a>>,
    back: Option<&'d RelationField<'a>>,
}

impl<'d, 'a> Sides<'d, 'a> {
    fn field(&self, side: &RelationField<'_>) -> &'d DraftField<'a> {
        self.draft.field(side.at)
    }

    fn path(&self, side: &RelationField<'_>) -> String {
        format!("{}.{}", self.draft.model(side.at.model).name, self.field(side).name)
    }

    fn near(&self) -> &'d DraftModel<'a> {
        self.draft.model(self.relation.model_a)
    }

    fn far(&self) -> &'d DraftModel<'a> {
        self.draft.model(self.relation.model_b)
    }

    fn both(&self) -> Option<(&'d RelationField<'a>, &'d RelationField<'a>)> {
        Some((self.forward?, self.back?))
    }
}

fn is_empty(fields: &Option<FieldIds>) -> bool {
    fields.as_ref().is_none_or(FieldIds::is_empty)
}

/// Checks one relation.
pub(crate) fn check<'d>(
    checks: &Checks<'d, '_>,
    index: usize,
    names: &Names<'_>,
    graph: &mut cascades::Cascades<'d>,
    report: &mut Report,
) {
    let draft = checks.draft;
    let relation = &draft.relations[index];
    let side = |index: Option<u32>| index.map(|index| draft.relation_field(index));
    let sides = Sides { draft, relation, forward: side(relation.a), back: side(relation.b) };
    cascades::check(checks, relation, graph, report);
    if let Some(forward) = sides.forward {
        references_are_unique(checks, &sides, forward, report);
        same_length(forward, report);
        arity(&sides, forward, report);
        types_match(&sides, forward, report);
    }
    if !names.all_differ() {
        constraint_name(&sides, foreign_key_name(checks, relation).as_deref(), names, report);
    }
    if let Some(forward) = sides.forward {
        set_null(checks, &sides, forward, report);
    }
    opposite_is_there(&sides, report);
    match relation.shape {
        RelationShape::OneToOne => one_to_one(&sides, report),
        RelationShape::OneToMany | RelationShape::ManyToMany | RelationShape::Embedded => one_to_many(&sides, report),
    }
}

/// The fields of every key of a model.
pub(crate) fn unique_keys(model: &DraftModel<'_>) -> impl Iterator<Item = FieldIds> {
    let key = model.primary_key.iter().map(|key| &key.fields);
    let uniques = model.indexes.iter().filter(|index| index.kind == IndexKind::Unique);
    key.chain(uniques.map(|index| &index.fields)).map(|fields| fields.iter().map(|member| member.field).collect())
}

/// True when one of the keys is exactly these fields.
pub(crate) fn has_key(model: &DraftModel<'_>, fields: &[FieldId]) -> bool {
    let key = model.primary_key.iter().map(|key| &key.fields);
    let uniques = model.indexes.iter().filter(|index| index.kind == IndexKind::Unique).map(|index| &index.fields);
    key.chain(uniques).any(|key| key.len() == fields.len() && key.iter().zip(fields).all(|(a, b)| a.field == *b))
}

fn sorted(fields: &[FieldId]) -> FieldIds {
    let mut fields = FieldIds::from_slice(fields);
    fields.sort_unstable();
    fields
}

fn references_are_unique(
    checks: &Checks<'_, '_>,
    sides: &Sides<'_, '_>,
    forward: &RelationField<'_>,
    report: &mut Report,
) {
    let Some(references) = forward.references.as_ref().filter(|references| !references.is_empty()) else {
        return;
    };
    let far = sides.far();
    let span = sides.field(forward).span();
    let mut unordered = false;
    if !has_key(far, references) {
        let sought = sorted(references);
        unordered = unique_keys(far).any(|key| key.len() == sought.len() && sorted(&key) == sought);
        if !unordered {
            let list: Vec<&str> = references.iter().map(|id| far.field(*id).name).collect();
            let list = list.join(", ");
            let message =
                format!("`{}` refers to fields of `{}` that are not unique: {list}", sides.path(forward), far.name);
            let help = if references.len() == 1 {
                format!("add `@unique` to `{}.{list}`", far.name)
            } else {
                format!("add `@@unique([{list}])` to `{}`", far.name)
            };
            report.error_help(Code::ReferenceNotUnique, span, message, help);
            for field in references.iter().map(|id| far.field(*id)) {
                report.relate(field.span(), "not unique");
            }
            return;
        }
    }
    if unordered && references.len() > 1 && !checks.can.references_in_any_order {
        let message =
            format!("`references` of `{}` has another order than the key of `{}`", sides.path(forward), far.name);
        report.error_help(Code::ReferenceOrder, span, message, "write the fields in the order of the key");
    }
}

fn same_length(forward: &RelationField<'_>, report: &mut Report) {
    let (Some(fields), Some(references), Some(attribute)) = (&forward.fields, &forward.references, forward.attribute)
    else {
        return;
    };
    if fields.len() != references.len() {
        let message = format!("`fields` names {} fields, `references` {}", fields.len(), references.len());
        report.error_help(Code::FieldCount, attribute.span(), message, "name as many in both, in the same order");
    }
}

fn arity(sides: &Sides<'_, '_>, forward: &RelationField<'_>, report: &mut Report) {
    let field = sides.field(forward);
    let near = sides.near();
    let optional = forward.fields.iter().flatten().find(|id| near.field(**id).arity == Arity::Optional);
    if field.arity != Arity::Required {
        return;
    }
    if let Some(column) = optional {
        let (column, span) = (near.field(*column).name, near.field(*column).span());
        let message = format!("`{}` is required, but its column `{column}` is optional", sides.path(forward));
        let help = format!("make both optional (`{}?`), or both required", sides.far().name);
        report.error_help(Code::RelationOptionality, field.span(), message, help);
        report.relate(span, "optional");
    }
}

fn types_match(sides: &Sides<'_, '_>, forward: &RelationField<'_>, report: &mut Report) {
    let Some(fields) = &forward.fields else { return };
    let (near, far) = (sides.near(), sides.far());
    // Without `references:` the first key whose fields are all required is meant.
    let meant = || unique_keys(far).find(|key| key.iter().all(|id| far.field(*id).is_strict()));
    let references = match &forward.references {
        Some(references) => references.clone(),
        None => meant().unwrap_or_default(),
    };
    for (column, reference) in fields.iter().zip(references.iter()) {
        let (column, reference) = (near.field(*column), far.field(*reference));
        if !sides.draft.same_type(column, reference) {
            let message = format!(
                "`{}.{}` and `{}.{}` are joined by `{}` but have different types",
                near.name,
                column.name,
                far.name,
                reference.name,
                sides.path(forward)
            );
            report.error_help(
                Code::RelationTypeMismatch,
                sides.field(forward).span(),
                message,
                "give both the same type",
            );
            for field in [column, reference] {
                report.relate(field.type_span(), "this type");
            }
        }
    }
}

fn constraint_name(sides: &Sides<'_, '_>, name: Option<&str>, names: &Names<'_>, report: &mut Report) {
    let Some(name) = name else { return };
    for space in names.clashes(sides.relation.model_a, name, FOREIGN_KEY_SCOPES) {
        let place = match sides.forward {
            Some(forward) => {
                let argument = forward.attribute.and_then(|attribute| keys::argument_span(attribute, "map"));
                argument.unwrap_or(sides.field(forward).span())
            }
            None => sides.far().span(),
        };
        keys::name_clash(name, space, place, report);
    }
}

/// SET NULL needs a column that can be null.
fn set_null(checks: &Checks<'_, '_>, sides: &Sides<'_, '_>, forward: &RelationField<'_>, report: &mut Report) {
    let near = sides.near();
    let Some(fields) = &forward.fields else {
        return set_null_report(checks, sides, forward, report);
    };
    if fields.iter().any(|id| near.field(*id).arity == Arity::Required) {
        set_null_report(checks, sides, forward, report);
    }
}

fn set_null_report(checks: &Checks<'_, '_>, sides: &Sides<'_, '_>, forward: &RelationField<'_>, report: &mut Report) {
    // PostgreSQL accepts such a table and fails at the first delete.
    let only_warn = checks.provider == Some(Provider::Postgresql) && checks.mode == RelationMode::ForeignKeys;
    let span = sides.field(forward).span();
    for (name, action) in [("onDelete", forward.on_delete), ("onUpdate", forward.on_update)] {
        if !matches!(action, Some((ReferentialAction::SetNull, _))) {
            continue;
        }
        let message = format!("`{name}: SetNull` of `{}` meets a required column", sides.path(forward));
        let help = "choose another action, or make the columns optional";
        if only_warn {
            report.warning(Code::SetNullOnRequired, span, message, help);
        } else {
            report.error_help(Code::SetNullOnRequired, span, message, help);
        }
    }
}

fn opposite_is_there(sides: &Sides<'_, '_>, report: &mut Report) {
    let (one, missing) = match (sides.forward, sides.back) {
        (Some(forward), None) => (forward, sides.far()),
        (None, Some(back)) => (back, sides.near()),
        (Some(_), Some(_)) | (None, None) => return,
    };
    let model = sides.draft.model(one.at.model).name;
    let message = format!("`{}` has no opposite field in {} `{}`", sides.path(one), missing.word(), missing.name);
    let (near, name) = (sides.relation.a.is_none(), one.name);
    let suffix = match (near, sides.relation.shape) {
        (true, _) | (false, RelationShape::OneToOne) => "?",
        (false, _) => "[]",
    };
    let relation = name.map_or(String::new(), |name| format!(" @relation(\"{name}\")"));
    let one_name = camel_case(model);
    let field = if suffix == "[]" { plural(&one_name) } else { one_name };
    let help = format!("run `nicol format`, or add `{field} {model}{suffix}{relation}` to `{}`", missing.name);
    report.error_help(Code::MissingOpposite, sides.field(one).span(), message, help);
    report.relate(missing.file.span(missing.block.name), "the field is missing here");
}

fn one_to_many(sides: &Sides<'_, '_>, report: &mut Report) {
    let Some((forward, back)) = sides.both() else { return };
    let defined = !is_empty(&forward.fields) && !is_empty(&forward.references);
    let bare = is_empty(&back.fields) && is_empty(&back.references);
    if defined && bare && back.on_delete.is_none() && back.on_update.is_none() {
        return;
    }
    let (here, there) = (sides.path(forward), sides.path(back));
    for (name, fields) in [("fields", &forward.fields), ("references", &forward.references)] {
        if is_empty(fields) {
            let message = format!("`{here}` does not say which {name} make the relation");
            let help = format!("run `nicol format`, or add `{name}: [..]` to its `@relation`");
            report.error_help(Code::MissingRelationArgument, sides.field(forward).span(), message, help);
        }
    }
    if !is_empty(&back.fields) || !is_empty(&back.references) {
        let message = format!("`{there}` cannot have `fields` or `references`: the columns are on the other side");
        report.error_help(Code::WrongSideDefines, sides.field(back).span(), message, format!("move them to `{here}`"));
    }
    if back.on_delete.is_some() || back.on_update.is_some() {
        let message = format!("`{there}` cannot have `onDelete` or `onUpdate`: the columns are on the other side");
        report.error_help(Code::WrongSideDefines, sides.field(back).span(), message, format!("move them to `{here}`"));
    }
}

fn one_to_one(sides: &Sides<'_, '_>, report: &mut Report) {
    if let Some((forward, back)) = sides.both() {
        neither_side(sides, forward, back, report);
        both_sides(sides, forward, back, report);
        actions_on_one_side(sides, forward, back, report);
    }
    columns_are_unique(sides, report);
    let Some((forward, back)) = sides.both() else { return };
    if !report.has_errors() {
        mixed_sides(sides, forward, back, report);
    }
    let (here, there) = (sides.path(forward), sides.path(back));
    if !report.has_errors() && sides.field(back).arity == Arity::Required {
        let near = sides.near().name;
        let message = format!("`{there}` cannot be required: no database sees to it that there is a `{near}`");
        report.error_help(Code::BothSidesRequired, sides.field(back).span(), message, format!("write `{near}?`"));
    }
    let defines = back.fields.is_some() || back.references.is_some();
    if !report.has_errors() && sides.field(forward).arity == Arity::Required && defines {
        let message = format!("`{there}` has `fields` or `references`, but `{here}` is the required side");
        let help = format!("move them to `{here}`, or make that side optional");
        report.error_help(Code::WrongSideDefines, sides.field(back).span(), message, help);
    }
}

fn neither_side(sides: &Sides<'_, '_>, forward: &RelationField<'_>, back: &RelationField<'_>, report: &mut Report) {
    let pairs = [("fields", &forward.fields, &back.fields), ("references", &forward.references, &back.references)];
    for (name, here, there) in pairs {
        if is_empty(here) && is_empty(there) {
            for side in [forward, back] {
                let message = format!("neither `{}` nor `{}` has `{name}`", sides.path(forward), sides.path(back));
                let help = format!("add `@relation({name}: [..])` to the side that holds the columns");
                report.error_help(Code::NoSideDefines, sides.field(side).span(), message, help);
            }
        }
    }
}

fn both_sides(sides: &Sides<'_, '_>, forward: &RelationField<'_>, back: &RelationField<'_>, report: &mut Report) {
    let pairs = [("references", &forward.references, &back.references), ("fields", &forward.fields, &back.fields)];
    for (name, here, there) in pairs {
        if !is_empty(here) && !is_empty(there) {
            for side in [forward, back] {
                let message = format!("both `{}` and `{}` have `{name}`", sides.path(forward), sides.path(back));
                report.error_help(Code::BothSidesDefine, sides.field(side).span(), message, "keep it on one side");
            }
        }
    }
}

fn actions_on_one_side(
    sides: &Sides<'_, '_>,
    forward: &RelationField<'_>,
    back: &RelationField<'_>,
    report: &mut Report,
) {
    let has = |side: &RelationField<'_>| side.on_delete.is_some() || side.on_update.is_some();
    let (here, there) = (sides.path(forward), sides.path(back));
    if has(forward) && has(back) {
        for side in [back, forward] {
            let message = format!("both `{here}` and `{there}` have `onDelete` or `onUpdate`");
            report.error_help(
                Code::BothSidesDefine,
                sides.field(side).span(),
                message,
                "keep it on the side with the columns",
            );
        }
    } else if has(back) {
        let message = format!("`{there}` cannot have `onDelete` or `onUpdate`: the columns are on the other side");
        report.error_help(Code::WrongSideDefines, sides.field(back).span(), message, format!("move them to `{here}`"));
    }
}

fn columns_are_unique(sides: &Sides<'_, '_>, report: &mut Report) {
    let Some(forward) = sides.forward else { return };
    let Some(fields) = &forward.fields else { return };
    let near = sides.near();
    if has_key(near, fields) {
        return;
    }
    let list: Vec<&str> = fields.iter().map(|id| near.field(*id).name).collect();
    let list = list.join(", ");
    let message = format!("`{}` is one-to-one, but its columns are not unique: {list}", sides.path(forward));
    let help = if fields.len() == 1 {
        format!("add `@unique` to `{}.{list}`, or make the other side a list", near.name)
    } else {
        format!("add `@@unique([{list}])` to `{}`, or make the other side a list", near.name)
    };
    report.error_help(Code::OneToOneNotUnique, sides.field(forward).span(), message, help);
    for id in fields {
        report.relate(near.field(*id).span(), "not unique");
    }
}

fn mixed_sides(sides: &Sides<'_, '_>, forward: &RelationField<'_>, back: &RelationField<'_>, report: &mut Report) {
    let help = "put both on the side that holds the columns";
    let message = format!("`fields` and `references` stand on different sides of `{}`", sides.path(forward));
    if !is_empty(&forward.fields) && !is_empty(&back.references) {
        for side in [forward, back] {
            report.error_help(Code::WrongSideDefines, sides.field(side).span(), message.as_str(), help);
        }
    }
    if !is_empty(&forward.references) && !is_empty(&back.fields) {
        report.error_help(Code::WrongSideDefines, sides.field(forward).span(), message, help);
    }
}
