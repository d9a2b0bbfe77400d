//! Makes the clients of the client tests: one for each provider from one schema, and those of `schemas/apart`.

use std::path::Path;
use std::{env, error, fs};

use nicol_build::sql::{Found, read};
use nicol_codegen::rust::{Options, client};
use nicol_schema::{Severity, Source, validate};

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed=schemas");
    let base = fs::read_to_string("schemas/client.prisma")?;
    for provider in ["sqlite", "postgresql", "mysql"] {
        let mut text = base.replace("\"sqlite\"", &format!("\"{provider}\""));
        if provider == "postgresql" {
            text = text.replace("\"views\"", "\"views\", \"fullTextSearchPostgres\"");
        }
        text.push_str(&fs::read_to_string(format!("schemas/client.{provider}.prisma"))?);
        generate(provider, &text)?;
    }
    generate("chain", &chain(100))?;
    typed()?;
    own()?;
    examples("client")?;
    examples("from-prisma-client")?;
    for entry in fs::read_dir("schemas/apart")? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).ok_or("a name that is not text")?;
        let text = fs::read_to_string(&path)?;
        generate(name, &text)?;
        if text.contains("\"sqlite\"") {
            // Where foreign keys have names, this one has one that is not meant well.
            let named = r##"onDelete: Cascade, map: "fk \"'` \\ */ #{x}")"##;
            for provider in ["postgresql", "mysql"] {
                let text = text.replace("\"sqlite\"", &format!("\"{provider}\""));
                let text = if name == "hostile" { text.replace("onDelete: Cascade)", named) } else { text };
                generate(&format!("{name}-{provider}"), &text)?;
            }
        }
    }
    Ok(())
}

/// The clients of `schemas/typed.prisma` with the typed SQL files of each provider, as servers have described them.
fn typed() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed=sql");
    let base = fs::read_to_string("schemas/typed.prisma")?;
    for provider in ["sqlite", "postgresql", "mysql"] {
        let text = base.replace("\"sqlite\"", &format!("\"{provider}\""));
        let place = |file: &str| env::var("OUT_DIR").map(|out| Path::new(&out).join(file));
        let schema = place(&format!("typed-{provider}.prisma"))?;
        // Cargo watches it: it must not be newer than the build without need.
        if fs::read_to_string(&schema).unwrap_or_default() != text {
            fs::write(&schema, text)?;
        }
        // As any build script does it.
        nicol_build::client_with_sql(&schema, Path::new("sql").join(provider))?;
        fs::rename(place("client.rs")?, place(&format!("typed-{provider}.rs"))?)?;
    }
    Ok(())
}

/// The clients of `schemas/own.prisma` for each library of instants.
fn own() -> Result<(), Box<dyn error::Error>> {
    let base = fs::read_to_string("schemas/own.prisma")?;
    for provider in ["sqlite", "postgresql", "mysql"] {
        for library in ["chrono", "time"] {
            let mut text = base.replace("\"sqlite\"", &format!("\"{provider}\""));
            text = text.replace("\"chrono\"", &format!("\"{library}\""));
            if provider == "postgresql" {
                text.push_str("model Visitor {\n  id Int @id\n  visits DateTime[]\n}\n");
            }
            generate(&format!("own-{provider}-{library}"), &text)?;
        }
    }
    Ok(())
}

/// A schema of so many models, each below the one before.
fn chain(models: usize) -> String {
    let mut text = String::from("datasource db {\n  provider = \"sqlite\"\n}\n");
    for number in 0..models {
        let parent = number.checked_sub(1).map_or_else(String::new, |above| {
            format!("  parent M{above} @relation(fields: [parentId], references: [id])\n  parentId Int\n")
        });
        let below = number + 1;
        let children = if below < models { format!("  children M{below}[]\n") } else { String::new() };
        text.push_str(&format!(
            "model M{number} {{\n  id Int @id @default(autoincrement())\n  name String @unique\n  note String?\n  \
             count Int @default(0)\n  price Decimal?\n  made DateTime @default(now())\n{parent}{children}}}\n"
        ));
    }
    text
}

/// Writes the schema `name.prisma` and its client `name.rs`.
fn generate(name: &str, text: &str) -> Result<(), Box<dyn error::Error>> {
    generate_with(name, text, "none")
}

/// As [`generate`], with the typed SQL files of a folder of `sql`.
fn generate_with(name: &str, text: &str, folder: &str) -> Result<(), Box<dyn error::Error>> {
    let out = env::var("OUT_DIR")?;
    let path = format!("{name}.prisma");
    let validated = validate(&[Source { path, text: text.to_owned() }]);
    let errors = validated.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let messages: Vec<&str> = errors.map(|diagnostic| diagnostic.message.as_str()).collect();
    let schema = validated.schema.ok_or_else(|| format!("the schema {name}: {messages:?}"))?;
    fs::write(Path::new(&out).join(format!("{name}.prisma")), text)?;
    let statements = match read(&Path::new("sql").join(folder), &schema) {
        Ok(Found::Described(statements)) => statements,
        Ok(Found::Nothing) => Vec::new(),
        other => return Err(format!("sql/{folder}: {other:?}").into()),
    };
    for file in client(&schema, &Options { statements, ..Options::default() })? {
        fs::write(Path::new(&out).join(format!("{name}.rs")), file.text)?;
    }
    Ok(())
}

/// Writes the Rust examples of a page of the documentation as functions, `page.rs`, and the client of its schema.
fn examples(page: &str) -> Result<(), Box<dyn error::Error>> {
    let path = format!("../docs/{page}.md");
    println!("cargo::rerun-if-changed={path}");
    let text = fs::read_to_string(&path)?;
    let mut functions = String::from("use super::db::*;\n");
    let mut names = Vec::new();
    for (number, block) in text.split("\n```").enumerate() {
        if let Some(schema) = block.strip_prefix("prisma\n") {
            generate_with(&format!("{page}-schema"), schema, "guide")?;
        } else if let Some(code) = block.strip_prefix("rust\n") {
            let name = format!("example_{number}");
            functions.push_str(&format!("async fn {name}(db: &Db) -> nicol::Result<()> {{\n{code}\nOk(())\n}}\n"));
            names.push(name);
        }
    }
    functions.push_str("pub(crate) async fn run(db: &Db, most: usize) -> nicol::Result<()> {\n");
    for (number, name) in names.iter().enumerate() {
        functions.push_str(&format!("if {number} < most {{ println!(\"example {number}\"); {name}(db).await?; }}\n"));
    }
    functions.push_str("Ok(())\n}\n");
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join(format!("{page}-examples.rs")), functions)?;
    Ok(())
}
