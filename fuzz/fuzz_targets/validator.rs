//! The invariants of validation on any text; what a schema means is its DMMF.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nicol_schema::ValidSchema;

/// The DMMF without the signs that formatting adds to documentation in block comments (`/* a */` gets a line and a star).
fn meaning(schema: &ValidSchema) -> String {
    nicol_codegen::dmmf::datamodel(schema).replace("\\n", "").replace("\\r", "").replace(['*', ' '], "")
}

fuzz_target!(|text: &str| {
    if let Err(broken) = nicol_schema::invariants::validator(text, meaning) {
        panic!("{broken}");
    }
});
