//! `generate`.

use crate::support::{PLAIN, Place};

fn with_generator(properties: &str) -> String {
    format!("generator client {{\n{properties}}}\n\n{PLAIN}")
}

#[test]
fn foreign_generators_are_left_alone_with_one_notice() {
    let schema = format!(
        "generator erd {{\n  provider = \"prisma-erd-generator\"\n}}\n\n{}",
        with_generator("  provider = \"prisma-client-js\"\n")
    );
    let place = Place::with(&[("schema.prisma", &schema)]);
    let ran =
        place.run(&["generate", "--no-engine"]).exits(0).says("erd (prisma-erd-generator), client (prisma-client-js)");
    assert_eq!(ran.err.matches("left to their own").count(), 1);
    assert_eq!(place.files(), ["schema.prisma"]);
    let json = place.run(&["generate", "--json"]).exits(0).json();
    assert_eq!(json["generated"].as_array().map(Vec::len), Some(0));
}

#[test]
fn the_client_is_written_where_the_file_with_the_generator_says() {
    let generator = "generator client {\n  provider = \"nicol\"\n  output   = \"../../src/db\"\n}\n";
    let place = Place::with(&[("prisma/schema/base.prisma", generator), ("prisma/schema/models/user.prisma", PLAIN)]);
    let ran = place.run(&["generate"]).exits(0).says("Generated client into src/db");
    assert_eq!(ran.err, "");
    let files = place.files();
    assert!(files.iter().any(|file| file.starts_with("src/db/") && file.ends_with(".rs")), "{files:?}");
    assert!(files.iter().all(|file| file.starts_with("src/db/") || file.starts_with("prisma/")), "{files:?}");
    // Nothing to do the second time: a build that watches the files must not start again.
    let json = place.run(&["generate", "--json"]).exits(0).json();
    assert_eq!(json["generated"][0]["changed"], 0);
    assert_eq!(json["generated"][0]["output"], "src/db");
}

#[test]
fn a_block_that_cannot_be_used_says_why() {
    let place = Place::with(&[("schema.prisma", &with_generator("  provider = \"nicol\"\n"))]);
    place.run(&["generate"]).fails("generator-output").says("schema.prisma:1:1");
    place.file("schema.prisma", with_generator("  provider = \"nicol\"\n  output = env(\"OUT\")\n"));
    place.run(&["generate"]).fails("variable-missing").says("OUT");
    place.file(".env", "OUT=made");
    place.run(&["generate"]).exits(0);
    assert!(place.path("made").is_dir());
    place.run(&["generate", "--generator", "nope"]).fails("generator-unknown").says("client");
    place.file("schema.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n");
    place.run(&["generate", "--require-models"]).fails("models-missing");
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let place = Place::with(&[
        ("schema.prisma", &with_generator("  provider = \"nicol\"\n  output = \"file/db\"\n")),
        ("file", "in the way"),
    ]);
    place.run(&["generate"]).fails("file-unwritable").says("file/db");
    assert_eq!(place.files(), ["file", "schema.prisma"]);
}

#[test]
fn files_of_models_that_are_gone_are_removed_and_no_others() {
    let schema = with_generator("  provider = \"nicol\"\n  output = \"db\"\n");
    let place = Place::with(&[("schema.prisma", &format!("{schema}\nmodel Post {{\n  id Int @id\n}}\n"))]);
    place.run(&["generate"]).exits(0);
    assert!(place.path("db/post.rs").is_file() && place.path("db/user.rs").is_file(), "{:?}", place.files());
    place.file("db/mine.rs", "// written by hand\n").file("schema.prisma", &schema);
    place.run(&["generate"]).exits(0);
    assert!(!place.path("db/post.rs").exists());
    assert!(place.path("db/user.rs").is_file() && place.path("db/mine.rs").is_file());
}
