//! Rows R18 to R25: the schema of 2020, what today's rules make of it, and the example's own.

use fresh_database::Project;
use serde_json::Value;

use crate::example;
use crate::history::{DOCUMENT, LEGACY};

/// The document's schema: its difference to nothing, without the signs.
pub(crate) fn of_document() -> String {
    let block = DOCUMENT.split("@@ -1,0 +1,233 @@\n").nth(1).and_then(|rest| rest.split("```").next());
    let lines = block.expect("the difference").lines().map(|line| line.strip_prefix('+').expect("an added line"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The same from the file it was kept in, with its URL.
pub(crate) const DOCUMENT_SCHEMA: &str = include_str!("../../../../fixtures/systems/staart/schema.prisma");

/// What the schema of 2020 leaves out, and what it meant.
pub(crate) const RESTRICT: &str = "references: [id])";
pub(crate) const CASCADE: &str = "references: [id], onDelete: Cascade)";

/// The schema of 2020 with relations of this kind.
pub(crate) fn example_of_2020(relation: &str) -> String {
    DOCUMENT_SCHEMA.replace(RESTRICT, relation)
}

/// The same for another product: without the names of indexes, which only MySQL lets several tables share.
pub(crate) fn of_provider(schema: &str, provider: &str) -> String {
    let unnamed = schema.replace(", name: \"userId\"", "").replace(", name: \"organizationId\"", "");
    unnamed
        .replace("datasource mysql", &format!("datasource {provider}"))
        .replace("\"mysql\"", &format!("\"{provider}\""))
}

pub(crate) fn with(schema: &str) -> Project {
    let project = Project::new();
    project.file("schema.prisma", schema);
    project
}

/// The schema as data.
fn dmmf(schema: &str) -> Value {
    let ran = with(schema).run(&["debug", "dmmf"]).succeeds();
    serde_json::from_str(&ran.out).expect("JSON")
}

fn list<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key].as_array().expect("a list")
}

fn name(value: &Value) -> &str {
    value["name"].as_str().expect("a name")
}

/// Every field with its model.
fn fields(dmmf: &Value) -> Vec<(&str, &Value)> {
    list(dmmf, "models")
        .iter()
        .flat_map(|model| list(model, "fields").iter().map(|field| (name(model), field)))
        .collect()
}

/// What `validate` finds.
fn diagnostics(schema: &str) -> Vec<Value> {
    let ran = with(schema).run(&["validate", "--json"]);
    let answer: Value = serde_json::from_str(&ran.out).expect("JSON");
    list(&answer, "diagnostics").clone()
}

/// The same: severity and message.
fn found(schema: &str) -> Vec<(String, String)> {
    let text = |diagnostic: &Value, key: &str| diagnostic[key].as_str().expect("text").to_owned();
    diagnostics(schema).iter().map(|found| (text(found, "severity"), text(found, "message"))).collect()
}

#[test]
fn r18_what_there_is() {
    assert_eq!(of_document(), DOCUMENT_SCHEMA, "the block is the schema");
    let lines = |start: &str| DOCUMENT_SCHEMA.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!((lines("generator "), lines("datasource mysql "), lines("enum "), lines("model ")), (1, 1, 6, 12));
    assert_eq!((lines("  @@index("), lines("  @@map(")), (9, 4));
    assert!(DOCUMENT_SCHEMA.contains("\n  provider = \"mysql\"\n"));
    let dmmf = dmmf(DOCUMENT_SCHEMA);
    let fields = fields(&dmmf);
    assert_eq!(fields.iter().filter(|(_, field)| field["kind"] != "object").count(), 108);
    let owners =
        |(_, field): &&(&str, &Value)| field["relationFromFields"].as_array().is_some_and(|from| !from.is_empty());
    assert_eq!(fields.iter().filter(owners).count(), 11);
}

#[test]
fn r19_enums_and_their_values() {
    let dmmf = dmmf(DOCUMENT_SCHEMA);
    let enums: Vec<String> = list(&dmmf, "enums")
        .iter()
        .map(|of| format!("{} {}", name(of), list(of, "values").iter().map(name).collect::<Vec<_>>().join(" ")))
        .collect();
    let expected = [
        "Gender MALE FEMALE NONBINARY UNKNOWN",
        "NotificationEmails ACCOUNT UPDATES PROMOTIONS",
        "PrefersColorScheme NO_PREFERENCE LIGHT DARK",
        "PrefersReducedMotion NO_PREFERENCE REDUCE",
        "UserRole SUDO USER",
        "MembershipRole OWNER ADMIN RESELLER MEMBER",
    ];
    assert_eq!(enums, expected);
}

#[test]
fn r20_names_of_models_and_tables() {
    let dmmf = dmmf(DOCUMENT_SCHEMA);
    let names = list(&dmmf, "models").iter().map(|model| match model["dbName"].as_str() {
        Some(table) => format!("{} {table}", name(model)),
        None => name(model).to_owned(),
    });
    let expected = [
        "users",
        "organizations",
        "emails",
        "access_tokens access-tokens",
        "api_keys api-keys",
        "approved_locations approved-locations",
        "backup_codes backup-codes",
        "domains",
        "identities",
        "memberships",
        "sessions",
        "webhooks",
    ];
    assert_eq!(names.collect::<Vec<_>>(), expected);
}

#[test]
fn r21_keys_and_parents() {
    let dmmf = dmmf(DOCUMENT_SCHEMA);
    let fields = fields(&dmmf);
    let ids: Vec<_> = fields.iter().filter(|(_, field)| field["isId"] == true).collect();
    assert_eq!(ids.len(), 12);
    for (model, field) in ids {
        assert_eq!(
            (name(field), &field["type"], &field["default"]["name"]),
            ("id", &"Int".into(), &"autoincrement".into()),
            "{model}"
        );
    }
    let unique = fields.iter().filter(|(_, field)| field["isUnique"] == true);
    let unique: Vec<_> = unique.map(|(model, field)| format!("{model}.{}", name(field))).collect();
    assert_eq!(unique, ["users.username", "organizations.username"]);
    let children = |parent: &str, key: &str| {
        let of = fields
            .iter()
            .filter(|(_, field)| field["type"] == *parent && field["relationFromFields"] == serde_json::json!([key]));
        let of = of.inspect(|(model, field)| {
            assert_eq!(field["isRequired"], true, "{model}");
            let relation = field["relationName"].as_str().expect("a name");
            assert!(DOCUMENT_SCHEMA.contains(&format!("@relation(\"{relation}\", fields: [{key}]")), "{relation}");
            let key = fields.iter().find(|(of, field)| of == model && name(field) == key).expect("the key");
            assert_eq!(key.1["isRequired"], true, "{model}");
        });
        of.map(|(model, _)| *model).collect::<Vec<_>>().join(" ")
    };
    let of_users = "emails access_tokens approved_locations backup_codes identities memberships sessions";
    assert_eq!(children("users", "userId"), of_users);
    assert_eq!(children("organizations", "organizationId"), "api_keys domains memberships webhooks");
}

#[test]
fn r22_the_primary_address_is_a_number_only() {
    let dmmf = dmmf(DOCUMENT_SCHEMA);
    let fields = fields(&dmmf);
    let (_, field) = fields.iter().find(|(_, field)| name(field) == "primaryEmail").expect("it");
    assert_eq!(
        (&field["type"], &field["kind"], &field["isRequired"]),
        (&"Int".into(), &"scalar".into(), &false.into())
    );
    for product in ["prisma", "sqlite", "postgresql"] {
        let script = crate::of_migration(product, "migration.sql");
        let keys: Vec<&str> = script.lines().filter(|line| line.contains("FOREIGN KEY")).collect();
        assert_eq!(keys.len(), 11);
        assert!(keys.iter().all(|line| !line.contains("primaryEmail")), "{keys:?}");
    }
}

#[test]
fn r23_a_schema_of_2020_is_valid_as_it_is() {
    assert_eq!(found(DOCUMENT_SCHEMA), []);
    let snapshot = format!("{LEGACY}/20200420002856/schema.prisma");
    let snapshot = std::fs::read_to_string(snapshot).expect("the snapshot");
    assert_eq!(found(&snapshot), [], "a masked URL is none");
    with(&snapshot).run(&["migrate", "status"]).fails("url-missing");
    with(DOCUMENT_SCHEMA).run(&["generate"]).succeeds().says("client (prisma-client-js)");

    // The rest of what was different then.
    let project = with(DOCUMENT_SCHEMA);
    project.run(&["format", "--check"]).exits(1);
    project.run(&["format"]).succeeds();
    let formatted = project.read("schema.prisma");
    let turned = DOCUMENT_SCHEMA.replace("@default(autoincrement()) @id\n", "@id @default(autoincrement())\n");
    assert_eq!(formatted, turned, "`@id` comes first, and nothing else changes");
    assert!(formatted.contains("@@index([userId], name: \"userId\")"), "`name` stays");
    with(DOCUMENT_SCHEMA.trim_end()).run(&["format"]).succeeds();
    let unended = with(DOCUMENT_SCHEMA.trim_end());
    unended.run(&["format"]).succeeds();
    assert_eq!(unended.read("schema.prisma"), turned, "and the end of the last line is added");
    let directs = DOCUMENT_SCHEMA.replace(
        "  url      = env(\"DATABASE_URL\")\n",
        "  url      = env(\"DATABASE_URL\")\n  directUrl = env(\"DIRECT\")\n  shadowDatabaseUrl = env(\"SHADOW\")\n",
    );
    assert_eq!(found(&directs), []);
}

#[test]
fn r23_shared_index_names_are_mysql_s_own() {
    for provider in ["postgresql", "sqlite"] {
        let schema = DOCUMENT_SCHEMA.replace("\"mysql\"", &format!("\"{provider}\""));
        let found = found(&schema);
        assert_eq!(found.len(), 9, "{provider}: {found:?}");
        for (severity, message) in &found {
            let name = message.contains("userId") || message.contains("organizationId");
            assert!(severity == "error" && name, "{message}");
        }
        // The places are the reference's: each name that is shared, and nothing around it.
        let place = |found: &Value, key: &str| usize::try_from(found[key].as_u64().expect("a place")).expect("small");
        let places = diagnostics(&schema);
        let places: Vec<_> = places.iter().map(|found| (place(found, "start"), place(found, "end"))).collect();
        let named = schema.match_indices("name: \"").map(|(at, _)| at);
        let named = named.map(|at| (at, at + schema[at..].find(')').expect("the end of the attribute")));
        assert_eq!(places, named.collect::<Vec<_>>(), "{provider}");
        assert_eq!(self::found(&of_provider(DOCUMENT_SCHEMA, provider)), []);
    }
}

#[test]
fn r24_restrict_unless_it_is_said() {
    let script = |schema: &str| {
        let arguments = ["migrate", "diff", "--from-empty", "--to-schema", "schema.prisma", "--script"];
        with(schema).run(&arguments).succeeds().out
    };
    for provider in ["mysql", "postgresql", "sqlite"] {
        for (relation, action, other) in [(RESTRICT, "RESTRICT", "CASCADE"), (CASCADE, "CASCADE", "RESTRICT")] {
            let script = script(&of_provider(&example_of_2020(relation), provider));
            let count = |action: &str| script.matches(&format!("ON DELETE {action} ON UPDATE CASCADE")).count();
            assert_eq!((count(action), count(other)), (11, 0), "{provider}");
        }
    }
    for product in ["prisma", "sqlite", "postgresql"] {
        assert_eq!(example(product).matches("onDelete: Cascade").count(), 11, "{product}");
    }
}

#[test]
fn r25_the_variants_say_the_same() {
    let project = with(&example_of_2020(CASCADE));
    project.run(&["format"]).succeeds();
    assert_eq!(example("prisma"), project.read("schema.prisma"), "the document's, formatted and with its cascades");
    for product in ["sqlite", "postgresql"] {
        assert_eq!(example(product), of_provider(&example("prisma"), product));
        assert_eq!(found(&example(product)), []);
        with(&example(product)).run(&["format", "--check"]).succeeds();
        assert_eq!(
            crate::of_migration(product, "schema.prisma"),
            example(product).replace("url      = env(\"DATABASE_URL\")", "url = \"***\"")
        );
    }
}
