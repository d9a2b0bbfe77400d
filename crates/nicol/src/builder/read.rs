//! Reading requests.

use std::marker::PhantomData;

use super::stream::RowStream;
use super::{BoxFuture, awaitable, shaped};
use crate::Marks;
use crate::Table;
use crate::client::Client;
use crate::column::{Columns, Orders};
use crate::error::{Error, Result};
use crate::filter::{Condition, Filter};
use crate::key::Unique;
use crate::operation::{Bound, Cursor, Read};
use crate::partial::Remaining;
use crate::run::{self, Level};
use crate::shape::{Append, Shape, Whole};
use crate::sql::{self, Statement};

async fn load(client: &Client, read: &Read) -> Result<Level> {
    let mut taken = client.take().await?;
    run::read(&mut taken.session()?, read).await
}

/// Reads rows; see [`Models::find_many`](super::Models::find_many).
#[must_use = "a request does nothing until it is awaited"]
pub struct FindMany<M, S> {
    client: Client,
    read: Read,
    types: Marks<(M, S)>,
}

shaped!(FindMany {});
awaitable!([M: Table, S: Shape<M>] FindMany<M, S> => Vec<S::Out>, this, async move {
    load(&this.client, &this.read).await?.decode(S::decode)
});

/// Reads the first row; see [`Models::find_first`](super::Models::find_first).
#[must_use = "a request does nothing until it is awaited"]
pub struct First<M, S> {
    client: Client,
    read: Read,
    types: Marks<(M, S)>,
}

shaped!(First {});
awaitable!([M: Table, S: Shape<M>] First<M, S> => Option<S::Out>, this, async move {
    let mut read = this.read;
    read.take.get_or_insert(1);
    Ok(load(&this.client, &read).await?.decode(S::decode)?.pop())
});

fn everything<M: Table>() -> Read {
    let mut read = Read::new(M::META);
    read.all_columns();
    read
}

impl<M: Table> FindMany<M, Whole<M>> {
    pub(super) fn all(client: Client) -> Self {
        FindMany { client, read: everything::<M>(), types: PhantomData }
    }

    pub(super) fn first(client: Client) -> First<M, Whole<M>> {
        First { client, read: everything::<M>(), types: PhantomData }
    }
}

macro_rules! filtered {
    ([$($generics:tt)*] $builder:ty) => {
        impl<$($generics)*> $builder {
            /// Only rows that fulfil the filter (and those given before).
            pub fn filter(mut self, filter: Filter<M>) -> Self {
                Condition::join(&mut self.read.condition, filter.condition);
                self
            }

            /// In this order; further orders decide between equal rows.
            pub fn order_by(mut self, orders: impl Orders<M>) -> Self {
                orders.push_onto(&mut self.read.order);
                self
            }

            /// Leaves out the first rows.
            pub fn skip(mut self, count: u64) -> Self {
                self.read.skip = count;
                self
            }

            /// Begins with the row that has this key; nothing follows a row that is not there. Rows that are equal in the
            /// order asked for come in the order of their keys.
            pub fn cursor(mut self, row: Unique<M>) -> Self {
                self.read.cursor = Some(Cursor { at: Bound::Row(row.key), inclusive: true });
                self
            }

            /// Begins after the row that has this key.
            pub fn after(mut self, row: Unique<M>) -> Self {
                self.read.cursor = Some(Cursor { at: Bound::Row(row.key), inclusive: false });
                self
            }

            /// Of rows that are equal in these columns only the first. Pages are pages of the rows that are left.
            pub fn distinct(mut self, columns: impl Columns<M>) -> Self {
                self.read.distinct = columns.indices();
                self
            }
        }
    };
}

filtered!([M, S] FindMany<M, S>);
filtered!([M, S] First<M, S>);
filtered!([M] CountRows<M>);

impl<M, S> FindMany<M, S> {
    /// At most so many rows; below zero, the last ones (in the order asked for all the same). Without an order rows go
    /// by key.
    pub fn take(mut self, count: i64) -> Self {
        self.read.take = Some(count);
        self
    }
}

impl<M: Table, S: Shape<M>> FindMany<M, S> {
    /// The rows as a stream: read in batches of a thousand, so that memory stays flat whatever their number. Rows that are
    /// equal in the order asked for come in the order of their keys. Each batch is a statement of its own: rows that
    /// change meanwhile are seen as they are then, unless the stream runs in a transaction that is kept apart
    /// (`repeatable read`).
    pub fn stream(self) -> RowStream<S::Out> {
        RowStream::new::<M, S>(self.client, self.read)
    }

