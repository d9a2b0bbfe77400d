//! Decisions that do not fit say why and what there is; those that do find what is meant by any of its names.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use nicol_catalog::{
    Catalog, Certainty, Decisions, decide, dialect_of, diff, from_schema, likely_renames, plan, script,
};
use nicol_schema::Source;

fn catalog(provider: &str, models: &str) -> Catalog {
    let text = format!("datasource db {{\n  provider = \"{provider}\"\n}}\n\n{models}");
    let schema = common::schema(&[Source::new("schema.prisma", text)]).unwrap();
    from_schema(&schema, schema.provider().and_then(dialect_of).unwrap())
}

const BEFORE: &str = r#"
enum Role {
  USER
  ADMIN @map("admin")
  GUEST
}

model User {
  id   Int    @id
  name String @map("user_name")
  mail String
  role Role

  @@map("users")
}

model Log {
  id Int @id
}
"#;

const AFTER: &str = r#"
enum Role {
  USER
  OWNER @map("owner")
  GUEST
}

model Account {
  id       Int    @id
  fullName String @map("full_name")
  mail     String
  role     Role
  plan     String

  @@map("accounts")
}

model Log {
  id   Int  @id
  note Int?
}

model Fresh {
  id Int @id
}
"#;

fn said(renames: &[&str], backfills: &[&str]) -> Decisions {
    Decisions {
        renames: renames.iter().map(|text| text.parse().unwrap()).collect(),
        backfills: backfills.iter().map(|text| text.parse().unwrap()).collect(),
    }
}

/// Names of the schema, of the database, of before, of after: all lead to the same script.
#[test]
fn any_name_will_do() {
    let forms = [
        said(&["User=Account", "User.name=fullName", "enum Role.ADMIN=OWNER"], &["Account.plan='x'"]),
        said(&["users=accounts", "users.user_name=full_name", "enum Role.admin=owner"], &["accounts.plan='x'"]),
        said(&["enum Role.ADMIN=owner", "Account.name=full_name", "User=accounts"], &["Account.plan='x'"]),
    ];
    for provider in ["postgresql", "mysql"] {
        let (from, to) = (catalog(provider, BEFORE), catalog(provider, AFTER));
        let scripts: Vec<String> =
            forms.iter().map(|form| script(&plan(&decide(&from, &to, form).unwrap().diff(&to)))).collect();
        assert!(scripts.iter().all(|text| *text == scripts[0]), "{scripts:#?}");
        assert!(!scripts[0].contains("DROP COLUMN") && !scripts[0].contains("DROP TABLE"), "{}", scripts[0]);
    }
}

#[test]
fn what_does_not_fit_is_refused_with_what_there_is() {
    let (from, to) = (catalog("postgresql", BEFORE), catalog("postgresql", AFTER));
    let cases: [(&[&str], &[&str], &str, &str); 14] = [
        (&["Usr=Account"], &[], "no table or model `Usr` so far", "Tables that go: `users`."),
        (&["User=Acount"], &[], "has no table or model `Acount`", "New tables: `accounts`, `Fresh`."),
        (&["Log=Log"], &[], "both names stand for the table `Log`", "leave this out"),
        (&["Log=Account", "User=Account"], &[], "cannot both be", "one rename only"),
        (&["User.name=fullName"], &[], "no table `User` is there before and after", "say that too"),
        (
            &["User=Account", "User.nam=fullName"],
            &[],
            "no column or field `nam` so far",
            "`user_name`. New columns: `full_name`, `plan`.",
        ),
        (&["User=Account", "User.name=ful"], &[], "no column or field `ful`", "New columns"),
        (&["User=Account", "User.mail=role"], &[], "are there before and after", "Only a column that goes"),
        (&["enum Rol.A=B"], &[], "no enum `Rol`", "Enums: `Role`"),
        (&["enum Role.BOSS=OWNER"], &[], "no value `BOSS` so far", "Values that go: `admin`. New values: `owner`."),
        (&["enum Role.USER=GUEST"], &[], "are there before and after", "Values that go"),
        (&[], &["Fresh.id=1"], "the table is new", "Columns that can be filled: `Log.note`"),
        (&[], &["Log.id=1"], "does not become required", "`Log.note`"),
        (&[], &["Log.note=1; DROP TABLE x"], "not one SQL expression", "SELECT"),
    ];
    for (renames, backfills, message, help) in cases {
        let error = decide(&from, &to, &said(renames, backfills)).unwrap_err();
        assert!(error.message.contains(message), "{renames:?} {backfills:?}: {error:?}");
        assert!(error.help.contains(help), "{renames:?} {backfills:?}: {error:?}");
    }
}

/// A chain of names is walked from its free end; names that change places are refused.
#[test]
fn names_move_up_in_a_row() {
    let model = |fields: &str| format!("model A {{\n  id Int @id\n{fields}}}\n");
    let from = catalog("sqlite", &model("  a Int\n  b Int\n"));
    let to = catalog("sqlite", &model("  b Int\n  c Int\n"));
    let decided = decide(&from, &to, &said(&["A.a=b", "A.b=c"], &[])).unwrap();
    let text = script(&plan(&decided.diff(&to)));
    let expected = "-- RenameColumn\nALTER TABLE \"A\" RENAME COLUMN \"b\" TO \"c\";\n\n\
                    -- RenameColumn\nALTER TABLE \"A\" RENAME COLUMN \"a\" TO \"b\";\n";
    assert_eq!(text, expected);
    let error = decide(&from, &from, &said(&["A.a=b", "A.b=a"], &[])).unwrap_err();
    assert!(error.message.contains("before and after") || error.message.contains("in use"), "{error:?}");
}

/// A field that keeps its name while its `@map` changes is a rename beyond doubt, whatever else changes.
#[test]
fn a_field_with_another_map_is_certain() {
    let model = |map: &str, ty: &str| format!("model A {{\n  id Int @id\n  at {ty} @map(\"{map}\")\n  x String\n}}\n");
    let (from, to) = (catalog("mysql", &model("one", "Int")), catalog("mysql", &model("two", "String")));
    let found = likely_renames(&diff(&from, &to));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].certainty, found[0].rename.to_string().as_str()), (Certainty::Certain, "A.one=two"));
}

/// Without decisions the renames are not taken for granted.
#[test]
fn nothing_is_renamed_unasked() {
    let (from, to) = (catalog("postgresql", BEFORE), catalog("postgresql", AFTER));
    let text = script(&plan(&decide(&from, &to, &Decisions::default()).unwrap().diff(&to)));
    assert_eq!(text, script(&plan(&diff(&from, &to))));
    assert!(!text.contains("RENAME TO \"accounts\""));
}
