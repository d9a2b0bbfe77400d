//! The one way to write a schema.
//!
//! **In**: texts. **Out**: texts: columns aligned, attributes in their order, one blank line where there were several;
//! where the schema resolves without errors, missing sides and arguments of relations are added first. Lines with
//! syntax errors stay as they are.

mod blocks;
pub(crate) mod plural;
mod repair;
mod table;
mod values;

use crate::ast::parse_all;
use crate::source::Source;
use crate::syntax::parser::parse;
use crate::syntax::tree::{Item, ItemKind, Member, Tree};

use blocks::write_block;
use table::{Output, Table};

/// Formats every source, in order.
pub(crate) fn format(sources: &[Source]) -> Vec<String> {
    let files = parse_all(sources);
    let repaired = repair::repaired(&files);
    let both = files.iter().zip(repaired);
    both.map(|(file, repaired)| match repaired {
        Some(text) => one(&text, &parse(&text)),
        None => one(file.text, &file.tree),
    })
    .collect()
}

/// True when formatting adds what a relation lacks.
pub(crate) fn adds(sources: &[Source]) -> bool {
    repair::repaired(&parse_all(sources)).iter().any(Option::is_some)
}

/// Formats one text by its syntax alone.
fn one(text: &str, tree: &Tree) -> String {
    let mut output = Output::new(text.len());
    let mut table = Table::new(text, tree);
    let leading = matches!(tree.items.first(), Some(Item { kind: ItemKind::EmptyLines, .. }));
    let items = &tree.items[usize::from(leading)..];
    let is_whole = !items.iter().any(|item| matches!(item.kind, ItemKind::Junk | ItemKind::UnknownBlock))
        && !tree.members.iter().any(|member| matches!(member, Member::Junk(_)));
    for (index, item) in items.iter().enumerate() {
        match item.kind {
            ItemKind::Block(block) => {
                write_block(text, tree, &tree.blocks[block as usize], &mut table, &mut output);
                // A comment or block on the line of the brace moves to the next one, and gets the blank line that
                // formatting again would put there. With syntax errors in the text the reference's bytes are kept.
                let next = items.get(index + 1).map(|next| next.kind);
                if is_whole && matches!(next, Some(ItemKind::Comments | ItemKind::Block(_))) {
                    output.end_line();
                }
            }
            ItemKind::Comments => {
                blocks::comment_rows(text, item.extent, &mut table);
                table.write(&mut output);
            }
            ItemKind::EmptyLines => {
                if index + 1 < items.len() {
                    output.end_line();
                }
            }
            ItemKind::TypeAlias | ItemKind::UnknownBlock | ItemKind::Junk => output.write(item.extent.of(text)),
        }
    }
    output.finish()
}
