//! Source files and places in them.

use rustc_hash::FxHashMap;

/// One `.prisma` file: its name as shown to the user (relative to the schema's folder) and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path relative to the schema's folder, with `/` between folders.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// A source of the given path and text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Source {
        Source { path: path.into(), text: text.into() }
    }
}

/// A half-open range of bytes in one file of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// Index into the list of sources.
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// Line and column of a byte, both from 1; the column counts characters. A byte inside a character counts as its first
/// one, a byte behind the end as the end.
pub fn line_column(text: &str, byte_offset: u32) -> (u32, u32) {
    let mut at = (byte_offset as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line as u32, before[line_start..].chars().count() as u32 + 1)
}

/// Where the lines of a text begin: for many places in one text.
#[derive(Debug)]
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Looks through the text once.
    fn new(text: &'a str) -> Lines<'a> {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Lines { text, starts: std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect() }
    }

    /// As [`line_column`].
    fn line_column(&self, byte_offset: u32) -> (u32, u32) {
        let at = (byte_offset as usize).min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts[line - 1];
        let (_, column) = line_column(&self.text[start..], (at - start) as u32);
        (line as u32, column)
    }
}

/// Places in the files of a schema, as people count them: each file is looked through once.
#[derive(Debug)]
pub struct Places<'a> {
    sources: &'a [Source],
    lines: FxHashMap<u32, Lines<'a>>,
}

impl<'a> Places<'a> {
    /// Places in these files.
    pub fn new(sources: &'a [Source]) -> Places<'a> {
        Places { sources, lines: FxHashMap::default() }
    }

    /// The file of a span, and line and column of its first byte.
    pub fn find(&mut self, span: Span) -> Option<(&'a Source, u32, u32)> {
        let source = self.sources.get(span.file as usize)?;
        let lines = self.lines.entry(span.file).or_insert_with(|| Lines::new(&source.text));
        let (line, column) = lines.line_column(span.start);
        Some((source, line, column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let text = "a\r\né=1\n";
        assert_eq!(line_column(text, 0), (1, 1));
        assert_eq!(line_column(text, 3), (2, 1));
        assert_eq!(line_column(text, 4), (2, 1));
        assert_eq!(line_column(text, 5), (2, 2));
        assert_eq!(line_column(text, 99), (3, 1));
        for at in 0..12 {
            assert_eq!(Lines::new(text).line_column(at), line_column(text, at), "{at}");
        }
    }
}
