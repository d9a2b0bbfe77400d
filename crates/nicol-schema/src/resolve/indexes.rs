//! `@id`, `@@id`, `@@unique`, `@@index`, `@@fulltext`, `@@shardKey` and their field lists.

use rustc_hash::FxHashSet;
use smallvec::smallvec;

use crate::ast::{ArgumentList, Attribute, Value, ValueKind};
use crate::diagnostic::Code;
use crate::provider::operator_classes;
use crate::report::{Report, did_you_mean};
use crate::schema::*;
use crate::source::Span;
use crate::syntax::words::Word;

use super::draft::*;
use super::partial;
use super::visit::{Args, boolean, constant, integer, sort_order};

const ALGORITHMS: [&str; 6] = ["BTree", "Hash", "Gist", "Gin", "SpGist", "Brin"];

/// `@id` on a field.
pub(crate) fn field_id<'a>(model: &mut DraftModel<'a>, at: usize, args: &mut Args<'a>, report: &mut Report) {
    if model.primary_key.is_some() {
        let message = format!("{} `{}` has more than one field with `@id`", model.word(), model.name);
        let help = "keep one, or write `@@id([a, b])` for a key of several fields";
        report.error_help(Code::SeveralIds, model.span(), message, help);
        for attribute in model.primary_key.iter().map(|key| key.attribute).chain([args.attribute]) {
            report.relate(attribute.span(), "an id");
        }
        return;
    }
    let map = args.text(Word::Map, report);
    let length = args.named(Word::Length).and_then(|value| length(value, report));
    let sort = args.named(Word::Sort).and_then(|value| sort_order(value, args.attribute.span(), report));
    let clustered = args.named(Word::Clustered).and_then(|value| boolean(value, report));
    let field = FieldId(at as u32);
    model.primary_key = Some(DraftKey {
        fields: smallvec![DraftMember { field, sort, length, rare: None }],
        name: None,
        map,
        clustered,
        on_field: Some(field),
        attribute: args.attribute,
    });
}

/// A field with `@shardKey` holds a value in every row.
pub(crate) fn shard_key_is_required(model: &DraftModel<'_>, report: &mut Report) {
    if let Some((fields, attribute)) = model.shard_key.as_deref()
        && !model.attributes().iter().any(|other| std::ptr::eq(other, attribute.node))
    {
        shard_key_fields_are_required(model, fields, *attribute, report);
    }
}

fn shard_key_fields_are_required(
    model: &DraftModel<'_>,
    fields: &[FieldId],
    attribute: Attribute<'_>,
    report: &mut Report,
) {
    let optional: Vec<&str> = fields
        .iter()
        .map(|id| model.field(*id))
        .filter(|field| field.arity != Arity::Required)
        .map(|field| field.name)
        .collect();
    if !model.is_ignored && !optional.is_empty() {
        let message = format!("the fields of a shard key must be required, but these are not: {}", optional.join(", "));
        report.error_help(Code::ShardKeyOptional, attribute.span(), message, "make them required");
    }
}

/// A field with `@id` holds a value in every row.
pub(crate) fn id_is_required(model: &DraftModel<'_>, report: &mut Report) {
    if model.is_ignored {
        return;
    }
    let Some(key) = &model.primary_key else { return };
    if let Some(field) = key.on_field.map(|id| model.field(id))
        && field.arity != Arity::Required
    {
        let message = format!("`{}` is the id and therefore cannot be optional or a list", field.name);
        report.error_help(Code::IdNotRequired, key.attribute.span(), message, "make the type required");
    }
}

/// `@@id`
pub(crate) fn block_id<'a>(id: ModelId, args: &mut Args<'a>, draft: &mut Draft<'a>, report: &mut Report) {
    let Some(value) = args.main(Word::Fields, report) else {
        return;
    };
    let span = args.attribute.span();
    let model = draft.model(id);
    let fields = match members(value, span, false, id, draft, report) {
        Resolved::Found(fields) => fields,
        Resolved::Reported => return,
        Resolved::Wrong { unknown, relations } => {
            if let Some(first) = unknown.first() {
                let message = format!("`@@id` names what is not a field of `{}`: {}", model.name, unknown.join(", "));
                let help =
                    did_you_mean(first, model.fields.iter().map(|f| f.name), "add the field, or name an existing one");
                report.error_help(Code::UnknownMember, value.span(), message, help);
            }
            if !relations.is_empty() {
                let message = format!("`@@id` names relations, but must name columns: {}", relations.join(", "));
                report.error_help(Code::MemberIsRelation, span, message, "name the fields that hold the key");
            }
            return;
        }
    };
    let optional: Vec<&str> = fields
        .iter()
        .filter(|field| field.path().is_none())
        .map(|field| model.field(field.field))
        .filter(|field| field.arity != Arity::Required)
        .map(|field| field.name)
        .collect();
    if !optional.is_empty() && !model.is_ignored {
        let message = format!("the fields of an id must be required, but these are not: {}", optional.join(", "));
        report.error_help(Code::IdMemberOptional, span, message, "make them required");
    }
    if model.primary_key.is_some() {
        let message = format!("{} `{}` has both `@id` and `@@id`", model.word(), model.name);
        report.error_help(Code::SeveralIds, model.span(), message, "keep one of the two");
    }
    let name_and_model = (model.name, model.word());
    let map = args.text(Word::Map, report);
    let name = args.text(Word::Name, report);
    client_name(name, "@@id", name_and_model, span, report);
    let clustered = args.named(Word::Clustered).and_then(|value| boolean(value, report));
    let attribute = args.attribute;
    draft.models[id.0 as usize].primary_key =
        Some(DraftKey { fields, name, map, clustered, on_field: None, attribute });
}

