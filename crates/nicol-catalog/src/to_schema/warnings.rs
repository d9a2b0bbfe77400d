//! What a pulled schema cannot say, and what it took over from the one before.

use super::previous::Previous;
use crate::catalog::{Catalog, OtherKind, Remark};

/// Something to know about a pulled schema. Names are those of the schema, but for what is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are the names of what is spoken of")]
pub enum Warning {
    /// A table without columns that can be seen: the model is commented out.
    ModelCommentedOut { model: String },
    /// No name could be made of the database's: called by its place.
    Numbered { name: String, map: String },
    /// Nothing tells rows apart: the model is ignored.
    ModelIgnored { model: String },
    /// A type that the language has no name for.
    UnsupportedType { model: String, field: String, ty: String },
    /// A reserved word: renamed.
    Reserved { name: String, map: String },
    /// One of several things of a name: renamed.
    Duplicate { name: String, map: String },
    /// A computed column: a field could not be made so again.
    GeneratedColumn { model: String, field: String },
    /// An index with a condition, left out as the preview feature is off.
    PartialIndex { model: String, index: String },
    /// Something about a table that the language cannot say.
    Beyond { model: String, remark: Remark },
    /// A view that is left out as the preview feature is off.
    ViewLeftOut { view: String },
    /// A view without a key.
    ViewIgnored { view: String },
    /// Something beside tables.
    Other { name: String, kind: OtherKind },
    /// `@map` is from the schema before.
    FieldMapKept { model: String, field: String },
    /// `@@map` of a model is from the schema before.
    ModelMapKept { model: String },
    /// `@@map` of an enum is from the schema before.
    EnumMapKept { enumeration: String },
    /// `@map` of a value is from the schema before.
    ValueMapKept { enumeration: String, value: String },
    /// Relations are from the schema before, as the database has no foreign keys.
    RelationsKept { model: String },
}

impl Warning {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        self.words().0
    }

    /// What all warnings of this kind have in common, as a sentence that ends with a colon.
    pub fn heading(&self) -> &'static str {
        self.words().1
    }

    /// Where this kind comes among the others.
    pub(super) fn rank(&self) -> (u8, &'static str) {
        let (code, _) = self.words();
        let rank = match self {
            Warning::ModelCommentedOut { .. } => 0,
            Warning::Numbered { .. } => 1,
            Warning::ModelIgnored { .. } => 3,
            Warning::UnsupportedType { .. } => 4,
            Warning::Reserved { .. } => 5,
            Warning::Duplicate { .. } => 6,
            Warning::PartialIndex { .. } => 7,
            Warning::GeneratedColumn { .. } => 8,
            Warning::Beyond { .. } => 9,
            Warning::ViewIgnored { .. } => 10,
            Warning::ViewLeftOut { .. } => 11,
            Warning::Other { .. } => 12,
            Warning::FieldMapKept { .. } => 13,
            Warning::ModelMapKept { .. } => 14,
            Warning::ValueMapKept { .. } => 15,
            Warning::EnumMapKept { .. } => 16,
            Warning::RelationsKept { .. } => 17,
        };
        (rank, code)
    }

    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Warning::ModelCommentedOut { .. } => (
                "model-without-columns",
                "Commented out, as no column of the table can be seen; look after your rights:",
            ),
            Warning::Numbered { .. } => (
                "no-name",
                "Called by their place, as no name could be made of the database's; give each a better one:",
            ),
            Warning::ModelIgnored { .. } => {
                ("model-without-key", "Ignored by clients, as no key or required unique column tells rows apart:")
            }
            Warning::UnsupportedType { .. } => {
                ("unsupported-type", "Left out by clients, as the schema language has no name for the type:")
            }
            Warning::Reserved { .. } => ("renamed-reserved", "Renamed, as the name is reserved:"),
            Warning::Duplicate { .. } => ("renamed-duplicate", "Renamed, as several things have the name:"),
            Warning::GeneratedColumn { .. } => {
                ("generated-column", "Computed by the database; the schema can only show the expression as a default:")
            }
            Warning::PartialIndex { .. } => {
                ("partial-index", "Left out: indexes with a condition need the preview feature `partialIndexes`:")
            }
            Warning::Beyond { remark, .. } => remark_words(remark),
            Warning::ViewLeftOut { .. } => ("view-left-out", "Left out: views need the preview feature `views`:"),
            Warning::ViewIgnored { .. } => {
                ("view-without-key", "Views without a key; mark a column with `@unique` to read single rows:")
            }
            Warning::Other { kind, .. } => match kind {
                OtherKind::MaterializedView => ("materialized-view", "Left out: materialized views:"),
                OtherKind::ForeignTable => ("foreign-table", "Left out: tables of other servers:"),
                OtherKind::VirtualTable => ("virtual-table", "Left out: virtual tables:"),
            },
            Warning::FieldMapKept { .. } => ("kept-field-map", "Fields named with `@map` as in the schema before:"),
            Warning::ModelMapKept { .. } => ("kept-model-map", "Models named with `@@map` as in the schema before:"),
            Warning::EnumMapKept { .. } => ("kept-enum-map", "Enums named with `@@map` as in the schema before:"),
            Warning::ValueMapKept { .. } => {
                ("kept-value-map", "Enum values named with `@map` as in the schema before:")
            }
            Warning::RelationsKept { .. } => {
                ("kept-relations", "Relations as in the schema before, as the database keeps no foreign keys:")
            }
        }
    }

    /// The single case, as a line of a list.
    pub fn item(&self) -> String {
        match self {
            Warning::ModelCommentedOut { model }
            | Warning::ModelIgnored { model }
            | Warning::ModelMapKept { model }
            | Warning::RelationsKept { model } => format!("Model: \"{model}\""),
            Warning::GeneratedColumn { model, field } | Warning::FieldMapKept { model, field } => {
                format!("Model: \"{model}\", field: \"{field}\"")
            }
            Warning::ValueMapKept { enumeration, value } => format!("Enum: \"{enumeration}\", value: \"{value}\""),
            Warning::UnsupportedType { model, field, ty } => {
                format!("Model: \"{model}\", field: \"{field}\", original data type: \"{ty}\"")
            }
            Warning::Reserved { name, map } | Warning::Duplicate { name, map } | Warning::Numbered { name, map } => {
                format!("\"{name}\", in the database \"{map}\"")
            }
            Warning::PartialIndex { model, index } => format!("Model: \"{model}\", index: \"{index}\""),
            Warning::Beyond { model, remark } => match remark_item(remark) {
                Some(item) => format!("Model: \"{model}\", {item}"),
                None => format!("Model: \"{model}\""),
            },
            Warning::ViewLeftOut { view } | Warning::ViewIgnored { view } => format!("View: \"{view}\""),
            Warning::Other { name, .. } => format!("\"{name}\""),
            Warning::EnumMapKept { enumeration } => format!("Enum: \"{enumeration}\""),
        }
    }
}

