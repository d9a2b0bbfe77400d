//! Preview features, as data.

use crate::schema::Provider;

/// What became of a preview feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feature {
    /// It can be switched on.
    Active,
    /// It is always on: naming it is superfluous.
    Deprecated,
    /// It has another name now.
    Renamed(&'static str),
    /// It is gone; the reference no longer knows it.
    Removed,
    /// There never was such a feature, or not for this provider.
    Unknown,
}

const ACTIVE: [&str; 10] = [
    "nativeDistinct",
    "partialIndexes",
    "postgresqlExtensions",
    "reactNative",
    "relationJoins",
    "schemaEngineDriverAdapters",
    "shardKeys",
    "strictUndefinedChecks",
    "typedSql",
    "views",
];

const DEPRECATED: [&str; 39] = [
    "aggregateApi",
    "atomicNumberOperations",
    "clientExtensions",
    "cockroachdb",
    "connectOrCreate",
    "createMany",
    "dataProxy",
    "deno",
    "distinct",
    "driverAdapters",
    "extendedIndexes",
    "extendedWhereUnique",
    "fieldReference",
    "filterJson",
    "filteredRelationCount",
    "fullTextIndex",
    "fullTextSearch",
    "groupBy",
    "improvedQueryRaw",
    "interactiveTransactions",
    "jsonProtocol",
    "microsoftSqlServer",
    "middlewares",
    "mongoDb",
    "multiSchema",
    "nApi",
    "namedConstraints",
    "nativeTypes",
    "omitApi",
    "orderByAggregateGroup",
    "orderByNulls",
    "orderByRelation",
    "prismaSchemaFolder",
    "queryCompiler",
    "referentialActions",
    "referentialIntegrity",
    "selectRelationCount",
    "tracing",
    "transactionApi",
];

const REMOVED: [&str; 2] = ["esm", "metrics"];

/// Looks a feature up, in any letter case.
pub(crate) fn feature(name: &str, provider: Option<Provider>) -> Feature {
    let is_in = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(name));
    let postgresql = provider == Some(Provider::Postgresql);
    if postgresql && name.eq_ignore_ascii_case("fullTextSearch") {
        return Feature::Renamed("fullTextSearchPostgres");
    }
    if is_in(&ACTIVE) || (postgresql && name.eq_ignore_ascii_case("fullTextSearchPostgres")) {
        return Feature::Active;
    }
    if is_in(&DEPRECATED) || name.eq_ignore_ascii_case("uncheckedScalarInputs") {
        return Feature::Deprecated;
    }
    if is_in(&REMOVED) { Feature::Removed } else { Feature::Unknown }
}

/// The features that can be switched on.
pub(crate) fn active() -> impl Iterator<Item = &'static str> {
    ACTIVE.into_iter()
}
