//! One file a command of `migrate`.

pub(crate) mod deploy;
pub(crate) mod dev;
pub(crate) mod diff;
pub(crate) mod status;
