//! The meaning of a valid schema, as plain data: what catalogs, generators and DMMF are made from.
//!
//! Everything is resolved: names are indices, argument lists are typed fields, relations are joined up. Order is that of
//! the sources: files in the given order, blocks and fields as written.

use crate::source::{Source, Span};

/// Index of a model or view in [`ValidSchema::models`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId(pub u32);
/// Index of a field in its model's [`Model::fields`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u32);
/// Index of an enum in [`ValidSchema::enums`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnumId(pub u32);
/// Index of a composite type in [`ValidSchema::composite_types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CompositeTypeId(pub u32);
/// Index of a relation in [`ValidSchema::relations`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelationId(pub u32);

/// A schema without errors.
#[derive(Debug, Clone)]
pub struct ValidSchema {
    /// The files it was made from.
    pub sources: Vec<Source>,
    /// The datasource block, absent in schemas that only hold models.
    pub datasource: Option<Datasource>,
    /// Generator blocks in order.
    pub generators: Vec<Generator>,
    /// Models and views in order.
    pub models: Vec<Model>,
    /// Enums in order.
    pub enums: Vec<Enum>,
    /// Composite `type` blocks in order (mongodb).
    pub composite_types: Vec<CompositeType>,
    /// Every relation once.
    pub relations: Vec<Relation>,
}

/// A database product as written in `provider`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provider {
    /// `postgresql` or `postgres`
    Postgresql,
    /// `mysql` (MariaDB too)
    Mysql,
    /// `sqlite`
    Sqlite,
    /// `cockroachdb`
    Cockroachdb,
    /// `sqlserver`: validated and formatted, no database commands
    Sqlserver,
    /// `mongodb`: validated and formatted, no database commands
    Mongodb,
}

impl Provider {
    /// The canonical spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Provider::Postgresql => "postgresql",
            Provider::Mysql => "mysql",
            Provider::Sqlite => "sqlite",
            Provider::Cockroachdb => "cockroachdb",
            Provider::Sqlserver => "sqlserver",
            Provider::Mongodb => "mongodb",
        }
    }
}

/// A string given literally or as `env("NAME")`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StringOrEnv {
    /// The text itself.
    Literal(String),
    /// The name of an environment variable.
    Env(String),
}

/// Who keeps references intact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationMode {
    /// The database, by foreign keys.
    ForeignKeys,
    /// The client; no foreign keys are created.
    Prisma,
}

/// The `datasource` block.
#[derive(Debug, Clone)]
pub struct Datasource {
    /// Block name: also the prefix of native types (`@db.Text`).
    pub name: String,
    /// Database product.
    pub provider: Provider,
    /// `url`; `"***"` counts as absent.
    pub url: Option<StringOrEnv>,
    /// `directUrl`
    pub direct_url: Option<StringOrEnv>,
    /// `shadowDatabaseUrl`
    pub shadow_database_url: Option<StringOrEnv>,
    /// `relationMode`, the provider's default when not written.
    pub relation_mode: RelationMode,
    /// `schemas = [..]`; empty when not written.
    pub schemas: Vec<String>,
    /// `extensions = [..]` of PostgreSQL.
    pub extensions: Vec<ExtensionSetting>,
    /// `///` lines above the block, joined by newlines.
    pub docs: Option<String>,
    /// The whole block.
    pub span: Span,
}

/// One entry of `extensions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionSetting {
    /// Name in the schema.
    pub name: String,
    /// `map:`, the name in the database when it differs.
    pub map: Option<String>,
    /// `schema:`
    pub schema: Option<String>,
    /// `version:`
    pub version: Option<String>,
}

/// A `generator` block.
#[derive(Debug, Clone)]
pub struct Generator {
    /// Block name.
    pub name: String,
    /// `provider`
    pub provider: StringOrEnv,
    /// `output`
    pub output: Option<StringOrEnv>,
    /// `previewFeatures`, as written.
    pub preview_features: Vec<String>,
    /// Every other property as written.
    pub config: Vec<(String, ConfigValue)>,
    /// `///` lines above the block.
    pub docs: Option<String>,
    /// The whole block.
    pub span: Span,
}

/// A property value of a generator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigValue {
    /// A string, number or boolean, as text.
    Text(String),
    /// `env("NAME")`
    Env(String),
    /// A list.
    List(Vec<ConfigValue>),
}