/// `@@index`, `@@unique`, `@@fulltext`
pub(crate) fn block_index<'a>(
    id: ModelId,
    kind: IndexKind,
    args: &mut Args<'a>,
    draft: &Draft<'a>,
    report: &mut Report,
) -> Option<DraftIndex<'a>> {
    let span = args.attribute.span();
    let fields = match args.main(Word::Fields, report) {
        None => Members::new(),
        Some(value) => index_members(value, span, kind, id, draft, report),
    };
    let model = draft.model(id);
    let name = if kind == IndexKind::Fulltext { None } else { args.text(Word::Name, report) };
    let mut map = args.text(Word::Map, report);
    let mut algorithm = None;
    let mut clustered = None;
    let mut predicate = None;
    let mut client = None;
    match kind {
        IndexKind::Fulltext => {}
        IndexKind::Normal => {
            map = index_name(name, map, args, report);
            algorithm = args.named(Word::Type).and_then(|value| index_algorithm(value, args, report));
            clustered = args.named(Word::Clustered).and_then(|value| boolean(value, report));
            predicate = partial::predicate(args, &model.fields, report).map(Box::new);
        }
        IndexKind::Unique => {
            client_name(name, "@@unique", (model.name, model.word()), span, report);
            client = name;
            clustered = args.named(Word::Clustered).and_then(|value| boolean(value, report));
            predicate = partial::predicate(args, &model.fields, report).map(Box::new);
        }
    }
    let attribute = args.attribute;
    Some(DraftIndex { kind, fields, name: client, map, algorithm, clustered, predicate, on_field: None, attribute })
}

/// On `@@index`, `name:` is an old word for `map:`.
fn index_name<'a>(
    name: Option<&'a str>,
    map: Option<&'a str>,
    args: &Args<'a>,
    report: &mut Report,
) -> Option<&'a str> {
    if name.is_some() && map.is_some() {
        let message = "on `@@index`, `name` is an old word for `map`: only one of them can be given";
        args.error(Code::NameAndMap, message, "keep `map`", report);
        return None;
    }
    name.or(map)
}

fn index_algorithm<'a>(value: Value<'a>, args: &Args<'a>, report: &mut Report) -> Option<&'a str> {
    let name = constant(value, report)?;
    if ALGORITHMS.contains(&name) {
        return Some(name);
    }
    let help = did_you_mean(name, ALGORITHMS, format!("the types are {}", ALGORITHMS.join(", ")));
    args.error(Code::UnknownIndexType, format!("there is no index type `{name}`"), help, report);
    None
}

fn client_name(name: Option<&str>, attribute: &str, model: (&str, &str), span: Span, report: &mut Report) {
    let Some(name) = name else { return };
    if !name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()) {
        let message =
            format!("`name` of `{attribute}` in {} `{}` has characters that code cannot have", model.1, model.0);
        report.error_help(
            Code::BadClientName,
            span,
            message,
            "use letters, digits and `_`; `map` names the index in the database",
        );
    }
}

fn index_members<'a>(
    value: Value<'a>,
    span: Span,
    kind: IndexKind,
    id: ModelId,
    draft: &Draft<'_>,
    report: &mut Report,
) -> Members<'a> {
    let model = draft.model(id);
    let word = match kind {
        IndexKind::Unique => "@@unique",
        IndexKind::Normal => "@@index",
        IndexKind::Fulltext => "@@fulltext",
    };
    match members(value, span, true, id, draft, report) {
        Resolved::Found(fields) => fields,
        Resolved::Reported => Members::new(),
        Resolved::Wrong { unknown, relations } => {
            if let Some(first) = unknown.first() {
                let message = format!("`{word}` names what is not a field of `{}`: {}", model.name, unknown.join(", "));
                let help =
                    did_you_mean(first, model.fields.iter().map(|f| f.name), "add the field, or name an existing one");
                report.error_help(Code::UnknownMember, span, message, help);
            }
            if !relations.is_empty() {
                let message = format!("`{word}` names relations, but must name columns: {}", relations.join(", "));
                let keys = relation_keys(draft, id, &relations);
                let help = if keys.is_empty() {
                    "name the fields that hold the key".to_owned()
                } else {
                    format!("name the fields that hold the key: `{word}([{}])`", keys.join(", "))
                };
                report.error_help(Code::MemberIsRelation, span, message, help);
            }
            Members::new()
        }
    }
}

