//! The invariants of the lexer on any text.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(broken) = nicol_schema::invariants::lexer(text) {
        panic!("{broken}");
    }
});
