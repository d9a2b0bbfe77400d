//! Names that must differ: of constraints in the database, of compound keys in the client.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use crate::constraint_names::{ConstraintKind, append_default_name};
use crate::provider::Scope;
use crate::resolve::draft::*;
use crate::schema::*;

use super::Checks;

/// A space of names: of a database schema (by a number) or of a table (by the number of its model).
type Space = (Scope, u32);

/// Which names occur more than once.
pub(crate) struct Names<'n> {
    /// The number of the database schema of each model, for the counts.
    schemas: Vec<u32>,
    /// How often each name occurs in each space, counted only when one seems to occur twice: usually none does.
    counts: FxHashMap<(Space, String), u32>,
    /// How often each client name occurs in each model.
    custom: FxHashMap<(ModelId, &'n str), u32>,
}

impl<'n> Names<'n> {
    /// Goes over all names of the schema.
    pub(crate) fn collect(checks: &Checks<'n, '_>) -> Names<'n> {
        let draft = checks.draft;
        let mut names = Names { schemas: Vec::new(), counts: FxHashMap::default(), custom: FxHashMap::default() };
        if !checks.can.scopes.is_empty() && Names::some_seem_alike(checks) {
            let mut numbers: FxHashMap<Option<&str>, u32> = FxHashMap::default();
            let schemas = draft.models.iter().map(|model| {
                let next = numbers.len() as u32;
                *numbers.entry(model.schema.map(|(name, _)| name)).or_insert(next)
            });
            names.schemas = schemas.collect();
            let mut counts: FxHashMap<(Space, String), u32> = FxHashMap::default();
            each(checks, |name, constraint| {
                for (scope, holder) in constraint.scopes(checks) {
                    *counts.entry((names.space(scope, holder), name.to_owned())).or_default() += 1;
                }
            });
            names.counts = counts;
        }
        for (index, model) in draft.models.iter().enumerate() {
            let key = model.primary_key.iter().filter_map(|key| key.name);
            let uniques = model.indexes.iter().filter_map(|index| index.name);
            for name in key.chain(uniques) {
                *names.custom.entry((ModelId(index as u32), name)).or_default() += 1;
            }
        }
        names
    }

    /// True when two names seem alike, whatever spaces they are in.
    fn some_seem_alike(checks: &Checks<'_, '_>) -> bool {
        let draft = checks.draft;
        let indexes: usize = draft.models.iter().map(|model| model.indexes.len()).sum();
        let mut seen = Seen::with_capacity(draft.models.len() + draft.relations.len() + indexes);
        each(checks, |name, _| seen.add(name));
        seen.some_seem_alike()
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

    /// True when no name of a constraint occurs more than once: then there are no [`Names::clashes`].
    pub(crate) fn all_differ(&self) -> bool {
        self.counts.is_empty()
    }

    /// Every space of `scopes` in which the name occurs more than once, as words.
    pub(crate) fn clashes(
        &self,
        id: ModelId,
        name: &str,
        scopes: &'static [Scope],
    ) -> impl Iterator<Item = &'static str> {
        let scopes = if self.all_differ() { &[] } else { scopes };
        let clashes =
            |scope: &Scope| self.counts.get(&(self.space(*scope, id), name.to_owned())).is_some_and(|count| *count > 1);
        let taken: Vec<Scope> = scopes.iter().copied().filter(clashes).collect();
        taken.into_iter().map(describe)
    }

    /// How many compound keys of the model have this client name.
    #[inline]
    pub(crate) fn custom_count(&self, id: ModelId, name: &str) -> u32 {
        if self.custom.is_empty() {
            return 0;
        }
        self.custom.get(&(id, name)).copied().unwrap_or_default()
    }
}

/// The hashes of many names. They tell soon that no name occurs twice, as is usual: in order, they are next to each other
/// when they are the same, and going over them in order is faster than looking each up in a large set.
pub(crate) struct Seen(Vec<u64>);

impl Seen {
    /// No names, with room for so many.
    pub(crate) fn with_capacity(names: usize) -> Seen {
        Seen(Vec::with_capacity(names))
    }

    /// Adds a name.
    pub(crate) fn add(&mut self, name: &str) {
        let mut hasher = FxHasher::default();
        hasher.write(name.as_bytes());
        self.0.push(hasher.finish());
    }

    /// True when a name occurs twice, and perhaps when none does.
    pub(crate) fn some_seem_alike(mut self) -> bool {
        self.0.sort_unstable();
        self.0.windows(2).any(|two| two[0] == two[1])
    }
}

/// What has a name.
enum Constraint<'d> {
    PrimaryKey(ModelId),
    Index(ModelId),
    Default(ModelId),
    ForeignKey(&'d DraftRelation),
}

impl Constraint<'_> {
    /// The scopes in which it is counted, each with the model that has it there.
    fn scopes(&self, checks: &Checks<'_, '_>) -> impl Iterator<Item = (Scope, ModelId)> {
        let among = match self {
            Constraint::PrimaryKey(_) => KEY_SCOPES,
            Constraint::Index(_) => INDEX_COUNTED,
            Constraint::Default(_) => DEFAULT_SCOPES,
            Constraint::ForeignKey(_) => FOREIGN_KEY_SCOPES,
        };
        checks.can.scopes.iter().filter(|scope| among.contains(scope)).filter_map(move |scope| match self {
            Constraint::PrimaryKey(id) | Constraint::Index(id) | Constraint::Default(id) => Some((*scope, *id)),
            Constraint::ForeignKey(relation) => Some((*scope, holder(checks, *scope, relation)?)),
        })
    }
}

