//! What a server said of the typed SQL files, kept in a file beside them: so that a client can be generated where there is no
//! server, in a build script or in CI. Texts are known by their SHA-256; one that has changed since needs a server again.

use std::collections::BTreeMap;

use nicol_schema::schema::ScalarType;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use super::{Column, Description, Origin, Parameter, Problem, SqlText, Statement, Type, TypeName};

/// The file's name, in the folder of the SQL files.
pub const FILE: &str = "described.json";

/// Writes what is known of statements: a line for each parameter and column, so that a change is a small difference. `provider`
/// is that of the schema.
#[must_use]
pub fn write(provider: &str, statements: &[Statement]) -> String {
    let statement = |statement: &Statement| {
        let (file, described) = (&statement.file, &statement.described);
        let parameters = described.parameters.iter().map(|parameter| write_parameter(parameter).to_string());
        let columns = described.columns.iter().map(|column| write_column(column).to_string());
        let (parameters, columns) = (list("[", parameters, "]", 3), list("[", columns, "]", 3));
        let parts = [
            format!("\"sha256\": \"{}\"", fingerprint(&file.text)),
            format!("\"parameters\": {parameters}"),
            format!("\"columns\": {columns}"),
        ];
        format!("{}: {}", Json::from(file.name.as_str()), list("{", parts.into_iter(), "}", 2))
    };
    let statements = list("{", statements.iter().map(statement), "}", 1);
    let parts = [format!("\"provider\": {}", Json::from(provider)), format!("\"statements\": {statements}")];
    format!("{}\n", list("{", parts.into_iter(), "}", 0))
}

/// Elements of JSON, each on a line of its own, at a depth.
fn list(open: &str, elements: impl Iterator<Item = String>, close: &str, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let lines: Vec<String> = elements.map(|element| format!("\n{indent}  {element}")).collect();
    if lines.is_empty() { format!("{open}{close}") } else { format!("{open}{}\n{indent}{close}", lines.join(",")) }
}

/// Joins the files with what is stored of them, in their order.
///
/// # Errors
/// `sql-description`: the stored file cannot be read. `sql-stale`: files were added, changed or removed since, or the provider
/// is another one.
pub fn join(provider: &str, files: Vec<SqlText>, stored: &str) -> Result<Vec<Statement>, Vec<Problem>> {
    let Some((of, mut known)) = read(stored) else {
        let message = "what is known of the typed SQL files cannot be read".to_owned();
        return Err(vec![problem("sql-description", FILE.to_owned(), message)]);
    };
    if of != provider {
        let message = format!("it describes {}, the schema says {provider}", of.escape_debug());
        return Err(vec![problem("sql-stale", FILE.to_owned(), message)]);
    }
    let mut statements = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        match known.remove(&file.name) {
            Some((hash, described)) if hash == fingerprint(&file.text) => {
                statements.push(Statement { file, described });
            }
            other => {
                let is_new = other.is_none();
                let what = if is_new { "the file is new" } else { "the file has changed since it was described" };
                problems.push(problem("sql-stale", format!("{}.sql", file.name), what.to_owned()));
            }
        }
    }
    for name in known.into_keys() {
        let message = "the file is gone, but still described".to_owned();
        problems.push(problem("sql-stale", format!("{}.sql", name.escape_debug()), message));
    }
    if problems.is_empty() { Ok(statements) } else { Err(problems) }
}

fn problem(code: &'static str, file: String, message: String) -> Problem {
    let help = "run `nicol generate --sql` where the database can be reached, and commit described.json".to_owned();
    Problem { code, file, line: None, message, help }
}

