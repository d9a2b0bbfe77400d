//! Keys and indexes as attributes.

use nicol_schema::constraint_names::{ConstraintKind, default_name};
use nicol_schema::schema::{Index as OldIndex, Model};

use super::Writer;
use super::names::TableName;
use super::text::literal;
use super::warnings::Warning;
use crate::catalog::{Index, IndexAlgorithm, IndexColumn, IndexKind, SortOrder, Table};
use crate::from_schema::{column_name, operator_class_name};
use crate::provider_of;

/// Attributes of fields and of the whole block.
#[derive(Default)]
pub(super) struct Attributes {
    /// By column.
    pub(super) of_fields: Vec<(String, String)>,
    pub(super) of_block: Vec<String>,
}

/// What is written about an index.
struct Arguments<'a> {
    columns: &'a [IndexColumn],
    map: Option<&'a str>,
    name: Option<&'a str>,
    algorithm: Option<IndexAlgorithm>,
    predicate: Option<&'a str>,
    /// Operator classes can be written: on plain indexes of PostgreSQL.
    takes_classes: bool,
}

impl Writer<'_> {
    /// The attributes for a table's primary key and indexes. Known ones keep their old order, new ones follow.
    pub(super) fn indexes(&mut self, table: &Table, name: &TableName, old: Option<&Model>) -> Attributes {
        let mut attributes = Attributes::default();
        if let Some(key) = &table.primary_key {
            let default = self.default_name(ConstraintKind::PrimaryKey, table, &[]);
            let arguments = Arguments {
                columns: &key.columns,
                map: key.name.as_deref().filter(|name| *name != default),
                name: old.and_then(|model| {
                    let key = model.primary_key.as_ref()?;
                    key.name.as_deref()
                }),
                algorithm: None,
                predicate: None,
                takes_classes: false,
            };
            self.push(&mut attributes, "id", &arguments, table, name);
        }
        let mut indexes: Vec<(Option<usize>, &Index)> = Vec::new();
        for index in &table.indexes {
            let place = old.and_then(|model| self.place_in(model, table, index));
            if place.is_some() || !self.is_made_by_server(table, index, old) {
                indexes.push((place, index));
            }
        }
        indexes.sort_by_key(|(place, _)| (place.is_none(), *place));
        let mut unique_fields: Vec<&str> = Vec::new();
        for (place, index) in indexes {
            let known = old.zip(place).and_then(|(model, place)| model.indexes.get(place));
            self.index(&mut attributes, (table, name), index, known, &mut unique_fields);
        }
        attributes
    }

    fn index<'t>(
        &mut self,
        attributes: &mut Attributes,
        (table, name): (&'t Table, &TableName),
        index: &'t Index,
        known: Option<&OldIndex>,
        unique_fields: &mut Vec<&'t str>,
    ) {
        let predicate = index.predicate.as_deref();
        if predicate.is_some() && !self.previous.takes_predicates() {
            self.warnings.push(Warning::PartialIndex { model: name.name.text.clone(), index: index.name.clone() });
            return;
        }
        let kind = match index.kind {
            IndexKind::Unique => ConstraintKind::Unique,
            IndexKind::Normal | IndexKind::Fulltext => ConstraintKind::Index,
        };
        let default = self.default_name(kind, table, &index.columns);
        // The name of an index behind a UNIQUE constraint is SQLite's own affair.
        let is_own = |name: &str| name != default && !name.starts_with("sqlite_autoindex_");
        let arguments = Arguments {
            columns: &index.columns,
            map: Some(index.name.as_str()).filter(|name| is_own(name)),
            name: known.and_then(|known| known.name.as_deref()),
            algorithm: index.algorithm,
            predicate,
            takes_classes: index.kind == IndexKind::Normal,
        };
        let word = match index.kind {
            IndexKind::Unique => "unique",
            IndexKind::Normal => "index",
            IndexKind::Fulltext => "fulltext",
        };
        let single = match index.columns.as_slice() {
            [only] if index.kind == IndexKind::Unique => Some(only.name.as_str()),
            _ => None,
        };
        // A field says so once; further indexes of the same kind are said of the block.
        let is_first = single.is_some_and(|only| !unique_fields.contains(&only));
        let stays_in_block = known.is_some_and(|known| !known.on_field);
        if let (Some(only), true, false) = (single, is_first, stays_in_block) {
            unique_fields.push(only);
            self.push(attributes, word, &arguments, table, name);
        } else {
            attributes.of_block.push(self.block_attribute(word, &arguments, table, name));
        }
    }

    /// Writes a key of one column beside the field, any other in the block.
    fn push(&self, attributes: &mut Attributes, word: &str, of: &Arguments<'_>, table: &Table, name: &TableName) {
        match of.columns {
            [only] => {
                let mut inside: Vec<String> = Vec::new();
                inside.extend(of.map.map(|map| format!("map: {}", literal(map))));
                inside.extend(only.length.map(|length| format!("length: {length}")));
                inside.extend(only.sort.filter(|sort| *sort == SortOrder::Desc).map(|_| "sort: Desc".to_owned()));
                inside.extend(of.predicate.map(predicate));
                let inside = if inside.is_empty() { String::new() } else { format!("({})", inside.join(", ")) };
                attributes.of_fields.push((only.name.clone(), format!("@{word}{inside}")));
            }
            _ => attributes.of_block.push(self.block_attribute(word, of, table, name)),
        }
    }

    fn block_attribute(&self, word: &str, of: &Arguments<'_>, table: &Table, name: &TableName) -> String {
        let columns: Vec<String> = of.columns.iter().map(|column| self.index_column(column, of, table, name)).collect();
        let mut inside = vec![format!("[{}]", columns.join(", "))];
        inside.extend(of.name.map(|name| format!("name: {}", literal(name))));
        inside.extend(of.map.map(|map| format!("map: {}", literal(map))));
        let has_class = of.takes_classes && of.columns.iter().any(|column| own_class(column).is_some());
        match of.algorithm {
            Some(algorithm) => inside.push(format!("type: {}", algorithm_name(algorithm))),
            // A class is only taken where the kind of index is said.
            None if has_class => inside.push("type: BTree".to_owned()),
            None => {}
        }
        inside.extend(of.predicate.map(predicate));
        format!("@@{word}({})", inside.join(", "))
    }

    fn index_column(&self, column: &IndexColumn, of: &Arguments<'_>, table: &Table, name: &TableName) -> String {
        let place = table.column_index(&column.name);
        let field = place.map_or(column.name.as_str(), |place| name.columns[place].text.as_str());
        let mut inside: Vec<String> = Vec::new();
        inside.extend(
            own_class(column).filter(|_| of.takes_classes).map(|class| format!("ops: {}", operator_class(class))),
        );
        inside.extend(column.length.map(|length| format!("length: {length}")));
        inside.extend(column.sort.filter(|sort| *sort == SortOrder::Desc).map(|_| "sort: Desc".to_owned()));
        if inside.is_empty() { field.to_owned() } else { format!("{field}({})", inside.join(", ")) }
    }

    fn default_name(&self, kind: ConstraintKind, table: &Table, columns: &[IndexColumn]) -> String {
        let columns = columns.iter().map(|column| column.name.as_str());
        default_name(kind, &table.name, columns, provider_of(self.catalog.dialect))
    }

    /// The place of an index among those of the old model: the one of its name, else the first of its columns.
    fn place_in(&self, model: &Model, table: &Table, index: &Index) -> Option<usize> {
        let columns =
            |old: &OldIndex| -> Vec<&str> { old.fields.iter().map(|field| column_name(model, field.field)).collect() };
        let these: Vec<&str> = index.columns.iter().map(|column| column.name.as_str()).collect();
        let kind = match index.kind {
            IndexKind::Unique => ConstraintKind::Unique,
            IndexKind::Normal | IndexKind::Fulltext => ConstraintKind::Index,
        };
        let default = self.default_name(kind, table, &index.columns);
        let fits = |old: &OldIndex| old.kind == index.kind && columns(old) == these;
        let by_name =
            model.indexes.iter().position(|old| fits(old) && old.map.as_deref().unwrap_or(&default) == index.name);
        let is_taken = |old: &OldIndex| {
            table
                .indexes
                .iter()
                .any(|other| other.name != index.name && old.map.as_deref().unwrap_or(&default) == other.name)
        };
        by_name.or_else(|| model.indexes.iter().position(|old| fits(old) && !is_taken(old)))
    }

    /// MySQL makes an index for a foreign key: it is no news where the old schema knew the key and not the index.
    fn is_made_by_server(&self, table: &Table, index: &Index, old: Option<&Model>) -> bool {
        index.is_implied
            && old.is_some_and(|model| {
                model.fields.iter().filter_map(|field| field.relation).any(|relation| {
                    match &self.previous.schema.relation(relation).kind {
                        nicol_schema::schema::RelationKind::Foreign(key) => {
                            let names: Vec<&str> = key.fields.iter().map(|field| column_name(model, *field)).collect();
                            self.previous.schema.model(key.referencing.model).database_name() == table.name
                                && index.columns.iter().map(|column| column.name.as_str()).eq(names)
                        }
                        nicol_schema::schema::RelationKind::ManyToMany { .. } => false,
                    }
                })
            })
    }
}