    /// All columns but these, as rows whose columns are asked for one by one: [`Partial`]. A struct that derives `Shape`
    /// does the same with fields.
    pub fn omit(self, columns: impl Columns<M>) -> FindMany<M, Remaining<M>> {
        self.select(Remaining::without(columns))
    }
}

/// `.to_sql()` of builders with a `client` and a `read`.
macro_rules! shown {
    ([$($generics:tt)*] $builder:ty) => {
        impl<$($generics)*> $builder {
            /// The statement that reads the rows; those of related rows depend on its answer.
            ///
            /// # Errors
            /// P2019 when the database cannot be asked this.
            pub fn to_sql(&self) -> Result<Statement> {
                run::statement(self.client.dialect(), &self.read)
            }
        }
    };
}

shown!([M, S] FindMany<M, S>);
shown!([M, S, A] One<M, S, A>);

impl<M> CountRows<M> {
    /// The statement that counts.
    ///
    /// # Errors
    /// P2019 when the database cannot be asked this.
    pub fn to_sql(&self) -> Result<Statement> {
        sql::count(self.client.dialect(), &self.read)
    }
}

impl<M, S> First<M, S> {
    /// The statement that reads the row.
    ///
    /// # Errors
    /// P2019 when the database cannot be asked this.
    pub fn to_sql(&self) -> Result<Statement> {
        let mut read = self.read.clone();
        read.take.get_or_insert(1);
        run::statement(self.client.dialect(), &read)
    }

    /// The last row instead of the first.
    pub fn last(mut self) -> Self {
        self.read.take = Some(-1);
        self
    }
}

/// Reads the row with a unique key. `A` says what happens when there is none: see [`Find`] and [`Get`].
#[must_use = "a request does nothing until it is awaited"]
pub struct One<M, S, A> {
    client: Client,
    read: Read,
    types: Marks<(M, S, A)>,
}

/// An absent row is `None`.
pub enum OrNone {}
/// An absent row is P2025.
pub enum OrError {}

/// Reads a row or none; see [`Models::find`](super::Models::find).
pub type Find<M, S> = One<M, S, OrNone>;
/// Reads a row that must be there; see [`Models::get`](super::Models::get).
pub type Get<M, S> = One<M, S, OrError>;

impl<M: Table, A> One<M, Whole<M>, A> {
    pub(super) fn by_key(client: Client, key: Unique<M>) -> Self {
        let mut read = everything::<M>();
        read.condition = Some(key.key.condition());
        One { client, read, types: PhantomData }
    }
}

impl<M: Table, S: Shape<M>, A> One<M, S, A> {
    /// With related rows: the result becomes a tuple of the row and what was asked for beside it.
    pub fn with<R: Shape<M>>(mut self, relation: R) -> One<M, <S as Append<R>>::Out, A>
    where
        S: Append<R>,
    {
        relation.plan(&mut self.read.fields);
        One { client: self.client, read: self.read, types: PhantomData }
    }

    /// Only these columns, relations and counts.
    pub fn select<N: Shape<M>>(mut self, shape: N) -> One<M, N, A> {
        self.read.fields.0.clear();
        shape.plan(&mut self.read.fields);
        One { client: self.client, read: self.read, types: PhantomData }
    }
}

awaitable!([M: Table, S: Shape<M>] One<M, S, OrNone> => Option<S::Out>, this, async move {
    Ok(load(&this.client, &this.read).await?.decode(S::decode)?.pop())
});
awaitable!([M: Table, S: Shape<M>] One<M, S, OrError> => S::Out, this, async move {
    let row = load(&this.client, &this.read).await?.decode(S::decode)?.pop();
    row.ok_or_else(|| Error::not_found(M::META, "get"))
});

/// Counts rows; see [`Models::count`](super::Models::count).
#[must_use = "a request does nothing until it is awaited"]
pub struct CountRows<M> {
    client: Client,
    read: Read,
    types: Marks<M>,
}

impl<M: Table> CountRows<M> {
    pub(super) fn new(client: Client) -> Self {
        CountRows { client, read: Read::new(M::META), types: PhantomData }
    }

    /// Counts at most so many.
    pub fn take(mut self, count: i64) -> Self {
        self.read.take = Some(count);
        self
    }
}

awaitable!([M: Table] CountRows<M> => i64, this, async move {
    let mut taken = this.client.take().await?;
    run::count(&mut taken.session()?, &this.read).await
});
