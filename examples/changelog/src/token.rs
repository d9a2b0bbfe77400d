//! Texts that nobody guesses.

use crate::Result;

/// 40 hexadecimal digits of the system's randomness.
pub(crate) fn random() -> Result<String> {
    let mut bytes = [0u8; 20];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
