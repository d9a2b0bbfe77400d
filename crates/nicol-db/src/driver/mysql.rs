//! MySQL and MariaDB through mysql_async.
//!
//! Values are sent in the binary protocol; prepared statements are cached by the driver. Text is `utf8mb4`, the session's time
//! zone is UTC, and counts of changed rows are counts of rows found, as on the other databases.

mod describe;

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, civil};
use mysql_async::consts::{ColumnFlags, ColumnType as Kind};
use mysql_async::prelude::{Protocol, Queryable};
use mysql_async::{Conn, DriverError, IoError, Opts, OptsBuilder, Params, QueryResult, SslOpts};

use super::unreachable;
use crate::cell::{Cell, NOT_UTF8, parse_decimal, widen};
use crate::cells::Cells;
use crate::codes;
use crate::dialect::Dialect;
use crate::error::{Constraint, Error, Result};
use crate::rows::{Column, ColumnType, Data, Each, Rows};
use crate::script;
use crate::url::{ConnectionUrl, TlsMode};
use crate::value::{Value, json_list};

/// Prepared statements kept by a connection.
const CACHED_STATEMENTS: usize = 128;
/// The most that the protocol allows in one message.
const MAX_PACKET: usize = 1 << 30;
/// What a message has before the values of a statement.
const HEAD: usize = 16;
/// How long a server may take to say that it is there.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// After how many idle seconds the driver's own pool, which is not used, would close a connection.
const WAIT_TIMEOUT: usize = 28_800;
/// The number of character set and collation `binary`.
const BINARY: u16 = 63;
/// "This command is not supported in the prepared statement protocol yet".
const NOT_PREPARABLE: &str = "1295";
/// "Prepared statement needs to be re-prepared", and a parameter whose character set was settled for a column that has been
/// changed since.
const STALE_STATEMENT: &[&str] = &["1615", "3988"];

/// "Lock wait timeout exceeded".
const LOCK_WAIT: &str = "1205";

/// One open session.
pub(crate) struct Mysql {
    connection: Conn,
    watch: Watch,
    /// Whether a wait for a lock that was too long takes the whole transaction with it (`innodb_rollback_on_timeout`), once
    /// that was asked.
    gives_up_all: Option<bool>,
    /// The most bytes that the server takes in one message.
    max_packet: usize,
    pub(crate) dialect: Dialect,
    pub(crate) version: String,
}

/// Stops on the server what a call was doing whose future was given up.
struct Watch {
    options: Opts,
    session: u32,
    /// A call is under way; still set on drop when its future was given up.
    is_busy: bool,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.is_busy {
            return;
        }
        let (options, session) = (self.options.clone(), self.session);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // Best effort: nobody is left to tell. A session of its own is needed, for this one is in the middle of a call.
            runtime.spawn(async move {
                if let Ok(mut helper) = Conn::new(options).await {
                    drop(helper.query_drop(format!("KILL {session}")).await);
                    drop(helper.disconnect().await);
                }
            });
        }
    }
}

impl Mysql {
    pub(crate) async fn open(url: &ConnectionUrl) -> Result<Mysql> {
        let mut connection = connect(url).await?;
        let row: Option<mysql_async::Row> = async {
            connection.query_drop("SET time_zone = '+00:00'").await?;
            connection.query_first("SELECT VERSION(), @@max_allowed_packet").await
        }
        .await
        .map_err(from_driver)?;
        // Read by hand: the driver's own conversions panic when a server answers something else.
        let text = |at: usize| match row.as_ref().and_then(|row| row.as_ref(at)) {
            Some(mysql_async::Value::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
            _ => String::new(),
        };
        let version = text(0);
        let max_packet = text(1).parse().unwrap_or(MAX_PACKET);
        let dialect = if version.contains("MariaDB") { Dialect::Mariadb } else { Dialect::Mysql };
        let watch = Watch { options: connection.opts().clone(), session: connection.id(), is_busy: false };
        Ok(Mysql { connection, watch, gives_up_all: None, max_packet, dialect, version })
    }

    /// Runs a statement and hands its rows out, at most so many at a time; at the end what is left, if only its columns.
    pub(crate) async fn query(&mut self, sql: &str, params: &[Value], most: usize, each: Each<'_>) -> Result<()> {
        match self.run_prepared(sql, params, most, each).await {
            Err(error) if error.native_code() == Some(NOT_PREPARABLE) && params.is_empty() => {
                each(self.run_text(sql).await?);
                Ok(())
            }
            outcome => outcome,
        }
    }

    pub(crate) async fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        // Without parameters one round trip does; such a statement is most often DDL, not worth a place in the cache.
        if params.is_empty() {
            return self.run_text(sql).await.map(|rows| rows.affected);
        }
        let mut affected = 0;
        self.run_prepared(sql, params, usize::MAX, &mut |rows| affected = rows.affected).await?;
        Ok(affected)
    }