fn remark_words(remark: &Remark) -> (&'static str, &'static str) {
    match remark {
        Remark::Comment { .. } => ("comment", "Comments that stand in the database only:"),
        Remark::Check { .. } => ("check", "Check constraints that stand in the database only:"),
        Remark::Exclusion { .. } => ("exclusion", "Exclusion constraints that stand in the database only:"),
        Remark::ExpressionIndex { .. } => {
            ("expression-index", "Indexes on expressions that stand in the database only:")
        }
        Remark::SpatialIndex { .. } => ("spatial-index", "Spatial indexes that stand in the database only:"),
        Remark::IndexDetail { .. } => ("index-detail", "Indexes of which the schema says only a part:"),
        Remark::ColumnDetail { .. } => ("column-detail", "Columns of which the schema says only a part:"),
        Remark::NullOrder { .. } => ("null-order", "Indexes whose order of NULLs the schema does not say:"),
        Remark::Deferrable { .. } => {
            ("deferrable", "Constraints that may be checked late, which the schema does not say:")
        }
        Remark::Partitioned => ("partitioned", "Tables in partitions, which the schema does not say:"),
        Remark::Inherited => ("inherited", "Tables that others inherit from, which the schema does not say:"),
        Remark::RowSecurity => ("row-security", "Tables with row level security, which the schema does not say:"),
        Remark::RowTimeToLive => ("row-ttl", "Tables whose rows end by themselves, which the schema does not say:"),
        Remark::Trigger { .. } => ("trigger", "Triggers that stand in the database only:"),
        Remark::GeneratedColumn { .. } => ("generated-column", "Computed columns that are left out:"),
    }
}

fn remark_item(remark: &Remark) -> Option<String> {
    Some(match remark {
        Remark::Comment { column } => format!("field: \"{}\"", column.as_ref()?),
        Remark::Check { name } | Remark::Exclusion { name } | Remark::Deferrable { name } => {
            format!("constraint: \"{name}\"")
        }
        Remark::ExpressionIndex { name } | Remark::SpatialIndex { name } => format!("index: \"{name}\""),
        Remark::IndexDetail { name, detail } => format!("index: \"{name}\", in full: {detail}"),
        Remark::ColumnDetail { column, detail } => format!("column: \"{column}\", with: {detail}"),
        Remark::NullOrder { index, column } => format!("index: \"{index}\", column: \"{column}\""),
        Remark::Trigger { name } => format!("trigger: \"{name}\""),
        Remark::GeneratedColumn { name } => format!("column: \"{name}\""),
        Remark::Partitioned | Remark::Inherited | Remark::RowSecurity | Remark::RowTimeToLive => return None,
    })
}

/// Warnings about what is not in the schema at all.
pub(super) fn of_catalog(catalog: &Catalog, previous: &Previous<'_>, warnings: &mut Vec<Warning>) {
    if !previous.takes_views() {
        warnings.extend(catalog.views.iter().map(|view| Warning::ViewLeftOut { view: view.name.clone() }));
    }
    let of = |other: &crate::catalog::Other| Warning::Other { name: other.name.clone(), kind: other.kind };
    warnings.extend(catalog.others.iter().map(of));
}
