//! `changelog` tells the story of a project; `changelog serve` shows its public page in the browser, with RSS.

use changelog::{serve, story};
use clap::{Parser, Subcommand};
use nicol::types::DateTime;
use tokio::net::TcpListener;

/// Publishes changelogs.
#[derive(Parser)]
struct Arguments {
    /// The database: postgresql://.., mysql://.. or file:..
    #[arg(long, global = true, env = "DATABASE_URL", default_value = "file:changelog.db", hide_env_values = true)]
    url: String,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Tells the story of a project (what happens without a command, too)
    Story,
    /// Shows the public changelogs in the browser
    Serve {
        /// Port on this machine
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Writes a changelog to look at, when there is none
        #[arg(long)]
        demo: bool,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let db = changelog::open(&arguments.url).await?;
    match arguments.command.unwrap_or(Command::Story) {
        Command::Story => story::tell(&db).await?,
        Command::Serve { port, demo } => {
            if demo {
                story::demo(&db, DateTime::now()).await?;
            }
            let listener = TcpListener::bind(("127.0.0.1", port)).await?;
            println!("http://{}", listener.local_addr()?);
            serve::serve(db, listener).await?;
        }
    }
    Ok(())
}