    async fn run_prepared(&mut self, sql: &str, params: &[Value], most_rows: usize, each: Each<'_>) -> Result<()> {
        let statement = self.connection.prep(sql).await.map_err(from_driver)?;
        // The driver would close the connection over it.
        let wanted = usize::from(statement.num_params());
        if wanted != params.len() {
            let given = params.len();
            return Err(Error::new("P1016", format!("the statement has {wanted} parameters, but {given} were given")));
        }
        let values: Vec<mysql_async::Value> = params.iter().map(to_driver).collect();
        // With its type, and its length or what is longest of a fixed one.
        let bytes = values.iter().map(|value| match value {
            mysql_async::Value::Bytes(bytes) => bytes.len() + 12,
            _ => 15,
        });
        // The server would close the connection over it.
        let (bytes, most) = (HEAD + bytes.sum::<usize>(), self.max_packet);
        if bytes >= most {
            let message = format!(
                "the values of a statement are {bytes} bytes, but the server takes less than {most} (max_allowed_packet)"
            );
            return Err(Error::new("P2000", message));
        }
        let params = if values.is_empty() { Params::Empty } else { Params::Positional(values) };
        let mut result = self.connection.exec_iter(&statement, params).await.map_err(from_driver)?;
        let (columns, cells) = read_rows(&mut result, most_rows, each).await?;
        result.drop_result().await.map_err(from_driver)?;
        each(Rows { columns, data: Data::Cells(cells), affected: self.connection.affected_rows() });
        Ok(())
    }

    async fn run_text(&mut self, sql: &str) -> Result<Rows> {
        let mut result = self.connection.query_iter(sql).await.map_err(from_driver)?;
        let (columns, cells) = read_rows(&mut result, usize::MAX, &mut drop).await?;
        result.drop_result().await.map_err(from_driver)?;
        Ok(Rows { columns, data: Data::Cells(cells), affected: self.connection.affected_rows() })
    }

    /// Sends a script as one message and reads every result set of it.
    pub(crate) async fn run_script(&mut self, sql: &str) -> Result<()> {
        let mut done = 0;
        let outcome = self.read_all(sql, &mut done).await;
        outcome.map_err(|error| {
            let start = script::split(sql, self.dialect).get(done).map(|statement| statement.start);
            error.with_position(start)
        })
    }

    async fn read_all(&mut self, sql: &str, done: &mut usize) -> Result<()> {
        let mut result = self.connection.query_iter(sql).await.map_err(from_driver)?;
        loop {
            // At the end of a result set the driver reads the head of the next one. An error there is the next statement's,
            // and comes with the next call.
            while result.next().await.map_err(from_driver)?.is_some() {}
            *done += 1;
            if result.is_empty() {
                // The driver calls a result with an error waiting in it empty, too.
                return result.drop_result().await.map_err(from_driver);
            }
        }
    }

    /// After an error: finds out, if it is one of those with which the server may end the transaction by itself, whether it does.
    pub(crate) async fn look_at(&mut self, error: &Error) -> Result<()> {
        if error.native_code() == Some(LOCK_WAIT) && self.gives_up_all.is_none() {
            let row: Option<mysql_async::Row> =
                self.connection.query_first("SELECT @@innodb_rollback_on_timeout").await.map_err(from_driver)?;
            let value = row.as_ref().and_then(|row| row.as_ref(0));
            self.gives_up_all =
                Some(!matches!(value, Some(mysql_async::Value::Bytes(bytes)) if bytes.as_slice() == b"0"));
        }
        Ok(())
    }

