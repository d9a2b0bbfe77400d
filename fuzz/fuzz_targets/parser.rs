//! The invariants of the parser on any text.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(broken) = nicol_schema::invariants::parser(text) {
        panic!("{broken}");
    }
});
