//! `#[derive(Document)]`

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, Result};

pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    if !input.generics.params.is_empty() {
        return Err(Error::new(name.span(), "the type of a JSON column has no parameters: name it with its arguments"));
    }
    Ok(quote! {
        impl ::nicol::Scalar for #name {
            type Plain = #name;
            fn into_value(self) -> ::nicol::Value {
                ::nicol::scalar::document::write(&self)
            }
            fn from_cell(cell: ::nicol::Cell<'_>) -> ::nicol::Result<Self> {
                ::nicol::scalar::document::read(cell)
            }
            fn from_value(value: ::nicol::Value) -> ::core::option::Option<Self> {
                ::nicol::scalar::document::from_value(value)
            }
        }
        impl ::nicol::scalar::Plain for #name {}
        impl ::nicol::scalar::Document for #name {}
    })
}
