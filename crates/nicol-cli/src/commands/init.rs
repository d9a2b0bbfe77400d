//! `nicol init`: the files a new project starts with.

use std::path::{Path, PathBuf};

use nicol_db::Dialect;
use nicol_schema::Source;
use serde_json::json;

use crate::app::DONE;
use crate::args::{Global, InitArgs, InitProvider};
use crate::config::Config;
use crate::database::Database;
use crate::discover::{DEFAULT_VARIABLE, FoundUrl, SchemaPath, working_directory};
use crate::env_file;
use crate::failure::{Failure, Result};
use crate::files;
use crate::output::Output;
use crate::paths;

/// Writes a schema, and the URL of its database into `.env`, which `.gitignore` is made to name. What is there stays.
///
/// # Errors
/// There is a schema already, the URL cannot be used, or a file cannot be written.
pub(crate) fn run(args: &InitArgs, global: &Global, output: &Output) -> Result<u8> {
    let here = working_directory()?;
    let config = Config::load(global.config.as_deref(), &here)?;
    let path = new_schema(global.schema.as_deref(), &config, &here)?;
    let provider = provider(args, &here)?;
    let schema = schema(args, provider)?;

    let mut written = Vec::new();
    files::write(&path, &schema)?;
    written.push(path);
    let variable = config.base.join(".env");
    let url = args.url.as_deref().unwrap_or(provider.example_url());
    let names_url = |text: &str| env_file::parse(text).iter().any(|(name, _)| name == DEFAULT_VARIABLE);
    if !append(&variable, &format!("{DEFAULT_VARIABLE}=\"{url}\"\n"), names_url, &mut written)? && !output.json {
        output.note(&format!("{} names a {DEFAULT_VARIABLE} already and stays as it is", paths::show(&variable)));
    }
    append(
        &config.base.join(".gitignore"),
        ".env\n",
        |text| text.lines().any(|line| line.trim() == ".env"),
        &mut written,
    )?;

    if output.json {
        output.json(&json!({ "written": written.iter().map(|path| paths::show(path)).collect::<Vec<_>>() }));
        return Ok(DONE);
    }
    for path in &written {
        output.say(&format!("Wrote {}", paths::show(path)));
    }
    // An example of a server's URL leads nowhere; a SQLite file is made.
    let is_example = args.url.is_none() && provider != InitProvider::Sqlite && written.contains(&variable);
    let first = if is_example {
        format!("put the URL of the database into {}, ", paths::show(&variable))
    } else {
        String::new()
    };
    output.say(&format!(
        "\nNext: {first}write models into the schema and run `nicol migrate dev --name init`;\n\
         or, for a database that has tables, `nicol db pull`."
    ));
    Ok(DONE)
}

/// Where the schema goes: where flag or config say, else `prisma/schema.prisma`.
///
/// # Errors
/// There is one already.
fn new_schema(flag: Option<&Path>, config: &Config, here: &Path) -> Result<PathBuf> {
    let found = match SchemaPath::named(flag, config, here)? {
        Some(named) if named.path.extension().is_some_and(|extension| extension == "prisma") => named,
        Some(folder) => SchemaPath { path: folder.path.join("schema.prisma"), ..folder },
        None => match SchemaPath::usual(config) {
            Some(usual) => usual,
            None => return Ok(config.base.join("prisma/schema.prisma")),
        },
    };
    if !found.path.exists() {
        return Ok(found.path);
    }
    Err(Failure::new("schema-exists", "there is a schema already, and nothing was changed")
        .at(paths::show(&found.path))
        .why(format!("the path comes from {}", found.origin))
        .help(
            "work with it as it is: `nicol debug` shows what nicol finds here; or name another one with --schema PATH",
        ))
}

/// The provider that is said, or the URL's.
///
/// # Errors
/// The URL cannot be used, or is for another provider than the one said.
fn provider(args: &InitArgs, here: &Path) -> Result<InitProvider> {
    let Some(url) = &args.url else {
        return Ok(args.datasource_provider.unwrap_or(InitProvider::Postgresql));
    };
    let of_url = match Database::new(&FoundUrl::given(url, here))?.url.dialect() {
        Dialect::Postgres => InitProvider::Postgresql,
        Dialect::Cockroachdb => InitProvider::Cockroachdb,
        Dialect::Mysql | Dialect::Mariadb => InitProvider::Mysql,
        Dialect::Sqlite => InitProvider::Sqlite,
    };
    match args.datasource_provider {
        // They share a scheme.
        Some(InitProvider::Cockroachdb) if of_url == InitProvider::Postgresql => Ok(InitProvider::Cockroachdb),
        Some(said) if said != of_url => Err(Failure::new("P1013", "the database URL does not fit the provider")
            .at("the command line")
            .why(format!("the URL is for {}, --datasource-provider says {}", of_url.name(), said.name()))
            .help("leave --datasource-provider away, or change the URL")),
        _ => Ok(of_url),
    }
}

/// The text of the schema. It holds no URL: the variable in `.env` has the usual name, and so Prisma 7 takes it, too.
///
/// # Errors
/// A flag holds what makes the schema invalid.
fn schema(args: &InitArgs, provider: InitProvider) -> Result<String> {
    let id = match provider {
        InitProvider::Cockroachdb => "BigInt @id @default(sequence())",
        InitProvider::Postgresql | InitProvider::Mysql | InitProvider::Sqlite => "Int @id @default(autoincrement())",
    };
    let mut text = format!(
        "datasource db {{\nprovider = \"{}\"\n}}\n\ngenerator client {{\nprovider = \"{}\"\noutput = \"{}\"\n}}\n",
        provider.name(),
        args.generator_provider,
        args.output,
    );
    if args.with_model {
        text.push_str(&format!("\nmodel User {{\nid {id}\nemail String @unique\nname String?\n}}\n"));
    }
    let sources = [Source::new("schema.prisma", text)];
    match (nicol_schema::validate(&sources).schema, nicol_schema::format(&sources).pop()) {
        (Some(_), Some(formatted)) => Ok(formatted),
        _ => Err(Failure::new("P1012", "the schema would not be valid")
            .at("the command line")
            .why("--generator-provider and --output are written into it as they are")
            .help("leave quotes and line ends out of them")),
    }
}

/// Adds a line to the end of a file, which is made where there is none, unless the file `has_it` already. Returns whether it was
/// added.
///
/// # Errors
/// The file cannot be read or written.
fn append(path: &Path, line: &str, has_it: impl Fn(&str) -> bool, written: &mut Vec<PathBuf>) -> Result<bool> {
    let mut text = if path.exists() { files::read_text(path)? } else { String::new() };
    if has_it(&text) {
        return Ok(false);
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(line);
    files::write(path, &text)?;
    written.push(path.to_path_buf());
    Ok(true)
}
