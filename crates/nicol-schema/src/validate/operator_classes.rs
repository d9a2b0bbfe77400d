//! Index types and operator classes of PostgreSQL and CockroachDB.

use crate::diagnostic::Code;
use crate::provider::native_types;
use crate::provider::operator_classes::{brin_fits, class_fits_algorithm};
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;

/// Checks the fields of one index on PostgreSQL.
pub(crate) fn check(model: &DraftModel<'_>, index: &DraftIndex<'_>, report: &mut Report) {
    let span = index.attribute.span();
    let algorithm = index.algorithm.unwrap_or("BTree");
    for member in &index.fields {
        let class = match &member.ops() {
            Some(DraftOps::Raw(_)) => continue,
            Some(DraftOps::Named(class)) => Some(*class),
            None => None,
        };
        let field = model.field(member.field);
        if let Some(class) = class
            && !class_fits_algorithm(class, algorithm)
        {
            let message = format!("the operator class `{class}` is not for indexes of type {algorithm}");
            report.error_help(Code::OperatorClass, span, message, "choose another class or index type");
            continue;
        }
        if matches!(field.ty, Some(Type::Unsupported(_))) && class.is_none() {
            continue;
        }
        if !column_fits(field, algorithm, class) {
            let message = match class {
                Some(class) => format!("the operator class `{class}` does not work on the field `{}`", field.name),
                None => format!("an index of type {algorithm} does not work on the field `{}`", field.name),
            };
            let code = if class.is_some() { Code::OperatorClass } else { Code::IndexFieldType };
            report.error_help(code, span, message, "choose another class or index type, or `ops: raw(\"...\")`");
        }
    }
    if algorithm == "SpGist" && index.fields.len() != 1 {
        report.error_help(
            Code::IndexFieldType,
            span,
            "an index of type SpGist has one column",
            "make one index for each field",
        );
    }
}

fn column_fits(field: &DraftField<'_>, algorithm: &str, class: Option<&str>) -> bool {
    // A native type that does not exist, or not like this, is reported where it stands and counts as none here.
    let native =
        field.native().filter(|native| native_types::exists(Provider::Postgresql, native.name, &native.args()));
    let native = native.map(|native| native.name);
    let scalar = field.scalar();
    match algorithm {
        "Gist" => match (native, class) {
            (Some("Inet"), Some("InetOps")) => true,
            (None, None) => scalar == Some(ScalarType::String),
            _ => false,
        },
        "Gin" => match (native, class) {
            (_, Some("ArrayOps")) => field.arity == Arity::List,
            (_, None) if field.arity == Arity::List => true,
            (Some("JsonB"), Some("JsonbOps" | "JsonbPathOps") | None) => true,
            (None, Some("JsonbOps" | "JsonbPathOps") | None) => scalar == Some(ScalarType::Json),
            _ => false,
        },
        "SpGist" => match (native, class) {
            (Some("Inet"), Some("InetOps") | None) => true,
            (Some("Text" | "VarChar" | "Char"), Some("TextOps") | None) => true,
            (None, Some("TextOps") | None) => scalar == Some(ScalarType::String),
            _ => false,
        },
        "Brin" => brin_fits(native, scalar, class),
        _ => true,
    }
}

/// Checks an inverted index on CockroachDB.
pub(crate) fn cockroach(model: &DraftModel<'_>, index: &DraftIndex<'_>, report: &mut Report) {
    if index.algorithm != Some("Gin") {
        return;
    }
    let span = index.attribute.span();
    for (at, member) in index.fields.iter().enumerate() {
        if member.ops().is_some() {
            report.error_help(Code::OperatorClass, span, "CockroachDB has no operator classes", "remove `ops`");
            return;
        }
        let field = model.field(member.field);
        let is_json = field.scalar() == Some(ScalarType::Json);
        let unsupported = matches!(field.ty, Some(Type::Unsupported(_)));
        if !(is_json || unsupported || field.arity == Arity::List) {
            let message = format!("an index of type Gin does not work on the field `{}`", field.name);
            report.error_help(Code::IndexFieldType, span, message, "choose another index type");
        }
        if is_json && at + 1 < index.fields.len() {
            let message = "in an inverted index the Json field must be the last one";
            report.error_help(Code::IndexFieldType, span, message, "move it to the end");
        }
    }
}
