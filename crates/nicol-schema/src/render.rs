//! Diagnostics as text for people: what is wrong, where, the line itself, and how to repair it.
//!
//! **In**: diagnostics and the sources they point into. **Out**: one text, with or without colours. Printing is the
//! caller's.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Places, Source, Span};

/// A marked place longer than this many lines is marked at its first line only.
const LONGEST_EXCERPT: usize = 3;

/// An excerpt of more bytes than this helps nobody: the place alone is shown.
const LONGEST_LINE: usize = 4_000;

/// So many diagnostics are shown; behind them stands how many there are.
const MOST_SHOWN: usize = 1_000;

/// Renders all diagnostics in their order, and a line that counts them; an empty text when there are none.
pub fn render(diagnostics: &[Diagnostic], sources: &[Source], color: bool) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    let mut places = Places::new(sources);
    for diagnostic in &diagnostics[..diagnostics.len().min(MOST_SHOWN)] {
        out.push_str(&one(diagnostic, &mut places, &renderer));
        out.push_str("\n\n");
    }
    if diagnostics.len() > MOST_SHOWN {
        out.push_str(&format!("the first {MOST_SHOWN} of {} are shown\n\n", diagnostics.len()));
    }
    out.push_str(&summary(diagnostics));
    out.push('\n');
    out
}

fn one<'a>(diagnostic: &'a Diagnostic, places: &mut Places<'a>, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Hint => Level::NOTE.with_name("hint"),
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_str());
    let mut group = Group::with_title(title);
    group = place(group, diagnostic.span, AnnotationKind::Primary, None, places);
    for related in &diagnostic.related {
        group = place(group, related.span, AnnotationKind::Context, Some(&related.message), places);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

/// Adds the lines of a place.
fn place<'a>(
    group: Group<'a>,
    span: Span,
    kind: AnnotationKind,
    label: Option<&'a str>,
    places: &mut Places<'a>,
) -> Group<'a> {
    let Some((source, line, column)) = places.find(span) else {
        return group;
    };
    let excerpt = Excerpt::around(&source.text, span);
    if excerpt.text.len() > LONGEST_LINE {
        let origin = Origin::path(source.path.as_str()).line(line as usize).char_column(column as usize);
        return group.element(origin);
    }
    let snippet = Snippet::source(excerpt.text)
        .path(source.path.as_str())
        .line_start(line as usize)
        .annotation(kind.span(excerpt.start..excerpt.end).label(label));
    group.element(snippet)
}

/// The lines that show a place, so that a large file is not searched again for every diagnostic.
struct Excerpt<'a> {
    text: &'a str,
    /// The marked bytes, counted from the start of the excerpt.
    start: usize,
    end: usize,
}

impl<'a> Excerpt<'a> {
    fn around(text: &'a str, span: Span) -> Excerpt<'a> {
        let clamp = |at: u32| {
            let mut at = (at as usize).min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (start, mut end) = (clamp(span.start), clamp(span.end));
        end = start + text[start..end.max(start)].trim_end().len();
        if text[start..end].matches('\n').count() >= LONGEST_EXCERPT {
            let line = text[start..end].find('\n').unwrap_or(end - start);
            end = start + text[start..start + line].trim_end().len();
        }
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
        Excerpt { text: &text[line_start..line_end], start: start - line_start, end: end - line_start }
    }
}

/// "2 errors, 1 warning".
fn summary(diagnostics: &[Diagnostic]) -> String {
    let names = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Hint, "hint", "hints"),
    ];
    let counts = names.iter().filter_map(|(severity, one, many)| {
        match diagnostics.iter().filter(|diagnostic| diagnostic.severity == *severity).count() {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {many}")),
        }
    });
    counts.collect::<Vec<String>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn shows_the_line_and_the_help() {
        let sources = [Source::new("schema.prisma", "model A {\n  id Int @id\n  b  Strng\n}\n")];
        let text = render(&crate::validate(&sources).diagnostics, &sources, false);
        assert!(text.contains("error[unknown-type]: there is no type `Strng`"), "{text}");
        assert!(text.contains("schema.prisma:3:6"), "{text}");
        assert!(text.contains("3 |   b  Strng"), "{text}");
        assert!(text.contains("did you mean `String`?"), "{text}");
        assert!(text.ends_with("1 error\n"), "{text}");
    }

    #[test]
    fn any_place_can_be_shown() {
        let sources = [Source::new("a.prisma", "é\n")];
        for (start, end) in [(0, 0), (1, 2), (0, 99), (3, 3), (99, 99)] {
            let span = Span { file: 0, start, end };
            let diagnostic = Diagnostic {
                severity: Severity::Hint,
                code: Code::BadLine,
                span,
                message: "m".to_owned(),
                help: None,
                related: Vec::new(),
            };
            assert!(!render(&[diagnostic], &sources, true).is_empty());
        }
    }
}