/// A `model` or `view` block.
#[derive(Debug, Clone)]
pub struct Model {
    /// Name in the schema.
    pub name: String,
    /// `@@map`, the table's name when it differs.
    pub map: Option<String>,
    /// `@@schema`
    pub schema: Option<String>,
    /// True for `view`.
    pub is_view: bool,
    /// `@@ignore`
    pub is_ignored: bool,
    /// `///` lines.
    pub docs: Option<String>,
    /// Fields in order, relation fields among them.
    pub fields: Vec<Field>,
    /// `@id` or `@@id`
    pub primary_key: Option<PrimaryKey>,
    /// Field `@unique`s in field order, then all `@@index`, all `@@unique`, all `@@fulltext`, each kind as written.
    pub indexes: Vec<Index>,
    /// The whole block.
    pub span: Span,
}

impl Model {
    /// The table's name in the database.
    pub fn database_name(&self) -> &str {
        self.map.as_deref().unwrap_or(&self.name)
    }
}

/// How many values a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arity {
    /// Exactly one.
    Required,
    /// None or one: `T?`.
    Optional,
    /// Any number: `T[]`.
    List,
}

/// Built-in scalar types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the language's own")]
pub enum ScalarType {
    Int,
    BigInt,
    Float,
    Decimal,
    Boolean,
    String,
    DateTime,
    Bytes,
    Json,
}

impl ScalarType {
    /// Every scalar.
    pub const ALL: [ScalarType; 9] = [
        ScalarType::Int,
        ScalarType::BigInt,
        ScalarType::Float,
        ScalarType::Decimal,
        ScalarType::Boolean,
        ScalarType::String,
        ScalarType::DateTime,
        ScalarType::Bytes,
        ScalarType::Json,
    ];

    /// The name in the schema language.
    pub fn as_str(self) -> &'static str {
        match self {
            ScalarType::Int => "Int",
            ScalarType::BigInt => "BigInt",
            ScalarType::Float => "Float",
            ScalarType::Decimal => "Decimal",
            ScalarType::Boolean => "Boolean",
            ScalarType::String => "String",
            ScalarType::DateTime => "DateTime",
            ScalarType::Bytes => "Bytes",
            ScalarType::Json => "Json",
        }
    }
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    /// A built-in scalar.
    Scalar(ScalarType),
    /// An enum.
    Enum(EnumId),
    /// A composite type.
    Composite(CompositeTypeId),
    /// A relation to this model; [`Field::relation`] says which relation.
    Model(ModelId),
    /// `Unsupported("...")` with its text.
    Unsupported(String),
}

/// A field of a model, view or composite type.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name in the schema.
    pub name: String,
    /// `@map`
    pub map: Option<String>,
    /// Type.
    pub ty: FieldType,
    /// Arity.
    pub arity: Arity,
    /// `@default`
    pub default: Option<DefaultAttribute>,
    /// `@db.X(..)`
    pub native_type: Option<NativeType>,
    /// `@updatedAt`
    pub is_updated_at: bool,
    /// `@ignore`
    pub is_ignored: bool,
    /// The relation of a relation field.
    pub relation: Option<RelationId>,
    /// `///` lines.
    pub docs: Option<String>,
    /// The whole field.
    pub span: Span,
}

impl Field {
    /// The column's name in the database.
    pub fn database_name(&self) -> &str {
        self.map.as_deref().unwrap_or(&self.name)
    }

    /// True for scalar, enum and unsupported fields: those that are columns.
    pub fn is_column(&self) -> bool {
        !matches!(self.ty, FieldType::Model(_))
    }
}

/// A native type attribute, checked against the provider's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeType {
    /// Canonical name, such as `VarChar`.
    pub name: String,
    /// Arguments as written.
    pub args: Vec<String>,
}

/// `@default(...)`
#[derive(Debug, Clone, PartialEq)]
pub struct DefaultAttribute {
    /// What the default is.
    pub value: DefaultValue,
    /// `map:` (SQL Server constraint name).
    pub map: Option<String>,
}

