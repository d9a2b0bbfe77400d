//! PostgreSQL and CockroachDB, spoken to directly: the protocol's messages over a socket that the caller's own task drives.
//!
//! Statements are prepared and cached; the types the server gives its parameters decide how a value is sent (see
//! [`encode`]). Rows stay as received and are read in binary form (see [`decode`]). What is sent together is ended by one Sync:
//! the server skips what follows an error, so that nothing runs outside the transaction it was meant for. Behind a pooler in
//! transaction mode (`pgbouncer=true`) nothing is prepared by name.

mod cells;
mod decode;
mod describe;
mod encode;
mod message;
mod refusal;
mod startup;
mod types;
mod wire;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use postgres_types::{Oid, Type};

pub(crate) use cells::Cells;
pub(crate) use decode::read;
pub use decode::{Array, Record};
use message::RawColumn;
use refusal::Refusal;
use startup::Canceller;
use wire::{Wire, garbled};

use crate::connection::Step;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::rows::{Column, ColumnType, Data, Rows};
use crate::url::ConnectionUrl;
use crate::value::Value;

/// How long a pooler may take to find a session for a transaction.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// How long a server may take to close a connection it was said goodbye on.
const GOODBYE_LIMIT: Duration = Duration::from_secs(1);
/// Prepared statements kept by a connection.
const CACHED_STATEMENTS: usize = 256;

/// One open session.
pub(crate) struct Postgres {
    wire: Wire,
    canceller: Canceller,
    statements: HashMap<Box<str>, Cached>,
    /// Names of statements on the server that nobody needs any more.
    forgotten: Vec<String>,
    clock: u64,
    types: HashMap<Oid, Type>,
    unnamed_only: bool,
    url: ConnectionUrl,
    /// The server process at work for us when the connection was opened, as it says itself.
    process: Option<i32>,
    /// A call is under way; still set on drop when its future was given up.
    is_busy: bool,
    pub(crate) dialect: Dialect,
    pub(crate) version: String,
}

struct Cached {
    statement: Arc<Prepared>,
    used: u64,
}

/// A statement that the server has prepared.
struct Prepared {
    name: String,
    parameters: Vec<Type>,
    columns: Arc<[Column]>,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.wire.is_closed() {
            return;
        }
        if !self.is_busy {
            self.wire.outbox.clear();
            if message::terminate(&mut self.wire.outbox).is_ok() {
                self.wire.send_now();
            }
            return;
        }
        // Closing the socket does not stop a running statement: the server is asked to. Best effort, for the session ends
        // anyway when the server next looks at its socket.
        let canceller = self.canceller.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { drop(tokio::time::timeout(ANSWER_LIMIT, canceller.ask()).await) });
        }
    }
}

/// What the server has said up to a Sync's end: the rows of each statement that ran, or what it refused.
#[derive(Default)]
struct Answer {
    results: Vec<(Cells, u64)>,
    columns: Option<Vec<RawColumn>>,
    parameters: Option<Vec<Oid>>,
    refusal: Option<Refusal>,
    /// Rows came that are of a file's form, not of a result's.
    has_copied: bool,
}

impl Answer {
    /// The results, or the error of the statement.
    fn results(self, sql: &str) -> Result<Vec<(Cells, u64)>> {
        match self.refusal {
            Some(refusal) => Err(refusal.into_error(sql)),
            None if self.has_copied => {
                Err(Error::new("P2010", "COPY TO STDOUT gives a file, which nicol does not take: use SELECT"))
            }
            None => Ok(self.results),
        }
    }

