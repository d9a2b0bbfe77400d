//! The invariants of validation on any text; what a schema means is its DMMF.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(broken) = nicol_schema::invariants::validator(text, nicol_codegen::dmmf::datamodel) {
        panic!("{broken}");
    }
});
