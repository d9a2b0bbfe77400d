//! Connection URLs in Prisma's dialect.
//!
//! **In**: the text of a URL. **Out**: its parts, percent-decoded. What must not happen here: showing the password. `Debug`
//! and `Display` mask it, and no error message repeats any part of a URL that could not be read.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::dialect::Dialect;
use crate::error::{Error, Result};

/// A parsed connection URL. `Debug` and `Display` never show the password.
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectionUrl {
    scheme: String,
    dialect: Dialect,
    user: Option<String>,
    password: Option<String>,
    hosts: Vec<Host>,
    /// Database name, or the path of a SQLite file.
    database: String,
    params: Vec<(String, String)>,
    answered: Answered,
}

/// The product that has answered at a URL: known to every copy of it. URLs are equal without it.
#[derive(Debug, Clone, Default)]
struct Answered(Arc<OnceLock<Dialect>>);

impl PartialEq for Answered {
    fn eq(&self, _: &Answered) -> bool {
        true
    }
}

impl Eq for Answered {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) port: Option<u16>,
}

/// How a server's certificate is judged; the words are libpq's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TlsMode {
    /// Never.
    Disable,
    /// If the server wants it; the certificate is not looked at.
    Allow,
    /// If the server offers it; the certificate is not looked at.
    Prefer,
    /// Always; the certificate is not looked at.
    Require,
    /// Always; the chain must be good.
    VerifyCa,
    /// Always; chain and host name must be good.
    VerifyFull,
}

/// What a URL asks of TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TlsSettings {
    pub(crate) mode: TlsMode,
    /// File with the certificates of the authorities to trust.
    pub(crate) authority: Option<PathBuf>,
    /// Certificate and key file of the client.
    pub(crate) identity: Option<(PathBuf, PathBuf)>,
}

const SCHEMES: &[(&str, Dialect)] = &[
    ("postgresql", Dialect::Postgres),
    ("postgres", Dialect::Postgres),
    ("cockroachdb", Dialect::Cockroachdb),
    ("mysql", Dialect::Mysql),
    ("mariadb", Dialect::Mariadb),
    ("sqlite", Dialect::Sqlite),
    ("file", Dialect::Sqlite),
];

