//! Cascades that come back to where they began, or reach a table on two ways. SQL Server refuses both; without
//! foreign keys nothing would end the first.

use std::collections::{BTreeSet, VecDeque};

use rustc_hash::FxHashMap;

use crate::diagnostic::Code;
use crate::provider::actions;
use crate::report::Report;
use crate::resolve::draft::*;
use crate::schema::*;

use super::Checks;

/// The complete relations of a schema as a graph from the models with the columns to those they refer to.
pub(crate) struct Cascades<'d> {
    relations: Vec<Edge<'d>>,
    /// For every model the edges that leave it, in the order of their targets.
    from: Vec<Vec<usize>>,
    /// The edge of a relation field.
    of_field: FxHashMap<u32, usize>,
    /// For every model the number of its strongly connected component. Components that can be reached have smaller
    /// numbers.
    component: Vec<usize>,
    /// For every model: a cascade from it comes to a model that refers to itself.
    reaches_self: Vec<bool>,
    /// For the model looked at last: what its relation fields reach.
    reached: Option<(ModelId, Reached)>,
}

/// For every relation field of a model: the models a cascade through it touches.
type Reached = FxHashMap<u32, BTreeSet<ModelId>>;

struct Edge<'d> {
    relation: &'d DraftRelation,
    /// The relation field with the columns.
    field: u32,
    changes_rows: bool,
}

impl<'d> Cascades<'d> {
    /// The graph of a schema; empty where nothing looks at it.
    pub(crate) fn collect(checks: &Checks<'d, '_>) -> Cascades<'d> {
        let models = checks.draft.models.len();
        let mut graph = Cascades {
            relations: Vec::new(),
            from: vec![Vec::new(); models],
            of_field: FxHashMap::default(),
            component: vec![0; models],
            reaches_self: vec![false; models],
            reached: None,
        };
        if !applies(checks) {
            return graph;
        }
        for relation in &checks.draft.relations {
            let inline = matches!(relation.shape, RelationShape::OneToOne | RelationShape::OneToMany);
            if let (true, Some(field), Some(_)) = (inline, relation.a, relation.b) {
                let changes_rows = changes_rows(checks, relation, checks.draft.relation_field(field));
                graph.of_field.insert(field, graph.relations.len());
                graph.from[relation.model_a.0 as usize].push(graph.relations.len());
                graph.relations.push(Edge { relation, field, changes_rows });
            }
        }
        for edges in &mut graph.from {
            edges.sort_by_key(|edge| (graph.relations[*edge].relation.model_b, *edge));
        }
        graph.find_components();
        graph
    }

    fn cascading(&self, model: ModelId) -> impl Iterator<Item = &Edge<'d>> {
        let edges = self.from[model.0 as usize].iter().map(|edge| &self.relations[*edge]);
        edges.filter(|edge| edge.changes_rows)
    }

    /// Numbers the strongly connected components of the cascading edges, without recursion.
    fn find_components(&mut self) {
        const NEW: usize = usize::MAX;
        let models = self.from.len();
        let (mut index, mut low, mut on_stack) = (vec![NEW; models], vec![0; models], vec![false; models]);
        let (mut stack, mut counter, mut components) = (Vec::new(), 0, 0);
        for root in 0..models {
            let mut calls = if index[root] == NEW { vec![(root, 0)] } else { Vec::new() };
            while let Some((model, next)) = calls.pop() {
                if next == 0 {
                    (index[model], low[model], on_stack[model]) = (counter, counter, true);
                    counter += 1;
                    stack.push(model);
                }
                let Some(edge) = self.from[model].get(next).map(|edge| &self.relations[*edge]) else {
                    if low[model] == index[model] {
                        self.close_component(model, components, &mut stack, &mut on_stack);
                        components += 1;
                    }
                    if let Some((above, _)) = calls.last() {
                        low[*above] = low[*above].min(low[model]);
                    }
                    continue;
                };
                calls.push((model, next + 1));
                let target = edge.relation.model_b.0 as usize;
                if !edge.changes_rows {
                    continue;
                } else if index[target] == NEW {
                    calls.push((target, 0));
                } else if on_stack[target] {
                    low[model] = low[model].min(index[target]);
                }
            }
        }
    }

    /// Takes the members of a finished component off the stack. What they reach elsewhere is known by now.
    fn close_component(&mut self, root: usize, number: usize, stack: &mut Vec<usize>, on_stack: &mut [bool]) {
        let start = stack.iter().rposition(|model| *model == root).unwrap_or(0);
        let members = stack.split_off(start);
        let reaches = members.iter().any(|model| {
            let id = ModelId(*model as u32);
            self.cascading(id)
                .any(|edge| edge.relation.model_b == id || self.reaches_self[edge.relation.model_b.0 as usize])
        });
        for model in members {
            (self.component[model], self.reaches_self[model], on_stack[model]) = (number, reaches, false);
        }
    }
}

/// SQL Server refuses both; without foreign keys only cycles matter.
fn applies(checks: &Checks<'_, '_>) -> bool {
    checks.provider.is_some() && (checks.can.detects_cycles || checks.mode == RelationMode::Prisma)
}

