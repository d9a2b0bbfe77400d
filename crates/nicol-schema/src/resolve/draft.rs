//! What resolving produces: the schema's meaning with every place it came from, possibly with errors in it.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::ast::{Attribute, File, Value};
use crate::schema::*;
use crate::source::Span;
use crate::syntax::tree::{Block, FieldNode};

/// A schema under examination.
#[derive(Debug, Default)]
pub(crate) struct Draft<'a> {
    /// `datasource` blocks.
    pub(crate) datasources: Vec<ConfigBlock<'a>>,
    /// `generator` blocks.
    pub(crate) generators: Vec<ConfigBlock<'a>>,
    /// Models and views.
    pub(crate) models: Vec<DraftModel<'a>>,
    /// Enums.
    pub(crate) enums: Vec<DraftEnum<'a>>,
    /// Composite types.
    pub(crate) composites: Vec<DraftComposite<'a>>,
    /// Blocks in the order of the sources.
    pub(crate) tops: Vec<Top>,
    /// Relation fields in the order of models and fields.
    pub(crate) relation_fields: Vec<RelationField<'a>>,
    /// Relations, each once.
    pub(crate) relations: Vec<DraftRelation>,
}

/// A block, as an index into the list of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Top {
    /// Into [`Draft::models`].
    Model(usize),
    /// Into [`Draft::enums`].
    Enum(usize),
    /// Into [`Draft::composites`].
    Composite(usize),
    /// Into [`Draft::datasources`].
    Datasource(usize),
    /// Into [`Draft::generators`].
    Generator(usize),
}

/// A `datasource` or `generator` block.
#[derive(Debug)]
pub(crate) struct ConfigBlock<'a> {
    /// The file it stands in.
    pub(crate) file: File<'a>,
    /// Its node.
    pub(crate) block: &'a Block,
    /// Its name.
    pub(crate) name: &'a str,
    /// Its properties in order.
    pub(crate) properties: Vec<Property<'a>>,
    /// Documentation.
    pub(crate) docs: Option<String>,
}

/// A property of a configuration block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Property<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Where the name stands.
    pub(crate) name_span: Span,
    /// Its value; none is an error.
    pub(crate) value: Option<Value<'a>>,
    /// The whole line, without its line end.
    pub(crate) span: Span,
}

impl<'a> ConfigBlock<'a> {
    /// The value of the last property of a name, and the property.
    pub(crate) fn property(&self, name: &str) -> Option<(Value<'a>, Property<'a>)> {
        let property = self.properties.iter().rev().find(|property| property.name == name)?;
        Some((property.value?, *property))
    }

    /// The whole block.
    pub(crate) fn span(&self) -> Span {
        self.file.span(self.block.extent)
    }
}

/// A model or view.
#[derive(Debug)]
pub(crate) struct DraftModel<'a> {
    /// The file it stands in.
    pub(crate) file: File<'a>,
    /// Its node.
    pub(crate) block: &'a Block,
    /// Its name.
    pub(crate) name: &'a str,
    /// True for `view`.
    pub(crate) is_view: bool,
    /// Fields in order.
    pub(crate) fields: Vec<DraftField<'a>>,
    /// `@@` attributes in order.
    pub(crate) attributes: Vec<Attribute<'a>>,
    /// Documentation.
    pub(crate) docs: Option<String>,
    /// `@@map`
    pub(crate) map: Option<(Cow<'a, str>, Span)>,
    /// `@@schema`: name, and where the string stands.
    pub(crate) schema: Option<(Cow<'a, str>, Span)>,
    /// `@@ignore`
    pub(crate) is_ignored: bool,
    /// `@id` or `@@id`
    pub(crate) primary_key: Option<DraftKey<'a>>,
    /// Field uniques first, then block indexes by kind.
    pub(crate) indexes: Vec<DraftIndex<'a>>,
    /// The last field of every name, in models of many fields.
    pub(crate) names: FxHashMap<&'a str, FieldId>,
    /// The database names given to fields so far, in models of many fields.
    pub(crate) mapped: FxHashMap<Cow<'a, str>, FieldId>,
    /// `@shardKey` or `@@shardKey`: the fields and the attribute.
    pub(crate) shard_key: Option<(Vec<FieldId>, Attribute<'a>)>,
}

impl<'a> DraftModel<'a> {
    /// The whole block.
    pub(crate) fn span(&self) -> Span {
        self.file.span(self.block.extent)
    }

    /// `model` or `view`.
    pub(crate) fn word(&self) -> &'static str {
        if self.is_view { "view" } else { "model" }
    }

    /// The name in the database.
    pub(crate) fn database_name(&self) -> &str {
        self.map.as_ref().map_or(self.name, |(name, _)| name)
    }

    /// The field of an id.
    pub(crate) fn field(&self, id: FieldId) -> &DraftField<'a> {
        &self.fields[id.0 as usize]
    }

    /// The field of a name.
    pub(crate) fn field_named(&self, name: &str) -> Option<FieldId> {
        if self.fields.len() <= FEW {
            return self.fields.iter().rposition(|field| field.name == name).map(|index| FieldId(index as u32));
        }
        self.names.get(name).copied()
    }
}

