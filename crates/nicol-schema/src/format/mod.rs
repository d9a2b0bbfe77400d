//! The one way to write a schema.
//!
//! **In**: texts. **Out**: texts: columns aligned, attributes in their order, one blank line where there were several;
//! where the schema resolves without errors, missing sides and arguments of relations are added first. Lines with
//! syntax errors stay as they are.

mod blocks;
mod plural;
mod repair;
mod table;
mod values;

use crate::source::Source;
use crate::syntax::parser::parse;
use crate::syntax::tree::{Item, ItemKind};

use blocks::write_block;
use table::{Output, Table};

/// Formats every source, in order.
pub(crate) fn format(sources: &[Source]) -> Vec<String> {
    let repaired = repair::repaired(sources);
    sources.iter().zip(repaired).map(|(source, repaired)| one(repaired.as_deref().unwrap_or(&source.text))).collect()
}

/// Formats one text by its syntax alone.
fn one(text: &str) -> String {
    let tree = parse(text);
    let mut output = Output::new(text.len());
    let leading = matches!(tree.items.first(), Some(Item { kind: ItemKind::EmptyLines, .. }));
    let items = &tree.items[usize::from(leading)..];
    for (index, item) in items.iter().enumerate() {
        match item.kind {
            ItemKind::Block(block) => write_block(text, &tree, &tree.blocks[block as usize], &mut output),
            ItemKind::Comments => {
                let mut table = Table::default();
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
