//! What holds for any schema: nothing differs from itself, and SQLite ends where a script was to lead.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use nicol_catalog::{Catalog, diff, from_schema, introspect, plan, summary};
use nicol_db::{Connection, Dialect};
use nicol_schema::Source;
use proptest::prelude::*;

/// A scalar field: type, optional or not, with a default or not, unique or not.
fn field() -> impl Strategy<Value = String> {
    let types = prop_oneof![
        Just(("Int", "7")),
        Just(("BigInt", "8")),
        Just(("String", "\"it's\"")),
        Just(("Boolean", "true")),
        Just(("Float", "1.5")),
        Just(("DateTime", "now()")),
        Just(("Decimal", "2.50")),
    ];
    (types, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|((ty, default), optional, has_default, unique)| {
        let mark = if optional { "?" } else { "" };
        let default = if has_default { format!(" @default({default})") } else { String::new() };
        let unique = if unique { " @unique" } else { "" };
        format!("{ty}{mark}{default}{unique}")
    })
}

/// A model of some of the fields `a` to `e`, with an index on the first of them or not.
fn model(name: &'static str) -> impl Strategy<Value = String> {
    let fields = prop::collection::btree_map("[a-e]", field(), 0..5);
    (fields, any::<bool>(), any::<bool>()).prop_map(move |(fields, has_index, refers)| {
        let mut text = format!("model {name} {{\n  id Int @id @default(autoincrement())\n");
        for (field, ty) in &fields {
            text.push_str(&format!("  {field} {ty}\n"));
        }
        if refers {
            text.push_str(&format!(
                "  selfId Int?\n  up {name}? @relation(\"r\", fields: [selfId], references: [id])\n"
            ));
            text.push_str(&format!("  down {name}[] @relation(\"r\")\n"));
        }
        if let Some((first, _)) = fields.iter().next().filter(|_| has_index) {
            text.push_str(&format!("\n  @@index([{first}])\n"));
        }
        text.push_str("}\n\n");
        text
    })
}

/// Up to three models.
fn models() -> impl Strategy<Value = String> {
    (model("One"), prop::option::of(model("Two")), prop::option::of(model("Three")))
        .prop_map(|(one, two, three)| format!("{one}{}{}", two.unwrap_or_default(), three.unwrap_or_default()))
}

fn catalog(provider: &str, models: &str, dialect: Dialect) -> Catalog {
    let text = format!("datasource db {{\n  provider = \"{provider}\"\n}}\n\n{models}");
    from_schema(&common::schema(&[Source::new("schema.prisma", text)]).unwrap(), dialect)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_differs_from_itself(models in models()) {
        let all = [
            ("sqlite", Dialect::Sqlite),
            ("postgresql", Dialect::Postgres),
            ("mysql", Dialect::Mysql),
            ("mysql", Dialect::Mariadb),
        ];
        for (provider, dialect) in all {
            let catalog = catalog(provider, &models, dialect);
            prop_assert!(diff(&catalog, &catalog).is_empty());
        }
    }

    #[test]
    fn sqlite_ends_where_the_script_leads(before in models(), after in models()) {
        let (from, to) = (catalog("sqlite", &before, Dialect::Sqlite), catalog("sqlite", &after, Dialect::Sqlite));
        let rest = tokio::runtime::Runtime::new().unwrap().block_on(async {
            let mut connection = Connection::open_in_memory().await.unwrap();
            for script in [common::script_between(&Catalog::empty(Dialect::Sqlite), &from), common::script_between(&from, &to)] {
                connection.run_script(&script).await.unwrap();
            }
            let live = introspect(&mut connection, &[]).await.unwrap();
            let rest = diff(&live, &to);
            if plan(&rest).is_empty() { String::new() } else { summary(&rest) }
        });
        prop_assert_eq!(rest, "");
    }
}
