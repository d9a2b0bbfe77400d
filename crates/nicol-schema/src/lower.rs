//! The last step: a draft without errors becomes a [`ValidSchema`].

use crate::ast::{File, Value, ValueKind};
use crate::config::Configuration;
use crate::resolve::draft::*;
use crate::resolve::tops::field_docs;
use crate::schema::*;
use crate::source::{Source, Span};
use crate::syntax::comments::documentation;
use crate::syntax::tree::Extent;

/// Makes the schema.
pub(crate) fn lower(sources: &[Source], draft: Draft<'_>, configuration: Configuration) -> ValidSchema {
    let relations: Vec<Relation> =
        draft.relations.iter().filter_map(|relation| lower_relation(&draft, relation)).collect();
    let relation_of = relation_ids(&relations);
    let models = (0..draft.models.len()).map(|index| lower_model(&draft, index, &relation_of)).collect();
    let enums = draft.enums.iter().map(lower_enum).collect();
    let composite_types = draft.composites.iter().map(|composite| lower_composite(&draft, composite)).collect();
    ValidSchema {
        sources: sources.to_vec(),
        datasource: configuration.datasource,
        generators: configuration.generators,
        models,
        enums,
        composite_types,
        relations,
    }
}

type RelationOf = rustc_hash::FxHashMap<(u32, u32), RelationId>;

fn relation_ids(relations: &[Relation]) -> RelationOf {
    let mut ids = RelationOf::default();
    for (index, relation) in relations.iter().enumerate() {
        let sides = match &relation.kind {
            RelationKind::Foreign(key) => [key.referencing, key.referenced],
            RelationKind::ManyToMany { a, b, .. } => [*a, *b],
        };
        for side in sides {
            ids.insert((side.model.0, side.field.0), RelationId(index as u32));
        }
    }
    ids
}

fn lower_relation(draft: &Draft<'_>, relation: &DraftRelation) -> Option<Relation> {
    let (a, b) = (draft.relation_field(relation.a?), draft.relation_field(relation.b?));
    let kind = match relation.shape {
        RelationShape::ManyToMany => RelationKind::ManyToMany { a: a.at, b: b.at, lists: None },
        RelationShape::Embedded => {
            let list =
                |side: &RelationField<'_>| KeyList { fields: ids(&side.fields), references: ids(&side.references) };
            RelationKind::ManyToMany { a: a.at, b: b.at, lists: Some([list(a), list(b)]) }
        }
        RelationShape::OneToOne | RelationShape::OneToMany => {
            // In a one-to-one relation the side with `fields:` may be the second one.
            let (key, other) = if a.fields.is_none() && b.fields.is_some() { (b, a) } else { (a, b) };
            RelationKind::Foreign(ForeignKey {
                referencing: key.at,
                referenced: other.at,
                fields: ids(&key.fields),
                references: ids(&key.references),
                on_delete: key.on_delete.map(|(action, _)| action),
                on_update: key.on_update.map(|(action, _)| action),
                map: key.map.map(str::to_owned),
                is_one_to_one: relation.shape == RelationShape::OneToOne,
            })
        }
    };
    let (first, second) = (draft.model(a.at.model).name, draft.model(b.at.model).name);
    let name = match a.name {
        Some(name) => name.to_owned(),
        None if first <= second => format!("{first}To{second}"),
        None => format!("{second}To{first}"),
    };
    Some(Relation { name, is_named: a.name.is_some(), kind })
}

fn ids(fields: &Option<FieldIds>) -> Vec<FieldId> {
    fields.as_ref().map_or(Vec::new(), |ids| ids.to_vec())
}

fn owned(text: Option<(&str, Span)>) -> Option<String> {
    text.map(|(name, _)| name.to_owned())
}

fn docs(file: File<'_>, extent: Option<Extent>) -> Option<String> {
    documentation(file.text(), extent?)
}

fn members(fields: &Members<'_>) -> Vec<IndexField> {
    let member = |member: &DraftMember<'_>| IndexField {
        field: member.field,
        path: member.path().map_or(Vec::new(), |path| path.split('.').map(str::to_owned).collect()),
        sort: member.sort,
        length: member.length,
        ops: member.ops().map(|ops| match ops {
            DraftOps::Named(name) => OperatorClass::Named(name.to_owned()),
            DraftOps::Raw(text) => OperatorClass::Raw(text.to_owned()),
        }),
    };
    fields.iter().map(member).collect()
}

fn lower_model(draft: &Draft<'_>, index: usize, relation_of: &RelationOf) -> Model {
    let model = &draft.models[index];
    let fields = model.fields.iter().enumerate().map(|(at, field)| {
        let relation = relation_of.get(&(index as u32, at as u32)).copied();
        lower_field(draft, field, relation)
    });
    Model {
        name: model.name.to_owned(),
        map: owned(model.map),
        schema: owned(model.schema),
        is_view: model.is_view,
        is_ignored: model.is_ignored,
        docs: docs(model.file, model.block.docs),
        fields: fields.collect(),
        primary_key: model.primary_key.as_ref().map(lower_key),
        indexes: lower_indexes(model),
        span: model.span(),
    }
}

