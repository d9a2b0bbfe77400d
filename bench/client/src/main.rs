//! One binary, one run, every implementation in turn in every round: client libraries beside code by hand.
//!
//!   bench-client seed  pg|sqlite|mysql           make the tables and rows
//!   bench-client pool  pg|mysql                  10,000 tasks at once on a pool of 10: how long each waits for its answer
//!   bench-client run   pg|sqlite|mysql [--rounds 7] [--scale 1.0] [--only Point,Read100] [--impl substr,...] [--rt multi|current] [--prisma DIR] [--json FILE]
//!
//! BENCH_PG, BENCH_MYSQL and BENCH_SQLITE name the databases (defaults: local servers, database "nicol_bench").
#![allow(dead_code, reason = "records are made, counted and thrown away")]

mod hand_mysql;
mod hand_pg;
mod hand_sqlite;
mod model;
mod node;
#[cfg(feature = "peers")]
mod peer_diesel;
mod peer_nicol;
#[cfg(feature = "peers")]
mod peer_prax;
#[cfg(feature = "peers")]
mod peer_seaorm;
#[cfg(feature = "peers")]
mod peer_sqlx;
#[cfg(feature = "peers")]
mod peer_toasty;
mod raw_pg;
use model::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

fn env(k: &str, d: &str) -> String {
    std::env::var(k).unwrap_or(d.into())
}
fn pg_url() -> String {
    env("BENCH_PG", "postgresql://postgres@127.0.0.1:5432/nicol_bench")
}
fn mysql_url() -> String {
    env("BENCH_MYSQL", "mysql://root@127.0.0.1:3306/nicol_bench")
}
fn sqlite_path() -> String {
    std::env::var("BENCH_SQLITE")
        .unwrap_or_else(|_| std::env::temp_dir().join("nicol-bench.db").to_string_lossy().into_owned())
}

fn cpu_us() -> f64 {
    unsafe {
        let mut r: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut r);
        (r.ru_utime.tv_sec + r.ru_stime.tv_sec) as f64 * 1e6 + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) as f64
    }
}

