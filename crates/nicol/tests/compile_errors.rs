//! What does not fit the schema does not compile, and the message says why in words of the schema.
//!
//! The client in `compile_errors/client.rs` is generated; a test of `nicol-codegen` holds it up to date. After a change of a
//! message read the new ones (`TRYBUILD=overwrite` writes them): they are what people see.

#[test]
fn what_does_not_fit_the_schema_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_errors/cases/*.rs");
}
