//! `nicol version`

use serde_json::json;

use crate::app::DONE;
use crate::output::Output;

/// The release of Prisma whose language and migrations this program speaks.
const REFERENCE: &str = "7.10";

/// Prints the version.
pub(crate) fn run(output: &Output) -> u8 {
    let version = env!("CARGO_PKG_VERSION");
    let (os, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    if output.json {
        let value = json!({ "nicol": version, "prisma": REFERENCE, "os": os, "architecture": architecture });
        output.json(&value);
    } else {
        output.result(&format!("nicol {version} (speaks Prisma {REFERENCE}; {os} {architecture})\n"));
    }
    DONE
}
