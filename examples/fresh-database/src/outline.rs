//! Models in a line each, as the examples' requirements write them.
//!
//! A plain name is a String column; `:T` DateTime, `:B` Boolean, `:I` Int, `:J` Json, `:Name` an enum; `?` optional, `[]` a list,
//! `#` an id that is no `id` String cuid, `!` unique, `=v` a default (0 and 1 for Boolean), `text` for `@db.Text`; `createdAt` and
//! `updatedAt` are what their names say. `>M/c` is a foreign key to M that cascades, `/n` sets NULL, `/r` restricts, `/-` says
//! nothing; in brackets the relation's field when it is not called after M. Behind the columns `uq(..)` and `ix(..)`.

use std::collections::BTreeMap;

use serde_json::Value;

/// The models of a DMMF document (`nicol debug dmmf`), each as `columns | indexes`, by name; a mapped one as ``Name → `table` ``.
pub fn outline(dmmf: &Value) -> BTreeMap<String, String> {
    list(dmmf, "models")
        .iter()
        .map(|model| {
            let name = text(model, "name");
            let columns = list(model, "fields").iter().filter(|field| field["kind"] != "object");
            let of_model: Vec<&Value> = list(dmmf, "indexes").iter().filter(|index| index["model"] == name).collect();
            // DMMF calls a field unique for a `@@unique` of it alone, too.
            let unique = |field: &str| {
                of_model.iter().any(|index| {
                    index["type"] == "unique"
                        && index["isDefinedOnField"] == true
                        && index["fields"][0]["name"] == field
                })
            };
            let columns: Vec<String> =
                columns.map(|field| column(field, unique(text(field, "name")), list(model, "fields"))).collect();
            let indexes = indexes(&of_model);
            let title = model["dbName"].as_str().map_or(name.to_owned(), |table| format!("{name} → `{table}`"));
            (title, format!("{} | {indexes}", columns.join("; ")))
        })
        .collect()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn names(value: &Value, key: &str) -> String {
    list(value, key).iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
}

fn column(field: &Value, is_unique: bool, all: &[Value]) -> String {
    let (name, function) = (text(field, "name"), text(&field["default"], "name"));
    let usual = match name {
        "id" => function == "cuid" && field["isId"] == true,
        "createdAt" => function == "now",
        "updatedAt" => field["isUpdatedAt"] == true,
        _ => false,
    };
    if usual {
        return name.to_owned();
    }
    let kind = match text(field, "type") {
        "String" => String::new(),
        "DateTime" => ":T".to_owned(),
        "Boolean" => ":B".to_owned(),
        "Int" => ":I".to_owned(),
        "Json" => ":J".to_owned(),
        other => format!(":{other}"),
    };
    let mark = |is_set: bool, mark: &'static str| if is_set { mark } else { "" };
    let marks = [
        mark(field["isRequired"] == false, "?"),
        mark(field["isList"] == true, "[]"),
        mark(field["isId"] == true, "#"),
        mark(is_unique, "!"),
    ];
    let native = field["nativeType"][0].as_str().map(|native| format!(" {}", native.to_lowercase()));
    let foreign = foreign_key(name, all);
    format!("{name}{kind}{}{}{foreign}{}", marks.concat(), default(field), native.unwrap_or_default())
}

fn default(field: &Value) -> String {
    match &field["default"] {
        Value::Null => String::new(),
        Value::Bool(value) => format!("={}", i32::from(*value)),
        Value::Object(function) => format!("={}", function["name"].as_str().unwrap_or_default()),
        Value::String(value) if field["kind"] == "enum" => format!("={value}"),
        value => format!("={value}"),
    }
}

/// Of a column that is a foreign key: what of, and what happens when that goes.
fn foreign_key(name: &str, all: &[Value]) -> String {
    let Some(relation) = all.iter().find(|field| names(field, "relationFromFields") == name) else {
        return String::new();
    };
    let action = match relation["relationOnDelete"].as_str() {
        Some("Cascade") => "c",
        Some("SetNull") => "n",
        Some("Restrict") => "r",
        Some(other) => other,
        None => "-",
    };
    let (model, field) = (text(relation, "type"), text(relation, "name"));
    let mut letters = model.chars();
    let usual: String = letters.next().iter().flat_map(|letter| letter.to_lowercase()).chain(letters).collect();
    let called = if field == usual { String::new() } else { format!("({field})") };
    format!(">{model}/{action}{called}")
}

fn indexes(of_model: &[&Value]) -> String {
    let of = |kind: &str, word: &str| -> Vec<String> {
        let of = of_model.iter().filter(|index| index["type"] == kind && index["isDefinedOnField"] == false);
        let field = |field: &Value| match field["sortOrder"].as_str() {
            Some(order) => format!("{} {order}", text(field, "name")),
            None => text(field, "name").to_owned(),
        };
        of.map(|index| format!("{word}({})", list(index, "fields").iter().map(field).collect::<Vec<_>>().join(",")))
            .collect()
    };
    let all = [of("unique", "uq"), of("normal", "ix")].concat();
    if all.is_empty() { "-".to_owned() } else { all.join(" ") }
}
