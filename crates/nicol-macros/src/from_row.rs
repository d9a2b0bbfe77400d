//! `#[derive(FromRow)]`

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, LitStr, Result, ext::IdentExt};

pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let refuse = || Error::new(name.span(), "a row is read into a struct with named fields; tuples need no derive");
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            Fields::Unnamed(_) | Fields::Unit => return Err(refuse()),
        },
        Data::Enum(_) | Data::Union(_) => return Err(refuse()),
    };
    let mut reads = Vec::new();
    for field in fields {
        let Some(ident) = &field.ident else { continue };
        let attribute = field.attrs.iter().find(|attribute| attribute.path().is_ident("row"));
        let column = match attribute {
            Some(attribute) => attribute.parse_args::<LitStr>()?.value(),
            None => ident.unraw().to_string(),
        };
        reads.push(quote!(#ident: row.get(#column)?));
    }
    let (generics, types, clause) = input.generics.split_for_impl();
    Ok(quote! {
        impl #generics ::nicol::FromRow for #name #types #clause {
            fn from_row(row: &::nicol::raw::RawRow<'_>) -> ::nicol::Result<Self> {
                Ok(#name { #(#reads),* })
            }
        }
    })
}
