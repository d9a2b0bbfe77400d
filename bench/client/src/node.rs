//! Prisma Client in a process of its own, told what to do over its standard input; it times itself.
use crate::model::*;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

pub struct Node {
    pub child: Child,
    i: ChildStdin,
    o: BufReader<ChildStdout>,
    pub label: String,
}
#[derive(serde::Deserialize)]
pub struct Answer {
    pub ns: f64,
    pub cpu_us: f64,
    pub sum: u64,
    pub rss_mib: f64,
}
impl Node {
    pub fn start(dir: &str, url: &str, strategy: &str) -> R<Node> {
        let mut child = Command::new("node")
            .arg("bench.mjs")
            .arg(url)
            .arg(strategy)
            .current_dir(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let i = child.stdin.take().unwrap();
        let o = BufReader::new(child.stdout.take().unwrap());
        Ok(Node {
            child,
            i,
            o,
            label: if strategy == "query" {
                "Prisma Client 7.10".into()
            } else {
                format!("Prisma Client 7.10 ({strategy})")
            },
        })
    }
    pub fn ask(&mut self, op: Op, k: i64, n: i64, conc: i64) -> R<Answer> {
        writeln!(self.i, "{{\"op\":\"{op:?}\",\"k\":{k},\"n\":{n},\"conc\":{conc}}}")?;
        let mut s = String::new();
        self.o.read_line(&mut s)?;
        serde_json::from_str(&s).map_err(|e| format!("{e}: {s}").into())
    }
    pub fn stop(mut self) {
        drop(self.i);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
