//! The generated Rust client: reviewed text, always parseable, whatever the schema says.

#![allow(clippy::expect_used, clippy::panic, reason = "test helpers are not test functions")]

use nicol_codegen::rust::{Error, GeneratedFile, Layout, Options, client};
use nicol_schema::{Source, ValidSchema, validate};

fn schema(text: &str) -> ValidSchema {
    let text = format!("datasource db {{\n  provider = \"postgresql\"\n}}\n{text}");
    let validated = validate(&[Source { path: "schema.prisma".to_owned(), text }]);
    validated.schema.unwrap_or_else(|| panic!("{:#?}", validated.diagnostics))
}

fn generate(text: &str, layout: Layout) -> Vec<GeneratedFile> {
    client(&schema(text), &Options { layout, ..Options::default() }).expect("a client")
}

const BLOG: &str = r#"
/// How much a user may do.
enum Role {
  USER
  ADMIN @map("administrator")
}

/// Somebody with an account.
model User {
  id    Int     @id @default(autoincrement())
  /// Where mail goes.
  email String  @unique
  name  String?
  role  Role    @default(USER)
  posts Post[]
}

model Post {
  id       String   @id @default(cuid())
  title    String
  author   User     @relation(fields: [authorId], references: [id])
  authorId Int      @map("author_id")
  tags     Tag[]
  changed  DateTime @updatedAt

  @@unique([authorId, title])
  @@map("posts")
}

model Tag {
  name  String @id
  posts Post[]
}
"#;

#[test]
fn blog() {
    let files = generate(BLOG, Layout::FilePerModel);
    for file in &files {
        syn::parse_file(&file.text).unwrap_or_else(|error| panic!("{}: {error}\n{}", file.path, file.text));
        insta::assert_snapshot!(file.path.as_str(), file.text);
    }
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["user.rs", "post.rs", "tag.rs", "mod.rs"]);
}

#[test]
fn both_layouts_say_the_same() {
    let lines = |layout| -> Vec<String> {
        let files = generate(BLOG, layout);
        let lines = files.iter().flat_map(|file| file.text.lines());
        let kept = lines.map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("// "));
        kept.filter(|line| !line.contains("pub mod ")).map(str::to_owned).collect()
    };
    let (one, many) = (lines(Layout::OneFile), lines(Layout::FilePerModel));
    // The closing brackets of the modules are all that one file has more.
    assert_eq!(one.len(), many.len() + 3);
    assert!(many.iter().all(|line| one.contains(line)));
}

/// Every string literal of a file.
fn literals(text: &str) -> Vec<String> {
    fn walk(tokens: proc_macro2::TokenStream, found: &mut Vec<String>) {
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Group(group) => walk(group.stream(), found),
                proc_macro2::TokenTree::Literal(literal) => {
                    if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                        found.push(text.value());
                    }
                }
                proc_macro2::TokenTree::Ident(_) | proc_macro2::TokenTree::Punct(_) => {}
            }
        }
    }
    let mut found = Vec::new();
    walk(text.parse().expect("tokens"), &mut found);
    found
}

#[test]
fn hostile_text_stays_text() {
    let hostile = [
        "\"; fn main() {} //",
        "a`b${c}{d}",
        "back\\\\slash",
        "*/ } pub mod evil { /*",
        "tab\\tnew\\nline",
        "\u{202e}reversed",
    ];
    for text in hostile {
        let quoted = text.replace('"', "\\\"");
        let schema = format!(
            "/// {text}\n/// ```\n/// fn main() {{}}\nenum E {{\n  /// {text}\n  A @map(\"{quoted}\")\n}}\n\
             /// {text}\nmodel M {{\n  /// {text}\n  id String @id @default(\"{quoted}\") @map(\"{quoted}c\")\n  \
             e E\n  @@map(\"{quoted}t\")\n}}\n"
        );
        let files = generate(&schema, Layout::OneFile);
        let source = &files[0].text;
        let parsed = syn::parse_file(source).unwrap_or_else(|error| panic!("{error}\n{source}"));
        let modules = parsed.items.iter().filter(|item| matches!(item, syn::Item::Mod(_))).count();
        assert_eq!(modules, 1, "{source}");
        let meant = text.replace("\\\\", "\\").replace("\\t", "\t").replace("\\n", "\n");
        let literals = literals(source);
        for wanted in [meant.clone(), format!("{meant}c"), format!("{meant}t")] {
            assert!(literals.contains(&wanted), "{wanted:?} in {source}");
        }
        assert!(!source.contains('\u{202e}'));
    }
}

