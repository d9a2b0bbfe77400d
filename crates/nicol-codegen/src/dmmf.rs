//! The DMMF `datamodel`: the JSON form of a schema that Prisma hands to generators.
//!
//! Written straight to text, in the reference's key order; equal to it after parsing.

use std::io;

use nicol_schema::ValidSchema;
use nicol_schema::schema::{
    Arity, CompositeType, DefaultFunction, DefaultValue, Enum, Field, FieldId, FieldRef, FieldType, Index, IndexField,
    IndexKind, Model, ModelId, OperatorClass, PrimaryKey, ReferentialAction, RelationKind, ScalarType, SortOrder,
};

mod datetime;
mod json;

use json::Json;

/// The `datamodel` object of the DMMF as JSON text.
///
/// Ignored models and fields are left out, and so are `Unsupported` fields; indexes name all their fields.
pub fn datamodel(schema: &ValidSchema) -> String {
    let mut out = Vec::new();
    // Memory takes all that is written to it, and text is UTF-8.
    let _ = write_datamodel(schema, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// The same, written to `out` piece by piece.
///
/// # Errors
/// `out` cannot be written.
pub fn write_datamodel(schema: &ValidSchema, out: &mut dyn io::Write) -> io::Result<()> {
    let mut json = Json::new(out);
    json.object(|json| {
        json.key("enums").list(&schema.enums, enumeration);
        // Models first, then views.
        let visible = || schema.models.iter().enumerate().filter(|(_, model)| !model.is_ignored);
        let models = visible().filter(|(_, model)| !model.is_view).chain(visible().filter(|(_, model)| model.is_view));
        json.key("models").list(models.clone(), |json, (id, model)| {
            model_object(json, schema, ModelId(id as u32), model);
        });
        json.key("types").list(&schema.composite_types, |json, ty| composite_type(json, schema, ty));
        json.key("indexes").array(|json| {
            for (_, model) in models {
                indexes(json, model);
            }
        });
    });
    json.finish()
}

fn enumeration(json: &mut Json<'_>, enumeration: &Enum) {
    json.object(|json| {
        json.key("name").string(&enumeration.name);
        json.key("values").list(&enumeration.values, |json, value| {
            json.object(|json| {
                json.key("name").string(&value.name);
                json.key("dbName").optional(value.map.as_deref());
                documentation(json, value.docs.as_deref());
            });
        });
        json.key("dbName").optional(enumeration.map.as_deref());
        documentation(json, enumeration.docs.as_deref());
    });
}

fn documentation(json: &mut Json<'_>, docs: Option<&str>) {
    if let Some(docs) = docs {
        json.key("documentation").string(docs);
    }
}

fn model_object(json: &mut Json<'_>, schema: &ValidSchema, id: ModelId, model: &Model) {
    let referencing = referencing_fields(schema, id);
    // A partial index does not make every value unique.
    let is_unique = |index: &&Index| index.kind == IndexKind::Unique && index.predicate.is_none() && !index.on_field;
    let uniques = model.indexes.iter().filter(is_unique);
    json.object(|json| {
        json.key("name").string(&model.name);
        json.key("dbName").optional(model.map.as_deref());
        json.key("schema").optional(model.schema.as_deref());
        json.key("fields").list(model.fields.iter().enumerate(), |json, (index, field)| {
            if is_visible(schema, field) {
                let place = Place { model, id: FieldId(index as u32), referencing: &referencing };
                model_field(json, schema, field, &place);
            }
        });
        match model.primary_key.as_ref().filter(|key| !key.on_field) {
            Some(key) => named_fields(json.key("primaryKey"), model, key.name.as_deref(), &key.fields),
            None => json.key("primaryKey").null(),
        }
        json.key("uniqueFields").list(uniques.clone(), |json, index| field_names(json, model, &index.fields));
        json.key("uniqueIndexes").list(uniques, |json, index| {
            named_fields(json, model, index.name.as_deref(), &index.fields);
        });
        json.key("isGenerated").boolean(false);
        documentation(json, model.docs.as_deref());
    });
}

fn composite_type(json: &mut Json<'_>, schema: &ValidSchema, ty: &CompositeType) {
    json.object(|json| {
        json.key("name").string(&ty.name);
        json.key("dbName").null();
        json.key("schema").null();
        json.key("fields").list(&ty.fields, |json, field| {
            if is_visible(schema, field) {
                json.object(|json| {
                    field_head(json, schema, field, &Flags::default());
                    default(json, field);
                    documentation(json, field.docs.as_deref());
                });
            }
        });
        json.key("primaryKey").null();
        json.key("uniqueFields").array(|_| ());
        json.key("uniqueIndexes").array(|_| ());
        documentation(json, ty.docs.as_deref());
    });
}

/// Where a field stands, and what its model's keys say of it.
struct Place<'a> {
    model: &'a Model,
    id: FieldId,
    referencing: &'a [FieldId],
}

#[derive(Default)]
struct Flags {
    is_unique: bool,
    is_id: bool,
    is_read_only: bool,
}

fn model_field(json: &mut Json<'_>, schema: &ValidSchema, field: &Field, place: &Place<'_>) {
    let is_alone = |fields: &[IndexField]| matches!(fields, [only] if only.field == place.id && only.path.is_empty());
    let is_id = place.model.primary_key.as_ref().is_some_and(|key: &PrimaryKey| is_alone(&key.fields));
    let is_unique = |i: &Index| i.kind == IndexKind::Unique && i.predicate.is_none() && is_alone(&i.fields);
    let flags = Flags {
        is_unique: !is_id && place.model.indexes.iter().any(is_unique),
        is_id,
        is_read_only: place.referencing.contains(&place.id),
    };
    json.object(|json| {
        field_head(json, schema, field, &flags);
        default(json, field);
        if let Some(relation) = field.relation {
            let relation = schema.relation(relation);
            json.key("relationName").string(&relation.name);
            relation_columns(json, schema, &relation.kind, place);
        }
        json.key("isGenerated").boolean(false);
        json.key("isUpdatedAt").boolean(field.is_updated_at);
        documentation(json, field.docs.as_deref());
    });
}

fn relation_columns(json: &mut Json<'_>, schema: &ValidSchema, kind: &RelationKind, place: &Place<'_>) {
    let is_here = |side: FieldRef| side.field == place.id && std::ptr::eq(schema.model(side.model), place.model);
    let mut write = |from: ModelId, fields: &[FieldId], to: ModelId, references: &[FieldId]| {
        for (key, model, fields) in [("relationFromFields", from, fields), ("relationToFields", to, references)] {
            let model = schema.model(model);
            json.key(key).list(fields, |json, field| json.string(&model.fields[field.0 as usize].name));
        }
    };
    match kind {
        RelationKind::Foreign(key) if is_here(key.referencing) => {
            write(key.referencing.model, &key.fields, key.referenced.model, &key.references);
            if let Some(action) = key.on_delete {
                json.key("relationOnDelete").string(action_name(action));
            }
            if let Some(action) = key.on_update {
                json.key("relationOnUpdate").string(action_name(action));
            }
        }
        RelationKind::ManyToMany { a, b, lists: Some([first, _]) } if is_here(*a) => {
            write(a.model, &first.fields, b.model, &first.references);
        }
        RelationKind::ManyToMany { a, b, lists: Some([_, second]) } => {
            write(b.model, &second.fields, a.model, &second.references);
        }
        RelationKind::Foreign(key) => write(key.referenced.model, &[], key.referencing.model, &[]),
        RelationKind::ManyToMany { a, b, lists: None } => write(a.model, &[], b.model, &[]),
    }
}

fn action_name(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::Cascade => "Cascade",
        ReferentialAction::Restrict => "Restrict",
        ReferentialAction::NoAction => "NoAction",
        ReferentialAction::SetNull => "SetNull",
        ReferentialAction::SetDefault => "SetDefault",
    }
}

