//! Fifth pass: which relation fields belong together, and what relation they make.

use rustc_hash::FxHashMap;

use crate::schema::*;

use super::draft::*;

/// Joins up relation fields. Each relation is listed once, where its first deciding field stands.
pub(crate) fn infer(draft: &mut Draft<'_>) {
    let leads = Leads::new(draft);
    let mut relations = Vec::with_capacity(draft.relation_fields.len() / 2 + 1);
    let mut counts = Vec::with_capacity(draft.relation_fields.len());
    for (index, field) in (0..).zip(&draft.relation_fields) {
        counts.push(leads.alike(draft, field.at.model, field.target, field.name).count);
        let back = leads.alike(draft, field.target, field.at.model, field.name);
        let opposite = if back.first == Some(index) { back.second } else { back.first };
        relations.extend(relation(draft, index, opposite));
    }
    for (field, count) in draft.relation_fields.iter_mut().zip(counts) {
        field.alike = count;
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

/// Where relation fields lead.
struct Leads<'d> {
    /// For every model the number of its first relation field; one more at the end.
    starts: Vec<u32>,
    /// Those of models that have too many to look through.
    many: FxHashMap<Path<'d>, Alike>,
}

impl<'d> Leads<'d> {
    fn new(draft: &Draft<'d>) -> Leads<'d> {
        let mut starts = Vec::with_capacity(draft.models.len() + 1);
        let mut next = 0;
        for model in 0..=draft.models.len() as u32 {
            while draft.relation_fields.get(next).is_some_and(|field| field.at.model.0 < model) {
                next += 1;
            }
            starts.push(next as u32);
        }
        let mut leads = Leads { starts, many: FxHashMap::default() };
        for model in 0..draft.models.len() {
            let run = leads.run(ModelId(model as u32));
            for (index, field) in run.clone().zip(&draft.relation_fields[run.start as usize..run.end as usize]) {
                if run.len() > FEW {
                    leads.many.entry((field.at.model, field.target, field.name)).or_default().add(index);
                }
            }
        }
        leads
    }

    fn run(&self, model: ModelId) -> std::ops::Range<u32> {
        self.starts[model.0 as usize]..self.starts[model.0 as usize + 1]
    }

    fn alike(&self, draft: &Draft<'_>, from: ModelId, to: ModelId, name: Option<&str>) -> Alike {
        let run = self.run(from);
        if run.len() > FEW {
            return self.many.get(&(from, to, name)).copied().unwrap_or_default();
        }
        let mut alike = Alike::default();
        for (index, field) in run.clone().zip(&draft.relation_fields[run.start as usize..run.end as usize]) {
            if field.target == to && field.name == name {
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
