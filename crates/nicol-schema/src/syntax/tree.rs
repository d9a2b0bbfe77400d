//! The syntax tree of one file: flat lists of nodes that point at each other by index and at the text by byte ranges.
//!
//! Nothing is lost: the extents of [`Tree::items`] follow each other from the first byte to the last, but for the
//! spaces between them, and the text itself is kept beside the tree.

use std::num::NonZeroU32;

use super::words::Word;

/// A half-open range of bytes, never an empty one at the start of the text: so that an absent one takes no more room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    start: u32,
    end: NonZeroU32,
}

impl Extent {
    /// From `start` to `end`.
    #[inline]
    pub(crate) fn new(start: usize, end: usize) -> Extent {
        Extent { start: start as u32, end: NonZeroU32::new(end as u32).unwrap_or(NonZeroU32::MIN) }
    }

    /// First byte.
    #[inline]
    pub(crate) fn start(self) -> u32 {
        self.start
    }

    /// One past the last byte.
    #[inline]
    pub(crate) fn end(self) -> u32 {
        self.end.get()
    }

    /// How many bytes it has.
    #[inline]
    pub(crate) fn len(self) -> usize {
        (self.end.get() - self.start) as usize
    }

    /// The part of the text it covers.
    #[inline]
    pub(crate) fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end.get() as usize]
    }
}

/// Neighbouring nodes in one of the tree's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Run {
    /// Index of the first.
    pub(crate) start: u32,
    /// One past the index of the last.
    pub(crate) end: u32,
}

impl Run {
    /// The indices as a range.
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The words that start a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Keyword {
    /// `model`
    Model,
    /// `type`
    Type,
    /// `view`
    View,
    /// `enum`
    Enum,
    /// `datasource`
    Datasource,
    /// `generator`
    Generator,
}

impl Keyword {
    /// All of them, in the order in which the parser tries them.
    pub(crate) const ALL: [Keyword; 6] =
        [Keyword::Model, Keyword::Type, Keyword::View, Keyword::Enum, Keyword::Datasource, Keyword::Generator];

    /// As written in a schema.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Keyword::Model => "model",
            Keyword::Type => "type",
            Keyword::View => "view",
            Keyword::Enum => "enum",
            Keyword::Datasource => "datasource",
            Keyword::Generator => "generator",
        }
    }
}

/// Something at the top level of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item {
    /// What it is.
    pub(crate) kind: ItemKind,
    /// Where it is.
    pub(crate) extent: Extent,
}

/// The kinds of [`Item`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum ItemKind {
    /// A block: index into [`Tree::blocks`].
    Block(u32),
    /// One or more comment lines directly below each other.
    Comments,
    /// One or more line ends without anything before them.
    EmptyLines,
    /// `type A = B`
    TypeAlias,
    /// A block without a known keyword.
    UnknownBlock,
    /// A line that is nothing of the above, with its line end.
    Junk,
}

/// `keyword name { ... }`
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    /// Its first word.
    pub(crate) keyword: Keyword,
    /// Its name.
    pub(crate) name: Extent,
    /// What is between the braces: indices into [`Tree::members`].
    pub(crate) members: Run,
    /// Its `@@` attributes: indices into [`Tree::block_attributes`].
    pub(crate) attributes: Run,
    /// The comments directly above it.
    pub(crate) docs: Option<Extent>,
    /// From the keyword to the closing brace.
    pub(crate) extent: Extent,
}

/// Something inside a block.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Member {
    /// A field, or a value of an enum: index into [`Tree::fields`].
    Field(u32),
    /// `name = value`: index into [`Tree::properties`].
    Property(u32),
    /// `@@name(..)`: index into [`Tree::block_attributes`].
    Attribute(u32),
    /// One or more comment lines directly below each other, with the last line end.
    Comments(Extent),
    /// One or more line ends without anything before them.
    EmptyLines,
    /// A line that is nothing of the above, with its line end.
    Junk(Extent),
}

/// `name Type @attribute ...`, or an enum's `VALUE @attribute ...`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FieldNode {
    /// The name.
    pub(crate) name: Extent,
    /// The type; none in enums and in unfinished fields.
    pub(crate) ty: Option<TypeNode>,
    /// A `:` stands between both, which the language no longer has.
    pub(crate) colon: bool,
    /// Indices into [`Tree::attributes`].
    pub(crate) attributes: Run,
    /// The comment at the end of the line.
    pub(crate) comment: Option<Extent>,
    /// The last comment block above it that no other field has taken.
    pub(crate) docs: Option<Extent>,
    /// The whole line with its line end.
    pub(crate) extent: Extent,
}

