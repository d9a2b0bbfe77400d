//! One file a command: settings in, a call of a library, words and an exit code out.

pub(crate) mod completions;
pub(crate) mod db;
pub(crate) mod debug;
pub(crate) mod format;
pub(crate) mod generate;
pub(crate) mod init;
pub(crate) mod migrate;
pub(crate) mod typed_sql;
pub(crate) mod validate;
pub(crate) mod version;
