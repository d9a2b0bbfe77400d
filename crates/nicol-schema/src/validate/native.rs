//! Native types and what they rule out.

use crate::diagnostic::Code;
use crate::provider::native_types::{NativeTypeRow, numbers, range_problem, table};
use crate::report::{Report, did_you_mean};
use crate::resolve::draft::*;
use crate::schema::*;
use crate::source::Span;

use super::Checks;

/// Checks the native type attribute of a field.
pub(crate) fn field(checks: &Checks<'_, '_>, field: &DraftField<'_>, report: &mut Report) {
    let (Some(native), Some(scalar)) = (field.native(), field.scalar()) else {
        return;
    };
    let span = native.attribute.span();
    let Some(datasource) = &checks.configuration.datasource else {
        let message = format!("without a datasource there is no native type `{}`", native.name);
        report.error_help(Code::UnknownNativeType, span, message, "add a `datasource` block that names the provider");
        return;
    };
    if datasource.name != native.scope {
        let message = format!("`@{}.{}` does not start with the datasource's name", native.scope, native.name);
        report.error_help(Code::WrongPrefix, span, message, format!("write `@{}.{}`", datasource.name, native.name));
    }
    let rows = table(datasource.provider);
    let Some(row) = rows.iter().find(|row| row.name == native.name) else {
        let message = format!("{} has no native type `{}`", checks.can.name, native.name);
        let fitting = rows.iter().filter(|row| row.scalars.contains(&scalar)).map(|row| row.name);
        let otherwise = if rows.is_empty() {
            "remove the attribute".to_owned()
        } else {
            format!("on {} these can stand: {}", scalar.as_str(), fitting.collect::<Vec<_>>().join(", "))
        };
        let help = did_you_mean(native.name, rows.iter().map(|row| row.name), otherwise);
        report.error_help(Code::UnknownNativeType, span, message, help);
        return;
    };
    arguments(datasource.provider, row, &native, scalar, span, report);
}

fn arguments(
    provider: Provider,
    row: &NativeTypeRow,
    native: &DraftNative<'_>,
    scalar: ScalarType,
    span: Span,
    report: &mut Report,
) {
    let (required, optional) = row.shape.counts();
    let args = native.args();
    if args.len() < required || args.len() > required + optional {
        let message = format!("`{}` cannot have {} arguments", row.name, args.len());
        report.error_help(Code::NativeArgumentCount, span, message, format!("it takes {}", row.shape.describe()));
        return;
    }
    if !row.scalars.contains(&scalar) {
        let types: Vec<&str> = row.scalars.iter().map(|scalar| scalar.as_str()).collect();
        let message = format!("`{}` does not hold values of type {}", row.name, scalar.as_str());
        let help = format!("make the field's type {}, or choose another native type", types.join(" or "));
        report.error_help(Code::NativeTypeMismatch, span, message, help);
        return;
    }
    let Some(numbers) = numbers(row.shape, &args) else {
        let message = format!("`{}` cannot have the arguments ({})", row.name, args.join(", "));
        report.error_help(Code::NativeArgumentType, span, message, format!("it takes {}", row.shape.describe()));
        return;
    };
    if let Some(problem) = range_problem(provider, row.name, &numbers, scalar) {
        let message = format!("`{}` is out of range: {problem}", row.name);
        report.error_help(Code::NativeRange, span, message, "choose a number in that range");
    }
}

/// `Unsupported("..")` with the name of a type that is supported.
pub(crate) fn unsupported(checks: &Checks<'_, '_>, field: &DraftField<'_>, report: &mut Report) {
    let (Some(Type::Unsupported(text)), Some(provider)) = (field.ty, checks.provider) else {
        return;
    };
    let text = checks.draft.unsupported[text as usize].as_ref();
    let (name, rest) = text.split_once('(').unwrap_or((text, ""));
    let name = name.trim();
    // What is not closed counts as no arguments, and `()` as one empty argument.
    let args = rest.split_once(')').map(|(args, _)| args.split(',').map(str::trim).collect());
    let args: Vec<&str> = args.unwrap_or_default();
    let Some(row) = table(provider).iter().find(|row| row.name == name) else {
        return;
    };
    let (required, optional) = row.shape.counts();
    let takes_some = required + optional > 0;
    if takes_some && (args.len() < required || args.len() > required + optional || numbers(row.shape, &args).is_none())
    {
        return;
    }
    let scalar = row.scalars.first().map_or("String", |scalar| scalar.as_str());
    let scope = checks.configuration.datasource.as_ref().map_or("db", |datasource| datasource.name.as_str());
    let message = format!("`{name}` is a type that is supported");
    report.error_help(Code::KnownUnsupportedType, field.span(), message, format!("write `{scalar} @{scope}.{name}`"));
}

