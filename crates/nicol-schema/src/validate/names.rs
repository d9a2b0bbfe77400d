//! Names that must differ: of constraints in the database, of compound keys in the client.

use rustc_hash::FxHashMap;

use crate::constraint_names::{ConstraintKind, default_name};
use crate::provider::Scope;
use crate::resolve::draft::*;
use crate::schema::*;

use super::Checks;

/// A space of names: of a database schema (by a number) or of a table (by the number of its model).
type Space = (Scope, u32);

/// The names that constraints have in the database, by the numbers of models, indexes and relations.
pub(crate) struct Constraints {
    primary_keys: Vec<Option<String>>,
    indexes: Vec<Vec<String>>,
    foreign_keys: Vec<Option<String>>,
    defaults: Vec<Vec<String>>,
}

impl Constraints {
    /// Names everything once.
    pub(crate) fn new(checks: &Checks<'_, '_>) -> Constraints {
        let models = || checks.draft.models.iter();
        let named_defaults = checks.can.scopes.iter().any(|scope| DEFAULT_SCOPES.contains(scope));
        let defaults = |model: &DraftModel<'_>| {
            model.fields.iter().filter_map(|field| default_constraint_name(checks, model, field)).collect()
        };
        let indexes =
            models().map(|model| model.indexes.iter().map(|index| index_name(checks, model, index)).collect());
        Constraints {
            primary_keys: models().map(|model| primary_key_name(checks, model)).collect(),
            indexes: indexes.collect(),
            foreign_keys: checks.draft.relations.iter().map(|relation| foreign_key_name(checks, relation)).collect(),
            defaults: if named_defaults { models().map(defaults).collect() } else { Vec::new() },
        }
    }
}

