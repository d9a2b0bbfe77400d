//! The public side: a page for each public project, and the same as RSS.

mod feed;
mod page;
mod text;

use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use nicol::types::DateTime;
use tokio::net::TcpListener;

use crate::db::{ChangelogEntry, ChangelogTag, Db, Project, project};
use crate::views::{self, Look};
use crate::{Error, Result, entries, projects};

/// An entry with its tags.
type Entry = (ChangelogEntry, Vec<ChangelogTag>);

/// What the requests share.
#[derive(Clone)]
struct Site {
    db: Db,
    /// Makes hashes that mean nothing after the program has ended.
    hasher: Arc<RandomState>,
}

/// Serves the public changelogs until the program ends.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(db: Db, listener: TcpListener) -> Result<()> {
    let routes = Router::new()
        .route("/", get(all))
        .route("/{project}", get(changelog))
        .route("/{project}/feed.xml", get(rss))
        .with_state(Site { db, hasher: Arc::default() });
    Ok(axum::serve(listener, routes.into_make_service_with_connect_info::<SocketAddr>()).await?)
}

/// Which entries of a changelog are wanted.
#[derive(serde::Deserialize)]
struct Wanted {
    tag: Option<String>,
}

async fn all(State(site): State<Site>) -> Result<Html<String>> {
    Ok(Html(page::projects(&projects::public(&site.db, DateTime::now()).await?)))
}

// ANCHOR: changelog
/// The page of a project. That somebody has looked is noted, but not who.
async fn changelog(
    State(site): State<Site>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response> {
    let Some(project) = public(&site.db, &id).await? else { return Ok(nothing()) };
    let now = DateTime::now();
    let entries = entries::published(&site.db, &id, wanted.tag.as_deref(), now).await?;
    let tags = entries::published_tags(&site.db, &id, now).await?;
    let agent = headers.get(header::USER_AGENT).map(|agent| agent.as_bytes());
    let look = Look {
        ip_hash: &format!("{:016x}", site.hasher.hash_one(from.ip())),
        session_hash: &format!("{:016x}", site.hasher.hash_one((from.ip(), agent))),
        ..Look::default()
    };
    views::note(&site.db, &id, look, now).await?;
    Ok(Html(page::changelog(&project, &entries, &tags, wanted.tag.as_deref())).into_response())
}
// ANCHOR_END: changelog

async fn rss(State(site): State<Site>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response> {
    let Some(project) = public(&site.db, &id).await? else { return Ok(nothing()) };
    let entries = entries::published(&site.db, &id, None, DateTime::now()).await?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let feed = feed::rss(&project, &entries, &format!("http://{host}/{id}"));
    Ok(([(header::CONTENT_TYPE, "application/rss+xml; charset=utf-8")], feed).into_response())
}

/// A project that everybody may see.
async fn public(db: &Db, id: &str) -> Result<Option<Project>> {
    Ok(db.project().find(project::by_id(id).and(project::is_public.eq(true))).await?)
}

fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "there is no such changelog\n").into_response()
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        eprintln!("{self}");
        (StatusCode::INTERNAL_SERVER_ERROR, "something went wrong\n").into_response()
    }
}
