//! What comments say: documentation out of comment blocks.

use super::lexer::{TokenKind, token_at};
use super::tree::Extent;

/// The documentation in a run of comments: its `///` lines and `/* */` comments, joined by newlines; none if there is
/// none.
pub(crate) fn documentation(text: &str, comments: Extent) -> Option<String> {
    let mut lines: Vec<&str> = Vec::new();
    for (kind, comment) in comments_in(text, comments) {
        match kind {
            TokenKind::DocComment => lines.push(comment[3..].trim_start()),
            TokenKind::BlockComment => lines.push(comment[2..comment.len() - 2].trim()),
            _ => {}
        }
    }
    if lines.is_empty() { None } else { Some(lines.join("\n")) }
}

/// Every comment in an extent that holds only comments, spaces and line ends.
pub(crate) fn comments_in(text: &str, comments: Extent) -> impl Iterator<Item = (TokenKind, &str)> {
    let mut at = comments.start() as usize;
    let end = comments.end() as usize;
    std::iter::from_fn(move || {
        while at < end {
            let token = token_at(text, at);
            let slice = &text[at..token.end.min(end)];
            at = token.end;
            if matches!(token.kind, TokenKind::Comment | TokenKind::DocComment | TokenKind::BlockComment) {
                return Some((token.kind, slice));
            }
        }
        None
    })
}

/// Documentation above and beside something, joined.
pub(crate) fn joined(text: &str, above: Option<Extent>, beside: Option<Extent>) -> Option<String> {
    let above = above.and_then(|extent| documentation(text, extent));
    let beside = beside.and_then(|extent| documentation(text, extent));
    match (above, beside) {
        (Some(above), Some(beside)) => Some(format!("{above}\n{beside}")),
        (one, None) | (None, one) => one,
    }
}
