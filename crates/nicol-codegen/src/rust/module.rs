//! The module of one model: what the macro `nicol::model!` makes it of.

use nicol_schema::schema::Arity;

use super::names::identifier;
use super::plan::{ClientPlan, ColumnPlan, FormPlan, LinkPlan, Member, ModelPlan, RelationPlan};
use super::text::{Text, literal};

/// What the lints of the user's crate should not look at.
const ALLOW: [&str; 8] = [
    "dead_code",
    "missing_docs",
    "unreachable_pub",
    "unused_imports",
    "non_camel_case_types",
    "non_upper_case_globals",
    "clippy::all",
    "clippy::pedantic",
];

/// Quiets the lints of the user's crate inside a module.
pub(crate) fn write_allow(text: &mut Text) {
    text.open("#![allow(");
    ALLOW.iter().for_each(|lint| text.line(format!("{lint},")));
    text.line("reason = \"generated code\"");
    text.close(")]");
}

/// Writes the content of a model's module. Inside the braces of a macro nothing is formatted any further.
pub(crate) fn write(text: &mut Text, client: &ClientPlan<'_>, model: &ModelPlan<'_>) {
    write_allow(text);
    text.blank();
    text.line("/// The table, as a type.");
    text.line("#[derive(Debug, Clone, Copy)]");
    text.line("pub struct Model;");
    text.blank();
    text.open("::nicol::model! {");
    text.docs(model.source.docs.as_deref());
    let (schema, table) = (optional_literal(model.source.schema.as_deref()), literal(model.source.database_name()));
    text.line(format!("{} = {}, {schema}, {table}, key {:?};", model.row, literal(&model.source.name), model.key));
    write_columns(text, model);
    write_relations(text, client, model);
    write_uniques(text, model);
    text.block("forms", model.forms.is_empty(), |text| {
        model.forms.iter().for_each(|form| write_form(text, client, model, form));
    });
    text.line(match (model.source.is_view, model.is_append_only) {
        (true, _) => "writes none",
        (false, true) => "writes create",
        (false, false) => "writes all",
    });
    text.close("}");
    if let [_] = model.forms.as_slice() {
        text.blank();
        text.line("pub type In = New;");
        text.line("pub type Raw = New;");
    }
    if client.is_searchable {
        text.blank();
        text.line("impl ::nicol::Searchable for Model {}");
    }
}

fn write_columns(text: &mut Text, model: &ModelPlan<'_>) {
    // What a form holds as a field, or by a relation in its place, has no setter.
    let held: Vec<Member> = model.forms.iter().flat_map(|form| &form.members).copied().collect();
    let demanded = model.relations.iter().filter(|relation| relation.is_demanded);
    let covered: Vec<usize> = demanded.flat_map(|relation| relation.own_columns()).copied().collect();
    text.block("columns", model.columns.is_empty(), |text| {
        for (index, column) in model.columns.iter().enumerate() {
            let is_held = held.contains(&Member::Column(index)) || covered.contains(&index);
            let mark = if is_held { "must" } else { "set" };
            text.docs(column.source.docs.as_deref());
            let (name, ty) = (identifier(&column.name), column.ty());
            text.line(format!("{mark} {name}: {ty} = {index}, ({});", column_meta(column)));
        }
    });
}

fn column_meta(column: &ColumnPlan<'_>) -> String {
    let field = column.source;
    let mut meta = format!("column({}, {})", literal(&field.name), column.kind);
    if field.database_name() != field.name {
        meta.push_str(&format!(".named({})", literal(field.database_name())));
    }
    match field.arity {
        Arity::Required => {}
        Arity::Optional => meta.push_str(".nullable()"),
        Arity::List => meta.push_str(".list()"),
    }
    if let Some(keeps) = &column.keeps {
        meta.push_str(&format!(".keeps(Keeps::{keeps})"));
    }
    if let Some(default) = &column.default {
        meta.push_str(&format!(".default(Default::{default})"));
    }
    if field.is_updated_at {
        meta.push_str(".updated_at()");
    }
    meta
}