/// So many fields are looked through faster than looked up.
pub(crate) const FEW: usize = 24;

/// A field of a model, view or composite type.
#[derive(Debug)]
pub(crate) struct DraftField<'a> {
    /// Its node.
    pub(crate) node: &'a FieldNode,
    /// Its name.
    pub(crate) name: &'a str,
    /// Where the name stands.
    pub(crate) name_span: Span,
    /// The whole line.
    pub(crate) span: Span,
    /// Where the type stands, with its suffix.
    pub(crate) type_span: Span,
    /// Arity.
    pub(crate) arity: Arity,
    /// Type; none before types are resolved.
    pub(crate) ty: Option<FieldType>,
    /// `@map`
    pub(crate) map: Option<(Cow<'a, str>, Span)>,
    /// `@default`
    pub(crate) default: Option<Box<DraftDefault<'a>>>,
    /// `@db.X`
    pub(crate) native: Option<Box<DraftNative<'a>>>,
    /// `@updatedAt`
    pub(crate) is_updated_at: bool,
    /// `@ignore`
    pub(crate) is_ignored: bool,
    /// Index into [`Draft::relation_fields`].
    pub(crate) relation: Option<usize>,
}

impl DraftField<'_> {
    /// The name in the database.
    pub(crate) fn database_name(&self) -> &str {
        self.map.as_ref().map_or(self.name, |(name, _)| name)
    }

    /// The built-in type, if it has one.
    pub(crate) fn scalar(&self) -> Option<ScalarType> {
        match self.ty {
            Some(FieldType::Scalar(scalar)) => Some(scalar),
            _ => None,
        }
    }

    /// True for columns that hold a value in every row.
    pub(crate) fn is_strict(&self) -> bool {
        self.arity != Arity::Optional && !matches!(self.ty, Some(FieldType::Unsupported(_)))
    }

    /// True for everything but relations and fields of unknown types.
    pub(crate) fn is_scalar(&self) -> bool {
        self.ty.as_ref().is_some_and(|ty| !matches!(ty, FieldType::Model(_)))
    }
}

/// `@default(..)`
#[derive(Debug, Clone)]
pub(crate) struct DraftDefault<'a> {
    /// The value.
    pub(crate) value: Value<'a>,
    /// `map:`
    pub(crate) map: Option<Cow<'a, str>>,
    /// The attribute.
    pub(crate) attribute: Attribute<'a>,
}

/// `@db.X(..)`
#[derive(Debug, Clone)]
pub(crate) struct DraftNative<'a> {
    /// What stands before the dot.
    pub(crate) scope: &'a str,
    /// What stands behind it.
    pub(crate) name: &'a str,
    /// The arguments as text.
    pub(crate) args: Vec<String>,
    /// The attribute.
    pub(crate) attribute: Attribute<'a>,
}

/// A primary key.
#[derive(Debug)]
pub(crate) struct DraftKey<'a> {
    /// Its fields.
    pub(crate) fields: Vec<IndexField>,
    /// `name:`
    pub(crate) name: Option<Cow<'a, str>>,
    /// `map:`
    pub(crate) map: Option<Cow<'a, str>>,
    /// `clustered:`
    pub(crate) clustered: Option<bool>,
    /// The field that carries `@id`.
    pub(crate) on_field: Option<FieldId>,
    /// The attribute.
    pub(crate) attribute: Attribute<'a>,
}

