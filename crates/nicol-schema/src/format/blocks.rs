//! Blocks and their lines.

use crate::syntax::comments::comments_in;
use crate::syntax::lexer::TokenKind;
use crate::syntax::tree::*;

use super::table::{Output, Table};
use super::values::{attribute, expression, rank};

const INDENT: usize = 2;

/// Writes a block: fields in columns, then attributes in their order, each with the comments that stand above it.
pub(crate) fn write_block(text: &str, tree: &Tree, block: &Block, output: &mut Output) {
    output.write(block.keyword.as_str());
    output.write(" ");
    output.write(block.name.of(text));
    output.write(" {");
    output.end_line();
    output.indent(INDENT);
    let attributes = lines(text, tree, block, output);
    write_attributes(text, tree, attributes, output);
    output.indent(0);
    output.write("}");
    output.end_line();
}

/// A block attribute and the comments above it.
type Attached<'t> = (Option<Extent>, &'t AttributeNode);

/// Writes everything but attributes, which are returned.
fn lines<'t>(text: &str, tree: &'t Tree, block: &Block, output: &mut Output) -> Vec<Attached<'t>> {
    let members = &tree.members[block.members.range()];
    let mut attributes = Vec::new();
    let mut table = Table::default();
    let mut comments_above = None;
    let mut gap = false;
    let first = members.iter().take_while(|member| matches!(member, Member::EmptyLines)).count();
    let mut rest = members[first..].iter().peekable();
    while let Some(member) = rest.next() {
        // A gap starts new columns, unless nothing but attributes or the end follows: those bring their own.
        if gap && !matches!(member, Member::Attribute(_) | Member::Comments(_) | Member::EmptyLines) {
            table.write(output);
            table.blank();
        }
        match *member {
            Member::EmptyLines => {
                gap = true;
                continue;
            }
            Member::Comments(comments) => {
                if matches!(rest.peek(), Some(Member::Attribute(_))) {
                    comments_above = Some(comments);
                } else {
                    if gap {
                        table.write(output);
                        table.blank();
                    }
                    comment_rows(text, comments, &mut table);
                }
            }
            Member::Attribute(index) => {
                attributes.push((comments_above.take(), &tree.block_attributes[index as usize]));
            }
            Member::Field(index) => {
                let row = if block.keyword == Keyword::Enum { value_row } else { field_row };
                row(text, tree, &tree.fields[index as usize], &mut table);
            }
            Member::Property(index) => property_row(text, tree, &tree.properties[index as usize], &mut table),
            Member::Junk(line) => table.raw(line.of(text).trim_end_matches('\n')),
        }
        gap = false;
    }
    table.write(output);
    attributes
}

fn write_attributes(text: &str, tree: &Tree, mut attributes: Vec<Attached<'_>>, output: &mut Output) {
    if attributes.is_empty() {
        return;
    }
    attributes.sort_by_key(|(_, node)| rank(node.name.of(text)));
    let mut table = Table::default();
    table.blank();
    for (comments, node) in attributes {
        if let Some(comments) = comments {
            comment_rows(text, comments, &mut table);
        }
        let mut line = String::from("@@");
        attribute(text, tree, node, &mut line);
        let comment = node.comment.map_or("", |extent| extent.of(text));
        table.row([line, String::new(), String::new()], comment);
    }
    table.write(output);
}

/// Adds a row for every comment.
pub(crate) fn comment_rows(text: &str, comments: Extent, table: &mut Table) {
    let empty = || [String::new(), String::new(), String::new()];
    for (kind, comment) in comments_in(text, comments) {
        if kind == TokenKind::BlockComment {
            table.row(empty(), "/**");
            for line in comment[2..comment.len() - 2].lines() {
                let line = line.trim();
                let line = line.strip_prefix('*').map_or(line, str::trim_start);
                if !line.is_empty() {
                    table.row(empty(), &format!(" * {line}"));
                }
            }
            table.row(empty(), " */");
        } else {
            table.row(empty(), comment);
        }
    }
}

fn field_row(text: &str, tree: &Tree, field: &FieldNode, table: &mut Table) {
    let mut nodes: Vec<&AttributeNode> = tree.attributes[field.attributes.range()].iter().collect();
    nodes.sort_by_key(|node| rank(node.name.of(text)));
    let mut attributes = String::new();
    for (index, node) in nodes.into_iter().enumerate() {
        attributes.push_str(if index > 0 { " @" } else { "@" });
        attribute(text, tree, node, &mut attributes);
    }
    let ty = field.ty.map_or(String::new(), |ty| {
        let suffix = match ty.shape {
            TypeShape::Plain | TypeShape::Bang => "",
            TypeShape::Optional => "?",
            TypeShape::List | TypeShape::Bracketed => "[]",
            TypeShape::OptionalList => "[]?",
        };
        format!("{}{suffix}", ty.base.of(text))
    });
    let comment = field.comment.map_or("", |extent| extent.of(text));
    table.row([field.name.of(text).to_owned(), ty, attributes], comment);
}

/// A value of an enum; its attributes stand where the type of a field does.
fn value_row(text: &str, tree: &Tree, value: &FieldNode, table: &mut Table) {
    let mut attributes = String::new();
    for node in &tree.attributes[value.attributes.range()] {
        attributes.push('@');
        attribute(text, tree, node, &mut attributes);
    }
    let comment = value.comment.map_or("", |extent| extent.of(text));
    table.row([value.name.of(text).to_owned(), attributes, String::new()], comment);
}

fn property_row(text: &str, tree: &Tree, property: &PropertyNode, table: &mut Table) {
    let mut value = String::new();
    if let Some(node) = &property.value {
        value.push_str("= ");
        expression(text, tree, node, &mut value);
    }
    let comment = property.comment.map_or("", |extent| extent.of(text));
    table.row([property.name.of(text).to_owned(), value, String::new()], comment);
}