fn field_head(json: &mut Json<'_>, schema: &ValidSchema, field: &Field, flags: &Flags) {
    let (kind, type_name) = match &field.ty {
        FieldType::Scalar(scalar) => ("scalar", scalar.as_str()),
        FieldType::Enum(id) => ("enum", schema.enumeration(*id).name.as_str()),
        FieldType::Composite(id) => ("object", schema.composite_types[id.0 as usize].name.as_str()),
        FieldType::Model(id) => ("object", schema.model(*id).name.as_str()),
        FieldType::Unsupported(text) => ("unsupported", text.as_str()),
    };
    json.key("name").string(&field.name);
    if let Some(map) = &field.map {
        json.key("dbName").string(map);
    }
    json.key("kind").string(kind);
    json.key("isList").boolean(field.arity == Arity::List);
    json.key("isRequired").boolean(field.arity != Arity::Optional);
    json.key("isUnique").boolean(flags.is_unique);
    json.key("isId").boolean(flags.is_id);
    json.key("isReadOnly").boolean(flags.is_read_only);
    json.key("hasDefaultValue").boolean(field.default.is_some());
    json.key("type").string(type_name);
    match &field.native_type {
        None => json.key("nativeType").null(),
        Some(native) => json.key("nativeType").array(|json| {
            json.string(&native.name);
            json.list(&native.args, |json, arg| json.string(arg));
        }),
    }
}

