//! Runs the `nicol` command in temporary folders, as a user or a script would.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod discovery;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod history;
#[cfg(test)]
mod init;
#[cfg(test)]
mod interface;
#[cfg(test)]
mod interoperability;
#[cfg(test)]
mod legacy;
#[cfg(test)]
mod lint;
#[cfg(test)]
mod migrate;
#[cfg(test)]
mod prototype;
#[cfg(test)]
mod pull;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod scope;
#[cfg(test)]
mod support;
#[cfg(test)]
mod systems;
#[cfg(test)]
mod typed_sql;
