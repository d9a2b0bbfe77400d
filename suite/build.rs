//! Makes the clients of the client tests: one for each provider, from one schema.

use std::path::Path;
use std::{env, error, fs};

use nicol_codegen::rust::{Options, client};
use nicol_schema::{Severity, Source, validate};

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed=schemas");
    let out = env::var("OUT_DIR")?;
    let base = fs::read_to_string("schemas/client.prisma")?;
    for provider in ["sqlite", "postgresql", "mysql"] {
        let mut text = base.replace("\"sqlite\"", &format!("\"{provider}\""));
        let more = format!("schemas/client.{provider}.prisma");
        if Path::new(&more).exists() {
            text.push_str(&fs::read_to_string(more)?);
        }
        let path = format!("{provider}.prisma");
        let validated = validate(&[Source { path, text: text.clone() }]);
        let errors = validated.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let messages: Vec<&str> = errors.map(|diagnostic| diagnostic.message.as_str()).collect();
        let schema = validated.schema.ok_or_else(|| format!("schemas/client.prisma for {provider}: {messages:?}"))?;
        fs::write(Path::new(&out).join(format!("{provider}.prisma")), &text)?;
        for file in client(&schema, &Options::default())? {
            fs::write(Path::new(&out).join(format!("{provider}.rs")), file.text)?;
        }
    }
    Ok(())
}
