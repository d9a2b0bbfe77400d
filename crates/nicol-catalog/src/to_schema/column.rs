//! A column as a field.

use nicol_schema::schema::Field;

use super::Writer;
use super::defaults::{self, Context};
use super::names::{Name, Origin};
use super::previous::is_updated_at;
use super::text::{documentation, literal};
use super::types;
use super::warnings::Warning;
use crate::catalog::{Arity, Column, ColumnType};

/// What a field is made from.
pub(super) struct FieldOf<'a> {
    pub(super) model: &'a str,
    pub(super) column: &'a Column,
    pub(super) name: &'a Name,
    /// Places of table and column; none for a view's.
    pub(super) place: Option<(usize, usize)>,
    /// The field there was before, and the column it stood for.
    pub(super) previous: Option<(&'a Field, &'a Column)>,
    /// `@id` and `@unique` of the field, as written.
    pub(super) keys: Vec<String>,
    /// A view's columns may hold NULL unless the old schema says otherwise.
    pub(super) arity: Arity,
}

impl Writer<'_> {
    /// The lines of a scalar, enum or unsupported field, with documentation and comments.
    pub(super) fn field(&mut self, of: &FieldOf<'_>) -> String {
        let old = of.previous.map(|(field, _)| field);
        let enumeration = self.names.enum_of(&of.column.ty, of.place);
        let typed = types::scalar(of.column);
        let base = match (&of.column.ty, enumeration, &typed) {
            (_, Some(enumeration), _) => enumeration.name.text.clone(),
            (_, None, Some((scalar, _))) => scalar.as_str().to_owned(),
            (ColumnType::Unsupported(text), None, None) => format!("Unsupported({})", literal(text)),
            (ColumnType::Enum { name, .. }, None, None) => format!("Unsupported({})", literal(name)),
            (_, None, None) => "String".to_owned(),
        };
        if let ColumnType::Unsupported(text) = &of.column.ty {
            self.warnings.push(Warning::UnsupportedType {
                model: of.model.to_owned(),
                field: of.name.text.clone(),
                ty: text.clone(),
            });
        }
        let arity = match of.arity {
            Arity::Required => "",
            Arity::Nullable => "?",
            Arity::List => "[]",
        };
        let mut line = format!("{} {base}{arity}", of.name.text);
        let mut attribute = |text: &str| {
            line.push(' ');
            line.push_str(text);
        };
        of.keys.iter().for_each(|key| attribute(key));
        let default = defaults::default(&Context {
            column: of.column,
            scalar: typed.as_ref().map(|(scalar, _)| *scalar),
            enumeration,
            previous: of.previous,
        });
        if let Some(default) = default {
            attribute(&format!("@default({default})"));
        }
        if old.is_some_and(is_updated_at) {
            attribute("@updatedAt");
        }
        if let Some(map) = &of.name.map {
            attribute(&format!("@map({})", literal(map)));
        }
        if let Some((_, Some(native))) = &typed {
            attribute(&format!("@{}.{native}", self.previous.datasource_name()));
        }
        if old.is_some_and(|field| field.is_ignored) {
            attribute("@ignore");
        }
        self.with_remarks(of, old, line)
    }

    /// The line with what is said above and beside it.
    fn with_remarks(&mut self, of: &FieldOf<'_>, old: Option<&Field>, line: String) -> String {
        let (model, field) = (of.model.to_owned(), of.name.text.clone());
        let comments = old.map(|field| self.previous.comments.at(field.span)).unwrap_or_default();
        let mut out = comments.above;
        let docs = old.and_then(|field| field.docs.as_deref()).unwrap_or_default();
        out.push_str(&match of.place {
            Some((table, _)) => super::guards::kept(&self.catalog.tables[table], docs),
            None => documentation(docs),
        });
        match of.name.origin {
            Origin::Numbered => {
                let map = of.column.name.clone();
                self.warnings.push(Warning::Numbered { name: format!("{model}.{field}"), map });
            }
            Origin::Kept if of.name.map.is_some() => self.warnings.push(Warning::FieldMapKept { model, field }),
            Origin::Kept | Origin::Plain | Origin::Sanitized | Origin::Reserved | Origin::Duplicate => {}
        }
        if of.column.generated.is_some() {
            self.warnings.push(Warning::GeneratedColumn { model: of.model.to_owned(), field: of.name.text.clone() });
        }
        out.push_str(&line);
        if let Some(beside) = comments.beside {
            out.push(' ');
            out.push_str(&beside);
        }
        out.push('\n');
        out
    }
}
