//! Fifth pass: which relation fields belong together, and what relation they make.

use crate::schema::*;

use super::draft::*;

/// Joins up relation fields. Each relation is listed once, where its first deciding field stands.
pub(crate) fn infer(draft: &mut Draft<'_>) {
    let by_model = fields_by_model(draft);
    let mut relations = Vec::new();
    for index in 0..draft.relation_fields.len() {
        let opposite = opposite(draft, &by_model, index);
        relations.extend(relation(draft, index, opposite));
    }
    draft.relations = relations;
}

/// For every model, the range of its relation fields.
pub(crate) fn fields_by_model(draft: &Draft<'_>) -> Vec<std::ops::Range<usize>> {
    let mut ranges = vec![0..0; draft.models.len()];
    let mut at = 0;
    for (model, range) in ranges.iter_mut().enumerate() {
        let start = at;
        while draft.relation_fields.get(at).is_some_and(|field| field.at.model.0 as usize == model) {
            at += 1;
        }
        *range = start..at;
    }
    ranges
}

/// The first field of the target model that points back under the same name.
fn opposite(draft: &Draft<'_>, by_model: &[std::ops::Range<usize>], index: usize) -> Option<usize> {
    let field = &draft.relation_fields[index];
    by_model[field.target.0 as usize].clone().find(|&other| {
        let candidate = &draft.relation_fields[other];
        candidate.target == field.at.model && other != index && candidate.name == field.name
    })
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
