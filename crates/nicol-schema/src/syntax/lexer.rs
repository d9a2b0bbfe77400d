//! Text into tokens.
//!
//! **In**: the text and a byte offset. **Out**: the kind of the token that starts there and where it ends. Every byte
//! belongs to exactly one token, so the tokens of a text concatenate to the text. Knows nothing of the grammar.

use std::cell::Cell;

use memchr::{memchr2, memmem};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TokenKind {
    /// Spaces and tabs.
    Space,
    /// `\n`, `\r\n` or `\r`.
    Newline,
    /// `// ...` up to the end of the line.
    Comment,
    /// `/// ...` up to the end of the line.
    DocComment,
    /// `/* ... */`, possibly over several lines.
    BlockComment,
    /// Letters, digits, `_` and `-`, starting with a letter or digit.
    Word,
    /// A closed string literal.
    Text,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `(`
    OpenParen,
    /// `)`
    CloseParen,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `=`
    Equals,
    /// `?`
    Question,
    /// `!`
    Bang,
    /// `.`
    Dot,
    /// `@`
    At,
    /// `-`
    Minus,
    /// A character without a meaning of its own.
    Other,
    /// The end of the text; empty.
    End,
}

/// A token: its kind and one past its last byte.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// One past its last byte.
    pub(crate) end: usize,
}

/// The token that starts at byte `at` (a character boundary).
pub(crate) fn token_at(text: &str, at: usize) -> Token {
    Lexer::new(text).token(at)
}

/// A text to be cut into tokens, and what is known of it.
pub(crate) struct Lexer<'a> {
    text: &'a str,
    /// No `*/` starts here or later: without this, every `/*` that nothing closes would search the whole rest.
    open_from: Cell<usize>,
}

impl<'a> Lexer<'a> {
    /// Nothing is known yet.
    pub(crate) fn new(text: &'a str) -> Lexer<'a> {
        Lexer { text, open_from: Cell::new(usize::MAX) }
    }

    /// The token that starts at byte `at` (a character boundary).
    pub(crate) fn token(&self, at: usize) -> Token {
        scan(self, at)
    }

    /// The comment that starts at byte `at`, if one does: its kind and one past its last byte, without the line end.
    #[inline]
    pub(crate) fn comment(&self, at: usize) -> Option<Token> {
        let bytes = self.text.as_bytes();
        if bytes.get(at) != Some(&b'/') {
            return None;
        }
        match bytes.get(at + 1)? {
            b'/' => {
                let kind = if bytes.get(at + 2) == Some(&b'/') { TokenKind::DocComment } else { TokenKind::Comment };
                Some(Token { kind, end: line_end(self.text, at) })
            }
            b'*' => self.block_comment_end(at).map(|end| Token { kind: TokenKind::BlockComment, end }),
            _ => None,
        }
    }

    /// One past the `*/` behind the `/*` at `at`.
    fn block_comment_end(&self, at: usize) -> Option<usize> {
        let inside = at + 2;
        if inside >= self.open_from.get() {
            return None;
        }
        let length = memmem::find(&self.text.as_bytes()[inside..], b"*/");
        if length.is_none() {
            self.open_from.set(inside);
        }
        length.map(|length| inside + length + 2)
    }
}

fn scan(lexer: &Lexer<'_>, at: usize) -> Token {
    let text = lexer.text;
    let bytes = text.as_bytes();
    let Some(&first) = bytes.get(at) else {
        return Token { kind: TokenKind::End, end: at };
    };
    let one = |kind| Token { kind, end: at + 1 };
    match first {
        b' ' | b'\t' => Token { kind: TokenKind::Space, end: space_end(text, at) },
        b'\n' => one(TokenKind::Newline),
        b'\r' => {
            Token { kind: TokenKind::Newline, end: if bytes.get(at + 1) == Some(&b'\n') { at + 2 } else { at + 1 } }
        }
        b'"' => match string_end(bytes, at + 1) {
            Some((end, _)) => Token { kind: TokenKind::Text, end },
            None => one(TokenKind::Other),
        },
        b'/' => lexer.comment(at).unwrap_or(one(TokenKind::Other)),
        b'{' => one(TokenKind::OpenBrace),
        b'}' => one(TokenKind::CloseBrace),
        b'[' => one(TokenKind::OpenBracket),
        b']' => one(TokenKind::CloseBracket),
        b'(' => one(TokenKind::OpenParen),
        b')' => one(TokenKind::CloseParen),
        b',' => one(TokenKind::Comma),
        b':' => one(TokenKind::Colon),
        b'=' => one(TokenKind::Equals),
        b'?' => one(TokenKind::Question),
        b'!' => one(TokenKind::Bang),
        b'.' => one(TokenKind::Dot),
        b'@' => one(TokenKind::At),
        b'-' => one(TokenKind::Minus),
        _ => {
            let character = text[at..].chars().next().unwrap_or(' ');
            if is_space(character) {
                Token { kind: TokenKind::Space, end: space_end(text, at) }
            } else {
                match word_end(text, at, &mut false) {
                    end if end > at => Token { kind: TokenKind::Word, end },
                    _ => Token { kind: TokenKind::Other, end: at + character.len_utf8() },
                }
            }
        }
    }
}

/// The end of the line that holds byte `at`, without its newline.
pub(crate) fn line_end(text: &str, at: usize) -> usize {
    let rest = &text.as_bytes()[at..];
    at + memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}

/// One past the last byte of the spaces that start at `at`, `at` itself when there are none.
#[inline]
pub(crate) fn space_end(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    if bytes.get(at).is_some_and(u8::is_ascii_graphic) {
        return at;
    }
    while let Some(eight) = bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()) {
        let others = u64::from_le_bytes(eight) ^ u64::from_le_bytes([b' '; 8]);
        if others != 0 {
            at += others.trailing_zeros() as usize / 8;
            break;
        }
        at += 8;
    }
    match bytes.get(at) {
        Some(byte) if byte.is_ascii() && !matches!(byte, b' ' | b'\t') => at,
        _ => other_space_end(text, at),
    }
}

