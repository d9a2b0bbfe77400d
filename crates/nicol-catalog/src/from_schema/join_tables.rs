//! The tables behind implicit many-to-many relations.

use nicol_db::Dialect;
use nicol_schema::constraint_names::identifier_limit;
use nicol_schema::schema::{Arity as FieldArity, FieldRef, IndexKind, Model, ReferentialAction, RelationKind};

use super::{Context, columns};
use crate::catalog::{Arity, Column, ForeignKey, Index, IndexColumn, PrimaryKey, Table};
use crate::provider_of;

/// Adds a table for every many-to-many relation, in the order of their first sides.
pub(super) fn push(context: &Context<'_>, tables: &mut Vec<Table>) {
    let mut relations: Vec<(FieldRef, FieldRef, &str)> = Vec::new();
    for relation in &context.schema.relations {
        if let RelationKind::ManyToMany { a, b, .. } = &relation.kind {
            relations.push((*a, *b, &relation.name));
        }
    }
    relations.sort_by_key(|(a, _, _)| (a.model, a.field));
    tables.extend(relations.into_iter().map(|(a, b, name)| table(context, a, b, name)));
}

fn table(context: &Context<'_>, a: FieldRef, b: FieldRef, relation: &str) -> Table {
    let limit = identifier_limit(provider_of(context.dialect));
    let name = cut(&format!("_{relation}"), limit).to_owned();
    let named = |suffix: &str| format!("{}{suffix}", cut(&name, limit - suffix.len()));
    // Column A holds the key of the model behind field `b`'s opposite, which is the model field `a` stands in.
    let sides = [("A", context.schema.model(a.model)), ("B", context.schema.model(b.model))];
    let both = || vec![IndexColumn::plain("A"), IndexColumn::plain("B")];
    let plain = |name: String, kind, columns| Index {
        name,
        kind,
        columns,
        algorithm: None,
        predicate: None,
        is_implied: false,
        is_of_constraint: false,
    };
    let has_key = context.dialect == Dialect::Postgres;
    let mut indexes = Vec::new();
    if !has_key {
        indexes.push(plain(named("_AB_unique"), IndexKind::Unique, both()));
    }
    indexes.push(plain(named("_B_index"), IndexKind::Normal, vec![IndexColumn::plain("B")]));
    let foreign_keys = sides.iter().filter_map(|(column, model)| {
        let suffix = format!("_{column}_fkey");
        context.has_foreign_keys().then(|| foreign_key(context, column, model, named(&suffix)))?
    });
    Table {
        namespace: context.namespace(&sides[0].1.schema),
        columns: sides.iter().filter_map(|(column, model)| side_column(context, column, model)).collect(),
        primary_key: has_key.then(|| PrimaryKey { name: Some(named("_AB_pkey")), columns: both() }),
        indexes,
        foreign_keys: foreign_keys.collect(),
        checks: Vec::new(),
        is_append_only: false,
        remarks: Vec::new(),
        name,
    }
}

/// The part of a name that fits, cut between characters.
fn cut(name: &str, limit: usize) -> &str {
    if name.len() <= limit {
        return name;
    }
    let mut end = limit;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// The field a join table refers to: the model's single id, else its first required single unique.
fn key_field(model: &Model) -> Option<&nicol_schema::schema::Field> {
    let primary = model.primary_key.as_ref().map(|key| key.fields.as_slice());
    let uniques = model.indexes.iter().filter(|index| index.kind == IndexKind::Unique);
    let mut candidates = primary.into_iter().chain(uniques.map(|index| index.fields.as_slice()));
    candidates.find_map(|fields| match fields {
        [only] => {
            let field = &model.fields[only.field.0 as usize];
            (field.arity == FieldArity::Required).then_some(field)
        }
        _ => None,
    })
}

fn side_column(context: &Context<'_>, name: &str, model: &Model) -> Option<Column> {
    let field = key_field(model)?;
    Some(Column {
        name: name.to_owned(),
        ty: columns::column_type(context, field),
        arity: Arity::Required,
        default: None,
        default_text: None,
        generated: None,
        auto_increment: false,
        sequence: None,
        identity: None,
        has_client_default: false,
    })
}

fn foreign_key(context: &Context<'_>, column: &str, model: &Model, name: String) -> Option<ForeignKey> {
    let field = key_field(model)?;
    Some(ForeignKey {
        name: Some(name),
        columns: vec![column.to_owned()],
        referenced_namespace: context.namespace(&model.schema),
        referenced_table: model.database_name().to_owned(),
        referenced_columns: vec![field.database_name().to_owned()],
        on_delete: ReferentialAction::Cascade,
        on_update: ReferentialAction::Cascade,
    })
}
