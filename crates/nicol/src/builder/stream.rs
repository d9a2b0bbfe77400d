//! Rows as a stream: a batch at a time, so that memory stays flat whatever the number of rows.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use futures_core::Stream;
use nicol_db::Value;
use tracing::Instrument;

use super::{Watch, purpose};
use crate::Table;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::hook::Operation;
use crate::meta::Kind;
use crate::operation::{Bound, Cursor, Field, OrderBy, Read};
use crate::run::{self, BoxFuture, Level, cell_value};
use crate::shape::Shape;

/// Rows in one statement.
const BATCH: u64 = 1000;

/// Rows of a request, read a batch at a time; see [`FindMany::stream`](super::FindMany::stream).
///
/// A [`Stream`]; without stream combinators, [`next`](RowStream::next) does.
#[must_use = "a stream does nothing until it is polled"]
pub struct RowStream<T> {
    ready: vec::IntoIter<T>,
    state: State<T>,
}

enum State<T> {
    Idle(Box<Batches<T>>),
    Loading(Load<T>),
    Failed(Error),
    Over,
}

/// A batch on its way, and what is left after it.
type Load<T> = BoxFuture<'static, (Box<Batches<T>>, Result<Vec<T>>)>;

/// What is left to be read.
struct Batches<T> {
    client: Client,
    read: Read,
    /// The columns of the order, with the places of their values in the select list.
    order: Vec<(u16, usize)>,
    left: Option<u64>,
    decode: fn(&mut run::Reader<'_>) -> Result<T>,
    is_over: bool,
}

impl<T: Send + 'static> RowStream<T> {
    pub(super) fn new<M: Table, S: Shape<M, Out = T>>(client: Client, read: Read) -> Self {
        let state = match Batches::plan(client, read, S::decode) {
            Ok(batches) => State::Idle(Box::new(batches)),
            Err(error) => State::Failed(error),
        };
        RowStream { ready: Vec::new().into_iter(), state }
    }

    /// The next row; none when all have been read.
    ///
    /// # Errors
    /// Those of the statement that reads the next batch. Nothing follows an error.
    pub async fn next(&mut self) -> Result<Option<T>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }
}

impl<T: Send + 'static> Stream for RowStream<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(row) = self.ready.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            match std::mem::replace(&mut self.state, State::Over) {
                State::Over => return Poll::Ready(None),
                State::Failed(error) => return Poll::Ready(Some(Err(error))),
                State::Idle(batches) if batches.is_over => return Poll::Ready(None),
                State::Idle(mut batches) => {
                    self.state = State::Loading(Box::pin(async move {
                        let rows = batches.load().await;
                        (batches, rows)
                    }));
                }
                State::Loading(mut loading) => match loading.as_mut().poll(context) {
                    Poll::Pending => {
                        self.state = State::Loading(loading);
                        return Poll::Pending;
                    }
                    Poll::Ready((_, Err(error))) => return Poll::Ready(Some(Err(error))),
                    Poll::Ready((batches, Ok(rows))) => {
                        self.ready = rows.into_iter();
                        self.state = State::Idle(batches);
                    }
                },
            }
        }
    }
}

impl<T> Unpin for RowStream<T> {}

impl<T> Batches<T> {
    fn plan(client: Client, mut read: Read, decode: fn(&mut run::Reader<'_>) -> Result<T>) -> Result<Self> {
        if let Some(gate) = client.hooks().gate(Operation::FindMany) {
            gate.read(&mut read)?;
        }
        let refuse = |why: &str| Err(Error::new("P2019", format!("stream: {why}")).on(read.table));
        if read.is_backward() {
            return refuse(
                "rows come from the first to the last; give the opposite order instead of a negative `take`",
            );
        }
        if read.table.key.is_empty() {
            return refuse("the rows have no key that tells where one batch ends and the next begins");
        }
        // In an order in which no two rows are equal, the values of a row tell what comes after it.
        let terms = read.ordered_by_key();
        let mut columns = Vec::with_capacity(terms.len());
        for term in &terms {
            let OrderBy::Column(column) = term.by else {
                return refuse("rows are ordered by columns of their own only");
            };
            if read.table.column(column).kind == Kind::Float && client.dialect().is_mysql_family() {
                return refuse("the order cannot be by a Float, whose values MySQL does not find again");
            }
            columns.push(column);
        }
        let first = read.fields.0.iter().filter(|field| !matches!(field, Field::Nested { .. })).count();
        read.fields.0.extend(columns.iter().map(|&column| Field::Column(column)));
        read.order = terms;
        let order = columns.into_iter().zip(first..).collect();
        let left = read.take.map(i64::unsigned_abs);
        Ok(Batches { client, read, order, left, decode, is_over: false })
    }

    async fn load(&mut self) -> Result<Vec<T>> {
        let size = self.left.map_or(BATCH, |left| left.min(BATCH));
        self.read.take = Some(i64::try_from(size).unwrap_or(i64::MAX));
        let (client, read) = (&self.client, &self.read);
        let (operation, table) = (Operation::FindMany, Some(read.table));
        let watch = Watch::begin(operation, table);
        let result = async {
            let mut taken = client.take(purpose(operation, table), true).await?;
            run::read(&mut taken.session()?, read).await
        }
        .instrument(watch.span())
        .await;
        let level = watch.end(client, result)?;
        let count = level.len() as u64;
        self.left = self.left.map(|left| left - count.min(left));
        self.is_over = count < size || self.left == Some(0);
        if let (false, Some(last)) = (self.is_over, level.rows().last()) {
            let last = self.values(&last)?;
            if let Some(Cursor { at: Bound::Values(before), .. }) = &self.read.cursor
                && *before == last
            {
                return Err(Error::inconsistent("stream: rows do not come in their order").on(self.read.table));
            }
            self.read.cursor = Some(Cursor { at: Bound::Values(last), inclusive: false });
            self.read.skip = 0;
        }
        self.decode(&level)
    }

    fn decode(&self, level: &Level) -> Result<Vec<T>> {
        level.decode(self.decode)
    }

    fn values(&self, row: &nicol_db::Row<'_>) -> Result<Vec<Value>> {
        let kind = |column: u16| self.read.table.column(column).kind;
        let value = |&(column, place): &(u16, usize)| cell_value(kind(column), row.cell(place));
        self.order.iter().map(|order| Ok(value(order)?.unwrap_or(Value::Null))).collect()
    }
}
