//! What resolving produces: the schema's meaning with every place it came from, possibly with errors in it.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::ast::{Attribute, File, Value};
use crate::schema::*;
use crate::source::Span;
use crate::syntax::tree::{AttributeNode, Block, ExpressionNode, FieldNode};
use crate::syntax::words::Word;

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
    /// What stands in every `Unsupported("..")`.
    pub(crate) unsupported: Vec<Cow<'a, str>>,
    /// A default has a name in the database.
    pub(crate) has_named_defaults: Cell<bool>,
    /// A default calls a function that is not of the language itself.
    pub(crate) has_other_functions: Cell<bool>,
}

/// The type of a field under examination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    /// A built-in scalar.
    Scalar(ScalarType),
    /// An enum.
    Enum(EnumId),
    /// A composite type.
    Composite(CompositeTypeId),
    /// A relation to this model.
    Model(ModelId),
    /// Index into [`Draft::unsupported`].
    Unsupported(u32),
}

/// Fields of a model, as keys and relations name them.
pub(crate) type FieldIds = SmallVec<[FieldId; 4]>;

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
    /// Its relation fields: indices into [`Draft::relation_fields`].
    pub(crate) relation_fields: Range<u32>,
    /// `@@map`
    pub(crate) map: Option<(&'a str, Span)>,
    /// `@@schema`: name, and where the string stands.
    pub(crate) schema: Option<(&'a str, Span)>,
    /// `@@ignore`
    pub(crate) is_ignored: bool,
    /// `@id` or `@@id`
    pub(crate) primary_key: Option<DraftKey<'a>>,
    /// Field uniques first, then block indexes by kind.
    pub(crate) indexes: Vec<DraftIndex<'a>>,
    /// Names to look up, in models of many fields.
    pub(crate) lookup: Option<Box<Lookup<'a>>>,
    /// `@shardKey` or `@@shardKey`: the fields and the attribute.
    pub(crate) shard_key: Option<Box<(FieldIds, Attribute<'a>)>>,
}

/// The names in a model of many fields.
#[derive(Debug, Default)]
pub(crate) struct Lookup<'a> {
    /// The last field of every name.
    pub(crate) names: FxHashMap<&'a str, FieldId>,
    /// The database names given to fields so far.
    pub(crate) mapped: FxHashMap<&'a str, FieldId>,
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
    pub(crate) fn database_name(&self) -> &'a str {
        self.map.map_or(self.name, |(name, _)| name)
    }

    /// `@@` attributes in order.
    pub(crate) fn attributes(&self) -> &'a [AttributeNode] {
        &self.file.tree().block_attributes[self.block.attributes.range()]
    }

    /// The field of an id.
    pub(crate) fn field(&self, id: FieldId) -> &DraftField<'a> {
        &self.fields[id.0 as usize]
    }

    /// The field of a name.
    pub(crate) fn field_named(&self, name: &str) -> Option<FieldId> {
        match &self.lookup {
            Some(lookup) => lookup.names.get(name).copied(),
            None => self.fields.iter().rposition(|field| field.name == name).map(|index| FieldId(index as u32)),
        }
    }
}

/// What stands before the first dot, and behind it. Names are short: a general search takes longer to begin.
pub(crate) fn split_at_dot(name: &str) -> (&str, Option<&str>) {
    match name.bytes().position(|byte| byte == b'.') {
        Some(dot) => (&name[..dot], Some(&name[dot + 1..])),
        None => (name, None),
    }
}

/// So many fields are looked through faster than looked up.
pub(crate) const FEW: usize = 24;

/// A field of a model, view or composite type.
#[derive(Debug)]
pub(crate) struct DraftField<'a> {
    /// The file it stands in.
    pub(crate) file: File<'a>,
    /// Its node.
    pub(crate) node: &'a FieldNode,
    /// Its name.
    pub(crate) name: &'a str,
    /// `@map`
    pub(crate) map: Option<&'a str>,
    /// `@default`
    pub(crate) default: Option<&'a ExpressionNode>,
    /// `@db.X`
    pub(crate) native: Option<&'a AttributeNode>,
    /// Type; none when it is not known, as all but the built-in ones are before types are resolved.
    pub(crate) ty: Option<Type>,
    /// Arity.
    pub(crate) arity: Arity,
    /// `@updatedAt`
    pub(crate) is_updated_at: bool,
    /// `@ignore`
    pub(crate) is_ignored: bool,
}

