//! Rows R12 to R18, R21 and R22: the schema before and after, and its SQL.

use fresh_database::Project;

use crate::{AFTER, BEFORE, example, live, of_provider};

/// The field whose other side is missing.
const SESSIONS_USER: &str = "user       User     @relation(fields: [userId], references: [id])";

/// A project with a schema file and no database.
fn with(schema: &str) -> Project {
    let project = Project::new();
    project.file("schema.prisma", schema);
    project
}

/// What is at the beginning of lines, in order.
fn blocks(schema: &str) -> Vec<&str> {
    schema.lines().filter_map(|line| line.strip_suffix(" {")).collect()
}

/// The schema after, as `nicol format` repairs it.
fn repaired() -> String {
    let project = with(&live(AFTER));
    project.run(&["format"]).succeeds();
    project.read("schema.prisma")
}

/// The SQL that leads from one schema to another.
fn script(from: Option<&str>, to: &str) -> String {
    let project = with(to);
    let mut arguments = vec!["migrate", "diff", "--script", "--to-schema", "schema.prisma"];
    match from {
        Some(from) => {
            project.file("from.prisma", from);
            arguments.extend(["--from-schema", "from.prisma"]);
        }
        None => arguments.push("--from-empty"),
    }
    project.run(&arguments).succeeds().out
}

#[test]
fn r12_models_before_and_after() {
    let models = [
        "datasource postgresql",
        "generator prisma_client",
        "enum UserRole",
        "model User",
        "model Student",
        "model Round",
    ];
    assert_eq!(blocks(BEFORE), models);
    assert_eq!(blocks(AFTER), [&models[..], &["model UserSession"]].concat());
    let student = AFTER.split("model Student").nth(1).and_then(|rest| rest.split('}').next()).expect("it");
    assert_eq!(student.lines().filter(|line| line.trim().starts_with("//")).count(), 2);
    assert!(AFTER.contains("\n}\n\n// postgresql:") && BEFORE.contains("\n}\n// postgresql:"));
}

/// In the notation of `fresh_database::outline`; relations say nothing yet of what happens to what hangs on a row.
#[test]
fn r12_what_the_models_hold() {
    let before = [
        ("Round", "id; studentId>Student/-; createdById>User/-(createdBy); time:I | -"),
        ("Student", "id; startNumber:I!; name!; class; grade:I | -"),
        ("User", "id; name!; password; role:UserRole | -"),
    ];
    let session = ("UserSession", "id#; userId>User/-; validUntil:T | -");
    let of = |schema: &str| {
        let dmmf: serde_json::Value =
            serde_json::from_str(&with(schema).run(&["debug", "dmmf"]).succeeds().out).expect("JSON");
        let values = dmmf["enums"][0]["values"].as_array().expect("values").clone();
        let values: Vec<_> = values.iter().map(|value| value["name"].as_str().expect("a name").to_owned()).collect();
        assert_eq!(values, ["ADMIN", "TEACHER", "VIEWER"]);
        fresh_database::outline(&dmmf)
    };
    let lines = |models: &[(&str, &str)]| models.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    assert_eq!(of(BEFORE), lines(&before));
    assert_eq!(of(&repaired()), lines(&[&before[..], &[session]].concat()));
}

#[test]
fn r13_a_comment_is_no_attribute() {
    let project = with(&live(BEFORE));
    let dmmf = project.run(&["debug", "dmmf"]).succeeds().out;
    assert!(dmmf.contains("startNumber") && !dmmf.contains("autoincrement"), "{dmmf}");
    let comment = BEFORE.lines().find(|line| line.contains("startNumber")).and_then(|line| line.split_once("//"));
    let (_, comment) = comment.expect("a comment behind the field");
    project.run(&["format"]).succeeds();
    let text = project.read("schema.prisma");
    assert!(text.contains(&format!("@unique //{comment}\n")), "{text}");
}

