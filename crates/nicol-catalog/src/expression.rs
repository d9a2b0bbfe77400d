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

/// An expression in which a column bears another name: wherever the old one stands as a name, quoted or bare.
pub(crate) fn with_name(text: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\'' | '"' | '`' => quoted_length(rest, c),
            c if is_word(c) => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        match c {
            '"' | '`'
                if token.len() > 1 && token[1..token.len() - 1].replace(&format!("{c}{c}"), &c.to_string()) == from =>
            {
                out.push(c);
                out.push_str(&to.replace(c, &format!("{c}{c}")));
                out.push(c);
            }
            c if is_word(c) && token == from => {
                // A name that was bare has to be quoted where it no longer reads as one.
                let is_plain = to.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
                if is_plain { out.push_str(to) } else { out.push_str(&format!("\"{}\"", to.replace('"', "\"\""))) }
            }
            _ => out.push_str(token),
        }
        rest = after;
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The bytes of a quoted text at the start, its quotes included.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut place = 1;
    while let Some(end) = text[place..].find(quote) {
        place += end + 1;
        if !text[place..].starts_with(quote) {
            return place;
        }
        place += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_as_names_only() {
        assert_eq!(with_name("(a = 'a' AND \"a\" > ab)", "a", "b"), "(b = 'a' AND \"b\" > ab)");
        assert_eq!(with_name("a = 'it''s a'", "a", "fullName"), "\"fullName\" = 'it''s a'");
        assert_eq!(with_name("`x` = 1", "x", "y"), "`y` = 1");
    }
}
