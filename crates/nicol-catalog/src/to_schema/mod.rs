//! A catalog as schema text: what `db pull` writes.
//!
//! **In**: the whole catalog of a live database ([`introspect_whole`](crate::introspect_whole)) and the schema there was
//! before, which may hold nothing but a datasource. **Out**: [`Pulled`]: the text of every file, and [`Warning`]s about
//! what a schema cannot say.
//!
//! The way through it: `names` (what everything is called) → `relations` (which fields foreign keys become) → `model`
//! (with `column`, `defaults`, `indexes`, `guards`), `enums`, `view` → `files`, through the formatter. What the old schema knows and
//! the database does not (names, documentation, relation names, client defaults) is asked of `previous`; its plain comments
//! are carried over by `comments`. Layout follows the reference: columns in the database's order, then relation fields.

mod column;
mod comments;
mod configuration;
mod defaults;
mod enums;
mod files;
mod guards;
mod indexes;
mod model;
mod names;
mod previous;
mod relations;
mod remarks;
mod text;
mod types;
mod view;
mod warnings;

use nicol_schema::{Source, ValidSchema};

use crate::Catalog;
use names::Names;
use previous::Previous;
use relations::Relations;
pub use warnings::Warning;

/// How to write a schema.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Takes nothing over from the previous schema but its datasource and generators.
    pub fresh: bool,
    /// PostgreSQL's schemas that were asked for on the command line: listed in the datasource.
    pub namespaces: Vec<String>,
    /// The file that new models go to when the schema has several; with one file they go there.
    pub new_file: String,
}

/// The text of a schema, made from a database.
#[derive(Debug, Clone)]
pub struct Pulled {
    /// Every file, formatted, by its path in the previous schema.
    pub files: Vec<Source>,
    /// The queries of views: PostgreSQL's schema (none elsewhere), view, query.
    pub views: Vec<(Option<String>, String, String)>,
    /// What the schema cannot say, and what was taken over.
    pub warnings: Vec<Warning>,
    /// Models written, ignored and commented out ones among them.
    pub models: usize,
    /// Enums written.
    pub enums: usize,
}

/// Writes the schema of a live database's catalog.
pub fn to_schema(catalog: &Catalog, previous: &ValidSchema, options: &Options) -> Pulled {
    let previous = Previous::new(previous, options.fresh);
    let names = Names::of(catalog, &previous);
    let relations = Relations::of(catalog, &previous, &names);
    let before = crate::from_schema(previous.schema, catalog.dialect);
    let mut writer = Writer {
        catalog,
        before: &before,
        previous: &previous,
        names: &names,
        relations: &relations,
        qualified: previous.is_multi_schema() || !options.namespaces.is_empty(),
        warnings: Vec::new(),
    };
    let blocks = writer.blocks();
    let mut warnings = writer.warnings;
    warnings::of_catalog(catalog, &previous, &mut warnings);
    warnings.sort_by_key(Warning::rank);
    warnings.dedup();
    let views = if previous.takes_views() { view::queries(catalog) } else { Vec::new() };
    let tables = (0..catalog.tables.len()).filter(|table| !relations.is_join_table(*table));
    Pulled {
        models: tables.count(),
        enums: names.enums.iter().filter(|one| one.is_written).count(),
        files: files::write(catalog, &previous, options, blocks),
        views,
        warnings,
    }
}

/// What every part of the writing needs.
struct Writer<'a> {
    catalog: &'a Catalog,
    /// The catalog of the previous schema.
    before: &'a Catalog,
    previous: &'a Previous<'a>,
    names: &'a Names,
    relations: &'a Relations,
    /// Whether blocks say which of PostgreSQL's schemas they are in.
    qualified: bool,
    warnings: Vec<Warning>,
}

/// A block on its way into a file.
struct Block {
    /// The file of the previous schema it is in; none for a new one.
    file: Option<u32>,
    /// Where it began there.
    position: u32,
    /// Models first, then views, then enums.
    rank: u8,
    text: String,
}

impl Writer<'_> {
    /// Every model, view and enum: those known before in their old order, then new ones in the database's.
    fn blocks(&mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        for table in 0..self.catalog.tables.len() {
            if !self.relations.is_join_table(table) {
                blocks.push(self.model(table));
            }
        }
        if self.previous.takes_views() {
            for view in 0..self.catalog.views.len() {
                blocks.push(self.view(view));
            }
        }
        blocks.extend(self.enums());
        let order = |block: &Block| (block.rank, block.file.is_none(), block.file, block.position);
        blocks.sort_by_key(order);
        blocks
    }

    /// `@@schema`, where blocks are qualified.
    fn namespace<'n>(&self, namespace: Option<&'n str>) -> Option<&'n str> {
        let is_family = self.catalog.dialect.is_postgres_family();
        (self.qualified && is_family).then_some(namespace.unwrap_or(crate::catalog::PUBLIC))
    }
}
