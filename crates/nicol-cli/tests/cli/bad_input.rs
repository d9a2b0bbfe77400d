//! What goes wrong is said clearly, with a code, and leaves nothing behind.

use crate::support::{PLAIN, Place};

#[test]
fn files_that_cannot_be_used_are_named() {
    let place = Place::new();
    place.run(&["validate"]).fails("schema-not-found").says("prisma/schema.prisma").says("--schema");
    place.run(&["validate", "--schema", "no/such.prisma"]).fails("schema-not-found").says("no/such.prisma");
    place.file("empty.prisma", "").file("blank.prisma", "\n  \n");
    place.run(&["validate", "--schema", "empty.prisma"]).fails("schema-empty").says("empty.prisma");
    place.run(&["format", "--schema", "blank.prisma"]).fails("schema-empty");
    place.file("latin.prisma", b"model A {\n  id Int @id // \xfc\n}\n");
    place.run(&["validate", "--schema", "latin.prisma"]).fails("file-not-utf8").says("latin.prisma:2:17");
    std::fs::create_dir(place.path("folder")).expect("a folder");
    place.run(&["validate", "--schema", "folder"]).fails("schema-not-found").says("no .prisma file");
    place.file("nicol.toml", "schem = 'x'\n");
    place.run(&["validate"]).fails("config-invalid").says("nicol.toml:1:1").says("schem");
}

#[test]
fn a_syntax_error_is_shown_in_the_text() {
    let place = Place::with(&[("schema.prisma", "model User {\n  id Int @id\n")]);
    let ran = place.run(&["validate"]).exits(1).says("schema.prisma:");
    assert!(ran.err.contains("error"), "{}", ran.err);
    for command in [&["generate"][..], &["debug", "dmmf"], &["migrate", "dev", "--url", "file:x.db"]] {
        place.run(command).fails("P1012").says("schema.prisma");
    }
    let json = place.run(&["migrate", "dev", "--json"]).exits(1).json();
    assert_eq!(json["error"]["code"], "P1012");
    assert_eq!(json["diagnostics"][0]["severity"], "error");
    assert_eq!(place.files(), ["schema.prisma"]);
}

#[test]
fn with_json_an_error_is_an_object_on_stdout() {
    let ran = Place::new().run(&["validate", "--json"]).exits(1);
    let error = &ran.json()["error"];
    assert_eq!(error["code"], "schema-not-found");
    assert!(error["message"].is_string() && error["help"].is_string() && error["why"].is_string());
    assert_eq!(ran.err, "");
    let place = Place::with(&[("schema.prisma", "")]);
    let report = place.run(&["validate", "--json"]).exits(1).json();
    assert_eq!(report["valid"], false);
    assert_eq!(report["diagnostics"][0]["code"], "schema-empty");
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_left_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let loose = PLAIN.replace("  id", "id");
    let place = Place::with(&[("prisma/schema.prisma", &loose)]);
    // Works for root too, who may write into any folder: the file itself says that it is not to be changed.
    std::fs::set_permissions(place.path("prisma/schema.prisma"), PermissionsExt::from_mode(0o444)).expect("a mode");
    place.run(&["format"]).fails("file-unwritable").says("prisma/schema.prisma");
    assert_eq!(place.read("prisma/schema.prisma"), loose);
    assert_eq!(place.files(), ["prisma/schema.prisma"]);
}
