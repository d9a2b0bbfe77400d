//! Generates the client from the schema at every build in which the schema has changed: it can never be stale.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use nicol_codegen::rust::{Options, client};
use nicol_schema::render::render;
use nicol_schema::{Source, validate};

const SCHEMA: &str = "prisma/schema.prisma";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={SCHEMA}");
    // Migrations that come with a checkout are compiled in, too.
    println!("cargo::rerun-if-changed=prisma/migrations");
    let sources = [Source { path: SCHEMA.to_owned(), text: fs::read_to_string(SCHEMA)? }];
    let validated = validate(&sources);
    let report = render(&validated.diagnostics, &sources, false);
    let schema = validated.schema.ok_or(report)?;
    let out = env::var("OUT_DIR")?;
    for file in client(&schema, &Options::default())? {
        fs::write(Path::new(&out).join(file.path), file.text)?;
    }
    Ok(())
}
