//! From a URL to a session that the server has let in.
//!
//! **In**: hosts, TLS settings, credentials. **Out**: a [`Wire`] at rest, and what is needed to ask the server later, on another
//! connection, to stop this one. A password leaves only as the server's question wants it, and never gets into an error.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, ScramSha256};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use socket2::SockRef;
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;

use super::message::{self, Body};
use super::refusal::Refusal;
use super::wire::{Socket, Wire, garbled};
use crate::driver::{tls, unreachable};
use crate::error::{Error, Result};
use crate::url::{ConnectionUrl, TlsMode};

/// Most rounds of hashing that a server may ask for: more is not a password's protection but a client kept busy.
const MOST_ROUNDS: u32 = 10_000_000;

/// What the server has said of itself at the door.
pub(super) struct Greeted {
    pub(super) wire: Wire,
    pub(super) canceller: Canceller,
}

/// Asks the server to stop what a session is doing.
#[derive(Clone)]
pub(super) struct Canceller {
    place: Place,
    tls: Option<Tls>,
    /// The server's process; a pooler tells a number of its own. None from servers that tell none.
    pub(super) process: Option<i32>,
    secret: Vec<u8>,
}

impl Canceller {
    /// Best effort: the server answers nothing.
    pub(super) async fn ask(&self) -> io::Result<()> {
        let Some(process) = self.process else { return Ok(()) };
        let mut wire = Wire::new(self.place.connect(None).await?);
        if let Some(tls) = &self.tls {
            wire = tls.begin(wire, true).await.map_err(|_| garbled("no TLS"))?;
        }
        message::cancel(&mut wire.outbox, process, &self.secret).map_err(|_| garbled("a secret too long"))?;
        wire.send().await?;
        wire.until_closed().await;
        Ok(())
    }
}

/// One place where a server may listen.
#[derive(Debug, Clone)]
enum Place {
    Tcp(SocketAddr),
    #[cfg(unix)]
    Unix(std::path::PathBuf),
}

impl Place {
    async fn connect(&self, limit: Option<Duration>) -> io::Result<Socket> {
        let connect = async {
            match self {
                Place::Tcp(address) => {
                    let socket = TcpStream::connect(address).await?;
                    socket.set_nodelay(true)?;
                    // A server that is gone without a word shows in the end.
                    SockRef::from(&socket).set_keepalive(true)?;
                    Ok(Socket::Tcp(socket))
                }
                #[cfg(unix)]
                Place::Unix(path) => UnixStream::connect(path).await.map(Socket::Unix),
            }
        };
        match limit {
            None => connect.await,
            Some(limit) => tokio::time::timeout(limit, connect).await?,
        }
    }
}

/// TLS with the server of a name.
#[derive(Clone)]
struct Tls {
    config: Arc<ClientConfig>,
    host: String,
}

/// Why a session was not opened.
enum Failure {
    /// The server said no.
    Refused(Box<Refusal>),
    Io(io::Error),
    Tls(String),
    /// It has not proved what it should, or wants what we do not have.
    Trust(String),
    Other(Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Io(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Other(error)
    }
}

impl Failure {
    /// Whether another host or address may do better.
    fn may_be_better_elsewhere(&self) -> bool {
        match self {
            Failure::Refused(refusal) => refusal.code == "57P03",
            Failure::Io(_) => true,
            Failure::Tls(_) | Failure::Trust(_) | Failure::Other(_) => false,
        }
    }

    fn into_error(self, url: &ConnectionUrl) -> Error {
        match self {
            Failure::Refused(refusal) => refusal.into_error(""),
            Failure::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                unreachable(url, "the connection was closed before the server had answered")
            }
            Failure::Io(error) => unreachable(url, &error.to_string()),
            Failure::Tls(why) => Error::new("P1011", format!("TLS: {why}")).lost(),
            Failure::Trust(why) => Error::new("P1000", format!("authentication failed: {why}")).lost(),
            Failure::Other(error) => error.lost(),
        }
    }
}

/// Opens a session at the first host of the URL that can be reached.
///
/// # Errors
/// `P1000` wrong credentials, `P1001` not reachable, `P1011` TLS, and what the server says.
pub(super) async fn open(url: &ConnectionUrl) -> Result<Greeted> {
    let settings = url.tls()?;
    let config = Arc::new(tls::client_config(&settings)?);
    let opened = open_with(url, settings.mode, &config).await;
    let opened = match opened {
        // It may be the want of TLS that the server says no to.
        Err(Failure::Refused(_)) if settings.mode == TlsMode::Allow => open_with(url, TlsMode::Prefer, &config).await,
        opened => opened,
    };
    opened.map_err(|failure| failure.into_error(url))
}

