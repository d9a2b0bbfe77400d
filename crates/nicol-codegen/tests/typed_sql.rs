//! Functions of typed SQL files: types, names, and text that stays text.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]

use nicol_codegen::rust::{Error, Layout, Options, client};
use nicol_codegen::sql::{Column, Description, Origin, Parameter, SqlText, Statement, Type, TypeName};
use nicol_schema::schema::ScalarType;
use nicol_schema::{Source, validate};

const SCHEMA: &str = r#"
datasource db {
  provider = "postgresql"
}

enum Role {
  USER

  @@map("user_role")
}

model User {
  id    Int     @id
  name  String? @map("full name")
  roles Role[]
  place Unsupported("point")?

  @@map("users")
}
"#;

fn ty(of: TypeName) -> Option<Type> {
    Some(Type { of, is_list: false })
}

fn scalar(scalar: ScalarType) -> Option<Type> {
    ty(TypeName::Scalar(scalar))
}

fn column(name: &str, ty: Option<Type>, is_nullable: bool, shows: Option<(&str, &str)>) -> Column {
    let origin = |(table, column): (&str, &str)| Origin {
        schema: Some("public".to_owned()),
        table: table.to_owned(),
        column: column.to_owned(),
    };
    Column { name: name.to_owned(), ty, is_nullable, origin: shows.map(origin) }
}

fn statement(name: &str, text: &str, parameters: Vec<Parameter>, columns: Vec<Column>) -> Statement {
    let file = SqlText { name: name.to_owned(), text: text.to_owned() };
    Statement { file, described: Description { parameters, columns } }
}

fn generate(schema: &str, statements: Vec<Statement>) -> Result<String, Vec<(&'static str, String)>> {
    let source = Source::new("schema.prisma".to_owned(), schema.to_owned());
    let schema = validate(&[source]).schema.expect("a valid schema");
    match client(&schema, &Options { layout: Layout::FilePerModel, statements }) {
        Ok(files) => {
            for file in &files {
                syn::parse_file(&file.text).unwrap_or_else(|error| panic!("{error}: {}", file.text));
            }
            let sql = files.iter().find(|file| file.path.starts_with("sql"));
            Ok(sql.map(|file| file.text.clone()).unwrap_or_default())
        }
        Err(Error::Sql(problems)) => Err(problems.into_iter().map(|one| (one.code, one.message)).collect()),
        Err(error) => panic!("{error}"),
    }
}

/// The lines of a function between its text and the end.
fn fields(source: &str) -> Vec<&str> {
    source
        .lines()
        .map(str::trim)
        .filter(|line| line.ends_with("\";") && line.contains(": ") && !line.contains("->"))
        .collect()
}

#[test]
fn types_come_from_comments_then_the_schema_then_the_server() {
    let columns = vec![
        column("id", scalar(ScalarType::BigInt), false, Some(("users", "id"))),
        column("name", scalar(ScalarType::String), false, Some(("users", "full name"))),
        column("roles", scalar(ScalarType::String), true, Some(("users", "roles"))),
        column("role", ty(TypeName::Enum("public".to_owned(), "user_role".to_owned())), true, None),
        column("other", ty(TypeName::Enum("public".to_owned(), "elsewhere".to_owned())), false, None),
        column("total", scalar(ScalarType::Int), true, None),
        column("big", scalar(ScalarType::Int), false, None),
        column("place", ty(TypeName::Native("point".to_owned())), true, Some(("users", "place"))),
        column("ids", Some(Type { of: TypeName::Scalar(ScalarType::Int), is_list: true }), true, None),
        column("unknown", scalar(ScalarType::Bytes), false, Some(("nowhere", "id"))),
    ];
    let text = "-- @column total\n-- @column {BigInt} big? A sum.\n-- @column {String} place\nSELECT 1\n";
    let source = generate(SCHEMA, vec![statement("f", text, Vec::new(), columns)]).expect("a client");
    assert_eq!(
        fields(&source),
        [
            "id: i32 = 0, \"id\";",
            "name: Option<String> = 1, \"name\";",
            "roles: Vec<super::Role> = 2, \"roles\";",
            "role: Option<super::Role> = 3, \"role\";",
            "other: String = 4, \"other\";",
            "total: i32 = 5, \"total\";",
            "big: Option<i64> = 6, \"big\";",
            "place: String = 7, \"place\";",
            "ids: Vec<i32> = 8, \"ids\";",
            "unknown: Vec<u8> = 9, \"unknown\";",
        ]
    );
    assert!(source.contains("/// A sum."));
}

