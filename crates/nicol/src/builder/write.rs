//! Writing requests.

use std::marker::PhantomData;

use nicol_db::Rows;

use super::{Request, Single, Step, operation, shaped};
use crate::Marks;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::filter::Condition;
use crate::key::Unique;
use crate::operation::{Draft, Key, Patch, Read};
use crate::run::{self, Level};
use crate::shape::{Append, Shape, Whole};
use crate::sql::{Statement, Which};
use crate::{Changeable, ManyRows, OneRow, Table};

fn everything<M: Table>() -> Read {
    let mut read = Read::new(M::META);
    read.all_columns();
    read
}

/// The one row of a result; P2025 naming the operation when there is none.
fn only<M: Table, S: Shape<M>>(level: Option<Level>, operation: &str) -> Result<S::Out> {
    let row = match level {
        Some(level) => level.decode(S::decode)?.pop(),
        None => None,
    };
    row.ok_or_else(|| Error::not_found(M::META, operation))
}

/// A request that gives the number of rows that one statement wrote, if it is one.
fn counted<R: Request<Output = u64>>(request: R, single: Option<Statement>) -> Step<R> {
    let table = request.head().table;
    let Some(statement) = single else { return Step::Several(request) };
    let finish = Box::new(|rows: Rows| Ok(rows.affected()));
    Step::Single(Single { statement, table, finish, may_fail_late: false })
}

/// Creates a row; see [`Models::create`](super::Models::create).
#[must_use = "a request does nothing until it is awaited"]
pub struct Create<M, S> {
    client: Client,
    draft: Draft,
    read: Read,
    types: Marks<(M, S)>,
}

impl<M: Table> Create<M, Whole<M>> {
    pub(super) fn new(client: Client, draft: Draft) -> Self {
        Create { client, draft, read: everything::<M>(), types: PhantomData }
    }
}

shaped!(Create { draft });
operation!(
    [M: Table, S: Shape<M>] Create<M, S> => S::Out, Create on Some(M::META),
    admit |this, gate| {
        gate.draft(M::META, &mut this.draft)?;
        gate.below(&mut this.read)
    },
    run |session| {
        let level = run::create(session, M::META, this.draft, &this.read).await?;
        only::<M, S>(Some(level), "create")
    },
    single |moment| {
        let single = run::single::create(moment, &this.draft, &this.read)?;
        Ok(Step::of(this, single, |level| only::<M, S>(Some(level), "create"), false))
    },
);

/// Changes one row; see [`Models::update`](super::Models::update).
#[must_use = "a request does nothing until it is awaited"]
pub struct Update<M, S> {
    client: Client,
    key: Key,
    patch: Patch,
    read: Read,
    types: Marks<(M, S)>,
}

impl<M: Changeable> Update<M, Whole<M>> {
    pub(super) fn new(client: Client, key: Unique<M>) -> Self {
        Update { client, key: key.key, patch: Patch::default(), read: everything::<M>(), types: PhantomData }
    }
}

impl<M: Changeable, S> Update<M, S> {
    /// What changes: `|s| s.name("A").age(inc(1))`.
    pub fn set(mut self, changes: impl FnOnce(M::Changes<OneRow>) -> M::Changes<OneRow>) -> Self {
        self.patch = changes(M::Changes::from(self.patch)).into();
        self
    }
}

shaped!(Update { key, patch });
operation!(
    [M: Table, S: Shape<M>] Update<M, S> => S::Out, Update on Some(M::META),
    admit |this, gate| {
        gate.update(M::META, &mut this.key.and, &mut this.patch)?;
        gate.below(&mut this.read)
    },
    run |session| {
        let level = run::update(session, &this.key, this.patch, &this.read).await?;
        only::<M, S>(level, "update")
    },
    single |moment| {
        let single = run::single::update(moment, &this.key, &this.patch, &this.read)?;
        Ok(Step::of(this, single, |level| only::<M, S>(Some(level), "update"), true))
    },
);

/// Changes or creates one row; see [`Models::upsert`](super::Models::upsert).
#[must_use = "a request does nothing until it is awaited"]
pub struct Upsert<M, S> {
    client: Client,
    key: Key,
    draft: Draft,
    patch: Patch,
    read: Read,
    types: Marks<(M, S)>,
}

