//! The module of one model.

use nicol_schema::schema::Arity;

use super::names::identifier;
use super::plan::{ClientPlan, ColumnPlan, FormPlan, LinkPlan, Member, ModelPlan, RelationPlan};
use super::text::{Text, literal};

/// Writes the content of a model's module.
pub(crate) fn write(text: &mut Text, client: &ClientPlan<'_>, model: &ModelPlan<'_>) {
    text.line("use ::nicol::{self, meta};");
    write_row(text, model);
    write_constants(text, client, model);
    write_keys(text, model);
    write_table(text, client, model);
    if !model.forms.is_empty() {
        write_forms(text, client, model);
    }
    if !model.source.is_view {
        text.blank();
        text.line("impl nicol::Writable for Model {}");
        if !model.is_append_only {
            write_changes(text, client, model);
        }
    }
}

fn write_row(text: &mut Text, model: &ModelPlan<'_>) {
    text.blank();
    text.docs(model.source.docs.as_deref());
    text.line("#[derive(Debug, Clone, PartialEq)]");
    text.open(format!("pub struct {} {{", model.row));
    for column in &model.columns {
        text.docs(column.source.docs.as_deref());
        text.line(format!("pub {}: {},", identifier(&column.name), column.ty()));
    }
    text.close("}");
}

fn write_constants(text: &mut Text, client: &ClientPlan<'_>, model: &ModelPlan<'_>) {
    text.blank();
    text.line(format!("/// The table of `{}`, as a type.", model.source.name));
    text.line("#[derive(Debug, Clone, Copy)]");
    text.line("pub struct Model;");
    text.blank();
    for (index, column) in model.columns.iter().enumerate() {
        let (name, ty) = (identifier(&column.name), column.ty());
        text.line(format!("pub const {name}: nicol::Col<Model, {ty}> = nicol::Col::new({index});"));
    }
    for (index, relation) in model.relations.iter().enumerate() {
        let kind = match relation.source.arity {
            Arity::List => "Many",
            Arity::Optional => "Maybe",
            Arity::Required => "One",
        };
        let (name, target) = (identifier(&relation.name), target_model(client, relation));
        text.line(format!("pub const {name}: nicol::{kind}<Model, {target}> = nicol::{kind}::new({index});"));
    }
}

/// The target's `Model` type.
fn target_model(client: &ClientPlan<'_>, relation: &RelationPlan<'_>) -> String {
    format!("super::{}::Model", identifier(&client.models[relation.target].module))
}

fn write_keys(text: &mut Text, model: &ModelPlan<'_>) {
    for unique in &model.uniques {
        let parameters: Vec<String> = unique
            .columns
            .iter()
            .map(|(column, name)| {
                format!("{}: impl nicol::Given<{}>", identifier(name), model.columns[*column].compared())
            })
            .collect();
        let values: Vec<String> = unique
            .columns
            .iter()
            .map(|(column, name)| {
                let ty = model.columns[*column].compared();
                format!("({column}, nicol::value::<{ty}>({}))", identifier(name))
            })
            .collect();
        let (function, parameters) = (identifier(&unique.function), parameters.join(", "));
        text.blank();
        text.open(format!("pub fn {function}({parameters}) -> nicol::Unique<Model> {{"));
        text.line(format!("nicol::Unique::by([{}])", values.join(", ")));
        text.close("}");
    }
}

fn write_table(text: &mut Text, client: &ClientPlan<'_>, model: &ModelPlan<'_>) {
    text.blank();
    text.open("impl nicol::Table for Model {");
    text.line(format!("type Row = {};", model.row));
    text.open("const META: &'static meta::TableMeta = &meta::TableMeta {");
    text.line(format!("model: {},", literal(&model.source.name)));
    text.line(format!("table: {},", literal(model.source.database_name())));
    text.line(format!("schema: {},", optional_literal(model.source.schema.as_deref())));
    text.open("columns: &[");
    for column in &model.columns {
        text.line(format!("{},", column_meta(column)));
    }
    text.close("],");
    text.line(format!("key: &{:?},", model.key));
    text.open("uniques: &[");
    for unique in &model.uniques {
        let columns: Vec<usize> = unique.columns.iter().map(|(column, _)| *column).collect();
        text.line(format!("meta::UniqueMeta {{ name: {}, columns: &{columns:?} }},", literal(&unique.constraint)));
    }
    text.close("],");
    text.open("relations: &[");
    for relation in &model.relations {
        write_relation_meta(text, client, relation);
    }
    text.close("],");
    text.close("};");
    text.close("}");
    if client.is_searchable {
        text.blank();
        text.line("impl nicol::Searchable for Model {}");
    }
    write_reading(text, model);
}