    /// Whether the server has ended the transaction with an error: a deadlock takes all of it, others only the statement.
    pub(crate) fn ends_with(&self, error: &Error) -> bool {
        let is_lock_wait = error.native_code() == Some(LOCK_WAIT);
        error.code() == "P2034" || (is_lock_wait && self.gives_up_all.unwrap_or(true))
    }

    /// Forgets a statement that the server wants prepared anew. `true` when that was the error.
    pub(crate) async fn renew_statement(&mut self, sql: &str, error: &Error) -> bool {
        if !error.native_code().is_some_and(|code| STALE_STATEMENT.contains(&code)) {
            return false;
        }
        match self.connection.prep(sql).await {
            Ok(statement) => self.connection.close(statement).await.is_ok(),
            Err(_) => false,
        }
    }

    pub(crate) fn set_busy(&mut self, is_busy: bool) {
        self.watch.is_busy = is_busy;
    }

    /// Whether the server answers.
    pub(crate) async fn is_alive(&mut self) -> bool {
        matches!(tokio::time::timeout(ANSWER_LIMIT, self.connection.ping()).await, Ok(Ok(())))
    }

    pub(crate) async fn close(self) -> Result<()> {
        self.connection.disconnect().await.map_err(from_driver)
    }
}

async fn connect(url: &ConnectionUrl) -> Result<Conn> {
    let tls = url.tls()?;
    let on_wire = match tls.mode {
        TlsMode::Disable => None,
        // On this machine there is nobody to listen.
        TlsMode::Allow | TlsMode::Prefer if url.is_loopback() => None,
        TlsMode::Allow | TlsMode::Prefer | TlsMode::Require => {
            Some(SslOpts::default().with_danger_accept_invalid_certs(true))
        }
        TlsMode::VerifyCa => Some(SslOpts::default().with_danger_skip_domain_validation(true)),
        TlsMode::VerifyFull => Some(SslOpts::default()),
    };
    let on_wire = on_wire.map(|options| {
        let options = options
            .with_disable_built_in_roots(tls.authority.is_some())
            .with_root_certs(tls.authority.iter().cloned().map(PathBuf::into).collect());
        let identity = tls.identity.clone();
        options
            .with_client_identity(identity.map(|(cert, key)| mysql_async::ClientIdentity::new(cert.into(), key.into())))
    });
    let encrypted = on_wire.is_some();
    match Conn::new(options(url, on_wire)).await {
        Err(mysql_async::Error::Driver(DriverError::NoClientSslFlagFromServer))
            if encrypted && matches!(tls.mode, TlsMode::Allow | TlsMode::Prefer) =>
        {
            Conn::new(options(url, None)).await
        }
        outcome => outcome,
    }
    .map_err(|error| match error {
        // A certificate that is not believed, or a certificate file that is not there.
        mysql_async::Error::Io(IoError::Io(error))
            if encrypted && matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::NotFound) =>
        {
            Error::new("P1011", format!("TLS: {error}")).lost()
        }
        mysql_async::Error::Io(IoError::Io(error)) => unreachable(url, &error.to_string()),
        error => from_driver(error),
    })
}

fn options(url: &ConnectionUrl, tls: Option<SslOpts>) -> OptsBuilder {
    let host = url.hosts().first();
    OptsBuilder::default()
        .ip_or_hostname(host.map_or("localhost", |host| host.name.as_str()))
        .tcp_port(host.and_then(|host| host.port).unwrap_or(url.default_port()))
        .socket(url.socket())
        .prefer_socket(false)
        .user(url.user())
        .pass(url.password())
        .db_name(Some(url.database()).filter(|name| !name.is_empty()))
        .stmt_cache_size(CACHED_STATEMENTS)
        .client_found_rows(true)
        // Both would be asked of the server, and a strange answer would be a panic.
        .max_allowed_packet(Some(MAX_PACKET))
        .wait_timeout(Some(WAIT_TIMEOUT))
        .tcp_keepalive(Some(Duration::from_secs(60)))
        .ssl_opts(tls)
}

