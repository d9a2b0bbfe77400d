//! Attributes of relation fields.

use rustc_hash::FxHashSet;

use crate::ast::Value;
use crate::diagnostic::Code;
use crate::report::{Report, did_you_mean};
use crate::schema::*;
use crate::source::Span;
use crate::syntax::words::Word;

use super::draft::*;
use super::visit::{Args, Visit, constant, list, text};

const RELATION_FIELD: &[Word] = &[Word::Relation, Word::Ignore];

/// Reads the attributes of one relation field.
pub(crate) fn resolve(index: usize, draft: &mut Draft<'_>, report: &mut Report) {
    let at = draft.relation_fields[index].at;
    let field = draft.field(at);
    let (name, nodes) = (field.name, field.attributes());
    if nodes.is_empty() {
        return;
    }
    let mut visit = Visit::new(field.file, nodes, RELATION_FIELD);
    if let Some(args) = &mut visit.single(Word::Relation, report) {
        relation(index, args, draft, report);
        args.finish(report);
    }
    if let Some(args) = &mut visit.single(Word::Id, report) {
        let message = format!("`{name}` is a relation and cannot be the id");
        args.error(Code::AttributeOnRelation, message, "put `@id` on the field that holds the key", report);
    }
    if let Some(args) = &mut visit.single(Word::Ignore, report) {
        draft.models[at.model.0 as usize].fields[at.field.0 as usize].is_ignored = true;
        args.finish(report);
    }
    if let Some(args) = &mut visit.single(Word::Default, report) {
        let help = "put `@default` on the field that holds the key";
        args.error(Code::DefaultOnRelation, "a relation cannot have a default", help, report);
    }
    if let Some(args) = &mut visit.single(Word::Map, report) {
        let help = "map the fields that hold the key, or name the foreign key with `@relation(map: ...)`";
        args.error(Code::AttributeOnRelation, "a relation has no column to map", help, report);
        args.main(Word::Name, report);
    }
    if let Some(args) = &mut visit.single(Word::Unique, report) {
        unique(index, name, args, draft, report);
    }
    visit.finish(report);
}

fn unique(index: usize, name: &str, args: &Args<'_>, draft: &Draft<'_>, report: &mut Report) {
    let field = &draft.relation_fields[index];
    let model = draft.model(field.at.model);
    let keys: Vec<&str> = field.fields.iter().flatten().map(|id| model.field(*id).name).collect();
    let help = match keys.as_slice() {
        [] => "put `@unique` on the field that holds the key".to_owned(),
        [one] => format!("put `@unique` on `{one}`"),
        several => format!("write `@@unique([{}])` into the {}", several.join(", "), model.word()),
    };
    args.error(Code::AttributeOnRelation, format!("`{name}` is a relation and cannot be unique itself"), help, report);
}

fn relation<'a>(index: usize, args: &mut Args<'a>, draft: &mut Draft<'a>, report: &mut Report) {
    let (here, target) = (draft.relation_fields[index].at.model, draft.relation_fields[index].target);
    let span = args.attribute.span();
    let fields = args.named(Word::Fields).map(|value| {
        let place = Keys { argument: "fields", model: draft.model(here), unknown_span: value.span(), span };
        keys(value, place, report)
    });
    let references = args.named(Word::References).map(|value| {
        let place = Keys { argument: "references", model: draft.model(target), unknown_span: span, span };
        keys(value, place, report)
    });
    let mut name = args.main_if_any(Word::Name).and_then(|value| text(value, report));
    if name == Some("") {
        args.error(
            Code::RelationNameEmpty,
            "a relation's name cannot be empty",
            "give it a name, or remove the argument",
            report,
        );
        name = None;
    }
    let on_delete = args.named(Word::OnDelete).and_then(|value| action(value, report));
    let on_update = args.named(Word::OnUpdate).and_then(|value| action(value, report));
    let map = args.text(Word::Map, report);
    let field = &mut draft.relation_fields[index];
    field.attribute = Some(args.attribute);
    field.fields = fields;
    field.references = references;
    field.name = name;
    field.on_delete = on_delete;
    field.on_update = on_update;
    field.map = map;
}

fn action(value: Value<'_>, report: &mut Report) -> Option<(ReferentialAction, Span)> {
    const ACTIONS: [&str; 5] = ["Cascade", "Restrict", "NoAction", "SetNull", "SetDefault"];
    let action = match constant(value, report)? {
        "Cascade" => ReferentialAction::Cascade,
        "Restrict" => ReferentialAction::Restrict,
        "NoAction" => ReferentialAction::NoAction,
        "SetNull" => ReferentialAction::SetNull,
        "SetDefault" => ReferentialAction::SetDefault,
        other => {
            let help =
                did_you_mean(other, ACTIONS, "the actions are Cascade, Restrict, NoAction, SetNull and SetDefault");
            report.error_help(Code::BadAction, value.span(), format!("there is no referential action `{other}`"), help);
            return None;
        }
    };
    Some((action, value.span()))
}

struct Keys<'d, 'a> {
    argument: &'static str,
    model: &'d DraftModel<'a>,
    /// Where wrong names are reported.
    unknown_span: Span,
    /// The attribute.
    span: Span,
}

/// The columns named by `fields:` or `references:`; empty after an error.
fn keys(value: Value<'_>, place: Keys<'_, '_>, report: &mut Report) -> FieldIds {
    let Some(names) = &list(value, report, constant) else {
        return FieldIds::new();
    };
    let (model, mut found) = (place.model, FieldIds::with_capacity(names.len()));
    let (mut unknown, mut relations) = (Vec::new(), Vec::new());
    let mut seen = FxHashSet::default();
    let many = names.len() > FEW;
    for &name in names {
        match model.field_named(name) {
            None => unknown.push(name),
            Some(id) if !model.field(id).is_scalar() => relations.push(name),
            Some(id) if (many && !seen.insert(id)) || (!many && found.contains(&id)) => {
                let message = format!("`{}` names the field `{name}` twice", place.argument);
                report.error_help(Code::MemberTwice, place.span, message, "remove one of the two");
                return FieldIds::new();
            }
            Some(id) => found.push(id),
        }
    }
    if let Some(first) = unknown.first() {
        let message = format!(
            "`{}` names what is not a field of {} `{}`: {}",
            place.argument,
            model.word(),
            model.name,
            unknown.join(", ")
        );
        let help = did_you_mean(
            first,
            model.fields.iter().filter(|field| field.is_scalar()).map(|field| field.name),
            "add the field, or name an existing one",
        );
        report.error_help(Code::UnknownRelationField, place.unknown_span, message, help);
    }
    if !relations.is_empty() {
        let message = format!("`{}` names relations, but must name columns: {}", place.argument, relations.join(", "));
        report.error_help(
            Code::RelationFieldNotScalar,
            place.unknown_span,
            message,
            "name the fields that hold the key",
        );
    }
    if unknown.is_empty() && relations.is_empty() { found } else { FieldIds::new() }
}