#[test]
fn names_never_collide() {
    let files = generate(
        "model Option {\n  id Int @id\n  createdAt Int\n  created_at Int\n  type Int\n  self Int\n  value Int\n  reader Int\n  by_id Int\n}\n\
         model Model {\n  id Int @id\n  New Int @unique\n  clone Int\n}\n\
         model tx {\n  id Int @id\n}\n\
         model access_tokens {\n  id Int @id\n}\n\
         model AccessTokens {\n  id Int @id\n}\n\
         model nicol {\n  id Int @id\n  nicol Int\n  meta Int\n}\n\
         enum Db {\n  Self\n  self\n  crate\n}\n",
        Layout::OneFile,
    );
    let source = &files[0].text;
    syn::parse_file(source).unwrap_or_else(|error| panic!("{error}\n{source}"));
    for line in [
        "Option_ = ",
        "must created_at: i32 = 1, (column(\"createdAt\", Int));",
        "must created_at_: i32 = 2, (column(\"created_at\", Int));",
        "must r#type: i32 =",
        "must self_: i32 =",
        "by_id_(id_: i32 = 0) = ",
        "Model_ = \"Model\"",
        "tx_: tx::Model;",
        "AccessTokens = \"access_tokens\"",
        "AccessTokens_ = \"AccessTokens\"",
        "pub mod access_tokens_ {",
        "Db_ = \"Db\" {",
    ] {
        assert!(source.lines().any(|present| present.trim().starts_with(line)), "{line}\n{source}");
    }
}

/// Every module has a file, also those of models called as no file may be.
#[test]
fn files_never_collide() {
    let model = |name: &str| format!("model {name} {{\n  id Int @id\n}}\n");
    let schema: String = ["mod", "Mod", "MOD", "lib", "user", "User", "impl"].map(model).concat();
    let files = generate(&schema, Layout::FilePerModel);
    let mut paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let root = &files.last().expect("the root").text;
    assert_eq!((paths.len(), paths.last()), (8, Some(&"mod.rs")));
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), 8, "{paths:?}");
    for path in paths.iter().filter(|path| **path != "mod.rs") {
        let (module, raw) = (path.trim_end_matches(".rs"), format!("pub mod r#{};", path.trim_end_matches(".rs")));
        assert!(root.contains(&format!("pub mod {module};")) || root.contains(&raw), "{path}\n{root}");
    }
}

#[test]
fn forms_hold_what_a_row_must_say() {
    let files = generate(
        "model A {\n  id Int @id\n  bs B[]\n}\n\
         model C {\n  id Int @id\n  bs B[]\n}\n\
         model B {\n  id Int @id @default(autoincrement())\n  must String\n  may String?\n  list String[]\n  \
         when DateTime @default(now())\n  a A @relation(fields: [aId], references: [id])\n  aId Int\n  \
         c C @relation(fields: [cId], references: [id])\n  cId Int\n}\n\
         model Odd {\n  id Int @id\n  what Unsupported(\"circle\")\n}\n",
        Layout::FilePerModel,
    );
    let text =
        |path: &str| files.iter().find(|file| file.path == path).map(|file| file.text.as_str()).unwrap_or_default();
    let form = |path: &str, form: &str| -> String {
        let head = format!("{form}: ");
        let line = text(path).lines().map(str::trim).find(|line| line.starts_with(&head)).unwrap_or_default();
        line[head.len().min(line.len())..].to_owned()
    };
    let (a, c) = ("a: ::nicol::Parent<super::a::Model>", "c: ::nicol::Parent<super::c::Model>");
    assert_eq!(form("b.rs", "New"), format!("::nicol::Root {{ must: String, {a}, {c} }}"));
    assert_eq!(form("b.rs", "InA"), format!("Self {{ must: String, {c} }}"));
    assert_eq!(form("b.rs", "InC"), format!("Self {{ must: String, {a} }}"));
    assert_eq!(form("b.rs", "Raw"), "::nicol::Root { must: String, a_id: i32, c_id: i32 }");
    assert!(text("odd.rs").contains("Odd = \"Odd\"") && text("odd.rs").contains("forms {}"));
}

