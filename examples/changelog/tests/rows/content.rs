//! Projects, entries, tags, texts, documents, commits.

use changelog::commits::{self, Commit};
use changelog::db::{
    Db, audit_log, changelog as changelogs, changelog_entry, changelog_request, changelog_tag, project, synced_commit,
};
use changelog::{Result, entries, open, projects};
use nicol::types::Json;
use serde_json::json;

use crate::{a_project, code, noon};

/// Two entries of a changelog, both tagged `fix` and `ui`.
async fn two_entries(db: &Db) -> Result<[String; 2]> {
    let (_, changelog) = a_project(db, "Lighthouse").await?;
    let (one, tags) = entries::write(db, &changelog.id, "One", "first", &["fix", "ui"]).await?;
    assert_eq!(tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["fix", "ui"]);
    let (two, _) = entries::write(db, &changelog.id, "Two", "second", &["ui", "fix"]).await?;
    Ok([one.id, two.id])
}

/// Tags with the number of their entries: the rows of the join table.
async fn joined(db: &Db) -> Result<Vec<(String, i64)>> {
    let tags = db.changelog_tag().find_many().order_by(changelog_tag::name.asc());
    Ok(tags.select((changelog_tag::name, changelog_tag::entries.count())).await?)
}

fn pairs(list: &[(&str, i64)]) -> Vec<(String, i64)> {
    list.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

fn commits(numbers: std::ops::Range<u32>) -> Vec<Commit> {
    let commit = |number| Commit {
        hash: format!("{number:040x}"),
        message: if number == 7 { "feat!: seven".into() } else { format!("fix: number {number}") },
        author: "Ada".into(),
        email: "ada@example.com".into(),
        date: noon(),
        files: vec!["src/lib.rs".into(), format!("tests/{number}, \"quoted\".rs")],
    };
    numbers.map(commit).collect()
}

fresh_database::tests! {
    open = open;

    async fn b01_a_project_is_made_with_its_changelog(db: Db) -> Result<()> {
        let (project, changelog) = projects::create(&db, "Lighthouse", ["fix", "ui"]).await?;
        assert_eq!(project.default_tags, ["fix", "ui"]);
        assert_eq!((project.is_public, project.require_approval), (false, true));
        assert_eq!(changelog.expect("a changelog").project_id, project.id);
        let second = db.changelog().create(changelogs::Raw { project_id: project.id.clone() }).await.unwrap_err();
        assert_eq!((second.code(), second.fields()), ("P2002", &["projectId".to_owned()][..]));
        assert_eq!(db.changelog().count().await?, 1);
        assert_eq!(projects::with_default_tag(&db, "ui").await?, [project]);
        let (bare, _) = projects::create(&db, "Bare", Vec::<String>::new()).await?;
        let read = db.project().get(project::by_id(bare.id.as_str())).await?;
        assert_eq!(read.default_tags, Vec::<String>::new());
        Ok(())
    }

    async fn b02_tags_are_connected_or_made(db: Db) -> Result<()> {
        two_entries(&db).await?;
        assert_eq!(joined(&db).await?, pairs(&[("fix", 2), ("ui", 2)]));
        Ok(())
    }

    async fn b03_entries_by_their_tags(db: Db) -> Result<()> {
        let [one, two] = two_entries(&db).await?;
        let tagged = |name: &str| changelog_entry::tags.some(changelog_tag::name.eq(name));
        entries::untag(&db, &one, "ui").await?;
        assert_eq!(joined(&db).await?, pairs(&[("fix", 2), ("ui", 1)]), "3 rows");
        assert_eq!(entries::titles(&db, tagged("ui")).await?, ["Two"]);
        assert_eq!(entries::titles(&db, tagged("fix")).await?, ["One", "Two"]);
        let only = changelog_entry::tags.every(changelog_tag::name.eq("fix"));
        assert_eq!(entries::titles(&db, only.clone()).await?, ["One"]);
        let without = changelog_entry::tags.none(changelog_tag::name.eq("ui"));
        assert_eq!(entries::titles(&db, without).await?, ["One"]);
        entries::untag(&db, &one, "ui").await?;
        entries::retag(&db, &two, &[]).await?;
        assert_eq!(joined(&db).await?, pairs(&[("fix", 1), ("ui", 0)]), "the tags stay");
        assert_eq!(entries::titles(&db, only).await?, ["One", "Two"], "of no tags, every one is called so");
        entries::retag(&db, &two, &["ui"]).await?;
        assert_eq!(joined(&db).await?, pairs(&[("fix", 1), ("ui", 1)]));
        Ok(())
    }

    async fn b25_three_kinds_of_nothing(db: Db) -> Result<()> {
        let nested = json!({ "a": { "b": [1, "two", null] } });
        for (action, details) in [("nothing", None), ("null", Some(Json::Null)), ("nested", Some(nested.clone()))] {
            db.audit_log().create(audit_log::New { action: action.into() }.details(details)).await?;
        }
        let found = async |filter| db.audit_log().find_many().filter(filter).select(audit_log::action).await;
        assert_eq!(found(audit_log::details.is_null()).await?, ["nothing"]);
        assert_eq!(found(audit_log::details.is_json_null()).await?, ["null"]);
        assert_eq!(found(audit_log::details.key("a").key("b").at(1).eq("two")).await?, ["nested"]);
        assert_eq!(found(audit_log::details.eq(nested.clone())).await?, ["nested"]);
        let row = db.audit_log().find_first().filter(audit_log::action.eq("nested")).await?.expect("the row");
        assert_eq!(row.details, Some(nested));
        // From one state to the next.
        let changed = async |details: Option<Json>| {
            db.audit_log().update(audit_log::by_id(row.id.as_str())).set(|s| s.details(details)).await
        };
        changed(Some(Json::Null)).await?;
        assert_eq!(db.audit_log().count().filter(audit_log::details.is_json_null()).await?, 2);
        changed(None).await?;
        assert_eq!(db.audit_log().count().filter(audit_log::details.is_null()).await?, 2);
        assert_eq!(db.audit_log().count().filter(audit_log::details.is_any_null()).await?, 3);
        Ok(())
    }

    async fn b26_known_commits_are_skipped(db: Db) -> Result<()> {
        let (project, _) = a_project(&db, "Lighthouse").await?;
        let (other, _) = a_project(&db, "Other").await?;
        assert_eq!(commits::sync(&db, &project.id, &commits(0..40)).await?, 40);
        assert_eq!(code(commits::add(&db, &project.id, &commits(0..100)).await), "P2002");
        assert_eq!(db.synced_commit().count().await?, 40, "none of them");
        assert_eq!(commits::sync(&db, &project.id, &commits(0..100)).await?, 60);
        assert_eq!(commits::sync(&db, &other.id, &commits(0..3)).await?, 3, "known to the one, not to the other");
        let seven = synced_commit::by_project_id_commit_hash(project.id.as_str(), format!("{:040x}", 7));
        let seven = db.synced_commit().get(seven).await?;
        assert_eq!((seven.conventional_type.as_deref(), seven.is_breaking), (Some("feat"), true));
        assert_eq!(seven.commit_files, ["src/lib.rs", "tests/7, \"quoted\".rs"]);
        let touching = synced_commit::commit_files.has("tests/8, \"quoted\".rs");
        assert_eq!(db.synced_commit().count().filter(touching).await?, 1);
        Ok(())
    }

    async fn b29_full_text(db: Db, database: &Database) -> Result<()> {
        let (_, changelog) = a_project(&db, "Lighthouse").await?;
        for (title, content) in [
            ("Login", "The login remembers you."),
            ("Login, soon", "A draft of the new login."),
            ("Search", "Nothing about signing in."),
        ] {
            entries::write(&db, &changelog.id, title, content, &[]).await?;
        }
        assert_eq!(entries::search(&db, "login & !draft").await?, ["Login"]);
        assert_eq!(entries::search(&db, "login").await?, ["Login", "Login, soon"]);
        assert_eq!(entries::search(&db, "login & remembers & you").await?, ["Login"]);
        assert_eq!(entries::search(&db, "nobody").await?, Vec::<String>::new());
        // The filter itself, in the words of the product.
        let by = async |words: &str| entries::titles(&db, changelog_entry::content.search(words)).await;
        match database.provider() {
            "postgresql" => assert_eq!(by("draft | nothing").await?, ["Login, soon", "Search"]),
            // The index is on both columns together.
            "mysql" => assert_eq!(code(by("draft nothing").await), "P2030"),
            _ => assert_eq!(code(by("draft").await), "P2019"),
        }
        Ok(())
    }

    /// The other ways to look into a document.
    async fn b07_metadata_is_found_by_its_path(db: Db) -> Result<()> {
        let (project, _) = a_project(&db, "Lighthouse").await?;
        for when in ["2026-01-01T00:00:00.001Z", "2026-01-01T00:00:00.002Z"] {
            let request = changelog_request::Raw { r#type: "ALLOW_PUBLISH".into(), project_id: project.id.clone() };
            db.changelog_request().create(request.metadata(json!({ "publishedAt": when }))).await?;
        }
        let at = changelog_request::metadata.key("publishedAt");
        let count = db.changelog_request().count().filter(at.eq("2026-01-01T00:00:00.002Z")).await?;
        let later = changelog_request::metadata.key("publishedAt").gte("2026-01-01T00:00:00.001Z");
        assert_eq!((count, db.changelog_request().count().filter(later).await?), (1, 2));
        Ok(())
    }
}