/// The type of a field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TypeNode {
    /// How it is written.
    pub(crate) shape: TypeShape,
    /// It is `Unsupported("..")`.
    pub(crate) unsupported: bool,
    /// The type without its suffix: a name or `Unsupported("..")`.
    pub(crate) base: Extent,
    /// The whole type.
    pub(crate) extent: Extent,
}

impl TypeNode {
    /// The string in `Unsupported("..")`, with its quotes.
    pub(crate) fn unsupported(self, text: &str) -> Option<Extent> {
        let base = Some(self.base.of(text)).filter(|_| self.unsupported)?;
        let (first, last) = (base.find('"')?, base.rfind('"')?);
        let start = self.base.start as usize;
        Some(Extent::new(start + first, start + last + 1))
    }
}

/// How a type is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeShape {
    /// `T`
    Plain,
    /// `T?`
    Optional,
    /// `T[]`
    List,
    /// `T[]?`, an error
    OptionalList,
    /// `T!`, an error
    Bang,
    /// `[T]`, an error
    Bracketed,
}

/// `@name(..)` or `@@name(..)`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AttributeNode {
    /// Which one it is.
    pub(crate) word: Word,
    /// Arguments stand in parentheses behind the name, possibly none.
    pub(crate) has_parentheses: bool,
    /// The name, with dots.
    pub(crate) name: Extent,
    /// The arguments: indices into [`Tree::arguments`].
    pub(crate) arguments: Run,
    /// The comment at the end of the line (block attributes only).
    pub(crate) comment: Option<Extent>,
    /// The whole attribute, with the spaces that follow an attribute without arguments.
    pub(crate) extent: Extent,
}

/// `value`, `name: value` or `name:`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ArgumentNode {
    /// Which one it is.
    pub(crate) word: Word,
    /// The name.
    pub(crate) name: Option<Extent>,
    /// The value; none is an error.
    pub(crate) value: Option<ExpressionNode>,
    /// The whole argument.
    pub(crate) extent: Extent,
}

/// A value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ExpressionNode {
    /// What it is.
    pub(crate) kind: ExpressionKind,
    /// Where it is.
    pub(crate) extent: Extent,
}

/// The kinds of [`ExpressionNode`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum ExpressionKind {
    /// `12`, `-1.5`
    Number,
    /// `"text"`
    Text,
    /// `"te\"xt"`: what it says is in [`Tree::escaped`].
    EscapedText,
    /// `name`, `a.b`
    Path,
    /// `name(..)`
    Call {
        /// One past the last byte of the name.
        name_end: u32,
        /// What stands between the parentheses: indices into [`Tree::arguments`].
        arguments: Run,
    },
    /// `[..]`: indices into [`Tree::elements`].
    Array(Run),
    /// `{ name: value, .. }`: indices into [`Tree::arguments`].
    Object(Run),
}

/// `name = value` in a configuration block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PropertyNode {
    /// The name.
    pub(crate) name: Extent,
    /// The value; none is an error.
    pub(crate) value: Option<ExpressionNode>,
    /// The comment at the end of the line.
    pub(crate) comment: Option<Extent>,
    /// From the name to the comment, or to the spaces behind the value if there is none.
    pub(crate) extent: Extent,
}

/// A string with escapes, and what it says.
#[derive(Debug)]
pub(crate) struct Escaped {
    /// The literal with its quotes.
    pub(crate) extent: Extent,
    /// Its value.
    pub(crate) value: String,
}

/// The syntax of one file.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// What the file consists of, in order.
    pub(crate) items: Vec<Item>,
    /// Every block.
    pub(crate) blocks: Vec<Block>,
    /// Every line inside blocks.
    pub(crate) members: Vec<Member>,
    /// Every field and enum value.
    pub(crate) fields: Vec<FieldNode>,
    /// Every property of configuration blocks.
    pub(crate) properties: Vec<PropertyNode>,
    /// Every `@` attribute.
    pub(crate) attributes: Vec<AttributeNode>,
    /// Every `@@` attribute.
    pub(crate) block_attributes: Vec<AttributeNode>,
    /// Every argument.
    pub(crate) arguments: Vec<ArgumentNode>,
    /// Every element of a list.
    pub(crate) elements: Vec<ExpressionNode>,
    /// Every string with escapes, in the order of the text.
    pub(crate) escaped: Vec<Escaped>,
    /// Commas before a closing parenthesis, errors, in the order of the text.
    pub(crate) trailing_commas: Vec<Extent>,
    /// Places where values are nested deeper than the parser follows.
    pub(crate) too_deep: Vec<Extent>,
    /// An argument may lack its value, or a comma have nothing behind it.
    pub(crate) lacks_values: bool,
    /// A type may be `Unsupported("..")`.
    pub(crate) has_unsupported: bool,
    /// A name may start with a digit, or have a `-` in it.
    pub(crate) has_odd_names: bool,
}
