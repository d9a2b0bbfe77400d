//! Names that constraints and indexes get in the database when the schema names none
//! (Prisma's convention, `T_a_b_suffix`), cut to the provider's identifier limit.

use crate::schema::Provider;

/// What is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConstraintKind {
    /// `T_pkey`
    PrimaryKey,
    /// `T_a_b_key`
    Unique,
    /// `T_a_b_idx`
    Index,
    /// `T_a_b_fkey`
    ForeignKey,
    /// `T_c_df` (SQL Server)
    Default,
}

impl ConstraintKind {
    fn suffix(self) -> &'static str {
        match self {
            ConstraintKind::PrimaryKey => "_pkey",
            ConstraintKind::Unique => "_key",
            ConstraintKind::Index => "_idx",
            ConstraintKind::ForeignKey => "_fkey",
            ConstraintKind::Default => "_df",
        }
    }
}

/// The longest identifier a provider takes, in bytes.
pub fn identifier_limit(provider: Provider) -> usize {
    match provider {
        Provider::Postgresql | Provider::Cockroachdb => 63,
        Provider::Mysql => 64,
        Provider::Sqlserver => 128,
        Provider::Mongodb => 127,
        Provider::Sqlite => 10_000,
    }
}

/// The default name: table and columns by their database names. Columns are left out of a primary key's name.
pub fn default_name<'a>(
    kind: ConstraintKind,
    table: &str,
    columns: impl IntoIterator<Item = &'a str>,
    provider: Provider,
) -> String {
    let mut name = String::new();
    append_default_name(kind, table, columns, provider, &mut name);
    name
}

/// Appends the default name to an empty text.
pub(crate) fn append_default_name<'a>(
    kind: ConstraintKind,
    table: &str,
    columns: impl IntoIterator<Item = &'a str>,
    provider: Provider,
    name: &mut String,
) {
    let suffix = kind.suffix();
    name.push_str(table);
    if kind != ConstraintKind::PrimaryKey {
        for column in columns {
            name.push('_');
            name.push_str(column);
        }
    }
    let room = identifier_limit(provider) - suffix.len();
    if name.len() >= room {
        let mut cut = room;
        while !name.is_char_boundary(cut) {
            cut -= 1;
        }
        name.truncate(cut);
    }
    name.push_str(suffix);
}
