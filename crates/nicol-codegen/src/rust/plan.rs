//! The client as data: everything decided (names, types, forms), nothing written yet.

use std::collections::HashMap;

use nicol_schema::ValidSchema;
use nicol_schema::constraint_names::{ConstraintKind, default_name};
use nicol_schema::directive::{Directive, directives};
use nicol_schema::schema::{
    Arity, ConfigValue, DefaultFunction, DefaultValue, Enum, EnumId, Field, FieldId, FieldRef, FieldType, Generator,
    Index, IndexField, IndexKind, Model, ModelId, Provider, RelationKind, ScalarType, StringOrEnv,
};

use super::Error;
use super::names::{Names, pascal, snake};
use super::text::literal;

/// A client.
pub(crate) struct ClientPlan<'a> {
    /// The environment variable with the database's URL.
    pub(crate) url_variable: String,
    /// Texts can be searched.
    pub(crate) is_searchable: bool,
    pub(crate) enums: Vec<EnumPlan<'a>>,
    pub(crate) models: Vec<ModelPlan<'a>>,
    /// The module of the typed SQL files: `sql`, unless a model has that name.
    pub(crate) sql_module: String,
    pub(crate) types: Types,
}

/// The Rust types of scalars, as far as a schema chooses them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Types {
    date_time: &'static str,
}

impl Types {
    /// What the generator of the client says: `dateTime = "chrono"`, `"time"`, or `"jiff"`, which it is anyway.
    pub(crate) fn of(schema: &ValidSchema) -> Result<Self, Error> {
        let is_ours =
            |generator: &&Generator| matches!(&generator.provider, StringOrEnv::Literal(name) if name == "nicol");
        let mut properties = schema.generators.iter().filter(is_ours).flat_map(|generator| &generator.config);
        let library = match properties.find(|(name, _)| name == "dateTime") {
            None => "jiff",
            Some((_, ConfigValue::Text(library))) => library,
            Some((_, ConfigValue::Env(_) | ConfigValue::List(_))) => "",
        };
        let date_time = match library {
            "jiff" => "::nicol::types::DateTime",
            "chrono" => "::nicol::types::ChronoDateTime",
            "time" => "::nicol::types::OffsetDateTime",
            _ => return Err(Error::DateTime),
        };
        Ok(Types { date_time })
    }

    /// The type of one value, and its variant of `meta::Kind`.
    pub(crate) fn scalar(self, scalar: ScalarType) -> (String, &'static str) {
        let ty = match scalar {
            ScalarType::Int => "i32",
            ScalarType::BigInt => "i64",
            ScalarType::Float => "f64",
            ScalarType::Decimal => "::nicol::types::Decimal",
            ScalarType::Boolean => "bool",
            ScalarType::String => "String",
            ScalarType::DateTime => self.date_time,
            ScalarType::Bytes => "Vec<u8>",
            ScalarType::Json => "::nicol::types::Json",
        };
        (ty.to_owned(), scalar.as_str())
    }

    /// As [`scalar`](Types::scalar), for a field: a JSON field may have a type of the user's own.
    pub(crate) fn field(self, field: &Field, scalar: ScalarType) -> (String, &'static str) {
        let (ty, kind) = self.scalar(scalar);
        let own = || {
            directives(field.docs.as_deref()).into_iter().find_map(|directive| match directive {
                Directive::Type(path) => Some(path),
                Directive::AppendOnly | Directive::Check(_) => None,
            })
        };
        let is_one_document = scalar == ScalarType::Json && field.arity != Arity::List;
        (is_one_document.then(own).flatten().unwrap_or(ty), kind)
    }
}

/// An enum.
pub(crate) struct EnumPlan<'a> {
    pub(crate) source: &'a Enum,
    pub(crate) name: String,
    pub(crate) variants: Vec<String>,
}

/// A model or view.
pub(crate) struct ModelPlan<'a> {
    pub(crate) source: &'a Model,
    /// The struct of its rows.
    pub(crate) row: String,
    /// Its module.
    pub(crate) module: String,
    /// The method of `Db`.
    pub(crate) accessor: String,
    pub(crate) columns: Vec<ColumnPlan<'a>>,
    pub(crate) relations: Vec<RelationPlan<'a>>,
    /// Columns that identify a row.
    pub(crate) key: Vec<usize>,
    /// Unique keys: functions `by_..`.
    pub(crate) uniques: Vec<UniquePlan>,
    /// The ways to say a new row; none for views and rows the client cannot write.
    pub(crate) forms: Vec<FormPlan>,
    /// Rows are only ever added.
    pub(crate) is_append_only: bool,
}