/// The operator class that the server would not choose by itself.
fn own_class(column: &IndexColumn) -> Option<&str> {
    let class = column.operator_class.as_ref()?;
    (!class.is_default && !class.name.is_empty()).then_some(class.name.as_str())
}

fn predicate(text: &str) -> String {
    format!("where: raw({})", literal(text))
}

fn algorithm_name(algorithm: IndexAlgorithm) -> &'static str {
    match algorithm {
        IndexAlgorithm::Hash => "Hash",
        IndexAlgorithm::Gist => "Gist",
        IndexAlgorithm::Gin => "Gin",
        IndexAlgorithm::SpGist => "SpGist",
        IndexAlgorithm::Brin => "Brin",
    }
}

/// The language's name of an operator class, or the database's own in `raw(..)`.
fn operator_class(name: &str) -> String {
    let words: String = name.split('_').map(capitalized).collect();
    let named = words.replace("Minmax", "MinMax").replace("Timestamptz", "TimestampTz").replace("Timetz", "TimeTz");
    let is_known = nicol_schema::is_operator_class(&named) && operator_class_name(&named) == name;
    if is_known { named } else { format!("raw({})", literal(name)) }
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operator_classes_have_names_or_are_raw() {
        assert_eq!(operator_class("jsonb_path_ops"), "JsonbPathOps");
        assert_eq!(operator_class("int4_minmax_multi_ops"), "Int4MinMaxMultiOps");
        assert_eq!(operator_class("gin_trgm_ops"), "raw(\"gin_trgm_ops\")");
    }
}
