//! An indented text writer, and the only two ways in which text of the schema gets into generated code: string literals
//! and doc comments.

/// Rust source being written.
#[derive(Default)]
pub(crate) struct Text {
    out: String,
    depth: usize,
}

impl Text {
    /// A line.
    pub(crate) fn line(&mut self, line: impl AsRef<str>) {
        let line = line.as_ref();
        if !line.is_empty() {
            self.out.extend(std::iter::repeat_n("    ", self.depth));
            self.out.push_str(line);
        }
        self.out.push('\n');
    }

    /// An empty line.
    pub(crate) fn blank(&mut self) {
        self.line("");
    }

    /// A line that opens a block; what follows is indented.
    pub(crate) fn open(&mut self, line: impl AsRef<str>) {
        self.line(line);
        self.depth += 1;
    }

    /// A line that closes a block.
    pub(crate) fn close(&mut self, line: impl AsRef<str>) {
        self.depth -= 1;
        self.line(line);
    }

    /// `name { .. }` over several lines; `name {}` when there is nothing in it.
    pub(crate) fn block(&mut self, name: &str, is_empty: bool, inside: impl FnOnce(&mut Self)) {
        if is_empty {
            return self.line(format!("{name} {{}}"));
        }
        self.open(format!("{name} {{"));
        inside(self);
        self.close("}");
    }

    /// A doc comment from the schema. Code in it is marked as text: documentation tests would run it.
    pub(crate) fn docs(&mut self, docs: Option<&str>) {
        let mut fence: Option<&str> = None;
        for line in docs.unwrap_or_default().lines() {
            let line = visible(line);
            let trimmed = line.trim();
            let marker = ["```", "~~~"].into_iter().find(|marker| trimmed.starts_with(marker));
            let written = match (fence, marker) {
                (None, Some(marker)) => {
                    fence = Some(marker);
                    format!("{marker}text")
                }
                (Some(open), Some(marker)) if open == marker => {
                    fence = None;
                    marker.to_owned()
                }
                (Some(_), _) => trimmed.to_owned(),
                (None, None) => prose(trimmed),
            };
            self.line(format!("/// {written}").trim_end());
        }
        if let Some(marker) = fence {
            self.line(format!("/// {marker}"));
        }
    }

    /// Everything written.
    pub(crate) fn finish(self) -> String {
        self.out
    }
}

/// A line that is no code, wherever it stands: indented text would be code, also behind the sign of a quotation or of a list,
/// and there a block of code could begin, too.
fn prose(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.join(" ").replace("```", "\\`\\`\\`").replace("~~~", "\\~\\~\\~")
}

/// Text without characters that cannot be seen or that reorder others.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let hidden = c.is_control() && c != '\t'
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if hidden { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    out
}

/// A string literal.
pub(crate) fn literal(text: &str) -> String {
    format!("{text:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs_are_never_code() {
        let mut text = Text::default();
        text.docs(Some("Says\n    indented\n```rust\npanic!()\n```\n```\nopen \u{202e}x"));
        let expected =
            "/// Says\n/// indented\n/// ```text\n/// panic!()\n/// ```\n/// ```text\n/// open \\u{202e}x\n/// ```\n";
        assert_eq!(text.finish(), expected);
    }

    #[test]
    fn docs_are_never_code_within_lists_and_quotations() {
        let mut text = Text::default();
        text.docs(Some(
            "> ```\n> panic!()\n-     panic!()\n-\t\tpanic!()\n1. ~~~\n[^1]: ```rust\n`a`  b\n```\n>   ```\n```",
        ));
        let expected = "/// > \\`\\`\\`\n/// > panic!()\n/// - panic!()\n/// - panic!()\n/// 1. \\~\\~\\~\n\
                        /// [^1]: \\`\\`\\`rust\n/// `a` b\n/// ```text\n/// >   ```\n/// ```\n";
        assert_eq!(text.finish(), expected);
    }

    #[test]
    fn literals_cannot_be_left() {
        assert_eq!(literal("a\"b\\\n{}\u{202e}"), r#""a\"b\\\n{}\u{202e}""#);
    }
}
