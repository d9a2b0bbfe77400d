//! The folder of files that is one schema.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use changelog::db;
use fresh_database::Project;
use nicol::Enumeration;
use serde_json::Value;

const FILES: [&str; 6] =
    ["base.prisma", "enums.prisma", "integrations.prisma", "projects.prisma", "system.prisma", "users.prisma"];

/// The files, with the README and the migrations, where the document has them.
pub(crate) fn project() -> Project {
    let project = Project::new();
    project.copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("prisma/schema"), "prisma/schema");
    project
}

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("prisma/schema").join(name)).expect("a file")
}

/// The names of a file's blocks of a kind.
fn blocks(text: &str, kind: &str) -> Vec<String> {
    let names = text.lines().filter_map(|line| line.strip_prefix(kind)?.strip_prefix(' ')?.strip_suffix(" {"));
    names.map(str::to_owned).collect()
}

/// What the schema of a project means; models and enums by name.
fn meaning(project: &Project) -> BTreeMap<String, Value> {
    let ran = project.run(&["debug", "dmmf"]).succeeds();
    let dmmf: Value = serde_json::from_str(&ran.out).expect("JSON");
    let lists = ["models", "enums"].map(|key| dmmf[key].as_array().expect("a list").clone());
    let named = |value: Value| (value["name"].as_str().expect("a name").to_owned(), value);
    lists.into_iter().flatten().map(named).collect()
}

fn relation(meaning: &BTreeMap<String, Value>, model: &str, name: &str) -> Value {
    let fields = meaning[model]["fields"].as_array().expect("fields");
    fields.iter().find(|field| field["name"] == name).unwrap_or_else(|| panic!("{model}.{name}")).clone()
}

#[test]
fn r01_a_folder_is_one_schema() {
    let project = project();
    project.file("prisma/schema/README.md", "model Broken {\nid Int\n");
    project.run(&["validate"]).succeeds().says("is valid");
    assert_eq!(meaning(&project).len(), 30 + 9);
    let readme = file("README.md");
    assert!(FILES.iter().all(|name| readme.contains(name)), "the example's folder explains itself");
}

#[test]
fn r02_the_base_holds_the_settings() {
    let base = file("base.prisma");
    assert_eq!((blocks(&base, "datasource"), blocks(&base, "generator")), (vec!["db".into()], vec!["client".into()]));
    assert!(blocks(&base, "model").is_empty() && blocks(&base, "enum").is_empty());
    let project = project();
    project.run(&["generate"]).succeeds();
    assert_eq!(project.names("prisma"), ["generated", "schema"], "beside the folder that holds the file");
    // The output follows its file, wherever the command runs.
    let moved = self::project();
    fs::create_dir(moved.path("prisma/schema/settings")).expect("a folder");
    fs::rename(moved.path("prisma/schema/base.prisma"), moved.path("prisma/schema/settings/base.prisma"))
        .expect("moved");
    fs::create_dir(moved.path("elsewhere")).expect("a folder");
    moved.run_in("elsewhere", &["generate", "--schema", "../prisma/schema"]).succeeds();
    assert_eq!(moved.names(""), ["elsewhere", "prisma"]);
    assert!(moved.names("prisma/schema").contains(&"generated".to_owned()) && moved.names("elsewhere").is_empty());
}

#[test]
fn r03_all_enums_in_a_file() {
    let text = file("enums.prisma");
    assert_eq!(
        blocks(&text, "enum").join(" "),
        "Role TwoFactorMode TelemetryState ScheduledJobType JobStatus RequestType RequestStatus emailType SubscriptionType"
    );
    assert_eq!(text.matches(" {\n").count(), 9, "and nothing else");
    let meaning = meaning(&project());
    for (name, values) in [
        ("Role", "ADMIN STAFF VIEWER"),
        ("TwoFactorMode", "NONE PASSKEY_PLUS_PASSWORD PASSWORD_PLUS_PASSKEY"),
        ("TelemetryState", "PROMPT ENABLED DISABLED"),
        (
            "ScheduledJobType",
            "PUBLISH_CHANGELOG_ENTRY UNPUBLISH_CHANGELOG_ENTRY DELETE_CHANGELOG_ENTRY SEND_EMAIL_NOTIFICATION TELEMETRY_SEND",
        ),
        ("JobStatus", "PENDING RUNNING COMPLETED FAILED CANCELLED"),
        ("RequestType", "DELETE_ENTRY DELETE_TAG DELETE_PROJECT ALLOW_PUBLISH ALLOW_SCHEDULE"),
        ("RequestStatus", "PENDING APPROVED REJECTED"),
        ("emailType", "SINGLE_UPDATE DIGEST"),
        ("SubscriptionType", "ALL_UPDATES MAJOR_ONLY DIGEST_ONLY"),
    ] {
        let of = meaning[name]["values"].as_array().expect("values");
        let of: Vec<&str> = of.iter().map(|value| value["name"].as_str().expect("a name")).collect();
        assert_eq!(of.join(" "), values, "{name}");
    }
}

