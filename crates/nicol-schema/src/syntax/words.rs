//! The words that attributes and arguments are called by, told apart once, when they are parsed.

/// A word of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Word {
    /// `clustered`
    Clustered,
    /// `default`
    Default,
    /// `fields`
    Fields,
    /// `fulltext`
    Fulltext,
    /// `id`
    Id,
    /// `ignore`
    Ignore,
    /// `index`
    Index,
    /// `length`
    Length,
    /// `map`
    Map,
    /// `name`
    Name,
    /// `onDelete`
    OnDelete,
    /// `onUpdate`
    OnUpdate,
    /// `ops`
    Ops,
    /// `references`
    References,
    /// `relation`
    Relation,
    /// `schema`
    Schema,
    /// `shardKey`
    ShardKey,
    /// `sort`
    Sort,
    /// `type`
    Type,
    /// `unique`
    Unique,
    /// `updatedAt`
    UpdatedAt,
    /// `value`
    Value,
    /// `where`
    Where,
    /// A name with a dot, as native types have it: `db.Text`.
    Scoped,
    /// No name at all.
    Unnamed,
    /// Any other name.
    Other,
}

impl Word {
    /// Every word that has a name of its own, in the order of the alphabet.
    pub(crate) const ALL: [Word; 23] = [
        Word::Clustered,
        Word::Default,
        Word::Fields,
        Word::Fulltext,
        Word::Id,
        Word::Ignore,
        Word::Index,
        Word::Length,
        Word::Map,
        Word::Name,
        Word::OnDelete,
        Word::OnUpdate,
        Word::Ops,
        Word::References,
        Word::Relation,
        Word::Schema,
        Word::ShardKey,
        Word::Sort,
        Word::Type,
        Word::Unique,
        Word::UpdatedAt,
        Word::Value,
        Word::Where,
    ];

    /// The word of a name without dots.
    pub(crate) fn of(name: &[u8]) -> Word {
        match name {
            b"clustered" => Word::Clustered,
            b"default" => Word::Default,
            b"fields" => Word::Fields,
            b"fulltext" => Word::Fulltext,
            b"id" => Word::Id,
            b"ignore" => Word::Ignore,
            b"index" => Word::Index,
            b"length" => Word::Length,
            b"map" => Word::Map,
            b"name" => Word::Name,
            b"onDelete" => Word::OnDelete,
            b"onUpdate" => Word::OnUpdate,
            b"ops" => Word::Ops,
            b"references" => Word::References,
            b"relation" => Word::Relation,
            b"schema" => Word::Schema,
            b"shardKey" => Word::ShardKey,
            b"sort" => Word::Sort,
            b"type" => Word::Type,
            b"unique" => Word::Unique,
            b"updatedAt" => Word::UpdatedAt,
            b"value" => Word::Value,
            b"where" => Word::Where,
            _ => Word::Other,
        }
    }

    /// As written; empty for what is no word of the language.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Word::Clustered => "clustered",
            Word::Default => "default",
            Word::Fields => "fields",
            Word::Fulltext => "fulltext",
            Word::Id => "id",
            Word::Ignore => "ignore",
            Word::Index => "index",
            Word::Length => "length",
            Word::Map => "map",
            Word::Name => "name",
            Word::OnDelete => "onDelete",
            Word::OnUpdate => "onUpdate",
            Word::Ops => "ops",
            Word::References => "references",
            Word::Relation => "relation",
            Word::Schema => "schema",
            Word::ShardKey => "shardKey",
            Word::Sort => "sort",
            Word::Type => "type",
            Word::Unique => "unique",
            Word::UpdatedAt => "updatedAt",
            Word::Value => "value",
            Word::Where => "where",
            Word::Scoped | Word::Unnamed | Word::Other => "",
        }
    }

    /// A set that holds this word alone.
    pub(crate) fn bit(self) -> u32 {
        1 << self as u8
    }
}
