//! The names of a schema beside those in the database.

use nicol_schema::schema::{self as model, FieldType, Model};

use super::Context;
use crate::names::{EnumName, FieldName, ModelName, Names};

/// All names.
pub(super) fn names(context: &Context<'_>) -> Names {
    Names {
        models: context.schema.models.iter().filter(|model| !model.is_view).map(|one| of_model(context, one)).collect(),
        enums: context.schema.enums.iter().map(|one| of_enum(context, one)).collect(),
    }
}

fn of_model(context: &Context<'_>, model: &Model) -> ModelName {
    let columns = model.fields.iter().filter(|field| field.is_column());
    let fields = columns.map(|field| FieldName {
        name: field.name.clone(),
        column: field.database_name().to_owned(),
        enumeration: match &field.ty {
            FieldType::Enum(id) => Some(context.schema.enumeration(*id).name.clone()),
            FieldType::Scalar(_) | FieldType::Composite(_) | FieldType::Model(_) | FieldType::Unsupported(_) => None,
        },
    });
    ModelName {
        name: model.name.clone(),
        namespace: context.namespace(&model.schema),
        table: model.database_name().to_owned(),
        fields: fields.collect(),
    }
}

fn of_enum(context: &Context<'_>, one: &model::Enum) -> EnumName {
    let value = |value: &model::EnumValue| (value.name.clone(), value.database_name().to_owned());
    EnumName {
        name: one.name.clone(),
        namespace: context.namespace(&one.schema),
        type_name: one.database_name().to_owned(),
        values: one.values.iter().map(value).collect(),
    }
}
