//! What each database can do, as data.

pub(crate) mod native_types;
pub(crate) mod operator_classes;

use crate::schema::{Provider, ReferentialAction, RelationMode};

/// In which space names of constraints must differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// Indexes of the whole schema.
    GlobalIndexes,
    /// Foreign keys of the whole schema.
    GlobalForeignKeys,
    /// Primary keys and indexes of the whole schema.
    GlobalKeysAndIndexes,
    /// Primary keys, foreign keys and defaults of the whole schema.
    GlobalKeysForeignKeysDefaults,
    /// Indexes of one table.
    TableIndexes,
    /// Primary key and indexes of one table.
    TableKeyAndIndexes,
    /// Primary key, indexes and foreign keys of one table.
    TableKeyIndexesForeignKeys,
}

/// What a database can do. Absent means no.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Abilities {
    pub(crate) name: &'static str,
    pub(crate) enums: bool,
    pub(crate) json: bool,
    pub(crate) json_lists: bool,
    pub(crate) scalar_lists: bool,
    pub(crate) decimal: bool,
    pub(crate) composite_types: bool,
    pub(crate) compound_ids: bool,
    pub(crate) named_primary_keys: bool,
    pub(crate) named_foreign_keys: bool,
    pub(crate) named_defaults: bool,
    pub(crate) autoincrement: bool,
    pub(crate) autoincrement_beside_id: bool,
    pub(crate) several_autoincrements: bool,
    pub(crate) autoincrement_unindexed: bool,
    pub(crate) fulltext: bool,
    pub(crate) fulltext_sort: bool,
    pub(crate) several_fulltexts: bool,
    pub(crate) index_length: bool,
    pub(crate) primary_key_sort: bool,
    pub(crate) clustering: bool,
    pub(crate) multi_schema: bool,
    pub(crate) many_to_many: bool,
    pub(crate) embedded_many_to_many: bool,
    pub(crate) detects_cycles: bool,
    pub(crate) default_auto: bool,
    pub(crate) references_in_any_order: bool,
    pub(crate) partial_indexes: bool,
    pub(crate) shard_keys: bool,
    /// Index types that can be written.
    pub(crate) index_types: &'static [&'static str],
    pub(crate) scopes: &'static [Scope],
    /// Longest identifier in bytes.
    pub(crate) identifier: usize,
}

const POSTGRESQL: Abilities = Abilities {
    name: "PostgreSQL",
    enums: true,
    json: true,
    json_lists: true,
    scalar_lists: true,
    decimal: true,
    compound_ids: true,
    named_primary_keys: true,
    named_foreign_keys: true,
    autoincrement: true,
    autoincrement_beside_id: true,
    several_autoincrements: true,
    autoincrement_unindexed: true,
    multi_schema: true,
    many_to_many: true,
    references_in_any_order: true,
    partial_indexes: true,
    index_types: &["BTree", "Hash", "Gist", "Gin", "SpGist", "Brin"],
    scopes: &[Scope::GlobalKeysAndIndexes, Scope::TableKeyIndexesForeignKeys],
    identifier: 63,
    ..EMPTY
};

const EMPTY: Abilities = Abilities {
    name: "",
    enums: false,
    json: false,
    json_lists: false,
    scalar_lists: false,
    decimal: false,
    composite_types: false,
    compound_ids: false,
    named_primary_keys: false,
    named_foreign_keys: false,
    named_defaults: false,
    autoincrement: false,
    autoincrement_beside_id: false,
    several_autoincrements: false,
    autoincrement_unindexed: false,
    fulltext: false,
    fulltext_sort: false,
    several_fulltexts: false,
    index_length: false,
    primary_key_sort: false,
    clustering: false,
    multi_schema: false,
    many_to_many: false,
    embedded_many_to_many: false,
    detects_cycles: false,
    default_auto: false,
    references_in_any_order: false,
    partial_indexes: false,
    shard_keys: false,
    index_types: &["BTree"],
    scopes: &[],
    identifier: usize::MAX,
};

