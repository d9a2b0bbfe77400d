//! A headless Chromium, spoken to over two pipes in its own protocol.

use std::fs::File;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,860",
    "--remote-debugging-pipe",
];
/// A page that does not get there in this time never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// A headless Chromium with one page.
#[derive(Debug)]
pub struct Browser {
    child: Child,
    to: File,
    from: File,
    read: Vec<u8>,
    asked: u64,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts it; none, with a printed line, when there is no browser on this machine.
    pub fn start() -> Option<Browser> {
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let folders: Vec<_> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
        let find = |name: &&str| folders.iter().any(|folder| folder.join(name).is_file());
        let Some(program) = names.into_iter().find(find) else {
            println!("skipped: no chromium");
            return None;
        };
        let profile = tempfile::tempdir().expect("a folder");
        let pipe = |name: &str| {
            let path = profile.path().join(name);
            assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo runs").success());
            path
        };
        let (to, from) = (pipe("to"), pipe("from"));
        // The browser reads from the file number 3 and writes to 4.
        let child = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<\"$TO\" 4>\"$FROM\"", "sh", program])
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
            .envs([("TO", &to), ("FROM", &from)])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let open = |path: &Path, write: bool| File::options().read(!write).write(write).open(path).expect("a pipe");
        let (to, from) = (open(&to, true), open(&from, false));
        let mut browser =
            Browser { child, to, from, read: Vec::new(), asked: 0, session: String::new(), _profile: profile };
        let target = browser.call("Target.createTarget", &json!({"url": "about:blank"}));
        let attached = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", &attached);
        browser.session = session["sessionId"].as_str().expect("a session").to_owned();
        Some(browser)
    }

    /// Goes to a page.
    pub fn open(&mut self, url: &str) {
        self.call("Page.navigate", &json!({"url": url}));
    }

    /// The value of an expression in the page.
    pub fn ask(&mut self, expression: &str) -> Value {
        let mut answer = self.call("Runtime.evaluate", &json!({"expression": expression, "returnByValue": true}));
        answer["result"]["value"].take()
    }

    /// Asks again until an expression is true.
    pub fn wait_until(&mut self, expression: &str) {
        let start = Instant::now();
        while self.ask(expression) != true {
            if start.elapsed() > PATIENCE {
                let page = self.ask("document.documentElement.outerHTML");
                panic!("{expression} has not come true in\n{page}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The page as a PNG.
    pub fn picture(&mut self) -> Vec<u8> {
        let answer = self.call("Page.captureScreenshot", &json!({"format": "png"}));
        base64(answer["data"].as_str().expect("a picture"))
    }

    /// One request and its answer; messages in between are about other things.
    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.asked += 1;
        let mut message = json!({"id": self.asked, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = self.session.as_str().into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("the browser listens");
        loop {
            let mut message = self.message();
            if message["id"] == self.asked {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].take();
            }
        }
    }

    fn message(&mut self) -> Value {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == 0) {
                let message: Vec<u8> = self.read.drain(..=end).collect();
                return serde_json::from_slice(&message[..end]).expect("JSON");
            }
            let mut more = [0; 65_536];
            let count = self.from.read(&mut more).expect("the browser speaks");
            assert!(count > 0, "the browser has gone");
            self.read.extend_from_slice(&more[..count]);
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request and reads all of the answer.
pub async fn http(address: SocketAddr, request: &str) -> String {
    let mut connection = tokio::net::TcpStream::connect(address).await.expect("a connection");
    connection.write_all(request.as_bytes()).await.expect("a request");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("an answer");
    answer
}

/// Decodes without looking at the padding.
fn base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for character in text.bytes().filter(|byte| *byte != b'=') {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            other => panic!("{other} is not base64"),
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    bytes
}