#[test]
fn parameters_are_named_by_comments_and_placeholders() {
    let parameter =
        |placeholder: Option<&str>, ty: Option<Type>| Parameter { placeholder: placeholder.map(str::to_owned), ty };
    let list = Some(Type { of: TypeName::Enum("public".to_owned(), "user_role".to_owned()), is_list: true });
    let text = "-- @param {BigInt} $1:minAge? At least.\n-- @param {Role} $5\n-- @param {Int} :type\n-- @param {Json} $9:late\nSELECT";
    let parameters = vec![
        parameter(None, scalar(ScalarType::Int)),
        parameter(Some(":type"), None),
        parameter(None, None),
        parameter(None, list),
        parameter(Some(":self"), None),
        parameter(Some("$9"), None),
        parameter(Some("?1"), scalar(ScalarType::String)),
    ];
    let source = generate(SCHEMA, vec![statement("loop", text, parameters, Vec::new())]).expect("a client");
    let expected = "r#loop(min_age: Option<i64>, r#type: i32, p3: ::nicol::raw::Any, p4: Vec<super::Role>, self_: super::Role, \
                    late: ::nicol::types::Json, min_age_: Option<i64>) -> () = \"loop.sql\";";
    assert!(source.contains(expected), "{source}");
    assert!(source.contains("/// `min_age`: At least."));
}

#[test]
fn hostile_text_stays_text() {
    let text = "-- @description */ #[evil] \u{202e}\n-- @param {Int} $1:a \"#; }\nSELECT '\"#', '\\', '\r\n', $1 -- {0} ${x}\r\n\u{0}";
    let parameters = vec![Parameter { placeholder: Some("$\"); evil!(".to_owned()), ty: None }];
    let columns = vec![column("a", scalar(ScalarType::Int), false, None)];
    let source = generate(SCHEMA, vec![statement("f", text, parameters, columns)]).expect("a client");
    let file = syn::parse_file(&source).expect("it parses");
    assert_eq!(file.items.len(), 1, "one macro and nothing else: {source}");
    assert!(!source.contains('\u{202e}') && !source.contains('\u{0}') && !source.contains('\r'), "{source:?}");
    // The pieces of the text are the text.
    let joined: String = source
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with('"'))
        .map(|line| syn::parse_str::<syn::LitStr>(line).expect("a literal").value())
        .collect();
    assert_eq!(joined, text);
}

#[test]
fn names_that_cannot_be_are_refused_all_at_once() {
    let one = |name: &str| vec![column(name, scalar(ScalarType::Int), false, None)];
    let file = |name: &str, columns: Vec<Column>| statement(name, "SELECT 1", Vec::new(), columns);
    let mut twice = one("userId");
    twice.extend(one("user_id"));
    let problems = generate(
        SCHEMA,
        vec![
            file("a b", one("x")),
            file("1a", one("x")),
            file("_", one("x")),
            file("größe", one("x")),
            file("getUsers", one("x")),
            file("get_users", one("x")),
            file("b", one("?column?")),
            file("c", one("")),
            file("d", one("1")),
            file("e", one("a; }")),
            file("g", twice),
            file("h", vec![column("x", None, true, None)]),
            file("i", vec![column("x", ty(TypeName::Native("box".to_owned())), true, None)]),
        ],
    )
    .expect_err("refused");
    let codes: Vec<&str> = problems.iter().map(|(code, _)| *code).collect();
    let expected = [["sql-file-name"; 5].as_slice(), &["sql-column-name"; 5], &["sql-column-type"; 2]].concat();
    assert_eq!(codes, expected, "{problems:?}");
}

#[test]
fn a_model_keeps_its_name() {
    let schema = format!("{SCHEMA}\nmodel Sql {{\n  id Int @id\n}}\n\nmodel Query {{\n  id Int @id\n}}\n");
    let columns = || vec![column("x", scalar(ScalarType::Int), false, None)];
    let statements = vec![
        statement("Option", "SELECT 1", Vec::new(), columns()),
        statement("user", "SELECT 1", Vec::new(), columns()),
    ];
    let source = validate(&[Source::new("schema.prisma".to_owned(), schema.clone())]).schema.expect("valid");
    let files = client(&source, &Options { layout: Layout::FilePerModel, statements }).expect("a client");
    let text = |path: &str| files.iter().find(|file| file.path == path).map(|file| file.text.as_str()).expect(path);
    assert!(text("sql.rs").contains("::nicol::model!") && text("sql_.rs").contains("::nicol::typed_sql!"));
    assert!(text("sql_.rs").contains("option() -> Option_ ="), "a field's `Option` is the standard one");
    assert!(text("mod.rs").contains("query_: query::Model;"), "`query` runs typed SQL: {}", text("mod.rs"));
    // Without files there is no module.
    let files = client(&source, &Options::default()).expect("a client");
    assert!(!files[0].text.contains("typed_sql"));
}
