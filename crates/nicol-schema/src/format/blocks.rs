//! Blocks and their lines.

use smallvec::SmallVec;

use crate::syntax::comments::comments_in;
use crate::syntax::lexer::TokenKind;
use crate::syntax::tree::*;

use super::table::{Output, Row, Table};
use super::values::rank;

const INDENT: usize = 2;

/// Writes a block: fields in columns, then attributes in their order, each with the comments that stand above it. The
/// table is empty before and behind it.
pub(crate) fn write_block<'t>(
    text: &'t str,
    tree: &'t Tree,
    block: &Block,
    table: &mut Table<'t>,
    output: &mut Output,
) {
    output.write(block.keyword.as_str());
    output.write(" ");
    output.write(block.name.of(text));
    output.write(" {");
    output.end_line();
    output.indent(INDENT);
    let attributes = lines(text, tree, block, table, output);
    write_attributes(text, attributes, table, output);
    output.indent(0);
    output.write("}");
    output.end_line();
}

/// Block attributes, each with the comments above it.
type Attached<'t> = SmallVec<[(Option<Extent>, &'t AttributeNode); 4]>;

/// Writes everything but attributes, which are returned.
fn lines<'t>(text: &'t str, tree: &'t Tree, block: &Block, table: &mut Table<'t>, output: &mut Output) -> Attached<'t> {
    let members = &tree.members[block.members.range()];
    let mut attributes = Attached::new();
    let mut comments_above = None;
    let mut gap = false;
    let first = members.iter().take_while(|member| matches!(member, Member::EmptyLines)).count();
    let mut rest = members[first..].iter().peekable();
    while let Some(member) = rest.next() {
        // A gap starts new columns, unless nothing but attributes or the end follows: those bring their own.
        if gap && !matches!(member, Member::Attribute(_) | Member::Comments(_) | Member::EmptyLines) {
            table.write(output);
            table.add(Row::Blank);
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
                        table.add(Row::Blank);
                    }
                    comment_rows(text, comments, table);
                }
            }
            Member::Attribute(index) => {
                attributes.push((comments_above.take(), &tree.block_attributes[index as usize]));
            }
            Member::Field(index) => {
                let row = if block.keyword == Keyword::Enum { Row::Value } else { Row::Field };
                table.add(row(&tree.fields[index as usize]));
            }
            Member::Property(index) => table.add(Row::Property(&tree.properties[index as usize])),
            Member::Junk(line) => table.add(Row::Plain(line.of(text).trim_end_matches('\n'))),
        }
        gap = false;
    }
    table.write(output);
    attributes
}

fn write_attributes<'t>(text: &'t str, mut attributes: Attached<'t>, table: &mut Table<'t>, output: &mut Output) {
    if attributes.is_empty() {
        return;
    }
    attributes.sort_by_key(|(_, node)| rank(node.word));
    table.add(Row::Blank);
    for (comments, node) in attributes {
        if let Some(comments) = comments {
            comment_rows(text, comments, table);
        }
        table.add(Row::Attribute(node));
    }
    table.write(output);
}

/// Adds a row for every comment.
pub(crate) fn comment_rows<'t>(text: &'t str, comments: Extent, table: &mut Table<'t>) {
    for (kind, comment) in comments_in(text, comments) {
        if kind == TokenKind::BlockComment {
            table.add(Row::Plain("/**"));
            for line in comment[2..comment.len() - 2].lines() {
                let line = line.trim();
                let line = line.strip_prefix('*').map_or(line, str::trim_start);
                if !line.is_empty() {
                    table.add(Row::Starred(line));
                }
            }
            table.add(Row::Plain(" */"));
        } else {
            table.add(Row::Plain(comment));
        }
    }
}
