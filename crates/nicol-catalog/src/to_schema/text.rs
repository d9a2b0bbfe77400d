//! Pieces of schema text.

/// A string literal of the schema language.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Lines of documentation: each with `///` in front.
pub(super) fn documentation(docs: &str) -> String {
    let mut out = String::new();
    for line in docs.lines().map(str::trim) {
        out.push_str("///");
        if !line.is_empty() {
            out.push(' ');
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

/// Text that stays in the schema but counts for nothing: each line behind `//`.
pub(super) fn commented_out(text: &str) -> String {
    text.lines().filter(|line| !line.is_empty()).map(|line| format!("// {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_escaped() {
        assert_eq!(literal("a\"b\\c\nd\u{1}"), r#""a\"b\\c\nd\u0001""#);
    }
}
