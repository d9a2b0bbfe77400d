//! What a build script gets.

use std::error::Error;
use std::fs;

use nicol_build::{Source, client_of, read};

const DATASOURCE: &str = "datasource db {\n  provider = \"sqlite\"\n}\n";

#[test]
fn a_folder_is_read_without_migrations_dependencies_and_hidden_folders() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let at = |path: &str| folder.path().join(path);
    for inner in ["models", "migrations/1_init", "node_modules/x", ".old"] {
        fs::create_dir_all(at(inner))?;
        fs::write(at(inner).join("schema.prisma"), "model Twice {\n}\n")?;
    }
    fs::write(at("db.prisma"), DATASOURCE)?;
    fs::write(at("models/schema.prisma"), "model User {\n  id Int @id\n}\n")?;
    let sources = read(folder.path())?;
    let paths: Vec<String> = sources.iter().map(|source| source.path.replace('\\', "/")).collect();
    assert_eq!(paths.len(), 2, "{paths:?}");
    assert!(paths[0].ends_with("/db.prisma") && paths[1].ends_with("/models/schema.prisma"), "{paths:?}");
    Ok(())
}

#[test]
fn nothing_to_read_is_told_with_its_path() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    for path in [folder.path().to_path_buf(), folder.path().join("schema.prisma")] {
        let message = read(&path).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(message.starts_with(&path.display().to_string()), "{message}");
    }
    Ok(())
}

/// `OUT_DIR` of this package's tests is not set: without a build nothing is written.
#[test]
fn outside_of_a_build_script_it_says_so() {
    let sources = [Source::new("schema.prisma".to_owned(), DATASOURCE.to_owned())];
    let error = client_of(&sources, "client.rs").err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("build script"), "{error}");
}
