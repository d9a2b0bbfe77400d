//! A table as a model.

use nicol_schema::schema::{Model, ReferentialAction};

use super::column::FieldOf;
use super::names::{Name, Origin};
use super::relations::{RelationField, is_left_out, is_usable};
use super::text::{commented_out, documentation, literal};
use super::warnings::Warning;
use super::{Block, Writer, guards, previous, remarks};

impl Writer<'_> {
    /// The model of a table.
    pub(super) fn model(&mut self, place: usize) -> Block {
        let (catalog, names) = (self.catalog, self.names);
        let table = &catalog.tables[place];
        let name = &names.tables[place];
        let old = self.previous.model(table.namespace.as_deref(), &table.name).map(|(_, model)| model);
        let docs = old.and_then(|model| model.docs.as_deref()).unwrap_or_default();
        let mut head = self.head(&name.name, old, &guards::kept(table, docs), table.columns.is_empty());
        head.push_str(&guards::missing(table, old));
        if old.is_none() {
            for sentence in remarks::sentences(table) {
                head.push_str(&documentation(sentence));
            }
        }
        let beyond =
            |remark: &crate::catalog::Remark| Warning::Beyond { model: name.name.text.clone(), remark: remark.clone() };
        self.warnings.extend(table.remarks.iter().filter(|remark| guards::is_beyond(table, remark)).map(beyond));
        let usable = is_usable(table);
        if !usable && !table.columns.is_empty() {
            self.warnings.push(Warning::ModelIgnored { model: name.name.text.clone() });
            if old.is_none_or(|model| !model.is_ignored) {
                head.push_str(&documentation(remarks::WITHOUT_KEY));
            }
        }
        let attributes = self.indexes(table, name, old);
        let mut body = self.fields(place, old, &attributes.of_fields);
        body.push('\n');
        let mut of_block = attributes.of_block;
        of_block.extend(name.name.map.as_ref().map(|map| format!("@@map({})", literal(map))));
        if is_left_out(table, self.previous) && !table.columns.is_empty() {
            of_block.push("@@ignore".to_owned());
        }
        of_block.extend(self.namespace(table.namespace.as_deref()).map(|name| format!("@@schema({})", literal(name))));
        of_block.iter().for_each(|attribute| body.push_str(&format!("{attribute}\n")));
        if let Some(model) = old {
            body.push_str(&self.previous.comments.block(model.span).tail);
        }
        let text = format!("model {} {{\n{body}}}\n", name.name.text);
        let text = if table.columns.is_empty() {
            self.warnings.push(Warning::ModelCommentedOut { model: name.name.text.clone() });
            commented_out(&text)
        } else {
            text
        };
        self.block(old, 0, head + &text)
    }

    /// Comments and documentation above a block.
    pub(super) fn head(&mut self, name: &Name, old: Option<&Model>, docs: &str, is_commented_out: bool) -> String {
        let mut head = String::new();
        if let Some(model) = old {
            head.push_str(&self.previous.comments.block(model.span).above);
            head.push_str(docs);
            if model.map.is_some() {
                self.warnings.push(Warning::ModelMapKept { model: model.name.clone() });
            }
        }
        let map = name.map.clone().unwrap_or_default();
        match name.origin {
            Origin::Reserved => {
                head.push_str(&documentation(&remarks::renamed(&name.text, &map)));
                self.warnings.push(Warning::Reserved { name: name.text.clone(), map });
            }
            Origin::Duplicate => self.warnings.push(Warning::Duplicate { name: name.text.clone(), map }),
            Origin::Numbered => self.warnings.push(Warning::Numbered { name: name.text.clone(), map }),
            Origin::Kept | Origin::Plain | Origin::Sanitized => {}
        }
        if is_commented_out {
            head.push_str(&documentation(remarks::WITHOUT_COLUMNS));
        }
        head
    }

    /// Where a block comes to stand.
    pub(super) fn block(&self, old: Option<&Model>, rank: u8, text: String) -> Block {
        Block { file: old.map(|model| model.span.file), position: old.map_or(0, |model| model.span.start), rank, text }
    }

    /// Columns in the database's order, then relation fields.
    fn fields(&mut self, place: usize, old: Option<&Model>, keys: &[(String, String)]) -> String {
        let (catalog, names, relations) = (self.catalog, self.names, self.relations);
        let table = &catalog.tables[place];
        let name = &names.tables[place];
        let before = self.before.table(table.namespace.as_deref(), &table.name);
        let mut body = String::new();
        for (number, column) in table.columns.iter().enumerate() {
            let known = old.and_then(|model| previous::field_of(model, &column.name));
            let previous = known.zip(before.and_then(|table| table.column(&column.name)));
            let own = keys.iter().filter(|(of, _)| *of == column.name).map(|(_, text)| text.clone());
            body.push_str(&self.field(&FieldOf {
                model: &name.name.text,
                column,
                name: &name.columns[number],
                place: Some((place, number)),
                previous,
                keys: own.collect(),
                arity: column.arity,
            }));
        }
        for field in relations.fields(place) {
            body.push_str(&self.relation_field(field, &name.name.text));
        }
        body
    }

    fn relation_field(&mut self, field: &RelationField, model: &str) -> String {
        let old = field.previous.map(|at| self.previous.schema.field(at));
        let comments = old.map(|old| self.previous.comments.at(old.span)).unwrap_or_default();
        let mut out = comments.above;
        out.push_str(&documentation(old.and_then(|old| old.docs.as_deref()).unwrap_or_default()));
        out.push_str(&format!("{} {}{}", field.name, field.model, field.arity));
        let mut inside: Vec<String> = field.relation.iter().map(|name| literal(name)).collect();
        if let Some(key) = &field.key {
            inside.push(format!("fields: [{}]", key.fields.join(", ")));
            inside.push(format!("references: [{}]", key.references.join(", ")));
            inside.extend(key.on_delete.map(|action| format!("onDelete: {}", action_name(action))));
            inside.extend(key.on_update.map(|action| format!("onUpdate: {}", action_name(action))));
            inside.extend(key.map.as_ref().map(|map| format!("map: {}", literal(map))));
            if self.previous.has_own_relations() {
                self.warnings.push(Warning::RelationsKept { model: model.to_owned() });
            }
        }
        if !inside.is_empty() {
            out.push_str(&format!(" @relation({})", inside.join(", ")));
        }
        if field.is_ignored || old.is_some_and(|old| old.is_ignored) {
            out.push_str(" @ignore");
        }
        if let Some(beside) = comments.beside {
            out.push(' ');
            out.push_str(&beside);
        }
        out.push('\n');
        out
    }
}

fn action_name(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::Cascade => "Cascade",
        ReferentialAction::Restrict => "Restrict",
        ReferentialAction::NoAction => "NoAction",
        ReferentialAction::SetNull => "SetNull",
        ReferentialAction::SetDefault => "SetDefault",
    }
}