impl ConnectionUrl {
    /// Reads a URL: `postgresql://`, `postgres://`, `cockroachdb://`, `mysql://`, `mariadb://`, `file:`, `sqlite:` or
    /// `sqlite://`, with Prisma's parameters.
    ///
    /// # Errors
    /// `P1013` when it is not such a URL. The message says what is wrong without repeating the URL.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let (scheme, rest) = text.split_once(':').ok_or_else(unknown_scheme)?;
        let scheme = scheme.to_ascii_lowercase();
        let dialect = SCHEMES.iter().find(|(name, _)| *name == scheme).ok_or_else(unknown_scheme)?.1;
        let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, query)| (rest, query));
        let params = parse_params(query)?;
        if dialect == Dialect::Sqlite {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            if path.is_empty() {
                return Err(invalid("it names no file"));
            }
            let database = path.to_string();
            return Ok(ConnectionUrl {
                scheme,
                dialect,
                user: None,
                password: None,
                hosts: Vec::new(),
                database,
                params,
                answered: Answered::default(),
            });
        }
        let rest = rest.strip_prefix("//").ok_or_else(|| invalid("`//` must follow the scheme"))?;
        let mut url = parse_server(scheme, dialect, rest, params)?;
        url.take_credentials_from_params();
        Ok(url)
    }

    /// The dialect the scheme names; an open connection knows better.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What the server has said it is, once a connection was opened with this URL or a copy of it.
    pub fn answered(&self) -> Option<Dialect> {
        self.answered.0.get().copied()
    }

    /// Remembers what the server has said it is. The first answer stands.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn set_answered(&self, dialect: Dialect) {
        self.answered.0.get_or_init(|| dialect);
    }

    /// The URL with a relative SQLite path resolved against a folder. Other URLs and absolute paths stay.
    pub fn relative_to(mut self, dir: &Path) -> Self {
        if self.dialect == Dialect::Sqlite && !self.is_in_memory() && Path::new(&self.database).is_relative() {
            let path = self.database.strip_prefix("./").unwrap_or(&self.database);
            self.database = dir.join(path).to_string_lossy().into_owned();
        }
        self
    }

    /// Name of the database; for SQLite the path of the file.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The `schema` parameter.
    pub fn schema(&self) -> Option<&str> {
        self.param("schema").filter(|schema| !schema.is_empty())
    }

    /// `host:port` of the server (the first, when several are given), or the path of its socket. `None` for SQLite.
    pub fn host_port(&self) -> Option<String> {
        if let Some(socket) = self.socket() {
            return Some(socket);
        }
        let host = self.hosts.first()?;
        let port = host.port.unwrap_or(self.default_port());
        if host.name.contains(':') {
            Some(format!("[{}]:{port}", host.name))
        } else {
            Some(format!("{}:{port}", host.name))
        }
    }

    /// The same server with another database; for SQLite another file. An empty name selects none (MySQL).
    pub fn with_database(&self, name: &str) -> Self {
        let mut url = self.clone();
        url.database = name.to_string();
        url
    }

    /// The same URL with a parameter set (replacing it when it is there).
    pub fn with_param(&self, name: &str, value: &str) -> Self {
        let mut url = self.clone();
        url.params.retain(|(key, _)| key != name);
        url.params.push((name.to_string(), value.to_string()));
        url
    }

    /// The same URL without a parameter.
    pub fn without_param(&self, name: &str) -> Self {
        let mut url = self.clone();
        url.params.retain(|(key, _)| key != name);
        url
    }

    /// The URL as text **with the password**: for passing on to another program, never for showing.
    pub fn as_connection_string(&self) -> String {
        self.write(self.password.as_deref().map(percent_encode), &|_, value| percent_encode(value))
    }

    /// A parameter after the `?`, percent-decoded.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The user name.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// True for a SQLite database in memory.
    pub fn is_in_memory(&self) -> bool {
        self.dialect == Dialect::Sqlite && self.database == ":memory:"
    }

    /// True when the server is on this machine: a loopback address, `localhost`, or a socket file. True for SQLite.
    pub fn is_loopback(&self) -> bool {
        self.socket().is_some() || self.hosts.iter().all(|host| is_loopback(&host.name))
    }

    pub(crate) fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    pub(crate) fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    pub(crate) fn default_port(&self) -> u16 {
        match self.dialect {
            Dialect::Postgres => 5432,
            Dialect::Cockroachdb => 26257,
            Dialect::Mysql | Dialect::Mariadb => 3306,
            Dialect::Sqlite => 0,
        }
    }

    /// Folder or file of a Unix socket: `?host=/dir` (PostgreSQL), `?socket=/file` (MySQL), or a host that is a path.
    pub(crate) fn socket(&self) -> Option<String> {
        let named = match self.dialect {
            Dialect::Postgres | Dialect::Cockroachdb => self.param("host"),
            Dialect::Mysql | Dialect::Mariadb => self.param("socket"),
            Dialect::Sqlite => None,
        };
        let path = named.or_else(|| self.hosts.first().map(|host| host.name.as_str()))?;
        path.starts_with('/').then(|| path.to_string())
    }

    /// Limit of time for opening a connection. `None` means without limit (`connect_timeout=0`).
    pub(crate) fn connect_timeout(&self) -> Option<Duration> {
        self.seconds("connect_timeout", 5)
    }

    /// A parameter in whole seconds; 0 means without limit.
    pub(crate) fn seconds(&self, name: &str, default: u64) -> Option<Duration> {
        let seconds = self.param(name).and_then(|value| value.parse().ok()).unwrap_or(default);
        (seconds > 0).then(|| Duration::from_secs(seconds))
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.param(name).is_some_and(|value| value == "true" || value == "1")
    }

    /// What the URL asks of TLS. `sslmode` means what it means to libpq. Without it, a server on this machine is spoken to in
    /// plain unless it wants TLS, one in its own network (a private address, a name without a dot) may be plain; anything else
    /// must prove who it is.
    pub(crate) fn tls(&self) -> Result<TlsSettings> {
        let authority = self.param("sslrootcert").filter(|path| *path != "system").map(PathBuf::from);
        let (authority, identity) = match (self.param("sslcert"), self.param("sslkey")) {
            (Some(cert), Some(key)) => (authority, Some((PathBuf::from(cert), PathBuf::from(key)))),
            // Prisma's `sslcert` alone is the authority's certificate.
            (Some(cert), None) => (authority.or_else(|| Some(PathBuf::from(cert))), None),
            (None, _) => (authority, None),
        };
        let word = self.param("sslmode").or_else(|| self.param("ssl-mode")).map(str::to_ascii_lowercase);
        let accept = self.param("sslaccept");
        let mode = match (word.as_deref(), accept) {
            (Some("disable" | "disabled"), _) => TlsMode::Disable,
            (Some("verify-full" | "verify_identity"), _) => TlsMode::VerifyFull,
            (Some("verify-ca" | "verify_ca"), _) => TlsMode::VerifyCa,
            (Some("prefer" | "preferred" | "allow" | "require" | "required"), Some("strict")) => TlsMode::VerifyFull,
            (Some("allow"), _) => TlsMode::Allow,
            (Some("prefer" | "preferred"), _) => TlsMode::Prefer,
            // libpq: a given authority turns `require` into `verify-ca`.
            (Some("require" | "required"), None) if authority.is_some() => TlsMode::VerifyCa,
            (Some("require" | "required"), _) => TlsMode::Require,
            (None, Some("strict")) => TlsMode::VerifyFull,
            (None, Some("accept_invalid_certs")) => TlsMode::Prefer,
            (None, None) if authority.is_some() => TlsMode::VerifyFull,
            // On this machine there is nobody to listen.
            (None, None) if self.is_loopback() => TlsMode::Allow,
            (None, None) if self.socket().is_some() || self.hosts.iter().all(|h| is_own_network(&h.name)) => {
                TlsMode::Prefer
            }
            (None, None) => TlsMode::VerifyFull,
            (Some(_), _) => {
                let words = "disable, allow, prefer, require, verify-ca or verify-full";
                return Err(invalid(&format!("sslmode must be one of {words}")));
            }
            (None, Some(_)) => return Err(invalid("sslaccept must be strict or accept_invalid_certs")),
        };
        Ok(TlsSettings { mode, authority, identity })
    }

    /// libpq also takes `user`, `password`, `dbname` as parameters.
    fn take_credentials_from_params(&mut self) {
        let mut kept = Vec::with_capacity(self.params.len());
        for (name, value) in std::mem::take(&mut self.params) {
            match name.as_str() {
                "user" if self.user.is_none() => self.user = Some(value),
                "password" if self.password.is_none() => self.password = Some(value),
                _ => kept.push((name, value)),
            }
        }
        self.params = kept;
    }

    fn write(&self, password: Option<String>, show: &dyn Fn(&str, &str) -> String) -> String {
        let mut out = format!("{}:", self.scheme);
        if self.dialect == Dialect::Sqlite {
            out.push_str(&self.database);
        } else {
            out.push_str("//");
            if let Some(user) = &self.user {
                out.push_str(&percent_encode(user));
            }
            if let Some(password) = password {
                out.push(':');
                out.push_str(&password);
            }
            if self.user.is_some() || self.password.is_some() {
                out.push('@');
            }
            for (at, host) in self.hosts.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                out.push_str(&if host.name.contains(':') {
                    format!("[{}]", host.name)
                } else {
                    percent_encode(&host.name)
                });
                if let Some(port) = host.port {
                    out.push_str(&format!(":{port}"));
                }
            }
            out.push('/');
            out.push_str(&percent_encode(&self.database));
        }
        for (at, (name, value)) in self.params.iter().enumerate() {
            out.push(if at == 0 { '?' } else { '&' });
            out.push_str(&percent_encode(name));
            out.push('=');
            out.push_str(&show(name, value));
        }
        out
    }
}

