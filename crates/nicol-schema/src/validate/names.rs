//! Names that must differ: of constraints in the database, of compound keys in the client.

use rustc_hash::FxHashMap;

use crate::constraint_names::{ConstraintKind, default_name};
use crate::provider::Scope;
use crate::resolve::draft::*;
use crate::schema::*;

use super::Checks;

/// A space of names: of a schema (by its name) or of a table (by its id).
type Space = (Scope, Option<String>, Option<ModelId>);

/// How often names occur.
pub(crate) struct Names {
    counts: FxHashMap<Space, FxHashMap<String, u32>>,
    custom: FxHashMap<(ModelId, String), u32>,
}

impl Names {
    /// Counts all names of the schema.
    pub(crate) fn collect(checks: &Checks<'_, '_>) -> Names {
        let mut names = Names { counts: FxHashMap::default(), custom: FxHashMap::default() };
        for scope in checks.can.scopes {
            names.collect_scope(checks, *scope);
        }
        for (index, model) in checks.draft.models.iter().enumerate() {
            let key = model.primary_key.iter().filter_map(|key| key.name.as_deref());
            let uniques = model.indexes.iter().filter_map(|index| index.name.as_deref());
            for name in key.chain(uniques) {
                *names.custom.entry((ModelId(index as u32), name.to_owned())).or_default() += 1;
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
        for (index, model) in checks.draft.models.iter().enumerate() {
            let id = ModelId(index as u32);
            let mut add = |name: String| {
                *self.counts.entry(space(checks, scope, id)).or_default().entry(name).or_default() += 1;
            };
            if keys {
                primary_key_name(checks, model).into_iter().for_each(&mut add);
            }
            if indexes {
                model.indexes.iter().for_each(|index| add(index_name(checks, model, index)));
            }
            if defaults {
                model
                    .fields
                    .iter()
                    .filter_map(|field| default_constraint_name(checks, model, field))
                    .for_each(&mut add);
            }
        }
        if foreign_keys {
            for relation in &checks.draft.relations {
                let holder = holder(checks, scope, relation);
                if let (Some(holder), Some(name)) = (holder, foreign_key_name(checks, relation)) {
                    let space = space(checks, scope, holder);
                    *self.counts.entry(space).or_default().entry(name).or_default() += 1;
                }
            }
        }
    }

    /// Every space of `scopes` in which the name occurs more than once, as words.
    pub(crate) fn clashes(
        &self,
        checks: &Checks<'_, '_>,
        id: ModelId,
        name: &str,
        scopes: &[Scope],
    ) -> Vec<&'static str> {
        let taken = scopes.iter().filter(|scope| {
            let names = self.counts.get(&space(checks, **scope, id));
            names.and_then(|names| names.get(name)).is_some_and(|count| *count > 1)
        });
        taken.map(|scope| describe(*scope)).collect()
    }

    /// True when a compound key of the model has this client name.
    pub(crate) fn custom_count(&self, id: ModelId, name: &str) -> u32 {
        self.custom.get(&(id, name.to_owned())).copied().unwrap_or_default()
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

fn space(checks: &Checks<'_, '_>, scope: Scope, id: ModelId) -> Space {
    match scope {
        Scope::GlobalIndexes
        | Scope::GlobalForeignKeys
        | Scope::GlobalKeysAndIndexes
        | Scope::GlobalKeysForeignKeysDefaults => {
            let schema = checks.draft.model(id).schema.as_ref().map(|(name, _)| name.clone().into_owned());
            (scope, schema, None)
        }
        Scope::TableIndexes | Scope::TableKeyAndIndexes | Scope::TableKeyIndexesForeignKeys => (scope, None, Some(id)),
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
pub(crate) fn primary_key_name(checks: &Checks<'_, '_>, model: &DraftModel<'_>) -> Option<String> {
    let key = model.primary_key.as_ref()?;
    let provider = checks.provider.filter(|_| checks.can.named_primary_keys)?;
    Some(match &key.map {
        Some(name) => name.clone().into_owned(),
        None => default_name(ConstraintKind::PrimaryKey, model.database_name(), [], provider),
    })
}

/// The name of an index.
pub(crate) fn index_name(checks: &Checks<'_, '_>, model: &DraftModel<'_>, index: &DraftIndex<'_>) -> String {
    match (&index.map, checks.provider) {
        (Some(name), _) => name.clone().into_owned(),
        (None, None) => String::new(),
        (None, Some(provider)) => {
            let kind = match index.kind {
                IndexKind::Unique => ConstraintKind::Unique,
                IndexKind::Normal | IndexKind::Fulltext => ConstraintKind::Index,
            };
            let columns: Vec<String> = index.fields.iter().map(|member| column_path(model, member)).collect();
            default_name(kind, model.database_name(), columns.iter().map(String::as_str), provider)
        }
    }
}

fn column_path(model: &DraftModel<'_>, member: &IndexField) -> String {
    let mut path = model.field(member.field).database_name().to_owned();
    for part in &member.path {
        path.push('_');
        path.push_str(part);
    }
    path
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
pub(crate) fn foreign_key_name(checks: &Checks<'_, '_>, relation: &DraftRelation) -> Option<String> {
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