/// Line ends count as one: version control may change them.
fn fingerprint(text: &str) -> String {
    let hash = Sha256::digest(text.replace("\r\n", "\n").as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write_parameter(parameter: &Parameter) -> Json {
    let mut json = Map::new();
    if let Some(placeholder) = &parameter.placeholder {
        json.insert("placeholder".to_owned(), placeholder.as_str().into());
    }
    write_type(&mut json, parameter.ty.as_ref());
    json.into()
}

fn write_column(column: &Column) -> Json {
    let mut json = Map::new();
    json.insert("name".to_owned(), column.name.as_str().into());
    write_type(&mut json, column.ty.as_ref());
    json.insert("nullable".to_owned(), column.is_nullable.into());
    if let Some(Origin { schema, table, column }) = &column.origin {
        let origin = schema.iter().chain([table, column]).map(String::as_str);
        json.insert("shows".to_owned(), origin.collect::<Vec<&str>>().into());
    }
    json.into()
}

fn write_type(json: &mut Map<String, Json>, ty: Option<&Type>) {
    let Some(ty) = ty else { return };
    match &ty.of {
        TypeName::Scalar(scalar) => json.insert("type".to_owned(), scalar.as_str().into()),
        TypeName::Enum(schema, name) => json.insert("enum".to_owned(), json!([schema, name])),
        TypeName::Native(name) => json.insert("native".to_owned(), name.as_str().into()),
    };
    if ty.is_list {
        json.insert("list".to_owned(), true.into());
    }
}

/// The provider, and each file's hash and description.
type Stored = (String, BTreeMap<String, (String, Description)>);

fn read(stored: &str) -> Option<Stored> {
    let json: Json = serde_json::from_str(stored).ok()?;
    let mut statements = BTreeMap::new();
    for (name, statement) in json["statements"].as_object()? {
        let list = |key: &str| statement[key].as_array();
        let parameters = list("parameters")?.iter().map(read_parameter).collect::<Option<Vec<_>>>()?;
        let columns = list("columns")?.iter().map(read_column).collect::<Option<Vec<_>>>()?;
        let hash = statement["sha256"].as_str()?.to_owned();
        statements.insert(name.clone(), (hash, Description { parameters, columns }));
    }
    Some((json["provider"].as_str()?.to_owned(), statements))
}

fn read_parameter(json: &Json) -> Option<Parameter> {
    let placeholder = json["placeholder"].as_str().map(str::to_owned);
    Some(Parameter { placeholder, ty: read_type(json)? })
}

fn read_column(json: &Json) -> Option<Column> {
    let origin = match json.get("shows") {
        None => None,
        Some(parts) => Some(read_origin(parts)?),
    };
    let (name, is_nullable) = (json["name"].as_str()?.to_owned(), json["nullable"].as_bool()?);
    Some(Column { name, ty: read_type(json)?, is_nullable, origin })
}

fn read_origin(json: &Json) -> Option<Origin> {
    let parts = json.as_array()?.iter().map(|part| part.as_str().map(str::to_owned));
    match parts.collect::<Option<Vec<String>>>()?.as_slice() {
        [table, column] => Some(Origin { schema: None, table: table.clone(), column: column.clone() }),
        [schema, table, column] => {
            Some(Origin { schema: Some(schema.clone()), table: table.clone(), column: column.clone() })
        }
        _ => None,
    }
}

/// None for what cannot be read; an empty place for what was not known.
#[allow(clippy::option_option, reason = "a type may be unknown, and it may be unreadable")]
fn read_type(json: &Json) -> Option<Option<Type>> {
    let of = if let Some(name) = json.get("type") {
        let name = name.as_str()?;
        TypeName::Scalar(ScalarType::ALL.into_iter().find(|scalar| scalar.as_str() == name)?)
    } else if let Some(name) = json.get("enum") {
        TypeName::Enum(name[0].as_str()?.to_owned(), name[1].as_str()?.to_owned())
    } else if let Some(name) = json.get("native") {
        TypeName::Native(name.as_str()?.to_owned())
    } else {
        return Some(None);
    };
    Some(Some(Type { of, is_list: json.get("list").is_some_and(|list| list == true) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(name: &str, text: &str) -> Statement {
        let ty = |of: TypeName, is_list: bool| Some(Type { of, is_list });
        let column = |name: &str, ty, origin| Column { name: name.to_owned(), ty, is_nullable: false, origin };
        let origin = |schema: Option<&str>| {
            Some(Origin { schema: schema.map(str::to_owned), table: "a.b".to_owned(), column: "\"c".to_owned() })
        };
        Statement {
            file: SqlText { name: name.to_owned(), text: text.to_owned() },
            described: Description {
                parameters: vec![
                    Parameter { placeholder: Some(":x".to_owned()), ty: None },
                    Parameter { placeholder: None, ty: ty(TypeName::Scalar(ScalarType::Int), true) },
                ],
                columns: vec![
                    column("a", ty(TypeName::Enum("s.t".to_owned(), "E".to_owned()), true), origin(Some("public"))),
                    column("b", ty(TypeName::Native("box".to_owned()), false), origin(None)),
                    column("c", None, None),
                ],
            },
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let statements = vec![statement("a", "SELECT 1\n"), statement("b", "SELECT 2")];
        let stored = write("sqlite", &statements);
        let files = || statements.iter().map(|statement| statement.file.clone()).collect::<Vec<_>>();
        assert_eq!(join("sqlite", files(), &stored), Ok(statements.clone()));
        let mut crlf = files();
        crlf[0].text = "SELECT 1\r\n".to_owned();
        assert!(join("sqlite", crlf, &stored).is_ok(), "line ends are not the statement's");
    }

    #[test]
    fn what_is_out_of_date_is_told() {
        let stored = write("sqlite", &[statement("a", "SELECT 1"), statement("b", "SELECT 2")]);
        let file = |name: &str, text: &str| SqlText { name: name.to_owned(), text: text.to_owned() };
        let problems = join("sqlite", vec![file("a", "SELECT 1 "), file("c", "SELECT 2")], &stored).expect_err("stale");
        let told: Vec<(&str, &str)> = problems.iter().map(|problem| (problem.code, problem.file.as_str())).collect();
        assert_eq!(told, [("sql-stale", "a.sql"), ("sql-stale", "c.sql"), ("sql-stale", "b.sql")]);
        let code =
            |provider: &str, stored: &str| join(provider, Vec::new(), stored).map_err(|problems| problems[0].code);
        assert_eq!(code("mysql", &stored), Err("sql-stale"));
        let broken = [
            "",
            "{}",
            "[]",
            "<<<<<<< ours",
            &stored.replace("\"Int\"", "\"Nope\""),
            &stored.replace("\"name\"", "\"x\""),
        ];
        for broken in broken {
            assert_eq!(code("sqlite", broken), Err("sql-description"), "{broken}");
        }
    }
}