const MYSQL: Abilities = Abilities {
    name: "MySQL",
    enums: true,
    json: true,
    decimal: true,
    compound_ids: true,
    named_foreign_keys: true,
    autoincrement: true,
    autoincrement_beside_id: true,
    fulltext: true,
    several_fulltexts: true,
    index_length: true,
    many_to_many: true,
    references_in_any_order: true,
    shard_keys: true,
    scopes: &[Scope::GlobalForeignKeys, Scope::TableIndexes],
    identifier: 64,
    ..EMPTY
};

const SQLITE: Abilities = Abilities {
    name: "SQLite",
    enums: true,
    json: true,
    decimal: true,
    compound_ids: true,
    autoincrement: true,
    many_to_many: true,
    references_in_any_order: true,
    partial_indexes: true,
    scopes: &[Scope::GlobalIndexes],
    identifier: 10_000,
    ..EMPTY
};

const COCKROACHDB: Abilities = Abilities {
    name: "CockroachDB",
    json_lists: false,
    index_types: &["BTree", "Gin"],
    scopes: &[Scope::TableKeyIndexesForeignKeys],
    ..POSTGRESQL
};

const SQLSERVER: Abilities = Abilities {
    name: "SQL Server",
    decimal: true,
    compound_ids: true,
    named_primary_keys: true,
    named_foreign_keys: true,
    named_defaults: true,
    autoincrement: true,
    autoincrement_beside_id: true,
    several_autoincrements: true,
    autoincrement_unindexed: true,
    primary_key_sort: true,
    clustering: true,
    multi_schema: true,
    many_to_many: true,
    detects_cycles: true,
    partial_indexes: true,
    scopes: &[Scope::GlobalKeysForeignKeysDefaults, Scope::TableKeyAndIndexes],
    identifier: 128,
    ..EMPTY
};

const MONGODB: Abilities = Abilities {
    name: "MongoDB",
    enums: true,
    json: true,
    json_lists: true,
    scalar_lists: true,
    composite_types: true,
    fulltext: true,
    fulltext_sort: true,
    embedded_many_to_many: true,
    default_auto: true,
    references_in_any_order: true,
    scopes: &[Scope::TableIndexes],
    identifier: 127,
    ..EMPTY
};

/// Without a datasource nearly everything is let through.
const UNKNOWN: Abilities = Abilities {
    name: "the database",
    enums: true,
    json: true,
    compound_ids: true,
    autoincrement: true,
    many_to_many: true,
    ..EMPTY
};

/// What a provider's database can do.
pub(crate) fn abilities(provider: Option<Provider>) -> &'static Abilities {
    match provider {
        Some(Provider::Postgresql) => &POSTGRESQL,
        Some(Provider::Mysql) => &MYSQL,
        Some(Provider::Sqlite) => &SQLITE,
        Some(Provider::Cockroachdb) => &COCKROACHDB,
        Some(Provider::Sqlserver) => &SQLSERVER,
        Some(Provider::Mongodb) => &MONGODB,
        None => &UNKNOWN,
    }
}

/// The actions that can be written.
pub(crate) fn actions(provider: Option<Provider>, mode: RelationMode) -> &'static [ReferentialAction] {
    use ReferentialAction::{Cascade, NoAction, Restrict, SetDefault, SetNull};
    match (mode, provider) {
        (RelationMode::Prisma, Some(Provider::Postgresql | Provider::Sqlite)) => &[Cascade, Restrict, SetNull],
        (RelationMode::Prisma, _) => &[Cascade, Restrict, NoAction, SetNull],
        (RelationMode::ForeignKeys, Some(Provider::Sqlserver)) => &[Cascade, NoAction, SetNull, SetDefault],
        (RelationMode::ForeignKeys, Some(Provider::Mongodb)) => &[],
        (
            RelationMode::ForeignKeys,
            Some(Provider::Postgresql | Provider::Mysql | Provider::Sqlite | Provider::Cockroachdb) | None,
        ) => &[Cascade, Restrict, NoAction, SetNull, SetDefault],
    }
}
