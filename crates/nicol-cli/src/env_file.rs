//! `.env` files, read as npm's `dotenv` reads them.
//!
//! In: the text. Out: names and values in the order of the file, a later one of the same name winning; then
//! [`Variables`] joins the process environment with the files, the environment first.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::failure::Result;
use crate::files;

/// The variables of the process and of `.env` files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables {
    files: Vec<EnvFile>,
}

#[derive(Debug, Clone)]
struct EnvFile {
    path: PathBuf,
    values: HashMap<String, String>,
}

/// Where a variable was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// In the environment of the process.
    Environment,
    /// In this file.
    File(PathBuf),
}

impl Variables {
    /// Reads the `.env` of each folder, the strongest first. Folders without one are skipped.
    ///
    /// # Errors
    /// A file exists and cannot be read.
    pub(crate) fn load(folders: &[&Path]) -> Result<Variables> {
        let mut files: Vec<EnvFile> = Vec::new();
        for folder in folders {
            let path = folder.join(".env");
            if path.is_file() {
                let bytes = std::fs::read(&path).map_err(|error| files::unreadable(&path, &error))?;
                let values = parse(&String::from_utf8_lossy(&bytes)).into_iter().collect();
                files.push(EnvFile { path, values });
            }
        }
        Ok(Variables { files })
    }

