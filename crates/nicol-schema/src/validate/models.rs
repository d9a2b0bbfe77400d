//! Models and views as a whole.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::ast::Value;
use crate::diagnostic::Code;
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;
use crate::source::Span;

use super::names::Seen;
use super::{Checks, keys, mongodb, native, operator_classes};

/// Models first, then views, each in the order of the sources.
pub(crate) fn in_order(draft: &Draft<'_>) -> Vec<ModelId> {
    let ids = |views: bool| {
        let all = draft.models.iter().enumerate().filter(move |(_, model)| model.is_view == views);
        all.map(|(index, _)| ModelId(index as u32))
    };
    ids(false).chain(ids(true)).collect()
}

/// Two models cannot be one table.
pub(crate) fn database_name_clashes(checks: &Checks<'_, '_>, report: &mut Report) {
    let draft = checks.draft;
    let mut names = Seen::with_capacity(draft.models.len());
    draft.models.iter().for_each(|model| names.add(model.database_name()));
    if !names.some_seem_alike() {
        return;
    }
    let mut seen: FxHashMap<(Option<&str>, &str), ModelId> = FxHashMap::default();
    for id in in_order(draft) {
        let model = draft.model(id);
        let schema = model.schema.map(|(name, _)| name);
        let Some(earlier) = seen.insert((schema, model.database_name()), id) else {
            continue;
        };
        let earlier = draft.model(earlier);
        // The error stands on the `@@map`, whichever of the two has it.
        let span = model.map.as_ref().or(earlier.map.as_ref()).map_or(model.span(), |(_, span)| *span);
        let message = format!("`{}` and `{}` are both the table `{}`", earlier.name, model.name, model.database_name());
        report.error_help(Code::DuplicateMappedName, span, message, "map one of them to another table");
        let other = if span.file == model.span().file && model.map.is_some() { earlier } else { model };
        report.relate(other.file.span(other.block.name), "the other one");
    }
}

/// Checks that concern the block, in the reference's order.
pub(crate) fn check(checks: &Checks<'_, '_>, id: ModelId, report: &mut Report) {
    let model = checks.draft.model(id);
    fulltexts(checks, model, report);
    shard_key(checks, model, report);
    match checks.provider {
        Some(Provider::Postgresql) => {
            for index in &model.indexes {
                native::xml_index(model, index, report);
                operator_classes::check(model, index, report);
            }
        }
        Some(Provider::Mysql) => {
            native::mysql_keys(model, report);
            if checks.mode == RelationMode::ForeignKeys {
                set_default_warnings(checks, model, report);
            }
        }
        Some(Provider::Sqlserver) => native::sqlserver_keys(model, report),
        Some(Provider::Cockroachdb) => {
            cockroach_autoincrement(model, report);
            for index in &model.indexes {
                operator_classes::cockroach(model, index, report);
            }
        }
        Some(Provider::Mongodb) => mongodb::model(model, report),
        Some(Provider::Sqlite) | None => {}
    }
    autoincrement(checks, model, report);
    schema_attribute(checks, model, report);
    keys::check_late(checks, model, report);
}

fn fulltexts(checks: &Checks<'_, '_>, model: &DraftModel<'_>, report: &mut Report) {
    if !checks.can.fulltext || checks.can.several_fulltexts {
        return;
    }
    let all: Vec<Span> = model
        .indexes
        .iter()
        .filter(|index| index.kind == IndexKind::Fulltext)
        .map(|index| index.attribute.span())
        .collect();
    if all.len() > 1 {
        for span in all {
            let message = format!("{} has at most one fulltext index in a model", checks.can.name);
            report.error_help(Code::Fulltext, span, message, "put all its fields into one `@@fulltext`");
        }
    }
}

/// Checks `@@schema` of a model or view.
pub(crate) fn schema_attribute(checks: &Checks<'_, '_>, model: &DraftModel<'_>, report: &mut Report) {
    let schema = model.schema;
    schema_rules(checks, schema, model.word(), model.name, model.span(), report);
}

/// The rules of `@@schema` on models, views and enums.
pub(crate) fn schema_rules(
    checks: &Checks<'_, '_>,
    schema: Option<(&str, Span)>,
    word: &str,
    name: &str,
    block: Span,
    report: &mut Report,
) {
    let schemas = checks.configuration.datasource.as_ref().map_or(&[][..], |datasource| &datasource.schemas);
    match schema {
        Some((_, span)) if !checks.can.multi_schema => {
            let message = format!("{} has no schemas to choose from", checks.can.name);
            report.error_help(Code::SchemaUnsupported, span, message, "remove `@@schema`");
        }
        Some((schema, span)) if !schemas.iter().any(|known| known == schema) => {
            let message = format!("the datasource does not list the schema `{schema}`");
            let help = format!("add it there: `schemas = [.., \"{schema}\"]`");
            report.error_help(Code::UnknownSchema, span, message, help);
        }
        None if checks.can.multi_schema && checks.configuration.has_schemas => {
            let message = format!("{word} `{name}` does not say which schema it is in");
            let help = format!("add `@@schema(\"{}\")`", schemas.first().map_or("public", String::as_str));
            report.error_help(Code::MissingSchema, block, message, help);
        }
        Some(_) | None => {}
    }
}