/// How often names occur.
pub(crate) struct Names<'n> {
    constraints: &'n Constraints,
    /// The number of the database schema of each model.
    schemas: Vec<u32>,
    counts: FxHashMap<(Space, &'n str), u32>,
    custom: FxHashMap<(ModelId, &'n str), u32>,
}

impl<'n> Names<'n> {
    /// Counts all names of the schema.
    pub(crate) fn collect(checks: &Checks<'n, '_>, constraints: &'n Constraints) -> Names<'n> {
        let draft = checks.draft;
        let mut numbers: FxHashMap<Option<&str>, u32> = FxHashMap::default();
        let schemas = draft.models.iter().map(|model| {
            let next = numbers.len() as u32;
            *numbers.entry(model.schema.as_ref().map(|(name, _)| name.as_ref())).or_insert(next)
        });
        let schemas = schemas.collect();
        let mut names = Names { constraints, schemas, counts: FxHashMap::default(), custom: FxHashMap::default() };
        let indexes: usize = constraints.indexes.iter().map(Vec::len).sum();
        names.counts.reserve((draft.models.len() + draft.relations.len() + indexes) * checks.can.scopes.len());
        for scope in checks.can.scopes {
            names.collect_scope(checks, *scope);
        }
        for (index, model) in draft.models.iter().enumerate() {
            let key = model.primary_key.iter().filter_map(|key| key.name.as_deref());
            let uniques = model.indexes.iter().filter_map(|index| index.name.as_deref());
            for name in key.chain(uniques) {
                *names.custom.entry((ModelId(index as u32), name)).or_default() += 1;
            }
        }
        names
    }

    fn collect_scope(&mut self, checks: &Checks<'_, '_>, scope: Scope) {
        let (keys, indexes, foreign_keys, defaults) = match scope {
            Scope::GlobalIndexes | Scope::TableIndexes => (false, true, false, false),
            Scope::GlobalForeignKeys => (false, false, true, false),
            Scope::GlobalKeysAndIndexes | Scope::TableKeyAndIndexes => (true, true, false, false),
            Scope::GlobalKeysForeignKeysDefaults => (true, false, true, true),
            Scope::TableKeyIndexesForeignKeys => (true, true, true, false),
        };
        let all = self.constraints;
        for index in 0..checks.draft.models.len() {
            let space = self.space(scope, ModelId(index as u32));
            let mut add = |name: &'n String| *self.counts.entry((space, name)).or_default() += 1;
            if keys {
                all.primary_keys[index].iter().for_each(&mut add);
            }
            if indexes {
                all.indexes[index].iter().for_each(&mut add);
            }
            if defaults {
                all.defaults.get(index).into_iter().flatten().for_each(&mut add);
            }
        }
        if foreign_keys {
            for (relation, name) in checks.draft.relations.iter().zip(&all.foreign_keys) {
                if let (Some(holder), Some(name)) = (holder(checks, scope, relation), name) {
                    let space = self.space(scope, holder);
                    *self.counts.entry((space, name)).or_default() += 1;
                }
            }
        }
    }

    fn space(&self, scope: Scope, id: ModelId) -> Space {
        match scope {
            Scope::GlobalIndexes
            | Scope::GlobalForeignKeys
            | Scope::GlobalKeysAndIndexes
            | Scope::GlobalKeysForeignKeysDefaults => (scope, self.schemas[id.0 as usize]),
            Scope::TableIndexes | Scope::TableKeyAndIndexes | Scope::TableKeyIndexesForeignKeys => (scope, id.0),
        }
    }

    /// Every space of `scopes` in which the name occurs more than once, as words.
    pub(crate) fn clashes<'s>(
        &'s self,
        id: ModelId,
        name: &'s str,
        scopes: &'static [Scope],
    ) -> impl Iterator<Item = &'static str> + use<'s, 'n> {
        let taken = scopes
            .iter()
            .filter(move |scope| self.counts.get(&(self.space(**scope, id), name)).is_some_and(|count| *count > 1));
        taken.map(|scope| describe(*scope))
    }

    /// How many compound keys of the model have this client name.
    pub(crate) fn custom_count(&self, id: ModelId, name: &str) -> u32 {
        self.custom.get(&(id, name)).copied().unwrap_or_default()
    }

    /// The name of the primary key of a model, none where the database does not name them.
    pub(crate) fn primary_key(&self, id: ModelId) -> Option<&'n str> {
        self.constraints.primary_keys[id.0 as usize].as_deref()
    }

    /// The name of an index of a model.
    pub(crate) fn index(&self, id: ModelId, at: usize) -> &'n str {
        &self.constraints.indexes[id.0 as usize][at]
    }

    /// The name of the foreign key of a relation.
    pub(crate) fn foreign_key(&self, relation: usize) -> Option<&'n str> {
        self.constraints.foreign_keys[relation].as_deref()
    }
}

/// The model to whose names the reference counts a foreign key: in spaces of a table that of the forward field, or of
/// the only field there is, and none for views.
fn holder(checks: &Checks<'_, '_>, scope: Scope, relation: &DraftRelation) -> Option<ModelId> {
    match scope {
        Scope::GlobalIndexes
        | Scope::GlobalForeignKeys
        | Scope::GlobalKeysAndIndexes
        | Scope::GlobalKeysForeignKeysDefaults => Some(relation.model_a),
        Scope::TableIndexes | Scope::TableKeyAndIndexes | Scope::TableKeyIndexesForeignKeys => {
            let side = relation.a.or(relation.b)?;
            let model = checks.draft.relation_fields[side].at.model;
            (!checks.draft.model(model).is_view).then_some(model)
        }
    }
}

fn describe(scope: Scope) -> &'static str {
    match scope {
        Scope::GlobalIndexes => "indexes and unique constraints of the whole schema",
        Scope::GlobalForeignKeys => "foreign keys of the whole schema",
        Scope::GlobalKeysAndIndexes => "primary keys, indexes and unique constraints of the whole schema",
        Scope::GlobalKeysForeignKeysDefaults => "primary keys, foreign keys and defaults of the whole schema",
        Scope::TableIndexes => "indexes and unique constraints of the table",
        Scope::TableKeyAndIndexes => "primary key, indexes and unique constraints of the table",
        Scope::TableKeyIndexesForeignKeys => "primary key, indexes, unique constraints and foreign keys of the table",
    }
}

