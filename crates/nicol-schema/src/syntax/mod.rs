//! Text into a lossless syntax tree.
//!
//! **In**: the text of one file. **Out**: a [`tree::Tree`], always: what is not understood is kept as junk lines, which
//! later become diagnostics. Knows nothing of names, types or databases.

pub(crate) mod comments;
pub(crate) mod lexer;
pub(crate) mod literal;
pub(crate) mod parser;
pub(crate) mod tree;
pub(crate) mod words;