/// A column.
pub(crate) struct ColumnPlan<'a> {
    pub(crate) source: &'a Field,
    pub(crate) name: String,
    /// The type of one value, as written inside the module.
    pub(crate) plain: String,
    /// Variant of `meta::Kind`.
    pub(crate) kind: &'static str,
    /// Variant of `meta::Keeps`, when it is not the milliseconds that everything keeps without a native type.
    pub(crate) keeps: Option<String>,
    /// Variant of `meta::Default`, when it has one.
    pub(crate) default: Option<String>,
}

impl ColumnPlan<'_> {
    /// The type of the field.
    pub(crate) fn ty(&self) -> String {
        match self.source.arity {
            Arity::Required => self.plain.clone(),
            Arity::Optional => format!("Option<{}>", self.plain),
            Arity::List => format!("Vec<{}>", self.plain),
        }
    }

    /// The type of a value that is compared with the column.
    pub(crate) fn compared(&self) -> String {
        match self.source.arity {
            Arity::Required | Arity::Optional => self.plain.clone(),
            Arity::List => self.ty(),
        }
    }

    /// True when a new row must say it.
    fn is_demanded(&self) -> bool {
        self.source.arity == Arity::Required && self.default.is_none() && !self.source.is_updated_at
    }
}

/// A relation.
pub(crate) struct RelationPlan<'a> {
    pub(crate) source: &'a Field,
    pub(crate) name: String,
    /// The target's place in [`ClientPlan::models`].
    pub(crate) target: usize,
    pub(crate) link: LinkPlan,
    /// The relation's other side, as a place in the target's relations.
    pub(crate) opposite: Option<usize>,
    /// True when a new row must say it.
    pub(crate) is_demanded: bool,
}

impl RelationPlan<'_> {
    /// The columns of this side that are its foreign key.
    pub(crate) fn own_columns(&self) -> &[usize] {
        match &self.link {
            LinkPlan::Owner { columns, .. } => columns,
            LinkPlan::Owned { .. } | LinkPlan::Join { .. } => &[],
        }
    }

    /// How rows hang together here: a type of `nicol::edit`.
    pub(crate) fn hold(&self, models: &[ModelPlan<'_>]) -> &'static str {
        match &self.link {
            LinkPlan::Join { .. } => "Free",
            LinkPlan::Owner { .. } if self.source.arity == Arity::Required => "Needed",
            LinkPlan::Owner { .. } => "Free",
            LinkPlan::Owned { .. } if models[self.target].is_append_only => "Fixed",
            LinkPlan::Owned { columns, .. } => {
                let is_optional = |&column: &usize| models[self.target].columns[column].source.arity == Arity::Optional;
                if columns.iter().any(is_optional) { "Free" } else { "Held" }
            }
        }
    }
}

/// See `meta::Link`. Columns are places in [`ModelPlan::columns`].
pub(crate) enum LinkPlan {
    Owner { columns: Vec<usize>, references: Vec<usize> },
    Owned { references: Vec<usize>, columns: Vec<usize> },
    Join { table: String, schema: Option<String>, here: (usize, &'static str), there: (usize, &'static str) },
}

/// A unique key.
pub(crate) struct UniquePlan {
    /// Name of the constraint in the database.
    pub(crate) constraint: String,
    /// Name of the function.
    pub(crate) function: String,
    /// The columns, each with the name of its parameter.
    pub(crate) columns: Vec<(usize, String)>,
}

/// A struct that says a new row.
pub(crate) struct FormPlan {
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) members: Vec<Member>,
    /// The demanded relation that it leaves out, as a place in [`ModelPlan::relations`].
    pub(crate) without: Option<usize>,
}

/// A field of a form: a place in the columns or the relations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Member {
    Column(usize),
    Relation(usize),
}

/// Type names that mean something in generated code.
pub(crate) const TYPES: &[&str] = &[
    "Db",
    "Tx",
    "Model",
    "New",
    "In",
    "Raw",
    "Draft",
    "Changes",
    "Option",
    "Vec",
    "String",
    "Self",
    "Some",
    "None",
    "Ok",
    "Err",
    "From",
    "Into",
    "IntoIterator",
    "Result",
    "Box",
];
/// Methods of `Db`.
const METHODS: &[&str] = &[
    "connect",
    "connect_with",
    "from_env",
    "tx",
    "batch",
    "sql",
    "query",
    "dialect",
    "on_primary",
    "with_hook",
    "clone",
    "client",
    "into",
];
/// Methods that forms and changes have anyway.
const MEMBERS: &[&str] = &["into", "into_draft", "with", "clone"];

