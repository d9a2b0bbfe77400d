//! What a schema calls the things of its catalog: the way from a model, field or enum value to its name in the database.
//!
//! Known of catalogs made from a schema only, and never compared: two schemas that differ in nothing else make the same
//! database. Decisions about renames are told in these names, and a name that stayed while its `@map` changed is the
//! surest sign of a rename.

use crate::catalog::same_namespace;

/// The names of a schema.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Models in order, views left out.
    pub models: Vec<ModelName>,
    /// Enums in order.
    pub enums: Vec<EnumName>,
}

/// A model and its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelName {
    /// Name in the schema.
    pub name: String,
    /// The table's namespace.
    pub namespace: Option<String>,
    /// The table's name.
    pub table: String,
    /// Fields that are columns, in order.
    pub fields: Vec<FieldName>,
}

/// A field and its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName {
    /// Name in the schema.
    pub name: String,
    /// The column's name.
    pub column: String,
    /// The name, in the schema, of the enum it is of.
    pub enumeration: Option<String>,
}

/// An enum, its type in the database where there is one, and its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumName {
    /// Name in the schema.
    pub name: String,
    /// The type's namespace.
    pub namespace: Option<String>,
    /// The type's name.
    pub type_name: String,
    /// Values: name in the schema, name in the database.
    pub values: Vec<(String, String)>,
}

impl Names {
    /// The model of a name.
    pub fn model(&self, name: &str) -> Option<&ModelName> {
        self.models.iter().find(|model| model.name == name)
    }

    /// The model behind a table.
    pub fn model_of(&self, namespace: Option<&str>, table: &str) -> Option<&ModelName> {
        let is_it = |model: &&ModelName| model.table == table && same_namespace(model.namespace.as_deref(), namespace);
        self.models.iter().find(is_it)
    }

    /// The enum of a name.
    pub fn enumeration(&self, name: &str) -> Option<&EnumName> {
        self.enums.iter().find(|one| one.name == name)
    }

    /// The enum behind a type.
    pub fn enumeration_of(&self, namespace: Option<&str>, type_name: &str) -> Option<&EnumName> {
        self.enums.iter().find(|one| one.type_name == type_name && same_namespace(one.namespace.as_deref(), namespace))
    }
}

impl ModelName {
    /// The field of a name.
    pub fn field(&self, name: &str) -> Option<&FieldName> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field behind a column.
    pub fn field_of(&self, column: &str) -> Option<&FieldName> {
        self.fields.iter().find(|field| field.column == column)
    }
}