impl<M: Changeable> Upsert<M, Whole<M>> {
    pub(super) fn new(client: Client, key: Unique<M>, draft: Draft, patch: Patch) -> Self {
        Upsert { client, key: key.key, draft, patch, read: everything::<M>(), types: PhantomData }
    }
}

shaped!(Upsert { key, draft, patch });
operation!(
    [M: Table, S: Shape<M>] Upsert<M, S> => S::Out, Upsert on Some(M::META),
    admit |this, gate| {
        gate.draft(M::META, &mut this.draft)?;
        gate.update(M::META, &mut this.key.and, &mut this.patch)?;
        gate.below(&mut this.read)
    },
    run |session| {
        let level = run::upsert(session, &this.key, this.draft, this.patch, &this.read).await?;
        only::<M, S>(Some(level), "upsert")
    },
);

/// Creates rows; see [`Models::create_many`](super::Models::create_many).
#[must_use = "a request does nothing until it is awaited"]
pub struct CreateMany<M> {
    client: Client,
    drafts: Vec<Draft>,
    skip: bool,
    types: Marks<M>,
}

impl<M: Table> CreateMany<M> {
    pub(super) fn new(client: Client, drafts: Vec<Draft>) -> Self {
        CreateMany { client, drafts, skip: false, types: PhantomData }
    }

    /// Without those rows that have a unique key which is taken.
    pub fn skip_duplicates(mut self) -> Self {
        self.skip = true;
        self
    }

    /// Gives the new rows back: in the order in which they were given, on MySQL in the order of their keys.
    pub fn returning(self) -> CreateManyReturning<M, Whole<M>> {
        let CreateMany { client, drafts, skip, .. } = self;
        CreateManyReturning { client, drafts, skip, read: everything::<M>(), types: PhantomData }
    }
}

operation!(
    [M: Table] CreateMany<M> => u64, CreateMany on Some(M::META),
    admit |this, gate| this.drafts.iter_mut().try_for_each(|draft| gate.draft(M::META, draft)),
    run |session| run::create_many(session, M::META, this.drafts, this.skip).await,
);

/// Creates rows and gives them back; see [`CreateMany::returning`].
#[must_use = "a request does nothing until it is awaited"]
pub struct CreateManyReturning<M, S> {
    client: Client,
    drafts: Vec<Draft>,
    skip: bool,
    read: Read,
    types: Marks<(M, S)>,
}

shaped!(CreateManyReturning { drafts, skip });
operation!(
    [M: Table, S: Shape<M>] CreateManyReturning<M, S> => Vec<S::Out>, CreateMany on Some(M::META),
    admit |this, gate| {
        this.drafts.iter_mut().try_for_each(|draft| gate.draft(M::META, draft))?;
        gate.below(&mut this.read)
    },
    run |session| {
        let level = run::create_many_returning(session, M::META, this.drafts, this.skip, &this.read).await?;
        level.decode(S::decode)
    },
);

/// Changes rows; see [`Models::update_many`](super::Models::update_many).
#[must_use = "a request does nothing until it is awaited"]
pub struct UpdateMany<M> {
    client: Client,
    condition: Option<Condition>,
    limit: Option<u64>,
    patch: Patch,
    types: Marks<M>,
}

impl<M: Changeable> UpdateMany<M> {
    pub(super) fn new(client: Client, condition: Option<Condition>) -> Self {
        UpdateMany { client, condition, limit: None, patch: Patch::default(), types: PhantomData }
    }

    /// What changes: `|s| s.name("A").age(inc(1))`.
    pub fn set(mut self, changes: impl FnOnce(M::Changes<ManyRows>) -> M::Changes<ManyRows>) -> Self {
        self.patch = changes(M::Changes::from(self.patch)).into();
        self
    }

    /// At most so many rows: any of those that fulfil the filter.
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Gives the rows back as they are after the change. Where the database cannot (MySQL, MariaDB), they are found, changed and
    /// read in a transaction.
    pub fn returning(self) -> UpdateManyReturning<M, Whole<M>> {
        let UpdateMany { client, condition, limit, patch, .. } = self;
        UpdateManyReturning { client, condition, limit, patch, read: everything::<M>(), types: PhantomData }
    }
}