#[test]
fn r04_a_file_for_each_domain() {
    for (name, models) in [
        (
            "users.prisma",
            "User RefreshToken OAuthProvider OAuthConnection Settings Passkey PasswordReset TwoFactorSession InvitationLink CliAuthCode",
        ),
        ("projects.prisma", "Project Changelog ChangelogEntry ChangelogTag ChangelogRequest Widget CustomDomain"),
        (
            "integrations.prisma",
            "EmailConfig EmailLog EmailSubscriber ProjectSubscription SlackIntegration GitHubIntegration ProjectSyncMetadata SyncedCommit",
        ),
        ("system.prisma", "ApiKey AuditLog SystemConfig PublicChangelogAnalytics ScheduledJob"),
    ] {
        assert_eq!(blocks(&file(name), "model").join(" "), models);
    }
}

/// Every column, default, foreign key and index of the thirty, in the notation of `fresh_database::outline`.
#[test]
fn r04_what_the_models_hold() {
    let dmmf = project().run(&["debug", "dmmf"]).succeeds().out;
    let models = fresh_database::outline(&serde_json::from_str(&dmmf).expect("JSON"));
    let lines: Vec<&str> = include_str!("reference/models.md").lines().collect();
    assert_eq!((lines.len(), models.len()), (30, 30));
    for line in lines {
        let (name, rest) = line.trim_matches(['|', ' ']).split_once(" | ").expect("a name and what it holds");
        assert_eq!(models[name], rest, "{name}");
    }
}

