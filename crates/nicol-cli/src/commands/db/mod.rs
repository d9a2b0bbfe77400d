//! One file a command of `db`.

pub(crate) mod execute;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod seed;
