//! One file a command of `db`.

pub(crate) mod execute;
pub(crate) mod push;
pub(crate) mod seed;
