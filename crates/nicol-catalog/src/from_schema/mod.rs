//! A valid schema as a catalog.
//!
//! **In**: a [`ValidSchema`] and the dialect it is meant for. **Out**: the [`Catalog`] a database has after all of it is
//! created, in the canonical form that introspection ends in too. Knows no SQL statements and no database.

mod columns;
mod join_tables;
mod names;

use nicol_db::Dialect;
use nicol_schema::constraint_names::{ConstraintKind, default_name, identifier_limit};
use nicol_schema::directive::{Directive, directives};
use nicol_schema::schema::{
    self as model, FieldId, FieldType, IndexKind, IndexPredicate, Model, ModelId, PredicateCondition,
    ReferentialAction, RelationKind, RelationMode, ValidSchema,
};

use crate::catalog::{
    Arity, Catalog, Check, Column, Enum, Extension, ForeignKey, Index, IndexAlgorithm, IndexColumn, OperatorClass,
    PUBLIC, PrimaryKey, Table,
};
use crate::{cockroach, guards, mysql, postgres, provider_of, sqlite};

/// The catalog a schema describes: tables of its models in order, then those of its implicit many-to-many relations.
/// Views are left out, as scripts never touch them.
pub fn from_schema(schema: &ValidSchema, dialect: Dialect) -> Catalog {
    let context = Context { schema, dialect };
    let mut catalog = Catalog::empty(dialect);
    catalog.speaks_of_predicates = schema.has_preview_feature("partialIndexes");
    if dialect.is_postgres_family() {
        catalog.enums = context.enums();
    }
    if dialect == Dialect::Postgres && schema.has_preview_feature("postgresqlExtensions") {
        catalog.extensions = Some(context.extensions());
    }
    for (index, model) in schema.models.iter().enumerate() {
        if !model.is_view {
            catalog.tables.push(context.table(ModelId(index as u32), model));
        }
    }
    join_tables::push(&context, &mut catalog.tables);
    catalog.names = Some(names::names(&context));
    if dialect.is_postgres_family() {
        catalog.namespaces = context.namespaces(&catalog);
    }
    match dialect {
        Dialect::Sqlite => sqlite::normalize::from_schema(&mut catalog),
        Dialect::Postgres => postgres::normalize::from_schema(&mut catalog),
        Dialect::Cockroachdb => cockroach::plan::from_schema(&mut catalog),
        Dialect::Mysql | Dialect::Mariadb => mysql::normalize::from_schema(&mut catalog),
    }
    catalog
}

/// What every part of the way needs.
pub(crate) struct Context<'a> {
    schema: &'a ValidSchema,
    dialect: Dialect,
}

