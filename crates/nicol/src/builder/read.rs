//! Reading requests.

use std::marker::PhantomData;

use nicol_db::Rows;

use super::stream::RowStream;
use super::{Single, Step, operation, shaped};
use crate::Marks;
use crate::Table;
use crate::client::Client;
use crate::column::{Columns, Orders};
use crate::error::{Error, Result};
use crate::filter::{Condition, Filter};
use crate::key::Unique;
use crate::operation::{Bound, Cursor, Read};
use crate::partial::Remaining;
use crate::run;
use crate::shape::{Append, Shape, Whole};
use crate::sql::{self, Statement};

/// Reads rows; see [`Models::find_many`](super::Models::find_many).
#[must_use = "a request does nothing until it is awaited"]
pub struct FindMany<M, S> {
    client: Client,
    read: Read,
    types: Marks<(M, S)>,
}

shaped!(FindMany {});
operation!(
    [M: Table, S: Shape<M>] FindMany<M, S> => Vec<S::Out>, FindMany on Some(M::META),
    admit |this, gate| gate.read(&mut this.read),
    run |session| run::read_all(session, &this.read, S::decode).await,
    single |moment| {
        let single = run::single_read(moment, &this.read)?;
        Ok(Step::of(this, single, |level| level.decode(S::decode), false))
    },
);

/// Reads the first row. `A` says what happens when there is none: see [`FindFirst`] and [`GetFirst`].
#[must_use = "a request does nothing until it is awaited"]
pub struct First<M, S, A> {
    client: Client,
    read: Read,
    types: Marks<(M, S, A)>,
}

/// Reads the first row or none; see [`Models::find_first`](super::Models::find_first).
pub type FindFirst<M, S> = First<M, S, OrNone>;
/// Reads the first row, which must be there; see [`Models::get_first`](super::Models::get_first).
pub type GetFirst<M, S> = First<M, S, OrError>;

shaped!(First<A> {});
operation!(
    [M: Table, S: Shape<M>] First<M, S, OrNone> => Option<S::Out>, FindFirst on Some(M::META),
    admit |this, gate| gate.read(&mut this.read),
    run |session| Ok(run::read_all(session, &this.read, S::decode).await?.pop()),
    single |moment| {
        let single = run::single_read(moment, &this.read)?;
        Ok(Step::of(this, single, |level| Ok(level.decode(S::decode)?.pop()), false))
    },
);
operation!(
    [M: Table, S: Shape<M>] First<M, S, OrError> => S::Out, FindFirst on Some(M::META),
    admit |this, gate| gate.read(&mut this.read),
    run |session| present::<M, S>(run::read_all(session, &this.read, S::decode).await?, "get_first"),
    single |moment| {
        let single = run::single_read(moment, &this.read)?;
        Ok(Step::of(this, single, |level| present::<M, S>(level.decode(S::decode)?, "get_first"), true))
    },
);

/// The one row, which must be there.
fn present<M: Table, S: Shape<M>>(mut rows: Vec<S::Out>, operation: &str) -> Result<S::Out> {
    rows.pop().ok_or_else(|| Error::not_found(M::META, operation))
}

fn everything<M: Table>() -> Read {
    let mut read = Read::new(M::META);
    read.all_columns();
    read
}

impl<M: Table> FindMany<M, Whole<M>> {
    pub(super) fn all(client: Client) -> Self {
        FindMany { client, read: everything::<M>(), types: PhantomData }
    }
}

impl<M: Table, A> First<M, Whole<M>, A> {
    pub(super) fn new(client: Client) -> Self {
        let mut read = everything::<M>();
        read.take = Some(1);
        First { client, read, types: PhantomData }
    }
}

/// The same methods of several builders. They are written in the invocation, so that what the compiler says of them shows
/// them as they are.
macro_rules! same {
    ($([$($generics:tt)*] $builder:ty),* => $methods:tt) => { $(same! { @one [$($generics)*] $builder => $methods })* };
    (@one [$($generics:tt)*] $builder:ty => { $($methods:tt)* }) => {
        impl<$($generics)*> $builder {
            $($methods)*
        }
    };
}

same! { [M, S] FindMany<M, S>, [M, S, A] First<M, S, A>, [M] CountRows<M> => {
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
} }

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
}

macro_rules! omitting {
    ($builder:ident $(, $end:ident)?) => {
        impl<M: Table, S: Shape<M> $(, $end)?> $builder<M, S $(, $end)?> {
            /// All columns but these, as rows whose columns are asked for one by one: [`Partial`](crate::Partial). A struct
            /// that derives `Shape` does the same with fields.
            pub fn omit(self, columns: impl Columns<M>) -> $builder<M, Remaining<M> $(, $end)?> {
                self.select(Remaining::without(columns))
            }
        }
    };
}

omitting!(FindMany);
omitting!(First, A);
omitting!(One, A);

same! { [M, S] FindMany<M, S>, [M, S, A] First<M, S, A>, [M, S, A] One<M, S, A> => {
    /// Rows and their related rows as they were at one moment, though several statements read them: the statements
    /// run in one read-only transaction (`repeatable read`). On PostgreSQL that costs no round trip. Inside a
    /// transaction its own isolation holds.
    pub fn consistent(mut self) -> Self {
        self.read.is_consistent = true;
        self
    }
} }

same! { [M, S] FindMany<M, S>, [M, S, A] One<M, S, A>, [M, S, A] First<M, S, A> => {
    /// The statement that reads the rows; those of related rows depend on its answer.
    ///
    /// # Errors
    /// P2019 when the database cannot be asked this.
    pub fn to_sql(&self) -> Result<Statement> {
        run::statement(self.client.dialect(), &self.read)
    }
} }

impl<M> CountRows<M> {
    /// The statement that counts.
    ///
    /// # Errors
    /// P2019 when the database cannot be asked this.
    pub fn to_sql(&self) -> Result<Statement> {
        sql::count(self.client.dialect(), &self.read)
    }
}

impl<M, S, A> First<M, S, A> {
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

shaped!(One<A> {});
operation!(
    [M: Table, S: Shape<M>] One<M, S, OrNone> => Option<S::Out>, Find on Some(M::META),
    admit |this, gate| gate.read(&mut this.read),
    run |session| Ok(run::read_all(session, &this.read, S::decode).await?.pop()),
    single |moment| {
        let single = run::single_read(moment, &this.read)?;
        Ok(Step::of(this, single, |level| Ok(level.decode(S::decode)?.pop()), false))
    },
);
operation!(
    [M: Table, S: Shape<M>] One<M, S, OrError> => S::Out, Find on Some(M::META),
    admit |this, gate| gate.read(&mut this.read),
    run |session| present::<M, S>(run::read_all(session, &this.read, S::decode).await?, "get"),
    single |moment| {
        let single = run::single_read(moment, &this.read)?;
        Ok(Step::of(this, single, |level| present::<M, S>(level.decode(S::decode)?, "get"), true))
    },
);

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

operation!(
    [M: Table] CountRows<M> => i64, Count on Some(M::META),
    admit |this, gate| gate.read(&mut this.read),
    run |session| run::count(session, &this.read).await,
    single |moment| {
        let statement = sql::count(moment.dialect, &this.read)?;
        let finish = Box::new(|rows: Rows| run::counted(&rows));
        Ok(Step::Single(Single { statement, table: Some(this.read.table), finish, may_fail_late: false }))
    },
);