impl fmt::Display for ConnectionUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mask = |name: &str, value: &str| {
            let name = name.to_ascii_lowercase();
            let secret = ["password", "passwd", "token", "secret", "key"].iter().any(|word| name.contains(word));
            if secret { "***".to_string() } else { percent_encode(value) }
        };
        f.write_str(&self.write(self.password.as_ref().map(|_| "***".to_string()), &mask))
    }
}

impl fmt::Debug for ConnectionUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectionUrl({self})")
    }
}

fn parse_server(scheme: String, dialect: Dialect, rest: &str, params: Vec<(String, String)>) -> Result<ConnectionUrl> {
    let unescaped = "a character of the user name, password or database must be percent-encoded (`@` `/` `?` `#` `:`)";
    if rest.contains('#') {
        return Err(invalid(unescaped));
    }
    let (authority, database) = rest.split_once('/').map_or((rest, ""), |(authority, path)| (authority, path));
    if database.contains(['@', '/']) {
        return Err(invalid(unescaped));
    }
    let (credentials, hosts) = match authority.rsplit_once('@') {
        Some((credentials, hosts)) => (Some(credentials), hosts),
        None => (None, authority),
    };
    let (user, password) = match credentials {
        Some(credentials) => match credentials.split_once(':') {
            Some((user, password)) => (Some(percent_decode(user)?), Some(percent_decode(password)?)),
            None => (Some(percent_decode(credentials)?), None),
        },
        None => (None, None),
    };
    let hosts = hosts.split(',').map(parse_host).collect::<Result<Vec<_>>>()?;
    let mut database = percent_decode(database)?;
    if database.is_empty() {
        database = match dialect {
            Dialect::Postgres => "postgres".to_string(),
            Dialect::Cockroachdb => "defaultdb".to_string(),
            Dialect::Mysql | Dialect::Mariadb | Dialect::Sqlite => String::new(),
        };
    }
    let user = user.filter(|user| !user.is_empty());
    Ok(ConnectionUrl { scheme, dialect, user, password, hosts, database, params, answered: Answered::default() })
}