fn write_relations(text: &mut Text, client: &ClientPlan<'_>, model: &ModelPlan<'_>) {
    text.block("relations", model.relations.is_empty(), |text| {
        for (index, relation) in model.relations.iter().enumerate() {
            let mark = match &relation.link {
                _ if relation.is_demanded => "must",
                LinkPlan::Owner { .. } => "parent",
                LinkPlan::Owned { .. } | LinkPlan::Join { .. } => "below",
            };
            let kind = match relation.source.arity {
                Arity::List => "Many",
                Arity::Optional => "Maybe",
                Arity::Required => "One",
            };
            let (name, field) = (identifier(&relation.name), literal(&relation.source.name));
            let (end, link) = (end_types(client, relation), link(relation));
            text.line(format!("{mark} {name}: {kind}<{end}> = {index}, {field}, ({link});"));
        }
    });
}

/// What is at the other end of a relation: the table, the form of new rows, how they hang together.
fn end_types(client: &ClientPlan<'_>, relation: &RelationPlan<'_>) -> String {
    let (target, scope) = (target_model(client, relation), child_scope(client, relation));
    format!("{target}, {scope}, {}", relation.hold(&client.models))
}

/// The target's `Model` type.
fn target_model(client: &ClientPlan<'_>, relation: &RelationPlan<'_>) -> String {
    format!("super::{}::Model", identifier(&client.models[relation.target].module))
}

/// The form that rows below this relation take: the one that leaves out the way back, if that is demanded.
fn child_scope(client: &ClientPlan<'_>, relation: &RelationPlan<'_>) -> String {
    let target = &client.models[relation.target];
    let form = target.forms.iter().find(|form| form.without.is_some() && form.without == relation.opposite);
    form.map_or_else(
        || "::nicol::Root".to_owned(),
        |form| format!("super::{}::{}", identifier(&target.module), form.name),
    )
}

fn link(relation: &RelationPlan<'_>) -> String {
    match &relation.link {
        LinkPlan::Owner { columns, references } => format!("owner(&{columns:?}, &{references:?})"),
        LinkPlan::Owned { references, columns } => format!("owned(&{references:?}, &{columns:?})"),
        LinkPlan::Join { table, schema, here, there } => {
            let (table, schema) = (literal(table), optional_literal(schema.as_deref()));
            format!("join({schema}, {table}, {here:?}, {there:?})")
        }
    }
}

fn write_uniques(text: &mut Text, model: &ModelPlan<'_>) {
    text.block("uniques", model.uniques.is_empty(), |text| {
        for unique in &model.uniques {
            let parts = unique.columns.iter().map(|(column, name)| {
                format!("{}: {} = {column}", identifier(name), model.columns[*column].compared())
            });
            let parts = parts.collect::<Vec<String>>().join(", ");
            text.line(format!("{}({parts}) = {};", identifier(&unique.function), literal(&unique.constraint)));
        }
    });
}

fn write_form(text: &mut Text, client: &ClientPlan<'_>, model: &ModelPlan<'_>, form: &FormPlan) {
    let member = |member: &Member| match member {
        Member::Column(index) => {
            let column = &model.columns[*index];
            format!("{}: {}", identifier(&column.name), column.ty())
        }
        Member::Relation(index) => {
            let relation = &model.relations[*index];
            format!("{}: ::nicol::Parent<{}>", identifier(&relation.name), target_model(client, relation))
        }
    };
    let members = form.members.iter().map(member).collect::<Vec<String>>().join(", ");
    let scope = if form.without.is_some() { "Self" } else { "::nicol::Root" };
    text.line(format!("/// {}", form.docs));
    text.line(format!("{}: {scope} {{ {members} }}", form.name));
}

fn optional_literal(text: Option<&str>) -> String {
    text.map_or_else(|| "None".to_owned(), |text| format!("Some({})", literal(text)))
}
