//! `where:` of partial indexes: `raw("...")`, or an object of conditions on fields.

use crate::ast::{ArgumentList, Value, ValueKind};
use crate::diagnostic::Code;
use crate::report::{Report, did_you_mean};
use crate::schema::*;
use crate::source::Span;
use crate::syntax::words::Word;

use super::draft::{DraftField, Type};
use super::visit::{Args, text};

/// Takes and reads `where:`: the condition, and where it stands.
pub(crate) fn predicate(
    args: &mut Args<'_>,
    fields: &[DraftField<'_>],
    report: &mut Report,
) -> Option<(IndexPredicate, Span)> {
    let value = args.named(Word::Where)?;
    let help = "write `where: raw(\"...\")`, or `where: { field: value }`";
    let predicate = match value.kind() {
        ValueKind::Call("raw", arguments) => IndexPredicate::Raw(raw(arguments, args, report)?),
        ValueKind::Object(conditions) => IndexPredicate::Fields(object(conditions, args, fields, report)?),
        _ => {
            if !matches!(value.kind(), ValueKind::Call(..)) {
                report.error(Code::WrongValueType, value.span(), "expected `raw(...)` or an object");
            }
            let message = format!("`where` cannot be {}", value.describe());
            args.error(Code::PartialCondition, message, help, report);
            return None;
        }
    };
    Some((predicate, value.span()))
}

/// The text of `raw("...")`. The reference looks at the first argument only.
fn raw(arguments: ArgumentList<'_>, args: &Args<'_>, report: &mut Report) -> Option<String> {
    let help = "write `where: raw(\"...\")`, or `where: { field: value }`";
    let mut all = arguments.iter();
    let found = all.next().and_then(|first| first.value()).and_then(|value| text(value, report));
    let Some(found) = found else {
        args.error(Code::PartialCondition, "`raw` takes one string", help, report);
        return None;
    };
    if found.is_empty() {
        args.error(Code::PartialCondition, "the condition in `raw` is empty", help, report);
        return None;
    }
    for extra in all {
        report.hint(Code::UnexpectedArgument, extra.span(), "`raw` takes one string: this has no effect", "remove it");
    }
    Some(found.to_owned())
}

fn object(
    list: ArgumentList<'_>,
    args: &Args<'_>,
    fields: &[DraftField<'_>],
    report: &mut Report,
) -> Option<Vec<(FieldId, PredicateCondition)>> {
    if list.iter().len() == 0 {
        args.error(Code::PartialCondition, "the condition names no field", "write `{ field: value }`", report);
        return None;
    }
    let mut conditions = Vec::new();
    for member in list.iter() {
        let (Some(name), Some(value)) = (member.name(), member.value()) else {
            continue;
        };
        let Some(at) = fields.iter().rposition(|field| field.name == name) else {
            let help = did_you_mean(name, fields.iter().map(|field| field.name), "name a field of this model");
            args.error(Code::PartialCondition, format!("`where` names `{name}`, which is no field"), help, report);
            return None;
        };
        if !fields[at].is_scalar() {
            let help = "name the fields that hold the key";
            let message = match fields[at].ty {
                Some(_) => format!("`where` names the relation `{name}`"),
                None => format!("`where` names `{name}`, whose type is not known"),
            };
            args.error(Code::PartialCondition, message, help, report);
            return None;
        }
        let condition = condition(value, &fields[at], args, report)?;
        conditions.push((FieldId(at as u32), condition));
    }
    Some(conditions)
}

fn condition(
    value: Value<'_>,
    field: &DraftField<'_>,
    args: &Args<'_>,
    report: &mut Report,
) -> Option<PredicateCondition> {
    match value.kind() {
        ValueKind::Constant("null") => Some(PredicateCondition::IsNull),
        ValueKind::Object(inner) => {
            let not = inner.named("not").filter(|_| inner.iter().len() == 1);
            let Some(not) = not else {
                let help = "the only operator is `not`: `{ field: { not: value } }`";
                args.error(Code::PartialCondition, "`where` does not know this operator", help, report);
                return None;
            };
            match not.kind() {
                ValueKind::Constant("null") => Some(PredicateCondition::IsNotNull),
                _ => literal(not, field, args, report).map(PredicateCondition::Not),
            }
        }
        _ => literal(value, field, args, report).map(PredicateCondition::Equals),
    }
}

fn literal(value: Value<'_>, field: &DraftField<'_>, args: &Args<'_>, report: &mut Report) -> Option<DefaultValue> {
    let found = match value.kind() {
        ValueKind::Text(text) => Some(DefaultValue::String(text.to_owned())),
        ValueKind::Number(number) => Some(DefaultValue::Number(number.to_owned())),
        ValueKind::Constant("true") => Some(DefaultValue::Boolean(true)),
        ValueKind::Constant("false") => Some(DefaultValue::Boolean(false)),
        ValueKind::Constant(_) | ValueKind::Call(..) | ValueKind::Array(_) | ValueKind::Object(_) => None,
    };
    let fits = match (&found, field.ty) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(value), Some(Type::Scalar(scalar))) => fits_scalar(value, scalar),
        (Some(value), Some(Type::Enum(_))) => matches!(value, DefaultValue::String(_)),
        (Some(_), Some(Type::Model(_) | Type::Composite(_) | Type::Unsupported(_))) => false,
    };
    if !fits {
        let message = format!("`{}` cannot be compared with the field `{}`", value.source(), field.name);
        args.error(Code::PartialCondition, message, "write a value of the field's type", report);
        return None;
    }
    found
}

fn fits_scalar(value: &DefaultValue, scalar: ScalarType) -> bool {
    match value {
        DefaultValue::String(_) => matches!(scalar, ScalarType::String | ScalarType::DateTime),
        DefaultValue::Number(_) => {
            matches!(scalar, ScalarType::Int | ScalarType::BigInt | ScalarType::Float | ScalarType::Decimal)
        }
        DefaultValue::Boolean(_) => scalar == ScalarType::Boolean,
        DefaultValue::EnumValue(_) | DefaultValue::List(_) | DefaultValue::Function(_) => false,
    }
}