/// Decides everything about the client of a schema.
///
/// # Errors
/// An option of the generator is not one.
pub(crate) fn plan(schema: &ValidSchema) -> Result<ClientPlan<'_>, Error> {
    let rust_types = Types::of(schema)?;
    let mut types = Names::reserving(TYPES);
    let enums: Vec<EnumPlan<'_>> = schema.enums.iter().map(|source| plan_enum(source, &mut types)).collect();
    // `mod.rs` is the file of all of them.
    let mut modules = Names::reserving(&["mod"]);
    let mut accessors = Names::reserving(METHODS);
    let mut places = HashMap::new();
    let mut drafts = Vec::new();
    for (index, model) in (0u32..).zip(&schema.models) {
        if model.is_ignored {
            continue;
        }
        let row = types.give(&pascal(&model.name));
        let module = modules.give(&snake(&model.name));
        let accessor = accessors.give(&snake(&model.name));
        places.insert(ModelId(index), drafts.len());
        drafts.push((ModelId(index), model, row, module, accessor));
    }
    let columns: Vec<Columns<'_>> =
        drafts.iter().map(|(_, model, ..)| plan_columns(model, &enums, rust_types)).collect();
    let context = Context { schema, places: &places, columns: &columns };
    let mut models: Vec<ModelPlan<'_>> = Vec::new();
    for (place, (id, source, row, module, accessor)) in drafts.into_iter().enumerate() {
        models.push(plan_model(&context, place, id, source, (row, module, accessor)));
    }
    join_opposites(schema, &mut models);
    let provider = schema.provider().unwrap_or(Provider::Sqlite);
    for model in &mut models {
        model.forms = plan_forms(model);
        plan_uniques(model, provider);
    }
    let url = schema.datasource.as_ref().and_then(|datasource| datasource.url.as_ref());
    let url_variable = match url {
        Some(StringOrEnv::Env(name)) => name.clone(),
        Some(StringOrEnv::Literal(_)) | None => "DATABASE_URL".to_owned(),
    };
    let is_searchable = match provider {
        Provider::Mysql => true,
        Provider::Postgresql => schema.has_preview_feature("fullTextSearchPostgres"),
        Provider::Sqlite | Provider::Cockroachdb | Provider::Sqlserver | Provider::Mongodb => false,
    };
    let sql_module = modules.give("sql");
    Ok(ClientPlan { url_variable, is_searchable, enums, models, sql_module, types: rust_types })
}

fn plan_enum<'a>(source: &'a Enum, types: &mut Names) -> EnumPlan<'a> {
    let mut names = Names::reserving(&["Self"]);
    let variants = source.values.iter().map(|value| names.give(&pascal(&value.name))).collect();
    EnumPlan { source, name: types.give(&pascal(&source.name)), variants }
}

/// The columns of a model, and where each field is among them.
struct Columns<'a> {
    list: Vec<(&'a Field, String, &'static str)>,
    places: HashMap<FieldId, usize>,
}

struct Context<'a, 'b> {
    schema: &'a ValidSchema,
    places: &'b HashMap<ModelId, usize>,
    columns: &'b [Columns<'a>],
}

impl Context<'_, '_> {
    /// Places of fields among a model's columns; none when one of them is not in the client.
    fn places_of(&self, model: usize, fields: &[FieldId]) -> Option<Vec<usize>> {
        fields.iter().map(|field| self.columns[model].places.get(field).copied()).collect()
    }
}