fn to_driver(value: &Value) -> mysql_async::Value {
    use mysql_async::Value as Native;
    match value {
        Value::Null => Native::NULL,
        Value::Bool(value) => Native::Int(i64::from(*value)),
        Value::Int(value) => Native::Int(i64::from(*value)),
        Value::BigInt(value) => Native::Int(*value),
        Value::Float(value) => Native::Double(*value),
        Value::Decimal(value) => Native::Bytes(value.to_plain_string().into_bytes()),
        Value::Text(value) => Native::Bytes(value.clone().into_bytes()),
        Value::Bytes(value) => Native::Bytes(value.clone()),
        Value::Json(value) => Native::Bytes(value.to_string().into_bytes()),
        Value::DateTime(value) => date_to_driver(*value),
        Value::List(values) => Native::Bytes(json_list(values, true).into_bytes()),
        // Refused before.
        Value::Unfit(why) => Native::Bytes(why.clone().into_bytes()),
    }
}

fn date_to_driver(value: Timestamp) -> mysql_async::Value {
    let date = TimeZone::UTC.to_datetime(value);
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    // MySQL has no years before 0; the server refuses what is out of its own range.
    let year = u16::try_from(date.year()).unwrap_or_default();
    let micros = u32::try_from(date.subsec_nanosecond() / 1000).unwrap_or_default();
    let (month, day) = (part(date.month()), part(date.day()));
    mysql_async::Value::Date(year, month, day, part(date.hour()), part(date.minute()), part(date.second()), micros)
}

/// Reads the rows of a result set and hands them out, at most so many at a time; gives those that are left.
async fn read_rows<P: Protocol>(
    result: &mut QueryResult<'_, '_, P>,
    most: usize,
    each: Each<'_>,
) -> Result<(Arc<[Column]>, Cells)> {
    let types: Vec<MysqlType> = result.columns_ref().iter().map(MysqlType::of).collect();
    let columns = columns_of(result.columns_ref());
    let mut cells = Cells::of_width(types.len());
    while let Some(row) = result.next().await.map_err(from_driver)? {
        if cells.rows() >= most {
            let full = std::mem::replace(&mut cells, Cells::of_width(types.len()));
            each(Rows { columns: columns.clone(), data: Data::Cells(full), affected: 0 });
        }
        for (index, of_column) in types.iter().enumerate() {
            cells.push(cell(&row, index, of_column));
        }
    }
    Ok((columns, cells))
}

/// What a column's packet says of its type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MysqlType {
    kind: Kind,
    is_binary: bool,
}

impl MysqlType {
    fn of(column: &mysql_async::Column) -> MysqlType {
        let is_binary = column.character_set() == BINARY && column.flags().contains(ColumnFlags::BINARY_FLAG);
        MysqlType { kind: column.column_type(), is_binary }
    }

    pub(crate) fn name(self) -> String {
        let name = format!("{:?}", self.kind);
        name.strip_prefix("MYSQL_TYPE_").unwrap_or(&name).to_ascii_lowercase()
    }
}

fn columns_of(columns: &[mysql_async::Column]) -> Arc<[Column]> {
    columns
        .iter()
        .map(|column| {
            let native = ColumnType::Mysql(MysqlType::of(column));
            Column { name: column.name_str().into_owned(), native }
        })
        .collect()
}

