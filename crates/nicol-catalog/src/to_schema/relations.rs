//! Which relation fields foreign keys and join tables become.
//!
//! A relation known before keeps its fields' names and its own. A new one has its fields called after the two tables; where
//! several relations lie between two tables, or such a name is a column's already, relation and fields are called after
//! the columns too.

use std::collections::{HashMap, HashSet};

use nicol_schema::schema::{FieldRef, Relation, RelationKind};

use super::names::{Names, field_name_of, sanitized};
use super::previous::Previous;
use crate::catalog::{Arity, Catalog, ForeignKey, IndexKind, ReferentialAction, Table};
use crate::from_schema::column_name;

/// A relation field.
#[derive(Debug, Clone)]
pub(super) struct RelationField {
    pub(super) name: String,
    /// Name of the model at the other end.
    pub(super) model: String,
    /// `?`, `[]` or nothing.
    pub(super) arity: &'static str,
    /// The relation's name when it is written.
    pub(super) relation: Option<String>,
    /// The side with columns: table and place of its foreign key, or an old relation without one.
    pub(super) key: Option<Key>,
    /// The other end is a model that the client leaves out.
    pub(super) is_ignored: bool,
    /// The field of the previous schema.
    pub(super) previous: Option<FieldRef>,
}

/// What the side with columns says.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) fields: Vec<String>,
    pub(super) references: Vec<String>,
    pub(super) on_delete: Option<ReferentialAction>,
    pub(super) on_update: Option<ReferentialAction>,
    pub(super) map: Option<String>,
}

/// Every relation field.
#[derive(Debug)]
pub(super) struct Relations {
    /// One list a table, in the order in which fields are written.
    fields: Vec<Vec<RelationField>>,
    join_tables: HashSet<usize>,
}

impl Relations {
    pub(super) fn of(catalog: &Catalog, previous: &Previous<'_>, names: &Names) -> Relations {
        let places: HashMap<(Option<String>, &str), usize> = catalog
            .tables
            .iter()
            .enumerate()
            .map(|(at, table)| ((table.namespace.clone(), table.name.as_str()), at))
            .collect();
        let mut maker = Maker {
            catalog,
            previous,
            names,
            places,
            ignored: catalog.tables.iter().map(|table| is_left_out(table, previous)).collect(),
            keyed: vec![Vec::new(); catalog.tables.len()],
            joined: vec![Vec::new(); catalog.tables.len()],
            ambiguous: HashSet::new(),
        };
        let joins = maker.join_tables();
        let mut keys = maker.keys(&joins);
        // SQLite lists foreign keys backwards, and the reference follows.
        if catalog.dialect == nicol_db::Dialect::Sqlite {
            keys.sort_by_key(|(table, key)| (*table, std::cmp::Reverse(*key)));
        }
        maker.find_ambiguous(&keys, &joins);
        for (table, key) in &keys {
            maker.key(*table, *key);
        }
        for join in &joins {
            maker.join(join);
        }
        maker.relations_without_keys();
        let mut fields = Vec::new();
        for place in 0..catalog.tables.len() {
            let mut all = std::mem::take(&mut maker.keyed[place]);
            all.append(&mut maker.joined[place]);
            make_unique(&mut all, &names.tables[place].columns);
            fields.push(all);
        }
        Relations { fields, join_tables: joins.into_iter().map(|join| join.table).collect() }
    }

    /// Whether a table is nothing but a many-to-many relation.
    pub(super) fn is_join_table(&self, table: usize) -> bool {
        self.join_tables.contains(&table)
    }

    /// The relation fields of a table's model.
    pub(super) fn fields(&self, table: usize) -> &[RelationField] {
        &self.fields[table]
    }
}

/// Whether the client can tell rows apart: a key, or a unique index, of columns that are required and of a known type.
pub(super) fn is_usable(table: &Table) -> bool {
    let is_fit = |name: &str| {
        table.column(name).is_some_and(|column| {
            column.arity == Arity::Required && !matches!(column.ty, crate::catalog::ColumnType::Unsupported(_))
        })
    };
    let key = table.primary_key.iter().map(|key| &key.columns);
    let uniques = table.indexes.iter().filter(|index| index.kind == IndexKind::Unique && index.predicate.is_none());
    key.chain(uniques.map(|index| &index.columns)).any(|columns| columns.iter().all(|column| is_fit(&column.name)))
}

