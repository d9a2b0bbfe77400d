//! The schemas for SQLite and MariaDB are made of the document's: file by file, by five rules.

use std::fs;
use std::path::Path;

use fresh_database::Project;

use crate::commands;

/// The same file for another product.
fn variant(text: &str, provider: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("previewFeatures"));
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    let text = text.replace("provider = \"postgresql\"", &format!("provider = \"{provider}\""));
    // Lists are JSON; those without a default may be NULL, as they may be on PostgreSQL.
    let text = text.replace("@default([])", "@default(\"[]\")");
    let list = |line: &str| {
        let ty = if line.contains("@default(\"[]\")") { "Json" } else { "Json?" };
        format!("{}\n", line.replace("String[]", ty))
    };
    let text: String = text.lines().map(list).collect();
    // Full-text search needs an index on MySQL and MariaDB.
    let last = "  @@index([scheduledAt, publishedAt])\n";
    let searched = format!("{last}  @@fulltext([title, content])\n");
    if provider == "sqlite" { text.replace("@db.Text", "") } else { text.replace(last, &searched) }
}

#[test]
fn the_variants_agree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (folder, provider) in [("sqlite", "sqlite"), ("mariadb", "mysql")] {
        let expected = Project::new();
        let mut names = Vec::new();
        for entry in fs::read_dir(root.join("prisma/schema")).expect("the schema") {
            let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
            if name.ends_with(".prisma") {
                let text = fs::read_to_string(root.join("prisma/schema").join(&name)).expect("a file");
                expected.file(&format!("prisma/schema/{name}"), variant(&text, provider));
                names.push(name);
            }
        }
        expected.run(&["format"]).succeeds();
        assert_eq!(names.len(), 6);
        for name in names {
            let text = fs::read_to_string(root.join(folder).join("schema").join(&name)).expect("a file");
            assert_eq!(expected.read(&format!("prisma/schema/{name}")), text, "{folder}/schema/{name}");
        }
    }
}

fresh_database::tests! {
    open = changelog::open;

    /// What the migrations have built is what the schema of the product says.
    async fn r14_nothing_differs(_db: changelog::Db, database: &Database) -> changelog::Result<()> {
        let schema = commands::variant(database);
        let schema = schema.to_str().expect("UTF-8");
        let difference = ["migrate", "diff", "--exit-code", "--from-url", database.url(), "--to-schema", schema];
        Project::new().run(&difference).succeeds();
        let difference = ["migrate", "diff", "--from-empty", "--to-schema", schema, "--script"];
        assert_eq!(Project::new().run(&difference).succeeds().out.matches("CREATE TABLE").count(), 31);
        Ok(())
    }
}