impl<'a> DraftField<'a> {
    /// The name in the database.
    pub(crate) fn database_name(&self) -> &'a str {
        self.map.unwrap_or(self.name)
    }

    /// Where the name stands.
    pub(crate) fn name_span(&self) -> Span {
        self.file.span(self.node.name)
    }

    /// The whole line.
    pub(crate) fn span(&self) -> Span {
        self.file.span(self.node.extent)
    }

    /// Where the type stands, with its suffix.
    pub(crate) fn type_span(&self) -> Span {
        self.file.span(self.node.ty.map_or(self.node.extent, |ty| ty.extent))
    }

    /// The attributes.
    pub(crate) fn attributes(&self) -> &'a [AttributeNode] {
        &self.file.tree().attributes[self.node.attributes.range()]
    }

    /// The attribute of a name.
    fn attribute(&self, word: Word) -> Option<Attribute<'a>> {
        self.attributes().iter().find(|node| node.word == word).map(|node| self.file.attribute(node))
    }

    /// Where `@map` stands.
    pub(crate) fn map_span(&self) -> Span {
        self.attribute(Word::Map).map_or(self.span(), Attribute::span)
    }

    /// `@default(..)`
    pub(crate) fn default(&self) -> Option<DraftDefault<'a>> {
        let value = self.file.value(self.default?);
        self.attribute(Word::Default).map(|attribute| DraftDefault { value, attribute })
    }

    /// The value in `@default(..)`.
    pub(crate) fn default_value(&self) -> Option<Value<'a>> {
        self.default.map(|node| self.file.value(node))
    }

    /// `@db.X(..)`
    pub(crate) fn native(&self) -> Option<DraftNative<'a>> {
        let attribute = self.file.attribute(self.native?);
        let (scope, name) = split_at_dot(attribute.name());
        Some(DraftNative { scope, name: name?, attribute })
    }

    /// The built-in type, if it has one.
    pub(crate) fn scalar(&self) -> Option<ScalarType> {
        match self.ty {
            Some(Type::Scalar(scalar)) => Some(scalar),
            _ => None,
        }
    }

    /// True for columns that hold a value in every row.
    pub(crate) fn is_strict(&self) -> bool {
        self.arity != Arity::Optional && !matches!(self.ty, Some(Type::Unsupported(_)))
    }

    /// True for everything but relations and fields of unknown types.
    pub(crate) fn is_scalar(&self) -> bool {
        self.ty.is_some_and(|ty| !matches!(ty, Type::Model(_)))
    }
}

/// `@default(..)`
#[derive(Debug, Clone, Copy)]
pub(crate) struct DraftDefault<'a> {
    /// The value.
    pub(crate) value: Value<'a>,
    /// The attribute.
    pub(crate) attribute: Attribute<'a>,
}

impl<'a> DraftDefault<'a> {
    /// `map:`
    pub(crate) fn map(&self) -> Option<&'a str> {
        self.attribute.arguments().called(Word::Map).and_then(Value::as_text)
    }
}

/// `@db.X(..)`
#[derive(Debug, Clone, Copy)]
pub(crate) struct DraftNative<'a> {
    /// What stands before the dot.
    pub(crate) scope: &'a str,
    /// What stands behind it.
    pub(crate) name: &'a str,
    /// The attribute.
    pub(crate) attribute: Attribute<'a>,
}

impl<'a> DraftNative<'a> {
    /// The arguments as text.
    pub(crate) fn args(&self) -> SmallVec<[&'a str; 2]> {
        self.attribute.arguments().iter().filter_map(|argument| argument.value().map(Value::source)).collect()
    }
}

/// A field in an index or key.
#[derive(Debug)]
pub(crate) struct DraftMember<'a> {
    /// The model's field.
    pub(crate) field: FieldId,
    /// `sort:`
    pub(crate) sort: Option<SortOrder>,
    /// `length:`
    pub(crate) length: Option<u32>,
    /// What few have.
    pub(crate) rare: Option<Box<Rare<'a>>>,
}