fn relation_keys<'d>(draft: &'d Draft<'_>, id: ModelId, relations: &[String]) -> Vec<&'d str> {
    let model = draft.model(id);
    let fields = model.relation_fields.clone().map(|index| draft.relation_field(index));
    let named = fields.filter(|field| relations.iter().any(|name| name == draft.field(field.at).name));
    named.flat_map(|field| field.fields.iter().flatten()).map(|key| model.field(*key).name).collect()
}

enum Resolved<'a> {
    Found(Members<'a>),
    /// Wrong, and said already.
    Reported,
    Wrong {
        unknown: Vec<String>,
        relations: Vec<String>,
    },
}

/// One entry of a field list, before its name is looked up.
struct Entry<'a> {
    name: &'a str,
    sort: Option<SortOrder>,
    length: Option<u32>,
    ops: Option<DraftOps<'a>>,
}

/// Resolves `[a, b(sort: Desc), c.d]`.
fn members<'a>(
    value: Value<'a>,
    span: Span,
    nested: bool,
    id: ModelId,
    draft: &Draft<'_>,
    report: &mut Report,
) -> Resolved<'a> {
    match super::visit::list(value, report, entry) {
        Some(entries) => resolved(&entries, span, nested, id, draft, report),
        None => Resolved::Reported,
    }
}

/// Looks the names of a list up.
fn resolved<'a>(
    entries: &[Entry<'a>],
    span: Span,
    nested: bool,
    id: ModelId,
    draft: &Draft<'_>,
    report: &mut Report,
) -> Resolved<'a> {
    let model = draft.model(id);
    let entries_are_many = entries.len() > FEW;
    let (mut found, mut unknown, mut relations) = (Members::with_capacity(entries.len()), Vec::new(), Vec::new());
    let mut named = FxHashSet::default();
    for entry in entries {
        let (first, path) = split_at_dot(entry.name);
        if path.is_some() && !nested {
            unknown.push(entry.name.to_owned());
            continue;
        }
        let Some(field) = model.field_named(first) else {
            unknown.push(first.to_owned());
            continue;
        };
        if !model.field(field).is_scalar() {
            relations.push(first.to_owned());
            continue;
        }
        if let Some(missing) = missing_in_path(draft, model.field(field), path) {
            unknown.push(missing.unwrap_or_else(|| entry.name.to_owned()));
            continue;
        }
        if entries_are_many && !named.insert((field, path))
            || !entries_are_many && found.iter().any(|other| other.field == field && other.path() == path)
        {
            let message = format!("the list names the field `{}` twice", entry.name);
            report.error_help(Code::MemberTwice, span, message, "remove one of the two");
            return Resolved::Reported;
        }
        let rare = (path.is_some() || entry.ops.is_some()).then(|| Box::new(Rare { path, ops: entry.ops }));
        found.push(DraftMember { field, sort: entry.sort, length: entry.length, rare });
    }
    if unknown.is_empty() && relations.is_empty() {
        Resolved::Found(found)
    } else {
        Resolved::Wrong { unknown, relations }
    }
}

/// Follows a path through composite types: none when it leads to a field; else what is missing, if it has a name of
/// its own.
fn missing_in_path(draft: &Draft<'_>, field: &DraftField<'_>, path: Option<&str>) -> Option<Option<String>> {
    let mut ty = field.ty;
    for part in path.into_iter().flat_map(|path| path.split('.')) {
        let Some(Type::Composite(id)) = ty else {
            return Some(None);
        };
        let composite = &draft.composites[id.0 as usize];
        match composite.fields.iter().find(|field| field.name == part) {
            Some(field) => ty = field.ty,
            None => return Some(Some(format!("{part} in type {}", composite.name))),
        }
    }
    None
}

