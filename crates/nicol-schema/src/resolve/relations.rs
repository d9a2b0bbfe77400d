//! Fourth pass: which relation fields belong together, and what relation they make.

use rustc_hash::FxHashMap;

use crate::schema::*;

use super::draft::*;

/// Joins up relation fields. Each relation is listed once, where its first deciding field stands.
pub(crate) fn infer(draft: &mut Draft<'_>) {
    let many = Many::new(draft);
    let mut relations = Vec::with_capacity(draft.relation_fields.len() / 2 + 1);
    for index in 0..draft.relation_fields.len() as u32 {
        let field = draft.relation_field(index);
        let count = many.alike(draft, index, field.at.model, field.target).count;
        let back = many.alike(draft, index, field.target, field.at.model);
        let opposite = if back.first == Some(index) { back.second } else { back.first };
        relations.extend(relation(draft, index, opposite));
        draft.relation_fields[index as usize].alike = count;
    }
    draft.relations = relations;
}

/// Relation fields that lead from one model to another under one name.
#[derive(Debug, Clone, Copy, Default)]
struct Alike {
    first: Option<u32>,
    second: Option<u32>,
    count: u32,
}

impl Alike {
    fn add(&mut self, index: u32) {
        self.count += 1;
        match self.count {
            1 => self.first = Some(index),
            2 => self.second = Some(index),
            _ => {}
        }
    }
}

/// Model, target and name.
type Path<'d> = (ModelId, ModelId, Option<&'d str>);

/// Where the relation fields of models lead that have too many to look through.
struct Many<'d>(FxHashMap<Path<'d>, Alike>);

impl<'d> Many<'d> {
    fn new(draft: &Draft<'d>) -> Many<'d> {
        let mut many: FxHashMap<Path<'d>, Alike> = FxHashMap::default();
        for model in draft.models.iter().filter(|model| model.relation_fields.len() > FEW) {
            for index in model.relation_fields.clone() {
                let field = draft.relation_field(index);
                many.entry((field.at.model, field.target, field.name)).or_default().add(index);
            }
        }
        Many(many)
    }

    /// Those from one model to another that are called like this one.
    fn alike(&self, draft: &Draft<'_>, this: u32, from: ModelId, to: ModelId) -> Alike {
        let name = draft.relation_field(this).name;
        let indices = draft.model(from).relation_fields.clone();
        if indices.len() > FEW {
            return self.0.get(&(from, to, name)).copied().unwrap_or_default();
        }
        let mut alike = Alike::default();
        for index in indices {
            let field = draft.relation_field(index);
            if field.target == to && (index == this || field.name == name) {
                alike.add(index);
            }
        }
        alike
    }
}

fn relation(draft: &Draft<'_>, index: u32, opposite: Option<u32>) -> Option<DraftRelation> {
    let field = draft.relation_field(index);
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
    let far = draft.relation_field(other);
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
            && index.fields.iter().zip(fields).all(|(a, b)| a.path().is_none() && a.field == *b)
    })
}
