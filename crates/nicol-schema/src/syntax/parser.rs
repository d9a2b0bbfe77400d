//! Text into a [`Tree`].
//!
//! The language is line-oriented: a field, a property, an attribute never spans lines, and a line that does not fit is
//! junk on its own without harming its neighbours. Extents are those of the reference, which counts the spaces after
//! an attribute without arguments as part of it.

use super::lexer::{Lexer, line_end, space_end, string_end, word_end};
use super::literal::unescape;
use super::tree::*;
use super::words::Word;

/// How deep values may be nested in each other.
const MAX_DEPTH: u32 = 100;

/// Parses one file. Total: every text has a tree.
pub(crate) fn parse(text: &str) -> Tree {
    // Room for what a usual text of this length holds: lists that grow are copied, and memory costs more than work.
    let room = |bytes_for_each: usize| text.len() / bytes_for_each + 4;
    let tree = Tree {
        items: Vec::with_capacity(room(160)),
        blocks: Vec::with_capacity(room(300)),
        members: Vec::with_capacity(room(28)),
        fields: Vec::with_capacity(room(36)),
        attributes: Vec::with_capacity(room(48)),
        block_attributes: Vec::with_capacity(room(250)),
        arguments: Vec::with_capacity(room(48)),
        elements: Vec::with_capacity(room(80)),
        ..Tree::default()
    };
    let mut parser = Parser {
        text,
        bytes: text.as_bytes(),
        lexer: Lexer::new(text),
        at: 0,
        depth: 0,
        tree,
        arguments: Vec::new(),
        elements: Vec::new(),
        unclosed: false,
        no_brace_from: usize::MAX,
    };
    parser.file();
    parser.tree
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    lexer: Lexer<'a>,
    at: usize,
    depth: u32,
    tree: Tree,
    /// Arguments of lists that are not closed yet: they go to the tree together, so that they stand together there.
    arguments: Vec<ArgumentNode>,
    /// The same for the elements of arrays.
    elements: Vec<ExpressionNode>,
    /// A block was opened that nothing closes: none of the blocks behind it is closed either.
    unclosed: bool,
    /// No `}` stands here or later.
    no_brace_from: usize,
}

impl<'a> Parser<'a> {
    /// The next byte; zero at the end of the text, which no construct begins with.
    #[inline]
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    #[inline]
    fn skip_space(&mut self) {
        self.at = space_end(self.text, self.at);
    }

