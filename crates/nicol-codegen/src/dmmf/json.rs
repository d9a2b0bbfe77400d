//! A JSON writer that appends to one string: commas are its business, structure the caller's.

/// Text under construction.
#[derive(Default)]
pub(super) struct Json {
    text: String,
    /// The next value or key stands first in its list or object.
    first: bool,
    /// A key was just written: its value follows without a comma.
    after_key: bool,
}

impl Json {
    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn before_value(&mut self) {
        if self.after_key {
            self.after_key = false;
        } else if self.first {
            self.first = false;
        } else if !self.text.is_empty() {
            self.text.push(',');
        }
    }

    fn nested(&mut self, open: char, close: char, write: impl FnOnce(&mut Json)) {
        self.before_value();
        self.text.push(open);
        self.first = true;
        write(self);
        self.first = false;
        self.text.push(close);
    }

    pub(super) fn object(&mut self, write: impl FnOnce(&mut Json)) {
        self.nested('{', '}', write);
    }

    pub(super) fn array(&mut self, write: impl FnOnce(&mut Json)) {
        self.nested('[', ']', write);
    }

    pub(super) fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Json, T)) {
        self.array(|json| {
            for item in items {
                write(json, item);
            }
        });
    }

    pub(super) fn key(&mut self, key: &str) -> &mut Json {
        self.string(key);
        self.text.push(':');
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
        for c in text.chars() {
            match c {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                c if c < ' ' => self.text.push_str(&format!("\\u{:04x}", c as u32)),
                c => self.text.push(c),
            }
        }
        self.text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn commas_and_escapes() {
        let mut json = Json::default();
        json.object(|json| {
            json.key("a").string("q\"\\\n\u{1}é");
            json.key("b").list([1, 2], |json, n| json.number(&n.to_string()));
            json.key("c").array(|_| ());
            json.key("d").number("-007");
            json.key("e").number("00.50");
        });
        let text = json.into_text();
        assert_eq!(text, r#"{"a":"q\"\\\n\u0001é","b":[1,2],"c":[],"d":-7,"e":0.5}"#);
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }
}
