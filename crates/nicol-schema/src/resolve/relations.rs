//! Fifth pass: which relation fields belong together, and what relation they make.

use rustc_hash::FxHashMap;

use crate::schema::*;

use super::draft::*;

/// Joins up relation fields. Each relation is listed once, where its first deciding field stands.
pub(crate) fn infer(draft: &mut Draft<'_>) {
    let alike = alike(draft);
    let mut relations = Vec::with_capacity(draft.relation_fields.len() / 2);
    let mut counts = Vec::with_capacity(draft.relation_fields.len());
    for (index, field) in draft.relation_fields.iter().enumerate() {
        counts.push(alike.get(&leads(field)).map_or(1, |alike| alike.count));
        relations.extend(relation(draft, index, opposite(&alike, field, index)));
    }
    for (field, count) in draft.relation_fields.iter_mut().zip(counts) {
        field.alike = count;
    }
    draft.relations = relations;
}

/// Where a relation field leads: model, target and name.
type Leads<'d> = (ModelId, ModelId, Option<&'d str>);

fn leads<'d>(field: &'d RelationField<'_>) -> Leads<'d> {
    (field.at.model, field.target, field.name.as_deref())
}

/// Relation fields that lead from the same model to the same target under the same name.
struct Alike {
    first: usize,
    second: Option<usize>,
    count: u32,
}

fn alike<'d>(draft: &'d Draft<'_>) -> FxHashMap<Leads<'d>, Alike> {
    let mut found: FxHashMap<Leads<'d>, Alike> = FxHashMap::default();
    found.reserve(draft.relation_fields.len());
    for (index, field) in draft.relation_fields.iter().enumerate() {
        let alike = found.entry(leads(field)).or_insert(Alike { first: index, second: None, count: 0 });
        alike.count += 1;
        if alike.count == 2 {
            alike.second = Some(index);
        }
    }
    found
}

/// The first field of the target model that points back under the same name.
fn opposite(alike: &FxHashMap<Leads<'_>, Alike>, field: &RelationField<'_>, index: usize) -> Option<usize> {
    let found = alike.get(&(field.target, field.at.model, field.name.as_deref()))?;
    if found.first == index { found.second } else { Some(found.first) }
}

fn relation(draft: &Draft<'_>, index: usize, opposite: Option<usize>) -> Option<DraftRelation> {
    let field = &draft.relation_fields[index];
    let arity = draft.field(field.at).arity;
    let forward = |shape, b| DraftRelation { shape, model_a: field.at.model, model_b: field.target, a: Some(index), b };
    let Some(other) = opposite else {
        return Some(match arity {
            Arity::List => DraftRelation {
                shape: RelationShape::OneToMany,
                model_a: field.target,
                model_b: field.at.model,
                a: None,
                b: Some(index),
            },
            Arity::Required | Arity::Optional if is_unique(draft, field) => forward(RelationShape::OneToOne, None),
            Arity::Required | Arity::Optional => forward(RelationShape::OneToMany, None),
        });
    };
    let far = &draft.relation_fields[other];
    let (here_name, there_name) = (sort_key(draft, field), sort_key(draft, far));
    match (arity, draft.field(far.at).arity) {
        (Arity::List, Arity::List) => {
            let (model, field_name) = here_name;
            if model > there_name.0 || (field.at.model == far.at.model && field_name > there_name.1) {
                return None;
            }
            let embedded = field.fields.is_some() || far.fields.is_some();
            Some(forward(if embedded { RelationShape::Embedded } else { RelationShape::ManyToMany }, opposite))
        }
        (Arity::List, Arity::Required | Arity::Optional) => None,
        (Arity::Required | Arity::Optional, Arity::List) => Some(forward(RelationShape::OneToMany, opposite)),
        (Arity::Required, Arity::Optional) => Some(forward(RelationShape::OneToOne, opposite)),
        (Arity::Optional, Arity::Required) => None,
        (Arity::Required, Arity::Required) => {
            (here_name <= there_name).then(|| forward(RelationShape::OneToOne, opposite))
        }
        (Arity::Optional, Arity::Optional) => {
            let first = field.fields.is_some() || (far.fields.is_none() && here_name <= there_name);
            first.then(|| forward(RelationShape::OneToOne, opposite))
        }
    }
}

fn sort_key<'d>(draft: &'d Draft<'_>, field: &RelationField<'_>) -> (&'d str, &'d str) {
    (draft.model(field.at.model).name, draft.field(field.at).name)
}

/// True when the columns of the field are declared unique, in their order.
fn is_unique(draft: &Draft<'_>, field: &RelationField<'_>) -> bool {
    let Some(fields) = &field.fields else { return false };
    draft.model(field.at.model).indexes.iter().any(|index| {
        index.kind == IndexKind::Unique
            && index.fields.len() == fields.len()
            && index.fields.iter().zip(fields).all(|(a, b)| a.path.is_empty() && a.field == *b)
    })
}
