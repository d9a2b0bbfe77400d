//! What the language has to say about a schema, as values.

use crate::source::Span;

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The schema is not valid.
    Error,
    /// The schema is valid, but something deserves attention. The reference prints the same warning.
    Warning,
    /// Something only nicol remarks; the reference says nothing, or an error that nicol does not share.
    Hint,
}

/// One remark about a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error, warning or hint.
    pub severity: Severity,
    /// Stable identifier such as `unknown-type`; documented in `docs/`.
    pub code: &'static str,
    /// Where: the same bytes as the reference points at.
    pub span: Span,
    /// What is wrong, in one sentence, in our own words.
    pub message: String,
    /// How to repair it.
    pub help: Option<String>,
}
