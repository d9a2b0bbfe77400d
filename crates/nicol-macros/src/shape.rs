//! `#[derive(Shape)]`

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Expr, Field, Fields, Ident, Path, Result, Token};

/// What `#[shape(..)]` on a field says.
#[derive(Default)]
struct Options {
    from: Option<Ident>,
    is_count: bool,
    /// Method and argument, in the order written.
    calls: Vec<(Ident, Expr)>,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut options = Options::default();
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            match name.to_string().as_str() {
                "count" => options.is_count = true,
                "from" => {
                    input.parse::<Token![=]>()?;
                    options.from = Some(input.parse()?);
                }
                "filter" | "order_by" | "skip" | "take" => {
                    input.parse::<Token![=]>()?;
                    options.calls.push((name, input.parse()?));
                }
                _ => {
                    let known = "expected `from`, `count`, `filter`, `order_by`, `skip` or `take`";
                    return Err(Error::new(name.span(), known));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}

fn shape_attribute<T: Parse>(attributes: &[Attribute]) -> Result<Option<T>> {
    let found = attributes.iter().find(|attribute| attribute.path().is_ident("shape"));
    found.map(Attribute::parse_args).transpose()
}

/// The expression a field is read from.
fn source(module: &Path, field: &Field, name: &Ident) -> Result<TokenStream> {
    let options = shape_attribute::<Options>(&field.attrs)?.unwrap_or_default();
    let from = options.from.as_ref().unwrap_or(name);
    let count = options.is_count.then(|| quote!(.count()));
    let calls = options.calls.iter().map(|(method, argument)| quote!(.#method(#argument)));
    Ok(quote!(#module::#from #count #(#calls)*))
}

pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let missing = || Error::new(name.span(), "name the module of the model: `#[shape(user)]`");
    let module: Path = shape_attribute(&input.attrs)?.ok_or_else(missing)?;
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            Fields::Unnamed(_) | Fields::Unit => {
                return Err(Error::new(name.span(), "a shape is a struct with named fields"));
            }
        },
        Data::Enum(_) | Data::Union(_) => {
            return Err(Error::new(name.span(), "a shape is a struct with named fields"));
        }
    };
    let mut plans = Vec::new();
    let mut reads = Vec::new();
    for field in fields {
        let Some(ident) = &field.ident else { continue };
        let (source, ty) = (source(&module, field, ident)?, &field.ty);
        // The same words twice, and those of the field: what does not fit is said once, and there.
        let source = quote_spanned!(ty.span()=> ::nicol::shape::source::<#module::Model, #ty, _, _>(|| #source));
        plans.push(quote!(#source.plan(fields);));
        reads.push(quote!(#ident: #source.read(reader)?));
    }
    let visibility = &input.vis;
    Ok(quote! {
        impl ::nicol::shape::Shaped for #name {
            type Table = #module::Model;
            fn plan(fields: &mut ::nicol::Fields) {
                #(#plans)*
            }
            fn decode(reader: &mut ::nicol::Reader<'_>) -> ::nicol::Result<Self> {
                Ok(#name { #(#reads),* })
            }
        }

        impl #name {
            /// What this struct asks of a row.
            #visibility const fn shape() -> ::nicol::shape::Of<Self> {
                ::nicol::shape::Of::new()
            }
        }
    })
}
