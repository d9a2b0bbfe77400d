//! The ranking in the browser, as it changes.
//!
//! One task reads the ranking, and again whenever a lap was recorded here, or once a second for laps that come from elsewhere.
//! Every open page gets what is new as a server-sent event.

mod page;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::Stream;
use futures_util::stream::unfold;
use nicol::types::DateTime;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

use crate::db::Db;
use crate::{Error, Result, ranking, rounds, sessions};

/// How long laps that were recorded elsewhere may stay unseen.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What the requests share.
#[derive(Clone)]
struct Board {
    db: Db,
    /// The ranking as HTML.
    ranking: watch::Sender<Arc<str>>,
    recorded: Arc<Notify>,
}

/// Serves the ranking until the program ends.
///
/// # Errors
/// When the database cannot be read at the start, or the listener breaks.
pub async fn serve(db: Db, listener: TcpListener) -> Result<()> {
    let ranking = watch::Sender::new(render(&db).await?);
    let board = Board { db, ranking, recorded: Arc::default() };
    tokio::spawn(keep_up(board.clone()));
    let routes = Router::new()
        .route("/", get(whole_page))
        .route("/events", get(events))
        .route("/laps/{start_number}/{time}", post(record))
        .with_state(board);
    Ok(axum::serve(listener, routes).await?)
}

async fn render(db: &Db) -> Result<Arc<str>> {
    Ok(page::ranking(&ranking::ranking(db).await?).into())
}

// ANCHOR: keep_up
/// Reads the ranking again and again; those who look at it hear of it when it has changed.
async fn keep_up(board: Board) {
    loop {
        // A lap recorded here need not wait for the clock.
        let waited = tokio::time::timeout(LOOK_AGAIN, board.recorded.notified());
        drop(waited.await);
        match render(&board.db).await {
            Ok(new) => {
                board.ranking.send_if_modified(|old| (*old != new).then(|| *old = new).is_some());
            }
            Err(error) => eprintln!("the ranking could not be read: {error}"),
        }
    }
}
// ANCHOR_END: keep_up

async fn whole_page(State(board): State<Board>) -> Html<String> {
    Html(page::whole(&board.ranking.borrow()))
}

// ANCHOR: events
/// The ranking now, and each time it changes.
async fn events(State(board): State<Board>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut ranking = board.ranking.subscribe();
    ranking.mark_changed();
    let changes = unfold(ranking, async |mut ranking| {
        ranking.changed().await.ok()?;
        let html = ranking.borrow_and_update().to_string();
        Some((Ok(Event::default().data(html)), ranking))
    });
    Sse::new(changes).keep_alive(KeepAlive::default())
}
// ANCHOR_END: events

/// Records a lap for whoever holds the session in the `Authorization` header.
async fn record(
    State(board): State<Board>,
    headers: HeaderMap,
    Path((start_number, time)): Path<(i32, i32)>,
) -> Result<Response> {
    let session = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let recorder = match session {
        Some(id) => sessions::find(&board.db, id, DateTime::now()).await?,
        None => None,
    };
    let Some(recorder) = recorder else {
        return Ok((StatusCode::UNAUTHORIZED, "log in first\n").into_response());
    };
    let lap = rounds::record(&board.db, &recorder, start_number, time).await?;
    board.recorded.notify_one();
    Ok((StatusCode::CREATED, format!("{}\n", lap.id)).into_response())
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = match &self {
            Error::NotAllowed { .. } => StatusCode::FORBIDDEN,
            Error::Database(error) if error.is_not_found() => StatusCode::NOT_FOUND,
            Error::List { .. } => StatusCode::BAD_REQUEST,
            Error::Database(_) | Error::Migrations(_) | Error::Io(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, format!("{self}\n")).into_response()
    }
}
