//! `laps` tells the story of a small run; `laps serve` shows the ranking in the browser.

use std::time::Duration;

use clap::{Parser, Subcommand};
use laps::{Db, db::student, rounds, serve, sessions, story, students, users};
use nicol::types::DateTime;
use tokio::net::TcpListener;

/// Counts the laps of a sponsored run.
#[derive(Parser)]
struct Arguments {
    /// The database: postgresql://.., mysql://.. or file:..
    #[arg(long, global = true, env = "DATABASE_URL", default_value = "file:laps.db", hide_env_values = true)]
    url: String,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Tells the story of a small run (what happens without a command, too)
    Story,
    /// Shows the ranking in the browser
    Serve {
        /// Port on this machine
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Lets runners run by themselves, in a database that goes with the program
        #[arg(long)]
        demo: bool,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match arguments.command.unwrap_or(Command::Story) {
        Command::Story => story::tell(&laps::open(&arguments.url).await?).await?,
        Command::Serve { port, demo: false } => show(laps::open(&arguments.url).await?, port).await?,
        Command::Serve { port, demo: true } => {
            let folder = tempfile::tempdir()?;
            let db = laps::open(&format!("file:{}", folder.path().join("demo.db").display())).await?;
            students::load(&db, story::LIST).await?;
            tokio::spawn(run_by_themselves(db.clone()));
            show(db, port).await?;
        }
    }
    Ok(())
}

/// Shows the ranking, and says how to record a lap.
async fn show(db: Db, port: u16) -> anyhow::Result<()> {
    let admin = users::seed(&db).await?;
    let session = sessions::begin(&db, &admin, DateTime::now()).await?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    println!("http://{address}");
    let key = session.id;
    let first = db.student().find_first().order_by(student::start_number.asc()).select(student::start_number).await?;
    match first {
        Some(number) => println!(
            "A lap of number {number}: curl -X POST -H 'Authorization: Bearer {key}' http://{address}/laps/{number}/61000"
        ),
        None => println!("Nobody runs yet: the story, `laps` without a command, enters eight."),
    }
    Ok(serve::serve(db, listener).await?)
}

/// Somebody comes by every half second; who, is left to the clock.
async fn run_by_themselves(db: Db) -> laps::Result<()> {
    let admin = users::seed(&db).await?;
    let numbers = db.student().find_many().select(student::start_number).await?;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let chance = DateTime::now().subsec_nanosecond() / 1000;
        let which = (chance as usize) % numbers.len();
        rounds::record(&db, &admin, numbers[which], 55_000 + chance % 20_000).await?;
    }
}
