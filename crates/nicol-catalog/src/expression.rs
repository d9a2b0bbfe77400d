//! SQL expressions as servers hand them back: with brackets, quotes, casts and spaces where they like.
//!
//! **In**: the text of a default or of an index's condition. **Out**: a key to compare it by. This is no parser: texts that
//! differ in brackets only count as one.

/// An expression reduced to what is meant. Two texts with the same key count as one expression.
pub(crate) fn key(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                out.push(c);
                while let Some(inner) = chars.next() {
                    out.push(inner);
                    if inner == '\'' {
                        match chars.next_if_eq(&'\'') {
                            Some(doubled) => out.push(doubled),
                            None => break,
                        }
                    }
                }
            }
            ':' if chars.peek() == Some(&':') => {
                chars.next();
                while chars.next_if(|c| c.is_alphanumeric() || matches!(c, '_' | '"' | '.' | '[' | ']')).is_some() {}
            }
            '"' => {
                while let Some(inner) = chars.next_if(|c| *c != '"') {
                    out.push(inner);
                }
                chars.next();
            }
            '!' if chars.peek() == Some(&'=') => {
                chars.next();
                out.push_str("<>");
            }
            c if c.is_whitespace() || c == '(' || c == ')' => {}
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}
