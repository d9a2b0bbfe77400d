//! Cascades that come back to where they began, or reach a table on two ways. SQL Server refuses both; without
//! foreign keys nothing would end the first.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::provider::actions;
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;

use super::Checks;

/// Checks the cascades that begin with one relation.
pub(crate) fn check(checks: &Checks<'_, '_>, relation: &DraftRelation, report: &mut Report) {
    if checks.provider.is_none() || relation.a.is_none() || relation.b.is_none() {
        return;
    }
    if checks.can.detects_cycles || checks.mode == RelationMode::Prisma {
        cycle(checks, relation, report);
    }
    if checks.can.detects_cycles && checks.mode == RelationMode::ForeignKeys {
        several_paths(checks, relation, report);
    }
}

/// Complete relations whose columns are in a model, in the order of their targets.
fn relations_from<'d>(checks: &'d Checks<'_, '_>, model: ModelId) -> Vec<&'d DraftRelation> {
    let mut from: Vec<(usize, &DraftRelation)> = checks
        .draft
        .relations
        .iter()
        .enumerate()
        .filter(|(_, relation)| {
            matches!(relation.shape, RelationShape::OneToOne | RelationShape::OneToMany)
                && relation.model_a == model
                && relation.a.is_some()
                && relation.b.is_some()
        })
        .collect();
    from.sort_by_key(|(index, relation)| (relation.model_b, *index));
    from.into_iter().map(|(_, relation)| relation).collect()
}

/// True when deleting or changing a row may change rows that refer to it.
fn changes_rows(checks: &Checks<'_, '_>, relation: &DraftRelation) -> bool {
    let Some(forward) = relation.a.map(|index| &checks.draft.relation_fields[index]) else {
        return false;
    };
    let allowed = actions(checks.provider, checks.mode);
    let model = checks.draft.model(relation.model_a);
    let required = forward.fields.iter().flatten().any(|id| model.field(*id).arity == Arity::Required);
    let on_delete = forward.on_delete.map(|(action, _)| action).unwrap_or_else(|| {
        let has = |action| allowed.contains(&action);
        match (required, has(ReferentialAction::Restrict), has(ReferentialAction::SetNull)) {
            (true, true, _) | (false, true, false) => ReferentialAction::Restrict,
            (false, _, true) => ReferentialAction::SetNull,
            (_, false, _) => ReferentialAction::NoAction,
        }
    });
    let on_update = forward.on_update.map_or(ReferentialAction::Cascade, |(action, _)| action);
    let changes = |action| !matches!(action, ReferentialAction::NoAction | ReferentialAction::Restrict);
    changes(on_delete) || changes(on_update)
}

fn span_of(checks: &Checks<'_, '_>, relation: &DraftRelation) -> Option<crate::source::Span> {
    let field = &checks.draft.relation_fields[relation.a?];
    Some(checks.draft.field(field.at).span)
}

fn cycle(checks: &Checks<'_, '_>, start: &DraftRelation, report: &mut Report) {
    let Some(span) = span_of(checks, start) else { return };
    let help = "set `onDelete: NoAction, onUpdate: NoAction` on one of these relations";
    let mut visited: FxHashSet<Option<usize>> = FxHashSet::default();
    let mut next = vec![(start, vec![start.model_a])];
    while let Some((relation, path)) = next.pop() {
        visited.insert(relation.a);
        if !changes_rows(checks, relation) {
            continue;
        }
        if relation.model_a == relation.model_b {
            let message = "a cascade of this self relation would never end";
            report.error_help("self-cascade", span, message, help);
            return;
        }
        let names = |path: &[ModelId]| {
            let names: Vec<&str> = path.iter().map(|id| checks.draft.model(*id).name).collect();
            names.join(" -> ")
        };
        let mut path = path;
        path.push(relation.model_b);
        if relation.model_b == start.model_a {
            let message = format!("a cascade would come back to where it began: {}", names(&path));
            report.error_help("cascade-cycle", span, message, help);
            return;
        }
        for further in relations_from(checks, relation.model_b) {
            if !visited.contains(&further.a) {
                next.push((further, path.clone()));
            }
        }
    }
}

fn several_paths(checks: &Checks<'_, '_>, start: &DraftRelation, report: &mut Report) {
    if !changes_rows(checks, start) {
        return;
    }
    let Some(span) = span_of(checks, start) else { return };
    // For every relation field of the model: the models a cascade through it touches.
    let mut reached: FxHashMap<Option<usize>, BTreeSet<ModelId>> = FxHashMap::default();
    for first in relations_from(checks, start.model_a) {
        let mut next = vec![first];
        let mut seen: FxHashSet<Option<usize>> = FxHashSet::default();
        while let Some(relation) = next.pop() {
            let closes = relation.model_a == relation.model_b || relation.model_b == start.model_a;
            if closes || !changes_rows(checks, relation) || !seen.insert(relation.a) {
                continue;
            }
            reached.entry(first.a).or_default().insert(relation.model_b);
            next.extend(relations_from(checks, relation.model_b));
        }
    }
    let Some(own) = reached.remove(&start.a) else { return };
    let shared: BTreeSet<&str> =
        reached.values().flat_map(|others| own.intersection(others)).map(|id| checks.draft.model(*id).name).collect();
    if !shared.is_empty() {
        let names: Vec<&str> = shared.into_iter().collect();
        let message = format!(
            "cascades from {} reach `{}` on more than one way",
            names.join(", "),
            checks.draft.model(start.model_a).name
        );
        let help = "set `onDelete: NoAction, onUpdate: NoAction` on one of the ways";
        report.error_help("several-cascade-paths", span, message, help);
    }
}