/// Gives every constraint with its name.
fn each<'d>(checks: &Checks<'d, '_>, mut found: impl FnMut(&str, Constraint<'d>)) {
    let names_defaults = checks.can.scopes.iter().any(|scope| DEFAULT_SCOPES.contains(scope));
    let mut name = String::new();
    for (index, model) in checks.draft.models.iter().enumerate() {
        let id = ModelId(index as u32);
        name.clear();
        if append_primary_key_name(checks, model, &mut name) {
            found(&name, Constraint::PrimaryKey(id));
        }
        for index in &model.indexes {
            name.clear();
            append_index_name(checks, model, index, &mut name);
            found(&name, Constraint::Index(id));
        }
        for field in model.fields.iter().filter(|_| names_defaults) {
            if let Some(name) = default_constraint_name(checks, model, field) {
                found(&name, Constraint::Default(id));
            }
        }
    }
    for relation in &checks.draft.relations {
        name.clear();
        if append_foreign_key_name(checks, relation, &mut name) {
            found(&name, Constraint::ForeignKey(relation));
        }
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
            let model = checks.draft.relation_field(side).at.model;
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

/// The spaces in which indexes are counted.
const INDEX_COUNTED: &[Scope] = &[
    Scope::GlobalIndexes,
    Scope::GlobalKeysAndIndexes,
    Scope::TableIndexes,
    Scope::TableKeyAndIndexes,
    Scope::TableKeyIndexesForeignKeys,
];
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

/// Appends the name of a primary key; false where the database does not name them.
fn append_primary_key_name(checks: &Checks<'_, '_>, model: &DraftModel<'_>, out: &mut String) -> bool {
    let Some((key, provider)) = model.primary_key.as_ref().zip(checks.provider) else { return false };
    match key.map {
        Some(name) => out.push_str(name),
        None => append_default_name(ConstraintKind::PrimaryKey, model.database_name(), [], provider, out),
    }
    checks.can.named_primary_keys
}

/// The name of a primary key, none where the database does not name them.
pub(crate) fn primary_key_name(checks: &Checks<'_, '_>, model: &DraftModel<'_>) -> Option<String> {
    let mut name = String::new();
    append_primary_key_name(checks, model, &mut name).then_some(name)
}

fn append_index_name(checks: &Checks<'_, '_>, model: &DraftModel<'_>, index: &DraftIndex<'_>, out: &mut String) {
    match (index.map, checks.provider) {
        (Some(name), _) => out.push_str(name),
        (None, None) => {}
        (None, Some(provider)) => {
            let kind = match index.kind {
                IndexKind::Unique => ConstraintKind::Unique,
                IndexKind::Normal | IndexKind::Fulltext => ConstraintKind::Index,
            };
            let columns = index.fields.iter().flat_map(|member| column_path(model, member));
            append_default_name(kind, model.database_name(), columns, provider, out);
        }
    }
}

/// The name of an index.
pub(crate) fn index_name(checks: &Checks<'_, '_>, model: &DraftModel<'_>, index: &DraftIndex<'_>) -> String {
    let mut name = String::new();
    append_index_name(checks, model, index, &mut name);
    name
}

fn column_path<'m>(model: &'m DraftModel<'_>, member: &'m DraftMember<'_>) -> impl Iterator<Item = &'m str> {
    let column = model.field(member.field).database_name();
    std::iter::once(column).chain(member.path().into_iter().flat_map(|path| path.split('.')))
}

/// The name of a default constraint, for defaults that the database makes.
pub(crate) fn default_constraint_name(
    checks: &Checks<'_, '_>,
    model: &DraftModel<'_>,
    field: &DraftField<'_>,
) -> Option<String> {
    let mut name = String::new();
    match (field.default()?.map(), checks.provider) {
        (Some(map), _) => name.push_str(map),
        (None, None) => return None,
        (None, Some(provider)) => {
            let column = [field.database_name()];
            append_default_name(ConstraintKind::Default, model.database_name(), column, provider, &mut name);
        }
    }
    Some(name)
}

/// Appends the name of a foreign key; false when the relation has none.
fn append_foreign_key_name(checks: &Checks<'_, '_>, relation: &DraftRelation, out: &mut String) -> bool {
    if !matches!(relation.shape, RelationShape::OneToOne | RelationShape::OneToMany) {
        return false;
    }
    let forward = relation.a.map(|index| checks.draft.relation_field(index));
    if let Some(name) = forward.and_then(|field| field.map) {
        out.push_str(name);
        return true;
    }
    let model = checks.draft.model(relation.model_a);
    let columns = forward.and_then(|field| field.fields.as_ref()).into_iter().flatten();
    let columns = columns.map(|id| model.field(*id).database_name());
    if let Some(provider) = checks.provider {
        append_default_name(ConstraintKind::ForeignKey, model.database_name(), columns, provider, out);
    }
    checks.provider.is_some()
}

/// The name of a foreign key.
pub(crate) fn foreign_key_name(checks: &Checks<'_, '_>, relation: &DraftRelation) -> Option<String> {
    let mut name = String::new();
    append_foreign_key_name(checks, relation, &mut name).then_some(name)
}