/// The argument of `@default`.
#[derive(Debug, Clone, PartialEq)]
pub enum DefaultValue {
    /// A string literal, unescaped: for String, Json, DateTime, Bytes (base64) and so on.
    String(String),
    /// A number, as written.
    Number(String),
    /// `true` or `false`.
    Boolean(bool),
    /// An enum value by its name in the schema.
    EnumValue(String),
    /// A list of literals.
    List(Vec<DefaultValue>),
    /// A function.
    Function(DefaultFunction),
}

/// Functions allowed in `@default`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultFunction {
    /// `now()`
    Now,
    /// `autoincrement()`
    Autoincrement,
    /// `sequence(..)` of CockroachDB.
    Sequence(Box<Sequence>),
    /// `uuid()`, `uuid(4)`, `uuid(7)`: the argument as written.
    Uuid(Option<u8>),
    /// `cuid()`, `cuid(1)`, `cuid(2)`: the argument as written.
    Cuid(Option<u8>),
    /// `ulid()`
    Ulid,
    /// `nanoid()`, `nanoid(n)`
    Nanoid(Option<u32>),
    /// `dbgenerated()` or `dbgenerated("expression")`.
    DbGenerated(Option<String>),
    /// `auto()` of mongodb.
    Auto,
}

/// Arguments of `sequence()`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the language's own")]
pub struct Sequence {
    pub increment: Option<i64>,
    pub min_value: Option<i64>,
    pub max_value: Option<i64>,
    pub start: Option<i64>,
    pub cache: Option<i64>,
    pub is_virtual: bool,
}

/// A primary key.
#[derive(Debug, Clone)]
pub struct PrimaryKey {
    /// Its fields in order.
    pub fields: Vec<IndexField>,
    /// `name:`, the name in the client.
    pub name: Option<String>,
    /// `map:`, the constraint's name when written.
    pub map: Option<String>,
    /// `clustered:`
    pub clustered: Option<bool>,
    /// True for `@id` on a field.
    pub on_field: bool,
    /// The attribute.
    pub span: Span,
}

/// What an index does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IndexKind {
    /// `@unique`, `@@unique`
    Unique,
    /// `@@index`
    Normal,
    /// `@@fulltext`
    Fulltext,
}

/// A unique constraint or index.
#[derive(Debug, Clone)]
pub struct Index {
    /// What it does.
    pub kind: IndexKind,
    /// Its fields in order.
    pub fields: Vec<IndexField>,
    /// `name:` of a compound unique: the name in the client. (On `@@index` the old `name:` is the database name and
    /// stands in `map`.)
    pub name: Option<String>,
    /// `map:`, the name in the database when written.
    pub map: Option<String>,
    /// `type:` such as `Hash`, `Gin`.
    pub algorithm: Option<String>,
    /// `clustered:`
    pub clustered: Option<bool>,
    /// `where:`
    pub predicate: Option<IndexPredicate>,
    /// True for `@unique` on a field.
    pub on_field: bool,
    /// The attribute.
    pub span: Span,
}

/// The `where:` of a partial index.
#[derive(Debug, Clone, PartialEq)]
pub enum IndexPredicate {
    /// `raw("...")`
    Raw(String),
    /// The object form: field, and the condition on it; joined by AND.
    Fields(Vec<(FieldId, PredicateCondition)>),
}

/// One condition of the object form of `where:`.
#[derive(Debug, Clone, PartialEq)]
pub enum PredicateCondition {
    /// `field: value`
    Equals(DefaultValue),
    /// `field: { not: value }`
    Not(DefaultValue),
    /// `field: null`
    IsNull,
    /// `field: { not: null }`
    IsNotNull,
}

/// A field in an index or key.
#[derive(Debug, Clone)]
pub struct IndexField {
    /// The model's field.
    pub field: FieldId,
    /// Further field names inside composite types (mongodb).
    pub path: Vec<String>,
    /// `sort:`; none when not written.
    pub sort: Option<SortOrder>,
    /// `length:`
    pub length: Option<u32>,
    /// `ops:`
    pub ops: Option<OperatorClass>,
}

/// Direction of an index column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortOrder {
    /// Ascending
    Asc,
    /// Descending
    Desc,
}

/// An operator class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperatorClass {
    /// One of the named classes, such as `JsonbPathOps`.
    Named(String),
    /// `raw("...")`
    Raw(String),
}

/// An enum.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Name in the schema.
    pub name: String,
    /// `@@map`
    pub map: Option<String>,
    /// `@@schema`
    pub schema: Option<String>,
    /// `///` lines.
    pub docs: Option<String>,
    /// Values in order.
    pub values: Vec<EnumValue>,
    /// The whole block.
    pub span: Span,
}