async fn open_with(
    url: &ConnectionUrl,
    mode: TlsMode,
    config: &Arc<ClientConfig>,
) -> std::result::Result<Greeted, Failure> {
    let mut failed = Failure::Io(io::Error::new(io::ErrorKind::NotFound, "the host has no address"));
    for (host, port) in hosts(url) {
        let places = match places(&host, port).await {
            Ok(places) => places,
            Err(error) => {
                failed = Failure::Io(error);
                continue;
            }
        };
        for place in places {
            let tls = Tls { config: config.clone(), host: host.clone() };
            match open_at(url, place, mode, tls).await {
                Err(failure) if failure.may_be_better_elsewhere() => failed = failure,
                opened => return opened,
            }
        }
    }
    Err(failed)
}

/// Host names (or the folders of sockets) with their ports, in the URL's order.
fn hosts(url: &ConnectionUrl) -> Vec<(String, u16)> {
    let first_port = url.hosts().first().and_then(|host| host.port).unwrap_or(url.default_port());
    match (url.socket(), url.param("host")) {
        (Some(folder), _) => vec![(folder, first_port)],
        (None, Some(host)) if !host.is_empty() => vec![(host.to_string(), first_port)],
        (None, _) => {
            let port = |port: Option<u16>| port.unwrap_or(url.default_port());
            url.hosts().iter().map(|host| (host.name.clone(), port(host.port))).collect()
        }
    }
}

async fn places(host: &str, port: u16) -> io::Result<Vec<Place>> {
    #[cfg(unix)]
    if host.starts_with('/') {
        return Ok(vec![Place::Unix(std::path::Path::new(host).join(format!(".s.PGSQL.{port}")))]);
    }
    Ok(tokio::net::lookup_host((host, port)).await?.map(Place::Tcp).collect())
}

async fn open_at(url: &ConnectionUrl, place: Place, mode: TlsMode, tls: Tls) -> std::result::Result<Greeted, Failure> {
    let mut wire = Wire::new(place.connect(url.connect_timeout()).await?);
    let is_tcp = matches!(place, Place::Tcp(_));
    let mut spoken = None;
    let (asks, insists) = match mode {
        TlsMode::Disable | TlsMode::Allow => (false, false),
        TlsMode::Prefer => (true, false),
        TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => (true, true),
    };
    // Nobody listens at a socket file.
    if asks && is_tcp {
        wire = tls.begin(wire, insists).await?;
        spoken = wire.is_tls().then_some(tls);
    }
    let binding = wire.certificate().and_then(tls::end_point);
    let user = url.user().unwrap_or("postgres");
    let mut settings = vec![
        ("client_encoding", "UTF8"),
        ("user", user),
        ("database", url.database()),
        ("application_name", url.param("application_name").unwrap_or("nicol")),
    ];
    settings.extend(url.param("options").map(|options| ("options", options)));
    message::startup(&mut wire.outbox, &settings)?;
    wire.send().await?;
    prove(&mut wire, user, url.password(), binding).await?;
    let (process, secret) = until_ready(&mut wire).await?;
    Ok(Greeted { wire, canceller: Canceller { place, tls: spoken, process, secret } })
}

impl Tls {
    /// Asks for TLS and begins it.
    async fn begin(&self, mut wire: Wire, insists: bool) -> std::result::Result<Wire, Failure> {
        wire.outbox.extend_from_slice(&message::TLS_REQUEST);
        wire.send().await?;
        match wire.next_byte().await? {
            b'S' => {}
            b'N' if insists => return Err(Failure::Tls("the server does not speak it".to_string())),
            b'N' => return Ok(wire),
            _ => return Err(garbled("the answer to the question for TLS is neither yes nor no").into()),
        }
        let Socket::Tcp(socket) = wire.into_socket() else {
            return Err(Failure::Tls("only over TCP".to_string()));
        };
        let name = ServerName::try_from(self.host.clone()).map_err(|error| Failure::Tls(error.to_string()))?;
        let connector = TlsConnector::from(self.config.clone());
        let socket = connector.connect(name, socket).await.map_err(|error| Failure::Tls(error.to_string()))?;
        Ok(Wire::new(Socket::Tls(Box::new(socket))))
    }
}

/// The next message of the server's that is no notice.
async fn heard(wire: &mut Wire) -> std::result::Result<(u8, Vec<u8>), Failure> {
    loop {
        let message = wire.next().await?;
        match message.tag {
            b'N' | b'A' => {}
            b'E' => return Err(Failure::Refused(Box::new(Refusal::read(message.body)?))),
            tag => return Ok((tag, message.body.to_vec())),
        }
    }
}