/// Field uniques in field order, then `@@index`es, `@@unique`s and `@@fulltext`s.
fn lower_indexes(model: &DraftModel<'_>) -> Vec<Index> {
    model
        .indexes
        .iter()
        .map(|index| Index {
            kind: index.kind,
            fields: members(&index.fields),
            name: index.name.map(str::to_owned),
            map: index.map.map(str::to_owned),
            algorithm: index.algorithm.map(str::to_owned),
            clustered: index.clustered,
            predicate: index.predicate.as_ref().map(|predicate| predicate.0.clone()),
            on_field: index.on_field.is_some(),
            span: index.attribute.span(),
        })
        .collect()
}

fn lower_key(key: &DraftKey<'_>) -> PrimaryKey {
    PrimaryKey {
        fields: members(&key.fields),
        name: key.name.map(str::to_owned),
        map: key.map.map(str::to_owned),
        clustered: key.clustered,
        on_field: key.on_field.is_some(),
        span: key.attribute.span(),
    }
}

fn lower_field(draft: &Draft<'_>, field: &DraftField<'_>, relation: Option<RelationId>) -> Field {
    let ty = lower_type(draft, field.ty);
    Field {
        name: field.name.to_owned(),
        map: field.map.map(str::to_owned),
        default: field.default().and_then(|default| lower_default(&default, &ty)),
        ty,
        arity: field.arity,
        native_type: field.native().map(|native| NativeType {
            name: native.name.to_owned(),
            args: native.args().iter().map(|arg| (*arg).to_owned()).collect(),
        }),
        is_updated_at: field.is_updated_at,
        is_ignored: field.is_ignored,
        relation,
        docs: field_docs(field.file, field.node),
        span: field.span(),
    }
}

fn lower_type(draft: &Draft<'_>, ty: Option<Type>) -> FieldType {
    match ty {
        Some(Type::Scalar(scalar)) => FieldType::Scalar(scalar),
        Some(Type::Enum(id)) => FieldType::Enum(id),
        Some(Type::Composite(id)) => FieldType::Composite(id),
        Some(Type::Model(id)) => FieldType::Model(id),
        Some(Type::Unsupported(index)) => FieldType::Unsupported(draft.unsupported[index as usize].to_string()),
        None => FieldType::Unsupported(String::new()),
    }
}

fn lower_default(default: &DraftDefault<'_>, ty: &FieldType) -> Option<DefaultAttribute> {
    let value = lower_value(default.value, matches!(ty, FieldType::Enum(_)))?;
    Some(DefaultAttribute { value, map: default.map().map(str::to_owned) })
}

fn lower_value(value: Value<'_>, is_enum: bool) -> Option<DefaultValue> {
    Some(match value.kind() {
        ValueKind::Number(number) => DefaultValue::Number(number.to_owned()),
        ValueKind::Text(text) => DefaultValue::String(text.to_owned()),
        ValueKind::Constant(name) if is_enum => DefaultValue::EnumValue(name.to_owned()),
        ValueKind::Constant(name) => DefaultValue::Boolean(name == "true"),
        ValueKind::Array(values) => {
            DefaultValue::List(values.iter().filter_map(|value| lower_value(value, is_enum)).collect())
        }
        ValueKind::Call(name, arguments) => {
            let first = arguments.iter().next().and_then(|argument| argument.value());
            let number = first.and_then(|value| match value.kind() {
                ValueKind::Number(number) => number.parse::<u32>().ok(),
                _ => None,
            });
            DefaultValue::Function(match name {
                "now" => DefaultFunction::Now,
                "autoincrement" => DefaultFunction::Autoincrement,
                "uuid" => DefaultFunction::Uuid(number.map(|n| n as u8)),
                "cuid" => DefaultFunction::Cuid(number.map(|n| n as u8)),
                "ulid" => DefaultFunction::Ulid,
                "nanoid" => DefaultFunction::Nanoid(number),
                "dbgenerated" => DefaultFunction::DbGenerated(first.and_then(|v| Some(v.as_text()?.to_owned()))),
                "auto" => DefaultFunction::Auto,
                "sequence" => DefaultFunction::Sequence(Box::new(lower_sequence(arguments))),
                _ => return None,
            })
        }
        ValueKind::Object(_) => return None,
    })
}

fn lower_sequence(arguments: crate::ast::ArgumentList<'_>) -> Sequence {
    let number = |name: &str| match arguments.named(name)?.kind() {
        ValueKind::Number(number) => number.parse().ok(),
        _ => None,
    };
    Sequence {
        increment: number("increment"),
        min_value: number("minValue"),
        max_value: number("maxValue"),
        start: number("start"),
        cache: number("cache"),
        is_virtual: arguments.named("virtual").and_then(Value::as_constant) == Some("true"),
    }
}

fn lower_enum(enumeration: &DraftEnum<'_>) -> Enum {
    let values = enumeration.values.iter().map(|value| EnumValue {
        name: value.name.to_owned(),
        map: value.map.map(str::to_owned),
        docs: field_docs(enumeration.file, value.node),
        span: enumeration.file.span(value.node.extent),
    });
    Enum {
        name: enumeration.name.to_owned(),
        map: owned(enumeration.map),
        schema: owned(enumeration.schema),
        docs: docs(enumeration.file, enumeration.block.docs),
        values: values.collect(),
        span: enumeration.span(),
    }
}

fn lower_composite(draft: &Draft<'_>, composite: &DraftComposite<'_>) -> CompositeType {
    CompositeType {
        name: composite.name.to_owned(),
        docs: docs(composite.file, composite.block.docs),
        fields: composite.fields.iter().map(|field| lower_field(draft, field, None)).collect(),
        span: composite.file.span(composite.block.extent),
    }
}
