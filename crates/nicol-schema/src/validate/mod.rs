//! The checks that need the whole schema: what the language and the chosen database allow.
//!
//! **In**: a draft without errors. **Out**: diagnostics only. This file is the list; each construct has a file.

mod cascades;
mod composites;
mod datasource;
mod defaults;
mod directives;
mod enums;
mod fields;
mod indexes;
mod keys;
mod many_to_many;
mod models;
mod mongodb;
mod names;
mod native;
mod operator_classes;
mod relation_fields;
mod relations;
mod views;

use crate::ast::Parsed;
use crate::config::Configuration;
use crate::provider::{Abilities, abilities};
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;

/// What every check looks at.
pub(crate) struct Checks<'c, 'a> {
    pub(crate) draft: &'c Draft<'a>,
    pub(crate) configuration: &'c Configuration,
    pub(crate) provider: Option<Provider>,
    pub(crate) can: &'static Abilities,
    pub(crate) mode: RelationMode,
}

/// Runs all checks.
pub(crate) fn validate(files: &[Parsed<'_>], draft: &Draft<'_>, configuration: &Configuration, report: &mut Report) {
    let provider = configuration.datasource.as_ref().map(|datasource| datasource.provider);
    let mode = configuration.datasource.as_ref().map_or(RelationMode::ForeignKeys, |d| d.relation_mode);
    let checks = Checks { draft, configuration, provider, can: abilities(provider), mode };
    let names = names::Names::collect(&checks);
    if files.iter().any(|file| directives::may_be_in(file.text)) {
        directives::check(&checks, report);
    }
    composites::check(&checks, report);
    defaults::functions(&checks, report);
    datasource::check(&checks, report);
    models::database_name_clashes(&checks, report);
    for id in models::in_order(draft) {
        if !model(&checks, id, &names, report) {
            return;
        }
    }
    enums::check(&checks, report);
    let mut graph = cascades::Cascades::collect(&checks);
    for (index, relation) in draft.relations.iter().enumerate() {
        match relation.shape {
            RelationShape::OneToOne | RelationShape::OneToMany => {
                relations::check(&checks, index, &names, &mut graph, report);
            }
            RelationShape::ManyToMany => many_to_many::implicit(&checks, relation, report),
            RelationShape::Embedded => many_to_many::embedded(&checks, relation, report),
        }
    }
}

/// Checks one model; false when its relations are ambiguous and nothing further makes sense.
fn model(checks: &Checks<'_, '_>, id: ModelId, names: &names::Names<'_>, report: &mut Report) -> bool {
    let model = checks.draft.model(id);
    if model.is_view {
        views::check(checks, model, report);
    } else {
        keys::check(checks, id, names, report);
        models::check(checks, id, report);
    }
    for (index, field) in model.fields.iter().enumerate() {
        if field.is_scalar() {
            fields::check(checks, id, FieldId(index as u32), names, report);
        }
    }
    for field in model.relation_fields.clone() {
        if !relation_fields::check(checks, field, names, report) {
            return false;
        }
    }
    for (at, index) in model.indexes.iter().enumerate() {
        if model.is_view {
            views::index(index, report);
        } else {
            indexes::check(checks, id, at, names, report);
        }
    }
    true
}
