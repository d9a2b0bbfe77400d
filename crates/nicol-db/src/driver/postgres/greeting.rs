//! The server process that a connection was greeted by.
//!
//! The server says it when a connection begins, for requests to cancel; the driver keeps it to itself, but writes it into such
//! a request. So one is written into memory and read. A pooler greets with a number of its own.

use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::CancelToken;
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

/// Length, code, process and secret, four bytes each.
const REQUEST: usize = 16;

/// The process number in the server's greeting.
pub(super) async fn process(token: &CancelToken) -> Option<i32> {
    let paper = Paper::default();
    token.cancel_query_raw(paper.clone(), Pen).await.ok()?;
    let written = paper.written.lock().unwrap_or_else(PoisonError::into_inner);
    let request = written.get(written.len().checked_sub(REQUEST)?..)?;
    Some(i32::from_be_bytes(request.get(8..12)?.try_into().ok()?))
}

/// A stream that keeps what is written and answers everything with yes (to the question for TLS).
#[derive(Clone, Default)]
struct Paper {
    written: Arc<Mutex<Vec<u8>>>,
}

impl AsyncRead for Paper {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if buffer.remaining() > 0 {
            buffer.put_slice(b"S");
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Paper {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl TlsStream for Paper {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

struct Pen;

impl TlsConnect<Paper> for Pen {
    type Stream = Paper;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Ready<Result<Paper, Self::Error>>;

    fn connect(self, paper: Paper) -> Self::Future {
        ready(Ok(paper))
    }
}