/// MySQL does not tell the key of a new row: the client has to know it.
#[test]
fn constants_of_keys_come_from_the_client() {
    let text = generate(
        "model A {\n  id Int @id @default(1)\n  n Int @default(1)\n}\nmodel B {\n  a String @default(\"x\")\n  b Boolean @default(true)\n  @@id([a, b])\n}\n",
        Layout::OneFile,
    );
    let text = &text[0].text;
    for column in [
        "column(\"id\", Int).default(Default::Json(\"1\"))",
        "column(\"n\", Int).default(Default::Database)",
        "column(\"a\", String).default(Default::Json(\"\\\"x\\\"\"))",
        "column(\"b\", Boolean).default(Default::Json(\"true\"))",
    ] {
        assert!(text.contains(column), "{column} in\n{text}");
    }
}

#[test]
fn relations_say_how_rows_hang_together() {
    let files = generate(
        "model A {\n  id Int @id\n  must B[] @relation(\"must\")\n  may B[] @relation(\"may\")\n  log Log[]\n  to A[] @relation(\"m\")\n  \
         from A[] @relation(\"m\")\n}\n\
         model B {\n  id Int @id\n  must A @relation(\"must\", fields: [mustId], references: [id])\n  mustId Int\n  \
         may A? @relation(\"may\", fields: [mayId], references: [id])\n  mayId Int?\n}\n\
         /// Only ever more of it.\n/// @nicol.appendOnly\n\
         model Log {\n  id Int @id\n  a A @relation(fields: [aId], references: [id])\n  aId Int\n}\n",
        Layout::FilePerModel,
    );
    let text =
        |path: &str| files.iter().find(|file| file.path == path).map(|file| file.text.as_str()).unwrap_or_default();
    for (path, line) in [
        ("a.rs", "below must: Many<super::b::Model, super::b::In, Held> ="),
        ("a.rs", "below may: Many<super::b::Model, ::nicol::Root, Free> ="),
        ("a.rs", "below log: Many<super::log::Model, super::log::In, Fixed> ="),
        ("a.rs", "below to: Many<super::a::Model, ::nicol::Root, Free> ="),
        ("b.rs", "must must: One<super::a::Model, ::nicol::Root, Needed> ="),
        ("b.rs", "parent may: Maybe<super::a::Model, ::nicol::Root, Free> ="),
        ("b.rs", "writes all"),
        ("log.rs", "writes create"),
    ] {
        assert!(text(path).lines().any(|present| present.trim().starts_with(line)), "{line}\n{}", text(path));
    }
}

/// A formatter of the user's changes nothing, whatever the names.
#[test]
fn files_are_formatted() {
    let long = "aVeryLongNameOfSomethingThatNobodyWouldWriteButThatIsAllowedAllTheSame";
    let schema = format!(
        "enum E{long} {{\n  A{long}\n  B{long}\n}}\n\
         model M{long} {{\n  id Int @id\n  {long} E{long}?\n  others N[]\n  @@unique([id, {long}], name: \"{long}x\")\n}}\n\
         model N {{\n  id Int @id\n  {long} M{long} @relation(fields: [{long}Id], references: [id])\n  {long}Id Int\n}}\n"
    );
    let folder = tempfile::tempdir().expect("a folder");
    for (number, text) in [BLOG.to_owned(), schema].into_iter().enumerate() {
        for file in generate(&text, Layout::FilePerModel) {
            std::fs::write(folder.path().join(&file.path), &file.text).expect("written");
        }
        for file in generate(&text, Layout::OneFile) {
            std::fs::write(folder.path().join(&file.path), &file.text).expect("written");
        }
        for file in ["mod.rs", "client.rs"] {
            let path = folder.path().join(file);
            let config = folder.path().join("rustfmt.toml");
            std::fs::write(&config, "").expect("written");
            let mut command = std::process::Command::new("rustfmt");
            command.args(["--check", "--edition", "2024"]).arg("--config-path").arg(&config).arg(&path);
            let Ok(output) = command.output() else {
                println!("skipped: no rustfmt");
                return;
            };
            assert!(output.status.success(), "{number} {file}\n{}", String::from_utf8_lossy(&output.stdout));
        }
    }
}

