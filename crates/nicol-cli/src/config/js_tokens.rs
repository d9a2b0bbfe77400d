//! Cuts JavaScript or TypeScript into tokens: just enough to read the constant parts of a config file.
//!
//! In: the text. Out: tokens with their byte offsets, brackets checked to be in balance. It knows comments, strings,
//! templates, regular expressions and numbers, so that nothing inside them is mistaken for code.

/// One token.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// Byte offset of its first character.
    pub(super) start: usize,
    /// True when it is the first of its line.
    pub(super) begins_line: bool,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// A name or keyword.
    Word(String),
    /// A string literal, or a template without holes, unescaped.
    Text(String),
    /// A template with `${}` holes.
    TemplateWithHoles,
    /// A number.
    Number,
    /// A regular expression.
    Regex,
    /// An operator or bracket.
    Mark(&'static str),
}

/// Why a text could not be cut into tokens.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BadToken {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

/// Longest first, so that `=>` is never read as `=` and `>`.
const MARKS: [&str; 42] = [
    "...", "===", "!==", "**=", "&&=", "||=", "??=", "=>", "==", "!=", "<=", "&&", "||", "??", "?.", "++", "--", "+=",
    "-=", "*=", "/=", "**", "(", ")", "{", "}", "[", "]", ";", ",", ":", ".", "?", "=", "!", "<", ">", "+", "-", "*",
    "/", "%",
];
const RARE_MARKS: [&str; 6] = ["&", "|", "^", "~", "@", "#"];

/// Cuts `text` into tokens.
pub(super) fn tokenize(text: &str) -> Result<Vec<Token>, BadToken> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut open: Vec<(&'static str, usize)> = Vec::new();
    let mut at = if text.starts_with("#!") { line_end(text, 0) } else { 0 };
    let mut previous_end = 0;
    while let Some(character) = text[at..].chars().next() {
        let start = at;
        if character.is_whitespace() || character == '\u{feff}' {
            at += character.len_utf8();
            continue;
        }
        if text[at..].starts_with("//") {
            at = line_end(text, at);
            continue;
        }
        if text[at..].starts_with("/*") {
            at = match text[at + 2..].find("*/") {
                Some(length) => at + 2 + length + 2,
                None => {
                    return Err(BadToken { at, what: "a comment that is never closed" });
                }
            };
            continue;
        }
        let (kind, end) = match character {
            '"' | '\'' => string(text, at)?,
            '`' => template(text, at)?,
            '/' if regex_may_start(tokens.last()) => (TokenKind::Regex, regex_end(text, at)?),
            '0'..='9' => (TokenKind::Number, word_end(text, at)),
            _ if is_word(character) => {
                let end = word_end(text, at);
                (TokenKind::Word(text[at..end].to_owned()), end)
            }
            _ => mark(text, at)?,
        };
        if let TokenKind::Mark(mark) = kind {
            balance(&mut open, mark, start)?;
        }
        let begins_line = text[previous_end..start].contains('\n');
        tokens.push(Token { kind, start, begins_line });
        previous_end = end;
        at = end;
    }
    match open.pop() {
        Some((_, at)) => Err(BadToken { at, what: "a bracket that is never closed" }),
        None => Ok(tokens),
    }
}

fn balance(open: &mut Vec<(&'static str, usize)>, mark: &'static str, at: usize) -> Result<(), BadToken> {
    let opener = match mark {
        "(" | "[" | "{" => {
            open.push((mark, at));
            return Ok(());
        }
        ")" => "(",
        "]" => "[",
        "}" => "{",
        _ => return Ok(()),
    };
    match open.pop() {
        Some((last, _)) if last == opener => Ok(()),
        _ => Err(BadToken { at, what: "a closing bracket without its opening one" }),
    }
}

fn line_end(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |length| from + length)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$'
}

fn word_end(text: &str, from: usize) -> usize {
    text[from..].find(|c: char| !is_word(c)).map_or(text.len(), |length| from + length)
}

fn mark(text: &str, at: usize) -> Result<(TokenKind, usize), BadToken> {
    let found = MARKS.iter().chain(&RARE_MARKS).find(|mark| text[at..].starts_with(**mark));
    found
        .map(|mark| (TokenKind::Mark(mark), at + mark.len()))
        .ok_or(BadToken { at, what: "a character that JavaScript does not have" })
}

/// A `/` starts a regular expression where no value stands before it.
fn regex_may_start(previous: Option<&Token>) -> bool {
    match previous.map(|token| &token.kind) {
        None => true,
        Some(TokenKind::Mark(mark)) => !matches!(*mark, ")" | "]" | "}"),
        Some(TokenKind::Word(word)) => matches!(word.as_str(), "return" | "typeof" | "case" | "in" | "of" | "void"),
        Some(TokenKind::Text(_) | TokenKind::TemplateWithHoles | TokenKind::Number | TokenKind::Regex) => false,
    }
}

fn regex_end(text: &str, start: usize) -> Result<usize, BadToken> {
    let unclosed = BadToken { at: start, what: "a regular expression that is never closed" };
    let mut in_class = false;
    let mut characters = text[start + 1..].char_indices();
    while let Some((offset, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '\n' => return Err(unclosed),
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => return Ok(word_end(text, start + 1 + offset + 1)),
            _ => {}
        }
    }
    Err(unclosed)
}

