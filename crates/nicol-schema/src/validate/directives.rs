//! Directives in documentation: known, well formed, in their place.

use super::Checks;
use crate::ast::File;
use crate::diagnostic::Code;
use crate::directive::{Directive, PREFIX, scan};
use crate::report::{Report, nearest};
use crate::resolve::draft::Type;
use crate::schema::{Arity, ScalarType};
use crate::source::Span;
use crate::syntax::tree::Extent;

/// Whether there can be directives in a text at all.
pub(super) fn may_be_in(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), PREFIX.as_bytes()).is_some()
}

/// Hints for lines that mean to be directives and are none.
pub(super) fn check(checks: &Checks<'_, '_>, report: &mut Report) {
    for model in &checks.draft.models {
        for (span, directive) in found(model.file, model.block.docs) {
            match directive {
                Ok(_) if model.is_view => {
                    hint(report, span, "a view takes no directives".to_owned());
                }
                Ok(Directive::Type(_)) => hint(report, span, "`@nicol.type` is said of a `Json` field".to_owned()),
                Ok(Directive::AppendOnly | Directive::Check(_)) => {}
                Err(wrong) => hint(report, span, wrong),
            }
        }
        for field in &model.fields {
            let beside = found(model.file, field.node.comment);
            for (span, directive) in found(model.file, field.node.docs).into_iter().chain(beside) {
                match directive {
                    Ok(Directive::Check(_)) => {}
                    Ok(Directive::Type(_)) => {
                        let is_json = matches!(field.ty, Some(Type::Scalar(ScalarType::Json)));
                        if !is_json || field.arity == Arity::List {
                            hint(report, span, "`@nicol.type` is said of a `Json` field that is no list".to_owned());
                        }
                    }
                    Ok(Directive::AppendOnly) => {
                        hint(report, span, "`@nicol.appendOnly` is said of a whole model".to_owned());
                    }
                    Err(wrong) => hint(report, span, wrong),
                }
            }
        }
    }
}

fn found(file: File<'_>, docs: Option<Extent>) -> Vec<(Span, Result<Directive, String>)> {
    let Some(docs) = docs else { return Vec::new() };
    let text = &file.text()[docs.start() as usize..docs.end() as usize];
    let start = docs.start() as usize;
    let spanned = |found: crate::directive::Found| {
        (file.span(Extent::new(start + found.start, start + found.end)), found.directive)
    };
    scan(text).into_iter().map(spanned).collect()
}

fn hint(report: &mut Report, span: Span, wrong: String) {
    let name = wrong.split("@nicol.").nth(1).map(|rest| rest.trim_end_matches('`')).unwrap_or_default();
    let help = match nearest(name, ["appendOnly", "check", "type"]) {
        Some(known) if known != name => format!("did you mean `@nicol.{known}`?"),
        _ => "the directives are `@nicol.appendOnly`, `@nicol.check(\"...\")` and `@nicol.type(\"...\")`".to_owned(),
    };
    report.hint(Code::UnknownDirective, span, wrong, help);
}