impl Context<'_> {
    fn has_foreign_keys(&self) -> bool {
        self.schema.datasource.as_ref().is_none_or(|datasource| datasource.relation_mode == RelationMode::ForeignKeys)
    }

    fn default_name<'a>(
        &self,
        kind: ConstraintKind,
        table: &str,
        columns: impl IntoIterator<Item = &'a str>,
    ) -> String {
        default_name(kind, table, columns, provider_of(self.dialect))
    }

    /// A block's schema in the database. `public` is the one that needs no name.
    fn namespace(&self, written: &Option<String>) -> Option<String> {
        if !self.dialect.is_postgres_family() {
            return None;
        }
        written.as_ref().filter(|name| *name != PUBLIC).cloned()
    }

    /// The schemas listed in the datasource (`public` when none is) and those that something is in, in name order.
    fn namespaces(&self, catalog: &Catalog) -> Vec<String> {
        let mut all = catalog.used_namespaces();
        let listed =
            self.schema.datasource.as_ref().map(|datasource| datasource.schemas.as_slice()).unwrap_or_default();
        all.extend(listed.iter().cloned());
        if listed.is_empty() {
            all.push(PUBLIC.to_owned());
        }
        all.sort();
        all.dedup();
        all
    }

    fn enums(&self) -> Vec<Enum> {
        let of = |enumeration: &model::Enum| Enum {
            namespace: self.namespace(&enumeration.schema),
            name: enumeration.database_name().to_owned(),
            values: enumeration.values.iter().map(|value| value.database_name().to_owned()).collect(),
        };
        self.schema.enums.iter().map(of).collect()
    }

    fn extensions(&self) -> Vec<Extension> {
        let Some(datasource) = &self.schema.datasource else {
            return Vec::new();
        };
        let of = |setting: &model::ExtensionSetting| Extension {
            name: setting.map.clone().unwrap_or_else(|| setting.name.clone()),
            namespace: setting.schema.clone(),
            version: setting.version.clone(),
            is_relocatable: false,
        };
        let mut extensions: Vec<Extension> = datasource.extensions.iter().map(of).collect();
        extensions.sort_by(|a, b| a.name.cmp(&b.name));
        extensions
    }

    fn table(&self, id: ModelId, model: &Model) -> Table {
        Table {
            namespace: self.namespace(&model.schema),
            name: model.database_name().to_owned(),
            columns: self.columns(model),
            primary_key: self.primary_key(model),
            indexes: self.indexes(model),
            foreign_keys: if self.has_foreign_keys() { self.foreign_keys(id) } else { Vec::new() },
            checks: self.checks(model),
            is_append_only: directives(model.docs.as_deref()).contains(&Directive::AppendOnly),
            remarks: Vec::new(),
        }
    }

    fn columns(&self, model: &Model) -> Vec<Column> {
        let is_column = |field: &&model::Field| field.is_column() && !matches!(field.ty, FieldType::Composite(_));
        model.fields.iter().filter(is_column).map(|field| columns::column(self, field)).collect()
    }

    fn primary_key(&self, model: &Model) -> Option<PrimaryKey> {
        let key = model.primary_key.as_ref()?;
        let name = self.dialect.is_postgres_family().then(|| {
            let default = || self.default_name(ConstraintKind::PrimaryKey, model.database_name(), []);
            key.map.clone().unwrap_or_else(default)
        });
        Some(PrimaryKey { name, columns: self.index_columns(model, &key.fields, None) })
    }

    fn index_columns(
        &self,
        model: &Model,
        fields: &[model::IndexField],
        algorithm: Option<IndexAlgorithm>,
    ) -> Vec<IndexColumn> {
        let class = |ops: &model::OperatorClass| {
            let name = match ops {
                model::OperatorClass::Named(name) => operator_class_name(name),
                model::OperatorClass::Raw(name) => name.clone(),
            };
            OperatorClass { is_default: algorithm.is_some_and(|of| is_default_class(of, &name)), name }
        };
        let of = |field: &model::IndexField| IndexColumn {
            name: column_name(model, field.field).to_owned(),
            sort: field.sort,
            length: field.length,
            operator_class: field.ops.as_ref().filter(|_| self.dialect.is_postgres_family()).map(class),
        };
        fields.iter().map(of).collect()
    }

    /// Field uniques, then `@@index`, `@@unique` and `@@fulltext`, each group as written.
    fn indexes(&self, model: &Model) -> Vec<Index> {
        let mut written: Vec<&model::Index> = model.indexes.iter().collect();
        written.sort_by_key(|index| match (index.on_field, index.kind) {
            (true, _) => 0,
            (false, IndexKind::Normal) => 1,
            (false, IndexKind::Unique) => 2,
            (false, IndexKind::Fulltext) => 3,
        });
        written.into_iter().map(|index| self.index(model, index)).collect()
    }

    fn index(&self, model: &Model, index: &model::Index) -> Index {
        let algorithm = index.algorithm.as_deref().filter(|_| self.dialect.is_postgres_family()).and_then(algorithm);
        let columns = self.index_columns(model, &index.fields, algorithm);
        let kind = match index.kind {
            IndexKind::Unique => ConstraintKind::Unique,
            IndexKind::Normal | IndexKind::Fulltext => ConstraintKind::Index,
        };
        let default = || {
            let names = columns.iter().map(|column| column.name.as_str());
            self.default_name(kind, model.database_name(), names)
        };
        Index {
            name: index.map.clone().unwrap_or_else(default),
            kind: index.kind,
            algorithm,
            predicate: index.predicate.as_ref().map(|predicate| self.predicate(model, predicate)),
            is_implied: false,
            is_of_constraint: false,
            columns,
        }
    }

    fn predicate(&self, model: &Model, predicate: &IndexPredicate) -> String {
        let fields = match predicate {
            IndexPredicate::Raw(text) => return text.clone(),
            IndexPredicate::Fields(fields) => fields,
        };
        let condition = |(field, condition): &(FieldId, PredicateCondition)| {
            let field = &model.fields[field.0 as usize];
            let name = self.dialect.quote(field.database_name());
            let value = |value| columns::predicate_value(self, field, value);
            match condition {
                PredicateCondition::Equals(to) => format!("{name} = {}", value(to)),
                PredicateCondition::Not(to) => format!("{name} != {}", value(to)),
                PredicateCondition::IsNull => format!("{name} IS NULL"),
                PredicateCondition::IsNotNull => format!("{name} IS NOT NULL"),
            }
        };
        fields.iter().map(condition).collect::<Vec<_>>().join(" AND ")
    }

    /// What the directives of a model and its fields say.
    fn checks(&self, model: &Model) -> Vec<Check> {
        let docs = [model.docs.as_deref()].into_iter().chain(model.fields.iter().map(|field| field.docs.as_deref()));
        let mut found: Vec<Check> = Vec::new();
        for directive in docs.flat_map(directives) {
            let Directive::Check(expression) = directive else { continue };
            let limit = identifier_limit(provider_of(self.dialect));
            let name = guards::check_name(model.database_name(), &expression, limit);
            if found.iter().all(|other| other.name != name) {
                found.push(Check { name, expression });
            }
        }
        found
    }

    /// A model's foreign keys in the order of its relation fields.
    fn foreign_keys(&self, id: ModelId) -> Vec<ForeignKey> {
        let keys = self.schema.model(id).fields.iter().enumerate().filter_map(|(place, field)| {
            let RelationKind::Foreign(key) = &self.schema.relation(field.relation?).kind else {
                return None;
            };
            // Both sides know the relation; one of them holds the key.
            let is_here = key.referencing.model == id && key.referencing.field.0 as usize == place;
            (is_here && !self.schema.model(key.referenced.model).is_view).then(|| self.foreign_key(key))
        });
        keys.collect()
    }

    fn foreign_key(&self, key: &model::ForeignKey) -> ForeignKey {
        let model = self.schema.model(key.referencing.model);
        let target = self.schema.model(key.referenced.model);
        let columns: Vec<String> = key.fields.iter().map(|field| column_name(model, *field).to_owned()).collect();
        let is_required = [key.referencing.field].iter().chain(&key.fields).any(|field| {
            // A list is neither: then the relation itself decides.
            model.fields[field.0 as usize].arity == model::Arity::Required
        });
        let on_delete = if is_required { ReferentialAction::Restrict } else { ReferentialAction::SetNull };
        let default =
            || self.default_name(ConstraintKind::ForeignKey, model.database_name(), columns.iter().map(String::as_str));
        ForeignKey {
            name: Some(key.map.clone().unwrap_or_else(default)),
            referenced_namespace: self.namespace(&target.schema),
            referenced_table: target.database_name().to_owned(),
            referenced_columns: key.references.iter().map(|field| column_name(target, *field).to_owned()).collect(),
            on_delete: key.on_delete.unwrap_or(on_delete),
            on_update: key.on_update.unwrap_or(ReferentialAction::Cascade),
            columns,
        }
    }
}

