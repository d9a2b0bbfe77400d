//! Rules of MongoDB alone.

use crate::diagnostic::Code;
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;

use super::Checks;
use super::models::{is_call, is_single_key};

/// Checks one model.
pub(crate) fn model(model: &DraftModel<'_>, report: &mut Report) {
    let Some(key) = &model.primary_key else {
        let message = format!("`{}` has no `@id`, which MongoDB needs", model.name);
        let help = "add `id String @id @default(auto()) @map(\"_id\") @db.ObjectId`";
        report.error_help(Code::NoIdentifier, model.span(), message, help);
        return fields_and_indexes(model, report);
    };
    if let [only] = key.fields.as_slice() {
        let field = model.field(only.field);
        if field.name != "_id" && field.database_name() != "_id" {
            let message = format!("the id `{}` must be called `_id` in the database", field.name);
            report.error_help(Code::IdMapNeeded, field.span(), message, "add `@map(\"_id\")`");
        }
    }
    fields_and_indexes(model, report);
}

fn fields_and_indexes(model: &DraftModel<'_>, report: &mut Report) {
    for (index, field) in model.fields.iter().enumerate().filter(|(_, field)| field.is_scalar()) {
        check_field(model, FieldId(index as u32), field, report);
    }
    for (at, index) in model.indexes.iter().enumerate() {
        let same = |other: &DraftIndex<'_>| {
            let alike = |a: &DraftMember<'_>, b: &DraftMember<'_>| {
                a.field == b.field && a.path() == b.path() && a.sort == b.sort
            };
            other.fields.len() == index.fields.len() && other.fields.iter().zip(&index.fields).all(|(a, b)| alike(a, b))
        };
        if model.indexes.iter().enumerate().any(|(other_at, other)| other_at != at && same(other)) {
            let message = "another index of this model has the same fields";
            report.error_help(Code::DuplicateIndex, index.attribute.span(), message, "remove one of the two");
        }
        if let (IndexKind::Unique, [only]) = (index.kind, index.fields.as_slice())
            && only.path().is_none()
            && is_single_key(model, only.field)
        {
            report.error_help(
                Code::DuplicateIndex,
                index.attribute.span(),
                "the id is unique anyway",
                "remove `@unique`",
            );
        }
    }
}

fn check_field(model: &DraftModel<'_>, id: FieldId, field: &DraftField<'_>, report: &mut Report) {
    if is_call(field, "auto") {
        if field.native().is_none_or(|native| native.name != "ObjectId") {
            let message = "`auto()` makes values of type ObjectId";
            report.error_help(Code::ObjectIdNeeded, field.span(), message, "add `@db.ObjectId`");
        }
        let in_key = model.primary_key.as_ref().is_some_and(|key| key.fields.iter().any(|member| member.field == id));
        if !in_key {
            report.error_help(Code::ObjectIdNeeded, field.span(), "`auto()` makes ids only", "add `@id`");
        }
    }
    if is_call(field, "dbgenerated") {
        let message = "MongoDB makes no defaults: `dbgenerated()` does not work";
        report.error_help(Code::FunctionUnsupported, field.span(), message, "write `auto()`");
    }
    if let Some(name) = field.map {
        let span = field.map_span();
        if name.starts_with('$') {
            report.error_help(Code::BadMappedName, span, "a name in MongoDB cannot start with `$`", "choose another");
        }
        if name.contains('.') {
            report.error_help(Code::BadMappedName, span, "a name in MongoDB cannot contain a dot", "choose another");
        }
    }
}

/// Fields that are compared must be stored alike.
pub(crate) fn same_native_types(checks: &Checks<'_, '_>, relation: &RelationField<'_>, report: &mut Report) {
    let (Some(fields), Some(references)) = (&relation.fields, &relation.references) else {
        return;
    };
    let (model, target) = (checks.draft.model(relation.at.model), checks.draft.model(relation.target));
    for (column, reference) in fields.iter().zip(references) {
        let (column, reference) = (model.field(*column), target.field(*reference));
        fn native<'a>(field: &DraftField<'a>) -> Option<(&'a str, &'a str)> {
            field.native().map(|native| (native.scope, native.name))
        }
        if native(column) != native(reference) {
            let message = format!(
                "`{}.{}` and `{}.{}` are compared but stored as different types",
                model.name, column.name, target.name, reference.name
            );
            report.warning(Code::RelationTypeMismatch, column.span(), message, "give both the same native type");
        }
    }
}
