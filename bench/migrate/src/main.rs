//! `migrate-bench TOOL FOLDER URL`: the migrations of a folder by a bare driver, by refinery or by sqlx.
//!
//! TOOL: `bare`, `refinery`, `sqlx`. Prints the number of migrations in the folder.

mod bare;
mod peers;

use std::error::Error;
use std::path::Path;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// A script and the name of its folder: fourteen digits, `_`, a title.
struct Migration {
    name: String,
    script: String,
}

fn read(folder: &Path) -> Result<Vec<Migration>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let script = std::fs::read_to_string(path.join("migration.sql"))?;
            all.push(Migration { name, script });
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [tool, folder, url] = arguments.as_slice() else { return Err("usage: migrate-bench TOOL FOLDER URL".into()) };
    let migrations = read(Path::new(folder))?;
    match tool.as_str() {
        "bare" => bare::deploy(&migrations, url).await?,
        "refinery" => peers::refinery(&migrations, url).await?,
        "sqlx" => peers::sqlx(&migrations, url).await?,
        _ => return Err("TOOL is bare, refinery or sqlx".into()),
    }
    println!("{}", migrations.len());
    Ok(())
}