/// The rows are a function of their number alone, the same on every database.
async fn seed(kind: &str) -> R<()> {
    let int_id = match kind {
        "pg" => "SERIAL PRIMARY KEY",
        "mysql" => "INT AUTO_INCREMENT PRIMARY KEY",
        _ => "INTEGER PRIMARY KEY AUTOINCREMENT",
    };
    let (text, time, dbl) = match kind {
        "pg" => ("TEXT", "TIMESTAMP(3)", "DOUBLE PRECISION"),
        "mysql" => ("VARCHAR(191)", "DATETIME(3)", "DOUBLE"),
        _ => ("TEXT", "DATETIME", "REAL"),
    };
    let int = if kind == "sqlite" { "INTEGER" } else { "INT" };
    let mut ddl = vec![];
    for t in ["comments", "posts", "users", "events"] {
        ddl.push(format!("DROP TABLE IF EXISTS {t}"));
    }
    ddl.push(format!("CREATE TABLE users (id {int_id}, email {text} NOT NULL, name {text} NOT NULL, age {int}, role {text} NOT NULL, active BOOLEAN NOT NULL, score {dbl} NOT NULL, created_at {time} NOT NULL)"));
    ddl.push(format!("CREATE TABLE posts (id {int_id}, title {text} NOT NULL, body {text} NOT NULL, published BOOLEAN NOT NULL, views {int} NOT NULL, rating {dbl}, author_id {int} NOT NULL REFERENCES users(id), created_at {time} NOT NULL)"));
    ddl.push(format!("CREATE TABLE comments (id {int_id}, body {text} NOT NULL, likes {int} NOT NULL, post_id {int} NOT NULL REFERENCES posts(id), created_at {time} NOT NULL)"));
    ddl.push(format!("CREATE TABLE events (id {int_id}, kind {text} NOT NULL, payload {text} NOT NULL, amount {int} NOT NULL, ratio {dbl} NOT NULL, ok BOOLEAN NOT NULL, tag {text}, created_at {time} NOT NULL DEFAULT {})", if kind == "mysql" { "CURRENT_TIMESTAMP(3)" } else { "CURRENT_TIMESTAMP" }));
    let b = |v: bool| {
        if kind == "pg" {
            if v { "true" } else { "false" }
        } else if v {
            "1"
        } else {
            "0"
        }
    };
    let at = |i: i64| {
        format!(
            "'2025-{:02}-{:02} {:02}:{:02}:{:02}.{}'",
            1 + i % 12,
            1 + i % 28,
            i % 24,
            i % 60,
            (i * 7) % 60,
            if kind == "sqlite" { "123" } else { "123" }
        )
    };
    let mut row: Vec<(&str, i64, Box<dyn Fn(i64) -> String>)> = vec![];
    row.push((
        "users (email, name, age, role, active, score, created_at)",
        USERS,
        Box::new(move |i| {
            format!(
                "('user{i}@example.org', 'Name Of User {i}', {}, '{}', {}, {}, {})",
                if i % 5 == 0 { "NULL".into() } else { (20 + i % 60).to_string() },
                if i % 10 == 0 { "ADMIN" } else { "USER" },
                b(i % 3 > 0),
                i as f64 / 3.0,
                at(i)
            )
        }),
    ));
    row.push(("posts (title, body, published, views, rating, author_id, created_at)", POSTS, Box::new(move |i| format!("('Title of the post {i}', 'Body of the post number {i}: a sentence or two of text, about a hundred bytes of it, no more than that.', {}, {}, {}, {}, {})", b(i % 2 > 0), (i * 7919) % 10_000, if i % 4 == 0 { "NULL".into() } else { format!("{}", (i % 50) as f64 / 10.0 + 0.05) }, (i - 1) / 5 + 1, at(i)))));
    row.push((
        "comments (body, likes, post_id, created_at)",
        COMMENTS,
        Box::new(move |i| {
            format!("('Comment number {i}, which says little', {}, {}, {})", i % 100, (i - 1) / 3 + 1, at(i))
        }),
    ));
    row.push((
        "events (kind, payload, amount, ratio, ok, tag, created_at)",
        EVENTS,
        Box::new(move |i| {
            format!(
                "('view', 'payload of the event number {i}, about forty bytes long', {i}, {}, {}, 'tag{}', {})",
                i as f64 / 7.0 + 0.001,
                b(i % 2 == 0),
                i % 100,
                at(i)
            )
        }),
    ));
    let mut sql = ddl;
    for (t, n, f) in &row {
        let mut i = 1;
        while i <= *n {
            let end = (i + 2_500).min(n + 1);
            sql.push(format!("INSERT INTO {t} VALUES {}", (i..end).map(|k| f(k)).collect::<Vec<_>>().join(", ")));
            i = end;
        }
    }
    sql.push("CREATE UNIQUE INDEX users_email_key ON users(email)".into());
    if kind != "mysql" || true {
        sql.push("CREATE INDEX posts_author_id_idx ON posts(author_id)".into());
        sql.push("CREATE INDEX posts_views_idx ON posts(views)".into());
        sql.push("CREATE INDEX comments_post_id_idx ON comments(post_id)".into());
    }
    match kind {
        "pg" => {
            let base = pg_url();
            let (server, db) = base.rsplit_once('/').unwrap();
            let (c, t) = tokio_postgres::connect(&format!("{server}/postgres"), tokio_postgres::NoTls).await?;
            tokio::spawn(t);
            let _ = c.batch_execute(&format!("CREATE DATABASE {db}")).await;
            // commits wait for no disk: what is measured is the client
            c.batch_execute(&format!("ALTER DATABASE {db} SET synchronous_commit = off")).await?;
            let (c, t) = tokio_postgres::connect(&base, tokio_postgres::NoTls).await?;
            tokio::spawn(t);
            for s in sql {
                c.batch_execute(&s).await?;
            }
            c.batch_execute("VACUUM ANALYZE").await?;
        }
        "mysql" => {
            use mysql_async::prelude::*;
            let base = mysql_url();
            let (server, db) = base.rsplit_once('/').unwrap();
            let mut c = mysql_async::Conn::from_url(format!("{server}/mysql")).await?;
            c.query_drop(format!("CREATE DATABASE IF NOT EXISTS {db}")).await?;
            c.query_drop(format!("USE {db}")).await?;
            for s in sql {
                c.query_drop(s).await?;
            }
            c.query_drop("ANALYZE TABLE users, posts, comments, events").await?;
            c.disconnect().await?;
        }
        _ => {
            let _ = std::fs::remove_file(sqlite_path());
            let c = rusqlite::Connection::open(sqlite_path())?;
            c.execute_batch("PRAGMA journal_mode = WAL; BEGIN")?;
            for s in sql {
                c.execute_batch(&s)?;
            }
            c.execute_batch("COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")?;
        }
    }
    println!("seeded {kind}");
    Ok(())
}