#[test]
fn r14_the_missing_side_is_named_and_added() {
    let project = with(&live(AFTER));
    let refused = project.run(&["validate", "--json"]).exits(1);
    let found: serde_json::Value = serde_json::from_str(&refused.out).expect("JSON");
    let found = found["diagnostics"].as_array().expect("a list");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0]["code"].as_str(), found[0]["line"].as_u64()), (Some("missing-opposite"), Some(49)));
    // The place is the reference's: the whole field.
    let place = |key: &str| usize::try_from(found[0][key].as_u64().expect("a place")).expect("small");
    assert_eq!(live(AFTER)[place("start")..place("end")].trim(), SESSIONS_USER);
    project.run(&["validate"]).exits(1).says("nicol format");

    let text = repaired();
    assert!(text.contains("  createdRounds Round[]\n  userSessions  UserSession[]\n}"), "{text}");
    assert!(text.contains("  id            String        @id @default(cuid())\n") && text.ends_with("}\n"));
    with(&text).run(&["validate"]).succeeds();
    // Recorded from the reference.
    assert_eq!(text, include_str!("reference/after.prisma"));
    let project = with(&live(BEFORE));
    project.run(&["format"]).succeeds();
    let text = project.read("schema.prisma");
    assert_eq!(text, include_str!("reference/before.prisma"));
    assert!(text.contains("}\n\n// postgresql:"), "a blank line below the datasource");
}

#[test]
fn r16_native_types_carry_the_datasource_s_name() {
    let typed = |prefix: &str| {
        repaired().replace("validUntil DateTime", &format!("validUntil DateTime @{prefix}.Timestamptz(6)"))
    };
    with(&typed("postgresql")).run(&["validate"]).succeeds();
    with(&typed("db")).run(&["validate"]).exits(1).says("write `@postgresql.Timestamptz`");
}

#[test]
fn r17_the_repaired_schema_holds_on_every_product() {
    for provider in ["postgresql", "sqlite", "mysql", "cockroachdb"] {
        with(&of_provider(&repaired(), provider)).run(&["validate"]).succeeds().says("is valid");
    }
}

#[test]
fn r18_the_example_has_the_other_side_and_the_cascades() {
    for (folder, provider) in [("prisma", "postgresql"), ("sqlite", "sqlite"), ("mysql", "mysql")] {
        let schema = example(folder);
        assert!(schema.contains("  userSessions  UserSession[]\n"));
        assert_eq!(schema.matches("onDelete: Cascade").count(), 3);
        // The variants differ in what they are called after, and in nothing else.
        let expected = example("prisma").replace("datasource postgresql", &format!("datasource {provider}"));
        assert_eq!(schema, of_provider(&expected, provider));
        with(&schema).run(&["format", "--check"]).succeeds();
    }
}

#[test]
fn r21_the_migration_from_before_to_after() {
    let restrict = script(Some(&live(BEFORE)), &repaired());
    let expected = "-- CreateTable\nCREATE TABLE \"UserSession\" (\n    \"id\" TEXT NOT NULL,\n    \"userId\" TEXT NOT NULL,\n    \
                    \"validUntil\" TIMESTAMP(3) NOT NULL,\n\n    CONSTRAINT \"UserSession_pkey\" PRIMARY KEY (\"id\")\n);\n\n\
                    -- AddForeignKey\nALTER TABLE \"UserSession\" ADD CONSTRAINT \"UserSession_userId_fkey\" FOREIGN KEY (\"userId\") \
                    REFERENCES \"User\"(\"id\") ON DELETE RESTRICT ON UPDATE CASCADE;";
    assert_eq!(restrict.trim(), expected);
    let cascading = |schema: &str| schema.replace("references: [id])", "references: [id], onDelete: Cascade)");
    let cascade = script(Some(&cascading(&live(BEFORE))), &cascading(&repaired()));
    assert_eq!(cascade.trim(), expected.replace("RESTRICT", "CASCADE"));
}

#[test]
fn r22_names_and_types_of_today() {
    let of = |provider: &str| script(None, &of_provider(&repaired(), provider));
    let postgres = of("postgresql");
    for name in [
        "User_name_key",
        "Student_startNumber_key",
        "Student_name_key",
        "Round_studentId_fkey",
        "Round_createdById_fkey",
    ] {
        assert_eq!(postgres.matches(&format!("\"{name}\"")).count(), 1, "{name} in\n{postgres}");
    }
    let sqlite = of("sqlite");
    assert!(
        !sqlite.contains("CREATE TYPE")
            && !sqlite.contains("ALTER TABLE")
            && sqlite.contains("\"validUntil\" DATETIME NOT NULL")
    );
    assert_eq!(sqlite.matches("FOREIGN KEY").count(), 3);
    let cockroach = of("cockroachdb");
    assert!(cockroach.contains("\"id\" STRING NOT NULL") && !cockroach.contains(" TEXT "), "{cockroach}");
}
