//! The runtime of generated clients.
//!
//! **In**: builders that generated code exposes. **Out**: rows as plain structs. Generated code builds untyped operations;
//! everything below is ordinary code over enums. It knows dialects and connections through `nicol-db`, and nothing of the
//! schema language, catalogs or migrations.
