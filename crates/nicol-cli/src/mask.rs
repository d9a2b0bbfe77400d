//! Hides passwords in any text that may hold a database URL.

/// `text` with the password of every URL in it replaced by `***`: between the user and the host, and in the parameters
/// whose name says that they hold one.
pub(crate) fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        masked.push_str(before);
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '`' | '<' | '>'))
            .unwrap_or(after.len());
        masked.push_str(&mask_parameters(&mask_user(&after[..end])));
        rest = &after[end..];
    }
    masked.push_str(rest);
    masked
}

/// `user:password@host` → `user:***@host`. The last `@` before the query ends the password: it may hold an unescaped one.
fn mask_user(url: &str) -> String {
    let query = url.find('?').unwrap_or(url.len());
    // A password may hold an unescaped `?` too: then the `@` is behind it.
    let authority = if url[..query].contains('@') { &url[..query] } else { url };
    match (authority.find(':'), authority.rfind('@')) {
        (Some(colon), Some(at)) if colon < at => format!("{}:***{}", &url[..colon], &url[at..]),
        _ => url.to_owned(),
    }
}

fn mask_parameters(url: &str) -> String {
    let Some((address, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
        Some((name, _))
            if ["password", "passwd", "token", "secret", "key"]
                .iter()
                .any(|secret| name.contains(secret)) =>
        {
            format!("{name}=***")
        }
        _ => parameter.to_owned(),
    });
    format!("{address}?{}", parameters.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn no_password_is_left() {
        for (text, expected) in [
            ("no url: here", "no url: here"),
            ("postgres://u:p@h:5432/db", "postgres://u:***@h:5432/db"),
            (
                "`postgres://u:p@ss:w/rd@h/db` and mysql://a:b@c",
                "`postgres://u:***@h/db` and mysql://a:***@c",
            ),
            ("postgres://u:p?q@h/db?schema=x", "postgres://u:***@h/db?schema=x"),
            ("postgres://u@h:5432/db", "postgres://u@h:5432/db"),
            (
                "postgres://h/d?sslpassword=x&user=a",
                "postgres://h/d?sslpassword=***&user=a",
            ),
            // This may be a port, or a password with `/` and `?` in it: better to hide too much.
            ("postgres://h:1/d?email=a@b", "postgres://h:***@b"),
            ("postgres://u:@h", "postgres://u:***@h"),
        ] {
            assert_eq!(mask(text), expected, "{text}");
        }
    }
}
