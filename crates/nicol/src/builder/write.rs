//! Writing requests.

use std::marker::PhantomData;

use super::{operation, shaped};
use crate::Marks;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::filter::Condition;
use crate::key::Unique;
use crate::operation::{Draft, Key, Patch, Read};
use crate::run::{self, Level};
use crate::shape::{Append, Shape, Whole};
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

/// Changes rows; see [`Models::update_many`](super::Models::update_many).
#[must_use = "a request does nothing until it is awaited"]
pub struct UpdateMany<M> {
    client: Client,
    condition: Option<Condition>,
    patch: Patch,
    types: Marks<M>,
}

impl<M: Changeable> UpdateMany<M> {
    pub(super) fn new(client: Client, condition: Option<Condition>) -> Self {
        UpdateMany { client, condition, patch: Patch::default(), types: PhantomData }
    }

    /// What changes: `|s| s.name("A").age(inc(1))`.
    pub fn set(mut self, changes: impl FnOnce(M::Changes<ManyRows>) -> M::Changes<ManyRows>) -> Self {
        self.patch = changes(M::Changes::from(self.patch)).into();
        self
    }
}

operation!(
    [M: Table] UpdateMany<M> => u64, UpdateMany on Some(M::META),
    admit |this, gate| gate.update(M::META, &mut this.condition, &mut this.patch),
    run |session| run::update_many(session, M::META, this.condition.as_ref(), this.patch).await,
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
);

/// Deletes rows; see [`Models::delete_many`](super::Models::delete_many).
#[must_use = "a request does nothing until it is awaited"]
pub struct DeleteMany<M> {
    client: Client,
    condition: Option<Condition>,
    /// What hooks want done to the rows instead.
    instead: Option<Patch>,
    types: Marks<M>,
}

impl<M: Table> DeleteMany<M> {
    pub(super) fn new(client: Client, condition: Option<Condition>) -> Self {
        DeleteMany { client, condition, instead: None, types: PhantomData }
    }
}

operation!(
    [M: Table] DeleteMany<M> => u64, DeleteMany on Some(M::META),
    admit |this, gate| {
        this.instead = gate.delete(M::META, &mut this.condition)?;
        Ok(())
    },
    run |session| match this.instead {
        Some(patch) => run::update_many(session, M::META, this.condition.as_ref(), patch).await,
        None => run::delete_many(session, M::META, this.condition.as_ref()).await,
    },
);