/// A borrowed view on a value. The text protocol gives numbers and dates as text; they are read by the column's type.
#[inline]
fn cell<'a>(row: &'a mysql_async::Row, index: usize, column: &MysqlType) -> Cell<'a> {
    use mysql_async::Value as Native;
    match row.as_ref(index) {
        None | Some(Native::NULL) => Cell::Null,
        Some(Native::Int(value)) => Cell::Int(*value),
        Some(Native::UInt(value)) => i64::try_from(*value).map_or(Cell::UInt(*value), Cell::Int),
        Some(Native::Float(value)) => Cell::Float(widen(*value)),
        Some(Native::Double(value)) => Cell::Float(*value),
        Some(Native::Date(year, month, day, hour, minute, second, micros)) => {
            date_cell(column.kind, [*year, (*month).into(), (*day).into()], [*hour, *minute, *second], *micros)
        }
        Some(Native::Time(negative, days, hours, minutes, seconds, micros)) => {
            let seconds =
                i64::from(*days) * 86_400 + i64::from(*hours) * 3600 + i64::from(*minutes) * 60 + i64::from(*seconds);
            let value = SignedDuration::from_secs(seconds) + SignedDuration::from_micros(i64::from(*micros));
            Cell::Time(if *negative { -value } else { value })
        }
        Some(Native::Bytes(bytes)) => bytes_cell(bytes, column),
    }
}

fn bytes_cell<'a>(bytes: &'a [u8], column: &MysqlType) -> Cell<'a> {
    let text = std::str::from_utf8(bytes);
    let parsed = |cell: Option<Cell<'static>>| cell.unwrap_or(Cell::Invalid("text of another type than its column"));
    match (column.kind, text) {
        (Kind::MYSQL_TYPE_BIT | Kind::MYSQL_TYPE_GEOMETRY, _) => Cell::Bytes(bytes),
        (Kind::MYSQL_TYPE_JSON, Ok(text)) => Cell::Json(text),
        (Kind::MYSQL_TYPE_DECIMAL | Kind::MYSQL_TYPE_NEWDECIMAL, Ok(text)) => {
            parsed(parse_decimal(text).map(Cell::Decimal))
        }
        (
            Kind::MYSQL_TYPE_TINY
            | Kind::MYSQL_TYPE_SHORT
            | Kind::MYSQL_TYPE_LONG
            | Kind::MYSQL_TYPE_INT24
            | Kind::MYSQL_TYPE_LONGLONG
            | Kind::MYSQL_TYPE_YEAR,
            Ok(text),
        ) => parsed(text.parse().map(Cell::Int).or_else(|_| text.parse().map(Cell::UInt)).ok()),
        (Kind::MYSQL_TYPE_FLOAT | Kind::MYSQL_TYPE_DOUBLE, Ok(text)) => parsed(text.parse().map(Cell::Float).ok()),
        (kind @ (Kind::MYSQL_TYPE_DATE | Kind::MYSQL_TYPE_DATETIME | Kind::MYSQL_TYPE_TIMESTAMP), Ok(text)) => {
            parsed(date_text(kind, text))
        }
        (Kind::MYSQL_TYPE_TIME, Ok(text)) => parsed(time_text(text)),
        _ if column.is_binary => Cell::Bytes(bytes),
        (_, Ok(text)) => Cell::Text(text),
        (_, Err(_)) => Cell::Invalid(NOT_UTF8),
    }
}

fn date_cell(kind: Kind, [year, month, day]: [u16; 3], [hour, minute, second]: [u8; 3], micros: u32) -> Cell<'static> {
    let parts = || {
        let date =
            civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        if kind == Kind::MYSQL_TYPE_DATE {
            return Some(Cell::Date(date));
        }
        let (hour, minute, second) = (i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?);
        let time = civil::Time::new(hour, minute, second, i32::try_from(micros.checked_mul(1000)?).ok()?).ok()?;
        Offset::UTC.to_timestamp(date.to_datetime(time)).ok().map(Cell::DateTime)
    };
    parts().unwrap_or(Cell::Invalid("a date with a zero or impossible part"))
}

fn date_text(kind: Kind, text: &str) -> Option<Cell<'static>> {
    if text.starts_with("0000-00-00") {
        return Some(Cell::Invalid("a date with a zero or impossible part"));
    }
    if kind == Kind::MYSQL_TYPE_DATE {
        return text.parse().ok().map(Cell::Date);
    }
    let value: civil::DateTime = text.parse().ok()?;
    TimeZone::UTC.to_timestamp(value).ok().map(Cell::DateTime)
}

