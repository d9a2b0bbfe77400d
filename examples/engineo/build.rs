//! Generates the client from the schema at every build in which the schema has changed: it can never be stale.

use std::path::Path;

use nicol_build::Source;

const SCHEMA: &str = "prisma/schema.prisma";

fn main() -> Result<(), nicol_build::Error> {
    // Migrations that come with a checkout are compiled in, too.
    for folder in ["prisma", "sqlite", "mariadb"] {
        println!("cargo::rerun-if-changed={folder}/migrations");
    }
    nicol_build::client(SCHEMA)?;
    // For the tests: the client of the day on which sessions of another kind are added.
    let later = |source: Source| Source {
        text: source.text.replace("  USER_LOGIN\n", "  USER_LOGIN\n  API_TOKEN\n"),
        ..source
    };
    let sources: Vec<Source> = nicol_build::read(Path::new(SCHEMA))?.into_iter().map(later).collect();
    nicol_build::client_of(&sources, "later.rs")
}
