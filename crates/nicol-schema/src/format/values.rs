//! Attributes, arguments and values on one line.

use smallvec::SmallVec;

use crate::syntax::tree::*;
use crate::syntax::words::Word;

/// Appends the attributes of a field in their order: `@name(arguments) @name`.
pub(crate) fn attributes(text: &str, tree: &Tree, nodes: &[AttributeNode], out: &mut String) {
    let mut nodes: SmallVec<[&AttributeNode; 4]> = nodes.iter().collect();
    nodes.sort_by_key(|node| rank(node.word));
    for (index, node) in nodes.into_iter().enumerate() {
        out.push_str(if index > 0 { " @" } else { "@" });
        attribute(text, tree, node, out);
    }
}

/// Appends `name(arguments)`.
pub(crate) fn attribute(text: &str, tree: &Tree, node: &AttributeNode, out: &mut String) {
    out.push_str(node.name.of(text));
    if node.has_parentheses {
        arguments(text, tree, node.arguments, out);
    }
}

fn arguments(text: &str, tree: &Tree, list: Run, out: &mut String) {
    out.push('(');
    argument_list(text, tree, list, out);
    out.push(')');
}

fn argument_list(text: &str, tree: &Tree, list: Run, out: &mut String) {
    for (index, argument) in tree.arguments[list.range()].iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        if let Some(name) = argument.name {
            out.push_str(name.of(text));
            out.push_str(": ");
        }
        if let Some(value) = &argument.value {
            expression(text, tree, value, out);
        }
    }
}

/// Appends a value.
pub(crate) fn expression(text: &str, tree: &Tree, node: &ExpressionNode, out: &mut String) {
    match node.kind {
        ExpressionKind::Number | ExpressionKind::Text | ExpressionKind::EscapedText | ExpressionKind::Path => {
            out.push_str(node.extent.of(text))
        }
        ExpressionKind::Call { name_end, arguments: list } => {
            out.push_str(&text[node.extent.start() as usize..name_end as usize]);
            arguments(text, tree, list, out);
        }
        ExpressionKind::Array(run) => {
            out.push('[');
            for (index, element) in tree.elements[run.range()].iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                expression(text, tree, element, out);
            }
            out.push(']');
        }
        ExpressionKind::Object(run) => {
            out.push_str("{ ");
            argument_list(text, tree, run, out);
            out.push_str(" }");
        }
    }
}

/// The place of an attribute among others; unknown ones (native types among them) come last.
pub(crate) fn rank(word: Word) -> usize {
    const ORDER: [Word; 9] = [
        Word::Id,
        Word::Unique,
        Word::Default,
        Word::UpdatedAt,
        Word::Index,
        Word::Fulltext,
        Word::Map,
        Word::Relation,
        Word::Ignore,
    ];
    ORDER.iter().position(|known| *known == word).unwrap_or(ORDER.len())
}