fn parse_host(text: &str) -> Result<Host> {
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (name, port) = rest.split_once(']').ok_or_else(|| invalid("a `]` is missing after the address"))?;
            (name, port.strip_prefix(':'))
        }
        None => text.rsplit_once(':').map_or((text, None), |(name, port)| (name, Some(port))),
    };
    let port = match port.filter(|port| !port.is_empty()) {
        Some(port) => Some(port.parse().map_err(|_| {
            invalid("the port must be a number up to 65535 (a `/`, `:` or `@` in the password must be percent-encoded)")
        })?),
        None => None,
    };
    let name = percent_decode(name)?;
    let name = if name.is_empty() { "localhost".to_string() } else { name };
    Ok(Host { name, port })
}

fn parse_params(query: &str) -> Result<Vec<(String, String)>> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((percent_decode(name)?, percent_decode(value)?))
        })
        .collect()
}

fn percent_decode(text: &str) -> Result<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (digit(bytes.next()), digit(bytes.next())) {
            (Some(high), Some(low)) => out.push(u8::try_from(high * 16 + low).unwrap_or_default()),
            _ => return Err(invalid("a `%` must be written as `%25`")),
        }
    }
    match String::from_utf8(out) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(invalid("its percent-encoded text is not UTF-8 or holds a NUL")),
    }
}

fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn is_loopback(host: &str) -> bool {
    host.starts_with('/')
        || host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_own_network(host: &str) -> bool {
    if is_loopback(host) {
        return true;
    }
    match host.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(address)) => address.is_private() || address.is_link_local(),
        Ok(std::net::IpAddr::V6(address)) => address.is_unique_local() || address.is_unicast_link_local(),
        Err(_) => !host.contains('.'),
    }
}

fn invalid(reason: &str) -> Error {
    Error::new("P1013", format!("the connection URL is not valid: {reason}"))
}

fn unknown_scheme() -> Error {
    invalid("it must start with postgresql://, cockroachdb://, mysql://, mariadb://, file: or sqlite:")
}

#[cfg(test)]
#[path = "url_tests.rs"]
mod tests;