fn native_name<'a>(model: &DraftModel<'a>, member: &DraftMember<'_>) -> Option<DraftNative<'a>> {
    if member.path().is_some() {
        return None;
    }
    model.field(member.field).native()
}

fn key_message(name: &str, what: &str) -> String {
    format!("a column of type `{name}` cannot be {what}")
}

/// XML cannot be compared, and so not be indexed.
pub(crate) fn xml_index(model: &DraftModel<'_>, index: &DraftIndex<'_>, report: &mut Report) {
    for member in &index.fields {
        if native_name(model, member).is_some_and(|native| native.name == "Xml") {
            let span = model.field(member.field).span();
            let what = if index.kind == IndexKind::Unique { "unique" } else { "in an index" };
            report.error_help(Code::LengthNeeded, span, key_message("Xml", what), "choose another type, or no index");
            return;
        }
    }
}

/// Long columns of MySQL are indexed by a prefix only.
pub(crate) fn mysql_keys(model: &DraftModel<'_>, report: &mut Report) {
    const LONG: [&str; 8] =
        ["Text", "TinyText", "MediumText", "LongText", "Blob", "TinyBlob", "MediumBlob", "LongBlob"];
    let long = |fields: &[DraftMember<'_>]| {
        fields.iter().find_map(|member| {
            let name = native_name(model, member)?.name;
            (member.length.is_none() && LONG.contains(&name)).then(|| name.to_owned())
        })
    };
    let help = "say how much of it: `[field(length: 100)]`, or choose a shorter type";
    for index in model.indexes.iter().filter(|index| index.kind != IndexKind::Fulltext) {
        if let Some(name) = long(&index.fields) {
            let what = if index.kind == IndexKind::Unique { "unique as a whole" } else { "in an index as a whole" };
            report.error_help(Code::LengthNeeded, index.attribute.span(), key_message(&name, what), help);
        }
    }
    if let Some(key) = &model.primary_key
        && let Some(name) = long(&key.fields)
    {
        report.error_help(Code::LengthNeeded, key.attribute.span(), key_message(&name, "the id as a whole"), help);
    }
}

/// Columns that SQL Server keeps outside of rows are in no index and no key.
pub(crate) fn sqlserver_keys(model: &DraftModel<'_>, report: &mut Report) {
    let heap = |fields: &[DraftMember<'_>]| {
        fields.iter().find_map(|member| {
            let native = native_name(model, member)?;
            let whole = matches!(native.name, "Text" | "NText" | "Image" | "Xml");
            let max = native.args().first().is_some_and(|arg| arg.eq_ignore_ascii_case("max"));
            (whole || max).then(|| native.name.to_owned())
        })
    };
    for index in &model.indexes {
        if let Some(name) = heap(&index.fields) {
            let what = if index.kind == IndexKind::Unique { "unique" } else { "in an index" };
            report.error_help(
                Code::LengthNeeded,
                index.attribute.span(),
                key_message(&name, what),
                "choose a shorter type",
            );
        }
    }
    let Some(key) = &model.primary_key else { return };
    let span = key.attribute.span();
    for member in &key.fields {
        if let Some(name) = heap(std::slice::from_ref(member)) {
            report.error_help(Code::LengthNeeded, span, key_message(&name, "the id"), "choose a shorter type");
            return;
        }
        if model.field(member.field).scalar() == Some(ScalarType::Bytes) {
            report.error_help(Code::LengthNeeded, span, key_message("Bytes", "the id"), "choose another type");
            return;
        }
    }
}