/// The database name of a model's field.
pub(crate) fn column_name(model: &Model, field: FieldId) -> &str {
    model.fields[field.0 as usize].database_name()
}

fn algorithm(name: &str) -> Option<IndexAlgorithm> {
    Some(match name.to_ascii_lowercase().as_str() {
        "hash" => IndexAlgorithm::Hash,
        "gist" => IndexAlgorithm::Gist,
        "gin" => IndexAlgorithm::Gin,
        "spgist" => IndexAlgorithm::SpGist,
        "brin" => IndexAlgorithm::Brin,
        _ => return None,
    })
}

/// The named classes that PostgreSQL takes by itself (`opcdefault` of `pg_opclass`).
fn is_default_class(algorithm: IndexAlgorithm, class: &str) -> bool {
    match algorithm {
        IndexAlgorithm::Gin => matches!(class, "jsonb_ops" | "array_ops"),
        IndexAlgorithm::SpGist => matches!(class, "inet_ops" | "text_ops"),
        IndexAlgorithm::Brin => {
            class == "inet_inclusion_ops" || (class.ends_with("_minmax_ops") && class != "inet_minmax_ops")
        }
        IndexAlgorithm::Hash | IndexAlgorithm::Gist => false,
    }
}

/// `JsonbPathOps` is `jsonb_path_ops`: words become lower case with underscores, but for the types and methods that
/// PostgreSQL writes as one word.
pub(crate) fn operator_class_name(name: &str) -> String {
    let joined = name.replace("MinMax", "Minmax").replace("TimestampTz", "Timestamptz").replace("TimeTz", "Timetz");
    let mut out = String::new();
    for c in joined.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// A field's arity as a column's.
fn arity(arity: model::Arity) -> Arity {
    match arity {
        model::Arity::Required => Arity::Required,
        model::Arity::Optional => Arity::Nullable,
        model::Arity::List => Arity::List,
    }
}
