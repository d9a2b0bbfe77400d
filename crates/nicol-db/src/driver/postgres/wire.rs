//! Bytes between a session and its server, moved by whoever waits for them.
//!
//! **In**: messages written behind one another into the outbox. **Out**: the server's messages, each as its tag and its body.
//! Nothing runs in the background: a call writes what it has to say in one go, and reads until it has its answer. What must
//! not be known here: what a message means.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio_rustls::client::TlsStream;

/// Room for a read of an answer that began to be long, and for any other.
const LONG_READ: usize = 256 * 1024;
const SHORT_READ: usize = 16 * 1024;
/// Buffers that grew beyond this are given back once they are empty.
const KEPT: usize = 1024 * 1024;
/// Tag and length.
const HEAD: usize = 5;

/// How the server is reached.
pub(super) enum Socket {
    Tcp(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Socket::Tcp(socket) => Pin::new(socket).poll_read(cx, buffer),
            Socket::Tls(socket) => Pin::new(socket).poll_read(cx, buffer),
            #[cfg(unix)]
            Socket::Unix(socket) => Pin::new(socket).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Socket::Tcp(socket) => Pin::new(socket).poll_write(cx, bytes),
            Socket::Tls(socket) => Pin::new(socket).poll_write(cx, bytes),
            #[cfg(unix)]
            Socket::Unix(socket) => Pin::new(socket).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Socket::Tcp(socket) => Pin::new(socket).poll_flush(cx),
            Socket::Tls(socket) => Pin::new(socket).poll_flush(cx),
            #[cfg(unix)]
            Socket::Unix(socket) => Pin::new(socket).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Socket::Tcp(socket) => Pin::new(socket).poll_shutdown(cx),
            Socket::Tls(socket) => Pin::new(socket).poll_shutdown(cx),
            #[cfg(unix)]
            Socket::Unix(socket) => Pin::new(socket).poll_shutdown(cx),
        }
    }
}

/// A message of the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) tag: u8,
    pub(super) body: &'a [u8],
}

/// An open socket with what is still to be sent and what was received but not asked for yet.
pub(super) struct Wire {
    socket: Socket,
    /// Messages to send.
    pub(super) outbox: Vec<u8>,
    inbox: Vec<u8>,
    /// Where in the inbox the next message begins.
    at: usize,
    /// The last read took all the room it had.
    was_full: bool,
    is_closed: bool,
}

impl Wire {
    pub(super) fn new(socket: Socket) -> Wire {
        Wire { socket, outbox: Vec::new(), inbox: Vec::new(), at: 0, was_full: false, is_closed: false }
    }