/// Takes away what inserts left, so that every implementation meets the same tables.
async fn clean(kind: &str) -> R<()> {
    match kind {
        "pg" => {
            let (c, t) = tokio_postgres::connect(&pg_url(), tokio_postgres::NoTls).await?;
            tokio::spawn(t);
            c.batch_execute(&format!("DELETE FROM events WHERE id > {EVENTS}")).await?;
            c.batch_execute("VACUUM events").await?;
        }
        "mysql" => {
            use mysql_async::prelude::*;
            let mut c = mysql_async::Conn::from_url(mysql_url()).await?;
            c.query_drop(format!("DELETE FROM events WHERE id > {EVENTS}")).await?;
            c.disconnect().await?;
        }
        _ => {
            let c = rusqlite::Connection::open(sqlite_path())?;
            c.busy_timeout(std::time::Duration::from_secs(10))?;
            c.execute(&format!("DELETE FROM events WHERE id > {EVENTS}"), [])?;
        }
    }
    Ok(())
}

enum Impl {
    Rust(Arc<dyn Db>),
    Node(node::Node),
}
#[derive(Clone, Copy)]
struct Sample {
    us: f64,
    cpu: f64,
}

fn plan(kind: &str) -> Vec<(Op, i64, i64)> {
    // operation, times in a batch, callers at once
    let s = kind == "sqlite";
    let mut v = vec![
        (Point, if s { 4000 } else { 500 }, 1),
        (Read100, if s { 500 } else { 200 }, 1),
        (Read10k, 5, 1),
        (Nested10, if s { 300 } else { 100 }, 1),
        (Nested1000, 3, 1),
        (RelFilter, 40, 1),
        (InsertOne, if s { 1000 } else { 300 }, 1),
        (UpdateById, if s { 1000 } else { 300 }, 1),
        (Tx5, if s { 500 } else { 100 }, 1),
        (Bulk10k, 2, 1),
    ];
    if !s {
        v.push((Point, 2000, 32));
        v.push((InsertOne, 1000, 32));
    }
    v
}

async fn batch(db: &Arc<dyn Db>, op: Op, k: i64, n: i64, conc: i64) -> R<(Sample, u64)> {
    let cpu = cpu_us();
    let t = Instant::now();
    let mut sum = 0;
    if conc == 1 {
        for i in 0..n {
            sum += db.run(op, k + i).await?;
        }
    } else {
        let next = Arc::new(std::sync::atomic::AtomicI64::new(0));
        let tasks: Vec<_> = (0..conc)
            .map(|_| {
                let (db, next) = (db.clone(), next.clone());
                tokio::spawn(async move {
                    let mut s = 0;
                    loop {
                        let i = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        if i >= n {
                            return R::Ok(s);
                        }
                        s += db.run(op, k + i).await?;
                    }
                })
            })
            .collect();
        for t in tasks {
            sum += t.await??;
        }
    }
    let us = t.elapsed().as_secs_f64() * 1e6 / n as f64;
    Ok((Sample { us, cpu: (cpu_us() - cpu) / n as f64 }, sum))
}

fn median(mut v: Vec<f64>) -> f64 {
    v.sort_by(f64::total_cmp);
    if v.is_empty() { f64::NAN } else { v[v.len() / 2] }
}
fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim().to_string()
}

