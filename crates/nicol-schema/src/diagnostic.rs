//! What the language has to say about a schema, as values.

use crate::source::Span;

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The schema is not valid.
    Error,
    /// The schema is valid, but something deserves attention. The reference prints the same warning.
    Warning,
    /// Something only nicol remarks; the reference says nothing, or an error that nicol does not share.
    Hint,
}

macro_rules! codes {
    ($($name:ident = $text:literal,)*) => {
        /// What a diagnostic is about: the stable identifier of its kind. Each has a section in the documentation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the documentation has a section for each, and a test that compares both")]
        pub enum Code {
            $($name,)*
        }

        impl Code {
            /// All codes, in the order of the alphabet.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The code as it is shown: `unknown-type`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Code::$name => $text,)*
                }
            }
        }
    };
}

codes! {
    AmbiguousRelation = "ambiguous-relation",
    ArgumentTwice = "argument-twice",
    ArgumentWithoutValue = "argument-without-value",
    AttributeInType = "attribute-in-type",
    AttributeOnRelation = "attribute-on-relation",
    AttributeTwice = "attribute-twice",
    AutoincrementNotId = "autoincrement-not-id",
    AutoincrementNotIndexed = "autoincrement-not-indexed",
    AutoincrementTwice = "autoincrement-twice",
    AutoincrementType = "autoincrement-type",
    AutoincrementUnsupported = "autoincrement-unsupported",
    BadAction = "bad-action",
    BadClientName = "bad-client-name",
    BadConfigLine = "bad-config-line",
    BadLength = "bad-length",
    BadLine = "bad-line",
    BadLiteral = "bad-literal",
    BadMappedName = "bad-mapped-name",
    BadNameCharacter = "bad-name-character",
    BadRelationMode = "bad-relation-mode",
    BadSortOrder = "bad-sort-order",
    BadUnicodeEscape = "bad-unicode-escape",
    BothSidesDefine = "both-sides-define",
    BothSidesRequired = "both-sides-required",
    ByteOrderMark = "byte-order-mark",
    CascadeCycle = "cascade-cycle",
    ClientNameClash = "client-name-clash",
    Clustering = "clustering",
    CompositeCycle = "composite-cycle",
    CompositeDefault = "composite-default",
    CompositeRule = "composite-rule",
    CompositeUnsupported = "composite-unsupported",
    CompoundIdUnsupported = "compound-id-unsupported",
    ConstraintNameLength = "constraint-name-length",
    DefaultArgument = "default-argument",
    DefaultIsList = "default-is-list",
    DefaultMapUnsupported = "default-map-unsupported",
    DefaultNotList = "default-not-list",
    DefaultOnRelation = "default-on-relation",
    DeprecatedPreviewFeature = "deprecated-preview-feature",
    DeprecatedProperty = "deprecated-property",
    DuplicateClientName = "duplicate-client-name",
    DuplicateConstraintName = "duplicate-constraint-name",
    DuplicateEnumValue = "duplicate-enum-value",
    DuplicateField = "duplicate-field",
    DuplicateIndex = "duplicate-index",
    DuplicateMappedName = "duplicate-mapped-name",
    DuplicateName = "duplicate-name",
    DuplicateProperty = "duplicate-property",
    DuplicateSchema = "duplicate-schema",
    EmptyEnum = "empty-enum",
    EmptySchemas = "empty-schemas",
    EmptyString = "empty-string",
    EmptyType = "empty-type",
    EnumUnsupported = "enum-unsupported",
    EnvInProvider = "env-in-provider",
    ExclusiveProperties = "exclusive-properties",
    FieldCount = "field-count",
    ForeignKeyMapUnsupported = "foreign-key-map-unsupported",
    Fulltext = "fulltext",
    FulltextUnsupported = "fulltext-unsupported",
    FunctionArgument = "function-argument",
    FunctionType = "function-type",
    FunctionUnsupported = "function-unsupported",
    IdMapNeeded = "id-map-needed",
    IdMemberOptional = "id-member-optional",
    IdNotRequired = "id-not-required",
    IgnoreUnsupported = "ignore-unsupported",
    IgnoredTarget = "ignored-target",
    IgnoredTwice = "ignored-twice",
    IncompleteField = "incomplete-field",
    IndexFieldType = "index-field-type",
    IndexTypeUnsupported = "index-type-unsupported",
    KeyMapUnsupported = "key-map-unsupported",
    KnownUnsupportedType = "known-unsupported-type",
    LegacyBang = "legacy-bang",
    LegacyColon = "legacy-colon",
    LegacyList = "legacy-list",
    LengthArgument = "length-argument",
    LengthNeeded = "length-needed",
    ListUnsupported = "list-unsupported",
    ManyToManyId = "many-to-many-id",
    ManyToManyRule = "many-to-many-rule",
    MemberIsRelation = "member-is-relation",
    MemberTwice = "member-twice",
    MissingArgument = "missing-argument",
    MissingIndex = "missing-index",
    MissingOpposite = "missing-opposite",
    MissingProperty = "missing-property",
    MissingRelationArgument = "missing-relation-argument",
    MissingSchema = "missing-schema",
    NameAndMap = "name-and-map",
    NameStartsWithDigit = "name-starts-with-digit",
    NativeArgumentCount = "native-argument-count",
    NativeArgumentType = "native-argument-type",
    NativeRange = "native-range",
    NativeTypeMismatch = "native-type-mismatch",
    NestedTooDeep = "nested-too-deep",
    NoIdentifier = "no-identifier",
    NoMembers = "no-members",
    NoSideDefines = "no-side-defines",
    NotARelation = "not-a-relation",
    ObjectIdNeeded = "object-id-needed",
    OneToOneNotUnique = "one-to-one-not-unique",
    OperatorClass = "operator-class",
    OptionalList = "optional-list",
    PartialCondition = "partial-condition",
    PartialUnsupported = "partial-unsupported",
    PreviewNeeded = "preview-needed",
    PropertyUnsupported = "property-unsupported",
    PropertyWithoutValue = "property-without-value",
    ProviderEmpty = "provider-empty",
    ProviderNotString = "provider-not-string",
    ReferenceNotUnique = "reference-not-unique",
    ReferenceOrder = "reference-order",
    RelationFieldNotScalar = "relation-field-not-scalar",
    RelationInType = "relation-in-type",
    RelationNameEmpty = "relation-name-empty",
    RelationNameReused = "relation-name-reused",
    RelationOptionality = "relation-optionality",
    RelationTypeMismatch = "relation-type-mismatch",
    RemovedPreviewFeature = "removed-preview-feature",
    RenamedPreviewFeature = "renamed-preview-feature",
    ReservedName = "reserved-name",
    ReservedScalarName = "reserved-scalar-name",
    SchemaEmpty = "schema-empty",
    SchemaUnsupported = "schema-unsupported",
    SelfCascade = "self-cascade",
    SetNullOnRequired = "set-null-on-required",
    SeveralCascadePaths = "several-cascade-paths",
    SeveralDatasources = "several-datasources",
    SeveralIds = "several-ids",
    SeveralUnnamedArguments = "several-unnamed-arguments",
    ShardKey = "shard-key",
    ShardKeyOptional = "shard-key-optional",
    SortArgument = "sort-argument",
    StrayLine = "stray-line",
    TrailingComma = "trailing-comma",
    TypeAlias = "type-alias",
    TypeUnsupported = "type-unsupported",
    UnexpectedArgument = "unexpected-argument",
    UnknownArgument = "unknown-argument",
    UnknownAttribute = "unknown-attribute",
    UnknownBlock = "unknown-block",
    UnknownDirective = "unknown-directive",
    UnknownEnumValue = "unknown-enum-value",
    UnknownEscape = "unknown-escape",
    UnknownFunction = "unknown-function",
    UnknownIndexType = "unknown-index-type",
    UnknownMember = "unknown-member",
    UnknownNativeType = "unknown-native-type",
    UnknownPreviewFeature = "unknown-preview-feature",
    UnknownProperty = "unknown-property",
    UnknownProvider = "unknown-provider",
    UnknownRelationField = "unknown-relation-field",
    UnknownSchema = "unknown-schema",
    UnknownType = "unknown-type",
    UnsupportedDefault = "unsupported-default",
    UpdatedAtType = "updated-at-type",
    ViewRelation = "view-relation",
    ViewRule = "view-rule",
    WrongPrefix = "wrong-prefix",
    WrongSideDefines = "wrong-side-defines",
    WrongValueType = "wrong-value-type",
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Another place that has to do with a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// What is there, in a few words.
    pub message: String,
}

/// One remark about a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error, warning or hint.
    pub severity: Severity,
    /// What it is about.
    pub code: Code,
    /// Where: the same bytes as the reference points at.
    pub span: Span,
    /// What is wrong, in one sentence, in our own words.
    pub message: String,
    /// How to repair it.
    pub help: Option<String>,
    /// Other places that have to do with it, such as the earlier of two things of one name.
    pub related: Vec<Related>,
}

impl Diagnostic {
    /// True for what makes a schema invalid.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
