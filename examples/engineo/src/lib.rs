//! The parts of a software-as-a-service product that look after its users: roles of its own staff with an audit log,
//! quotas that are reset without touching the ledger, and what customers do themselves: profile, preferences, sessions.
//!
//! One schema, one client, three databases: [`open`] migrates and connects to whichever the URL names.

pub mod account;
pub mod admin;
pub mod backfill;
mod database;
mod error;
pub mod quota;
pub mod session;
pub mod story;

/// The client, made from `prisma/schema.prisma` by `build.rs`.
pub mod db {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

pub use database::{MIGRATIONS, open};
pub use db::Db;
pub use error::{Error, Result};
