//! One file a command of `db`.
