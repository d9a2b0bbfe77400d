//! Snapshots: the schema after a migration as one text without URLs.

use nicol_schema::Source;

/// Which URLs of a datasource are hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mask {
    /// All of them.
    #[default]
    All,
    /// All but `env("NAME")`, which gives nothing away. A literal URL is never shown.
    Literal,
}

/// The properties of a datasource that hold a URL.
const URL_KEYS: [&str; 3] = ["url", "directUrl", "shadowDatabaseUrl"];

/// The snapshot of a schema: its files one after the other, every URL masked.
pub fn snapshot(sources: &[Source]) -> String {
    mask(&join(sources), Mask::All)
}

/// All files as one text; every other byte stays as it is.
pub(crate) fn join(sources: &[Source]) -> String {
    let mut text = String::new();
    for source in sources {
        if !text.is_empty() {
            if !text.ends_with('\n') {
                text.push('\n');
            }
            text.push('\n');
        }
        text.push_str(&source.text);
    }
    text
}

/// Replaces the URLs of datasource blocks, commented-out ones too, by `"***"` and touches nothing else.
pub fn mask(text: &str, mask: Mask) -> String {
    let mut out = String::with_capacity(text.len());
    let mut block = Block::None;
    for line in text.split_inclusive('\n') {
        let (content, end) = split_line_end(line);
        let (code, is_comment) = uncommented(content);
        block = block.after_line_start(code, is_comment);
        match masked_line(content, mask).filter(|_| block != Block::None) {
            Some(masked) => {
                out.push_str(&masked);
                out.push_str(end);
            }
            None => out.push_str(line),
        }
        if code.starts_with('}') && block.closes(is_comment) {
            block = Block::None;
        }
    }
    out
}

/// Whether the line at hand stands in a datasource block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    None,
    Live,
    CommentedOut,
}

impl Block {
    fn after_line_start(self, code: &str, is_comment: bool) -> Block {
        let opens = code.strip_prefix("datasource").is_some_and(|rest| rest.starts_with(char::is_whitespace));
        match self {
            Block::None if opens && is_comment => Block::CommentedOut,
            Block::None | Block::CommentedOut if opens => Block::Live,
            // A commented-out block ends where the comment does.
            Block::CommentedOut if !is_comment => Block::None,
            Block::None | Block::Live | Block::CommentedOut => self,
        }
    }

    fn closes(self, is_comment: bool) -> bool {
        match self {
            Block::None => false,
            Block::Live => !is_comment,
            Block::CommentedOut => is_comment,
        }
    }
}

fn split_line_end(line: &str) -> (&str, &str) {
    let content = line.strip_suffix('\n').unwrap_or(line);
    let content = content.strip_suffix('\r').unwrap_or(content);
    line.split_at(content.len())
}

/// The line without indentation and comment slashes, and whether there were slashes.
fn uncommented(content: &str) -> (&str, bool) {
    let trimmed = content.trim_start();
    let code = trimmed.trim_start_matches('/').trim_start();
    (code, trimmed.starts_with("//"))
}

/// The line with its URL replaced, nothing when it holds none. What follows the URL on its line (a comment, which may
/// hold another URL) is dropped with it.
fn masked_line(content: &str, mask: Mask) -> Option<String> {
    let place = |key: &&'static str| {
        content.match_indices(*key).find_map(|(start, _)| {
            let before = content[..start].chars().next_back();
            let word_starts = before.is_none_or(|c| !c.is_alphanumeric() && c != '_');
            let value = content[start + key.len()..].trim_start().strip_prefix('=')?;
            word_starts.then_some((start, *key, value.trim()))
        })
    };
    let (start, key, value) = URL_KEYS.iter().filter_map(place).min()?;
    if value.is_empty() || (mask == Mask::Literal && is_environment_call(value)) {
        return None;
    }
    Some(format!("{}{key} = \"***\"", &content[..start]))
}

/// True for `env("NAME")` and nothing behind it.
fn is_environment_call(value: &str) -> bool {
    let argument = value.strip_prefix("env").map(str::trim).and_then(|rest| rest.strip_prefix('('));
    let name = argument.and_then(|rest| rest.strip_suffix(')')).map(str::trim);
    name.and_then(|name| name.strip_prefix('"')?.strip_suffix('"'))
        .is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_datasources_are_masked_and_nothing_else() {
        let schema = "// postgresql://sample@localhost\n\
            datasource db {\r\n  provider = \"postgresql\"\n  url      = env(\"DATABASE_URL\")\r\n\
            \x20 directUrl=\"postgres://u:p@h/d\" // url = \"x\"\n  // shadowDatabaseUrl = \"secret\"\n}\n\n\
            model webhooks {\n  url String @default(\"url = 1\")\n  // url = \"kept\"\n}";
        let masked = "// postgresql://sample@localhost\n\
            datasource db {\r\n  provider = \"postgresql\"\n  url = \"***\"\r\n\
            \x20 directUrl = \"***\"\n  // shadowDatabaseUrl = \"***\"\n}\n\n\
            model webhooks {\n  url String @default(\"url = 1\")\n  // url = \"kept\"\n}";
        assert_eq!(mask(schema, Mask::All), masked);
        assert_eq!(mask(masked, Mask::All), masked);
    }

    #[test]
    fn calls_of_env_can_stay_visible() {
        let schema = "datasource db {\n  url      = env(\"DATABASE_URL\")\n  directUrl = \"postgres://x\"\n  \
                      shadowDatabaseUrl = env(\"X\") // postgres://y\n}\n";
        let masked = "datasource db {\n  url      = env(\"DATABASE_URL\")\n  directUrl = \"***\"\n  \
                      shadowDatabaseUrl = \"***\"\n}\n";
        assert_eq!(mask(schema, Mask::Literal), masked);
    }

    #[test]
    fn commented_out_datasources_are_masked() {
        let schema = "// datasource old {\n//   url = \"mysql://u:p@h/d\"\n// }\n// url = \"kept\"\n";
        let masked = "// datasource old {\n//   url = \"***\"\n// }\n// url = \"kept\"\n";
        assert_eq!(mask(schema, Mask::All), masked);
        let unclosed = "// datasource old {\n//   url = \"secret\"\nmodel A {\n  // url = \"kept\"\n}\n";
        assert_eq!(mask(unclosed, Mask::All), unclosed.replace("secret", "***"));
    }

    #[test]
    fn several_files_become_one() {
        let files =
            [Source::new("a.prisma", "datasource db {\n  url = \"x\"\n}"), Source::new("b.prisma", "model A {}\n")];
        assert_eq!(snapshot(&files), "datasource db {\n  url = \"***\"\n}\n\nmodel A {}\n");
        assert_eq!(snapshot(&[Source::new("a.prisma", "model A {}")]), "model A {}");
    }
}