operation!(
    [M: Table] UpdateMany<M> => u64, UpdateMany on Some(M::META),
    admit |this, gate| gate.update(M::META, &mut this.condition, &mut this.patch),
    run |session| {
        let which = Which { condition: this.condition.as_ref(), limit: this.limit };
        run::update_many(session, M::META, which, this.patch).await
    },
    single |moment| {
        let which = Which { condition: this.condition.as_ref(), limit: this.limit };
        let single = run::single::update_many(moment, M::META, which, &this.patch)?;
        Ok(counted(this, single))
    },
);

/// Changes rows and gives them back; see [`UpdateMany::returning`].
#[must_use = "a request does nothing until it is awaited"]
pub struct UpdateManyReturning<M, S> {
    client: Client,
    condition: Option<Condition>,
    limit: Option<u64>,
    patch: Patch,
    read: Read,
    types: Marks<(M, S)>,
}

shaped!(UpdateManyReturning { condition, limit, patch });
operation!(
    [M: Table, S: Shape<M>] UpdateManyReturning<M, S> => Vec<S::Out>, UpdateMany on Some(M::META),
    admit |this, gate| {
        gate.update(M::META, &mut this.condition, &mut this.patch)?;
        gate.below(&mut this.read)
    },
    run |session| {
        let which = Which { condition: this.condition.as_ref(), limit: this.limit };
        run::update_many_returning(session, which, this.patch, &this.read).await?.decode(S::decode)
    },
);

/// Deletes one row; see [`Models::delete`](super::Models::delete).
#[must_use = "a request does nothing until it is awaited"]
pub struct Delete<M, S> {
    client: Client,
    key: Key,
    /// What hooks want done to the row instead.
    instead: Option<Patch>,
    read: Read,
    types: Marks<(M, S)>,
}

impl<M: Table> Delete<M, Whole<M>> {
    pub(super) fn new(client: Client, key: Unique<M>) -> Self {
        Delete { client, key: key.key, instead: None, read: everything::<M>(), types: PhantomData }
    }
}

shaped!(Delete { key, instead });
operation!(
    [M: Table, S: Shape<M>] Delete<M, S> => S::Out, Delete on Some(M::META),
    admit |this, gate| {
        this.instead = gate.delete(M::META, &mut this.key.and)?;
        gate.below(&mut this.read)
    },
    run |session| {
        let level = match this.instead {
            Some(patch) => run::update(session, &this.key, patch, &this.read).await?,
            None => run::delete(session, &this.key, &this.read).await?,
        };
        only::<M, S>(level, "delete")
    },
    single |moment| {
        let single = match &this.instead {
            Some(patch) => run::single::update(moment, &this.key, patch, &this.read)?,
            None => run::single::delete(moment, &this.key, &this.read)?,
        };
        Ok(Step::of(this, single, |level| only::<M, S>(Some(level), "delete"), true))
    },
);

/// Deletes rows; see [`Models::delete_many`](super::Models::delete_many).
#[must_use = "a request does nothing until it is awaited"]
pub struct DeleteMany<M> {
    client: Client,
    condition: Option<Condition>,
    limit: Option<u64>,
    /// What hooks want done to the rows instead.
    instead: Option<Patch>,
    types: Marks<M>,
}

impl<M: Table> DeleteMany<M> {
    pub(super) fn new(client: Client, condition: Option<Condition>) -> Self {
        DeleteMany { client, condition, limit: None, instead: None, types: PhantomData }
    }

    /// At most so many rows: any of those that fulfil the filter.
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(rows);
        self
    }
}

operation!(
    [M: Table] DeleteMany<M> => u64, DeleteMany on Some(M::META),
    admit |this, gate| {
        this.instead = gate.delete(M::META, &mut this.condition)?;
        Ok(())
    },
    run |session| {
        let which = Which { condition: this.condition.as_ref(), limit: this.limit };
        match this.instead {
            Some(patch) => run::update_many(session, M::META, which, patch).await,
            None => run::delete_many(session, M::META, which).await,
        }
    },
    single |moment| {
        let which = Which { condition: this.condition.as_ref(), limit: this.limit };
        let single = match &this.instead {
            Some(patch) => run::single::update_many(moment, M::META, which, patch)?,
            None => run::single::delete_many(moment, M::META, which)?,
        };
        Ok(counted(this, single))
    },
);
