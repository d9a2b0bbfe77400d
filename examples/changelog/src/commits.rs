//! Commits from which entries are made.

use nicol::skip_duplicates;
use nicol::types::DateTime;

use crate::Result;
use crate::db::{Db, project, synced_commit};

/// A commit as the repository tells it.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Commit {
    pub hash: String,
    pub message: String,
    pub author: String,
    pub email: String,
    pub date: DateTime,
    pub files: Vec<String>,
}

fn form(commit: &Commit) -> synced_commit::Draft<synced_commit::In> {
    let kind = commit.message.split_once(':').map(|(kind, _)| kind.trim_end_matches('!').to_owned());
    let form = synced_commit::In {
        commit_hash: commit.hash.clone(),
        commit_message: commit.message.clone(),
        commit_author: commit.author.clone(),
        commit_email: commit.email.clone(),
        commit_date: commit.date,
    };
    form.commit_files(commit.files.clone())
        .is_breaking(commit.message.split(':').next().is_some_and(|kind| kind.ends_with('!')))
        .conventional_type(kind)
}

// ANCHOR: sync
/// Takes commits in; says how many of them were new.
///
/// # Errors
/// P2025 when there is no such project.
pub async fn sync(db: &Db, project_id: &str, commits: &[Commit]) -> Result<i64> {
    let known = async |tx: &Db| tx.synced_commit().count().filter(synced_commit::project_id.eq(project_id)).await;
    let new = db.tx().try_run(async |tx: Db| {
        let before = known(&tx).await?;
        let rows: Vec<_> = commits.iter().map(form).collect();
        let project = tx.project().update(project::by_id(project_id));
        project.set(|s| s.synced_commits(|c| c.create(skip_duplicates(rows)))).await?;
        Ok(known(&tx).await? - before)
    });
    new.await
}
// ANCHOR_END: sync

/// Takes commits in, none of which may be known.
///
/// # Errors
/// P2002 when one is: then none is taken.
pub async fn add(db: &Db, project_id: &str, commits: &[Commit]) -> Result<()> {
    let rows: Vec<_> = commits.iter().map(form).collect();
    let project = db.project().update(project::by_id(project_id));
    project.set(|s| s.synced_commits(|c| c.create(rows))).await?;
    Ok(())
}
