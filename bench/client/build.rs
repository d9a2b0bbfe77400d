//! Makes nicol's client from the schema that Prisma Client is measured with.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use nicol_codegen::rust::{Options, client};
use nicol_schema::{Source, validate};

const SCHEMA: &str = "prisma/schema.prisma";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={SCHEMA}");
    let sources = [Source { path: SCHEMA.to_owned(), text: fs::read_to_string(SCHEMA)? }];
    let schema = validate(&sources).schema.ok_or("the schema of the benchmark is not valid")?;
    let out = env::var("OUT_DIR")?;
    for file in client(&schema, &Options::default())? {
        fs::write(Path::new(&out).join(file.path), file.text)?;
    }
    Ok(())
}