fn time_text(text: &str) -> Option<Cell<'static>> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let micros: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let whole = hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60 + seconds.parse::<i64>().ok()?;
    let value = SignedDuration::from_secs(whole) + SignedDuration::from_micros(micros);
    Some(Cell::Time(if negative { -value } else { value }))
}

fn from_driver(error: mysql_async::Error) -> Error {
    match error {
        mysql_async::Error::Server(error) => {
            let code = codes::of_mysql(error.code);
            let (constraint, table, column) = named(code, &error.message);
            let message = without_entry(error.code, error.message);
            let result = Error::new(code, message)
                .with_native_code(error.code.to_string())
                .with_constraint(constraint)
                .with_table(table)
                .with_column(column);
            if code == "P1017" { result.lost() } else { result }
        }
        mysql_async::Error::Io(IoError::Tls(error)) => Error::new("P1011", format!("TLS: {error}")).lost(),
        mysql_async::Error::Io(error) => Error::new("P1017", format!("the connection was closed: {error}")).lost(),
        mysql_async::Error::Driver(DriverError::NoClientSslFlagFromServer) => {
            Error::new("P1011", "TLS is asked for, but the server does not offer it").lost()
        }
        mysql_async::Error::Driver(DriverError::UnknownAuthPlugin { name }) => {
            let message =
                format!("authentication failed: the server asks for the method `{name}`, which is not supported");
            Error::new("P1000", message).lost()
        }
        // The driver's own words for a value would repeat the value.
        mysql_async::Error::Driver(DriverError::ConnectionClosed) => {
            Error::new("P1017", "the server closed the connection").lost()
        }
        mysql_async::Error::Driver(error) => Error::new(codes::OTHER, error.to_string()).lost(),
        mysql_async::Error::Url(_) => Error::new("P1013", "the connection URL is not valid for this driver"),
        mysql_async::Error::Other(error) => Error::new(codes::OTHER, error.to_string()).lost(),
    }
}

/// The message of a unique key without the values that are taken, which stand between its first words and the name of the key:
/// they are data of the users.
fn without_entry(number: u16, message: String) -> String {
    let key = message.rfind(" for key '").filter(|_| matches!(number, 1062 | 1586));
    key.map_or(message.clone(), |at| format!("duplicate entry{}", &message[at..]))
}

/// Constraint, table and column, which MySQL tells in the message only.
fn named(code: &str, message: &str) -> (Option<Constraint>, Option<String>, Option<String>) {
    // A name may have quotes in it. Servers that speak another language say something else before it.
    let last_quoted = || {
        let end = message.rfind('\'')?;
        let before = message[..end].rfind(" for key '").map(|at| at + " for key '".len());
        let start = before.or_else(|| message[..end].rfind('\'').map(|at| at + 1))?;
        Some(&message[start..end])
    };
    let first_quoted = || {
        let start = message.find('\'')? + 1;
        let end = message[start..].find('\'')? + start;
        Some(message[start..end].to_string())
    };
    match code {
        "P2002" => {
            // MySQL writes `table.index`, MariaDB `index`.
            let index = last_quoted().map(|name| name.split_once('.').map_or(name, |(_, index)| index));
            (index.map(|index| Constraint::Index(index.to_string())), None, None)
        }
        "P2003" => {
            // A name may have such quotes in it, too: MariaDB doubles them, MySQL does not.
            let name = message.split_once("CONSTRAINT `").and_then(|(_, rest)| rest.split_once("` FOREIGN KEY ("));
            (Some(Constraint::ForeignKey(name.map(|(name, _)| name.replace("``", "`")))), None, None)
        }
        "P2011" => {
            let column = first_quoted();
            (column.clone().map(|column| Constraint::Fields(vec![column])), None, column)
        }
        "P2000" | "P2020" | "P2022" => (None, None, first_quoted()),
        "P2021" => (None, first_quoted(), None),
        _ => (None, None, None),
    }
}
