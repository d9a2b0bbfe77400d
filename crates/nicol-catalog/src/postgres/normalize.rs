//! The normal form of PostgreSQL catalogs.

use crate::catalog::Catalog;

/// Nothing is to be brought into line: a schema speaks PostgreSQL's own terms.
pub(crate) fn from_schema(_catalog: &mut Catalog) {}

/// A predicate reduced to what is meant: servers put brackets, quotes, casts and spaces where they like.
pub(crate) fn predicate(text: &str) -> String {
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
                while chars
                    .next_if(|c| c.is_alphanumeric() || matches!(c, '_' | '"' | '.' | '[' | ']'))
                    .is_some()
                {}
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
