//! Migrations: folder + history + catalog → what stands, what to do, doing it.
//!
//! **In**: a migrations folder, a database, a schema. **Out**: values that say what stands (`standing`) and what was done.
//! One file a workflow: `dev`, `deploy`, `reset`, `resolve`, `status`, `diff`,
//! `push`, `pull`, `execute`, `down`, `adopt`, `import`,
//! `take` (a snapshot). A workflow that needs an answer is two functions, before and
//! after the question. This crate knows no terminal, no arguments and no code generation.
//!
//! What happens to the data on its way:
//! - [`directory`]: the folder, read and written whole, or [`embedded`] in a program; [`naming`]: names of its migrations; [`checksum`]
//! - [`history`]: the rows of `_prisma_migrations`; [`standing`]: folder against history
//! - [`scope`]: what of a database they are about; [`baseline`]: which of them a database without history holds
//! - [`lock`]: one runner at a time; `apply`: one script, in one transaction where the database can (`mode`),
//!   otherwise statement by statement (`stepwise`), gone on with after a kill (`resume`, by the `trace` of a statement)
//! - `origin`: the schema the folder leads to, from a [`snapshot`] or by a replay in a [`shadow`]
//! - `compare`: two catalogs as a change; [`readme`] and `warnings`: the migration for people

pub mod adopt;
mod apply;
pub mod baseline;
pub mod checksum;
mod compare;
pub mod deploy;
pub mod dev;
pub mod diff;
pub mod directory;
pub mod down;
pub mod embedded;
mod empty;
pub mod error;
pub mod event;
pub mod execute;
pub mod history;
pub mod import;
mod line_diff;
pub mod lint;
pub mod lock;
mod mode;
pub mod naming;
mod origin;
pub mod pull;
pub mod push;
pub mod readme;
mod renames;
pub mod reset;
pub mod resolve;
mod resume;
pub mod risk;
pub mod scope;
pub mod shadow;
pub mod snapshot;
mod sql;
pub mod standing;
mod statement;
pub mod status;
mod stepwise;
pub mod take;
mod trace;
mod unrecorded;
mod views;
mod warnings;

pub use baseline::Baseline;
pub use deploy::{DeployOptions, Deployed, deploy};
pub use dev::{Decision, DevOptions, Developed, Draft};
pub use directory::{Directory, Migration};
pub use embedded::{Embedded, EmbeddedMigration};
pub use error::{Error, Result};
pub use event::{Event, Silent, Watch};
pub use history::{HistoryRow, RowState};
pub use line_diff::text_difference;
pub use lock::LockOptions;
pub use origin::OriginKind;
pub use resolve::{Resolution, resolve};
pub use scope::Scope;
pub use standing::{Standing, standing};
pub use status::{Status, status};
