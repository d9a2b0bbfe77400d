//! Identifiers made by the client: cuid, cuid2, ulid, nanoid, uuid. Randomness comes from the operating system.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;

use crate::error::{Error, Result};

const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const NANOID: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| Error::new("P2036", format!("no randomness from the system: {error}")))
}

fn milliseconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_millisecond()).unwrap_or_default()
}

/// Random letters of an alphabet; bytes that would favour its first letters are drawn again.
fn random_text(alphabet: &[u8], length: usize) -> Result<String> {
    let limit = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut bytes = [0u8; 32];
    while text.len() < length {
        fill(&mut bytes)?;
        let usable = bytes.iter().map(|&byte| usize::from(byte)).filter(|&byte| byte < limit);
        text.extend(usable.take(length - text.len()).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    Ok(text)
}

/// The lowest `width` digits of a number in base 36.
fn base36(mut number: u64, width: usize) -> String {
    let mut digits = vec![b'0'; width];
    for digit in digits.iter_mut().rev() {
        *digit = BASE36[(number % 36) as usize];
        number /= 36;
    }
    digits.into_iter().map(char::from).collect()
}

/// `cuid()`: `c`, time, a counter, a mark of this process, randomness; 25 letters, roughly in order of time.
pub(crate) fn cuid(now: Timestamp) -> Result<String> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let time = base36(milliseconds(now), 8);
    let counter = base36(u64::from(count), 4);
    // Drawn once: two processes that count alike differ here.
    static PROCESS: OnceLock<String> = OnceLock::new();
    let process = match PROCESS.get() {
        Some(process) => process,
        None => PROCESS.get_or_init({
            let drawn = random_text(BASE36, 4)?;
            || drawn
        }),
    };
    Ok(format!("c{time}{counter}{process}{}", random_text(BASE36, 8)?))
}

/// `cuid(2)`: a letter and 23 letters or digits, all random.
pub(crate) fn cuid2() -> Result<String> {
    Ok(random_text(&BASE36[10..], 1)? + &random_text(BASE36, 23)?)
}

/// `nanoid(length)`
pub(crate) fn nanoid(length: u32) -> Result<String> {
    random_text(NANOID, length as usize)
}

/// `ulid()`: 48 bits of time and 80 random bits in Crockford's base 32; sorts by time.
pub(crate) fn ulid(now: Timestamp) -> Result<String> {
    let mut random = [0u8; 16];
    fill(&mut random[6..])?;
    let number = (u128::from(milliseconds(now)) << 80) | u128::from_be_bytes(random);
    Ok((0..26).rev().map(|place| char::from(CROCKFORD[(number >> (place * 5) & 31) as usize])).collect())
}

/// `uuid(4)`
pub(crate) fn uuid4() -> Result<String> {
    let mut random = [0u8; 16];
    fill(&mut random)?;
    Ok(uuid::Builder::from_random_bytes(random).into_uuid().to_string())
}

/// `uuid(7)`
pub(crate) fn uuid7(now: Timestamp) -> Result<String> {
    let mut random = [0u8; 10];
    fill(&mut random)?;
    Ok(uuid::Builder::from_unix_timestamp_millis(milliseconds(now), &random).into_uuid().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let now: Timestamp = "2026-11-21T02:21:46.075Z".parse().unwrap();
        let lower = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let one = cuid(now).unwrap();
        assert!(one.len() == 25 && one.starts_with('c') && lower(&one), "{one}");
        let two = cuid2().unwrap();
        assert!(two.len() == 24 && two.as_bytes()[0].is_ascii_lowercase() && lower(&two), "{two}");
        let ulid = ulid(now).unwrap();
        assert!(ulid.len() == 26 && ulid.starts_with("01M7XYHRPV"), "{ulid}");
        assert_eq!(nanoid(21).unwrap().len(), 21);
        assert_eq!(uuid4().unwrap().as_bytes()[14], b'4');
        assert_eq!(uuid7(now).unwrap().as_bytes()[14], b'7');
        assert_ne!(cuid(now).unwrap(), cuid(now).unwrap());
    }
}
