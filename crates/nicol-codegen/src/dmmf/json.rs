//! A JSON writer: commas are its business, structure the caller's. What is written goes on in pieces, so that the whole
//! is never in memory.

use std::io::{self, Write};

/// So many bytes are written at once.
const PIECE: usize = 1 << 16;

/// Text under construction.
pub(super) struct Json<'w> {
    out: &'w mut dyn Write,
    /// What was not handed on yet.
    text: String,
    /// Something was handed on.
    started: bool,
    /// The first error of `out`; nothing more is handed on behind it.
    error: Option<io::Error>,
    /// The next value or key stands first in its list or object.
    first: bool,
    /// A key was just written: its value follows without a comma.
    after_key: bool,
}

impl<'w> Json<'w> {
    /// Nothing yet.
    pub(super) fn new(out: &'w mut dyn Write) -> Json<'w> {
        Json { out, text: String::new(), started: false, error: None, first: false, after_key: false }
    }

    /// Hands the rest on.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.hand_on();
        self.error.map_or(Ok(()), Err)
    }

    fn hand_on(&mut self) {
        if self.error.is_none() {
            self.error = self.out.write_all(self.text.as_bytes()).err();
        }
        self.started = true;
        self.text.clear();
    }

    fn before_value(&mut self) {
        if self.after_key {
            self.after_key = false;
        } else if self.first {
            self.first = false;
        } else if self.started || !self.text.is_empty() {
            self.text.push(',');
        }
    }

    fn nested(&mut self, open: char, close: char, write: impl FnOnce(&mut Json<'w>)) {
        self.before_value();
        self.text.push(open);
        self.first = true;
        write(self);
        self.first = false;
        self.text.push(close);
        if self.text.len() > PIECE {
            self.hand_on();
        }
    }

    pub(super) fn object(&mut self, write: impl FnOnce(&mut Json<'w>)) {
        self.nested('{', '}', write);
    }

    pub(super) fn array(&mut self, write: impl FnOnce(&mut Json<'w>)) {
        self.nested('[', ']', write);
    }

    pub(super) fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Json<'w>, T)) {
        self.array(|json| {
            for item in items {
                write(json, item);
            }
        });
    }

    /// A key; keys are ours and need no escapes.
    pub(super) fn key(&mut self, key: &str) -> &mut Json<'w> {
        self.before_value();
        self.text.push('"');
        self.text.push_str(key);
        self.text.push_str("\":");
        self.after_key = true;
        self
    }

    pub(super) fn null(&mut self) {
        self.before_value();
        self.text.push_str("null");
    }

    pub(super) fn boolean(&mut self, value: bool) {
        self.before_value();
        self.text.push_str(if value { "true" } else { "false" });
    }

    /// A number as written in a schema. What JSON cannot write the same way (`007`) is written by value.
    pub(super) fn number(&mut self, text: &str) {
        self.before_value();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_json = serde_json::from_str::<serde_json::Number>(text).is_ok();
        match (is_json, text.parse::<f64>()) {
            (false, Ok(value)) if digits.contains('.') => self.text.push_str(&value.to_string()),
            (false, Ok(_)) => {
                if text.starts_with('-') {
                    self.text.push('-');
                }
                let significant = digits.trim_start_matches('0');
                self.text.push_str(if significant.is_empty() { "0" } else { significant });
            }
            (true, _) | (false, Err(_)) => self.text.push_str(text),
        }
    }

    pub(super) fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.string(text),
            None => self.null(),
        }
    }

    pub(super) fn string(&mut self, text: &str) {
        self.before_value();
        self.text.push('"');
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
            self.text.push_str(&rest[..at]);
            match rest.as_bytes()[at] {
                b'"' => self.text.push_str("\\\""),
                b'\\' => self.text.push_str("\\\\"),
                b'\n' => self.text.push_str("\\n"),
                b'\r' => self.text.push_str("\\r"),
                b'\t' => self.text.push_str("\\t"),
                control => self.text.push_str(&format!("\\u{control:04x}")),
            }
            rest = &rest[at + 1..];
        }
        self.text.push_str(rest);
        self.text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn commas_and_escapes() {
        let mut out = Vec::new();
        let mut json = Json::new(&mut out);
        json.object(|json| {
            json.key("a").string("q\"\\\n\u{1}é");
            json.key("b").list([1, 2], |json, n| json.number(&n.to_string()));
            json.key("c").array(|_| ());
            json.key("d").number("-007");
            json.key("e").number("00.50");
        });
        json.finish().unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, r#"{"a":"q\"\\\n\u0001é","b":[1,2],"c":[],"d":-7,"e":0.5}"#);
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }
}
