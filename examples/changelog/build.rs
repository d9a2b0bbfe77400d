//! Generates the client from the schema folder at every build in which a file of it has changed: it can never be stale.

use std::path::Path;

use nicol_build::Source;

const SCHEMA: &str = "prisma/schema";

fn main() -> Result<(), nicol_build::Error> {
    // Migrations that come with a checkout are compiled in, too.
    for folder in ["sqlite/schema", "mariadb/schema"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    nicol_build::client(SCHEMA)?;
    // For the documentation's tests: the client without the preview feature.
    let without = |source: Source| Source { text: source.text.replace("\"fullTextSearchPostgres\"", ""), ..source };
    let sources: Vec<Source> = nicol_build::read(Path::new(SCHEMA))?.into_iter().map(without).collect();
    nicol_build::client_of(&sources, "without_search.rs")
}
