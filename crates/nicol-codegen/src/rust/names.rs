//! Names of the schema as Rust identifiers.

use std::collections::HashSet;

/// Words that cannot be identifiers as they are, but can as `r#word`.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Words that cannot even be raw identifiers.
const NEVER: &[&str] = &["self", "super", "crate", "_", "Self"];

/// Words in the snake case that fields and methods have: `createdAt`, `URLPath`, `access_tokens`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_").to_lowercase()
}

/// Words in the camel case that types have; letters inside a word stay as they are unless all are capitals.
pub(crate) fn pascal(name: &str) -> String {
    let mut out = String::new();
    for word in words(name) {
        let shouts = word.chars().all(|c| !c.is_lowercase());
        let mut chars = word.chars();
        out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        if shouts { out.extend(chars.flat_map(char::to_lowercase)) } else { out.push_str(chars.as_str()) }
    }
    out
}

/// Splits a name at underscores and where a word begins: `aB`, `ABc` (before `Bc`).
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let chars: Vec<char> = part.chars().collect();
        let mut word = String::new();
        for (index, &c) in chars.iter().enumerate() {
            let before = index.checked_sub(1).map(|index| chars[index]);
            let after = chars.get(index + 1);
            let starts = c.is_uppercase()
                && before
                    .is_some_and(|before| !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()));
            if starts && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            word.push(c);
        }
        words.push(word);
    }
    words
}

/// The names given out in one namespace.
#[derive(Clone, Default)]
pub(crate) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// A namespace in which some names are spoken for.
    pub(crate) fn reserving(names: &[&str]) -> Self {
        Names { taken: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// A name close to the wanted one that is free and can be an identifier. Without `r#`; see [`identifier`].
    pub(crate) fn give(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            name.insert(0, '_');
        }
        while NEVER.contains(&name.as_str()) || self.taken.contains(&name) {
            name.push('_');
        }
        self.taken.insert(name.clone());
        name
    }
}

/// A name as it stands in source: keywords as raw identifiers.
pub(crate) fn identifier(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("r#{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        let table = [
            ("User", "user", "User"),
            ("createdAt", "created_at", "CreatedAt"),
            ("access_tokens", "access_tokens", "AccessTokens"),
            ("HTTPServer", "http_server", "HttpServer"),
            ("SUPER_ADMIN", "super_admin", "SuperAdmin"),
            ("x2y", "x2y", "X2y"),
            ("userID", "user_id", "UserId"),
            ("A", "a", "A"),
        ];
        for (name, snaked, pascaled) in table {
            assert_eq!((snake(name).as_str(), pascal(name).as_str()), (snaked, pascaled), "{name}");
        }
    }

    #[test]
    fn no_two_are_equal() {
        let mut names = Names::reserving(&["into"]);
        assert_eq!(names.give("a"), "a");
        assert_eq!(names.give("a"), "a_");
        assert_eq!(names.give("into"), "into_");
        assert_eq!(names.give("self"), "self_");
        assert_eq!(identifier("type"), "r#type");
    }
}
