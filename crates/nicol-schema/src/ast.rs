//! Views on the syntax tree: nodes together with their text, so that the rest of the crate reads names and values and
//! never touches byte ranges.

use crate::source::{Source, Span};
use crate::syntax::parser::parse;
use crate::syntax::tree::{ArgumentNode, AttributeNode, ExpressionKind, ExpressionNode, Extent, Run, Tree};
use crate::syntax::words::Word;

/// One file: a view on its [`Parsed`] form, as small as can be, since every view below holds one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct File<'a>(pub(crate) &'a Parsed<'a>);

/// A file that was read: its place among the sources, its text and its tree.
#[derive(Debug)]
pub(crate) struct Parsed<'a> {
    /// Index in the list of sources.
    pub(crate) index: u32,
    /// The text.
    pub(crate) text: &'a str,
    /// The tree.
    pub(crate) tree: Tree,
}

/// Parses every source.
pub(crate) fn parse_all(sources: &[Source]) -> Vec<Parsed<'_>> {
    let numbered = (0..).zip(sources);
    numbered.map(|(index, source)| Parsed { index, text: &source.text, tree: parse(&source.text) }).collect()
}

impl<'a> File<'a> {
    /// Index in the list of sources.
    pub(crate) fn index(self) -> u32 {
        self.0.index
    }

    /// The text.
    pub(crate) fn text(self) -> &'a str {
        self.0.text
    }

    /// The tree.
    pub(crate) fn tree(self) -> &'a Tree {
        &self.0.tree
    }

    /// The text at an extent.
    pub(crate) fn slice(self, extent: Extent) -> &'a str {
        extent.of(self.0.text)
    }

    /// An extent as a place that also names the file.
    pub(crate) fn span(self, extent: Extent) -> Span {
        Span { file: self.0.index, start: extent.start(), end: extent.end() }
    }

    /// A view on an attribute.
    pub(crate) fn attribute(self, node: &'a AttributeNode) -> Attribute<'a> {
        Attribute { file: self, node }
    }

    /// A view on an expression.
    pub(crate) fn value(self, node: &'a ExpressionNode) -> Value<'a> {
        Value { file: self, node }
    }

    /// What a string literal with escapes says.
    fn escaped(self, literal: Extent) -> &'a str {
        let all = &self.tree().escaped;
        let at = all.binary_search_by_key(&literal.start(), |escaped| escaped.extent.start());
        at.map_or("", |at| &all[at].value)
    }
}

/// An attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute<'a> {
    /// Where it stands.
    pub(crate) file: File<'a>,
    /// Its node.
    pub(crate) node: &'a AttributeNode,
}

impl<'a> Attribute<'a> {
    /// The name without signs.
    pub(crate) fn name(self) -> &'a str {
        self.file.slice(self.node.name)
    }

    /// The whole attribute.
    pub(crate) fn span(self) -> Span {
        self.file.span(self.node.extent)
    }

    /// What stands between the parentheses.
    pub(crate) fn arguments(self) -> ArgumentList<'a> {
        ArgumentList { file: self.file, run: self.node.arguments, within: self.node.extent }
    }
}

/// What stands between parentheses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ArgumentList<'a> {
    file: File<'a>,
    run: Run,
    /// The attribute or value that they stand in.
    within: Extent,
}

impl<'a> ArgumentList<'a> {
    /// The nodes of all arguments in order.
    pub(crate) fn nodes(self) -> &'a [ArgumentNode] {
        &self.file.tree().arguments[self.run.range()]
    }

    /// All arguments in order.
    pub(crate) fn iter(self) -> impl ExactSizeIterator<Item = Argument<'a>> + DoubleEndedIterator {
        let file = self.file;
        self.nodes().iter().map(move |node| Argument { file, node })
    }

    /// The argument of a name that is a word of the language.
    pub(crate) fn called(self, word: Word) -> Option<Value<'a>> {
        let found = self.nodes().iter().find(|node| node.word == word)?;
        found.value.as_ref().map(|node| self.file.value(node))
    }

    /// The argument of a name.
    pub(crate) fn named(self, name: &str) -> Option<Value<'a>> {
        self.iter().find(|argument| argument.name() == Some(name)).and_then(Argument::value)
    }

    /// A comma behind the last argument.
    pub(crate) fn trailing_comma(self) -> Option<Span> {
        let last = self.nodes().last().map_or(self.within.start(), |last| last.extent.end());
        let commas = &self.file.tree().trailing_commas;
        let behind = commas.get(commas.partition_point(|comma| comma.start() < last))?;
        (behind.end() <= self.within.end()).then(|| self.file.span(*behind))
    }
}

