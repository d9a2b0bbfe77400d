//! Checksums of migration scripts, as Prisma computes and stores them.

use sha2::{Digest, Sha256};

/// SHA-256 of the script's bytes in lower-case hexadecimal: what goes into the history.
pub fn checksum(script: &str) -> String {
    hex(script, true)
}

/// How a script compares with a recorded checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// It is the same.
    Same,
    /// It was the same with other line ends (LF for CRLF, or the other way round).
    LineEnds,
    /// It is another one.
    Different,
}

/// Compares a script with a recorded checksum.
pub fn compare(script: &str, recorded: &str) -> Match {
    // An old engine wrote each byte without its leading zero; its checksums are shorter than 64 characters.
    let padded = recorded.len() == 64;
    if hex(script, padded) == recorded {
        return Match::Same;
    }
    if !script.contains('\n') {
        return Match::Different;
    }
    let lf = script.replace("\r\n", "\n");
    let is_same = hex(&lf, padded) == recorded || hex(&lf.replace('\n', "\r\n"), padded) == recorded;
    if is_same { Match::LineEnds } else { Match::Different }
}

/// True when `recorded` is the checksum of this script, whichever line ends the file had when it was applied.
pub fn matches(script: &str, recorded: &str) -> bool {
    compare(script, recorded) != Match::Different
}

fn hex(text: &str, padded: bool) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        if padded || byte > 15 {
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        }
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_sha256_in_hexadecimal() {
        assert_eq!(checksum(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(checksum("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn line_ends_do_not_matter_and_everything_else_does() {
        let lf = "-- a\nSELECT 1;\n";
        let crlf = "-- a\r\nSELECT 1;\r\n";
        assert!(matches(lf, &checksum(lf)));
        assert!(matches(lf, &checksum(crlf)));
        assert!(matches(crlf, &checksum(lf)));
        assert!(!matches("-- b\nSELECT 1;\n", &checksum(lf)));
        assert!(!matches("-- a\nSELECT 1;\n\n", &checksum(lf)));
    }

    #[test]
    fn checksums_without_leading_zeros_are_recognised() {
        // 0xcf in the second line's hash is irrelevant: some byte below 16 makes the old form shorter.
        let script = (0..).map(|n| format!("SELECT {n};\n")).find(|s| hex(s, false).len() < 64).unwrap();
        let old = hex(&script, false);
        assert!(matches(&script, &old));
        assert!(matches(&script.replace('\n', "\r\n"), &old));
        assert!(!matches("SELECT 'x';\n", &old));
    }
}
