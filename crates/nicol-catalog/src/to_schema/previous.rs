//! The schema there was before, found by what it is called in the database.

use nicol_schema::ValidSchema;
use nicol_schema::schema::{
    Enum, EnumId, Field, FieldType, Model, ModelId, Relation, RelationKind, RelationMode, ScalarType,
};

use super::comments::Comments;
use crate::catalog::{Catalog, ForeignKey, same_namespace};
use crate::from_schema::column_name;

/// The previous schema.
pub(super) struct Previous<'a> {
    pub(super) schema: &'a ValidSchema,
    /// Plain comments of its files.
    pub(super) comments: Comments,
    /// Models and enums count for nothing.
    fresh: bool,
}

impl<'a> Previous<'a> {
    pub(super) fn new(schema: &'a ValidSchema, fresh: bool) -> Previous<'a> {
        Previous { schema, comments: Comments::of(schema), fresh }
    }

    fn models(&self) -> impl Iterator<Item = (ModelId, &'a Model)> {
        let models = if self.fresh { &[][..] } else { self.schema.models.as_slice() };
        models.iter().enumerate().map(|(place, model)| (ModelId(place as u32), model))
    }

    /// The model of a table.
    pub(super) fn model(&self, namespace: Option<&str>, table: &str) -> Option<(ModelId, &'a Model)> {
        self.block(namespace, table, false)
    }

    /// The view of a view.
    pub(super) fn view(&self, namespace: Option<&str>, view: &str) -> Option<(ModelId, &'a Model)> {
        self.block(namespace, view, true)
    }

    fn block(&self, namespace: Option<&str>, name: &str, is_view: bool) -> Option<(ModelId, &'a Model)> {
        let speaks = self.is_multi_schema();
        self.models().find(|(_, model)| {
            model.is_view == is_view
                && model.database_name() == name
                && (!speaks || same_namespace(model.schema.as_deref(), namespace))
        })
    }

    /// The enums, none when everything is written anew.
    pub(super) fn enums(&self) -> &'a [Enum] {
        if self.fresh { &[] } else { &self.schema.enums }
    }

    /// The enum of a type.
    pub(super) fn enumeration(&self, namespace: Option<&str>, name: &str) -> Option<&'a Enum> {
        let speaks = self.is_multi_schema();
        self.enums()
            .iter()
            .find(|one| one.database_name() == name && (!speaks || same_namespace(one.schema.as_deref(), namespace)))
    }

    /// The enum that a field had as its type.
    pub(super) fn enum_of_field(&self, field: &Field) -> Option<(EnumId, &'a Enum)> {
        match field.ty {
            FieldType::Enum(id) => Some((id, self.schema.enumeration(id))),
            FieldType::Scalar(_) | FieldType::Composite(_) | FieldType::Model(_) | FieldType::Unsupported(_) => None,
        }
    }

    /// The relation that a foreign key was.
    pub(super) fn relation_of(&self, catalog: &Catalog, table: usize, key: &ForeignKey) -> Option<&'a Relation> {
        let table = &catalog.tables[table];
        let (model_id, model) = self.model(table.namespace.as_deref(), &table.name)?;
        let (target_id, target) = self.model(key.referenced_namespace.as_deref(), &key.referenced_table)?;
        self.schema.relations.iter().find(|relation| match &relation.kind {
            RelationKind::Foreign(old) => {
                let names = |model: &Model, fields: &[nicol_schema::schema::FieldId]| -> Vec<String> {
                    fields.iter().map(|field| column_name(model, *field).to_owned()).collect()
                };
                old.referencing.model == model_id
                    && old.referenced.model == target_id
                    && names(model, &old.fields) == key.columns
                    && names(target, &old.references) == key.referenced_columns
            }
            RelationKind::ManyToMany { .. } => false,
        })
    }

    /// The implicit many-to-many relation behind a join table of this name.
    pub(super) fn many_to_many(&self, name: &str) -> Option<&'a Relation> {
        let relations = if self.fresh { &[][..] } else { self.schema.relations.as_slice() };
        relations.iter().find(|relation| {
            matches!(relation.kind, RelationKind::ManyToMany { .. })
                && Some(relation.name.as_str()) == name.strip_prefix('_')
        })
    }

    /// Every relation of two models.
    pub(super) fn relations(&self) -> &'a [Relation] {
        if self.fresh { &[] } else { &self.schema.relations }
    }

    /// Whether the database holds no foreign keys for the relations of the schema.
    pub(super) fn has_own_relations(&self) -> bool {
        self.schema.datasource.as_ref().is_some_and(|datasource| datasource.relation_mode == RelationMode::Prisma)
    }

    /// Whether several of PostgreSQL's schemas are spoken of.
    pub(super) fn is_multi_schema(&self) -> bool {
        self.schema.datasource.as_ref().is_some_and(|datasource| !datasource.schemas.is_empty())
    }

    /// Whether views are part of the schema.
    pub(super) fn takes_views(&self) -> bool {
        self.schema.has_preview_feature("views")
    }

    /// Whether `where:` of indexes is part of the schema.
    pub(super) fn takes_predicates(&self) -> bool {
        self.schema.has_preview_feature("partialIndexes")
    }

    /// The prefix of native types: the datasource's name.
    pub(super) fn datasource_name(&self) -> &'a str {
        self.schema.datasource.as_ref().map_or("db", |datasource| datasource.name.as_str())
    }
}

/// The field of a column.
pub(super) fn field_of<'m>(model: &'m Model, column: &str) -> Option<&'m Field> {
    model.fields.iter().find(|field| field.is_column() && field.database_name() == column)
}

/// True for a point in time that the client keeps up to date.
pub(super) fn is_updated_at(field: &Field) -> bool {
    field.is_updated_at && field.ty == FieldType::Scalar(ScalarType::DateTime)
}
