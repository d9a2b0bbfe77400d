//! The Prisma schema language.
//!
//! **In**: the text of one or several `.prisma` files. **Out**: a [`ValidSchema`], [`Diagnostic`]s, formatted text.
//!
//! This crate never reads files, the environment or a database, knows no SQL and never prints: the caller hands it
//! [`Source`]s and decides what to do with the values that come back.
//!
//! The way through it: `syntax` (lexer, lossless tree) → `resolve` (names, types, attributes, relations) →
//! `validate` (the list of checks) → [`ValidSchema`]. [`format()`] starts from the syntax tree alone.

mod ast;
mod config;
pub mod constraint_names;
pub mod diagnostic;
pub mod directive;
mod format;
#[doc(hidden)]
pub mod invariants;
mod lower;
mod provider;
pub mod render;
mod report;
mod resolve;
pub mod schema;
pub mod source;
mod syntax;
mod validate;

pub use diagnostic::{Code, Diagnostic, Related, Severity};
pub use schema::ValidSchema;
pub use source::{Source, Span};

use report::Report;

/// What [`validate`] found.
#[derive(Debug, Clone)]
pub struct Validated {
    /// The schema, present exactly when no diagnostic is an error.
    pub schema: Option<ValidSchema>,
    /// Everything there is to say, in the order of the reference (not sorted by place).
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses, resolves and checks a schema of one or several files, and gives its meaning.
pub fn validate(sources: &[Source]) -> Validated {
    let (schema, diagnostics) = examine(sources, |draft, configuration| lower::lower(sources, draft, configuration));
    Validated { schema, diagnostics }
}

/// Like [`validate`], for those who only ask what is wrong: the schema is valid when no diagnostic is an error.
pub fn check(sources: &[Source]) -> Vec<Diagnostic> {
    examine(sources, |_, _| ()).1
}

/// Parses, resolves and checks; what is made of a draft without errors.
fn examine<T>(
    sources: &[Source],
    make: impl FnOnce(resolve::draft::Draft<'_>, config::Configuration) -> T,
) -> (Option<T>, Vec<Diagnostic>) {
    let files = ast::parse_all(sources);
    let mut report = Report::default();
    let draft = resolve::resolve(&files, &mut report);
    let configuration = config::read(&draft, files.len() as u32, &mut report);
    if !report.has_errors() {
        validate::validate(&files, &draft, &configuration, &mut report);
    }
    let made = (!report.has_errors()).then(|| make(draft, configuration));
    (made, report.into_diagnostics())
}

/// Formats every file and adds missing back relations, as `nicol format` writes them: one text for each source, in
/// the order given. Total: files with syntax errors are formatted around the errors.
pub fn format(sources: &[Source]) -> Vec<String> {
    format::format(sources)
}

/// True for words that models, views and enums cannot have as their name.
pub fn is_reserved_name(name: &str) -> bool {
    resolve::reserved::is_reserved(name)
}

/// True when the language has a name for this operator class of PostgreSQL's indexes, such as `JsonbPathOps`.
pub fn is_operator_class(name: &str) -> bool {
    provider::operator_classes::is_known(name)
}