    /// Sends the outbox. What the server says meanwhile is taken in, so that neither waits for the other to listen.
    pub(super) async fn send(&mut self) -> io::Result<()> {
        let mut sent = 0;
        let outcome = poll_fn(|cx| self.poll_send(cx, &mut sent)).await;
        self.outbox.clear();
        if self.outbox.capacity() > KEPT {
            self.outbox = Vec::new();
        }
        self.is_closed |= outcome.is_err();
        outcome
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, sent: &mut usize) -> Poll<io::Result<()>> {
        while *sent < self.outbox.len() {
            match Pin::new(&mut self.socket).poll_write(cx, &self.outbox[*sent..]) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(count)) => *sent += count,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => ready!(self.poll_fill(cx))?,
            }
        }
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    /// The next message; waits for it.
    ///
    /// # Errors
    /// When the connection is closed or broken, or what comes is no message.
    pub(super) async fn next(&mut self) -> io::Result<Message<'_>> {
        let (tag, start, end) = loop {
            match self.frame() {
                Ok(Some(frame)) => break frame,
                Ok(None) => poll_fn(|cx| self.poll_fill(cx)).await?,
                Err(error) => {
                    self.is_closed = true;
                    return Err(error);
                }
            }
        };
        self.at = end;
        Ok(Message { tag, body: &self.inbox[start..end] })
    }

    /// The next message if it has been received already.
    pub(super) fn next_received(&mut self) -> io::Result<Option<Message<'_>>> {
        let frame = self.frame();
        self.is_closed |= frame.is_err();
        let Some((tag, start, end)) = frame? else { return Ok(None) };
        self.at = end;
        Ok(Some(Message { tag, body: &self.inbox[start..end] }))
    }

    /// Takes in what has come without waiting for more; so an end that the server has put to the connection shows.
    pub(super) fn look(&mut self) {
        let mut cx = Context::from_waker(Waker::noop());
        while !self.is_closed && matches!(self.poll_fill(&mut cx), Poll::Ready(Ok(()))) {}
    }

    /// True when nothing more can be said or heard.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// True when messages wait that nobody has asked for.
    pub(super) fn has_received(&self) -> bool {
        self.at < self.inbox.len()
    }

    /// Reads a single byte that is not part of a message (the answer to the question for TLS), and nothing behind it.
    pub(super) async fn next_byte(&mut self) -> io::Result<u8> {
        self.socket.read_u8().await
    }

    pub(super) fn is_tls(&self) -> bool {
        matches!(self.socket, Socket::Tls(_))
    }

    /// The server's certificate, where TLS is spoken.
    pub(super) fn certificate(&self) -> Option<&[u8]> {
        let Socket::Tls(socket) = &self.socket else { return None };
        Some(socket.get_ref().1.peer_certificates()?.first()?.as_ref())
    }

    /// The socket itself. What was received is dropped.
    pub(super) fn into_socket(self) -> Socket {
        self.socket
    }

    /// Sends the outbox if that can be done without waiting; as a goodbye.
    pub(super) fn send_now(&mut self) {
        let mut cx = Context::from_waker(Waker::noop());
        let mut sent = 0;
        // Whoever leaves has nobody to tell of an error.
        let _ = self.poll_send(&mut cx, &mut sent);
    }

    /// Waits until the server has closed the connection.
    pub(super) async fn until_closed(&mut self) {
        while !self.is_closed {
            self.inbox.clear();
            self.at = 0;
            // The error is what is waited for.
            let _ = poll_fn(|cx| self.poll_fill(cx)).await;
        }
    }

    /// Where the next message stands, when all of it is there: tag, start and end of its body.
    fn frame(&self) -> io::Result<Option<(u8, usize, usize)>> {
        let Some(head) = self.inbox.get(self.at..self.at + HEAD) else { return Ok(None) };
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        // The length counts itself.
        let body = length.checked_sub(4).filter(|length| *length <= i32::MAX.unsigned_abs());
        let Some(body) = body.and_then(|length| usize::try_from(length).ok()) else {
            return Err(garbled("a message without a length"));
        };
        let start = self.at + HEAD;
        Ok((self.inbox.len() - start >= body).then_some((head[0], start, start + body)))
    }

    /// Reads once, into the room behind what is there.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.at == self.inbox.len() {
            self.inbox.clear();
            self.at = 0;
            if self.inbox.capacity() > KEPT {
                self.inbox = Vec::new();
            }
        }
        let room = if self.was_full { LONG_READ } else { SHORT_READ };
        if self.inbox.capacity() - self.inbox.len() < room / 2 {
            self.inbox.drain(..self.at);
            self.at = 0;
            self.inbox.reserve(room);
        }
        let free = self.inbox.capacity() - self.inbox.len();
        let outcome = ready!(pin!(self.socket.read_buf(&mut self.inbox)).poll(cx));
        self.was_full = outcome.as_ref().is_ok_and(|count| *count == free);
        let outcome = match outcome {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            outcome => outcome.map(|_| ()),
        };
        self.is_closed |= outcome.is_err();
        Poll::Ready(outcome)
    }
}

/// What a server does not say.
pub(super) fn garbled(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