#[cold]
fn other_space_end(text: &str, mut end: usize) -> usize {
    while let Some(character) = text[end..].chars().next().filter(|character| is_space(*character)) {
        end += character.len_utf8();
    }
    end
}

/// Unicode's space separators and the tab.
fn is_space(character: char) -> bool {
    matches!(
        character,
        ' ' | '\t' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// One past the last byte of the word that starts at `at`, `at` itself when there is none. Notes when it has a `-`.
#[inline]
pub(crate) fn word_end(text: &str, at: usize, has_dash: &mut bool) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    if bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
        end = usual_word_end(bytes, at + 1);
    }
    match bytes.get(end) {
        Some(byte) if !byte.is_ascii() || (*byte == b'-' && end > at) => other_word_end(text, at, has_dash),
        _ => end,
    }
}

/// Where the first byte is, at or behind `at`, that is no ASCII letter, digit or `_`.
#[inline]
fn usual_word_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(eight) = bytes.get(at..at + 8) {
        for (index, byte) in eight.iter().enumerate() {
            if !IN_WORD[*byte as usize] {
                return at + index;
            }
        }
        at += 8;
    }
    at + bytes[at..].iter().take_while(|byte| IN_WORD[**byte as usize]).count()
}

/// Words with letters of other scripts, or with `-`.
#[cold]
fn other_word_end(text: &str, at: usize, has_dash: &mut bool) -> usize {
    let mut end = at;
    for character in text[at..].chars() {
        let fits = character.is_ascii_alphanumeric()
            || (matches!(character, '_' | '-') && end > at)
            || (!character.is_ascii() && is_letter(character));
        if !fits {
            break;
        }
        *has_dash |= character == '-';
        end += character.len_utf8();
    }
    end
}

/// The ASCII characters of words, but for `-`, which is rare.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
        byte += 1;
    }
    table
};

/// Letters of any script; no digits but the ASCII ones, no marks.
fn is_letter(character: char) -> bool {
    unicode_ident::is_xid_start(character) && !character.is_numeric()
}

/// One past the closing quote of the string whose content starts at `at`, and whether it has escapes; none when there is
/// a control character or the end of the text before the quote.
pub(crate) fn string_end(bytes: &[u8], mut at: usize) -> Option<(usize, bool)> {
    let mut escapes = false;
    loop {
        match bytes.get(at)? {
            b'"' => return Some((at + 1, escapes)),
            // Whatever is escaped belongs to the string, a line end too.
            b'\\' if at + 1 < bytes.len() => {
                escapes = true;
                at += 2;
            }
            0..=0x1f | b'\\' => return None,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_spaces_end_at_the_first_character_of_another_kind() {
        for character in (0..0x3100).filter_map(char::from_u32) {
            let in_word = character.is_ascii_alphanumeric() || matches!(character, '_' | '-') || is_letter(character);
            for before in ["a", "aZ09_-zA", "aZ09_zAb", "éa"] {
                for behind in ["", " ", "b-c,", "bcdefghijk "] {
                    let word = format!("{before}{character}{behind}");
                    let more = behind.trim_end_matches([' ', ',']).len();
                    let end = before.len() + if in_word { character.len_utf8() + more } else { 0 };
                    assert_eq!(word_end(&word, 0, &mut false), end, "{word:?}");
                    let spaces = format!("{}{character} x", " ".repeat(before.len()));
                    let end = before.len() + if is_space(character) { character.len_utf8() + 1 } else { 0 };
                    assert_eq!(space_end(&spaces, 0), end, "{spaces:?}");
                }
            }
        }
        for text in ["", "_a", "-a", "\u{301}", "9"] {
            assert_eq!(word_end(text, 0, &mut false), usize::from(text == "9"), "{text:?}");
        }
    }

    #[test]
    fn tokens_concatenate_to_the_text() {
        let text = "model A { // x\r\n id Int @id /* é */ \"a\\\"b\" \"open\n é\u{a0}}";
        let mut at = 0;
        let mut joined = String::new();
        while at < text.len() {
            let end = token_at(text, at).end;
            assert!(end > at);
            joined.push_str(&text[at..end]);
            at = end;
        }
        assert_eq!(joined, text);
    }
}