/// How the struct of a row is read.
fn write_reading(text: &mut Text, model: &ModelPlan<'_>) {
    let reader = &model.reader;
    text.blank();
    text.open(format!("impl nicol::Shaped for {} {{", model.row));
    text.line("type Table = Model;");
    text.open(format!("fn decode({reader}: &mut nicol::Reader<'_>) -> nicol::Result<Self> {{"));
    text.open(format!("Ok({} {{", model.row));
    for column in &model.columns {
        text.line(format!("{}: {reader}.next()?,", identifier(&column.name)));
    }
    text.close("})");
    text.close("}");
    text.close("}");
}

fn optional_literal(text: Option<&str>) -> String {
    text.map_or_else(|| "None".to_owned(), |text| format!("Some({})", literal(text)))
}

fn column_meta(column: &ColumnPlan<'_>) -> String {
    let field = column.source;
    let (name, database) = (literal(&field.name), literal(field.database_name()));
    let mut meta = format!("meta::ColumnMeta::new({name}, {database}, meta::Kind::{})", column.kind);
    match field.arity {
        Arity::Required => {}
        Arity::Optional => meta.push_str(".nullable()"),
        Arity::List => meta.push_str(".list()"),
    }
    if let Some(default) = &column.default {
        meta.push_str(&format!(".default(meta::Default::{default})"));
    }
    if field.is_updated_at {
        meta.push_str(".updated_at()");
    }
    meta
}

fn write_relation_meta(text: &mut Text, client: &ClientPlan<'_>, relation: &RelationPlan<'_>) {
    text.open("meta::RelationMeta {");
    text.line(format!("field: {},", literal(&relation.source.name)));
    text.line(format!("target: meta::of::<{}>,", target_model(client, relation)));
    text.line(format!("is_many: {},", relation.source.arity == Arity::List));
    text.line(match &relation.link {
        LinkPlan::Owner { columns, references } => {
            format!("link: meta::Link::Owner {{ columns: &{columns:?}, references: &{references:?} }},")
        }
        LinkPlan::Owned { references, columns } => {
            format!("link: meta::Link::Owned {{ references: &{references:?}, columns: &{columns:?} }},")
        }
        LinkPlan::Join { table, schema, here, there } => {
            let (table, schema) = (literal(table), optional_literal(schema.as_deref()));
            format!("link: meta::Link::Join {{ table: {table}, schema: {schema}, here: {here:?}, there: {there:?} }},")
        }
    });
    text.close("},");
}

/// A setter of forms: its name, the type of its argument, and what it does with it.
struct Setter {
    name: String,
    argument: String,
    /// The name of the argument.
    variable: String,
    /// The call on `nicol::Draft`.
    call: String,
}

fn setters(client: &ClientPlan<'_>, model: &ModelPlan<'_>) -> Vec<Setter> {
    let new = model.forms.iter().flat_map(|form| &form.members).copied().collect::<Vec<Member>>();
    let demanded_columns = model.relations.iter().filter(|relation| relation.is_demanded);
    let covered: Vec<usize> = demanded_columns
        .flat_map(|relation| match &relation.link {
            LinkPlan::Owner { columns, .. } => columns.clone(),
            LinkPlan::Owned { .. } | LinkPlan::Join { .. } => Vec::new(),
        })
        .collect();
    let mut setters = Vec::new();
    for (index, column) in model.columns.iter().enumerate() {
        if new.contains(&Member::Column(index)) || covered.contains(&index) {
            continue;
        }
        let (value, ty) = (&model.value, column.ty());
        setters.push(Setter {
            name: identifier(&column.name),
            argument: format!("impl nicol::Given<{ty}>"),
            variable: value.clone(),
            call: format!("set({index}, nicol::value::<{ty}>({value}))"),
        });
    }
    for (index, relation) in model.relations.iter().enumerate() {
        if !relation.is_demanded {
            setters.push(relation_setter(client, model, index, relation));
        }
    }
    setters
}

