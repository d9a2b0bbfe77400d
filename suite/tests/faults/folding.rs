//! A server that keeps the names of tables in lower case (`lower_case_table_names`): what was written is found again.

use nicol_db::{Connection, ConnectionUrl, admin};
use nicol_migrate::dev::{self, Decision, DevOptions};
use nicol_migrate::lock::LockOptions;
use nicol_migrate::{Directory, Scope, Silent, pull, push};
use nicol_schema::{Source, ValidSchema};

use crate::server::{Product, Server};
use crate::world::runtime;

const MODELS: &str = "\
datasource db {
  provider = \"mysql\"
}

model User {
  id    Int    @id @default(autoincrement())
  email String @unique
  posts Post[]
}

/// @nicol.check(\"votes >= 0\")
model Post {
  id       Int   @id @default(autoincrement())
  authorId Int
  votes    Int   @default(0)
  author   User  @relation(fields: [authorId], references: [id], onDelete: Cascade)
  tags     Tag[]

  @@map(\"BlogPost\")
}

model Tag {
  id    Int    @id
  posts Post[]
}
";

fn schema(text: &str) -> ValidSchema {
    let validated = nicol_schema::validate(&[Source::new("schema.prisma", text)]);
    validated.schema.unwrap_or_else(|| panic!("{:?}", validated.diagnostics))
}

async fn develop(url: &ConnectionUrl, folder: &std::path::Path, text: &str, always_replay: bool) -> Option<String> {
    let directory = Directory::read(folder).unwrap();
    let options = DevOptions { create_only: false, always_replay, shadow: None, lock: LockOptions::default() };
    let draft = dev::prepare(url, &directory, &schema(text), &Scope::default(), options, &mut Silent).await.unwrap();
    assert!(draft.drift.is_none(), "{:?}", draft.drift);
    let decision = Decision { title: "x", accept_data_loss: false, readme: None, now: jiff::Timestamp::now() };
    dev::carry_out(url, &draft, &decision, &mut Silent).await.unwrap();
    (!draft.script.is_empty()).then_some(draft.script)
}

#[test]
fn names_of_tables_in_lower_case() {
    let Some(server) = Server::start(Product::Mariadb, &["--lower-case-table-names=1"]) else { return };
    runtime().block_on(async {
        let base = ConnectionUrl::parse(&server.url()).unwrap();
        let url = base.with_database("pushed");
        let before = schema(MODELS);
        for is_first in [true, false] {
            let found = push::prepare(&url, &before, &Scope::default(), false, LockOptions::default(), &mut Silent)
                .await
                .unwrap();
            assert_eq!(found.is_empty(), !is_first, "{}", found.script);
            push::carry_out(&url, &before, &Scope::default(), &found, false, LockOptions::default(), &mut Silent)
                .await
                .unwrap();
        }
        let mut conn = Connection::open(&url).await.unwrap();
        conn.run_script("INSERT INTO `User` (`email`) VALUES ('a'); INSERT INTO `BlogPost` (`authorId`) VALUES (1)")
            .await
            .unwrap();
        let pulled = pull::pull(&url, &before, &pull::PullOptions::default()).await.unwrap();
        assert_eq!(pulled.files[0].text, MODELS);
        // A column more changes the table in place, with its row.
        let more = MODELS.replace("  votes  ", "  title    String @default(\"\")\n  votes  ");
        let found = push::prepare(&url, &schema(&more), &Scope::default(), false, LockOptions::default(), &mut Silent)
            .await
            .unwrap();
        assert!(found.risks.is_empty() && found.script.contains("ADD COLUMN `title`"), "{}", found.script);
        assert!(!found.script.contains("CREATE TABLE") && !found.script.contains("DROP"), "{}", found.script);
        push::carry_out(&url, &schema(&more), &Scope::default(), &found, false, LockOptions::default(), &mut Silent)
            .await
            .unwrap();
        let rows = conn.query("SELECT COUNT(*) FROM `blogpost` WHERE `title` = ''", &[]).await.unwrap();
        assert_eq!(rows.row(0).unwrap().get::<i64>(0).unwrap(), 1);
        conn.close().await.unwrap();

        let url = base.with_database("migrated");
        admin::create_database(&url).await.unwrap();
        let files = tempfile::tempdir().unwrap();
        let folder = files.path().join("migrations");
        assert!(develop(&url, &folder, MODELS, false).await.is_some());
        for always_replay in [false, true] {
            assert_eq!(develop(&url, &folder, MODELS, always_replay).await, None, "replayed: {always_replay}");
        }
        let script = develop(&url, &folder, &more, true).await.unwrap();
        assert!(script.contains("ADD COLUMN `title`") && !script.contains("DROP"), "{script}");
    });
}
