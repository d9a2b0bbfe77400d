//! Relation fields, each for itself.

use crate::diagnostic::Code;
use crate::provider::actions;
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;

use super::names::Names;
use super::{Checks, fields, keys, mongodb};

/// Checks one relation field; false when it is not clear which relation it belongs to.
pub(crate) fn check(checks: &Checks<'_, '_>, index: u32, names: &Names<'_>, report: &mut Report) -> bool {
    let relation = checks.draft.relation_field(index);
    if is_ambiguous(checks, relation, report) {
        return false;
    }
    let field = checks.draft.field(relation.at);
    fields::client_name(checks, relation.at.model, field, names, report);
    ignored_target(checks, relation, report);
    allowed_actions(checks, relation, report);
    foreign_key_name(checks, relation, report);
    missing_index(checks, relation, report);
    if checks.provider == Some(Provider::Mongodb) {
        mongodb::same_native_types(checks, relation, report);
    }
    true
}

/// Fields between the same two models need different relation names.
fn is_ambiguous(checks: &Checks<'_, '_>, relation: &RelationField<'_>, report: &mut Report) -> bool {
    let is_self = relation.at.model == relation.target;
    if relation.alike < 2 || (is_self && relation.name.is_some() && relation.alike == 2) {
        return false;
    }
    let draft = checks.draft;
    let model = draft.model(relation.at.model);
    let same = model.relation_fields.clone().map(|index| draft.relation_field(index));
    let same: Vec<&str> = same
        .filter(|other| other.target == relation.target && other.name == relation.name)
        .map(|other| draft.field(other.at).name)
        .collect();
    let target = draft.model(relation.target).name;
    let (model_name, list) = (model.name, same.join(", "));
    let span = draft.field(relation.at).span();
    match &relation.name {
        Some(name) => {
            let message = format!("more fields of `{model_name}` than fit belong to the relation `{name}`: {list}");
            report.error_help(Code::RelationNameReused, span, message, "give each relation a name of its own");
        }
        None => {
            let message =
                format!("it is not clear which relation is which: {list} all lead from `{model_name}` to `{target}`");
            let help = "name them: `@relation(\"Name\")`, the same name on both sides of each relation";
            report.error_help(Code::AmbiguousRelation, span, message, help);
        }
    }
    true
}

fn ignored_target(checks: &Checks<'_, '_>, relation: &RelationField<'_>, report: &mut Report) {
    let (model, target) = (checks.draft.model(relation.at.model), checks.draft.model(relation.target));
    let field = checks.draft.field(relation.at);
    if target.is_ignored && !field.is_ignored && !model.is_ignored {
        let message = format!("`{}.{}` leads to `{}`, which is ignored", model.name, field.name, target.name);
        report.error_help(Code::IgnoredTarget, field.span(), message, "add `@ignore` to the field");
    }
}

fn allowed_actions(checks: &Checks<'_, '_>, relation: &RelationField<'_>, report: &mut Report) {
    let allowed = actions(checks.provider, checks.mode);
    for (name, action) in [("onDelete", relation.on_delete), ("onUpdate", relation.on_update)] {
        let Some((action, span)) = action.filter(|(action, _)| !allowed.contains(action)) else {
            continue;
        };
        let span = relation.attribute.and_then(|attribute| keys::argument_span(attribute, name)).unwrap_or(span);
        let message = format!("`{action:?}` does not work on {} in this relation mode", checks.can.name);
        let names: Vec<String> = allowed.iter().map(|action| format!("{action:?}")).collect();
        report.error_help(Code::BadAction, span, message, format!("choose one of {}", names.join(", ")));
    }
}

fn foreign_key_name(checks: &Checks<'_, '_>, relation: &RelationField<'_>, report: &mut Report) {
    let (Some(name), Some(attribute)) = (&relation.map, relation.attribute) else {
        return;
    };
    if !checks.can.named_foreign_keys {
        let message = format!("{} does not name foreign keys", checks.can.name);
        report.error_help(Code::ForeignKeyMapUnsupported, attribute.span(), message, "remove `map`");
        return;
    }
    keys::name_length(checks, name, attribute.span(), report);
}

/// Without foreign keys nothing makes an index for the columns of a relation.
fn missing_index(checks: &Checks<'_, '_>, relation: &RelationField<'_>, report: &mut Report) {
    if checks.mode != RelationMode::Prisma || checks.provider == Some(Provider::Mongodb) {
        return;
    }
    let (Some(columns), Some(attribute)) = (&relation.fields, relation.attribute) else {
        return;
    };
    let model = checks.draft.model(relation.at.model);
    let key = model.primary_key.iter().map(|key| &key.fields);
    let indexes = model.indexes.iter().map(|index| &index.fields);
    let covered = key.chain(indexes).any(|fields| {
        fields.len() >= columns.len() && fields.iter().zip(columns).all(|(member, column)| member.field == *column)
    });
    if !covered {
        let names: Vec<&str> = columns.iter().map(|id| model.field(*id).name).collect();
        let message = "with `relationMode = \"prisma\"` there is no foreign key, and so no index for this relation";
        report.warning(Code::MissingIndex, attribute.span(), message, format!("add `@@index([{}])`", names.join(", ")));
    }
}