fn relation_setter(
    client: &ClientPlan<'_>,
    model: &ModelPlan<'_>,
    index: usize,
    relation: &RelationPlan<'_>,
) -> Setter {
    let target = target_model(client, relation);
    let name = identifier(&relation.name);
    let types = end_types(client, relation);
    if let LinkPlan::Owner { .. } = relation.link {
        let argument = format!("impl Into<nicol::Parent<{target}>>");
        let call = format!("parent::<{target}>({index}, {})", model.value);
        return Setter { name, argument, variable: model.value.clone(), call };
    }
    if relation.source.arity == Arity::List {
        let argument = format!("impl nicol::Children<nicol::Child<{types}>>");
        let call = format!("children::<{types}>({index}, {})", model.items);
        return Setter { name, argument, variable: model.items.clone(), call };
    }
    let call = format!("child::<{types}>({index}, {})", model.value);
    let argument = format!("impl Into<nicol::Child<{types}>>");
    Setter { name, argument, variable: model.value.clone(), call }
}

/// What is at the other end of a relation, as type arguments: the table, the form of new rows, how they hang together.
fn end_types(client: &ClientPlan<'_>, relation: &RelationPlan<'_>) -> String {
    let (target, scope) = (target_model(client, relation), child_scope(client, relation));
    format!("{target}, {scope}, nicol::{}", relation.hold(&client.models))
}

/// The form that rows below this relation take: the one that leaves out the way back, if that is demanded.
fn child_scope(client: &ClientPlan<'_>, relation: &RelationPlan<'_>) -> String {
    let target = &client.models[relation.target];
    let form = target.forms.iter().find(|form| form.without.is_some() && form.without == relation.opposite);
    form.map_or_else(
        || "nicol::Root".to_owned(),
        |form| format!("super::{}::{}", identifier(&target.module), form.name),
    )
}

fn write_forms(text: &mut Text, client: &ClientPlan<'_>, model: &ModelPlan<'_>) {
    let setters = setters(client, model);
    for form in &model.forms {
        write_form(text, client, model, form);
        write_setters(text, &format!("impl {} {{", form.name), "Draft<Self>", &setters, |setter| {
            format!("Draft::from(self).{}({})", setter.name, setter.variable)
        });
    }
    if let [_] = model.forms.as_slice() {
        text.blank();
        text.line("pub type In = New;");
        text.line("pub type Raw = New;");
    }
    text.blank();
    text.line(format!("/// A new `{}` row with more than it must say.", model.source.name));
    text.line("#[derive(Debug, Clone)]");
    text.line("pub struct Draft<F>(nicol::Draft, ::std::marker::PhantomData<F>);");
    write_setters(text, "impl<F> Draft<F> {", "Self", &setters, |setter| {
        format!("Draft(self.0.{}, self.1)", setter.call)
    });
    let form = &model.form;
    text.blank();
    text.open("impl<F: nicol::Form> From<F> for Draft<F> {");
    text.open(format!("fn from({form}: F) -> Self {{"));
    text.line(format!("Draft({form}.into_draft(), ::std::marker::PhantomData)"));
    text.close("}");
    text.close("}");
    text.blank();
    text.open("impl<F: nicol::Form> nicol::Form for Draft<F> {");
    text.line("type Table = Model;");
    text.line("type Scope = F::Scope;");
    text.open("fn into_draft(self) -> nicol::Draft {");
    text.line("self.0");
    text.close("}");
    text.close("}");
}