fn string(text: &str, start: usize) -> Result<(TokenKind, usize), BadToken> {
    let unclosed = BadToken { at: start, what: "a string that is never closed" };
    let quote = text[start..].chars().next().unwrap_or('"');
    let mut value = String::new();
    let mut characters = text[start + 1..].char_indices();
    while let Some((offset, character)) = characters.next() {
        match character {
            _ if character == quote => return Ok((TokenKind::Text(value), start + 1 + offset + 1)),
            '\n' => return Err(unclosed),
            '\\' => escape(&mut characters, &mut value, start)?,
            _ => value.push(character),
        }
    }
    Err(unclosed)
}

fn template(text: &str, start: usize) -> Result<(TokenKind, usize), BadToken> {
    let unclosed = BadToken { at: start, what: "a template string that is never closed" };
    let mut value = String::new();
    let mut characters = text[start + 1..].char_indices();
    while let Some((offset, character)) = characters.next() {
        match character {
            '`' => return Ok((TokenKind::Text(value), start + 1 + offset + 1)),
            '$' if text[start + 1 + offset..].starts_with("${") => {
                return template_end(text, start + 1 + offset + 2)
                    .map(|end| (TokenKind::TemplateWithHoles, end))
                    .ok_or(unclosed);
            }
            '\\' => escape(&mut characters, &mut value, start)?,
            '\r' => {}
            _ => value.push(character),
        }
    }
    Err(unclosed)
}

/// The end of a template whose first hole starts at `from`. Strings and templates inside holes may hold any bracket.
fn template_end(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (from, 1_usize);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'`' if depth == 0 => return Some(at + 1),
            b'$' if depth == 0 && bytes.get(at + 1) == Some(&b'{') => {
                depth = 1;
                at += 1;
            }
            b'{' if depth > 0 => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            b'"' | b'\'' if depth > 0 => at = string(text, at).ok()?.1 - 1,
            b'`' => at = template(text, at).ok()?.1 - 1,
            _ => {}
        }
        at += 1;
    }
    None
}

fn escape(characters: &mut std::str::CharIndices<'_>, value: &mut String, start: usize) -> Result<(), BadToken> {
    let bad = BadToken { at: start, what: "a string with an escape that cannot be read" };
    let Some((_, character)) = characters.next() else {
        return Err(bad);
    };
    match character {
        'n' => value.push('\n'),
        'r' => value.push('\r'),
        't' => value.push('\t'),
        'b' => value.push('\u{8}'),
        'f' => value.push('\u{c}'),
        'v' => value.push('\u{b}'),
        '0' => value.push('\0'),
        '\n' => {}
        '\r' => {
            let mut ahead = characters.clone();
            if matches!(ahead.next(), Some((_, '\n'))) {
                *characters = ahead;
            }
        }
        'x' => value.push(hex(characters, 2).and_then(char::from_u32).ok_or(bad)?),
        'u' => value.push(unicode(characters).ok_or(bad)?),
        other => value.push(other),
    }
    Ok(())
}

fn hex(characters: &mut std::str::CharIndices<'_>, digits: usize) -> Option<u32> {
    let mut value = 0;
    for _ in 0..digits {
        value = value * 16 + characters.next()?.1.to_digit(16)?;
    }
    Some(value)
}

/// `\u1234`, `\u{1F600}`, or a pair of surrogates.
fn unicode(characters: &mut std::str::CharIndices<'_>) -> Option<char> {
    if characters.as_str().starts_with('{') {
        let digits = characters.as_str()[1..].split('}').next()?.to_owned();
        characters.nth(digits.chars().count() + 1)?;
        return u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
    }
    let first = hex(characters, 4)?;
    if !(0xD800..0xDC00).contains(&first) {
        return char::from_u32(first);
    }
    if !characters.as_str().starts_with("\\u") {
        return None;
    }
    characters.nth(1)?;
    let second = hex(characters, 4)?.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    char::from_u32(0x10000 + ((first - 0xD800) << 10) + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let show = |token: Token| match token.kind {
            TokenKind::Word(word) => word,
            TokenKind::Text(text) => format!("'{text}'"),
            TokenKind::TemplateWithHoles => "`..`".to_owned(),
            TokenKind::Number => "0".to_owned(),
            TokenKind::Regex => "/./".to_owned(),
            TokenKind::Mark(mark) => mark.to_owned(),
        };
        tokenize(text).expect("tokens").into_iter().map(show).collect()
    }

    #[test]
    fn nothing_inside_comments_strings_templates_and_regexes_is_code() {
        for (text, expected) in [
            ("a // }\n b /* { \n */ c", "a b c"),
            (r#"x = "a\"}\n\u{1F600}\u00e9\uD83D\uDE00\x41""#, "x = 'a\"}\n😀é😀A'"),
            ("`plain` + `a ${ `in ${'}'}` } b`", "'plain' + `..`"),
            ("x = /[/}]\\/{/gi; y = a / b / c", "x = /./ ; y = a / b / c"),
            ("a ?? b?.c!", "a ?? b ?. c !"),
            ("1_000 + 0xff", "0 + 0"),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_closed_is_reported_where_it_opens() {
        for (text, at) in [("a 'b", 2), ("a `b", 2), ("a /* b", 2), ("f({ a: 1 )", 9), ("f({ a", 2), ("x = /ab", 4)] {
            assert_eq!(tokenize(text).map_err(|bad| bad.at), Err(at), "{text}");
        }
    }
}
