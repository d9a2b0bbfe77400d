//! What a build script gets.

use std::error::Error;
use std::fs;

use nicol_build::{Source, client_of, read, sql};
use nicol_codegen::sql::{Description, Statement, stored};

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

/// Typed SQL files lie beside the file with the datasource; hidden files and folders are none.
#[test]
fn typed_sql_is_found_beside_the_datasource_and_known_when_it_was_described() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let at = |path: &str| folder.path().join(path);
    fs::create_dir_all(at("schema/db/sql/deep.sql"))?;
    fs::write(at("schema/a.prisma"), "model User {\n  id Int @id\n}\n")?;
    fs::write(at("schema/db/main.prisma"), DATASOURCE)?;
    let sources = read(&at("schema"))?;
    let schema = nicol_schema::validate(&sources).schema.ok_or("not valid")?;
    let place = sql::folder(&sources, &schema);
    assert_eq!(place, at("schema/db/sql"));
    assert!(matches!(sql::read(&place, &schema), Ok(sql::Found::Nothing)));
    assert!(matches!(sql::read(&at("nowhere"), &schema), Ok(sql::Found::Nothing)));
    fs::write(place.join("b.sql"), "SELECT 1")?;
    fs::write(place.join("a.sql"), "SELECT 2")?;
    fs::write(place.join(".a.sql"), "SELECT 3")?;
    fs::write(place.join("c.txt"), "SELECT 4")?;
    let texts = sql::texts(&place).map_err(|error| error.error)?;
    let names: Vec<&str> = texts.iter().map(|text| text.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(matches!(sql::read(&place, &schema), Ok(sql::Found::Undescribed(texts)) if texts.len() == 2));
    let statements: Vec<Statement> =
        texts.into_iter().map(|file| Statement { file, described: Description::default() }).collect();
    fs::write(place.join(stored::FILE), stored::write("sqlite", &statements))?;
    assert!(matches!(sql::read(&place, &schema), Ok(sql::Found::Described(found)) if found == statements));
    fs::write(place.join("a.sql"), "SELECT 5")?;
    assert!(matches!(sql::read(&place, &schema), Err(sql::Error::Stale(problems)) if problems[0].file == "a.sql"));
    Ok(())
}