/// Whether the client leaves a table's model out: it has to, or the schema said so.
pub(super) fn is_left_out(table: &Table, previous: &Previous<'_>) -> bool {
    let old = previous.model(table.namespace.as_deref(), &table.name);
    !is_usable(table) || old.is_some_and(|(_, model)| model.is_ignored)
}

/// A join table: its two ends in order.
struct Join {
    table: usize,
    a: usize,
    b: usize,
}

struct Maker<'a> {
    catalog: &'a Catalog,
    previous: &'a Previous<'a>,
    names: &'a Names,
    places: HashMap<(Option<String>, &'a str), usize>,
    ignored: Vec<bool>,
    /// Fields of foreign keys, both sides, one list a table, in the order of the keys.
    keyed: Vec<Vec<RelationField>>,
    joined: Vec<Vec<RelationField>>,
    /// Pairs of tables between which names alone do not tell relations apart.
    ambiguous: HashSet<(usize, usize)>,
}

fn pair(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

impl Maker<'_> {
    fn target(&self, key: &ForeignKey) -> Option<usize> {
        let exact = self.places.get(&(key.referenced_namespace.clone(), key.referenced_table.as_str())).copied();
        // SQLite's names count without case.
        exact.or_else(|| {
            let is_same = |table: &Table| table.name.eq_ignore_ascii_case(&key.referenced_table);
            let is_sqlite = self.catalog.dialect == nicol_db::Dialect::Sqlite;
            is_sqlite.then(|| self.catalog.tables.iter().position(is_same)).flatten()
        })
    }

    /// Every foreign key that becomes a relation: of several alike the first.
    fn keys(&self, joins: &[Join]) -> Vec<(usize, usize)> {
        let mut keys = Vec::new();
        for (place, table) in self.catalog.tables.iter().enumerate() {
            if joins.iter().any(|join| join.table == place) {
                continue;
            }
            for (number, key) in table.foreign_keys.iter().enumerate() {
                let is_like = |other: &ForeignKey| {
                    other.columns == key.columns
                        && other.referenced_table == key.referenced_table
                        && other.referenced_namespace == key.referenced_namespace
                        && other.referenced_columns == key.referenced_columns
                };
                let is_copy = table.foreign_keys[..number].iter().any(is_like);
                let has_columns = self.target(key).is_some_and(|target| {
                    let target = &self.catalog.tables[target];
                    key.referenced_columns.len() == key.columns.len()
                        && key.referenced_columns.iter().all(|name| target.column(name).is_some())
                });
                if !is_copy && has_columns {
                    keys.push((place, number));
                }
            }
        }
        keys
    }

    fn join_tables(&self) -> Vec<Join> {
        let tables = self.catalog.tables.iter().enumerate();
        tables.filter_map(|(place, table)| self.join_of(place, table)).collect()
    }

    /// The two ends of a table that stands for a many-to-many relation.
    fn join_of(&self, place: usize, table: &Table) -> Option<Join> {
        if !table.name.starts_with('_') || sanitized(&table.name).is_empty() || !table.is_join_table() {
            return None;
        }
        if table.foreign_keys.is_empty() && self.previous.has_own_relations() {
            let RelationKind::ManyToMany { a, b, .. } = &self.previous.many_to_many(&table.name)?.kind else {
                return None;
            };
            let place_of = |side: &FieldRef| {
                let model = self.previous.schema.model(side.model);
                self.catalog.tables.iter().position(|table| table.name == model.database_name())
            };
            return Some(Join { table: place, a: place_of(a)?, b: place_of(b)? });
        }
        let both = |columns: &[crate::catalog::IndexColumn]| {
            columns.len() == 2 && columns[0].name == "A" && columns[1].name == "B"
        };
        // Only on PostgreSQL is the pair the key of such a table.
        let may_be_key = self.catalog.dialect == nicol_db::Dialect::Postgres;
        let by_key = may_be_key && table.primary_key.as_ref().is_some_and(|key| both(&key.columns));
        let by_index = table.primary_key.is_none()
            && table.indexes.iter().any(|index| index.kind == IndexKind::Unique && both(&index.columns));
        let has_index = table.indexes.iter().any(|index| index.columns.len() == 1 && index.columns[0].name == "B");
        if table.foreign_keys.len() != 2 || !(by_key || by_index) || !has_index {
            return None;
        }
        let end = |column: &str| {
            let key = table.foreign_keys.iter().find(|key| key.columns == [column])?;
            let target = self.target(key)?;
            let is_its_key = matches!(key.referenced_columns.as_slice(), [only] if self.catalog.tables[target].is_whole_primary_key(only));
            is_its_key.then_some(target)
        };
        let (a, b) = (end("A")?, end("B")?);
        let name = |place: usize| &self.names.tables[place].name.text;
        (name(a) <= name(b)).then_some(Join { table: place, a, b })
    }

    fn find_ambiguous(&mut self, keys: &[(usize, usize)], joins: &[Join]) {
        let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
        for (place, number) in keys {
            let table = &self.catalog.tables[*place];
            let Some(target) = self.target(&table.foreign_keys[*number]) else { continue };
            *counts.entry(pair(*place, target)).or_default() += 1;
            let target_table = &self.catalog.tables[target];
            let is_taken =
                |place: usize, name: &str| self.names.tables[place].columns.iter().any(|column| column.text == name);
            let forward = field_name_of(&target_table.name);
            let back = field_name_of(&table.name);
            if is_taken(*place, &forward) || (target != *place && is_taken(target, &back)) {
                self.ambiguous.insert(pair(*place, target));
            }
        }
        for join in joins {
            *counts.entry(pair(join.a, join.b)).or_default() += 1;
            let is_taken = |place: usize, of: usize| {
                let name = field_name_of(&self.catalog.tables[of].name);
                self.names.tables[place].columns.iter().any(|column| column.text == name)
            };
            if join.a != join.b && (is_taken(join.a, join.b) || is_taken(join.b, join.a)) {
                self.ambiguous.insert(pair(join.a, join.b));
            }
        }
        self.ambiguous.extend(counts.into_iter().filter(|(_, count)| *count > 1).map(|(pair, _)| pair));
    }

    /// Both sides of a foreign key.
    fn key(&mut self, place: usize, number: usize) {
        let catalog = self.catalog;
        let table = &catalog.tables[place];
        let key = &table.foreign_keys[number];
        let Some(target) = self.target(key) else { return };
        let old = self.previous.relation_of(catalog, place, key);
        let (forward, back, relation) = self.key_names(place, target, key, old);
        let sides = old.and_then(|old| match &old.kind {
            RelationKind::Foreign(key) => Some((key.referencing, key.referenced)),
            RelationKind::ManyToMany { .. } => None,
        });
        let column = |name: &String| table.column(name);
        let is_optional = key.columns.iter().filter_map(column).any(|column| column.arity != Arity::Required);
        let forward = RelationField {
            name: forward,
            model: self.model_name(target),
            arity: if is_optional { "?" } else { "" },
            relation: relation.clone(),
            key: Some(self.key_of(place, target, key)),
            is_ignored: self.ignored[target] && !self.ignored[place],
            previous: sides.map(|(side, _)| side),
        };
        let back = RelationField {
            name: back,
            model: self.model_name(place),
            arity: if is_unique(table, &key.columns) { "?" } else { "[]" },
            relation,
            key: None,
            is_ignored: self.ignored[place] && !self.ignored[target],
            previous: sides.map(|(_, side)| side),
        };
        self.keyed[place].push(forward);
        self.keyed[target].push(back);
    }

    /// Forward field, back field, and the relation's name when it is written.
    fn key_names(
        &self,
        place: usize,
        target: usize,
        key: &ForeignKey,
        old: Option<&Relation>,
    ) -> (String, String, Option<String>) {
        if let Some(old) = old
            && let RelationKind::Foreign(sides) = &old.kind
        {
            let name = |side: FieldRef| self.previous.schema.field(side).name.clone();
            return (name(sides.referencing), name(sides.referenced), old.is_named.then(|| old.name.clone()));
        }
        let this = field_name_of(&self.catalog.tables[place].name);
        let other = field_name_of(&self.catalog.tables[target].name);
        let is_ambiguous = self.ambiguous.contains(&pair(place, target));
        let columns = || key.columns.iter().map(|column| self.column_name(place, column)).collect::<Vec<_>>().join("_");
        let (forward, relation) = match (is_ambiguous, place == target) {
            (true, _) => {
                let relation = format!("{this}_{}To{other}", columns());
                (format!("{other}_{relation}"), Some(relation))
            }
            (false, true) => (other.clone(), Some(format!("{this}To{other}"))),
            (false, false) => (other.clone(), None),
        };
        let back = match (&relation, place == target) {
            (_, true) => format!("other_{forward}"),
            (Some(relation), false) => format!("{this}_{relation}"),
            (None, false) => this,
        };
        (forward, back, relation)
    }

    fn key_of(&self, place: usize, target: usize, key: &ForeignKey) -> Key {
        let table = &self.catalog.tables[place];
        let is_required =
            key.columns.iter().filter_map(|name| table.column(name)).any(|column| column.arity == Arity::Required);
        let on_delete = if is_required { ReferentialAction::Restrict } else { ReferentialAction::SetNull };
        let default = nicol_schema::constraint_names::default_name(
            nicol_schema::constraint_names::ConstraintKind::ForeignKey,
            &table.name,
            key.columns.iter().map(String::as_str),
            crate::provider_of(self.catalog.dialect),
        );
        Key {
            fields: key.columns.iter().map(|column| self.column_name(place, column)).collect(),
            references: key.referenced_columns.iter().map(|column| self.column_name(target, column)).collect(),
            on_delete: Some(key.on_delete).filter(|action| *action != on_delete),
            on_update: Some(key.on_update).filter(|action| *action != ReferentialAction::Cascade),
            map: key.name.clone().filter(|name| *name != default),
        }
    }

    fn join(&mut self, join: &Join) {
        let table = &self.catalog.tables[join.table];
        let relation = table.name.strip_prefix('_').unwrap_or(&table.name).to_owned();
        let old = self.previous.many_to_many(&table.name);
        let sides = old.and_then(|old| match &old.kind {
            RelationKind::ManyToMany { a, b, .. } => Some((*a, *b)),
            RelationKind::Foreign(_) => None,
        });
        let is_ambiguous = self.ambiguous.contains(&pair(join.a, join.b));
        let named = |of: usize, suffix: &str| {
            let model = field_name_of(&self.catalog.tables[of].name);
            match (join.a == join.b, is_ambiguous) {
                (true, true) => format!("{model}_{}_{suffix}", sanitized(&relation)),
                (true, false) => format!("{model}_{suffix}"),
                (false, true) => format!("{model}_{}", sanitized(&relation)),
                (false, false) => model,
            }
        };
        let (a, b) = (self.model_name(join.a), self.model_name(join.b));
        let is_default = !is_ambiguous && join.a != join.b && relation == format!("{a}To{b}");
        let is_named = old.map_or(!is_default, |old| old.is_named);
        // Column A refers to the model whose field is the side `a`; that field is of the other model.
        for (place, of, suffix, side) in
            [(join.a, join.b, "A", sides.map(|(a, _)| a)), (join.b, join.a, "B", sides.map(|(_, b)| b))]
        {
            let name = side.map_or_else(|| named(of, suffix), |side| self.previous.schema.field(side).name.clone());
            let field = RelationField {
                name,
                model: self.model_name(of),
                arity: "[]",
                relation: is_named.then(|| relation.clone()),
                key: None,
                is_ignored: self.ignored[of] && !self.ignored[place],
                previous: side,
            };
            self.joined[place].push(field);
        }
    }

    /// Where the database keeps no foreign keys, relations are known from the previous schema alone.
    fn relations_without_keys(&mut self) {
        if !self.previous.has_own_relations() {
            return;
        }
        for relation in self.previous.relations() {
            let RelationKind::Foreign(old) = &relation.kind else { continue };
            if let Some((place, forward, target, back)) = self.copied(relation, old) {
                let is_there = self.keyed[place].iter().any(|field| field.previous == forward.previous);
                if !is_there {
                    self.keyed[place].push(forward);
                    self.keyed[target].push(back);
                }
            }
        }
    }

    /// An old relation whose tables and columns are still there.
    fn copied(
        &self,
        relation: &Relation,
        old: &nicol_schema::schema::ForeignKey,
    ) -> Option<(usize, RelationField, usize, RelationField)> {
        let schema = self.previous.schema;
        let (model, other) = (schema.model(old.referencing.model), schema.model(old.referenced.model));
        let place_of = |name: &str| self.catalog.tables.iter().position(|table| table.name == name);
        let (place, target) = (place_of(model.database_name())?, place_of(other.database_name())?);
        let has = |place: usize, name: &str| self.catalog.tables[place].column(name).is_some();
        let fields = old.fields.iter().map(|field| column_name(model, *field));
        let references = old.references.iter().map(|field| column_name(other, *field));
        if !fields.clone().all(|name| has(place, name)) || !references.clone().all(|name| has(target, name)) {
            return None;
        }
        let columns: Vec<String> = fields.map(str::to_owned).collect();
        let table = &self.catalog.tables[place];
        let is_optional =
            columns.iter().filter_map(|name| table.column(name)).any(|column| column.arity != Arity::Required);
        let name = relation.is_named.then(|| relation.name.clone());
        let forward = RelationField {
            name: schema.field(old.referencing).name.clone(),
            model: self.model_name(target),
            arity: if is_optional { "?" } else { "" },
            relation: name.clone(),
            key: Some(Key {
                fields: columns.iter().map(|column| self.column_name(place, column)).collect(),
                references: references.map(|column| self.column_name(target, column)).collect(),
                on_delete: old.on_delete,
                on_update: old.on_update,
                map: old.map.clone(),
            }),
            is_ignored: schema.field(old.referencing).is_ignored,
            previous: Some(old.referencing),
        };
        let back = RelationField {
            name: schema.field(old.referenced).name.clone(),
            model: self.model_name(place),
            arity: if is_unique(table, &columns) { "?" } else { "[]" },
            relation: name,
            key: None,
            is_ignored: schema.field(old.referenced).is_ignored,
            previous: Some(old.referenced),
        };
        Some((place, forward, target, back))
    }

    fn model_name(&self, table: usize) -> String {
        self.names.tables[table].name.text.clone()
    }

    fn column_name(&self, table: usize, column: &str) -> String {
        let place = self.catalog.tables[table].column_index(column);
        place.map_or_else(|| column.to_owned(), |place| self.names.tables[table].columns[place].text.clone())
    }
}

/// Whether at most one row can have each value of these columns.
fn is_unique(table: &Table, columns: &[String]) -> bool {
    let is_same = |index: &[crate::catalog::IndexColumn]| {
        index.len() == columns.len() && index.iter().all(|column| columns.contains(&column.name))
    };
    let by_key = table.primary_key.as_ref().is_some_and(|key| is_same(&key.columns));
    let is_whole = |index: &&crate::catalog::Index| index.kind == IndexKind::Unique && index.predicate.is_none();
    by_key || table.indexes.iter().filter(is_whole).any(|index| is_same(&index.columns))
}

/// Numbers new relation fields whose name is taken; those known before stay.
fn make_unique(fields: &mut [RelationField], columns: &[super::names::Name]) {
    let mut taken: HashSet<String> = columns.iter().map(|column| column.text.clone()).collect();
    taken.extend(fields.iter().filter(|field| field.previous.is_some()).map(|field| field.name.clone()));
    for field in fields.iter_mut().filter(|field| field.previous.is_none()) {
        let base = field.name.clone();
        let mut number = 1;
        while !taken.insert(field.name.clone()) {
            number += 1;
            field.name = format!("{base}_{number}");
        }
    }
}