fn plan_columns<'a>(model: &'a Model, enums: &[EnumPlan<'_>], types: Types) -> Columns<'a> {
    let mut columns = Columns { list: Vec::new(), places: HashMap::new() };
    for (index, field) in (0u32..).zip(&model.fields) {
        if field.is_ignored {
            continue;
        }
        let (plain, kind) = match &field.ty {
            FieldType::Scalar(scalar) => types.field(field, *scalar),
            FieldType::Enum(EnumId(id)) => (format!("super::{}", enums[*id as usize].name), "Enum"),
            FieldType::Composite(_) | FieldType::Model(_) | FieldType::Unsupported(_) => continue,
        };
        columns.places.insert(FieldId(index), columns.list.len());
        columns.list.push((field, plain, kind));
    }
    columns
}

/// Native types of MySQL that have no defaults in the database.
const TEXTS: [&str; 4] = ["TinyText", "Text", "MediumText", "LongText"];

/// What a column with a native type keeps of an instant. A type without its number of digits has six, on MySQL none.
fn keeps_variant(field: &Field, provider: Option<Provider>) -> Option<String> {
    let native = field.native_type.as_ref().filter(|_| field.ty == FieldType::Scalar(ScalarType::DateTime))?;
    let digits = native.args.first().map(String::as_str);
    let digits = digits.unwrap_or(if provider == Some(Provider::Mysql) { "0" } else { "6" });
    Some(match native.name.as_str() {
        "Date" => "Day".to_owned(),
        "Time" | "Timetz" => format!("Time({digits})"),
        _ => format!("Instant({digits})"),
    })
}

/// Where a new row's value comes from. Constants are the database's, but in a key the client gives them: it has to know the key
/// to read the row back where the database returns nothing.
fn default_variant(field: &Field, provider: Option<Provider>, is_key: bool) -> Option<String> {
    let is_json = field.ty == FieldType::Scalar(ScalarType::Json);
    let is_text = provider == Some(Provider::Mysql)
        && field.native_type.as_ref().is_some_and(|native| TEXTS.contains(&native.name.as_str()));
    let given = |value: &DefaultValue| {
        json(field, value).map_or_else(|| "Database".to_owned(), |json| format!("Json({})", literal(&json)))
    };
    let variant = match &field.default.as_ref()?.value {
        DefaultValue::String(json) if is_json => format!("Json({})", literal(json)),
        DefaultValue::String(text) if is_text => format!("Text({})", literal(text)),
        value @ DefaultValue::List(_) => given(value),
        DefaultValue::Function(DefaultFunction::Now) => "Now".to_owned(),
        DefaultValue::Function(DefaultFunction::Autoincrement) => "Autoincrement".to_owned(),
        DefaultValue::Function(DefaultFunction::Uuid(Some(7))) => "Uuid7".to_owned(),
        DefaultValue::Function(DefaultFunction::Uuid(_)) => "Uuid4".to_owned(),
        DefaultValue::Function(DefaultFunction::Cuid(Some(2))) => "Cuid2".to_owned(),
        DefaultValue::Function(DefaultFunction::Cuid(_)) => "Cuid".to_owned(),
        DefaultValue::Function(DefaultFunction::Ulid) => "Ulid".to_owned(),
        DefaultValue::Function(DefaultFunction::Nanoid(length)) => format!("Nanoid({})", length.unwrap_or(21)),
        value @ (DefaultValue::String(_) | DefaultValue::Number(_) | DefaultValue::Boolean(_)) if is_key => {
            given(value)
        }
        DefaultValue::Function(
            DefaultFunction::Sequence(_) | DefaultFunction::DbGenerated(_) | DefaultFunction::Auto,
        )
        | DefaultValue::String(_)
        | DefaultValue::Number(_)
        | DefaultValue::Boolean(_)
        | DefaultValue::EnumValue(_) => "Database".to_owned(),
    };
    Some(variant)
}

/// A constant, or a list of them, as JSON; none for types whose literals JSON does not have.
fn json(field: &Field, value: &DefaultValue) -> Option<String> {
    match (value, &field.ty) {
        (DefaultValue::List(values), _) => {
            let elements = values.iter().map(|value| json(field, value)).collect::<Option<Vec<_>>>()?;
            Some(format!("[{}]", elements.join(",")))
        }
        (DefaultValue::String(json), FieldType::Scalar(ScalarType::Json)) => Some(json.clone()),
        (DefaultValue::String(text), FieldType::Scalar(ScalarType::String)) => serde_json::to_string(text).ok(),
        (DefaultValue::Number(number), FieldType::Scalar(ScalarType::Int | ScalarType::BigInt | ScalarType::Float)) => {
            Some(number.clone())
        }
        (DefaultValue::Boolean(value), _) => Some(value.to_string()),
        _ => None,
    }
}

fn plan_model<'a>(
    context: &Context<'a, '_>,
    place: usize,
    id: ModelId,
    source: &'a Model,
    (row, module, accessor): (String, String, String),
) -> ModelPlan<'a> {
    let mut names = Names::reserving(MEMBERS);
    let is_key = |field: &Field| {
        let key = source.primary_key.iter().flat_map(|key| &key.fields);
        key.map(|part| &source.fields[part.field.0 as usize]).any(|part| part.name == field.name)
    };
    let columns: Vec<ColumnPlan<'a>> = context.columns[place]
        .list
        .iter()
        .map(|(field, plain, kind)| ColumnPlan {
            source: field,
            name: names.give(&snake(&field.name)),
            plain: plain.clone(),
            kind,
            keeps: keeps_variant(field, context.schema.provider()),
            default: default_variant(field, context.schema.provider(), is_key(field)),
        })
        .collect();
    let mut relations = Vec::new();
    for (index, field) in (0u32..).zip(&source.fields) {
        let at = FieldRef { model: id, field: FieldId(index) };
        let Some((target, link)) = plan_link(context, at, field) else {
            continue;
        };
        let is_demanded = match &link {
            LinkPlan::Owner { columns: own, .. } => {
                field.arity == Arity::Required && own.iter().any(|&column| columns[column].is_demanded())
            }
            LinkPlan::Owned { .. } | LinkPlan::Join { .. } => false,
        };
        let name = names.give(&snake(&field.name));
        relations.push(RelationPlan { source: field, name, target, link, opposite: None, is_demanded });
    }
    let uniques = unique_columns(source, &context.columns[place])
        .into_iter()
        .map(|(constraint, name, columns)| {
            let base = name.map_or_else(|| joined_names(&columns, &context.columns[place]), snake_owned);
            let columns = columns.into_iter().map(|column| (column, String::new())).collect();
            UniquePlan { constraint, function: names.give(&format!("by_{base}")), columns }
        })
        .collect();
    let key = key_columns(source, &context.columns[place]);
    let forms = Vec::new();
    let is_append_only = directives(source.docs.as_deref()).contains(&Directive::AppendOnly);
    ModelPlan { source, is_append_only, row, module, accessor, columns, relations, key, uniques, forms }
}