fn entry<'a>(value: Value<'a>, report: &mut Report) -> Option<Entry<'a>> {
    match value.kind() {
        ValueKind::Constant(name) => Some(Entry { name, sort: None, length: None, ops: None }),
        ValueKind::Call(name, arguments) => Some(Entry {
            name,
            sort: arguments
                .iter()
                .find(|argument| argument.name() == Some("sort"))
                .and_then(|argument| sort_order(argument.value()?, argument.span(), report)),
            // A number below zero is no length here.
            length: arguments
                .named("length")
                .and_then(|value| length(value, report).filter(|_| !value.source().starts_with('-'))),
            ops: operator_class(arguments, report),
        }),
        _ => {
            let message = format!("expected the name of a field, found {} `{}`", value.describe(), value.source());
            report.error_help(Code::WrongValueType, value.span(), message, "write a list of field names: `[a, b]`");
            None
        }
    }
}

/// `length:` as a number of characters. Like the reference it keeps the last 32 bits of what is no such number; nicol
/// adds a hint.
pub(crate) fn length(value: Value<'_>, report: &mut Report) -> Option<u32> {
    let number = integer(value, report)?;
    if !(1..=i64::from(u32::MAX)).contains(&number) {
        let help = "write a number above zero";
        let message = format!("no database takes `length: {number}`");
        report.hint(Code::BadLength, value.span(), message, help);
    }
    Some(number as u32)
}

fn operator_class<'a>(arguments: ArgumentList<'a>, report: &mut Report) -> Option<DraftOps<'a>> {
    let argument = arguments.iter().find(|argument| argument.name() == Some("ops"))?;
    let value = argument.value()?;
    let help = "write the name of a class, or `raw(\"...\")`";
    match value.kind() {
        ValueKind::Constant(name) if operator_classes::is_known(name) => Some(DraftOps::Named(name)),
        ValueKind::Constant(name) => {
            let message = format!("there is no operator class `{name}`");
            report.error_help(Code::OperatorClass, value.span(), message, "write it as text: `ops: raw(\"...\")`");
            None
        }
        ValueKind::Call("raw", arguments) => raw_text(arguments).map(DraftOps::Raw).or_else(|| {
            report.error_help(Code::OperatorClass, value.span(), "`raw` takes one string", help);
            None
        }),
        _ => {
            let message = format!("`ops` cannot be {}", value.describe());
            report.error_help(Code::OperatorClass, argument.span(), message, help);
            None
        }
    }
}

fn raw_text(arguments: ArgumentList<'_>) -> Option<&str> {
    let mut all = arguments.iter();
    let text = all.next()?.value()?.as_text()?;
    (all.next().is_none()).then_some(text)
}

/// `@shardKey` on a field.
pub(crate) fn field_shard_key<'a>(model: &mut DraftModel<'a>, at: usize, args: &Args<'a>, report: &mut Report) {
    if model.shard_key.is_some() {
        let message = format!("{} `{}` has more than one field with `@shardKey`", model.word(), model.name);
        report.error_help(Code::ShardKey, model.span(), message, "write `@@shardKey([a, b])` for several fields");
        return;
    }
    model.shard_key = Some(Box::new((smallvec![FieldId(at as u32)], args.attribute)));
}

/// `@@shardKey`
pub(crate) fn block_shard_key<'a>(id: ModelId, args: &mut Args<'a>, draft: &mut Draft<'a>, report: &mut Report) {
    let Some(value) = args.main(Word::Fields, report) else {
        return;
    };
    let span = args.attribute.span();
    // These are plain names, without the arguments that members of an index have.
    let plain = |value, report: &mut Report| {
        let name = constant(value, report)?;
        Some(Entry { name, sort: None, length: None, ops: None })
    };
    let members = match super::visit::list(value, report, plain) {
        Some(entries) => resolved(&entries, span, false, id, draft, report),
        None => Resolved::Reported,
    };
    match members {
        Resolved::Found(fields) => {
            let fields: FieldIds = fields.into_iter().map(|field| field.field).collect();
            let model = draft.model(id);
            shard_key_fields_are_required(model, &fields, args.attribute, report);
            if model.shard_key.is_some() {
                let message = format!("{} `{}` has both `@shardKey` and `@@shardKey`", model.word(), model.name);
                report.error_help(Code::ShardKey, model.span(), message, "keep one of the two");
            }
            draft.models[id.0 as usize].shard_key = Some(Box::new((fields, args.attribute)));
        }
        Resolved::Reported => {}
        Resolved::Wrong { unknown, relations } => {
            if !unknown.is_empty() {
                let message = format!("`@@shardKey` names what is not a field: {}", unknown.join(", "));
                report.error_help(Code::UnknownMember, value.span(), message, "name existing fields");
            }
            if !relations.is_empty() {
                let message = format!("`@@shardKey` names relations, but must name columns: {}", relations.join(", "));
                report.error_help(Code::MemberIsRelation, span, message, "name the fields that hold the key");
            }
        }
    }
}