/// The spaces in which the name of an index must be alone.
pub(crate) const INDEX_SCOPES: &[Scope] =
    &[Scope::GlobalIndexes, Scope::GlobalKeysAndIndexes, Scope::TableIndexes, Scope::TableKeyAndIndexes];
/// The same for foreign keys.
pub(crate) const FOREIGN_KEY_SCOPES: &[Scope] =
    &[Scope::GlobalForeignKeys, Scope::GlobalKeysForeignKeysDefaults, Scope::TableKeyIndexesForeignKeys];
/// The same for defaults.
pub(crate) const DEFAULT_SCOPES: &[Scope] = &[Scope::GlobalKeysForeignKeysDefaults];
/// The same for primary keys.
pub(crate) const KEY_SCOPES: &[Scope] = &[
    Scope::GlobalKeysForeignKeysDefaults,
    Scope::GlobalKeysAndIndexes,
    Scope::TableKeyAndIndexes,
    Scope::TableKeyIndexesForeignKeys,
];

/// The name of a primary key, none where the database does not name them.
fn primary_key_name(checks: &Checks<'_, '_>, model: &DraftModel<'_>) -> Option<String> {
    let key = model.primary_key.as_ref()?;
    let provider = checks.provider.filter(|_| checks.can.named_primary_keys)?;
    Some(match &key.map {
        Some(name) => name.clone().into_owned(),
        None => default_name(ConstraintKind::PrimaryKey, model.database_name(), [], provider),
    })
}

/// The name of an index.
fn index_name(checks: &Checks<'_, '_>, model: &DraftModel<'_>, index: &DraftIndex<'_>) -> String {
    match (&index.map, checks.provider) {
        (Some(name), _) => name.clone().into_owned(),
        (None, None) => String::new(),
        (None, Some(provider)) => {
            let kind = match index.kind {
                IndexKind::Unique => ConstraintKind::Unique,
                IndexKind::Normal | IndexKind::Fulltext => ConstraintKind::Index,
            };
            let columns = index.fields.iter().flat_map(|member| column_path(model, member));
            default_name(kind, model.database_name(), columns, provider)
        }
    }
}

fn column_path<'m>(model: &'m DraftModel<'_>, member: &'m IndexField) -> impl Iterator<Item = &'m str> {
    let column = model.field(member.field).database_name();
    std::iter::once(column).chain(member.path.iter().map(String::as_str))
}

/// The name of a default constraint, for defaults that the database makes.
pub(crate) fn default_constraint_name(
    checks: &Checks<'_, '_>,
    model: &DraftModel<'_>,
    field: &DraftField<'_>,
) -> Option<String> {
    let default = field.default.as_ref()?;
    Some(match (&default.map, checks.provider) {
        (Some(name), _) => name.clone().into_owned(),
        (None, None) => return None,
        (None, Some(provider)) => {
            default_name(ConstraintKind::Default, model.database_name(), [field.database_name()], provider)
        }
    })
}

/// The name of a foreign key.
fn foreign_key_name(checks: &Checks<'_, '_>, relation: &DraftRelation) -> Option<String> {
    if !matches!(relation.shape, RelationShape::OneToOne | RelationShape::OneToMany) {
        return None;
    }
    let forward = relation.a.map(|index| &checks.draft.relation_fields[index]);
    if let Some(name) = forward.and_then(|field| field.map.as_ref()) {
        return Some(name.clone().into_owned());
    }
    let model = checks.draft.model(relation.model_a);
    let columns = forward.and_then(|field| field.fields.as_ref()).into_iter().flatten();
    let columns = columns.map(|id| model.field(*id).database_name());
    Some(default_name(ConstraintKind::ForeignKey, model.database_name(), columns, checks.provider?))
}
