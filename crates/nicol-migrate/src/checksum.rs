//! Checksums of migration scripts, as Prisma computes and stores them.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// SHA-256 of the script's bytes in lower-case hexadecimal: what goes into the history.
pub fn checksum(script: &str) -> String {
    hex(script, true)
}

/// True when `recorded` is the checksum of this script, whichever line ends the file had when it was applied.
pub fn matches(script: &str, recorded: &str) -> bool {
    // An old engine wrote each byte without its leading zero; its checksums are shorter than 64 characters.
    let padded = recorded.len() == 64;
    if hex(script, padded) == recorded {
        return true;
    }
    if !script.contains('\n') {
        return false;
    }
    let lf = script.replace("\r\n", "\n");
    hex(&lf, padded) == recorded || hex(&lf.replace('\n', "\r\n"), padded) == recorded
}

fn hex(text: &str, padded: bool) -> String {
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        // Writing into a String cannot fail.
        let _ = if padded { write!(out, "{byte:02x}") } else { write!(out, "{byte:x}") };
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
