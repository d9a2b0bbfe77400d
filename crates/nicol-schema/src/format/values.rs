//! Attributes, arguments and values on one line.

use crate::syntax::tree::*;

/// Appends `name(arguments)`.
pub(crate) fn attribute(text: &str, tree: &Tree, node: &AttributeNode, out: &mut String) {
    out.push_str(node.name.of(text));
    if node.has_parentheses {
        arguments(text, tree, node.arguments, out);
    }
}

fn arguments(text: &str, tree: &Tree, list: Arguments, out: &mut String) {
    out.push('(');
    argument_list(text, tree, list.list, out);
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
        ExpressionKind::Call { name, arguments: list } => {
            out.push_str(name.of(text));
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

/// The order of attributes; unknown ones (native types among them) come last.
pub(crate) fn rank(name: &str) -> usize {
    const ORDER: [&str; 9] = ["id", "unique", "default", "updatedAt", "index", "fulltext", "map", "relation", "ignore"];
    ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len())
}
