//! Deployments under every kind of fault, on every database: killed, raced, cut off, misled by their own folder.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small numbers that only spread points over a run"
)]

#[path = "faults/chaos.rs"]
mod chaos;
#[path = "faults/embedded.rs"]
mod embedded;
#[path = "faults/files.rs"]
mod files;
#[path = "faults/folding.rs"]
mod folding;
#[path = "faults/locks.rs"]
mod locks;
#[path = "faults/pooler.rs"]
mod pooler;
#[path = "faults/proxy.rs"]
mod proxy;
#[path = "faults/race.rs"]
mod race;
#[path = "faults/scenario.rs"]
mod scenario;
#[path = "faults/server.rs"]
mod server;
#[path = "faults/tls.rs"]
mod tls;
#[path = "faults/world.rs"]
mod world;
