//! `migrate!`: a migrations folder as constants of a program.
//!
//! The only macro that reads files. Every file it finds goes in by `include_str!`, so that the compiler knows of it and
//! compiles again when it changes.

use std::fs;
use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, LitStr, Result};

/// The expression that holds the folder at a path, which is relative to the package.
pub(crate) fn embed(path: &LitStr) -> Result<TokenStream> {
    let problem = |text: String| Error::new(path.span(), text);
    let package =
        std::env::var("CARGO_MANIFEST_DIR").map_err(|_| problem("only cargo knows the package".to_owned()))?;
    let folder = Path::new(&package).join(path.value());
    let names = folders(&folder).map_err(|error| problem(format!("{}: {error}", folder.display())))?;
    let mut migrations = Vec::with_capacity(names.len());
    for name in names {
        let inside = folder.join(&name);
        let script = include(&inside.join("migration.sql"));
        let Some(script) = script else {
            return Err(problem(format!("{} has no migration.sql", inside.display())));
        };
        let snapshot = optional(include(&inside.join("schema.prisma")));
        let down = optional(include(&inside.join("down.sql")));
        migrations.push(quote! {
            ::nicol::migrate::EmbeddedMigration { name: #name, script: #script, snapshot: #snapshot, down: #down }
        });
    }
    // Prisma and nicol write this file again with each new migration, so a new folder is noticed, too.
    let lock = optional(include(&folder.join("migration_lock.toml")));
    Ok(quote! { ::nicol::migrate::Embedded::new(&[#(#migrations),*], #lock) })
}

/// Names of the folders in a folder, in order; hidden ones are none of ours.
fn folders(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        let Some(name) = name else {
            let text = format!("the name of {} is not UTF-8", path.display());
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, text));
        };
        if path.is_dir() && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn include(path: &Path) -> Option<TokenStream> {
    let path = path.is_file().then(|| path.to_str())??;
    Some(quote! { ::core::include_str!(#path) })
}

fn optional(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote! { ::core::option::Option::Some(#value) },
        None => quote! { ::core::option::Option::None },
    }
}
