//! `validate` and `format`.

use serde_json::json;

use crate::support::{PLAIN, Place};

#[test]
fn a_valid_schema_is_valid() {
    let place = Place::with(&[("schema.prisma", PLAIN)]);
    place.run(&["validate"]).exits(0).says("schema.prisma is valid");
    assert_eq!(place.run(&["validate", "--json"]).exits(0).json(), json!({ "valid": true, "diagnostics": [] }));
    assert_eq!(place.run(&["validate", "--quiet"]).exits(0).out, "");
}

#[test]
fn diagnostics_count_bytes_and_columns_in_characters() {
    let text =
        format!("{PLAIN}model Häuser {{ /* ß */ id Int @id\n}}\n\nmodel Post {{\n  id Int @id // é\n  ü  Nope\n}}\n");
    let text = text.replace("Häuser { /* ß */", "Hauser {");
    let text = text.replace("  ü  Nope", "  /// ü\n  x  Nope @map(\"üü\") @nope");
    let place = Place::with(&[("prisma/schema.prisma", &text)]);
    let ran = place.run(&["validate", "--json"]).exits(1);
    let report = ran.json();
    assert_eq!(report["valid"], false);
    let found = report["diagnostics"].as_array().expect("a list");
    assert!(!found.is_empty());
    for one in found {
        let keys: Vec<&str> = one.as_object().expect("an object").keys().map(String::as_str).collect();
        for key in ["file", "start", "end", "line", "column", "severity", "code", "message", "help", "related"] {
            assert!(keys.contains(&key), "{key} in {one}");
        }
        assert_eq!(keys.len(), 10, "{one}");
        assert_eq!(one["file"], "schema.prisma");
        let start = usize::try_from(one["start"].as_u64().expect("an offset")).expect("small");
        let before = &text[..start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().expect("a line").chars().count() + 1;
        assert_eq!((one["line"].as_u64(), one["column"].as_u64()), (Some(line as u64), Some(column as u64)), "{one}");
        assert!(["error", "warning", "hint"].contains(&one["severity"].as_str().expect("text")));
    }
    let nope = text.find("Nope").expect("the type");
    assert!(found.iter().any(|one| one["start"] == nope && one["end"] == nope + 4), "{report}");
}

#[test]
fn people_see_the_place_from_where_they_stand() {
    let text = PLAIN.replace("id Int", "id Nope");
    let place = Place::with(&[("app/prisma/schema.prisma", &text)]);
    let ran = place.run_in("app", &["validate"]).exits(1).says("prisma/schema.prisma:6:6").says("is not valid");
    assert_eq!(ran.out, "");
}

#[test]
fn excerpts_show_no_password() {
    let text = "datasource db {\n  provider = \"postgresql\"\n  url = \"postgres://ann:s3cr3t@h/d\" nope\n}\n";
    let place = Place::with(&[("schema.prisma", text)]);
    let ran = place.run(&["validate"]).exits(1).says("ann:******@h");
    assert!(!ran.err.contains("s3cr3t"), "{}", ran.err);
    assert!(!place.run(&["validate", "--json"]).exits(1).out.contains("s3cr3t"));
}

#[test]
fn several_files_are_one_schema() {
    let user = "model User {\n  id    Int    @id\n  posts Post[]\n}\n";
    let post = "model Post {\n  id     Int  @id\n  user   User @relation(fields: [userId], references: [id])\n  userId Int\n}\n";
    let base = "datasource db {\n  provider = \"sqlite\"\n}\n";
    let place = Place::with(&[("s/base.prisma", base), ("s/m/user.prisma", user), ("s/m/post.prisma", post)]);
    place.run(&["validate", "--schema", "s"]).exits(0);
    place.file("s/m/post.prisma", post.replace("userId Int\n", "userId Nope\n"));
    let report = place.run(&["validate", "--schema", "s", "--json"]).exits(1).json();
    assert_eq!(report["diagnostics"][0]["file"], "m/post.prisma");
}

#[test]
fn format_writes_checks_and_prints() {
    let loose = "datasource db {\nprovider=\"sqlite\"\n}\n\n\nmodel User {\nid Int @id\n  longer   String\n}";
    let place = Place::with(&[("schema.prisma", loose)]);
    let checked = place.run(&["format", "--check"]).exits(1);
    assert_eq!(checked.out, "schema.prisma\n");
    let json = place.run(&["format", "--check", "--json"]).exits(1).json();
    assert_eq!(json, json!({ "files": [{ "file": "schema.prisma", "changed": true }] }));
    let printed = place.run(&["format", "--stdout"]).exits(0).out;
    assert_eq!(place.read("schema.prisma"), loose);
    place.run(&["format"]).exits(0).says("Formatted schema.prisma");
    assert_eq!(place.read("schema.prisma"), printed);
    assert_ne!(printed, loose);
    place.run(&["format", "--check"]).exits(0).says("All files are formatted");
    assert_eq!(place.files(), ["schema.prisma"]);
}

#[test]
fn format_touches_only_files_that_change_and_keeps_their_mode_and_links() {
    let loose = "model Post {\nid Int @id\n}\n";
    let place = Place::with(&[("s/a.prisma", PLAIN), ("real/b.prisma", loose)]);
    let formatted = place.run(&["format", "--stdout", "--schema", "s/a.prisma"]).exits(0).out;
    place.file("s/a.prisma", &formatted);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::os::unix::fs::symlink(place.path("real/b.prisma"), place.path("s/b.prisma")).expect("a link");
        std::fs::set_permissions(place.path("real/b.prisma"), PermissionsExt::from_mode(0o640)).expect("a mode");
        let untouched = std::fs::metadata(place.path("s/a.prisma")).expect("it").modified().expect("a time");
        place.run(&["format", "--schema", "s"]).exits(0);
        assert_ne!(place.read("real/b.prisma"), loose);
        assert!(std::fs::symlink_metadata(place.path("s/b.prisma")).expect("it").is_symlink());
        let mode = std::fs::metadata(place.path("real/b.prisma")).expect("it").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert_eq!(std::fs::metadata(place.path("s/a.prisma")).expect("it").modified().expect("a time"), untouched);
    }
}

