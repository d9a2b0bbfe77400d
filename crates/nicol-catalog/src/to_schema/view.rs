//! Views, with the preview feature for them. The database knows no keys and no relations of a view, so those are the old
//! schema's.

use nicol_schema::schema::{Arity as OldArity, FieldId, Model};

use super::column::FieldOf;
use super::previous;
use super::text::{documentation, literal};
use super::warnings::Warning;
use super::{Block, Writer};
use crate::catalog::{Arity, Catalog};

/// The queries of views, for files of their own: schema, name, query.
pub(super) fn queries(catalog: &Catalog) -> Vec<(Option<String>, String, String)> {
    let own = |namespace: &Option<String>| {
        let is_family = catalog.dialect.is_postgres_family();
        is_family.then(|| namespace.clone().unwrap_or_else(|| crate::catalog::PUBLIC.to_owned()))
    };
    let with_query = catalog.views.iter().filter_map(|view| {
        let query = view.definition.as_ref()?;
        Some((own(&view.namespace), view.name.clone(), query.clone()))
    });
    with_query.collect()
}

impl Writer<'_> {
    /// The view of a view.
    pub(super) fn view(&mut self, place: usize) -> Block {
        let (catalog, names) = (self.catalog, self.names);
        let view = &catalog.views[place];
        let name = &names.views[place];
        let old = self.previous.view(view.namespace.as_deref(), &view.name).map(|(_, model)| model);
        let docs = documentation(old.and_then(|model| model.docs.as_deref()).unwrap_or_default());
        let head = self.head(&name.name, old, &docs, false);
        let mut body = String::new();
        for (number, column) in view.columns.iter().enumerate() {
            let known = old.and_then(|model| previous::field_of(model, &column.name));
            let keys = known.zip(old).map(|(field, model)| field_keys(model, &field.name)).unwrap_or_default();
            let is_required = known.is_some_and(|field| field.arity == OldArity::Required);
            body.push_str(&self.field(&FieldOf {
                model: &name.name.text,
                column,
                name: &name.columns[number],
                place: None,
                previous: known.map(|field| (field, column)),
                keys,
                arity: match column.arity {
                    Arity::Nullable if is_required => Arity::Required,
                    arity => arity,
                },
            }));
        }
        if let Some(model) = old {
            body.push_str(
                &self.relations_of_view(model, &view.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>()),
            );
        }
        body.push('\n');
        let has_key = old.is_some_and(|model| model.primary_key.is_some() || !model.indexes.is_empty());
        if !has_key {
            self.warnings.push(Warning::ViewIgnored { view: name.name.text.clone() });
        }
        if let Some(map) = &name.name.map {
            body.push_str(&format!("@@map({})\n", literal(map)));
        }
        if old.is_some_and(|model| model.is_ignored) {
            body.push_str("@@ignore\n");
        }
        if let Some(namespace) = self.namespace(view.namespace.as_deref()) {
            body.push_str(&format!("@@schema({})\n", literal(namespace)));
        }
        if let Some(model) = old {
            body.push_str(&self.previous.comments.block(model.span).tail);
        }
        self.block(old, 1, format!("{head}view {} {{\n{body}}}\n", name.name.text))
    }

    /// Relation fields and keys of several columns, as the old schema has them, while the columns are there.
    fn relations_of_view(&self, model: &Model, columns: &[&str]) -> String {
        let schema = self.previous.schema;
        let source = &schema.sources[model.span.file as usize].text;
        let mut out = String::new();
        for field in model.fields.iter().filter(|field| !field.is_column()) {
            let line = &source[field.span.start as usize..field.span.end as usize];
            out.push_str(&documentation(field.docs.as_deref().unwrap_or_default()));
            out.push_str(line.trim_end());
            out.push('\n');
        }
        let has = |field: FieldId| columns.contains(&model.fields[field.0 as usize].database_name());
        let key = model.primary_key.iter().filter(|key| !key.on_field).map(|key| (key.span, &key.fields));
        let indexes = model.indexes.iter().filter(|index| !index.on_field).map(|index| (index.span, &index.fields));
        for (span, fields) in key.chain(indexes) {
            if fields.iter().all(|field| has(field.field)) {
                let text = source[span.start as usize..span.end as usize].trim();
                out.push_str(&format!("@@{}\n", text.trim_start_matches('@')));
            }
        }
        out
    }
}

/// `@id` and `@unique` of a field in the old schema.
fn field_keys(model: &Model, field: &str) -> Vec<String> {
    let is_it = |id: FieldId| model.fields[id.0 as usize].name == field;
    let mut keys = Vec::new();
    if model.primary_key.iter().any(|key| key.on_field && key.fields.iter().any(|field| is_it(field.field))) {
        keys.push("@id".to_owned());
    }
    if model.indexes.iter().any(|index| index.on_field && index.fields.iter().any(|field| is_it(field.field))) {
        keys.push("@unique".to_owned());
    }
    keys
}
