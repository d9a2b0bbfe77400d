//! Macros of the nicol client.
//!
//! **In**: a struct, or the path of a migrations folder. **Out**: the impl that makes it a query, or the folder as constants. The macros only write paths and calls; what fits what is for
//! rustc to say, against the generated client.

mod document;
mod from_row;
mod migrate;
mod shape;

use proc_macro::TokenStream;

/// Makes a struct the description of what is read: `db.user().find_many().select(Card::shape())`.
///
/// `#[shape(user)]` on the struct names the generated module. A field takes the column or relation of its name; a relation
/// takes `Vec`, `Option` or a plain struct that derives `Shape` itself. On a field:
///
/// - `#[shape(from = author_id)]` takes another column or relation;
/// - `#[shape(count)]` the number of related rows, an `i64`;
/// - `#[shape(filter = post::published.eq(true), order_by = post::id.desc(), skip = 1, take = 3)]` which related rows.
#[proc_macro_derive(Shape, attributes(shape))]
pub fn derive_shape(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    shape::derive(input).unwrap_or_else(|error| error.into_compile_error()).into()
}

/// Makes a type with serde's `Serialize` and `Deserialize` one that a JSON column can have, where the schema says so:
/// `/// @nicol.type("crate::Settings")` above the field. The struct of a row then holds it, and new rows are given it.
#[proc_macro_derive(Document)]
pub fn derive_document(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    document::derive(input).unwrap_or_else(|error| error.into_compile_error()).into()
}

/// Reads a struct from a row of the user's own SQL: `db.sql("SELECT id, name FROM users").all::<Card>()`.
///
/// A field takes the column of its name; `#[row("total")]` on the field names another.
#[proc_macro_derive(FromRow, attributes(row))]
pub fn derive_from_row(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    from_row::derive(input).unwrap_or_else(|error| error.into_compile_error()).into()
}

/// Compiles a migrations folder into the program: `nicol::migrate!("prisma/migrations")`, the path relative to the package.
///
/// The value is a `nicol::migrate::Embedded`; it can be a constant, and `.deploy(url).await` applies what is pending. The
/// program is compiled again when a file of the folder changes, or a migration was added by `nicol migrate dev`. For folders
/// that come otherwise (a checkout of another branch) let the build script say `cargo::rerun-if-changed=prisma/migrations`.
#[proc_macro]
pub fn migrate(input: TokenStream) -> TokenStream {
    let path = syn::parse_macro_input!(input as syn::LitStr);
    migrate::embed(&path).unwrap_or_else(|error| error.into_compile_error()).into()
}