/// MySQL takes SET DEFAULT but its tables refuse it.
fn set_default_warnings(checks: &Checks<'_, '_>, model: &DraftModel<'_>, report: &mut Report) {
    for field in model.relation_fields.clone().map(|index| checks.draft.relation_field(index)) {
        for (name, action) in [("onDelete", field.on_delete), ("onUpdate", field.on_update)] {
            if let Some((ReferentialAction::SetDefault, span)) = action {
                let argument = field.attribute.and_then(|attribute| keys::argument_span(attribute, name));
                let message = "MySQL's tables refuse SET DEFAULT";
                report.warning(Code::BadAction, argument.unwrap_or(span), message, "choose another action");
            }
        }
    }
}

/// True for `@default(autoincrement())`.
pub(crate) fn is_call(field: &DraftField<'_>, function: &str) -> bool {
    field.default_value().and_then(Value::called) == Some(function)
}

fn cockroach_autoincrement(model: &DraftModel<'_>, report: &mut Report) {
    for field in model.fields.iter().filter(|field| is_call(field, "autoincrement")) {
        if let (Some(ScalarType::Int), Some(default)) = (field.scalar(), field.default()) {
            let message = "on CockroachDB `autoincrement()` makes BigInt values";
            let help = "make the field a BigInt, or write `sequence()`";
            report.error_help(Code::AutoincrementType, default.attribute.span(), message, help);
        }
    }
}

fn autoincrement(checks: &Checks<'_, '_>, model: &DraftModel<'_>, report: &mut Report) {
    let counting: SmallVec<[(FieldId, &DraftField<'_>); 2]> = model
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| is_call(field, "autoincrement"))
        .map(|(index, field)| (FieldId(index as u32), field))
        .collect();
    if counting.is_empty() {
        return;
    }
    if !checks.can.autoincrement {
        for default in counting.iter().filter_map(|(_, field)| field.default()) {
            let message = format!("{} has no `autoincrement()`", checks.can.name);
            report.error_help(Code::AutoincrementUnsupported, default.attribute.span(), message, "use another default");
        }
        return;
    }
    if counting.len() > 1 && !checks.can.several_autoincrements {
        let message = format!("{} counts one column of a table, here are {}", checks.can.name, counting.len());
        report.error_help(Code::AutoincrementTwice, model.span(), message, "keep one `autoincrement()`");
    }
    for (id, field) in counting {
        if !checks.can.autoincrement_beside_id && !is_single_key(model, id) {
            let message = format!("{} counts the id only, and `{}` is not the id", checks.can.name, field.name);
            report.error_help(
                Code::AutoincrementNotId,
                field.span(),
                message,
                "make it the id, or use another default",
            );
        }
        if !checks.can.autoincrement_unindexed && !is_indexed(model, id) {
            let message = format!("{} counts indexed columns only", checks.can.name);
            report.error_help(Code::AutoincrementNotIndexed, field.span(), message, "add `@unique` or an `@@index`");
        }
    }
}

/// True when the primary key is this one field.
pub(crate) fn is_single_key(model: &DraftModel<'_>, id: FieldId) -> bool {
    model.primary_key.as_ref().is_some_and(|key| matches!(key.fields.as_slice(), [only] if only.field == id))
}

fn is_indexed(model: &DraftModel<'_>, id: FieldId) -> bool {
    let key = model.primary_key.iter().map(|key| &key.fields);
    let indexes = model.indexes.iter().map(|index| &index.fields);
    key.chain(indexes).any(|fields| fields.first().is_some_and(|first| first.field == id))
}

fn shard_key(checks: &Checks<'_, '_>, model: &DraftModel<'_>, report: &mut Report) {
    let Some((fields, attribute)) = model.shard_key.as_deref() else {
        return;
    };
    let span = attribute.span();
    if fields.is_empty() {
        report.error_help(Code::NoMembers, span, "the list of fields is empty", "name at least one field");
    }
    if !checks.configuration.has_preview("shardKeys") {
        let help = "add `\"shardKeys\"` to `previewFeatures` of a generator";
        report.error_help(Code::PreviewNeeded, span, "shard keys are a preview feature", help);
    }
    if !checks.can.shard_keys {
        let message = format!("{} has no shard keys", checks.can.name);
        report.error_help(Code::ShardKey, span, message, "remove it");
    }
}