async fn run(kind: &str, args: &BTreeMap<String, String>) -> R<()> {
    let get = |k: &str, d: &str| args.get(k).cloned().unwrap_or(d.into());
    let rounds: usize = get("rounds", "7").parse()?;
    let scale: f64 = get("scale", "1").parse()?;
    let only: Vec<String> = get("only", "").split(',').filter(|s| !s.is_empty()).map(Into::into).collect();
    let wanted: Vec<String> = get("impl", "").split(',').filter(|s| !s.is_empty()).map(Into::into).collect();
    let mut impls: Vec<(String, Impl)> = vec![];
    let mut add = |d: Arc<dyn Db>| impls.push((d.name(), Impl::Rust(d)));
    match kind {
        "pg" => {
            let url = pg_url();
            use hand_pg::Way::*;
            for w in [
                Best,
                Unprepared,
                OneConnection,
                TxInTurn,
                Any3,
                Sub3Pipelined,
                LateralJson,
                JsonAggSubquery,
                CompositeArrays,
                CompositeGrouped,
                FlatJoin,
                Values,
                Unnest,
                CopyBinary,
                CopyText,
                DrainOnly,
                CopyOutBinary,
            ] {
                add(Arc::new(hand_pg::HandPg::new(&url, w).await?));
            }
            let cfg: tokio_postgres::Config = url.parse()?;
            let db = cfg.get_dbname().unwrap_or("nicol_bench").to_string();
            add(Arc::new(raw_pg::RawPg::new(
                false,
                &db,
                "127.0.0.1",
                cfg.get_ports().first().copied().unwrap_or(5432),
            )?));
            if let Ok(r) = raw_pg::RawPg::new(true, &db, "", cfg.get_ports().first().copied().unwrap_or(5432)) {
                add(Arc::new(r));
            }
            add(Arc::new(peer_nicol::open(&url, 10).await?));
            #[cfg(feature = "peers")]
            {
                add(Arc::new(peer_sqlx::pg::open(&url).await?));
                add(Arc::new(peer_diesel::pg::open(&url).await?));
                add(Arc::new(peer_seaorm::open(&url, 10, 9_000).await?));
                add(Arc::new(peer_toasty::open(&url).await?));
                let without_tls = format!("{url}{}sslmode=disable", if url.contains('?') { "&" } else { "?" });
                add(Arc::new(peer_prax::open(&without_tls).await?));
            }
            if let Some(dir) = args.get("prisma") {
                for s in ["query", "join"] {
                    let n = node::Node::start(dir, &url, s)?;
                    impls.push((n.label.clone(), Impl::Node(n)));
                }
            }
        }
        "mysql" => {
            add(Arc::new(hand_mysql::open(&mysql_url()).await?));
            add(Arc::new(peer_nicol::open(&mysql_url(), 10).await?));
            #[cfg(feature = "peers")]
            {
                add(Arc::new(peer_sqlx::mysql::open(&mysql_url(), 10).await?));
                add(Arc::new(peer_diesel::mysql::open(&mysql_url()).await?));
                add(Arc::new(peer_seaorm::open(&mysql_url(), 10, 4_000).await?));
            }
        }
        _ => {
            let p = sqlite_path();
            use hand_sqlite::Way::*;
            for w in [Best, JsonSubquery, FlatJoin, InList, LookupEach, MultiValues, SpawnBlocking] {
                add(Arc::new(hand_sqlite::HandSqlite::new(&p, w)?));
            }
            add(Arc::new(peer_nicol::open(&format!("file:{p}?synchronous=normal"), 1).await?));
            #[cfg(feature = "peers")]
            {
                let url = format!("sqlite://{p}");
                add(Arc::new(peer_sqlx::sqlite::open(&url, 1).await?));
                add(Arc::new(peer_diesel::sqlite::open(&p)?));
                add(Arc::new(peer_seaorm::open(&url, 1, 4_000).await?));
            }
        }
    }
    impls.retain(|(n, i)| {
        wanted.is_empty()
            || wanted.iter().any(|w| n.contains(w.as_str()))
            || matches!(i, Impl::Rust(d) if d.name().starts_with("by hand ("))
    });
    println!("load before: {}", load());
    clean(kind).await?;
    let mut samples: BTreeMap<(usize, usize), Vec<Option<Sample>>> = BTreeMap::new();
    let plan: Vec<_> = plan(kind)
        .into_iter()
        .filter(|(op, _, c)| only.is_empty() || only.contains(&format!("{op:?}{}", if *c > 1 { "x32" } else { "" })))
        .collect();
    let mut broken: BTreeMap<(usize, usize), String> = BTreeMap::new();
    let mut filter_sum = 0;
    let mut rss = BTreeMap::new();
    for round in 0..rounds + 1 {
        for (pi, &(op, n, conc)) in plan.iter().enumerate() {
            // the first round warms up, and a rotation keeps any place in the order from being favoured
            let n = if round == 0 { (n / 5).max(1) } else { ((n as f64 * scale) as i64).max(1) };
            for j in 0..impls.len() {
                let ii = (j + round) % impls.len();
                let k = (round as i64 * 1_000_003 + ii as i64 * 10_007) % 1_000_000;
                let (name, im) = &mut impls[ii];
                if broken.contains_key(&(pi, ii)) {
                    continue;
                }
                let res = match im {
                    Impl::Rust(d) => {
                        if !d.has(op) || (conc > 1 && !d.concurrent()) {
                            continue;
                        }
                        match tokio::time::timeout(std::time::Duration::from_secs(60), batch(d, op, k, n, conc)).await {
                            Ok(r) => r,
                            Err(_) => Err("timeout".into()),
                        }
                    }
                    Impl::Node(p) => {
                        if name.contains("join") && !matches!(op, Nested10 | Nested1000) {
                            continue;
                        }
                        p.ask(op, k, n, conc).map(|a| {
                            rss.insert(name.clone(), a.rss_mib);
                            (Sample { us: a.ns / 1e3 / n as f64, cpu: a.cpu_us / n as f64 }, a.sum)
                        })
                    }
                };
                match res {
                    Ok((s, sum)) => {
                        let want = expected(op).map(|e| e * n as u64).unwrap_or_else(|| {
                            if filter_sum == 0 {
                                filter_sum = sum / n as u64;
                            }
                            filter_sum * n as u64
                        });
                        if sum != want {
                            broken.insert((pi, ii), format!("answers {sum} records, not {want}"));
                        }
                        if round > 0 {
                            let v = samples.entry((pi, ii)).or_default();
                            v.resize(round - 1, None);
                            v.push(Some(s));
                        }
                    }
                    Err(e) => {
                        let mut m = format!("{e:?}");
                        m.truncate(300);
                        broken.insert((pi, ii), m);
                    }
                }
                if op == Bulk10k {
                    clean(kind).await?;
                }
            }
            if matches!(op, InsertOne) {
                clean(kind).await?;
            }
        }
        eprintln!("round {round} of {rounds}, load {}", load());
    }
    println!("load after: {}\n", load());
    let base = 0;
    let mut json = vec![];
    for (pi, &(op, n, conc)) in plan.iter().enumerate() {
        println!(
            "\n### {op:?}{} ({kind}, {n} a batch, {rounds} rounds)\n",
            if conc > 1 { format!(" x{conc}") } else { String::new() }
        );
        println!(
            "| implementation | µs/op median | best | ratio to by hand (median of ratios) | client CPU µs/op | CPU ratio |\n|---|---|---|---|---|---|"
        );
        let Some(b) = samples.get(&(pi, base)) else { continue };
        let mut rows = vec![];
        for (ii, (name, _)) in impls.iter().enumerate() {
            let Some(v) = samples.get(&(pi, ii)) else { continue };
            let us: Vec<f64> = v.iter().flatten().map(|s| s.us).collect();
            let ratio: Vec<f64> = v.iter().zip(b).filter_map(|(a, b)| Some(a.as_ref()?.us / b.as_ref()?.us)).collect();
            let cratio: Vec<f64> =
                v.iter().zip(b).filter_map(|(a, b)| Some(a.as_ref()?.cpu / b.as_ref()?.cpu)).collect();
            let cpu = median(v.iter().flatten().map(|s| s.cpu).collect());
            rows.push((
                median(ratio),
                name.clone(),
                median(us.clone()),
                us.iter().copied().fold(f64::MAX, f64::min),
                cpu,
                median(cratio),
            ));
        }
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (r, name, m, best, cpu, cr) in rows {
            println!("| {name} | {m:.1} | {best:.1} | {r:.2} | {cpu:.1} | {cr:.2} |");
            let rounds: Vec<_> = impls
                .iter()
                .position(|(known, _)| *known == name)
                .and_then(|ii| samples.get(&(pi, ii)))
                .into_iter()
                .flatten()
                .map(|sample| sample.map(|sample| (sample.us, sample.cpu)))
                .collect();
            json.push(serde_json::json!({"op": format!("{op:?}"), "conc": conc, "impl": name, "us": m, "best_us": best, "ratio": r, "cpu_us": cpu, "cpu_ratio": cr, "rounds": rounds}));
        }
        for ((p, ii), why) in &broken {
            if *p == pi {
                println!("\n{} failed: {why}", impls[*ii].0);
            }
        }
    }
    for (n, m) in rss {
        println!("\nresident memory of {n}: {m:.0} MiB");
    }
    if let Some(f) = args.get("json") {
        std::fs::write(f, serde_json::to_string_pretty(&json)?)?;
    }
    for (_, i) in impls {
        if let Impl::Node(n) = i {
            n.stop();
        }
    }
    clean(kind).await?;
    Ok(())
}

fn main() -> R<()> {
    let a: Vec<String> = std::env::args().skip(1).collect();
    let mut opts = BTreeMap::new();
    let mut it = a.iter().skip(2);
    while let Some(k) = it.next() {
        opts.insert(k.trim_start_matches("--").to_string(), it.next().cloned().unwrap_or_default());
    }
    let mut b = if opts.get("rt").is_some_and(|r| r == "current") {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    let rt = b.enable_all().build()?;
    rt.block_on(async {
        match a.first().map(String::as_str) {
            Some("seed") => seed(&a[1]).await,
            Some("run") => run(&a[1], &opts).await,
            Some("pool") => peer_nicol::pool(&a[1], if a[1] == "pg" { pg_url() } else { mysql_url() }).await,
            _ => Err("bench-client seed|run|pool pg|sqlite|mysql [options]".into()),
        }
    })
}
