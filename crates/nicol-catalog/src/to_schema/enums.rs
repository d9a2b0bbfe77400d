//! Enum types, and those of MySQL's columns, as enums.

use super::names::Origin;
use super::text::{documentation, literal};
use super::warnings::Warning;
use super::{Block, Writer};

impl Writer<'_> {
    /// Every enum, in the order of their names in the database.
    pub(super) fn enums(&mut self) -> Vec<Block> {
        let names = self.names;
        let written = names.enums.iter().filter(|one| one.is_written);
        let mut sorted: Vec<_> = written.collect();
        sorted.sort_by(|a, b| (&a.namespace, &a.database_name).cmp(&(&b.namespace, &b.database_name)));
        sorted.into_iter().map(|one| self.enumeration(one)).collect()
    }

    fn enumeration(&mut self, of: &super::names::EnumName) -> Block {
        let previous = self.previous;
        let old = of.previous.map(|id| previous.schema.enumeration(id));
        let name = &of.name;
        let around = old.map(|old| previous.comments.block(old.span)).unwrap_or_default();
        let mut text = around.above;
        text.push_str(&documentation(old.and_then(|old| old.docs.as_deref()).unwrap_or_default()));
        let map = name.map.clone().unwrap_or_default();
        match name.origin {
            Origin::Reserved => {
                text.push_str(&documentation(&super::remarks::renamed(&name.text, &map)));
                self.warnings.push(Warning::Reserved { name: name.text.clone(), map });
            }
            Origin::Duplicate => self.warnings.push(Warning::Duplicate { name: name.text.clone(), map }),
            Origin::Kept if name.map.is_some() => {
                self.warnings.push(Warning::EnumMapKept { enumeration: name.text.clone() });
            }
            Origin::Numbered => self.warnings.push(Warning::Numbered { name: name.text.clone(), map }),
            Origin::Kept | Origin::Plain | Origin::Sanitized => {}
        }
        text.push_str(&format!("enum {} {{\n", name.text));
        for (value, database_value) in &of.values {
            let known = old.and_then(|old| old.values.iter().find(|one| one.database_name() == database_value));
            let comments = known.map(|one| previous.comments.at(one.span)).unwrap_or_default();
            text.push_str(&comments.above);
            text.push_str(&documentation(known.and_then(|one| one.docs.as_deref()).unwrap_or_default()));
            if value.origin == Origin::Numbered {
                let (name, map) = (format!("{}.{}", name.text, value.text), database_value.clone());
                self.warnings.push(Warning::Numbered { name, map });
            }
            text.push_str(&value.text);
            if let Some(map) = &value.map {
                text.push_str(&format!(" @map({})", literal(map)));
                if value.origin == Origin::Kept {
                    let (enumeration, value) = (name.text.clone(), value.text.clone());
                    self.warnings.push(Warning::ValueMapKept { enumeration, value });
                }
            }
            if let Some(beside) = comments.beside {
                text.push(' ');
                text.push_str(&beside);
            }
            text.push('\n');
        }
        text.push('\n');
        if let Some(map) = &name.map {
            text.push_str(&format!("@@map({})\n", literal(map)));
        }
        if let Some(namespace) = self.namespace(of.namespace.as_deref()) {
            text.push_str(&format!("@@schema({})\n", literal(namespace)));
        }
        text.push_str(&around.tail);
        text.push_str("}\n");
        Block { file: old.map(|old| old.span.file), position: old.map_or(0, |old| old.span.start), rank: 2, text }
    }
}
