//! Fields as columns: types and defaults.

use nicol_db::Dialect;
use nicol_schema::schema::{self as model, DefaultFunction, DefaultValue, EnumId, Field, FieldType, ScalarType};

use super::{Context, arity};
use crate::catalog::{
    CockroachType, Column, ColumnType, Default, Identity, Literal, MysqlType, PostgresType, SqliteType,
};
use crate::literal;

/// A scalar, enum or unsupported field as a column.
pub(super) fn column(context: &Context<'_>, field: &Field) -> Column {
    let function = match field.default.as_ref().map(|default| &default.value) {
        Some(DefaultValue::Function(function)) => Some(function),
        Some(_) | None => None,
    };
    let counts_up = matches!(function, Some(DefaultFunction::Autoincrement));
    let by_row_id = counts_up && context.dialect == Dialect::Cockroachdb;
    Column {
        name: field.database_name().to_owned(),
        ty: column_type(context, field),
        arity: arity(field.arity),
        default: if by_row_id { Some(Default::UniqueRowid) } else { default(context, field) },
        default_text: None,
        generated: None,
        auto_increment: counts_up && !by_row_id,
        sequence: None,
        identity: match function {
            Some(DefaultFunction::Sequence(sequence)) => Some(identity(sequence)),
            Some(_) | None => None,
        },
        has_client_default: match function {
            Some(
                DefaultFunction::Uuid(_)
                | DefaultFunction::Cuid(_)
                | DefaultFunction::Ulid
                | DefaultFunction::Nanoid(_)
                | DefaultFunction::Auto,
            ) => true,
            Some(
                DefaultFunction::Now
                | DefaultFunction::Autoincrement
                | DefaultFunction::Sequence(_)
                | DefaultFunction::DbGenerated(_),
            )
            | None => false,
        },
    }
}

fn identity(sequence: &model::Sequence) -> Identity {
    Identity {
        increment: sequence.increment,
        min_value: sequence.min_value,
        max_value: sequence.max_value,
        start: sequence.start,
        cache: sequence.cache,
        is_virtual: sequence.is_virtual,
    }
}

/// The type of a field's column.
pub(super) fn column_type(context: &Context<'_>, field: &Field) -> ColumnType {
    match &field.ty {
        FieldType::Scalar(scalar) => scalar_type(context.dialect, *scalar, field.native_type.as_ref()),
        FieldType::Enum(id) => enum_type(context, *id),
        FieldType::Unsupported(text) => ColumnType::Unsupported(text.clone()),
        // Not columns: the caller leaves these fields out.
        FieldType::Composite(_) | FieldType::Model(_) => ColumnType::Unsupported(String::new()),
    }
}

fn scalar_type(dialect: Dialect, scalar: ScalarType, native: Option<&model::NativeType>) -> ColumnType {
    match dialect {
        Dialect::Sqlite => ColumnType::Sqlite(SqliteType::of_scalar(scalar)),
        Dialect::Postgres => ColumnType::Postgres(
            native.and_then(PostgresType::of_native).unwrap_or_else(|| PostgresType::of_scalar(scalar)),
        ),
        Dialect::Cockroachdb => ColumnType::Cockroach(
            native.and_then(CockroachType::of_native).unwrap_or_else(|| CockroachType::of_scalar(scalar)),
        ),
        Dialect::Mysql | Dialect::Mariadb => ColumnType::Mysql(
            native
                .and_then(|native| MysqlType::of_native(native, scalar))
                .unwrap_or_else(|| MysqlType::of_scalar(scalar)),
        ),
    }
}

fn enum_type(context: &Context<'_>, id: EnumId) -> ColumnType {
    let enumeration = context.schema.enumeration(id);
    match context.dialect {
        Dialect::Sqlite => ColumnType::Sqlite(SqliteType::Text),
        Dialect::Postgres | Dialect::Cockroachdb => ColumnType::Enum {
            namespace: context.namespace(&enumeration.schema),
            name: enumeration.database_name().to_owned(),
        },
        Dialect::Mysql | Dialect::Mariadb => ColumnType::Mysql(MysqlType::Enum(
            enumeration.values.iter().map(|value| value.database_name().to_owned()).collect(),
        )),
    }
}

/// The default the database holds; none for what the client fills in and for counters.
fn default(context: &Context<'_>, field: &Field) -> Option<Default> {
    match &field.default.as_ref()?.value {
        DefaultValue::Function(function) => match function {
            DefaultFunction::Now => Some(Default::Now),
            DefaultFunction::DbGenerated(Some(text)) => Some(Default::Expression(text.clone())),
            DefaultFunction::DbGenerated(None) => Some(Default::Unknown),
            DefaultFunction::Autoincrement
            | DefaultFunction::Sequence(_)
            | DefaultFunction::Uuid(_)
            | DefaultFunction::Cuid(_)
            | DefaultFunction::Ulid
            | DefaultFunction::Nanoid(_)
            | DefaultFunction::Auto => None,
        },
        constant => Some(Default::Literal(constant_of(context, &field.ty, constant))),
    }
}

fn constant_of(context: &Context<'_>, ty: &FieldType, value: &DefaultValue) -> Literal {
    match value {
        DefaultValue::List(items) => Literal::List(items.iter().map(|item| constant_of(context, ty, item)).collect()),
        DefaultValue::Boolean(flag) => Literal::Boolean(*flag),
        DefaultValue::Number(text) => Literal::Number(literal::without_negative_zero(text).to_owned()),
        DefaultValue::EnumValue(name) => Literal::Enum(enum_value(context, ty, name)),
        DefaultValue::String(text) => match ty {
            FieldType::Scalar(ScalarType::Json) => Literal::Json(text.clone()),
            FieldType::Scalar(ScalarType::DateTime) => Literal::DateTime(text.clone()),
            FieldType::Scalar(ScalarType::Bytes) => {
                literal::from_base64(text).map_or_else(|| Literal::Text(text.clone()), Literal::Bytes)
            }
            FieldType::Scalar(ScalarType::Decimal | ScalarType::Float | ScalarType::Int | ScalarType::BigInt) => {
                Literal::Number(text.clone())
            }
            FieldType::Scalar(ScalarType::Boolean | ScalarType::String)
            | FieldType::Enum(_)
            | FieldType::Composite(_)
            | FieldType::Model(_)
            | FieldType::Unsupported(_) => Literal::Text(text.clone()),
        },
        // Functions stand alone; the validator refuses them inside lists.
        DefaultValue::Function(_) => Literal::Text(String::new()),
    }
}

fn enum_value(context: &Context<'_>, ty: &FieldType, name: &str) -> String {
    let FieldType::Enum(id) = ty else {
        return name.to_owned();
    };
    let values = &context.schema.enumeration(*id).values;
    let value = values.iter().find(|value| value.name == name);
    value.map_or_else(|| name.to_owned(), |value| value.database_name().to_owned())
}

/// A value in the `where:` of a partial index.
pub(super) fn predicate_value(context: &Context<'_>, field: &Field, value: &DefaultValue) -> String {
    match constant_of(context, &field.ty, value) {
        Literal::Boolean(flag) => flag.to_string(),
        Literal::Number(text) => text,
        Literal::Text(text) | Literal::Enum(text) | Literal::Json(text) | Literal::DateTime(text) => {
            crate::sql::string(context.dialect, &text)
        }
        Literal::Bytes(bytes) => crate::sql::string(context.dialect, &crate::sql::hex(&bytes)),
        Literal::List(_) => String::new(),
    }
}