/// What the server asks for before it lets somebody in: a number that says what, and what belongs to it.
async fn question(wire: &mut Wire) -> std::result::Result<(i32, Vec<u8>), Failure> {
    loop {
        let (tag, body) = heard(wire).await?;
        match tag {
            b'R' => {
                let mut body = Body(&body);
                let what = body.i32()?;
                return Ok((what, body.0.to_vec()));
            }
            // The server knows an older version of the protocol only: all that we use is in it.
            b'v' => {}
            _ => return Err(garbled("the server does not say whether it wants a password").into()),
        }
    }
}

const LET_IN: i32 = 0;
const CLEAR: i32 = 3;
const MD5: i32 = 5;
const SASL: i32 = 10;
const SASL_GOES_ON: i32 = 11;
const SASL_ENDS: i32 = 12;

/// Proves who we are, and with SCRAM that the server knows the password too.
async fn prove(
    wire: &mut Wire,
    user: &str,
    password: Option<&str>,
    binding: Option<Vec<u8>>,
) -> std::result::Result<(), Failure> {
    let (what, data) = question(wire).await?;
    let password = || password.ok_or_else(|| Failure::Trust("the server wants a password, the URL has none".into()));
    match what {
        LET_IN => return Ok(()),
        CLEAR => message::password(&mut wire.outbox, password()?)?,
        MD5 => {
            let hash = md5_hash(user.as_bytes(), password()?.as_bytes(), Body(&data).take()?);
            message::password(&mut wire.outbox, &hash)?;
        }
        SASL => return scram(wire, &data, password()?, binding).await,
        _ => return Err(Failure::Trust("the server wants a proof that nicol does not know (GSSAPI, SSPI)".into())),
    }
    wire.send().await?;
    match question(wire).await?.0 {
        LET_IN => Ok(()),
        _ => Err(Failure::Trust("the server asks for one proof after the other".into())),
    }
}

async fn scram(
    wire: &mut Wire,
    mechanisms: &[u8],
    password: &str,
    binding: Option<Vec<u8>>,
) -> std::result::Result<(), Failure> {
    let offered: Vec<&[u8]> = mechanisms.split(|byte| *byte == 0).collect();
    let has = |mechanism: &str| offered.contains(&mechanism.as_bytes());
    let (mechanism, binding) = match binding {
        Some(binding) if has(SCRAM_SHA_256_PLUS) => (SCRAM_SHA_256_PLUS, ChannelBinding::tls_server_end_point(binding)),
        // That we could have bound the channel shows the server whether somebody has taken the offer out.
        Some(_) if has(SCRAM_SHA_256) => (SCRAM_SHA_256, ChannelBinding::unrequested()),
        None if has(SCRAM_SHA_256) => (SCRAM_SHA_256, ChannelBinding::unsupported()),
        _ => return Err(Failure::Trust("the server wants a SASL mechanism that nicol does not know".into())),
    };
    let untrue = |error: io::Error| Failure::Trust(error.to_string());
    let mut proof = ScramSha256::new(password.as_bytes(), binding);
    message::sasl_begin(&mut wire.outbox, mechanism, proof.message())?;
    wire.send().await?;
    let (SASL_GOES_ON, data) = question(wire).await? else { return Err(out_of_turn()) };
    if rounds(&data).is_some_and(|rounds| rounds > MOST_ROUNDS) {
        return Err(Failure::Trust("the server asks for more rounds of hashing than make sense".into()));
    }
    proof.update(&data).map_err(untrue)?;
    message::sasl_go_on(&mut wire.outbox, proof.message())?;
    wire.send().await?;
    let (SASL_ENDS, data) = question(wire).await? else { return Err(out_of_turn()) };
    proof.finish(&data).map_err(untrue)?;
    match question(wire).await?.0 {
        LET_IN => Ok(()),
        _ => Err(out_of_turn()),
    }
}

fn out_of_turn() -> Failure {
    Failure::Trust("the server does not go on as SCRAM does".into())
}

/// `r=..,s=..,i=4096`
fn rounds(data: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(data).ok()?;
    // What is no number of this size is too large as well.
    text.split(',').find_map(|part| part.strip_prefix("i=")).map(|number| number.parse().unwrap_or(u32::MAX))
}

/// Takes in what the server tells before its first question; gives the number of its process and the secret to cancel with.
async fn until_ready(wire: &mut Wire) -> std::result::Result<(Option<i32>, Vec<u8>), Failure> {
    let (mut process, mut secret) = (None, Vec::new());
    loop {
        let (tag, body) = heard(wire).await?;
        match tag {
            b'K' => {
                let mut body = Body(&body);
                process = Some(body.i32()?);
                secret = body.0.to_vec();
            }
            b'Z' => return Ok((process, secret)),
            b'S' | b'v' => {}
            _ => return Err(garbled("a message that does not belong to the begin of a session").into()),
        }
    }
}