fn write_form(text: &mut Text, client: &ClientPlan<'_>, model: &ModelPlan<'_>, form: &FormPlan) {
    let name = &form.name;
    text.blank();
    text.line(format!("/// {}", form.docs));
    text.line("#[derive(Debug, Clone)]");
    let mut calls = String::new();
    let head = format!("pub struct {name} {{");
    if form.members.is_empty() {
        text.line(format!("{head}}}"))
    } else {
        text.open(head)
    }
    for member in &form.members {
        match member {
            Member::Column(index) => {
                let column = &model.columns[*index];
                let field = identifier(&column.name);
                text.line(format!("pub {field}: {},", column.ty()));
                calls.push_str(&format!(".set({index}, nicol::Scalar::into_value(self.{field}))"));
            }
            Member::Relation(index) => {
                let relation = &model.relations[*index];
                let field = identifier(&relation.name);
                text.line(format!("pub {field}: nicol::Parent<{}>,", target_model(client, relation)));
                calls.push_str(&format!(".parent({index}, self.{field})"));
            }
        }
    }
    if !form.members.is_empty() {
        text.close("}");
    }
    let scope = if form.without.is_some() { "Self" } else { "nicol::Root" };
    text.blank();
    text.open(format!("impl nicol::Form for {name} {{"));
    text.line("type Table = Model;");
    text.line(format!("type Scope = {scope};"));
    text.open("fn into_draft(self) -> nicol::Draft {");
    text.line(format!("nicol::Draft::default(){calls}"));
    text.close("}");
    text.close("}");
}

fn write_setters(text: &mut Text, head: &str, gives: &str, setters: &[Setter], body: impl Fn(&Setter) -> String) {
    if setters.is_empty() {
        return;
    }
    text.blank();
    text.open(head);
    for setter in setters {
        let Setter { name, argument, variable, .. } = setter;
        text.open(format!("pub fn {name}(self, {variable}: {argument}) -> {gives} {{"));
        text.line(body(setter));
        text.close("}");
    }
    text.close("}");
}

fn write_changes(text: &mut Text, client: &ClientPlan<'_>, model: &ModelPlan<'_>) {
    let (value, patch, edit) = (&model.value, &model.patch, &model.edit);
    text.blank();
    text.line(format!("/// Changes of `{}` rows: of one, with what hangs on it, or of many.", model.source.name));
    text.line("pub struct Changes<N = nicol::OneRow>(nicol::Patch, ::std::marker::PhantomData<N>);");
    text.blank();
    text.open("impl<N> Changes<N> {");
    for (index, column) in model.columns.iter().enumerate() {
        let (name, ty) = (identifier(&column.name), column.ty());
        text.open(format!("pub fn {name}(self, {value}: impl nicol::Change<{ty}>) -> Self {{"));
        text.line(format!("Changes(self.0.set({index}, {value}.assign()), self.1)"));
        text.close("}");
    }
    text.close("}");
    if !model.relations.is_empty() {
        text.blank();
        text.open("impl Changes<nicol::OneRow> {");
    }
    for (index, relation) in model.relations.iter().enumerate() {
        let (name, types) = (identifier(&relation.name), end_types(client, relation));
        let (one, call) = if relation.source.arity == Arity::List { ("Many", "many") } else { ("One", "one") };
        let ends = format!("nicol::Edit{one}<{types}>");
        text.open(format!("pub fn {name}(self, {edit}: impl FnOnce({ends}) -> {ends}) -> Self {{"));
        text.line(format!("Changes(self.0.{call}({index}, {edit}), self.1)"));
        text.close("}");
    }
    if !model.relations.is_empty() {
        text.close("}");
    }
    text.blank();
    text.open("impl<N> From<nicol::Patch> for Changes<N> {");
    text.open(format!("fn from({patch}: nicol::Patch) -> Self {{"));
    text.line(format!("Changes({patch}, ::std::marker::PhantomData)"));
    text.close("}");
    text.close("}");
    text.blank();
    text.open("impl<N> From<Changes<N>> for nicol::Patch {");
    text.open(format!("fn from({patch}: Changes<N>) -> Self {{"));
    text.line(format!("{patch}.0"));
    text.close("}");
    text.close("}");
    text.blank();
    text.open("impl nicol::Changeable for Model {");
    text.line("type Changes<N> = Changes<N>;");
    text.close("}");
}