    /// Takes the next byte if it is this one.
    #[inline]
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    /// Like [`Parser::eat`], for `?`.
    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.eat(byte).then_some(())
    }

    /// Takes a line end.
    #[inline]
    fn newline(&mut self) -> Option<()> {
        match self.peek() {
            b'\n' => self.at += 1,
            b'\r' => self.at += if self.bytes.get(self.at + 1) == Some(&b'\n') { 2 } else { 1 },
            _ => return None,
        }
        Some(())
    }

    /// Takes a word.
    #[inline]
    fn word(&mut self) -> Option<Extent> {
        let start = self.at;
        let end = word_end(self.text, start, &mut self.tree.has_odd_names);
        self.at = end;
        (end > start).then(|| Extent::new(start, end))
    }

    /// Takes a word that names something.
    #[inline]
    fn name(&mut self) -> Option<Extent> {
        let name = self.word()?;
        let bytes = self.slice(name);
        self.tree.has_odd_names |= bytes[0].is_ascii_digit();
        Some(name)
    }

    /// Takes a comment.
    #[inline]
    fn comment(&mut self) -> Option<Extent> {
        let token = self.lexer.comment(self.at)?;
        let extent = Extent::new(self.at, token.end);
        self.at = token.end;
        Some(extent)
    }

    /// Takes a string: its place, and whether it has escapes.
    fn string(&mut self) -> Option<(Extent, bool)> {
        let start = self.at;
        if self.peek() != b'"' {
            return None;
        }
        let (end, escapes) = string_end(self.bytes, start + 1)?;
        self.at = end;
        Some((Extent::new(start, end), escapes))
    }

    #[inline]
    fn slice(&self, extent: Extent) -> &'a [u8] {
        &self.bytes[extent.start() as usize..extent.end() as usize]
    }

    #[inline]
    fn extent_from(&self, start: usize) -> Extent {
        Extent::new(start, self.at)
    }

    /// Takes back everything that starts at `at` or later, and goes on there.
    #[cold]
    fn go_back(&mut self, at: usize) {
        fn take_back<T>(nodes: &mut Vec<T>, at: usize, start: impl Fn(&T) -> u32) {
            while nodes.last().is_some_and(|node| start(node) as usize >= at) {
                nodes.pop();
            }
        }
        self.at = at;
        self.arguments.clear();
        self.elements.clear();
        take_back(&mut self.tree.fields, at, |node| node.extent.start());
        take_back(&mut self.tree.properties, at, |node| node.extent.start());
        take_back(&mut self.tree.attributes, at, |node| node.extent.start());
        take_back(&mut self.tree.block_attributes, at, |node| node.extent.start());
        take_back(&mut self.tree.arguments, at, |node| node.extent.start());
        take_back(&mut self.tree.elements, at, |node| node.extent.start());
        take_back(&mut self.tree.escaped, at, |node| node.extent.start());
        take_back(&mut self.tree.trailing_commas, at, |comma| comma.start());
    }

    fn file(&mut self) {
        let mut pending: Option<Extent> = None;
        let mut handed_on: Option<Extent> = None;
        loop {
            self.skip_space();
            let start = self.at;
            let kind = match self.peek() {
                0 if self.is_at_end() => return,
                b'\n' | b'\r' => {
                    self.empty_lines();
                    ItemKind::EmptyLines
                }
                b'/' if self.comments() => ItemKind::Comments,
                _ if word_end(self.text, start, &mut false) > start => {
                    let kind = self.block_or_junk(pending);
                    self.hand_on(kind, &mut handed_on);
                    kind
                }
                _ => {
                    self.junk();
                    ItemKind::Junk
                }
            };
            let extent = self.extent_from(start);
            pending = matches!(kind, ItemKind::Comments).then_some(extent);
            self.tree.items.push(Item { kind, extent });
        }
    }

    /// The comments above a configuration block also document the next model, type or enum that has none of its own: so
    /// the reference has it, and its DMMF shows it.
    fn hand_on(&mut self, kind: ItemKind, handed_on: &mut Option<Extent>) {
        let ItemKind::Block(index) = kind else { return };
        let block = &mut self.tree.blocks[index as usize];
        match block.keyword {
            Keyword::Datasource | Keyword::Generator => *handed_on = block.docs.or(*handed_on),
            Keyword::Model | Keyword::Type | Keyword::View | Keyword::Enum => {
                block.docs = block.docs.or(*handed_on);
                *handed_on = None;
            }
        }
    }

    fn block_or_junk(&mut self, docs: Option<Extent>) -> ItemKind {
        let start = self.at;
        let members = self.tree.members.len();
        for keyword in Keyword::ALL {
            if !self.bytes[start..].starts_with(keyword.as_str().as_bytes()) {
                continue;
            }
            if let Some(block) = self.block(keyword, docs) {
                let index = self.tree.blocks.len() as u32;
                self.tree.blocks.push(block);
                return ItemKind::Block(index);
            }
            self.tree.members.truncate(members);
            self.go_back(start);
        }
        if self.type_alias() {
            return ItemKind::TypeAlias;
        }
        self.go_back(start);
        if self.unknown_block() {
            return ItemKind::UnknownBlock;
        }
        self.go_back(start);
        self.junk();
        ItemKind::Junk
    }

    /// `keyword name {` up to the closing brace; none when something is missing.
    fn block(&mut self, keyword: Keyword, docs: Option<Extent>) -> Option<Block> {
        let start = self.at;
        if self.unclosed {
            return None;
        }
        self.at += keyword.as_str().len();
        self.skip_space();
        let name = self.name()?;
        self.skip_space();
        self.opening_line()?;
        let first = self.tree.block_attributes.len() as u32;
        let members = self.members(keyword)?;
        let attributes = Run { start: first, end: self.tree.block_attributes.len() as u32 };
        Some(Block { keyword, name, members, attributes, docs, extent: self.extent_from(start) })
    }

    /// `{`, the rest of its line, and the line end.
    fn opening_line(&mut self) -> Option<()> {
        self.expect(b'{')?;
        self.at = line_end(self.text, self.at);
        self.newline()
    }

    fn type_alias(&mut self) -> bool {
        if !self.text[self.at..].starts_with("type") {
            return false;
        }
        self.at += 4;
        self.skip_space();
        let named = self.word().is_some();
        self.skip_space();
        if !named || !self.eat(b'=') {
            return false;
        }
        self.skip_space();
        if self.base_type().is_none() {
            return false;
        }
        self.skip_space();
        let attributes = self.field_attributes();
        // The spaces behind it are no part of it.
        if let Some(last) = self.tree.attributes[attributes.range()].last() {
            self.at = last.extent.end() as usize;
        }
        true
    }

    /// `word { ... }` up to the first closing brace.
    fn unknown_block(&mut self) -> bool {
        if self.word().is_none() {
            return false;
        }
        self.skip_space();
        if self.opening_line().is_none() {
            return false;
        }
        // Once there is none, a search for the next one would look at the whole rest again.
        let found = if self.at < self.no_brace_from { self.text[self.at..].find('}') } else { None };
        match found {
            Some(length) => {
                self.at += length + 1;
                true
            }
            None => {
                self.no_brace_from = self.no_brace_from.min(self.at);
                false
            }
        }
    }

    fn empty_lines(&mut self) {
        loop {
            let start = self.at;
            self.skip_space();
            if self.newline().is_none() {
                self.at = start;
                return;
            }
        }
    }

    /// Takes comments below each other, each with the line end behind it; false when there is none.
    fn comments(&mut self) -> bool {
        let mut found = false;
        loop {
            let start = self.at;
            self.skip_space();
            if self.comment().is_none() {
                self.at = start;
                return found;
            }
            self.newline();
            found = true;
        }
    }

    fn junk(&mut self) {
        self.at = line_end(self.text, self.at);
        self.newline();
    }

    /// Everything up to the closing brace: the members. None at the end of the text.
    fn members(&mut self, keyword: Keyword) -> Option<Run> {
        let first = self.tree.members.len() as u32;
        let mut pending: Option<Extent> = None;
        loop {
            self.skip_space();
            let start = self.at;
            let member = match self.peek() {
                0 if self.is_at_end() => {
                    self.unclosed = true;
                    return None;
                }
                b'}' => {
                    self.at += 1;
                    return Some(Run { start: first, end: self.tree.members.len() as u32 });
                }
                b'\n' | b'\r' => {
                    self.empty_lines();
                    Member::EmptyLines
                }
                b'/' if self.comments() => {
                    let comments = self.extent_from(start);
                    pending = Some(comments);
                    Member::Comments(comments)
                }
                _ => self.line(keyword, &mut pending),
            };
            self.tree.members.push(member);
        }
    }

    /// A field, property or attribute, or else junk.
    fn line(&mut self, keyword: Keyword, pending: &mut Option<Extent>) -> Member {
        let start = self.at;
        let parsed = match keyword {
            Keyword::Datasource | Keyword::Generator => self.property(),
            Keyword::Model | Keyword::Type | Keyword::View | Keyword::Enum => {
                if self.peek() == b'@' {
                    self.block_attribute()
                } else {
                    self.field(keyword != Keyword::Enum, pending)
                }
            }
        };
        parsed.unwrap_or_else(|| {
            self.go_back(start);
            self.junk();
            Member::Junk(self.extent_from(start))
        })
    }

    fn property(&mut self) -> Option<Member> {
        let start = self.at;
        let name = self.name()?;
        self.skip_space();
        self.expect(b'=')?;
        self.skip_space();
        let is_last = matches!(self.peek(), b'\n' | b'\r') || self.lexer.comment(self.at).is_some();
        let value = if is_last { None } else { Some(self.expression()?) };
        self.skip_space();
        let comment = self.comment();
        let extent = self.extent_from(start);
        self.skip_space();
        self.newline()?;
        let index = self.tree.properties.len() as u32;
        self.tree.properties.push(PropertyNode { name, value, comment, extent });
        Some(Member::Property(index))
    }

    fn field(&mut self, typed: bool, pending: &mut Option<Extent>) -> Option<Member> {
        let start = self.at;
        let name = self.name()?;
        self.skip_space();
        let (mut colon, mut ty) = (false, None);
        if typed {
            colon = self.eat(b':');
            if colon {
                self.skip_space();
            }
            ty = self.field_type();
            self.skip_space();
        }
        let attributes = self.field_attributes();
        let comment = self.comment();
        if comment.is_some() {
            self.skip_space();
        }
        self.newline()?;
        let index = self.tree.fields.len() as u32;
        let docs = pending.take();
        let extent = self.extent_from(start);
        self.tree.fields.push(FieldNode { name, ty, colon, attributes, comment, docs, extent });
        Some(Member::Field(index))
    }

    #[inline(always)]
    fn field_type(&mut self) -> Option<TypeNode> {
        let start = self.at;
        let found = self.field_type_inner(start);
        if found.is_none() {
            self.at = start;
        }
        found
    }

    #[inline(always)]
    fn field_type_inner(&mut self, start: usize) -> Option<TypeNode> {
        if self.eat(b'[') {
            self.skip_space();
            let (base, unsupported) = self.base_type()?;
            self.skip_space();
            self.expect(b']')?;
            return Some(TypeNode { shape: TypeShape::Bracketed, base, unsupported, extent: self.extent_from(start) });
        }
        let (base, unsupported) = self.base_type()?;
        let bare = self.at;
        self.skip_space();
        let shape = match self.peek() {
            b'[' if self.bytes.get(self.at + 1) == Some(&b']') => {
                self.at += 2;
                let list = self.at;
                self.skip_space();
                if self.eat(b'?') {
                    TypeShape::OptionalList
                } else {
                    self.at = list;
                    TypeShape::List
                }
            }
            b'?' => {
                self.at += 1;
                TypeShape::Optional
            }
            b'!' => {
                self.at += 1;
                TypeShape::Bang
            }
            _ => {
                self.at = bare;
                TypeShape::Plain
            }
        };
        Some(TypeNode { shape, base, unsupported, extent: self.extent_from(start) })
    }

    /// A name, or `Unsupported("..")`, and whether it is the second.
    #[inline(always)]
    fn base_type(&mut self) -> Option<(Extent, bool)> {
        let unsupported = if self.peek() == b'U' { self.unsupported() } else { None };
        match unsupported {
            Some(extent) => Some((extent, true)),
            None => Some((self.word()?, false)),
        }
    }

    fn unsupported(&mut self) -> Option<Extent> {
        let start = self.at;
        if !self.text[start..].starts_with("Unsupported(") {
            return None;
        }
        self.at += "Unsupported(".len();
        self.skip_space();
        let string = self.string();
        self.skip_space();
        if string.is_none() || !self.eat(b')') {
            self.at = start;
            return None;
        }
        self.tree.has_unsupported = true;
        Some(self.extent_from(start))
    }

    /// Attributes and the spaces behind them.
    fn field_attributes(&mut self) -> Run {
        let start = self.tree.attributes.len() as u32;
        while self.peek() == b'@' {
            let before = self.at;
            match self.attribute(1) {
                Some(attribute) => self.tree.attributes.push(attribute),
                None => {
                    self.go_back(before);
                    break;
                }
            }
            self.skip_space();
        }
        Run { start, end: self.tree.attributes.len() as u32 }
    }

    /// `@` or `@@`, a path and its arguments. Inlined, as what makes the nodes of lists is: a node that is returned is
    /// copied as soon as it is written, and memory is slow at that.
    #[inline(always)]
    fn attribute(&mut self, signs: usize) -> Option<AttributeNode> {
        let start = self.at;
        for _ in 0..signs {
            self.expect(b'@')?;
        }
        self.skip_space();
        let first = self.name()?;
        let name = self.path(first);
        let word = if name == first { Word::of(self.slice(name)) } else { Word::Scoped };
        self.skip_space();
        let has_parentheses = self.peek() == b'(';
        let arguments = if has_parentheses { self.arguments()? } else { Run::default() };
        let extent = self.extent_from(start);
        Some(AttributeNode { word, has_parentheses, name, arguments, comment: None, extent })
    }

    fn block_attribute(&mut self) -> Option<Member> {
        let start = self.at;
        let mut attribute = self.attribute(2)?;
        self.skip_space();
        attribute.comment = self.comment();
        attribute.extent = self.extent_from(start);
        self.skip_space();
        self.newline()?;
        let index = self.tree.block_attributes.len() as u32;
        self.tree.block_attributes.push(attribute);
        Some(Member::Attribute(index))
    }

    /// The rest of words joined by dots, without spaces; dots may follow each other and end it.
    #[inline]
    fn path(&mut self, first: Extent) -> Extent {
        while self.eat(b'.') {
            self.word();
        }
        self.extent_from(first.start() as usize)
    }

    fn arguments(&mut self) -> Option<Run> {
        self.expect(b'(')?;
        self.argument_list(b')', true)
    }

    /// Arguments up to the closing byte; with `free`, values need no name and a last comma is noted.
    fn argument_list(&mut self, close: u8, free: bool) -> Option<Run> {
        self.skip_space();
        if self.eat(close) {
            return Some(Run::default());
        }
        let comma = self.at;
        if free && self.eat(b',') {
            self.skip_space();
            self.expect(close)?;
            self.trailing_comma(comma);
            return Some(Run::default());
        }
        let open = self.arguments.len();
        loop {
            let argument = self.argument(free)?;
            self.skip_space();
            let comma = self.at;
            let mut closed = self.eat(close);
            if !closed {
                self.expect(b',')?;
                self.skip_space();
                closed = free && self.eat(close);
                if closed {
                    self.trailing_comma(comma);
                }
            }
            if closed {
                return Some(close_list(&mut self.arguments, open, argument, &mut self.tree.arguments));
            }
            self.arguments.push(argument);
        }
    }

    /// Notes a comma with nothing behind it.
    #[cold]
    fn trailing_comma(&mut self, at: usize) {
        self.tree.trailing_commas.push(Extent::new(at, at + 1));
        self.tree.lacks_values = true;
    }

    #[inline(always)]
    fn argument(&mut self, free: bool) -> Option<ArgumentNode> {
        let start = self.at;
        let mut first = self.word();
        let name = first.filter(|_| self.colon());
        if name.is_some() {
            let after = self.at;
            self.skip_space();
            if free && matches!(self.peek(), b',' | b')') {
                self.at = after;
                self.tree.lacks_values = true;
                let word = self.word_of(name);
                return Some(ArgumentNode { word, name, value: None, extent: self.extent_from(start) });
            }
            first = self.word();
        } else if !free {
            return None;
        }
        let value = Some(self.expression_of(first)?);
        Some(ArgumentNode { word: self.word_of(name), name, value, extent: self.extent_from(start) })
    }

    /// Takes spaces and the `:` behind them; nothing when there is none.
    #[inline]
    fn colon(&mut self) -> bool {
        let start = self.at;
        self.skip_space();
        let found = self.eat(b':');
        if !found {
            self.at = start;
        }
        found
    }

    #[inline]
    fn word_of(&self, name: Option<Extent>) -> Word {
        name.map_or(Word::Unnamed, |name| Word::of(self.slice(name)))
    }

    #[inline(always)]
    fn expression(&mut self) -> Option<ExpressionNode> {
        let first = self.word();
        self.expression_of(first)
    }

    /// An expression whose first word is read already, if it begins with one.
    #[inline(always)]
    fn expression_of(&mut self, first: Option<Extent>) -> Option<ExpressionNode> {
        let start = first.map_or(self.at, |first| first.start() as usize);
        if self.depth == MAX_DEPTH {
            let token = first.unwrap_or_else(|| Extent::new(start, self.lexer.token(start).end));
            self.tree.too_deep.push(token);
            return None;
        }
        self.depth += 1;
        let kind = match first {
            Some(first) => self.call_or_path(first),
            None => self.without_word(),
        };
        self.depth -= 1;
        Some(ExpressionNode { kind: kind?, extent: self.extent_from(start) })
    }

    #[inline(always)]
    fn call_or_path(&mut self, first: Extent) -> Option<ExpressionKind> {
        let name = self.path(first);
        let bare = self.at;
        self.skip_space();
        if self.peek() == b'(' {
            return Some(ExpressionKind::Call { name_end: name.end(), arguments: self.arguments()? });
        }
        self.at = bare;
        // A path that starts with a digit is a number, or nothing.
        if self.slice(name)[0].is_ascii_digit() {
            self.number(name.start() as usize)?;
            return Some(ExpressionKind::Number);
        }
        Some(ExpressionKind::Path)
    }

    #[inline(always)]
    fn without_word(&mut self) -> Option<ExpressionKind> {
        match self.peek() {
            b'"' => {
                let (extent, escapes) = self.string()?;
                if !escapes {
                    return Some(ExpressionKind::Text);
                }
                let value = unescape(self.text, extent, &mut |_| {}).into_owned();
                self.tree.escaped.push(Escaped { extent, value });
                Some(ExpressionKind::EscapedText)
            }
            b'[' => self.array().map(ExpressionKind::Array),
            b'-' => {
                self.at += 1;
                self.number(self.at)?;
                Some(ExpressionKind::Number)
            }
            b'{' => {
                self.at += 1;
                Some(ExpressionKind::Object(self.argument_list(b'}', false)?))
            }
            _ => None,
        }
    }

    /// Digits, and digits behind a dot.
    fn number(&mut self, start: usize) -> Option<()> {
        let bytes = self.bytes;
        let digits = |from: usize| from + bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let whole = digits(start);
        if whole == start {
            return None;
        }
        self.at = whole;
        if bytes.get(whole) == Some(&b'.') && digits(whole + 1) > whole + 1 {
            self.at = digits(whole + 1);
        }
        Some(())
    }

    fn array(&mut self) -> Option<Run> {
        self.expect(b'[')?;
        self.skip_space();
        if self.eat(b']') {
            return Some(Run::default());
        }
        let open = self.elements.len();
        loop {
            let element = self.expression()?;
            self.skip_space();
            if self.eat(b']') {
                return Some(close_list(&mut self.elements, open, element, &mut self.tree.elements));
            }
            self.elements.push(element);
            self.expect(b',')?;
            self.skip_space();
        }
    }
}

/// Moves a list to the tree when its last node is there: what of it was collected from `open` on, and that one.
fn close_list<T: Copy>(collected: &mut Vec<T>, open: usize, last: T, tree: &mut Vec<T>) -> Run {
    let start = tree.len() as u32;
    if collected.len() > open {
        tree.extend_from_slice(&collected[open..]);
        collected.truncate(open);
    }
    tree.push(last);
    Run { start, end: tree.len() as u32 }
}
