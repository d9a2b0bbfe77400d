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

    /// Adds what was found behind all of this.
    pub(crate) fn append(&mut self, later: Report) {
        self.errors.extend(later.errors);
        self.warnings.extend(later.warnings);
        self.hints.extend(later.hints);
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

/// So many candidates are looked at: in a block of a million names, a million wrong ones must not meet them all.
const MOST_CANDIDATES: usize = 1000;

/// How alike two names must be for one to be meant by the other.
const ALIKE: f64 = 0.8;

/// The candidate most like `name`, if one is alike enough to be meant.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut best: Option<(f64, &'a str)> = None;
    let letters = letters(name);
    for candidate in candidates {
        if cannot_be_alike(name, letters, candidate) {
            continue;
        }
        let mut score = strsim::jaro_winkler(name, candidate);
        let letters = |text: &str| text.replace(['_', '-'], "");
        if letters(name).eq_ignore_ascii_case(&letters(candidate)) {
            score = 1.0;
        }
        if score > ALIKE && best.is_none_or(|(other, _)| score > other) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// A set of the bytes of a name, by their last six bits: upper and lower case are one.
fn letters(name: &str) -> u64 {
    name.bytes().fold(0, |set, byte| set | 1 << (byte.to_ascii_lowercase() & 63))
}

/// A bound that is cheap to see: letters that only one of two names has match nothing in the other.
fn cannot_be_alike(name: &str, letters: u64, candidate: &str) -> bool {
    if !name.is_ascii() || !candidate.is_ascii() || name.is_empty() || candidate.is_empty() {
        return false;
    }
    let others = self::letters(candidate);
    let only = |one: u64, other: u64| (one & !other).count_ones() as usize;
    let matches = (name.len() - only(letters, others)).min(candidate.len() - only(others, letters)) as f64;
    let jaro = (matches / name.len() as f64 + matches / candidate.len() as f64 + 1.0) / 3.0;
    let prefix = name.bytes().zip(candidate.bytes()).take(4).take_while(|(a, b)| a == b).count() as f64;
    jaro + 0.1 * prefix * (1.0 - jaro) <= ALIKE
}

/// Advice that names the nearest candidate, or else the given advice.
pub(crate) fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    otherwise: impl Into<String>,
) -> String {
    match nearest(name, candidates.into_iter().take(MOST_CANDIDATES)) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => otherwise.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_never_hides_a_candidate() {
        let names =
            ["String", "Strnig", "string", "Int", "BigInt", "Bigint", "DateTime", "Datetime", "User", "Usr", "Post"];
        for name in names {
            for candidate in names {
                let alike = strsim::jaro_winkler(name, candidate) > ALIKE || name.eq_ignore_ascii_case(candidate);
                assert!(!alike || !cannot_be_alike(name, letters(name), candidate), "{name} {candidate}");
            }
        }
        assert_eq!(nearest("Strnig", ["Int", "String"]), Some("String"));
    }
}
