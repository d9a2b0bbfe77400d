//! `engineo` tells its story on a database of its own; `engineo seed` fills in what older rows lack.

use clap::{Parser, Subcommand};
use engineo::{backfill, open, story};

/// Staff, quotas and self-service of a product, told on a database.
#[derive(Parser)]
struct Arguments {
    /// The database: `file:`, `postgresql:` or `mysql:`.
    #[arg(long, env = "DATABASE_URL", default_value = "file:engineo.db", global = true)]
    url: String,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Fill in what rows from before a migration lack.
    Seed,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let db = open(&arguments.url).await?;
    match arguments.command {
        None => story::tell(&db).await?,
        Some(Command::Seed) => {
            println!("{} admins have a role now", backfill::admin_roles(&db).await?);
            println!("{} users have preferences now", backfill::preferences(&db).await?);
        }
    }
    Ok(())
}