fn snake_owned(name: String) -> String {
    snake(&name)
}

fn joined_names(columns: &[usize], all: &Columns<'_>) -> String {
    columns.iter().map(|&column| snake(&all.list[column].0.name)).collect::<Vec<_>>().join("_")
}

/// The primary key and the unique indexes over columns of the client: name in the database, name in the schema, columns.
fn unique_columns(model: &Model, columns: &Columns<'_>) -> Vec<(String, Option<String>, Vec<usize>)> {
    let places = |fields: &[IndexField]| -> Option<Vec<usize>> {
        fields.iter().map(|field| columns.places.get(&field.field).copied()).collect()
    };
    let mut uniques = Vec::new();
    if let Some(key) = &model.primary_key
        && let Some(places) = places(&key.fields)
    {
        uniques.push((key.map.clone().unwrap_or_default(), key.name.clone(), places));
    }
    let is_key = |index: &&Index| index.kind == IndexKind::Unique && index.predicate.is_none();
    for index in model.indexes.iter().filter(is_key) {
        if let Some(places) = places(&index.fields) {
            uniques.push((index.map.clone().unwrap_or_default(), index.name.clone(), places));
        }
    }
    uniques
}

/// The primary key, else the first unique key without optional columns.
fn key_columns(model: &Model, columns: &Columns<'_>) -> Vec<usize> {
    let required = |places: &Vec<usize>| places.iter().all(|&p| columns.list[p].0.arity == Arity::Required);
    let all = unique_columns(model, columns);
    all.into_iter().map(|(_, _, places)| places).find(required).unwrap_or_default()
}

/// How a relation field leads to its target; none when a part of it is not in the client.
fn plan_link(context: &Context<'_, '_>, at: FieldRef, field: &Field) -> Option<(usize, LinkPlan)> {
    let (FieldType::Model(target_id), Some(relation), false) = (&field.ty, field.relation, field.is_ignored) else {
        return None;
    };
    let here = *context.places.get(&at.model)?;
    let target = *context.places.get(target_id)?;
    let relation = context.schema.relation(relation);
    let link = match &relation.kind {
        RelationKind::Foreign(key) => {
            let (owner, other) = if key.referencing == at { (here, target) } else { (target, here) };
            let columns = context.places_of(owner, &key.fields)?;
            let references = context.places_of(other, &key.references)?;
            if key.referencing == at {
                LinkPlan::Owner { columns, references }
            } else {
                LinkPlan::Owned { references, columns }
            }
        }
        RelationKind::ManyToMany { a, .. } => {
            let is_a = *a == at;
            let [own, far] = [here, target].map(|place| single_key(context, place));
            let first = context.schema.model(a.model);
            LinkPlan::Join {
                table: format!("_{}", relation.name),
                schema: first.schema.clone(),
                here: (own?, if is_a { "A" } else { "B" }),
                there: (far?, if is_a { "B" } else { "A" }),
            }
        }
    };
    Some((target, link))
}

