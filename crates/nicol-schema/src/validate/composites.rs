//! Composite types.

use crate::diagnostic::Code;
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;

use super::{Checks, defaults, native};

/// Checks all composite types.
pub(crate) fn check(checks: &Checks<'_, '_>, report: &mut Report) {
    cycles(checks.draft, report);
    for composite in &checks.draft.composites {
        let span = composite.file.span(composite.block.extent);
        if !checks.can.composite_types {
            let message = format!("{} has no composite types", checks.can.name);
            report.error_help(Code::CompositeUnsupported, span, message, "use a Json field or a model");
        }
        if report.has_errors() {
            continue;
        }
        if composite.fields.is_empty() {
            let message = format!("type `{}` has no fields", composite.name);
            report.error_help(Code::EmptyType, span, message, "add at least one");
        }
        for field in &composite.fields {
            if let (Some(default), Some(scalar)) = (field.default_value(), field.scalar()) {
                defaults::literal(default, scalar, report);
            }
            native::field(checks, field, report);
        }
    }
}

/// A type cannot hold itself in a required field, not even through others.
fn cycles(draft: &Draft<'_>, report: &mut Report) {
    for (index, composite) in draft.composites.iter().enumerate() {
        let me = CompositeTypeId(index as u32);
        for field in required(composite) {
            let Some(Type::Composite(inner)) = field.ty else {
                continue;
            };
            if inner == me || reaches(draft, inner, me, &mut vec![false; draft.composites.len()]) {
                let message = format!("type `{}` would hold itself without end in `{}`", composite.name, field.name);
                report.error_help(Code::CompositeCycle, field.span(), message, "make the field optional or a list");
            }
        }
    }
}

fn required<'c, 'a>(composite: &'c DraftComposite<'a>) -> impl Iterator<Item = &'c DraftField<'a>> {
    composite.fields.iter().filter(|field| field.arity == Arity::Required)
}

fn reaches(draft: &Draft<'_>, from: CompositeTypeId, to: CompositeTypeId, seen: &mut [bool]) -> bool {
    let mut next = vec![from];
    while let Some(id) = next.pop() {
        if std::mem::replace(&mut seen[id.0 as usize], true) {
            continue;
        }
        for field in required(&draft.composites[id.0 as usize]) {
            match field.ty {
                Some(Type::Composite(inner)) if inner == to => return true,
                Some(Type::Composite(inner)) => next.push(inner),
                Some(_) | None => {}
            }
        }
    }
    false
}