/// One argument.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Argument<'a> {
    file: File<'a>,
    node: &'a ArgumentNode,
}

impl<'a> Argument<'a> {
    /// The name before the colon.
    pub(crate) fn name(self) -> Option<&'a str> {
        self.node.name.map(|extent| self.file.slice(extent))
    }

    /// Where the name stands.
    pub(crate) fn name_span(self) -> Span {
        self.file.span(self.node.name.unwrap_or(self.node.extent))
    }

    /// The value.
    pub(crate) fn value(self) -> Option<Value<'a>> {
        self.node.value.as_ref().map(|node| self.file.value(node))
    }

    /// The whole argument.
    pub(crate) fn span(self) -> Span {
        self.file.span(self.node.extent)
    }
}

/// A value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'a> {
    file: File<'a>,
    node: &'a ExpressionNode,
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ValueKind<'a> {
    /// A number as written.
    Number(&'a str),
    /// A string without quotes and escapes.
    Text(&'a str),
    /// A bare name.
    Constant(&'a str),
    /// A call: name and arguments.
    Call(&'a str, ArgumentList<'a>),
    /// A list.
    Array(ValueList<'a>),
    /// Names and values in braces.
    Object(ArgumentList<'a>),
}

/// The elements of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ValueList<'a> {
    file: File<'a>,
    run: Run,
}

impl<'a> ValueList<'a> {
    /// All of them in order.
    pub(crate) fn iter(self) -> impl ExactSizeIterator<Item = Value<'a>> {
        let file = self.file;
        file.tree().elements[self.run.range()].iter().map(move |node| Value { file, node })
    }
}

impl<'a> Value<'a> {
    /// Its node.
    pub(crate) fn node(self) -> &'a ExpressionNode {
        self.node
    }

    /// Where it stands.
    pub(crate) fn span(self) -> Span {
        self.file.span(self.node.extent)
    }

    /// As written.
    pub(crate) fn source(self) -> &'a str {
        self.file.slice(self.node.extent)
    }

    /// What it is.
    pub(crate) fn kind(self) -> ValueKind<'a> {
        let (file, within) = (self.file, self.node.extent);
        match self.node.kind {
            ExpressionKind::Number => ValueKind::Number(self.source()),
            ExpressionKind::Text | ExpressionKind::EscapedText => ValueKind::Text(self.as_text().unwrap_or_default()),
            ExpressionKind::Path => ValueKind::Constant(self.source()),
            ExpressionKind::Call { arguments: run, .. } => {
                ValueKind::Call(self.called().unwrap_or_default(), ArgumentList { file, run, within })
            }
            ExpressionKind::Array(run) => ValueKind::Array(ValueList { file, run }),
            ExpressionKind::Object(run) => ValueKind::Object(ArgumentList { file, run, within }),
        }
    }

    /// The text of a string literal.
    pub(crate) fn as_text(self) -> Option<&'a str> {
        match self.node.kind {
            ExpressionKind::Text => {
                let literal = self.source();
                Some(&literal[1..literal.len() - 1])
            }
            ExpressionKind::EscapedText => Some(self.file.escaped(self.node.extent)),
            _ => None,
        }
    }

    /// The name of the function in a call.
    pub(crate) fn called(self) -> Option<&'a str> {
        match self.node.kind {
            ExpressionKind::Call { name_end, .. } => {
                Some(&self.file.text()[self.node.extent.start() as usize..name_end as usize])
            }
            _ => None,
        }
    }

    /// A bare name.
    pub(crate) fn as_constant(self) -> Option<&'a str> {
        match self.node.kind {
            ExpressionKind::Path => Some(self.source()),
            _ => None,
        }
    }

    /// What kind of value it is, in words.
    pub(crate) fn describe(self) -> &'static str {
        match self.node.kind {
            ExpressionKind::Number => "a number",
            ExpressionKind::Text | ExpressionKind::EscapedText => "a string",
            ExpressionKind::Path => "a bare name",
            ExpressionKind::Call { .. } => "a function call",
            ExpressionKind::Array(_) => "a list",
            ExpressionKind::Object(_) => "an object",
        }
    }
}
