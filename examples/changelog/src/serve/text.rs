//! Text of people as markup.

use std::fmt::Write;

/// Text that may hold anything, for HTML and XML.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // XML has no place for the others.
            '\t' | '\n' | '\r' => safe.push(character),
            other if other.is_control() => {}
            other => safe.push(other),
        }
    }
    safe
}

/// What an entry says as HTML: paragraphs, lists of lines that begin with a dash, and `code`.
pub(super) fn html(content: &str) -> String {
    let mut html = String::new();
    for block in content.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        let items: Option<Vec<&str>> = block.lines().map(|line| line.trim().strip_prefix("- ")).collect();
        match items {
            Some(items) => {
                html.push_str("<ul>");
                items.into_iter().for_each(|item| add(&mut html, format_args!("<li>{}</li>", inline(item))));
                html.push_str("</ul>\n");
            }
            None => add(&mut html, format_args!("<p>{}</p>\n", inline(block))),
        }
    }
    html
}

/// Every second piece between backquotes is code.
fn inline(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    let last = pieces.len() - 1;
    let piece = |(at, piece): (usize, &&str)| match (at % 2 == 1, at == last) {
        (true, false) => format!("<code>{}</code>", escape(piece)),
        (true, true) => format!("`{}", escape(piece)),
        (false, _) => escape(piece),
    };
    pieces.iter().enumerate().map(piece).collect()
}

/// Writing to a string does not fail.
pub(super) fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(more);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_comes_from_here_only() {
        assert_eq!(html("a <b>\nc"), "<p>a &lt;b&gt;\nc</p>\n");
        assert_eq!(html("- `x<y`\n- two\n\nend"), "<ul><li><code>x&lt;y</code></li><li>two</li></ul>\n<p>end</p>\n");
        assert_eq!(html("an `open quote"), "<p>an `open quote</p>\n");
        assert_eq!(escape("a\u{1}\"'&"), "a&quot;&#39;&amp;");
    }
}
