//! Requests: built step by step, run when awaited.

mod batch;
mod read;
mod request;
mod stream;
mod summary;
mod write;

use std::marker::PhantomData;

pub use batch::{Batch, Batched};
pub use read::{CountRows, Find, FindFirst, FindMany, First, Get, GetFirst, One};
pub(crate) use request::execute;
pub use request::{Head, Request, Single, Step};
pub(crate) use request::{Watch, purpose};
pub use stream::RowStream;
pub use summary::{Aggregate, GroupBy};
pub use write::{
    Create, CreateMany, CreateManyReturning, Delete, DeleteMany, Update, UpdateMany, UpdateManyReturning, Upsert,
};

use crate::Marks;
use crate::client::Client;
use crate::column::Columns;
use crate::filter::Filter;
use crate::group::{Grouped, Total};
use crate::key::{Form, Top, Unique};
use crate::operation::Patch;
use crate::shape::Whole;
use crate::{Changeable, OneRow, Table, Writable};

/// Operations on the rows of one model: what `db.user()` gives.
#[must_use]
pub struct Models<M> {
    client: Client,
    table: Marks<M>,
}

impl<M: Table> Models<M> {
    pub(crate) fn new(client: Client) -> Self {
        Models { client, table: PhantomData }
    }

    /// The row with a unique key, or none.
    pub fn find(self, key: Unique<M>) -> Find<M, Whole<M>> {
        One::by_key(self.client, key)
    }

    /// The row with a unique key; P2025 when there is none.
    pub fn get(self, key: Unique<M>) -> Get<M, Whole<M>> {
        One::by_key(self.client, key)
    }

    /// The first row in some order, or none.
    pub fn find_first(self) -> FindFirst<M, Whole<M>> {
        First::new(self.client)
    }

    /// The first row in some order; P2025 when there is none.
    pub fn get_first(self) -> GetFirst<M, Whole<M>> {
        First::new(self.client)
    }

    /// Rows.
    pub fn find_many(self) -> FindMany<M, Whole<M>> {
        FindMany::all(self.client)
    }

    /// The number of rows.
    pub fn count(self) -> CountRows<M> {
        CountRows::new(self.client)
    }

    /// Calculations over rows: `db.post().aggregate((nicol::count(), post::views.sum(), post::views.avg()))`. All but
    /// counts give `None` when there are no rows.
    pub fn aggregate<T: Total<M>>(self, totals: T) -> Aggregate<M, T> {
        Aggregate::new(self.client, totals)
    }

    /// Groups of rows that are equal in some columns: `db.post().group_by(post::author_id).select((post::author_id,
    /// nicol::count()))`.
    pub fn group_by<G: Grouped<M> + Columns<M> + Copy>(self, columns: G) -> GroupBy<M, G> {
        GroupBy::new(self.client, columns)
    }
}

/// What not every model has; said method by method, so that the compiler tells why.
impl<M: Table> Models<M> {
    /// Creates a row, with what hangs on it, and gives it back.
    pub fn create(self, form: impl Form<Table = M, Scope: Top>) -> Create<M, Whole<M>>
    where
        M: Writable,
    {
        Create::new(self.client, form.into_draft())
    }

    /// Creates rows, all or none; gives their number. For the rows themselves see [`CreateMany::returning`].
    pub fn create_many<F: Form<Table = M, Scope: Top>>(self, forms: impl IntoIterator<Item = F>) -> CreateMany<M>
    where
        M: Writable,
    {
        CreateMany::new(self.client, forms.into_iter().map(Form::into_draft).collect())
    }
}

impl<M: Table> Models<M> {
    /// Changes the row with a unique key and gives it back; P2025 when there is none.
    pub fn update(self, key: Unique<M>) -> Update<M, Whole<M>>
    where
        M: Changeable,
    {
        Update::new(self.client, key)
    }

    /// Changes the row with a unique key, or creates it, and gives it back.
    pub fn upsert(
        self,
        key: Unique<M>,
        form: impl Form<Table = M, Scope: Top>,
        changes: impl FnOnce(M::Changes<OneRow>) -> M::Changes<OneRow>,
    ) -> Upsert<M, Whole<M>>
    where
        M: Changeable,
    {
        let patch = changes(M::Changes::from(Patch::default())).into();
        Upsert::new(self.client, key, form.into_draft(), patch)
    }

