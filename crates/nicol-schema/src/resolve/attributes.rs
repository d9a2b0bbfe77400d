//! Third pass: attributes, each for itself. What depends on several attributes is left to later passes.

use crate::diagnostic::Code;
use crate::report::Report;
use crate::schema::*;
use crate::source::Span;
use crate::syntax::words::Word;

use super::draft::*;
use super::visit::{Args, Visit, text};
use super::{defaults, fields, indexes, relation_attribute};

const BLOCK: &[Word] =
    &[Word::Id, Word::Unique, Word::Index, Word::Fulltext, Word::Map, Word::Schema, Word::Ignore, Word::ShardKey];
const ENUM: &[Word] = &[Word::Map, Word::Schema];
const ENUM_VALUE: &[Word] = &[Word::Map];
const COMPOSITE_FIELD: &[Word] = &[Word::Map, Word::Default];

/// Reads all attributes, block by block. What is wrong with those of relation fields is said before anything else.
pub(crate) fn resolve(draft: &mut Draft<'_>, report: &mut Report) {
    let mut others = Report::default();
    for at in 0..draft.tops.len() {
        match draft.tops[at] {
            Top::Model(index) => {
                for field in draft.models[index].relation_fields.clone() {
                    relation_attribute::resolve(field as usize, draft, report);
                }
                model(index, draft, &mut others);
            }
            Top::Enum(index) => enumeration(&mut draft.enums[index], &mut others),
            Top::Composite(index) => composite(index, draft, &mut others),
            Top::Datasource(_) | Top::Generator(_) => {}
        }
    }
    report.append(others);
}

/// The argument of `@map` and `@@map`, with the place of the attribute.
pub(crate) fn mapped_name<'a>(args: &mut Args<'a>, report: &mut Report) -> Option<(&'a str, Span)> {
    let value = args.main(Word::Name, report)?;
    let name = text(value, report)?;
    Some((name, args.attribute.span()))
}

fn schema_name<'a>(args: &mut Args<'a>, report: &mut Report) -> Option<(&'a str, Span)> {
    let value = args.main(Word::Map, report)?;
    let name = text(value, report)?;
    Some((name, value.span()))
}

fn enumeration(enumeration: &mut DraftEnum<'_>, report: &mut Report) {
    let file = enumeration.file;
    for value in &mut enumeration.values {
        let nodes = &file.tree().attributes[value.node.attributes.range()];
        let mut visit = Visit::new(file, nodes, ENUM_VALUE);
        if let Some(args) = &mut visit.single(Word::Map, report) {
            value.map = mapped_name(args, report).map(|(name, _)| name);
            args.finish(report);
        }
        visit.finish(report);
    }
    let mut visit = Visit::new(file, enumeration.attributes(), ENUM);
    if let Some(args) = &mut visit.single(Word::Map, report) {
        enumeration.map = mapped_name(args, report);
        args.finish(report);
    }
    if let Some(args) = &mut visit.single(Word::Schema, report) {
        enumeration.schema = schema_name(args, report);
        args.finish(report);
    }
    visit.finish(report);
}

fn composite<'a>(index: usize, draft: &mut Draft<'a>, report: &mut Report) {
    let mut fields = std::mem::take(&mut draft.composites[index].fields);
    let composite = &draft.composites[index];
    let (file, name) = (composite.file, composite.name);
    for at in 0..fields.len() {
        if !fields[at].is_scalar() {
            continue;
        }
        let mut visit = Visit::new(file, fields[at].attributes(), COMPOSITE_FIELD);
        if fields[at].scalar().is_some() {
            fields[at].native = visit.scoped(report);
        }
        if let Some(args) = &mut visit.single(Word::Map, report) {
            if let Some((map, _)) = mapped_name(args, report) {
                let clash = fields[..at].iter().any(|other| other.map == Some(map));
                let namesake = fields.iter().rposition(|other| other.name == map).filter(|other| *other != at);
                let shadow = namesake.is_some_and(|other| fields[other].map.is_none());
                for _ in 0..usize::from(clash) + usize::from(shadow) {
                    let message = format!("type `{name}` already has a field `{map}` in the database");
                    report.error_help(Code::DuplicateMappedName, fields[at].span(), message, "choose another name");
                }
                fields[at].map = Some(map);
            }
            args.finish(report);
        }
        if let Some(args) = &mut visit.single(Word::Default, report) {
            fields[at].default = defaults::composite_field(args, &fields[at], draft, report);
            args.finish(report);
        }
        visit.finish(report);
    }
    draft.composites[index].fields = fields;
}

fn model<'a>(index: usize, draft: &mut Draft<'a>, report: &mut Report) {
    for at in 0..draft.models[index].fields.len() {
        if draft.models[index].fields[at].is_scalar() {
            fields::resolve(index, at, draft, report);
        }
    }
    let id = ModelId(index as u32);
    let (file, nodes) = (draft.models[index].file, draft.models[index].attributes());
    let mut visit = Visit::new(file, nodes, BLOCK);
    if let Some(args) = &mut visit.single(Word::Ignore, report) {
        ignore(&mut draft.models[index], report);
        args.finish(report);
    }
    if let Some(args) = &mut visit.single(Word::Id, report) {
        indexes::block_id(id, args, draft, report);
        args.finish(report);
    }
    if let Some(args) = &mut visit.single(Word::Map, report) {
        draft.models[index].map = mapped_name(args, report);
        args.finish(report);
    }
    if let Some(args) = &mut visit.single(Word::Schema, report) {
        draft.models[index].schema = schema_name(args, report);
        args.finish(report);
    }
    let kinds =
        [(Word::Index, IndexKind::Normal), (Word::Unique, IndexKind::Unique), (Word::Fulltext, IndexKind::Fulltext)];
    for (word, kind) in kinds {
        while let Some(args) = &mut visit.repeated(word, report) {
            if let Some(found) = indexes::block_index(id, kind, args, draft, report) {
                draft.models[index].indexes.push(found);
            }
            args.finish(report);
        }
    }
    if let Some(args) = &mut visit.single(Word::ShardKey, report) {
        indexes::block_shard_key(id, args, draft, report);
        args.finish(report);
    }
    indexes::id_is_required(&draft.models[index], report);
    indexes::shard_key_is_required(&draft.models[index], report);
    visit.finish(report);
}

fn ignore(model: &mut DraftModel<'_>, report: &mut Report) {
    for field in model.fields.iter().filter(|field| field.is_ignored && field.is_scalar()) {
        let message = format!("`{}` is ignored already, together with its whole {}", field.name, model.word());
        report.error_help(Code::IgnoredTwice, field.span(), message, "remove `@ignore` from the field");
    }
    model.is_ignored = true;
}