    /// Adds the rows of the statements that were sent with one Sync; a script has none. The first error, with the number of its
    /// step.
    fn rows_of(self, group: &[Call<'_>], rows: &mut Vec<Option<Rows>>) -> std::result::Result<(), (usize, Error)> {
        // What ran has a result; of several statements in a script the last one counts.
        let reached = if group[0].is_script() { 0 } else { self.results.len().min(group.len() - 1) };
        let Call { at, sql, how, .. } = &group[reached];
        let results = self.results(sql).map_err(|error| {
            // What is behind a BEGIN that was refused is not what was meant: nobody is to go on with such a session.
            (*at, if matches!(how, How::Before) { error.lost() } else { error })
        })?;
        if group[0].is_script() {
            rows.push(None);
            return Ok(());
        }
        if results.len() != group.len() {
            return Err((*at, closed(garbled("fewer answers than statements"))));
        }
        for (call, (cells, affected)) in group.iter().zip(results) {
            if let How::Prepared(statement) = &call.how {
                rows.push(Some(rows_of(cells, affected, &statement.columns).map_err(|error| (call.at, error))?));
            }
        }
        Ok(())
    }

    /// The rows of the only statement that ran.
    fn rows(self, sql: &str, columns: &Arc<[Column]>) -> Result<Rows> {
        let (cells, affected) = self.results(sql)?.pop().ok_or_else(|| closed(garbled("no end of a statement")))?;
        rows_of(cells, affected, columns)
    }
}

fn rows_of(cells: Cells, affected: u64, columns: &Arc<[Column]>) -> Result<Rows> {
    if cells.rows() > 0 && cells.width() != columns.len() {
        return Err(closed(garbled("rows with other columns than were told")));
    }
    Ok(Rows { columns: columns.clone(), data: Data::Postgres(cells), affected })
}

/// One of several things that are sent together.
struct Call<'a> {
    /// The number of its step; BEGIN and the like belong to the first, COMMIT stands behind the last.
    at: usize,
    sql: &'a str,
    params: &'a [Value],
    how: How,
}

/// How the server is told.
enum How {
    Before,
    Behind,
    Script,
    Unprepared,
    Prepared(Arc<Prepared>),
}

impl Call<'_> {
    fn is_script(&self) -> bool {
        matches!(self.how, How::Script)
    }
}

impl Postgres {
    pub(crate) async fn open(url: &ConnectionUrl) -> Result<Postgres> {
        let startup::Greeted { wire, canceller } = startup::open(url).await?;
        let mut opened = Postgres {
            wire,
            canceller,
            statements: HashMap::new(),
            forgotten: Vec::new(),
            clock: 0,
            types: HashMap::new(),
            unnamed_only: url.flag("pgbouncer"),
            url: url.clone(),
            process: None,
            is_busy: false,
            dialect: Dialect::Postgres,
            version: String::new(),
        };
        opened.set_up(url).await?;
        Ok(opened)
    }

    async fn set_up(&mut self, url: &ConnectionUrl) -> Result<()> {
        let mut script = String::from("SET TIME ZONE 'UTC'; ");
        if let Some(schema) = url.schema() {
            script.push_str("SET search_path = ");
            Dialect::Postgres.quote_into(&mut script, schema);
            script.push_str("; ");
        }
        script.push_str(WHO_ARE_YOU);
        let answers = self.ask(&script).await?;
        let version = answers.last().and_then(|cells| cells.text(0, 0));
        self.version = version.unwrap_or_default().to_string();
        self.process = process_in(&answers);
        if self.version.contains("CockroachDB") {
            self.dialect = Dialect::Cockroachdb;
        }
        Ok(())
    }

    pub(crate) async fn query(&mut self, sql: &str, params: &[Value]) -> Result<Rows> {
        if self.unnamed_only {
            return self.query_unnamed(sql, params).await;
        }
        let statement = self.prepare(sql).await?;
        self.write_call(&statement, params)?;
        message::sync(&mut self.wire.outbox)?;
        self.exchange(false).await?.rows(sql, &statement.columns)
    }