#[test]
fn there_is_no_client_for_other_products() {
    let text = "datasource db {\n  provider = \"sqlserver\"\n}\nmodel M {\n  id Int @id\n}\n".to_owned();
    let validated = validate(&[Source { path: "schema.prisma".to_owned(), text }]);
    let schema = validated.schema.expect("valid");
    assert_eq!(client(&schema, &Options::default()), Err(Error::Provider("sqlserver")));
}

/// The source of a client, for a generator with these lines and a model with these lines.
fn source(generator: &str, field: &str) -> Result<String, Error> {
    let text = format!(
        "generator rust {{\n  provider = \"nicol\"\n{generator}\n}}\ndatasource db {{\n  provider = \"postgresql\"\n}}\n\
         model M {{\n  id Int @id\n{field}\n}}\n"
    );
    let validated = validate(&[Source { path: "schema.prisma".to_owned(), text }]);
    client(&validated.schema.expect("valid"), &Options::default()).map(|mut files| files.remove(0).text)
}

#[test]
fn schemas_choose_types() {
    let has = |generator: &str, field: &str, wanted: &str| {
        let text = source(generator, field).expect("a client");
        assert!(text.contains(wanted), "{wanted}: {text}");
        text
    };
    has("", "at DateTime?", "at: Option<::nicol::types::DateTime>");
    has("dateTime = \"jiff\"", "at DateTime", "at: ::nicol::types::DateTime");
    has("dateTime = \"chrono\"", "at DateTime[]", "at: Vec<::nicol::types::ChronoDateTime>");
    has("dateTime = \"time\"", "at DateTime", "at: ::nicol::types::OffsetDateTime");
    for wrong in ["dateTime = \"Chrono\"", "dateTime = env(\"X\")", "dateTime = [\"time\"]"] {
        assert_eq!(source(wrong, "at DateTime"), Err(Error::DateTime), "{wrong}");
    }
    has("", "/// @nicol.type(\"crate::own::Data\")\nx Json?", "x: Option<crate::own::Data>");
    // Of other fields, of lists, and with anything but a path it is a remark.
    has("", "/// @nicol.type(\"Data\")\nx Json[]", "x: Vec<::nicol::types::Json>");
    has("", "/// @nicol.type(\"Data\")\nx String", "x: String");
    let text = has("", "/// @nicol.type(\"Data>; } fn evil() { x::<A\")\nx Json", "x: ::nicol::types::Json");
    assert!(!text.lines().any(|line| line.contains("evil") && !line.trim_start().starts_with("///")), "{text}");
}

/// Schemas of one file in a folder and below.
fn schemas_below(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            schemas_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "prisma") {
            found.push(path);
        }
    }
}

#[test]
fn real_schemas_give_source_that_parses() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/real");
    let mut paths = Vec::new();
    schemas_below(&root, &mut paths);
    if paths.is_empty() {
        println!("skipped: no ../shared");
        return;
    }
    let mut clients = 0;
    for path in paths {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let validated = validate(&[Source { path: "schema.prisma".to_owned(), text }]);
        let Some(schema) = validated.schema else { continue };
        let Ok(files) = client(&schema, &Options::default()) else {
            continue;
        };
        clients += 1;
        for file in files {
            if let Err(error) = syn::parse_file(&file.text) {
                panic!("{}: {error}", path.display());
            }
        }
    }
    println!("{clients} clients");
    assert!(clients > 50);
}

/// The client that `nicol` shows its compile errors with. `UPDATE=1` writes it anew.
#[test]
fn the_client_of_the_compile_errors_is_up_to_date() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../nicol/tests/compile_errors");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    let source = Source { path: "schema.prisma".to_owned(), text: read("schema.prisma") };
    let schema = validate(&[source]).schema.expect("a valid schema");
    let files = client(&schema, &Options { layout: Layout::OneFile, ..Options::default() }).expect("a client");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(folder.join("client.rs"), &files[0].text).expect("write the client");
    }
    assert!(read("client.rs") == files[0].text, "run this test with UPDATE=1");
}
