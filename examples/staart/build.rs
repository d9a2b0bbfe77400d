//! Generates the client from the schema at every build in which the schema has changed: it can never be stale.

fn main() -> Result<(), nicol_build::Error> {
    // Migrations that come with a checkout are compiled in, too.
    for folder in ["prisma", "sqlite", "postgresql"] {
        println!("cargo::rerun-if-changed={folder}/migrations");
    }
    nicol_build::client("prisma/schema.prisma")
}
