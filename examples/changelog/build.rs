//! Generates the client from the schema folder at every build in which a file of it has changed: it can never be stale.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use nicol_codegen::rust::{Options, client};
use nicol_schema::render::render;
use nicol_schema::{Source, validate};

const SCHEMA: &str = "prisma/schema";

fn main() -> Result<(), Box<dyn Error>> {
    // Migrations that come with a checkout are compiled in, too.
    for folder in [SCHEMA, "sqlite/schema", "mariadb/schema"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    let sources = sources()?;
    generate("client.rs", &sources)?;
    // For the documentation's tests: the client without the preview feature.
    let without = |source: Source| Source { text: source.text.replace("\"fullTextSearchPostgres\"", ""), ..source };
    generate("without_search.rs", &sources.into_iter().map(without).collect::<Vec<_>>())
}

/// Every `.prisma` file of the folder; the order means nothing.
fn sources() -> Result<Vec<Source>, Box<dyn Error>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(SCHEMA)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "prisma") {
            sources.push(Source { path: path.display().to_string(), text: fs::read_to_string(&path)? });
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(sources)
}

/// Writes the client of a schema to the build's folder.
fn generate(name: &str, sources: &[Source]) -> Result<(), Box<dyn Error>> {
    let validated = validate(sources);
    let report = render(&validated.diagnostics, sources, false);
    let schema = validated.schema.ok_or(report)?;
    let out = env::var("OUT_DIR")?;
    for file in client(&schema, &Options::default())? {
        fs::write(Path::new(&out).join(name), file.text)?;
    }
    Ok(())
}
