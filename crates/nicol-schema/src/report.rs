//! Where the passes put what they find.

use crate::diagnostic::{Code, Diagnostic, Related, Severity};
use crate::source::Span;

/// Errors, warnings and hints, each in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    hints: Vec<Diagnostic>,
}

impl Report {
    /// Adds an error.
    pub(crate) fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.errors.push(diagnostic(Severity::Error, code, span, message.into(), None));
    }

    /// Adds an error with advice.
    pub(crate) fn error_help(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.errors.push(diagnostic(Severity::Error, code, span, message.into(), Some(help.into())));
    }

    /// Says of the error added last that another place has to do with it.
    pub(crate) fn relate(&mut self, span: Span, message: impl Into<String>) {
        if let Some(last) = self.errors.last_mut() {
            last.related.push(Related { span, message: message.into() });
        }
    }

    /// Adds a warning with advice.
    pub(crate) fn warning(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.warnings.push(diagnostic(Severity::Warning, code, span, message.into(), Some(help.into())));
    }

    /// Adds a hint with advice.
    pub(crate) fn hint(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.hints.push(diagnostic(Severity::Hint, code, span, message.into(), Some(help.into())));
    }

    /// True when there is at least one error: later passes look at this before they start.
    pub(crate) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Everything: errors, then warnings, then hints.
    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut all = self.errors;
        all.extend(self.warnings);
        all.extend(self.hints);
        all
    }
}

fn diagnostic(severity: Severity, code: Code, span: Span, message: String, help: Option<String>) -> Diagnostic {
    Diagnostic { severity, code, span, message, help, related: Vec::new() }
}

/// The candidate most like `name`, if one is alike enough to be meant.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut best: Option<(f64, &'a str)> = None;
    for candidate in candidates {
        let mut score = strsim::jaro_winkler(name, candidate);
        if name.eq_ignore_ascii_case(candidate) {
            score = 1.0;
        }
        if score > 0.8 && best.is_none_or(|(other, _)| score > other) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Advice that names the nearest candidate, or else the given advice.
pub(crate) fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    otherwise: impl Into<String>,
) -> String {
    match nearest(name, candidates) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => otherwise.into(),
    }
}