    /// Changes all rows that fulfil a filter; gives their number.
    pub fn update_many(self, filter: Filter<M>) -> UpdateMany<M>
    where
        M: Changeable,
    {
        UpdateMany::new(self.client, Some(filter.condition))
    }

    /// Changes all rows; gives their number.
    pub fn update_all(self) -> UpdateMany<M>
    where
        M: Changeable,
    {
        UpdateMany::new(self.client, None)
    }

    /// Deletes the row with a unique key and gives it as it was; P2025 when there is none.
    pub fn delete(self, key: Unique<M>) -> Delete<M, Whole<M>>
    where
        M: Changeable,
    {
        Delete::new(self.client, key)
    }

    /// Deletes all rows that fulfil a filter; gives their number. For all rows see [`delete_all`](Models::delete_all).
    pub fn delete_many(self, filter: Filter<M>) -> DeleteMany<M>
    where
        M: Changeable,
    {
        DeleteMany::new(self.client, Some(filter.condition))
    }

    /// Deletes all rows; gives their number.
    pub fn delete_all(self) -> DeleteMany<M>
    where
        M: Changeable,
    {
        DeleteMany::new(self.client, None)
    }
}

/// `.with` and `.select` of a builder with a `client`, a `read` and further fields that stay as they are. `<A>` is a type
/// parameter behind those of the table and the shape.
macro_rules! shaped {
    ($builder:ident $(<$more:ident>)? { $($rest:ident),* }) => {
        impl<M: Table, S: Shape<M> $(, $more)?> $builder<M, S $(, $more)?> {
            /// With related rows: the result becomes a tuple of the row and what was asked for beside it.
            pub fn with<R: Shape<M>>(mut self, relation: R) -> $builder<M, <S as Append<R>>::Out $(, $more)?>
            where
                S: Append<R>,
            {
                relation.plan(&mut self.read.fields);
                $builder { client: self.client, read: self.read, $($rest: self.$rest,)* types: PhantomData }
            }

            /// Only these columns, relations and counts.
            pub fn select<N: Shape<M>>(mut self, shape: N) -> $builder<M, N $(, $more)?> {
                self.read.fields.0.clear();
                shape.plan(&mut self.read.fields);
                $builder { client: self.client, read: self.read, $($rest: self.$rest,)* types: PhantomData }
            }
        }
    };
}
pub(crate) use shaped;

/// A builder as a [`Request`], and its `IntoFuture`: which operation it is and on which table, what of it the hooks are shown,
/// how it runs on a session, and where it can be, as a single statement.
macro_rules! operation {
    (
        [$($generics:tt)*] $builder:ty => $output:ty, $operation:ident on $table:expr,
        admit |$this:ident, $gate:ident| $admit:expr,
        run |$session:ident| $run:expr
        $(, single |$moment:ident| $single:expr)? $(,)?
    ) => {
        impl<$($generics)*> $crate::builder::Request for $builder {
            type Output = $output;

            fn head(&self) -> $crate::builder::Head<'_> {
                let (client, table) = (&self.client, $table);
                $crate::builder::Head { client, operation: $crate::hook::Operation::$operation, table }
            }

            fn admit(&mut self, $gate: &$crate::hook::Gate<'_>) -> Result<()> {
                let $this = self;
                $admit
            }

            async fn run(self, $session: &mut $crate::run::Session<'_>) -> Result<$output> {
                #[allow(unused_mut, reason = "some requests are changed while they run")]
                let mut $this = self;
                $run
            }

            $(
                fn single(self, $moment: &$crate::run::Moment) -> Result<$crate::builder::Step<Self>> {
                    let $this = self;
                    $single
                }
            )?
        }

        impl<$($generics)*> IntoFuture for $builder {
            type Output = Result<$output>;
            type IntoFuture = $crate::run::BoxFuture<'static, Result<$output>>;
            fn into_future(self) -> Self::IntoFuture {
                Box::pin($crate::builder::execute(self))
            }
        }
    };
}
pub(crate) use operation;