fn single_key(context: &Context<'_, '_>, place: usize) -> Option<usize> {
    let id = context.places.iter().find(|(_, at)| **at == place).map(|(id, _)| *id)?;
    match key_columns(context.schema.model(id), &context.columns[place]).as_slice() {
        [key] => Some(*key),
        _ => None,
    }
}

/// Finds for each relation its other side.
fn join_opposites(schema: &ValidSchema, models: &mut [ModelPlan<'_>]) {
    let sides: Vec<Vec<*const Field>> =
        models.iter().map(|m| m.relations.iter().map(|r| std::ptr::from_ref(r.source)).collect()).collect();
    for model in models {
        for relation in &mut model.relations {
            let Some(id) = relation.source.relation else { continue };
            let (left, right) = match &schema.relation(id).kind {
                RelationKind::Foreign(key) => (key.referencing, key.referenced),
                RelationKind::ManyToMany { a, b, .. } => (*a, *b),
            };
            let is_left = std::ptr::eq(schema.field(left), relation.source);
            let other: *const Field = schema.field(if is_left { right } else { left });
            relation.opposite = sides[relation.target].iter().position(|side| *side == other);
        }
    }
}

/// The structs in which a new row can be said.
fn plan_forms(model: &ModelPlan<'_>) -> Vec<FormPlan> {
    if model.source.is_view || needs_what_it_cannot_say(model.source) {
        return Vec::new();
    }
    let demanded: Vec<usize> = (0..model.relations.len()).filter(|&r| model.relations[r].is_demanded).collect();
    let covered =
        |column: usize| demanded.iter().any(|&relation| model.relations[relation].own_columns().contains(&column));
    let columns: Vec<usize> = (0..model.columns.len()).filter(|&c| model.columns[c].is_demanded()).collect();
    let own = columns.iter().copied().filter(|&column| !covered(column)).map(Member::Column);
    let parents = |without: Option<usize>| {
        demanded.iter().copied().filter(move |&relation| Some(relation) != without).map(Member::Relation)
    };
    let name = &model.source.name;
    let mut forms = vec![FormPlan {
        name: "New".to_owned(),
        docs: format!("A new `{name}` row: what it must say. Everything else has a setter."),
        members: own.clone().chain(parents(None)).collect(),
        without: None,
    }];
    for &relation in &demanded {
        let field = &model.relations[relation].source.name;
        let suffix = if demanded.len() == 1 { String::new() } else { pascal(field) };
        forms.push(FormPlan {
            name: format!("In{suffix}"),
            docs: format!("A new `{name}` row below its `{field}`."),
            members: own.clone().chain(parents(Some(relation))).collect(),
            without: Some(relation),
        });
    }
    if !demanded.is_empty() {
        forms.push(FormPlan {
            name: "Raw".to_owned(),
            docs: format!("A new `{name}` row that names its parents by their keys."),
            members: columns.into_iter().map(Member::Column).collect(),
            without: None,
        });
    }
    forms
}

/// True for rows with a required column that the client has no type for.
fn needs_what_it_cannot_say(model: &Model) -> bool {
    model.fields.iter().any(|field| {
        let out_of_reach = matches!(field.ty, FieldType::Unsupported(_)) || (field.is_ignored && field.is_column());
        out_of_reach && field.arity == Arity::Required && field.default.is_none()
    })
}

/// Gives constraints their names in the database, and parameters theirs.
fn plan_uniques(model: &mut ModelPlan<'_>, provider: Provider) {
    let has_primary_key = model.source.primary_key.is_some();
    let table = model.source.database_name();
    let mut names = Names::reserving(&[]);
    for column in &model.columns {
        names.give(&column.name);
    }
    for relation in &model.relations {
        names.give(&relation.name);
    }
    for (index, unique) in model.uniques.iter_mut().enumerate() {
        if unique.constraint.is_empty() {
            let kind = if index == 0 && has_primary_key { ConstraintKind::PrimaryKey } else { ConstraintKind::Unique };
            let columns = unique.columns.iter().map(|(column, _)| model.columns[*column].source.database_name());
            unique.constraint = default_name(kind, table, columns, provider);
        }
        let mut parameters = names.clone();
        for (column, parameter) in &mut unique.columns {
            *parameter = parameters.give(&model.columns[*column].name);
        }
    }
}