impl Enum {
    /// The type's name in the database.
    pub fn database_name(&self) -> &str {
        self.map.as_deref().unwrap_or(&self.name)
    }
}

/// A value of an enum.
#[derive(Debug, Clone)]
pub struct EnumValue {
    /// Name in the schema.
    pub name: String,
    /// `@map`
    pub map: Option<String>,
    /// `///` lines.
    pub docs: Option<String>,
    /// The value.
    pub span: Span,
}

impl EnumValue {
    /// The value in the database.
    pub fn database_name(&self) -> &str {
        self.map.as_deref().unwrap_or(&self.name)
    }
}

/// A composite `type` block.
#[derive(Debug, Clone)]
pub struct CompositeType {
    /// Name.
    pub name: String,
    /// `///` lines.
    pub docs: Option<String>,
    /// Fields in order.
    pub fields: Vec<Field>,
    /// The whole block.
    pub span: Span,
}

/// A field of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FieldRef {
    /// The model.
    pub model: ModelId,
    /// The field in it.
    pub field: FieldId,
}

/// A relation between two models (or a model and itself), both sides joined up.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The name written, or the one the language derives (`PostToUser`).
    pub name: String,
    /// True when the name was written.
    pub is_named: bool,
    /// What kind, with both sides.
    pub kind: RelationKind,
}

/// The two kinds of relation.
#[derive(Debug, Clone)]
pub enum RelationKind {
    /// One side holds columns that refer to the other.
    Foreign(ForeignKey),
    /// Implicit many-to-many through a join table. `a` is the side of the model that is first by name (for a self
    /// relation, of the field that is first by name): column `A` of the join table refers to it.
    ManyToMany {
        /// Side `A`.
        a: FieldRef,
        /// Side `B`.
        b: FieldRef,
        /// MongoDB has no join table: each side keeps the keys of the other in a list. What `a` keeps, then what `b`
        /// keeps.
        lists: Option<[KeyList; 2]>,
    },
}

/// The keys that one side of a many-to-many relation keeps (MongoDB).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyList {
    /// The list that holds them.
    pub fields: Vec<FieldId>,
    /// What they refer to in the other model.
    pub references: Vec<FieldId>,
}

/// A relation with columns on one side.
#[derive(Debug, Clone)]
pub struct ForeignKey {
    /// The relation field that carries `fields:` and `references:`.
    pub referencing: FieldRef,
    /// The opposite relation field.
    pub referenced: FieldRef,
    /// Scalar fields of the referencing model.
    pub fields: Vec<FieldId>,
    /// Scalar fields of the referenced model.
    pub references: Vec<FieldId>,
    /// `onDelete:` when written.
    pub on_delete: Option<ReferentialAction>,
    /// `onUpdate:` when written.
    pub on_update: Option<ReferentialAction>,
    /// `map:` when written.
    pub map: Option<String>,
    /// True when the opposite side holds at most one row.
    pub is_one_to_one: bool,
}

/// What happens to referencing rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are SQL's own")]
pub enum ReferentialAction {
    Cascade,
    Restrict,
    NoAction,
    SetNull,
    SetDefault,
}

impl ValidSchema {
    /// The model of an id.
    pub fn model(&self, id: ModelId) -> &Model {
        &self.models[id.0 as usize]
    }

    /// The enum of an id.
    pub fn enumeration(&self, id: EnumId) -> &Enum {
        &self.enums[id.0 as usize]
    }

    /// The relation of an id.
    pub fn relation(&self, id: RelationId) -> &Relation {
        &self.relations[id.0 as usize]
    }

    /// The field a reference points at.
    pub fn field(&self, at: FieldRef) -> &Field {
        &self.model(at.model).fields[at.field.0 as usize]
    }

    /// The datasource's provider.
    pub fn provider(&self) -> Option<Provider> {
        self.datasource.as_ref().map(|datasource| datasource.provider)
    }

    /// True when a generator names this preview feature (in any letter case).
    pub fn has_preview_feature(&self, name: &str) -> bool {
        self.generators.iter().any(|generator| generator.preview_features.iter().any(|f| f.eq_ignore_ascii_case(name)))
    }
}