/// An index.
#[derive(Debug)]
pub(crate) struct DraftIndex<'a> {
    /// What it does.
    pub(crate) kind: IndexKind,
    /// Its fields.
    pub(crate) fields: Vec<IndexField>,
    /// `name:` (uniques)
    pub(crate) name: Option<Cow<'a, str>>,
    /// `map:`, or `name:` of `@@index`
    pub(crate) map: Option<Cow<'a, str>>,
    /// `type:`
    pub(crate) algorithm: Option<&'a str>,
    /// `clustered:`
    pub(crate) clustered: Option<bool>,
    /// `where:`
    pub(crate) predicate: Option<(IndexPredicate, Span)>,
    /// The field that carries `@unique`.
    pub(crate) on_field: Option<FieldId>,
    /// The attribute.
    pub(crate) attribute: Attribute<'a>,
}

/// An enum.
#[derive(Debug)]
pub(crate) struct DraftEnum<'a> {
    /// The file it stands in.
    pub(crate) file: File<'a>,
    /// Its node.
    pub(crate) block: &'a Block,
    /// Its name.
    pub(crate) name: &'a str,
    /// Its values.
    pub(crate) values: Vec<DraftEnumValue<'a>>,
    /// `@@` attributes in order.
    pub(crate) attributes: Vec<Attribute<'a>>,
    /// Documentation.
    pub(crate) docs: Option<String>,
    /// `@@map`
    pub(crate) map: Option<(Cow<'a, str>, Span)>,
    /// `@@schema`
    pub(crate) schema: Option<(Cow<'a, str>, Span)>,
}

impl DraftEnum<'_> {
    /// The whole block.
    pub(crate) fn span(&self) -> Span {
        self.file.span(self.block.extent)
    }

    /// The name in the database.
    pub(crate) fn database_name(&self) -> &str {
        self.map.as_ref().map_or(self.name, |(name, _)| name)
    }
}

/// A value of an enum.
#[derive(Debug)]
pub(crate) struct DraftEnumValue<'a> {
    /// Its node.
    pub(crate) node: &'a FieldNode,
    /// Its name.
    pub(crate) name: &'a str,
    /// `@map`
    pub(crate) map: Option<(Cow<'a, str>, Span)>,
}

/// A composite type.
#[derive(Debug)]
pub(crate) struct DraftComposite<'a> {
    /// The file it stands in.
    pub(crate) file: File<'a>,
    /// Its node.
    pub(crate) block: &'a Block,
    /// Its name.
    pub(crate) name: &'a str,
    /// Its fields.
    pub(crate) fields: Vec<DraftField<'a>>,
    /// Documentation.
    pub(crate) docs: Option<String>,
}

/// A field whose type is a model.
#[derive(Debug)]
pub(crate) struct RelationField<'a> {
    /// Which field.
    pub(crate) at: FieldRef,
    /// Its type.
    pub(crate) target: ModelId,
    /// `@relation`
    pub(crate) attribute: Option<Attribute<'a>>,
    /// `fields:`
    pub(crate) fields: Option<Vec<FieldId>>,
    /// `references:`
    pub(crate) references: Option<Vec<FieldId>>,
    /// `name:`
    pub(crate) name: Option<Cow<'a, str>>,
    /// `onDelete:`
    pub(crate) on_delete: Option<(ReferentialAction, Span)>,
    /// `onUpdate:`
    pub(crate) on_update: Option<(ReferentialAction, Span)>,
    /// `map:`
    pub(crate) map: Option<Cow<'a, str>>,
    /// How many fields of the model lead to the same target under the same name, itself among them.
    pub(crate) alike: u32,
}

/// What a relation looks like before it is known to be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RelationShape {
    /// Implicit many-to-many.
    ManyToMany,
    /// Many-to-many with lists of keys on both sides (mongodb).
    Embedded,
    /// One row on the far side belongs to at most one here.
    OneToOne,
    /// The usual one.
    OneToMany,
}

/// A relation: the referencing (or first) side is `a`. Sides are indices into [`Draft::relation_fields`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct DraftRelation {
    /// What it looks like.
    pub(crate) shape: RelationShape,
    /// The referencing model.
    pub(crate) model_a: ModelId,
    /// The referenced model.
    pub(crate) model_b: ModelId,
    /// The field of `model_a`.
    pub(crate) a: Option<usize>,
    /// The field of `model_b`.
    pub(crate) b: Option<usize>,
}

impl<'a> Draft<'a> {
    /// The model of an id.
    pub(crate) fn model(&self, id: ModelId) -> &DraftModel<'a> {
        &self.models[id.0 as usize]
    }

    /// The field a reference points at.
    pub(crate) fn field(&self, at: FieldRef) -> &DraftField<'a> {
        self.model(at.model).field(at.field)
    }
}
