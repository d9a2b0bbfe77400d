//! Attributes of fields that are columns.

use crate::diagnostic::Code;
use crate::report::Report;
use crate::schema::*;

use super::attributes::mapped_name;
use super::draft::*;
use super::visit::{Visit, boolean, sort_order};
use super::{defaults, indexes, partial};

const FIELD: &[&str] = &["id", "unique", "default", "map", "updatedAt", "ignore", "relation", "shardKey"];

/// Reads the attributes of one field.
pub(crate) fn resolve(model_index: usize, at: usize, draft: &mut Draft<'_>, report: &mut Report) {
    let model = &draft.models[model_index];
    let file = model.file;
    let nodes = file.tree().attributes_of(model.fields[at].node.attributes);
    if nodes.is_empty() {
        return;
    }
    let mut visit = Visit::new(nodes.iter().map(|node| file.attribute(node)), FIELD);
    if let Some(mut args) = visit.single("map", report) {
        if let Some(map) = mapped_name(&mut args, report) {
            check_mapped_name(model, at, &map.0, report);
            let model = &mut draft.models[model_index];
            if !model.names.is_empty() {
                model.mapped.insert(map.0.clone(), FieldId(at as u32));
            }
            model.fields[at].map = Some(map);
        }
        args.finish(report);
    }
    let field = &mut draft.models[model_index].fields[at];
    if let Some(args) = visit.single("ignore", report) {
        if matches!(field.ty, Some(FieldType::Unsupported(_))) {
            let message = "a field of type `Unsupported` is not in the client anyway";
            args.error(Code::IgnoreUnsupported, message, "remove `@ignore`", report);
        } else {
            field.is_ignored = true;
        }
        args.finish(report);
    }
    if let Some(args) = visit.single("relation", report) {
        let message = format!("`{}` is not a relation: its type is not a model", field.name);
        args.error(Code::NotARelation, message, "remove `@relation`, or make the field's type a model", report);
        args.finish(report);
    }
    if let Some(mut args) = visit.single("id", report) {
        indexes::field_id(&mut draft.models[model_index], at, &mut args, report);
        args.finish(report);
    }
    let field = &mut draft.models[model_index].fields[at];
    if let Some(args) = visit.single("updatedAt", report) {
        if field.scalar() != Some(ScalarType::DateTime) {
            args.error(Code::UpdatedAtType, "`@updatedAt` works on DateTime fields only", "make it a DateTime", report);
        }
        if field.arity == Arity::List {
            args.error(Code::UpdatedAtType, "`@updatedAt` does not work on lists", "make it a single DateTime", report);
        }
        field.is_updated_at = true;
        args.finish(report);
    }
    if let Some(mut args) = visit.single("default", report) {
        let model = &draft.models[model_index];
        let default = defaults::model_field(&mut args, &model.fields[at], draft, report);
        draft.models[model_index].fields[at].default = default.map(Box::new);
        args.finish(report);
    }
    if draft.models[model_index].fields[at].scalar().is_some() {
        let native = native_type(&mut visit, report);
        draft.models[model_index].fields[at].native = native.map(Box::new);
    }
    if let Some(mut args) = visit.single("unique", report) {
        let found = field_unique(&draft.models[model_index].fields, at, &mut args, report);
        draft.models[model_index].indexes.push(found);
        args.finish(report);
    }
    if let Some(args) = visit.single("shardKey", report) {
        indexes::field_shard_key(&mut draft.models[model_index], at, &args, report);
        args.finish(report);
    }
    visit.finish(report);
}

/// A name in the database can be used once, and not be the name of an unmapped neighbour. Of several fields of one name
/// the last one counts, and maps further down are not known yet.
fn check_mapped_name(model: &DraftModel<'_>, at: usize, map: &str, report: &mut Report) {
    let taken = if model.names.is_empty() {
        let is_taken =
            |field: &DraftField<'_>| field.is_scalar() && field.map.as_ref().is_some_and(|(name, _)| name == map);
        model.fields[..at].iter().rposition(is_taken)
    } else {
        model.mapped.get(map).map(|id| id.0 as usize)
    };
    let namesake = model.field_named(map).map(|id| id.0 as usize).filter(|other| *other != at);
    let shadowed = namesake.filter(|other| {
        let field = &model.fields[*other];
        field.is_scalar() && field.map.as_ref().is_none_or(|(name, _)| name == map)
    });
    for other in taken.into_iter().chain(shadowed) {
        let message = format!("{} `{}` already has a column `{map}`", model.word(), model.name);
        let help = "map the field to another column";
        report.error_help(Code::DuplicateMappedName, model.fields[at].span, message, help);
        report.relate(model.fields[other].span, "the other one");
    }
}

/// The native type attribute, whatever its scope and name.
pub(crate) fn native_type<'a>(visit: &mut Visit<'a>, report: &mut Report) -> Option<DraftNative<'a>> {
    let (scope, name, attribute) = visit.scoped(report)?;
    let args =
        attribute.arguments().iter().filter_map(|argument| argument.value().map(|value| value.source().to_owned()));
    Some(DraftNative { scope, name, args: args.collect(), attribute })
}

fn field_unique<'a>(
    fields: &[DraftField<'a>],
    at: usize,
    args: &mut super::visit::Args<'a>,
    report: &mut Report,
) -> DraftIndex<'a> {
    let map = args.text("map", report);
    let length = args.named("length").and_then(|value| indexes::length(value, report));
    let sort = args.named("sort").and_then(|value| sort_order(value, args.attribute.span(), report));
    let clustered = args.named("clustered").and_then(|value| boolean(value, report));
    let field = FieldId(at as u32);
    DraftIndex {
        kind: IndexKind::Unique,
        fields: vec![IndexField { field, path: Vec::new(), sort, length, ops: None }],
        name: None,
        map,
        algorithm: None,
        clustered,
        predicate: partial::predicate(args, fields, report),
        on_field: Some(field),
        attribute: args.attribute,
    }
}
