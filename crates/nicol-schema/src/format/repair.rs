//! Adds what relations lack: the field on the other side, the columns, the arguments.

use crate::ast::Parsed;
use crate::report::Report;
use crate::resolve::draft::*;
use crate::resolve::resolve;
use crate::schema::*;

use super::plural::{camel_case, plural};

/// The text of every source with the missing parts, none where nothing is missing or the schema has errors.
pub(crate) fn repaired(files: &[Parsed<'_>]) -> Vec<Option<String>> {
    let mut report = Report::default();
    let draft = resolve(files, &mut report);
    if report.has_errors() {
        return vec![None; files.len()];
    }
    let mut insertions = vec![Vec::new(); files.len()];
    let inline = || {
        draft.relations.iter().filter(|relation| is_inline(relation)).map(|relation| Inline { draft: &draft, relation })
    };
    inline().for_each(|relation| relation.missing_fields(&mut insertions));
    inline().for_each(|relation| relation.missing_attribute(&mut insertions));
    inline().for_each(|relation| relation.missing_arguments(&mut insertions));
    files.iter().zip(insertions).map(|(file, insertions)| insert(file.text, insertions)).collect()
}

/// A piece of text and the byte before which it goes.
type Insertion = (u32, String);

fn insert(text: &str, mut insertions: Vec<Insertion>) -> Option<String> {
    if insertions.is_empty() {
        return None;
    }
    insertions.sort_by_key(|(at, _)| *at);
    let mut out = String::with_capacity(text.len() + 256);
    let mut last = 0;
    for (at, piece) in insertions {
        out.push_str(&text[last..at as usize]);
        out.push_str(&piece);
        last = at as usize;
    }
    out.push_str(&text[last..]);
    Some(out)
}

fn is_inline(relation: &DraftRelation) -> bool {
    matches!(relation.shape, RelationShape::OneToOne | RelationShape::OneToMany)
}

struct Inline<'d, 'a> {
    draft: &'d Draft<'a>,
    relation: &'d DraftRelation,
}

/// A column that the referencing side has or should have.
struct Column<'d, 'a> {
    name: String,
    arity: Arity,
    ty: Option<Type>,
    target: &'d DraftField<'a>,
}

impl<'d, 'a> Inline<'d, 'a> {
    fn referencing(&self) -> &'d DraftModel<'a> {
        self.draft.model(self.relation.model_a)
    }

    fn referenced(&self) -> &'d DraftModel<'a> {
        self.draft.model(self.relation.model_b)
    }

    fn forward(&self) -> Option<&'d RelationField<'a>> {
        self.relation.a.map(|index| self.draft.relation_field(index))
    }

    /// The columns that match the first unique key of the far side.
    fn columns(&self) -> Vec<Column<'d, 'a>> {
        let (near, far) = (self.referencing(), self.referenced());
        let Some(key) = keys(far).next() else { return Vec::new() };
        let forward_arity = self.forward().map_or(Arity::Optional, |forward| self.draft.field(forward.at).arity);
        let columns = key.iter().map(|id| {
            let target = far.field(*id);
            let name = format!("{}{}", first_letter(far.name, false), first_letter(target.name, true));
            let existing = near.fields.iter().find(|field| field.is_scalar() && field.name == name);
            match existing {
                Some(field) => Column { name, arity: field.arity, ty: field.ty, target },
                None => Column { name, arity: forward_arity, ty: target.ty, target },
            }
        });
        columns.collect()
    }

    fn fields_argument(&self) -> String {
        let names: Vec<String> = self.columns().into_iter().map(|column| column.name).collect();
        format!("fields: [{}]", names.join(", "))
    }

    fn references_argument(&self) -> String {
        let far = self.referenced();
        let written = self.forward().and_then(|forward| forward.references.clone());
        let ids = written
            .or_else(|| keys(far).find(|key| key.iter().all(|id| far.field(*id).is_strict())))
            .unwrap_or_default();
        let names: Vec<&str> = ids.iter().map(|id| far.field(*id).name).collect();
        format!("references: [{}]", names.join(", "))
    }

    fn missing_fields(&self, insertions: &mut [Vec<Insertion>]) {
        let (near, far) = (self.referencing(), self.referenced());
        let mut add = |model: &DraftModel<'_>, piece: String| {
            insertions[model.file.index() as usize].push((model.block.extent.end() - 1, piece));
        };
        if self.relation.b.is_none() {
            let ignore = if near.is_ignored { "@ignore" } else { "" };
            let one = camel_case(near.name);
            let (name, suffix) = match self.relation.shape {
                RelationShape::OneToOne => (one, "?"),
                RelationShape::OneToMany | RelationShape::ManyToMany | RelationShape::Embedded => (plural(&one), "[]"),
            };
            add(far, format!("{name} {}{suffix} {ignore}\n", near.name));
        }
        if self.relation.a.is_none() {
            let optional = self.columns().iter().any(|column| column.arity == Arity::Optional);
            let suffix = if optional { "?" } else { "" };
            let (fields, references) = (self.fields_argument(), self.references_argument());
            let name = camel_case(far.name);
            add(near, format!("{name} {}{suffix} @relation({fields}, {references})\n", far.name));
        }
        if self.forward().is_some_and(|forward| forward.fields.is_some()) {
            return;
        }
        for column in self.columns() {
            if near.fields.iter().any(|field| field.is_scalar() && field.name == column.name) {
                continue;
            }
            let Some(Type::Scalar(scalar)) = column.ty else {
                return;
            };
            let native = column.target.native.map_or("", |native| far.file.slice(native.extent));
            let suffix = match column.arity {
                Arity::Required => "",
                Arity::Optional => "?",
                Arity::List => "[]",
            };
            add(near, format!("{} {}{suffix} {native}\n", column.name, scalar.as_str()));
        }
    }

    fn missing_attribute(&self, insertions: &mut [Vec<Insertion>]) {
        let Some(forward) = self.forward().filter(|forward| forward.attribute.is_none()) else {
            return;
        };
        let field = self.draft.field(forward.at);
        let piece = format!(" @relation({}, {})", self.fields_argument(), self.references_argument());
        insertions[field.type_span().file as usize].push((field.type_span().end, piece));
    }

    fn missing_arguments(&self, insertions: &mut [Vec<Insertion>]) {
        let Some((forward, attribute)) = self.forward().and_then(|forward| Some((forward, forward.attribute?))) else {
            return;
        };
        let mut missing = Vec::new();
        if forward.fields.is_none() {
            missing.push(self.fields_argument());
        }
        if forward.references.is_none() {
            missing.push(self.references_argument());
        }
        if missing.is_empty() {
            return;
        }
        let missing = missing.join(", ");
        let span = attribute.span();
        let insertion = if attribute.arguments().iter().len() == 0 {
            (span.end, format!("({missing})"))
        } else {
            (span.end - 1, format!(", {missing}"))
        };
        insertions[span.file as usize].push(insertion);
    }
}

/// The fields of the primary key, then of every unique index.
fn keys(model: &DraftModel<'_>) -> impl Iterator<Item = FieldIds> {
    let primary = model.primary_key.iter().map(|key| &key.fields);
    let unique = model.indexes.iter().filter(|index| index.kind == IndexKind::Unique).map(|index| &index.fields);
    primary.chain(unique).map(|fields| fields.iter().map(|field| field.field).collect())
}

fn first_letter(name: &str, upper: bool) -> String {
    let mut characters = name.chars();
    match characters.next() {
        None => String::new(),
        Some(first) if upper => first.to_uppercase().chain(characters).collect(),
        Some(first) => first.to_lowercase().chain(characters).collect(),
    }
}