#[test]
fn format_does_not_write_what_is_not_valid() {
    let broken = PLAIN.replace("id Int", "id   Nope");
    let place = Place::with(&[("schema.prisma", &broken)]);
    place.run(&["format"]).fails("P1012").says("nothing was written");
    assert_eq!(place.read("schema.prisma"), broken);
    let printed = place.run(&["format", "--stdout"]).exits(0).out;
    assert!(printed.contains("id Nope @id"), "{printed}");
}

#[test]
fn format_adds_missing_back_relations() {
    let text = format!(
        "{PLAIN}\nmodel Post {{\n  id     Int  @id\n  user   User @relation(fields: [userId], references: [id])\n  userId Int\n}}\n"
    );
    let place = Place::with(&[("schema.prisma", &text)]);
    place.run(&["validate"]).exits(1);
    place.run(&["format"]).exits(0);
    place.run(&["validate"]).exits(0);
    assert!(place.read("schema.prisma").contains("Post[]"));
}

#[test]
fn debug_dmmf_prints_the_datamodel_of_all_files_and_nothing_else() {
    let place = Place::with(&[
        (
            "schema/a.prisma",
            concat!(
                "datasource db {\n  provider = \"sqlite\"\n}\n\n",
                "/// Who writes.\nmodel User {\n  id   Int  @id\n  rank Rank @map(\"level\")\n}\n",
            ),
        ),
        ("schema/b.prisma", "enum Rank {\n  GUEST\n  OWNER @map(\"o\")\n}\n"),
    ]);
    let ran = place.run(&["debug", "dmmf", "--schema", "schema"]).exits(0);
    let expected = serde_json::json!({
        "enums": [{
            "name": "Rank",
            "values": [{ "name": "GUEST", "dbName": null }, { "name": "OWNER", "dbName": "o" }],
            "dbName": null,
        }],
        "models": [{
            "name": "User",
            "dbName": null,
            "schema": null,
            "fields": [
                {
                    "name": "id", "kind": "scalar", "isList": false, "isRequired": true, "isUnique": false,
                    "isId": true, "isReadOnly": false, "hasDefaultValue": false, "type": "Int", "nativeType": null,
                    "isGenerated": false, "isUpdatedAt": false,
                },
                {
                    "name": "rank", "dbName": "level", "kind": "enum", "isList": false, "isRequired": true,
                    "isUnique": false, "isId": false, "isReadOnly": false, "hasDefaultValue": false, "type": "Rank",
                    "nativeType": null, "isGenerated": false, "isUpdatedAt": false,
                },
            ],
            "primaryKey": null,
            "uniqueFields": [],
            "uniqueIndexes": [],
            "isGenerated": false,
            "documentation": "Who writes.",
        }],
        "types": [],
        "indexes": [{
            "model": "User", "type": "id", "isDefinedOnField": true, "fields": [{ "name": "id" }],
        }],
    });
    assert_eq!(ran.json(), expected);
    assert!(ran.out.ends_with("}\n") && ran.out.lines().count() == 1, "{}", ran.out);
    assert_eq!(ran.err, "");
}
