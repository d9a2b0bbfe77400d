//! What the language cannot say, said in documentation comments: `/// @nicol.appendOnly`, `/// @nicol.check("age > 0")`,
//! `/// @nicol.type("crate::Settings")`.
//!
//! **In**: the text of documentation. **Out**: its [`Directive`]s, and what is wrong with lines that mean to be one. A
//! directive stands alone on its line. Prisma sees a comment.

/// A directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directive {
    /// Rows are only ever added: the database refuses to change or delete them.
    AppendOnly,
    /// A condition, as SQL, that every row keeps.
    Check(String),
    /// The Rust type of a `Json` field, as a path: `crate::Settings`.
    Type(String),
}

/// A line that means to be a directive: where its `@` stands in bytes, where the line ends, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// First byte.
    pub start: usize,
    /// Byte behind the last.
    pub end: usize,
    /// The directive, or what is wrong with it.
    pub directive: Result<Directive, String>,
}

/// What every directive begins with.
pub(crate) const PREFIX: &str = "@nicol.";

/// The lines of documentation that begin with `@nicol.`, with or without the slashes of the comment.
pub fn scan(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_start();
        // Two slashes alone are no documentation.
        let content = match body.strip_prefix("///") {
            Some(content) => content,
            None if body.starts_with("//") => "",
            None => body,
        };
        let content = content.trim();
        if content.starts_with(PREFIX)
            && let Some(at) = line.find(PREFIX)
        {
            let start = offset + at;
            found.push(Found { start, end: start + content.len(), directive: read(&content[PREFIX.len()..]) });
        }
        offset += line.len();
    }
    found
}

/// The directives of documentation; lines with mistakes are left out.
pub fn directives(docs: Option<&str>) -> Vec<Directive> {
    docs.map(scan).unwrap_or_default().into_iter().filter_map(|found| found.directive.ok()).collect()
}

fn read(text: &str) -> Result<Directive, String> {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let rest = rest.trim();
    match name {
        "appendOnly" if rest.is_empty() => Ok(Directive::AppendOnly),
        "appendOnly" => Err("`@nicol.appendOnly` takes no arguments and stands alone on its line".to_owned()),
        "check" => {
            let expression = argument(rest).filter(|expression| is_expression(expression));
            let wrong = "`@nicol.check` wants one condition in quotes, alone on its line: `@nicol.check(\"age > 0\")`";
            expression.map(Directive::Check).ok_or_else(|| wrong.to_owned())
        }
        "type" => {
            let wrong = "`@nicol.type` wants the path of a Rust type in quotes, alone on its line: `@nicol.type(\"crate::Settings\")`";
            argument(rest).filter(|path| is_path(path)).map(Directive::Type).ok_or_else(|| wrong.to_owned())
        }
        _ => Err(format!("there is no directive `@nicol.{name}`")),
    }
}

/// The string between the brackets.
fn argument(text: &str) -> Option<String> {
    text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).map(str::trim).and_then(string)
}

/// Whether a text is names of Rust with `::` between them; nothing else gets into generated code.
fn is_path(text: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    text.strip_prefix("::").unwrap_or(text).split("::").all(is_name)
}

/// Whether a text can stand between brackets as one expression: brackets and quotes close, nothing ends the statement.
fn is_expression(text: &str) -> bool {
    let (mut depth, mut quote, mut before) = (0_i32, None, ' ');
    for c in text.chars() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, ';' | '#') => return false,
            (None, '-') if before == '-' => return false,
            (None, '*') if before == '/' => return false,
            (None, _) => {}
        }
        if depth < 0 {
            return false;
        }
        before = c;
    }
    depth == 0 && quote.is_none() && !text.trim().is_empty()
}

/// The text of a string in double quotes, with `\"` and `\\` in it.
fn string(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.strip_prefix('"')?.chars();
    loop {
        match chars.next()? {
            '"' => return chars.next().is_none().then_some(out),
            '\\' => match chars.next()? {
                c @ ('"' | '\\') => out.push(c),
                _ => return None,
            },
            '\0' => return None,
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let text = "Bookings.\n@nicol.appendOnly\n  @nicol.check(\"a <> \\\"b\\\" and x > 0\")\nnot @nicol.appendOnly";
        let check = Directive::Check("a <> \"b\" and x > 0".to_owned());
        assert_eq!(directives(Some(text)), [Directive::AppendOnly, check]);
        for path in ["Settings", "crate::domain::Settings", "::other_crate::Type2"] {
            let found = directives(Some(&format!("@nicol.type(\"{path}\")")));
            assert_eq!(found, [Directive::Type(path.to_owned())]);
        }
        let raw = "  /// @nicol.appendOnly\n  // @nicol.appendOnly\n";
        let found = scan(raw);
        assert_eq!(found.len(), 1);
        assert_eq!(&raw[found[0].start..found[0].end], "@nicol.appendOnly");
    }

    #[test]
    fn mistakes_are_told() {
        for text in [
            "@nicol.appendonly",
            "@nicol.appendOnly yes",
            "@nicol.check(a > 0)",
            "@nicol.check(\"\")",
            "@nicol.check(\"a) , b int\")",
            "@nicol.check(\"a -- b\")",
            "@nicol.type(crate::Settings)",
            "@nicol.type(\"\")",
            "@nicol.type(\"crate:Settings\")",
            "@nicol.type(\"crate::Settings; fn f() {}\")",
            "@nicol.type(\"A<B>\")",
            "@nicol.",
        ] {
            assert!(scan(text)[0].directive.is_err(), "{text}");
        }
    }
}
