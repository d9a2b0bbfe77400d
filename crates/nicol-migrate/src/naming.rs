//! Names of migration folders: `20240131235959_add_users`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::directory::Migration;
use crate::error::{Error, Result, code};

/// Longest slug, in characters.
const SLUG_LIMIT: usize = 200;
/// Longest folder name: time, `_`, slug.
const NAME_LIMIT: usize = STAMP_DIGITS + 1 + SLUG_LIMIT;
/// Characters of a name that the history holds.
const COLUMN_LIMIT: usize = 255;
/// Digits of the time in a folder's name.
const STAMP_DIGITS: usize = 14;

/// The name of a new migration and the instant it stands for.
///
/// The instant is `now`, or one second after the newest migration where that one is not older: a new migration must sort
/// last, also when clocks differ.
///
/// # Errors
/// `migration-name` when the newest migration is stamped at the end of time.
pub fn new_name(now: Timestamp, title: &str, existing: &[Migration]) -> Result<(String, Timestamp)> {
    let newest = existing.iter().filter_map(|migration| stamp_of(&migration.name)).max();
    let mut at = now;
    if let Some(newest) = newest.filter(|newest| newest.as_second() >= now.as_second()) {
        at = newest.checked_add(jiff::SignedDuration::from_secs(1)).map_err(|_| {
            Error::new(code::NAME, "The newest migration is stamped so late that no name can follow it.")
        })?;
    }
    let stamp = at.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H%M%S").to_string();
    Ok((format!("{stamp}_{}", slug(title)), at))
}

