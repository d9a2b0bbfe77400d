//! Runs the `nicol` command in temporary folders, as a user or a script would.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod discovery;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod interface;
#[cfg(test)]
mod migrate;
mod prototype;
#[cfg(test)]
mod pull;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod support;
#[cfg(test)]
mod systems;
