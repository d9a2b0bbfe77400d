//! Rows whose cells stand below each other.

use crate::syntax::tree::*;

use super::values::{attribute, attributes, expression};

/// The text that grows.
pub(crate) struct Output {
    text: String,
    indent: usize,
}

impl Output {
    /// An empty text with room for `capacity` bytes.
    pub(crate) fn new(capacity: usize) -> Output {
        Output { text: String::with_capacity(capacity + capacity / 8), indent: 0 }
    }

    /// Sets how far new lines are indented.
    pub(crate) fn indent(&mut self, spaces: usize) {
        self.indent = spaces;
    }

    /// Appends, indented at the start of a line.
    pub(crate) fn write(&mut self, text: &str) {
        if self.text.is_empty() || self.text.ends_with('\n') {
            self.pad(self.indent);
        }
        self.text.push_str(text);
    }

    fn pad(&mut self, mut spaces: usize) {
        const SPACES: &str = "                                ";
        while spaces > SPACES.len() {
            self.text.push_str(SPACES);
            spaces -= SPACES.len();
        }
        self.text.push_str(&SPACES[..spaces]);
    }

    /// Ends the line.
    pub(crate) fn end_line(&mut self) {
        self.text.push('\n');
    }

    /// The text, with a last line end.
    pub(crate) fn finish(mut self) -> String {
        if !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text
    }
}

/// A line of a table.
pub(crate) enum Row<'t> {
    /// An empty line.
    Blank,
    /// Text that takes no part in the columns.
    Plain(&'t str),
    /// A line inside a block comment.
    Starred(&'t str),
    /// Name, type, attributes.
    Field(&'t FieldNode),
    /// Name, attributes.
    Value(&'t FieldNode),
    /// Name, value.
    Property(&'t PropertyNode),
    /// A block attribute, in one cell.
    Attribute(&'t AttributeNode),
}

/// Rows under construction. Columns are as wide as their widest cell, which the reference measures in bytes.
pub(crate) struct Table<'t> {
    text: &'t str,
    tree: &'t Tree,
    rows: Vec<Row<'t>>,
}

impl<'t> Table<'t> {
    /// An empty table of parts of a text.
    pub(crate) fn new(text: &'t str, tree: &'t Tree) -> Table<'t> {
        Table { text, tree, rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, row: Row<'t>) {
        self.rows.push(row);
    }

    /// Writes the rows and empties the table.
    pub(crate) fn write(&mut self, output: &mut Output) {
        let mut widths = Widths::default();
        self.rows.iter().for_each(|row| widths.fit(row));
        for row in self.rows.drain(..) {
            write_row(self.text, self.tree, &row, &widths, output);
            output.end_line();
        }
    }
}

/// How wide the columns are that another one can follow.
#[derive(Default)]
struct Widths {
    name: usize,
    ty: usize,
}

impl Widths {
    fn fit(&mut self, row: &Row<'_>) {
        let (name, ty) = match row {
            Row::Field(field) => (field.name.len(), type_width(field)),
            Row::Value(value) => (value.name.len(), 0),
            Row::Property(property) => (property.name.len(), 0),
            Row::Blank | Row::Plain(_) | Row::Starred(_) | Row::Attribute(_) => (0, 0),
        };
        self.name = self.name.max(name);
        self.ty = self.ty.max(ty);
    }
}

fn write_row(text: &str, tree: &Tree, row: &Row<'_>, widths: &Widths, output: &mut Output) {
    match row {
        Row::Blank => {}
        Row::Plain(line) => output.write(line),
        Row::Starred(line) => {
            output.write(" * ");
            output.text.push_str(line);
        }
        Row::Field(field) => {
            let nodes = &tree.attributes[field.attributes.range()];
            output.write(field.name.of(text));
            if field.ty.is_some() || !nodes.is_empty() {
                output.pad(widths.name - field.name.len() + 1);
            }
            if let Some(ty) = field.ty {
                output.text.push_str(ty.base.of(text));
                output.text.push_str(suffix(ty.shape));
            }
            if !nodes.is_empty() {
                output.pad(widths.ty - type_width(field) + 1);
                attributes(text, tree, nodes, &mut output.text);
            }
            comment(text, field.comment, output);
        }
        Row::Value(value) => {
            let nodes = &tree.attributes[value.attributes.range()];
            output.write(value.name.of(text));
            if !nodes.is_empty() {
                output.pad(widths.name - value.name.len() + 1);
            }
            for node in nodes {
                output.text.push('@');
                attribute(text, tree, node, &mut output.text);
            }
            comment(text, value.comment, output);
        }
        Row::Property(property) => {
            output.write(property.name.of(text));
            if let Some(value) = &property.value {
                output.pad(widths.name - property.name.len() + 1);
                output.text.push_str("= ");
                expression(text, tree, value, &mut output.text);
            }
            comment(text, property.comment, output);
        }
        Row::Attribute(node) => {
            output.write("@@");
            attribute(text, tree, node, &mut output.text);
            comment(text, node.comment, output);
        }
    }
}

/// Appends the comment behind a row.
fn comment(text: &str, comment: Option<Extent>, output: &mut Output) {
    if let Some(comment) = comment {
        output.text.push(' ');
        output.text.push_str(comment.of(text));
    }
}

fn type_width(field: &FieldNode) -> usize {
    field.ty.map_or(0, |ty| ty.base.len() + suffix(ty.shape).len())
}

fn suffix(shape: TypeShape) -> &'static str {
    match shape {
        TypeShape::Plain | TypeShape::Bang => "",
        TypeShape::Optional => "?",
        TypeShape::List | TypeShape::Bracketed => "[]",
        TypeShape::OptionalList => "[]?",
    }
}