/// The instant in a folder's name; nothing for names such as `0_init`.
fn stamp_of(name: &str) -> Option<Timestamp> {
    let digits = name.get(..STAMP_DIGITS)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let time = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", digits).ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// A folder name that stays inside its folder and fits the history's column.
pub(crate) fn check_folder_name(name: &str) -> Result<()> {
    if name.len() > NAME_LIMIT {
        return Err(Error::new("P3010", format!("The name has {} bytes; {NAME_LIMIT} are allowed.", name.len())));
    }
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if name.is_empty() || !plain || name.starts_with('.') {
        let message = format!("{name:?} is not the name of a migration folder.");
        return Err(Error::new(code::NAME, message).with_help("Letters, digits, `_`, `-` and `.` are allowed."));
    }
    Ok(())
}

/// A name that can be recorded and shown: it may come from any tool or archive.
///
/// # Errors
/// `migration-name` when it is empty, holds line breaks or other control characters, or is longer than the history's column.
pub(crate) fn check_recorded_name(name: &str) -> Result<()> {
    let length = name.chars().count();
    if length == 0 || length > COLUMN_LIMIT || name.chars().any(char::is_control) {
        let shown: String = name.chars().take(80).collect();
        let message = format!("{shown:?} cannot be the name of a migration.");
        return Err(Error::new(code::NAME, message).with_help(format!(
            "Rename the folder: 1 to {COLUMN_LIMIT} characters, without line breaks and other control characters."
        )));
    }
    Ok(())
}

/// A title as the second half of a folder's name: lower case ASCII letters and digits, everything else one `_`.
///
/// `addUserEmail` becomes `add_user_email`, `Größe & Maß` becomes `groesse_and_mass`. Empty titles stay empty.
pub fn slug(title: &str) -> String {
    let mut out = String::new();
    for word in words(&split_camel_case(&without_contractions(title))) {
        if !out.is_empty() {
            out.push('_');
        }
        out.push_str(&word);
    }
    // ASCII by now, so characters are bytes.
    out.truncate(SLUG_LIMIT);
    out
}

/// `don't` and `user's` are one word: drops an apostrophe before a final `t` or `s`.
fn without_contractions(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (i, &c) in chars.iter().enumerate() {
        let after_word = i > 0 && chars[i - 1].is_ascii_alphanumeric();
        let before_end =
            matches!(chars.get(i + 1), Some('t' | 's')) && chars.get(i + 2).is_none_or(|c| c.is_whitespace());
        if !(matches!(c, '\'' | '\u{2019}') && after_word && before_end) {
            out.push(c);
        }
    }
    out
}

/// Puts spaces where camel case changes words: `userID` → `user ID`, `XMLFile` → `XML File`, but `APIs` stays.
fn split_camel_case(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let lower_or_digit = |c: char| c.is_lowercase() || c.is_ascii_digit();
    let mut out = String::with_capacity(text.len() + 8);
    for (i, &c) in chars.iter().enumerate() {
        if i > 0 {
            let before = chars[i - 1];
            let capitals_before = i > 1 && before.is_uppercase() && chars[i - 2].is_uppercase();
            let word_after = chars.get(i + 1).is_some_and(|&c| lower_or_digit(c) && c != 's');
            let starts_word = c.is_uppercase() && (lower_or_digit(before) || (before.is_uppercase() && word_after));
            let number_after_capitals = c.is_ascii_digit() && capitals_before;
            if starts_word || number_after_capitals {
                out.push(' ');
            }
        }
        out.push(c);
    }
    out
}

fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in text.chars() {
        let ascii = transliterate(c);
        if c.is_ascii_alphanumeric() {
            if let Some(word) = words.last_mut() {
                word.push(c.to_ascii_lowercase());
            }
        } else if c == '&' {
            words.push("and".to_string());
            words.push(String::new());
        } else if ascii.is_empty() {
            words.push(String::new());
        } else if let Some(word) = words.last_mut() {
            word.push_str(ascii);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Lower-case ASCII for a Latin letter with marks, empty for anything else.
fn transliterate(c: char) -> &'static str {
    let table: &[(&str, &str)] = &[
        ("àáâãåāăą", "a"),
        ("äæ", "ae"),
        ("çćĉċč", "c"),
        ("ďđð", "d"),
        ("èéêëēĕėęě", "e"),
        ("ĝğġģ", "g"),
        ("ĥħ", "h"),
        ("ìíîïĩīĭįı", "i"),
        ("ĵ", "j"),
        ("ķ", "k"),
        ("ĺļľŀł", "l"),
        ("ñńņň", "n"),
        ("òóôõøōŏő", "o"),
        ("öœ", "oe"),
        ("ŕŗř", "r"),
        ("śŝşšș", "s"),
        ("ß", "ss"),
        ("ţťŧț", "t"),
        ("þ", "th"),
        ("ùúûũūŭůűų", "u"),
        ("ü", "ue"),
        ("ŵ", "w"),
        ("ýÿŷ", "y"),
        ("źżž", "z"),
    ];
    let lower = c.to_lowercase().next().unwrap_or(c);
    table.iter().find(|(letters, _)| letters.contains(lower)).map_or("", |(_, ascii)| ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        let cases = [
            ("", ""),
            ("init", "init"),
            ("Add User Email", "add_user_email"),
            ("addUserEmail", "add_user_email"),
            ("add-user--email!", "add_user_email"),
            ("  x  ", "x"),
            ("../../etc/passwd", "etc_passwd"),
            ("Größe & Maß", "groesse_and_mass"),
            ("naïve café", "naive_cafe"),
            ("user's don't", "users_dont"),
            ("userID", "user_id"),
            ("XMLFile", "xml_file"),
            ("APIs", "apis"),
            ("用户", ""),
            ("v2 things", "v2_things"),
            ("a_b__c", "a_b_c"),
        ];
        for (title, expected) in cases {
            assert_eq!(slug(title), expected, "{title:?}");
        }
        assert_eq!(slug(&"x".repeat(500)).len(), 200);
    }

    #[test]
    fn new_names_are_utc_and_sort_last() {
        let now: Timestamp = "2024-01-31T23:59:59.9Z".parse().unwrap();
        let old = [Migration::new("0_init", ""), Migration::new("20240131235958_a", "")];
        assert_eq!(new_name(now, "Add x", &old).unwrap().0, "20240131235959_add_x");
        assert_eq!(new_name(now, "", &old).unwrap().0, "20240131235959_");
        let same = [Migration::new("20240131235959_a", "")];
        assert_eq!(new_name(now, "b", &same).unwrap().0, "20240201000000_b");
        let ahead = [Migration::new("20240301120000_a", "")];
        let (name, at) = new_name(now, "b", &ahead).unwrap();
        assert_eq!(name, "20240301120001_b");
        assert_eq!(at.to_string(), "2024-03-01T12:00:01Z");
    }

    #[test]
    fn long_names_are_refused() {
        assert_eq!(check_folder_name(&"x".repeat(300)).unwrap_err().code(), "P3010");
    }
}