/// Fields that the client shows: not ignored, not of an unsupported type, not leading to an ignored model.
fn is_visible(schema: &ValidSchema, field: &Field) -> bool {
    !field.is_ignored
        && match &field.ty {
            FieldType::Unsupported(_) => false,
            FieldType::Model(id) => !schema.model(*id).is_ignored,
            FieldType::Scalar(_) | FieldType::Enum(_) | FieldType::Composite(_) => true,
        }
}

/// The columns of a model that some relation of it is stored in.
fn referencing_fields(schema: &ValidSchema, model: ModelId) -> Vec<FieldId> {
    let mut fields = Vec::new();
    for field in &schema.model(model).fields {
        match field.relation.map(|id| &schema.relation(id).kind) {
            Some(RelationKind::Foreign(key)) if key.referencing.model == model => fields.extend_from_slice(&key.fields),
            Some(RelationKind::ManyToMany { a, b, lists: Some(lists) }) => {
                let sides = [a, b].into_iter().zip(lists).filter(|(side, _)| side.model == model);
                sides.for_each(|(_, list)| fields.extend_from_slice(&list.fields));
            }
            Some(RelationKind::Foreign(_) | RelationKind::ManyToMany { .. }) | None => {}
        }
    }
    fields
}

fn field_names(json: &mut Json<'_>, model: &Model, fields: &[IndexField]) {
    json.list(fields, |json, field| json.string(&index_field_name(model, field)));
}

fn index_field_name(model: &Model, field: &IndexField) -> String {
    let mut name = model.fields[field.field.0 as usize].name.clone();
    for part in &field.path {
        name.push('.');
        name.push_str(part);
    }
    name
}

fn named_fields(json: &mut Json<'_>, model: &Model, name: Option<&str>, fields: &[IndexField]) {
    json.object(|json| {
        json.key("name").optional(name);
        field_names(json.key("fields"), model, fields);
    });
}

fn default(json: &mut Json<'_>, field: &Field) {
    if let Some(default) = &field.default {
        json.key("default");
        default_value(json, &field.ty, &default.value);
    }
}

fn default_value(json: &mut Json<'_>, ty: &FieldType, value: &DefaultValue) {
    let scalar = match ty {
        FieldType::Scalar(scalar) => Some(*scalar),
        FieldType::Enum(_) | FieldType::Composite(_) | FieldType::Model(_) | FieldType::Unsupported(_) => None,
    };
    match value {
        DefaultValue::String(text) if scalar == Some(ScalarType::DateTime) => {
            json.string(&datetime::normalized(text));
        }
        DefaultValue::String(text) if matches!(scalar, Some(ScalarType::Decimal | ScalarType::Float)) => {
            json.number(text)
        }
        DefaultValue::String(text) | DefaultValue::EnumValue(text) => json.string(text),
        DefaultValue::Number(text) if scalar == Some(ScalarType::BigInt) => json.string(text),
        DefaultValue::Number(text) => json.number(text),
        DefaultValue::Boolean(value) => json.boolean(*value),
        DefaultValue::List(values) => json.list(values, |json, value| default_value(json, ty, value)),
        DefaultValue::Function(function) => json.object(|json| default_function(json, function)),
    }
}

