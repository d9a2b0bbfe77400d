//! Plain comments of the previous schema (`//`), found by what they stand at. Documentation (`///`) is not theirs to carry:
//! the schema itself has it.

use std::collections::HashMap;

use nicol_schema::Span;
use nicol_schema::schema::ValidSchema;

/// Comments at a field or value.
#[derive(Debug, Clone, Default)]
pub(super) struct Around {
    /// Whole lines above it.
    pub(super) above: String,
    /// On its line.
    pub(super) beside: Option<String>,
}

/// Comments at a block.
#[derive(Debug, Clone, Default)]
pub(super) struct AroundBlock {
    /// Whole lines above it.
    pub(super) above: String,
    /// Inside, behind its last field.
    pub(super) tail: String,
}

/// Comments by where things begin: file and byte.
#[derive(Debug, Default)]
pub(super) struct Comments {
    elements: HashMap<(u32, u32), Around>,
    blocks: HashMap<(u32, u32), AroundBlock>,
    /// Behind the last block of each file.
    tails: HashMap<u32, String>,
}

impl Comments {
    pub(super) fn of(schema: &ValidSchema) -> Comments {
        let mut comments = Comments::default();
        for (file, source) in schema.sources.iter().enumerate() {
            let file = file as u32;
            let mut blocks: Vec<(Span, Vec<Span>)> = Vec::new();
            let is_here = |span: Span| span.file == file;
            for model in schema.models.iter().filter(|model| is_here(model.span)) {
                blocks.push((model.span, model.fields.iter().map(|field| field.span).collect()));
            }
            for one in schema.enums.iter().filter(|one| is_here(one.span)) {
                blocks.push((one.span, one.values.iter().map(|value| value.span).collect()));
            }
            let configuration = schema.generators.iter().map(|generator| generator.span);
            let configuration = configuration.chain(schema.datasource.iter().map(|datasource| datasource.span));
            blocks.extend(configuration.filter(|span| is_here(*span)).map(|span| (span, Vec::new())));
            blocks.sort_by_key(|(span, _)| span.start);
            comments.read(file, &source.text, &blocks);
        }
        comments
    }

    /// The comments at a field or value.
    pub(super) fn at(&self, span: Span) -> Around {
        self.elements.get(&(span.file, span.start)).cloned().unwrap_or_default()
    }

    /// The comments at a block.
    pub(super) fn block(&self, span: Span) -> AroundBlock {
        self.blocks.get(&(span.file, span.start)).cloned().unwrap_or_default()
    }

    /// The comments at the end of a file.
    pub(super) fn tail(&self, file: u32) -> &str {
        self.tails.get(&file).map_or("", String::as_str)
    }

    fn read(&mut self, file: u32, text: &str, blocks: &[(Span, Vec<Span>)]) {
        let mut at = 0;
        for (span, elements) in blocks {
            let (start, end) = (span.start as usize, span.end as usize);
            let above = plain_lines(text.get(at..start).unwrap_or_default(), true);
            let tail = self.inside(file, text, start, end, elements);
            self.blocks.insert((file, span.start), AroundBlock { above, tail });
            at = end;
        }
        let tail = plain_lines(text.get(at..).unwrap_or_default(), true);
        self.tails.insert(file, tail);
    }

    /// Comments in a block; returns those that stand at no field.
    fn inside(&mut self, file: u32, text: &str, start: usize, end: usize, elements: &[Span]) -> String {
        let mut pending = String::new();
        let mut at = line_end(text, start);
        for element in elements {
            let begin = element.start as usize;
            pending.push_str(&plain_lines(text.get(at..begin).unwrap_or_default(), false));
            let last = line_end(text, (element.end as usize).saturating_sub(1).max(begin));
            let whole = text.get(begin..last).unwrap_or_default();
            let beside = comment_in(whole).map(|comment| comment.trim_end().to_owned());
            let above = std::mem::take(&mut pending);
            self.elements.insert((file, element.start), Around { above, beside });
            at = last;
        }
        let rest = text.get(at..end).unwrap_or_default();
        pending
            + &rest
                .lines()
                .filter_map(|line| comment_in(line).map(|comment| format!("{}\n", comment.trim())))
                .collect::<String>()
    }
}

/// Where the line ends that holds a byte, its line end included.
fn line_end(text: &str, at: usize) -> usize {
    text.as_bytes()[at.min(text.len())..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| at + end + 1)
}

/// Lines that are plain comments. With `groups`, an empty line stays between groups and behind the last.
fn plain_lines(text: &str, groups: bool) -> String {
    let mut out = String::new();
    let mut is_open = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("//") && !line.starts_with("///") {
            out.push_str(line);
            out.push('\n');
            is_open = true;
        } else if groups && line.is_empty() && is_open {
            out.push('\n');
            is_open = false;
        }
    }
    out
}

/// The plain comment at the end of a line, strings left alone; none when it documents.
fn comment_in(line: &str) -> Option<&str> {
    let bytes = line.as_bytes();
    let (mut at, mut in_string) = (0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'/' if !in_string && bytes.get(at + 1) == Some(&b'/') => {
                return (bytes.get(at + 2) != Some(&b'/')).then(|| &line[at..]);
            }
            _ => {}
        }
        at += 1;
    }
    None
}