    /// The files that were read.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// The variables that only the files set, for a program that reads none of them itself.
    pub(crate) fn of_files(&self) -> Vec<(String, String)> {
        let mut names: Vec<&String> = self.files.iter().flat_map(|file| file.values.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let found = names.into_iter().filter_map(|name| match self.find(name)? {
            (value, Found::File(_)) => Some((name.clone(), value)),
            (_, Found::Environment) => None,
        });
        found.collect()
    }

    /// A variable that is set to something, and where. An empty one counts as not set.
    pub(crate) fn find(&self, name: &str) -> Option<(String, Found)> {
        if let Some(value) = environment(name) {
            return Some((value, Found::Environment));
        }
        self.files.iter().find_map(|file| {
            let value = expand(file.values.get(name)?, file, &mut vec![name.to_owned()]);
            (!value.is_empty()).then(|| (value, Found::File(file.path.clone())))
        })
    }
}

/// A variable of the process that is set to something.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Replaces `${NAME}` by the variable of the environment or of the same file; `\${NAME}` stands for itself.
fn expand(value: &str, file: &EnvFile, pending: &mut Vec<String>) -> String {
    let mut expanded = String::new();
    let mut rest = value;
    while let Some(at) = rest.find("${") {
        let name_length = rest[at + 2..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let name = name_length.map(|length| &rest[at + 2..at + 2 + length]);
        let closed = name.filter(|name| rest[at + 2 + name.len()..].starts_with('}'));
        let Some(name) = closed else {
            expanded.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        let end = at + 2 + name.len() + 1;
        if let Some(before) = rest[..at].strip_suffix('\\') {
            expanded.push_str(before);
            expanded.push_str(&rest[at..end]);
        } else {
            expanded.push_str(&rest[..at]);
            expanded.push_str(&expansion(name, file, pending));
        }
        rest = &rest[end..];
    }
    expanded.push_str(rest);
    expanded
}

fn expansion(name: &str, file: &EnvFile, pending: &mut Vec<String>) -> String {
    if let Ok(value) = std::env::var(name) {
        return value;
    }
    if pending.iter().any(|pending| pending == name) {
        return String::new();
    }
    let Some(value) = file.values.get(name) else {
        return String::new();
    };
    pending.push(name.to_owned());
    let expanded = expand(value, file, pending);
    pending.pop();
    expanded
}

/// The assignments of a text.
pub(crate) fn parse(text: &str) -> Vec<(String, String)> {
    let text: Vec<char> = text.replace("\r\n", "\n").replace('\r', "\n").chars().collect();
    let mut pairs = Vec::new();
    let mut line = 0;
    while line < text.len() {
        match assignment(&text, line) {
            Some((name, value, end)) => {
                pairs.push((name, value));
                line = if starts_line(&text, end) { end } else { next_line(&text, end) };
            }
            None => line = next_line(&text, line),
        }
    }
    pairs
}

fn starts_line(text: &[char], at: usize) -> bool {
    at > 0 && text[at - 1] == '\n'
}

fn next_line(text: &[char], from: usize) -> usize {
    line_end(text, from) + 1
}

fn line_end(text: &[char], from: usize) -> usize {
    text[from..].iter().position(|c| *c == '\n').map_or(text.len(), |length| from + length)
}

fn skip(text: &[char], from: usize, accept: impl Fn(char) -> bool) -> usize {
    text[from..].iter().position(|c| !accept(*c)).map_or(text.len(), |length| from + length)
}

fn is_space(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-')
}

/// `NAME = value`, `NAME: value`, perhaps after `export`, from the start of a line: name, value, and where it ends.
fn assignment(text: &[char], line: usize) -> Option<(String, String, usize)> {
    let start = skip(text, line, is_space);
    let word_end = skip(text, start, is_name);
    let after_word = skip(text, word_end, is_space);
    if text[start..word_end].iter().collect::<String>() == "export"
        && after_word > word_end
        && let Some(found) = named(text, after_word)
    {
        return Some(found);
    }
    named(text, start)
}

fn named(text: &[char], start: usize) -> Option<(String, String, usize)> {
    let end = skip(text, start, is_name);
    if end == start {
        return None;
    }
    let name = text[start..end].iter().collect();
    let equals = skip(text, end, is_space);
    let after = match (text.get(equals), text.get(end), text.get(end + 1)) {
        (Some('='), _, _) => equals + 1,
        (_, Some(':'), Some(space)) if is_space(*space) => end + 2,
        _ => return None,
    };
    let (value, end) = value(text, after);
    Some((name, value, end))
}

/// The value from `start`: in quotes, else up to a `#` or the end of the line.
fn value(text: &[char], start: usize) -> (String, usize) {
    let open = skip(text, start, is_space);
    if let Some(quote @ ('\'' | '"' | '`')) = text.get(open).copied()
        && let Some((close, end)) = closing_quote(text, open, quote)
    {
        let inner: String = text[open + 1..close].iter().collect();
        let value = if quote == '"' { inner.replace("\\n", "\n").replace("\\r", "\r") } else { inner };
        return (value, end);
    }
    let bare_end = skip(text, start, |c| c != '#' && c != '\n');
    let bare: String = text[start..bare_end].iter().collect();
    let trimmed = bare.trim_matches(is_space);
    let end = rest_of_line(text, bare_end).unwrap_or(bare_end);
    (unquoted(trimmed), end)
}

/// A bare value that starts and ends with the same quote still loses both.
fn unquoted(value: &str) -> String {
    for quote in ['\'', '"', '`'] {
        let inner = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        match inner {
            Some(inner) if quote == '"' => return inner.replace("\\n", "\n").replace("\\r", "\r"),
            Some(inner) => return inner.to_owned(),
            None => {}
        }
    }
    if value.starts_with('"') { value.replace("\\n", "\n").replace("\\r", "\r") } else { value.to_owned() }
}

/// The quote that closes the one at `open` and has nothing but a comment behind it: the first that is not escaped, else
/// the last that is. Returns it and where the assignment ends.
fn closing_quote(text: &[char], open: usize, quote: char) -> Option<(usize, usize)> {
    let mut escaped = Vec::new();
    let mut at = open + 1;
    while at < text.len() {
        if text[at] == '\\' && text.get(at + 1) == Some(&quote) {
            escaped.push(at + 1);
            at += 2;
            continue;
        }
        if text[at] == quote {
            if let Some(end) = rest_of_line(text, at + 1) {
                return Some((at, end));
            }
            break;
        }
        at += 1;
    }
    escaped.into_iter().rev().find_map(|close| Some((close, rest_of_line(text, close + 1)?)))
}

/// Where an assignment ends whose value ended at `from`: only spaces and a comment may follow, and the comment may stand
/// on a later line.
fn rest_of_line(text: &[char], from: usize) -> Option<usize> {
    let after = skip(text, from, is_space);
    match text.get(after) {
        None => Some(after),
        Some('#') => Some(line_end(text, after)),
        Some(_) => (from..after).rev().find(|at| text[*at] == '\n'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_dotenv() {
        // Each case was run through the parser of npm's dotenv 18.
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("A=1\nB = two words  \n\n# c\nC=", &[("A", "1"), ("B", "two words"), ("C", "")]),
            ("export A=1\nexport = 2\nexporter=3", &[("A", "1"), ("export", "2"), ("exporter", "3")]),
            ("A='x # y' # z\nB=x#y\nC=\"a#b\"", &[("A", "x # y"), ("B", "x"), ("C", "a#b")]),
            (
                "A=\"a\\nb\"\nB='a\\nb'\nC=`a\\nb`\nD=a\\nb",
                &[("A", "a\nb"), ("B", "a\\nb"), ("C", "a\\nb"), ("D", "a\\nb")],
            ),
            ("A=\"one\ntwo\"\nB=3", &[("A", "one\ntwo"), ("B", "3")]),
            ("A='it\\'s'\nB=\"say \\\"hi\\\"\"", &[("A", "it\\'s"), ("B", "say \\\"hi\\\"")]),
            ("A='x' y\nB='x\nC=2", &[("A", "'x' y"), ("B", "'x"), ("C", "2")]),
            ("A: 1\nB:2\nC : 3", &[("A", "1")]),
            ("A.b-c_9=1\r\nB=2\rC=3", &[("A.b-c_9", "1"), ("B", "2"), ("C", "3")]),
            ("A=\nB=2", &[("A", ""), ("B", "2")]),
            ("A=\n'q'\nB=2", &[("A", "q"), ("B", "2")]),
            ("\u{feff}A=1", &[("A", "1")]),
            ("no assignment\nA=a=b=c", &[("A", "a=b=c")]),
            ("A=1\nA=2", &[("A", "1"), ("A", "2")]),
            ("URL=postgres://u:p%23@h/d?x=1&y=2", &[("URL", "postgres://u:p%23@h/d?x=1&y=2")]),
        ];
        for (text, expected) in cases {
            let expected: Vec<(String, String)> =
                expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!(parse(text), expected, "{text:?}");
        }
    }

    #[test]
    fn braces_are_expanded_from_the_same_file() {
        let values = parse("A=1\nB=x${A}y${NICOL_TEST_UNSET}\nC=\\${A}\nD=${E}\nE=${D}\nF=$A ${A");
        let file = EnvFile { path: PathBuf::new(), values: values.into_iter().collect() };
        for (name, expected) in [("B", "x1y"), ("C", "${A}"), ("D", ""), ("F", "$A ${A")] {
            assert_eq!(expand(&file.values[name], &file, &mut vec![name.to_owned()]), expected, "{name}");
        }
    }
}