/// What few fields in an index have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rare<'a> {
    /// Further field names inside composite types, joined by dots (mongodb).
    pub(crate) path: Option<&'a str>,
    /// `ops:`
    pub(crate) ops: Option<DraftOps<'a>>,
}

impl<'a> DraftMember<'a> {
    /// Further field names inside composite types, joined by dots (mongodb).
    pub(crate) fn path(&self) -> Option<&'a str> {
        self.rare.as_ref()?.path
    }

    /// `ops:`
    pub(crate) fn ops(&self) -> Option<DraftOps<'a>> {
        self.rare.as_ref()?.ops
    }
}

/// An operator class.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DraftOps<'a> {
    /// One of the named classes.
    Named(&'a str),
    /// `raw("...")`
    Raw(&'a str),
}

/// The fields of an index or key.
pub(crate) type Members<'a> = SmallVec<[DraftMember<'a>; 2]>;

/// A primary key.
#[derive(Debug)]
pub(crate) struct DraftKey<'a> {
    /// Its fields.
    pub(crate) fields: Members<'a>,
    /// `name:`
    pub(crate) name: Option<&'a str>,
    /// `map:`
    pub(crate) map: Option<&'a str>,
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
    pub(crate) fields: Members<'a>,
    /// `name:` (uniques)
    pub(crate) name: Option<&'a str>,
    /// `map:`, or `name:` of `@@index`
    pub(crate) map: Option<&'a str>,
    /// `type:`
    pub(crate) algorithm: Option<&'a str>,
    /// `clustered:`
    pub(crate) clustered: Option<bool>,
    /// `where:`
    pub(crate) predicate: Option<Box<(IndexPredicate, Span)>>,
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
    /// `@@map`
    pub(crate) map: Option<(&'a str, Span)>,
    /// `@@schema`
    pub(crate) schema: Option<(&'a str, Span)>,
}

impl<'a> DraftEnum<'a> {
    /// The whole block.
    pub(crate) fn span(&self) -> Span {
        self.file.span(self.block.extent)
    }

    /// The name in the database.
    pub(crate) fn database_name(&self) -> &'a str {
        self.map.map_or(self.name, |(name, _)| name)
    }

    /// `@@` attributes in order.
    pub(crate) fn attributes(&self) -> &'a [AttributeNode] {
        &self.file.tree().block_attributes[self.block.attributes.range()]
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
    pub(crate) map: Option<&'a str>,
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
    pub(crate) fields: Option<FieldIds>,
    /// `references:`
    pub(crate) references: Option<FieldIds>,
    /// `name:`
    pub(crate) name: Option<&'a str>,
    /// `onDelete:`
    pub(crate) on_delete: Option<(ReferentialAction, Span)>,
    /// `onUpdate:`
    pub(crate) on_update: Option<(ReferentialAction, Span)>,
    /// `map:`
    pub(crate) map: Option<&'a str>,
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
    pub(crate) a: Option<u32>,
    /// The field of `model_b`.
    pub(crate) b: Option<u32>,
}

impl<'a> Draft<'a> {
    /// The model of an id.
    pub(crate) fn model(&self, id: ModelId) -> &DraftModel<'a> {
        &self.models[id.0 as usize]
    }

    /// The relation field of an index.
    pub(crate) fn relation_field(&self, index: u32) -> &RelationField<'a> {
        &self.relation_fields[index as usize]
    }

    /// True when two fields have the same type.
    pub(crate) fn same_type(&self, one: &DraftField<'_>, other: &DraftField<'_>) -> bool {
        match (one.ty, other.ty) {
            (Some(Type::Unsupported(one)), Some(Type::Unsupported(other))) => {
                self.unsupported[one as usize] == self.unsupported[other as usize]
            }
            (one, other) => one == other,
        }
    }

    /// The field a reference points at.
    pub(crate) fn field(&self, at: FieldRef) -> &DraftField<'a> {
        self.model(at.model).field(at.field)
    }
}