/// Checks the cascades that begin with one relation.
pub(crate) fn check<'d>(
    checks: &Checks<'d, '_>,
    relation: &DraftRelation,
    graph: &mut Cascades<'d>,
    report: &mut Report,
) {
    let start = relation.a.and_then(|field| graph.of_field.get(&field).copied());
    let Some(start) = start.filter(|edge| graph.relations[*edge].changes_rows) else {
        return;
    };
    cycle(checks, graph, start, report);
    if checks.can.detects_cycles && checks.mode == RelationMode::ForeignKeys {
        several_paths(checks, graph, start, report);
    }
}

/// True when deleting or changing a row may change rows that refer to it.
fn changes_rows(checks: &Checks<'_, '_>, relation: &DraftRelation, forward: &RelationField<'_>) -> bool {
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

fn cycle(checks: &Checks<'_, '_>, graph: &Cascades<'_>, start: usize, report: &mut Report) {
    let (field, relation) = (graph.relations[start].field, graph.relations[start].relation);
    let at = |model: ModelId| model.0 as usize;
    let comes_back = graph.component[at(relation.model_a)] == graph.component[at(relation.model_b)];
    if !comes_back && !graph.reaches_self[at(relation.model_b)] {
        return;
    }
    let span = checks.draft.field(checks.draft.relation_field(field).at).span();
    let help = "set `onDelete: NoAction, onUpdate: NoAction` on one of these relations";
    let path = path_back(graph, start);
    let ends_in_self = matches!(path.as_slice(), [.., before, last] if before == last);
    if ends_in_self {
        let own = relation.model_a == relation.model_b;
        let name = path.last().map_or("", |model| checks.draft.model(*model).name);
        let message = if own {
            "a cascade of this self relation would never end".to_owned()
        } else {
            format!("a cascade leads to `{name}`, which refers to itself: it would never end")
        };
        report.error_help(Code::SelfCascade, span, message, help);
    } else {
        let names: Vec<&str> = path.iter().map(|model| checks.draft.model(*model).name).collect();
        let message = format!("a cascade would come back to where it began: {}", names.join(" -> "));
        report.error_help(Code::CascadeCycle, span, message, help);
    }
}

/// The models on the shortest way from a relation back to where it began, or to a model that refers to itself.
fn path_back(graph: &Cascades<'_>, start: usize) -> Vec<ModelId> {
    let begin = graph.relations[start].relation;
    let mut came_from: FxHashMap<ModelId, ModelId> = FxHashMap::default();
    let mut queue = VecDeque::from([begin.model_b]);
    let mut path = vec![begin.model_b];
    if begin.model_a == begin.model_b {
        return vec![begin.model_a, begin.model_b];
    }
    while let Some(model) = queue.pop_front() {
        for edge in graph.cascading(model) {
            let next = edge.relation.model_b;
            if next == begin.model_a || next == model {
                path = vec![next, model];
                while let Some(before) = came_from.get(path.last().unwrap_or(&model)) {
                    path.push(*before);
                }
                path.push(begin.model_a);
                path.reverse();
                return path;
            }
            if next != begin.model_b && !came_from.contains_key(&next) {
                came_from.insert(next, model);
                queue.push_back(next);
            }
        }
    }
    path
}

fn several_paths<'d>(checks: &Checks<'d, '_>, graph: &mut Cascades<'d>, start: usize, report: &mut Report) {
    let (field, from) = (graph.relations[start].field, graph.relations[start].relation.model_a);
    if graph.reached.as_ref().is_none_or(|(model, _)| *model != from) {
        graph.reached = Some((from, reached(graph, from)));
    }
    let Some((_, reached)) = &graph.reached else { return };
    let Some(own) = reached.get(&field) else { return };
    let others = reached.iter().filter(|(other, _)| **other != field);
    let shared = others.flat_map(|(_, others)| own.intersection(others)).map(|id| checks.draft.model(*id).name);
    let shared: BTreeSet<&str> = shared.collect();
    if !shared.is_empty() {
        let names: Vec<&str> = shared.into_iter().collect();
        let message = format!(
            "cascades from {} reach `{}` on more than one way",
            names.join(", "),
            checks.draft.model(from).name
        );
        let help = "set `onDelete: NoAction, onUpdate: NoAction` on one of the ways";
        let span = checks.draft.field(checks.draft.relation_field(field).at).span();
        report.error_help(Code::SeveralCascadePaths, span, message, help);
    }
}

/// What cascades through each relation field of a model touch, the model itself left out.
fn reached(graph: &Cascades<'_>, from: ModelId) -> Reached {
    let mut reached = Reached::default();
    for first in graph.cascading(from) {
        let mut seen = BTreeSet::new();
        let mut next = vec![first];
        while let Some(edge) = next.pop() {
            let relation = edge.relation;
            let closes = relation.model_a == relation.model_b || relation.model_b == from;
            if !closes && seen.insert(relation.model_b) {
                next.extend(graph.cascading(relation.model_b));
            }
        }
        reached.insert(first.field, seen);
    }
    reached
}
