//! Attributes of fields that are columns.

use smallvec::smallvec;

use crate::diagnostic::Code;
use crate::report::Report;
use crate::schema::*;
use crate::syntax::words::Word;

use super::attributes::mapped_name;
use super::draft::*;
use super::visit::{Visit, boolean, sort_order};
use super::{defaults, indexes, partial};

const FIELD: &[Word] =
    &[Word::Id, Word::Unique, Word::Default, Word::Map, Word::UpdatedAt, Word::Ignore, Word::Relation, Word::ShardKey];

/// Reads the attributes of one field.
pub(crate) fn resolve(model_index: usize, at: usize, draft: &mut Draft<'_>, report: &mut Report) {
    let model = &draft.models[model_index];
    let nodes = model.fields[at].attributes();
    if nodes.is_empty() {
        return;
    }
    let mut visit = Visit::new(model.file, nodes, FIELD);
    if let Some(args) = &mut visit.single(Word::Map, report) {
        if let Some((map, _)) = mapped_name(args, report) {
            check_mapped_name(model, at, map, report);
            let model = &mut draft.models[model_index];
            if let Some(lookup) = &mut model.lookup {
                lookup.mapped.insert(map, FieldId(at as u32));
            }
            model.fields[at].map = Some(map);
        }
        args.finish(report);
    }
    let field = &mut draft.models[model_index].fields[at];
    if let Some(args) = &mut visit.single(Word::Ignore, report) {
        if matches!(field.ty, Some(Type::Unsupported(_))) {
            let message = "a field of type `Unsupported` is not in the client anyway";
            args.error(Code::IgnoreUnsupported, message, "remove `@ignore`", report);
        } else {
            field.is_ignored = true;
        }
        args.finish(report);
    }
    if let Some(args) = &mut visit.single(Word::Relation, report) {
        let message = format!("`{}` is not a relation: its type is not a model", field.name);
        args.error(Code::NotARelation, message, "remove `@relation`, or make the field's type a model", report);
        args.finish(report);
    }
    if let Some(args) = &mut visit.single(Word::Id, report) {
        indexes::field_id(&mut draft.models[model_index], at, args, report);
        args.finish(report);
    }
    let field = &mut draft.models[model_index].fields[at];
    if let Some(args) = &mut visit.single(Word::UpdatedAt, report) {
        if field.scalar() != Some(ScalarType::DateTime) {
            args.error(Code::UpdatedAtType, "`@updatedAt` works on DateTime fields only", "make it a DateTime", report);
        }
        if field.arity == Arity::List {
            args.error(Code::UpdatedAtType, "`@updatedAt` does not work on lists", "make it a single DateTime", report);
        }
        field.is_updated_at = true;
        args.finish(report);
    }
    if let Some(args) = &mut visit.single(Word::Default, report) {
        let model = &draft.models[model_index];
        let default = defaults::model_field(args, &model.fields[at], draft, report);
        draft.models[model_index].fields[at].default = default;
        args.finish(report);
    }
    if draft.models[model_index].fields[at].scalar().is_some() {
        draft.models[model_index].fields[at].native = visit.scoped(report);
    }
    if let Some(args) = &mut visit.single(Word::Unique, report) {
        let found = field_unique(&draft.models[model_index].fields, at, args, report);
        draft.models[model_index].indexes.push(found);
        args.finish(report);
    }
    if let Some(args) = &mut visit.single(Word::ShardKey, report) {
        indexes::field_shard_key(&mut draft.models[model_index], at, args, report);
        args.finish(report);
    }
    visit.finish(report);
}

/// A name in the database can be used once, and not be the name of an unmapped neighbour. Of several fields of one name
/// the last one counts, and maps further down are not known yet.
fn check_mapped_name(model: &DraftModel<'_>, at: usize, map: &str, report: &mut Report) {
    let taken = match &model.lookup {
        None => model.fields[..at].iter().rposition(|field| field.is_scalar() && field.map == Some(map)),
        Some(lookup) => lookup.mapped.get(map).map(|id| id.0 as usize),
    };
    let namesake = model.field_named(map).map(|id| id.0 as usize).filter(|other| *other != at);
    let shadowed = namesake.filter(|other| {
        let field = &model.fields[*other];
        field.is_scalar() && field.map.is_none_or(|name| name == map)
    });
    for other in taken.into_iter().chain(shadowed) {
        let message = format!("{} `{}` already has a column `{map}`", model.word(), model.name);
        let help = "map the field to another column";
        report.error_help(Code::DuplicateMappedName, model.fields[at].span(), message, help);
        report.relate(model.fields[other].span(), "the other one");
    }
}

fn field_unique<'a>(
    fields: &[DraftField<'a>],
    at: usize,
    args: &mut super::visit::Args<'a>,
    report: &mut Report,
) -> DraftIndex<'a> {
    let map = args.text(Word::Map, report);
    let length = args.named(Word::Length).and_then(|value| indexes::length(value, report));
    let sort = args.named(Word::Sort).and_then(|value| sort_order(value, args.attribute.span(), report));
    let clustered = args.named(Word::Clustered).and_then(|value| boolean(value, report));
    let field = FieldId(at as u32);
    DraftIndex {
        kind: IndexKind::Unique,
        fields: smallvec![DraftMember { field, sort, length, rare: None }],
        name: None,
        map,
        algorithm: None,
        clustered,
        predicate: partial::predicate(args, fields, report).map(Box::new),
        on_field: Some(field),
        attribute: args.attribute,
    }
}
