//! Hides passwords in any text that may hold a database URL.

use std::ops::Range;

/// Parts of the names of parameters that hold a secret.
const SECRET_NAMES: [&str; 5] = ["password", "passwd", "token", "secret", "key"];

/// `text` with the password of every URL in it replaced by `***`: between the user and the host, and in the parameters
/// whose name says that they hold one.
pub(crate) fn mask(text: &str) -> String {
    replace_secrets(text, |_| "***".to_owned())
}

/// As [`mask`], with every byte of a password replaced by `*`: places in the text stay what they are.
pub(crate) fn mask_in_place(text: &str) -> String {
    replace_secrets(text, |secret| "*".repeat(secret.len()))
}

fn replace_secrets(text: &str, replacement: impl Fn(&str) -> String) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for secret in secrets(text) {
        masked.push_str(&text[done..secret.start]);
        masked.push_str(&replacement(&text[secret.clone()]));
        done = secret.end;
    }
    masked.push_str(&text[done..]);
    masked
}

/// The places of secrets, in order.
fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find("://") {
        let start = at + offset + 3;
        let length = text[start..].find(|c: char| c.is_whitespace() || matches!(c, '"' | '`' | '<' | '>'));
        let end = length.map_or(text.len(), |length| start + length);
        let url = &text[start..end];
        let password = password(url);
        let parameters_from = password.as_ref().map_or(0, |password| password.end);
        found.extend(
            password.into_iter().chain(parameters(url, parameters_from)).map(|it| start + it.start..start + it.end),
        );
        at = end;
    }
    found
}

/// The password in `user:password@host`. The last `@` before the query ends it: it may hold an unescaped one.
fn password(url: &str) -> Option<Range<usize>> {
    let query = url.find('?').unwrap_or(url.len());
    // A password may hold an unescaped `?` too: then the `@` is behind it.
    let authority = if url[..query].contains('@') { &url[..query] } else { url };
    let (colon, end) = (authority.find(':')?, authority.rfind('@')?);
    (colon < end).then_some(colon + 1..end)
}

/// The values of secret parameters in the query after `from`.
fn parameters(url: &str, from: usize) -> Vec<Range<usize>> {
    let Some(query) = url[from..].find('?').map(|offset| from + offset + 1) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut at = query;
    for parameter in url[query..].split('&') {
        if let Some((name, value)) = parameter.split_once('=')
            && SECRET_NAMES.iter().any(|secret| name.contains(secret))
        {
            let start = at + name.len() + 1;
            found.push(start..start + value.len());
        }
        at += parameter.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{mask, mask_in_place};

    #[test]
    fn no_password_is_left() {
        for (text, expected) in [
            ("no url: here", "no url: here"),
            ("postgres://u:p@h:5432/db", "postgres://u:***@h:5432/db"),
            ("`postgres://u:p@ss:w/rd@h/db` and mysql://a:b@c", "`postgres://u:***@h/db` and mysql://a:***@c"),
            ("postgres://u:p?q@h/db?schema=x", "postgres://u:***@h/db?schema=x"),
            ("postgres://u@h:5432/db", "postgres://u@h:5432/db"),
            ("postgres://h/d?sslpassword=x&user=a", "postgres://h/d?sslpassword=***&user=a"),
            // This may be a port, or a password with `/` and `?` in it: better to hide too much.
            ("postgres://h:1/d?email=a@b", "postgres://h:***@b"),
            ("postgres://u:@h", "postgres://u:***@h"),
        ] {
            assert_eq!(mask(text), expected, "{text}");
            assert_eq!(mask_in_place(text).len(), text.len());
            assert_eq!(mask(&mask_in_place(text)), expected, "{text}");
        }
    }
}