    pub(crate) async fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        // Without parameters one round trip does; such a statement is most often DDL, not worth a place in the cache.
        let rows =
            if params.is_empty() { self.query_unnamed(sql, params).await? } else { self.query(sql, params).await? };
        Ok(rows.affected)
    }

    /// The types of a statement's parameters, quoted and with their schemas.
    pub(crate) async fn parameter_types(&mut self, sql: &str) -> Result<Vec<String>> {
        let statement = self.prepare(sql).await?;
        let name = |ty: &Type| {
            let mut name = String::new();
            self.dialect.quote_into(&mut name, ty.schema());
            name.push('.');
            self.dialect.quote_into(&mut name, ty.name());
            name
        };
        Ok(statement.parameters.iter().map(name).collect())
    }

    /// Runs several statements without waiting for each other's answers: what follows an error does not run.
    pub(crate) async fn query_all(&mut self, statements: &[(&str, &[Value])]) -> Result<Vec<Rows>> {
        let steps: Vec<Step<'_>> = statements.iter().map(|(sql, params)| Step::Statement(sql, params)).collect();
        let rows = self.run_steps(&[], &steps, None).await.map_err(|(_, error)| error)?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Runs steps, with words before them that govern their transaction (BEGIN, a savepoint) and behind them (COMMIT) as asked,
    /// without waiting for one another's answers. Statements next to each other, such words among them, end with one Sync: what
    /// follows an error does not run. A script is a message of its own: behind an error it fails inside a transaction.
    pub(crate) async fn run_steps(
        &mut self,
        before: &[&str],
        steps: &[Step<'_>],
        behind: Option<&str>,
    ) -> std::result::Result<Vec<Option<Rows>>, (usize, Error)> {
        let calls = self.calls(before, steps, behind).await?;
        self.drain().map_err(|error| (0, error))?;
        if let Err(error) = self.write_calls(&calls) {
            self.wire.outbox.clear();
            return Err(error);
        }
        let mut broken = self.wire.send().await.err();
        let mut rows = Vec::with_capacity(steps.len());
        let mut failed = None;
        for group in calls.chunk_by(|one, next| !one.is_script() && !next.is_script()) {
            let answer = match self.hear(group[0].is_script()).await {
                Ok(answer) => answer,
                // Nothing more comes.
                Err(error) => return Err(failed.unwrap_or((group[0].at, closed(broken.take().unwrap_or(error))))),
            };
            // Every answer is read, so that the connection is at rest when the first error is given.
            if let Err(error) = answer.rows_of(group, &mut rows) {
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(rows), Err)
    }

    /// What is to be sent for steps; statements are prepared now.
    async fn calls<'a>(
        &mut self,
        before: &[&'a str],
        steps: &[Step<'a>],
        behind: Option<&'a str>,
    ) -> std::result::Result<Vec<Call<'a>>, (usize, Error)> {
        let mut calls = Vec::with_capacity(steps.len() + 3);
        calls.extend(before.iter().map(|sql| Call { at: 0, sql, params: &[], how: How::Before }));
        calls.extend(steps.iter().enumerate().map(|(at, step)| match *step {
            Step::Script(sql) => Call { at, sql, params: &[], how: How::Script },
            Step::Statement(sql, params) => Call { at, sql, params, how: How::Unprepared },
        }));
        let wanted = |call: &&mut Call<'_>| matches!(call.how, How::Unprepared);
        let texts: Vec<(usize, &str)> = calls.iter_mut().filter(wanted).map(|call| (call.at, call.sql)).collect();
        let prepared = self.prepare_all(&texts).await?;
        for (call, statement) in calls.iter_mut().filter(wanted).zip(prepared) {
            call.how = How::Prepared(statement);
        }
        calls.extend(behind.map(|sql| Call { at: steps.len(), sql, params: &[], how: How::Behind }));
        Ok(calls)
    }

    fn write_calls(&mut self, calls: &[Call<'_>]) -> std::result::Result<(), (usize, Error)> {
        for (at, call) in calls.iter().enumerate() {
            let written = match &call.how {
                How::Script => message::query(&mut self.wire.outbox, call.sql),
                How::Prepared(statement) => self.write_call(statement, call.params),
                How::Before | How::Behind | How::Unprepared => self.write_unnamed(call.sql, call.params),
            };
            written.map_err(|error| (call.at, error))?;
            let is_last = calls.get(at + 1).is_none_or(Call::is_script);
            if is_last && !call.is_script() {
                message::sync(&mut self.wire.outbox).map_err(|error| (call.at, error))?;
            }
        }
        Ok(())
    }

    /// Binds values to a prepared statement and runs it.
    fn write_call(&mut self, statement: &Prepared, params: &[Value]) -> Result<()> {
        let wanted = statement.parameters.len();
        if wanted != params.len() {
            return Err(parameter_count(wanted, params.len()));
        }
        let before = self.wire.outbox.len();
        let values = params.iter().zip(&statement.parameters);
        let written = message::bind(&mut self.wire.outbox, &statement.name, values);
        let written = written.and_then(|()| message::execute(&mut self.wire.outbox));
        if written.is_err() {
            self.wire.outbox.truncate(before);
        }
        written
    }

    /// Parses, binds and runs, leaving nothing on the server. Values go as text; the server finds the types.
    fn write_unnamed(&mut self, sql: &str, params: &[Value]) -> Result<()> {
        let before = self.wire.outbox.len();
        let outbox = &mut self.wire.outbox;
        let written = message::parse(outbox, "", sql)
            .and_then(|()| message::bind(outbox, "", params.iter().map(|value| (value, &Type::UNKNOWN))))
            .and_then(|()| message::describe_bound(outbox))
            .and_then(|()| message::execute(outbox));
        if written.is_err() {
            self.wire.outbox.truncate(before);
        }
        written
    }

    /// Runs a statement in one round trip without preparing it by name.
    async fn query_unnamed(&mut self, sql: &str, params: &[Value]) -> Result<Rows> {
        self.write_unnamed(sql, params)?;
        message::sync(&mut self.wire.outbox)?;
        let mut answer = self.exchange(false).await?;
        let told = answer.columns.take().unwrap_or_default();
        let columns = match answer.refusal {
            None => self.columns_of(told).await?,
            Some(_) => Arc::default(),
        };
        answer.rows(sql, &columns)
    }

    /// Sends a script as one message. Every result of it is read.
    pub(crate) async fn run_script(&mut self, sql: &str) -> Result<()> {
        self.ask(sql).await.map(drop)
    }

    /// The rows of each statement of a script, their values as text.
    async fn ask(&mut self, sql: &str) -> Result<Vec<Cells>> {
        message::query(&mut self.wire.outbox, sql)?;
        let results = self.exchange(true).await?.results(sql)?;
        Ok(results.into_iter().map(|(cells, _)| cells).collect())
    }

    /// Sends what was written and reads the answer to it.
    async fn exchange(&mut self, is_script: bool) -> Result<Answer> {
        if let Err(error) = self.drain() {
            self.wire.outbox.clear();
            return Err(error);
        }
        let sent = self.wire.send().await;
        // A server that closes the connection may have said why.
        let heard = self.hear(is_script).await;
        heard.map_err(|error| closed(sent.err().unwrap_or(error)))
    }

    /// Takes in what the server has said without being asked. Before something is sent there can be notices only, and the reason
    /// for an end.
    fn drain(&mut self) -> Result<()> {
        while self.wire.has_received() {
            match self.wire.next_received().map_err(closed)? {
                None => break,
                Some(message) => match message.tag {
                    b'N' | b'S' | b'A' => {}
                    b'E' => return Err(Refusal::read(message.body).map_err(closed)?.into_error("").lost()),
                    _ => return Err(closed(garbled("an answer to nothing"))),
                },
            }
        }
        Ok(())
    }

    /// Reads up to the end of the answer to a Sync, or to a script.
    async fn hear(&mut self, is_script: bool) -> io::Result<Answer> {
        let mut answer = Answer::default();
        let mut cells = Cells::default();
        loop {
            let message = self.wire.next().await?;
            match message.tag {
                b'D' => cells.push(message.body)?,
                b'C' => answer.results.push((std::mem::take(&mut cells), message::affected(message.body)?)),
                b'I' => answer.results.push(Default::default()),
                b'T' => answer.columns = Some(message::columns(message.body)?),
                b't' => answer.parameters = Some(message::parameters(message.body)?),
                b'E' => {
                    let refusal = Refusal::read(message.body)?;
                    let is_fatal = refusal.is_fatal();
                    answer.refusal.get_or_insert(refusal);
                    if is_fatal {
                        return Ok(answer);
                    }
                }
                b'Z' => return Ok(answer),
                // COPY FROM STDIN: the server forgets the Sync behind it.
                b'G' => {
                    let outbox = &mut self.wire.outbox;
                    let written = message::no_copy(outbox).and_then(|()| match is_script {
                        true => Ok(()),
                        false => message::sync(outbox),
                    });
                    written.map_err(|_| garbled("COPY"))?;
                    self.wire.send().await?;
                }
                // What COPY TO STDOUT gives.
                b'H' | b'd' | b'c' => answer.has_copied = true,
                // Parsed, bound, closed, no rows; notices, settings, notifications.
                b'1' | b'2' | b'3' | b'n' | b'N' | b'S' | b'A' => {}
                _ => return Err(garbled("a message that does not belong here")),
            }
        }
    }

    /// The prepared statement of a text: from the cache, or prepared and put there.
    async fn prepare(&mut self, sql: &str) -> Result<Arc<Prepared>> {
        if let Some(known) = self.cached(sql) {
            return Ok(known);
        }
        let prepared = Box::pin(self.prepare_all(&[(0, sql)])).await.map_err(|(_, error)| error)?;
        prepared.into_iter().next().ok_or_else(|| closed(garbled("no statement")))
    }

    fn cached(&mut self, sql: &str) -> Option<Arc<Prepared>> {
        self.clock += 1;
        let cached = self.statements.get_mut(sql)?;
        cached.used = self.clock;
        Some(cached.statement.clone())
    }

    /// The prepared statements of several texts, each with its number; those not in the cache are prepared in one round trip.
    async fn prepare_all(
        &mut self,
        texts: &[(usize, &str)],
    ) -> std::result::Result<Vec<Arc<Prepared>>, (usize, Error)> {
        let mut new: Vec<(usize, &str, String)> = Vec::new();
        let before = self.clock;
        for (at, sql) in texts {
            if self.cached(sql).is_none() && !new.iter().any(|(_, known, _)| known == sql) {
                new.push((*at, *sql, format!("s{}", self.clock)));
            }
        }
        if let Some((first, _, _)) = new.first() {
            let first = *first;
            self.forget_oldest(before, new.len());
            self.drain().map_err(|error| (first, error))?;
            if let Err(error) = self.write_preparing(&new) {
                self.wire.outbox.clear();
                return Err(error);
            }
            let sent = self.wire.send().await;
            let mut answers = Vec::with_capacity(new.len());
            for _ in &new {
                match self.hear(false).await {
                    Ok(answer) => answers.push(answer),
                    Err(error) => return Err((first, closed(sent.err().unwrap_or(error)))),
                }
            }
            self.keep_prepared(new, answers).await?;
        }
        let one = |(at, sql): &(usize, &str)| self.cached(sql).ok_or_else(|| (*at, closed(garbled("no statement"))));
        texts.iter().map(one).collect()
    }

    fn write_preparing(&mut self, new: &[(usize, &str, String)]) -> std::result::Result<(), (usize, Error)> {
        let outbox = &mut self.wire.outbox;
        for name in self.forgotten.drain(..) {
            message::close_statement(outbox, &name).map_err(|error| (0, error))?;
        }
        for (at, sql, name) in new {
            // Each with a Sync of its own: one that is refused does not keep the others from being prepared.
            message::parse(outbox, name, sql)
                .and_then(|()| message::describe_statement(outbox, name))
                .and_then(|()| message::sync(outbox))
                .map_err(|error| (*at, error))?;
        }
        Ok(())
    }

    /// Puts statements that were just prepared into the cache. If one of them was refused, none of them is kept.
    async fn keep_prepared(
        &mut self,
        new: Vec<(usize, &str, String)>,
        answers: Vec<Answer>,
    ) -> std::result::Result<(), (usize, Error)> {
        let mut refused = None;
        let mut described = Vec::with_capacity(new.len());
        for ((at, sql, name), answer) in new.into_iter().zip(answers) {
            match answer.refusal {
                Some(refusal) => drop(refused.get_or_insert_with(|| (at, refusal.into_error(sql)))),
                None => described.push((at, sql, name, answer)),
            }
        }
        if let Some(refused) = refused {
            self.forgotten.extend(described.into_iter().map(|(_, _, name, _)| name));
            return Err(refused);
        }
        for (at, sql, name, answer) in described {
            let Some(parameters) = answer.parameters else { return Err((at, closed(garbled("no parameters")))) };
            self.learn_types(parameters.iter().copied()).await.map_err(|error| (at, error))?;
            let columns = self.columns_of(answer.columns.unwrap_or_default()).await.map_err(|error| (at, error))?;
            let parameters = parameters.into_iter().map(|oid| self.known_type(oid)).collect();
            let statement = Arc::new(Prepared { name, parameters, columns });
            self.statements.insert(sql.into(), Cached { statement, used: self.clock });
        }
        Ok(())
    }

    async fn columns_of(&mut self, told: Vec<RawColumn>) -> Result<Arc<[Column]>> {
        self.learn_types(told.iter().map(|column| column.ty)).await?;
        let column = |column: RawColumn| {
            let native = ColumnType::Postgres(self.known_type(column.ty));
            Column { name: column.name, native }
        };
        Ok(told.into_iter().map(column).collect())
    }

    /// Makes room in the cache: the least recently used go, but none that was used after a moment.
    fn forget_oldest(&mut self, moment: u64, wanted: usize) {
        while self.statements.len() + wanted > CACHED_STATEMENTS {
            let old = self.statements.iter().filter(|(_, cached)| cached.used <= moment);
            let Some(sql) = old.min_by_key(|(_, cached)| cached.used).map(|(sql, _)| sql.clone()) else { return };
            self.forget(&sql);
        }
    }

    /// Takes a statement out of the cache; the server is told when something is prepared next.
    fn forget(&mut self, sql: &str) -> Option<Arc<Prepared>> {
        let statement = self.statements.remove(sql)?.statement;
        self.forgotten.push(statement.name.clone());
        Some(statement)
    }

    pub(crate) fn is_prepared(&self, sql: &str) -> bool {
        self.statements.contains_key(sql)
    }

    /// After an error: forgets the statement if its plan, its name or its types on the server are out of date. `true` when
    /// it was so.
    pub(crate) async fn renew_statement(&mut self, sql: &str, error: &Error, in_transaction: bool) -> bool {
        if is_stale(error) {
            self.forget(sql);
            self.types.clear();
            return true;
        }
        if !may_be_of_old_types(error) {
            return false;
        }
        // A column may have another type since the statement was prepared; parameters keep the types of that time.
        let Some(old) = self.forget(sql) else {
            return false;
        };
        if in_transaction {
            return false;
        }
        match self.prepare(sql).await {
            Ok(new) => new.parameters != old.parameters,
            Err(_) => false,
        }
    }

    /// Whether the server, as far as is known, still listens: looks at what it has said meanwhile.
    pub(crate) fn look(&mut self) -> bool {
        self.wire.look();
        self.drain().is_ok() && !self.wire.is_closed()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.wire.is_closed()
    }

    pub(crate) fn set_busy(&mut self, is_busy: bool) {
        self.is_busy = is_busy;
    }

    pub(crate) fn unnamed_only(&self) -> bool {
        self.unnamed_only
    }

    /// Whether several connections may be served by one session of the server, so that nothing a session holds can be relied
    /// on. Without a pooler in between this asks nobody; with one it is tried out with a second connection.
    pub(crate) async fn shares_sessions(&mut self) -> Result<bool> {
        // A pooler greets with a number of its own.
        let greeted = self.canceller.process;
        if greeted.is_none() || self.process.is_none() || greeted == self.process {
            return Ok(false);
        }
        let mine = self.current_process().await?;
        let mut other = Box::pin(Postgres::open(&self.url)).await?;
        other.run_script("BEGIN").await?;
        // While the other one is inside a transaction its session is its own: ours must be another one, and the one it was. Where
        // it is ours, asking again would wait for the end of that transaction.
        let theirs = other.current_process().await?;
        let mut is_shared = theirs == mine;
        let mut asked = std::pin::pin!(self.current_process());
        let now = match is_shared {
            true => None,
            false => Some(tokio::time::timeout(ANSWER_LIMIT, &mut asked).await),
        };
        other.run_script("ROLLBACK").await?;
        other.close().await;
        match now {
            None => {}
            Some(Ok(now)) => is_shared = now? != mine,
            Some(Err(_)) => {
                asked.await?;
                is_shared = true;
            }
        }
        Ok(is_shared)
    }

    async fn current_process(&mut self) -> Result<Option<i32>> {
        self.ask(WHO_ARE_YOU).await.map(|answers| process_in(&answers))
    }

    /// Tells the server goodbye and waits until it has closed the connection.
    pub(crate) async fn close(mut self) {
        self.wire.outbox.clear();
        let goodbye = async {
            if message::terminate(&mut self.wire.outbox).is_ok() && self.wire.send().await.is_ok() {
                self.wire.until_closed().await;
            }
        };
        // However it ends, the socket is closed.
        drop(tokio::time::timeout(GOODBYE_LIMIT, goodbye).await);
    }
}

const WHO_ARE_YOU: &str = "SELECT pg_catalog.version(), pg_catalog.pg_backend_pid()";

/// The process number in the second column of an answer.
fn process_in(answers: &[Cells]) -> Option<i32> {
    answers.last()?.text(0, 1)?.parse().ok()
}

/// Errors that a value of the right type meets when the server takes its parameter for another one: data exceptions (wrong
/// form, out of range), types that do not fit, no such operator.
fn may_be_of_old_types(error: &Error) -> bool {
    error.native_code().is_some_and(|code| code.starts_with("22") || code == "42804" || code == "42883")
}

/// True when a statement failed because its plan or its name on the server is out of date.
fn is_stale(error: &Error) -> bool {
    match error.native_code() {
        // "prepared statement does not exist"
        Some("26000") => true,
        // "cached plan must not change result type": 0A000 is "not supported" otherwise, and texts are translated.
        Some("0A000") => error.message().contains("cached plan"),
        // "cache lookup failed for type": a type was dropped and made again.
        Some("XX000") => error.message().contains("cache lookup failed"),
        _ => false,
    }
}

fn parameter_count(wanted: usize, given: usize) -> Error {
    Error::new("P1016", format!("the statement has {wanted} parameters, but {given} were given"))
}

/// The connection is of no more use.
fn closed(error: io::Error) -> Error {
    let why = match error.kind() {
        io::ErrorKind::UnexpectedEof => "the server ended it".to_string(),
        io::ErrorKind::InvalidData => format!("the server sent {error}"),
        _ => error.to_string(),
    };
    Error::new("P1017", format!("the connection was closed: {why}")).lost()
}