fn default_function(json: &mut Json<'_>, function: &DefaultFunction) {
    enum Argument<'a> {
        None,
        Number(u32),
        Text(&'a str),
    }
    let (name, argument) = match function {
        DefaultFunction::Now => ("now", Argument::None),
        DefaultFunction::Autoincrement => ("autoincrement", Argument::None),
        DefaultFunction::Sequence(_) => ("sequence", Argument::None),
        DefaultFunction::Uuid(version) => ("uuid", Argument::Number(version.unwrap_or(4).into())),
        DefaultFunction::Cuid(version) => ("cuid", Argument::Number(version.unwrap_or(1).into())),
        DefaultFunction::Ulid => ("ulid", Argument::None),
        DefaultFunction::Nanoid(None) => ("nanoid", Argument::None),
        DefaultFunction::Nanoid(Some(length)) => ("nanoid", Argument::Number(*length)),
        DefaultFunction::DbGenerated(None) => ("dbgenerated", Argument::None),
        DefaultFunction::DbGenerated(Some(expression)) => ("dbgenerated", Argument::Text(expression)),
        DefaultFunction::Auto => ("auto", Argument::None),
    };
    json.key("name").string(name);
    json.key("args").array(|json| match argument {
        Argument::None => (),
        Argument::Number(number) => json.number(&number.to_string()),
        Argument::Text(text) => json.string(text),
    });
}

fn indexes(json: &mut Json<'_>, model: &Model) {
    if let Some(key) = &model.primary_key {
        json.object(|json| {
            json.key("model").string(&model.name);
            json.key("type").string("id");
            json.key("isDefinedOnField").boolean(key.on_field);
            index_tail(
                json,
                model,
                &IndexTail {
                    name: &key.name,
                    map: &key.map,
                    algorithm: None,
                    clustered: key.clustered,
                    fields: &key.fields,
                },
            );
        });
    }
    for index in &model.indexes {
        index_object(json, model, index);
    }
}

fn index_object(json: &mut Json<'_>, model: &Model, index: &Index) {
    json.object(|json| {
        json.key("model").string(&model.name);
        json.key("type").string(match index.kind {
            IndexKind::Unique => "unique",
            IndexKind::Normal => "normal",
            IndexKind::Fulltext => "fulltext",
        });
        json.key("isDefinedOnField").boolean(index.on_field);
        let tail = IndexTail {
            name: &index.name,
            map: &index.map,
            algorithm: index.algorithm.as_deref(),
            clustered: index.clustered,
            fields: &index.fields,
        };
        index_tail(json, model, &tail);
    });
}

struct IndexTail<'a> {
    name: &'a Option<String>,
    map: &'a Option<String>,
    algorithm: Option<&'a str>,
    clustered: Option<bool>,
    fields: &'a [IndexField],
}

fn index_tail(json: &mut Json<'_>, model: &Model, tail: &IndexTail<'_>) {
    for (key, text) in [("name", tail.name.as_deref()), ("dbName", tail.map.as_deref()), ("algorithm", tail.algorithm)]
    {
        if let Some(text) = text {
            json.key(key).string(text);
        }
    }
    if let Some(clustered) = tail.clustered {
        json.key("clustered").boolean(clustered);
    }
    json.key("fields").list(tail.fields, |json, field| {
        json.object(|json| {
            json.key("name").string(&index_field_name(model, field));
            match field.sort {
                Some(SortOrder::Asc) => json.key("sortOrder").string("asc"),
                Some(SortOrder::Desc) => json.key("sortOrder").string("desc"),
                None => (),
            }
            if let Some(length) = field.length {
                json.key("length").number(&length.to_string());
            }
            match &field.ops {
                Some(OperatorClass::Named(name) | OperatorClass::Raw(name)) => json.key("operatorClass").string(name),
                None => (),
            }
        });
    });
}
