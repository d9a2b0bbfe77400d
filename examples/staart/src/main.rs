//! `staart` tells the story of an organization and its people.

use clap::Parser;
use staart::story;

/// Accounts of a software service, told on a database.
#[derive(Parser)]
struct Arguments {
    /// The database: mysql://.., postgresql://.. or file:..
    #[arg(long, env = "DATABASE_URL", default_value = "file:staart.db", hide_env_values = true)]
    url: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let db = staart::open(&arguments.url).await?;
    Ok(story::tell(&db).await?)
}