#[test]
fn r05_order_means_nothing() {
    let project = project();
    let expected = meaning(&project);
    // Every file under a name that turns the order around, its blocks from the last to the first.
    for (at, name) in FILES.iter().enumerate() {
        let text = file(name);
        let blocks: Vec<&str> = text.split("\n\n").collect();
        // A block ends with a brace in the first place of a line; some have empty lines inside.
        let mut whole: Vec<String> = Vec::new();
        for piece in blocks {
            match whole.last_mut() {
                Some(last) if !last.trim_end().ends_with("\n}") && last.contains(" {\n") => {
                    last.push_str("\n\n");
                    last.push_str(piece);
                }
                _ => whole.push(piece.to_owned()),
            }
        }
        whole.reverse();
        fs::remove_file(project.path(&format!("prisma/schema/{name}"))).expect("gone");
        project.file(&format!("prisma/schema/{}_{name}", 9 - at), whole.join("\n\n"));
    }
    project.run(&["validate"]).succeeds();
    let turned = meaning(&project);
    assert_eq!(turned.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    assert_eq!(turned, expected);
}

#[test]
fn r08_formatted_in_place_and_mistakes_by_path_and_line() {
    let project = project();
    for name in FILES {
        let text = file(name).replace("  ", " ");
        project.file(&format!("prisma/schema/{name}"), text);
    }
    project.run(&["format", "--check"]).exits(1);
    project.run(&["format"]).succeeds();
    for name in FILES {
        assert_eq!(project.read(&format!("prisma/schema/{name}")), file(name), "{name}");
    }
    project.run(&["validate"]).succeeds();
    let wrong = file("system.prisma").replacen("User?", "Usher?", 1);
    let line = 1 + wrong.lines().position(|line| line.contains("Usher?")).expect("the line");
    project.file("prisma/schema/system.prisma", wrong);
    project.run(&["validate"]).exits(1).says(&format!("prisma/schema/system.prisma:{line}:")).says("Usher");
    project.file("prisma/schema/users.prisma", format!("{}\nmodel Torn {{\n", file("users.prisma")));
    project.run(&["format"]).exits(1).says("prisma/schema/users.prisma:");
}

#[test]
fn r09_one_client_of_all_files() {
    let project = project();
    project.run(&["generate"]).succeeds();
    let names = project.names("prisma/generated");
    let text: String = names.iter().map(|name| project.read(&format!("prisma/generated/{name}"))).collect();
    assert_eq!(text.matches("::nicol::model! {").count(), 30);
    assert_eq!(text.matches("::nicol::enumeration! {").count(), 9);
    assert_eq!(text.matches("::nicol::database! {").count(), 1);
}

/// From the strongest word to the weakest: each place is found once the one before it is gone.
#[test]
fn r11_where_the_schema_is_looked_for() {
    let project = project();
    let config = "export default { schema: \"db/prisma.prisma\" };\n";
    let package = "{ \"prisma\": { \"schema\": \"db/package.prisma\" } }\n";
    project.file("nicol.toml", "schema = \"db/own.prisma\"\n").file("package.json", package);
    project.file("prisma.config.ts", config);
    let text = "datasource db {\n  provider = \"postgresql\"\n}\n";
    for path in ["db/flag.prisma", "db/own.prisma", "db/package.prisma", "db/prisma.prisma"] {
        project.file(path, text);
    }
    project.file("schema.prisma", text).file("prisma/schema.prisma", text);
    project.run(&["validate", "--schema", "db/flag.prisma"]).succeeds().says("schema at db/flag.prisma is valid");
    for (found, gone) in [
        ("db/own.prisma", "nicol.toml"),
        ("db/prisma.prisma", "prisma.config.ts"),
        ("db/package.prisma", "package.json"),
        ("schema.prisma", "schema.prisma"),
        ("prisma/schema.prisma", "prisma/schema.prisma"),
        ("prisma/schema", ""),
    ] {
        project.run(&["validate"]).succeeds().says(&format!("schema at {found} is valid"));
        if !gone.is_empty() {
            fs::remove_file(project.path(gone)).expect("gone");
        }
    }
    // Subfolders belong to a folder; what lies in these does not.
    let folder = self::project();
    for path in ["node_modules/x", ".hidden", "migrations/20200101000000_x"] {
        folder.file(&format!("prisma/schema/{path}/twice.prisma"), file("users.prisma"));
    }
    folder.run(&["validate"]).succeeds();
    folder.file("prisma/schema/parts/twice.prisma", file("users.prisma"));
    folder.run(&["validate"]).exits(1).says("twice.prisma");
}

#[test]
fn r12_one_error_for_each_that_is_too_many() {
    let project = project();
    project.file("prisma/schema/empty.prisma", "");
    project.run(&["validate"]).succeeds();
    for twice in [
        "datasource other {\n  provider = \"postgresql\"\n}\n",
        "model Widget {\n  id Int @id\n}\n",
        "enum Role {\n  ADMIN\n  STAFF\n  VIEWER\n}\n",
    ] {
        project.file("prisma/schema/z_twice.prisma", format!("// Once more.\n{twice}"));
        let found: Value = serde_json::from_str(&project.run(&["validate", "--json"]).exits(1).out).expect("JSON");
        let found = found["diagnostics"].as_array().expect("a list");
        let places: Vec<_> = found.iter().map(|found| (found["file"].as_str(), found["line"].as_u64())).collect();
        assert_eq!(places, [(Some("z_twice.prisma"), Some(2))], "{twice}");
    }
    fs::remove_file(project.path("prisma/schema/z_twice.prisma")).expect("gone");
    fs::remove_file(project.path("prisma/schema/base.prisma")).expect("gone");
    project.run(&["validate"]).exits(1).says("without a datasource");
}

#[test]
fn r13_one_file_or_six() {
    let (six, one) = (project(), Project::new());
    one.file("schema.prisma", FILES.map(file).join("\n"));
    assert_eq!(meaning(&one), meaning(&six));
    let (from, to) = (one.path("schema.prisma"), six.path("prisma/schema"));
    let (from, to) = (from.to_str().expect("UTF-8"), to.to_str().expect("UTF-8"));
    for (from, to) in [(from, to), (to, from)] {
        let difference = ["migrate", "diff", "--exit-code", "--from-schema", from, "--to-schema", to];
        one.run(&difference).succeeds();
    }
}

#[test]
fn r17_relations_with_names_and_one_to_one() {
    let meaning = meaning(&project());
    for (model, field, name) in [
        ("ChangelogRequest", "staff", "StaffRequests"),
        ("ChangelogRequest", "admin", "AdminResponses"),
        ("AuditLog", "user", "AuditLogUser"),
        ("AuditLog", "targetUser", "AuditLogTarget"),
    ] {
        assert_eq!(relation(&meaning, model, field)["relationName"], name);
    }
    for (model, field) in [
        ("User", "settings"),
        ("Project", "changelog"),
        ("Project", "emailConfig"),
        ("Project", "slackIntegration"),
        ("Project", "gitHubIntegration"),
        ("Project", "syncMetadata"),
    ] {
        assert_eq!(relation(&meaning, model, field)["isList"], false, "{model}.{field}");
    }
}

/// Snake case, whatever the schema writes; words of Rust stay what they are.
#[test]
fn r15_r18_names_in_rust() {
    let _ = (db::user::api_key.exists(), db::user::cli_auth_code.exists(), db::project::project_subscription.exists());
    let _ = (db::changelog_request::changelog_entry.is_null(), db::changelog_request::r#type.eq("x"));
    assert_eq!(db::EmailType::NAME, "emailType");
    assert_eq!(db::EmailType::Digest.database_value(), "DIGEST");
    let meaning = meaning(&project());
    for (model, field) in [("User", "ApiKey"), ("User", "CliAuthCode"), ("Project", "ProjectSubscription")] {
        assert_eq!(relation(&meaning, model, field)["kind"], "object");
    }
}
