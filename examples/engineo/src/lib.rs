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

/// What rustc must refuse, and what makes it agree.
#[cfg(doctest)]
#[allow(dead_code, non_camel_case_types, reason = "the names are those of the README's rows")]
mod rustc_says {
    /// Logs are read and added to.
    ///
    /// ```
    /// use engineo::db::{user, user_account_audit_log};
    /// fn look(db: &engineo::Db) {
    ///     let _ = db.admin_audit_log().count();
    ///     let entry = user_account_audit_log::In { action_type: "seen".into() };
    ///     let _ = db.user().update(user::by_id("u")).set(|s| s.account_actions(|log| log.create([entry])));
    ///     let _ = db.user().delete(user::by_id("u"));
    /// }
    /// ```
    ///
    /// Nobody changes a row of theirs,
    ///
    /// ```compile_fail,E0599
    /// use engineo::db::admin_audit_log;
    /// fn forge(db: &engineo::Db) {
    ///     let _ = db.admin_audit_log().update(admin_audit_log::by_id("a"));
    /// }
    /// ```
    ///
    /// deletes it,
    ///
    /// ```compile_fail,E0599
    /// use engineo::db::admin_audit_log;
    /// fn destroy(db: &engineo::Db) {
    ///     let _ = db.admin_audit_log().delete(admin_audit_log::by_id("a"));
    /// }
    /// ```
    ///
    /// deletes many,
    ///
    /// ```compile_fail,E0599
    /// use engineo::db::user_account_audit_log;
    /// fn destroy(db: &engineo::Db) {
    ///     let _ = db.user_account_audit_log().delete_many(user_account_audit_log::actor_user_id.eq("u"));
    /// }
    /// ```
    ///
    /// or does so by way of the user.
    ///
    /// ```compile_fail,E0599
    /// use engineo::db::{user, user_account_audit_log};
    /// fn destroy(db: &engineo::Db) {
    ///     let whose = user_account_audit_log::action_type.eq("seen");
    ///     let _ = db.user().update(user::by_id("u")).set(|s| s.account_actions(|log| log.delete_many(whose)));
    /// }
    /// ```
    struct r27_b23_nobody_changes_a_log;
}
