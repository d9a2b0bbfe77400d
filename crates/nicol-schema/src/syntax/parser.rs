//! Text into a [`Tree`].
//!
//! The language is line-oriented: a field, a property, an attribute never spans lines, and a line that does not fit is
//! junk on its own without harming its neighbours. Extents are those of the reference, which counts the spaces after
//! an attribute without arguments as part of it.

use super::lexer::{Lexer, Token, TokenKind, line_end, space_end};
use super::tree::*;

/// How deep values may be nested in each other.
const MAX_DEPTH: u32 = 100;

/// Parses one file. Total: every text has a tree.
pub(crate) fn parse(text: &str) -> Tree {
    let mut parser = Parser {
        text,
        lexer: Lexer::new(text),
        at: 0,
        depth: 0,
        tree: Tree::default(),
        arguments: Vec::new(),
        expressions: Vec::new(),
        unclosed: false,
        no_brace_from: usize::MAX,
    };
    parser.file();
    parser.tree
}

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    at: usize,
    depth: u32,
    tree: Tree,
    /// Arguments of lists that are not closed yet: they go to the tree together, so that they stand together there.
    arguments: Vec<ArgumentNode>,
    /// The same for the elements of arrays.
    expressions: Vec<ExpressionNode>,
    /// A block was opened that nothing closes: none of the blocks behind it is closed either.
    unclosed: bool,
    /// No `}` stands here or later.
    no_brace_from: usize,
}

/// Lengths of the tree's lists, to go back to when a block turns out not to be one.
struct Mark {
    at: usize,
    members: usize,
    fields: usize,
    properties: usize,
    attributes: usize,
    arguments: usize,
    expressions: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Token {
        self.lexer.token(self.at)
    }

    fn skip_space(&mut self) {
        self.at = space_end(self.text, self.at);
    }

    /// Takes the next token if it is of this kind.
    fn eat(&mut self, kind: TokenKind) -> Option<Extent> {
        let token = self.peek();
        (token.kind == kind).then(|| {
            let extent = Extent::new(self.at, token.end);
            self.at = token.end;
            extent
        })
    }

    fn extent_from(&self, start: usize) -> Extent {
        Extent::new(start, self.at)
    }

    fn mark(&self) -> Mark {
        Mark {
            at: self.at,
            members: self.tree.members.len(),
            fields: self.tree.fields.len(),
            properties: self.tree.properties.len(),
            attributes: self.tree.attributes.len(),
            arguments: self.tree.arguments.len(),
            expressions: self.tree.expressions.len(),
        }
    }

    fn go_back(&mut self, mark: &Mark) {
        self.at = mark.at;
        self.tree.members.truncate(mark.members);
        self.tree.fields.truncate(mark.fields);
        self.tree.properties.truncate(mark.properties);
        self.tree.attributes.truncate(mark.attributes);
        self.tree.arguments.truncate(mark.arguments);
        self.tree.expressions.truncate(mark.expressions);
    }

    fn file(&mut self) {
        let mut pending: Option<Extent> = None;
        let mut handed_on: Option<Extent> = None;
        loop {
            self.skip_space();
            let start = self.at;
            let kind = match self.peek().kind {
                TokenKind::End => return,
                TokenKind::Newline => {
                    self.empty_lines();
                    ItemKind::EmptyLines
                }
                TokenKind::Comment | TokenKind::DocComment | TokenKind::BlockComment => {
                    self.comments();
                    ItemKind::Comments
                }
                TokenKind::Word => {
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
        let mark = self.mark();
        for keyword in Keyword::ALL {
            if !self.text[mark.at..].starts_with(keyword.as_str()) {
                continue;
            }
            if let Some(block) = self.block(keyword, docs) {
                let index = self.tree.blocks.len() as u32;
                self.tree.blocks.push(block);
                return ItemKind::Block(index);
            }
            self.go_back(&mark);
        }
        if self.type_alias() {
            return ItemKind::TypeAlias;
        }
        self.go_back(&mark);
        if self.unknown_block() {
            return ItemKind::UnknownBlock;
        }
        self.go_back(&mark);
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
        let name = self.eat(TokenKind::Word)?;
        self.skip_space();
        self.opening_line()?;
        let members = self.members(keyword)?;
        Some(Block { keyword, name, members, docs, extent: self.extent_from(start) })
    }

    /// `{`, the rest of its line, and the line end.
    fn opening_line(&mut self) -> Option<()> {
        self.eat(TokenKind::OpenBrace)?;
        self.at = line_end(self.text, self.at);
        self.eat(TokenKind::Newline)?;
        Some(())
    }

    fn type_alias(&mut self) -> bool {
        if !self.text[self.at..].starts_with("type") {
            return false;
        }
        self.at += 4;
        self.skip_space();
        let named = self.eat(TokenKind::Word).is_some();
        self.skip_space();
        if !named || self.eat(TokenKind::Equals).is_none() {
            return false;
        }
        self.skip_space();
        if self.base_type().is_none() {
            return false;
        }
        self.skip_space();
        self.field_attributes();
        true
    }

    /// `word { ... }` up to the first closing brace.
    fn unknown_block(&mut self) -> bool {
        if self.eat(TokenKind::Word).is_none() {
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
            let line = space_end(self.text, self.at);
            let token = self.lexer.token(line);
            if token.kind != TokenKind::Newline {
                return;
            }
            self.at = token.end;
        }
    }

    /// Comments below each other, each with the line end behind it.
    fn comments(&mut self) {
        loop {
            let start = space_end(self.text, self.at);
            let token = self.lexer.token(start);
            if !matches!(token.kind, TokenKind::Comment | TokenKind::DocComment | TokenKind::BlockComment) {
                return;
            }
            self.at = token.end;
            self.eat(TokenKind::Newline);
        }
    }

    fn junk(&mut self) {
        self.at = line_end(self.text, self.at);
        self.eat(TokenKind::Newline);
    }

    /// Everything up to the closing brace: the members. None at the end of the text.
    fn members(&mut self, keyword: Keyword) -> Option<Run> {
        let first = self.tree.members.len() as u32;
        let mut pending: Option<Extent> = None;
        loop {
            self.skip_space();
            let start = self.at;
            let kind = match self.peek().kind {
                TokenKind::End => {
                    self.unclosed = true;
                    return None;
                }
                TokenKind::CloseBrace => {
                    self.at += 1;
                    let end = self.tree.members.len() as u32;
                    return Some(Run { start: first, end });
                }
                TokenKind::Newline => {
                    self.empty_lines();
                    MemberKind::EmptyLines
                }
                TokenKind::Comment | TokenKind::DocComment | TokenKind::BlockComment => {
                    self.comments();
                    pending = Some(self.extent_from(start));
                    MemberKind::Comments
                }
                _ => self.line(keyword, &mut pending),
            };
            let extent = match kind {
                MemberKind::Attribute(index) => self.tree.attributes[index as usize].extent,
                _ => self.extent_from(start),
            };
            self.tree.members.push(Member { kind, extent });
        }
    }

    /// A field, property or attribute, or else junk.
    fn line(&mut self, keyword: Keyword, pending: &mut Option<Extent>) -> MemberKind {
        let mark = self.mark();
        let parsed = match keyword {
            Keyword::Datasource | Keyword::Generator => self.property(),
            Keyword::Model | Keyword::Type | Keyword::View | Keyword::Enum => {
                if self.peek().kind == TokenKind::At {
                    self.block_attribute()
                } else {
                    self.field(keyword != Keyword::Enum, pending)
                }
            }
        };
        parsed.unwrap_or_else(|| {
            self.go_back(&mark);
            self.junk();
            MemberKind::Junk
        })
    }

    fn trailing_comment(&mut self) -> Option<Extent> {
        let token = self.peek();
        match token.kind {
            TokenKind::Comment | TokenKind::DocComment | TokenKind::BlockComment => self.eat(token.kind),
            _ => None,
        }
    }

    fn property(&mut self) -> Option<MemberKind> {
        let start = self.at;
        let name = self.eat(TokenKind::Word)?;
        self.skip_space();
        self.eat(TokenKind::Equals)?;
        self.skip_space();
        let value = match self.peek().kind {
            TokenKind::Newline | TokenKind::Comment | TokenKind::DocComment | TokenKind::BlockComment => None,
            _ => {
                let expression = self.expression()?;
                Some(self.push_expression(expression))
            }
        };
        self.skip_space();
        let comment = self.trailing_comment();
        let extent = self.extent_from(start);
        self.skip_space();
        self.eat(TokenKind::Newline)?;
        let index = self.tree.properties.len() as u32;
        self.tree.properties.push(PropertyNode { name, value, comment, extent });
        Some(MemberKind::Property(index))
    }

    fn field(&mut self, typed: bool, pending: &mut Option<Extent>) -> Option<MemberKind> {
        let start = self.at;
        let name = self.eat(TokenKind::Word)?;
        self.skip_space();
        let (mut colon, mut ty) = (None, None);
        if typed {
            colon = self.eat(TokenKind::Colon);
            self.skip_space();
            ty = self.field_type();
            self.skip_space();
        }
        let attributes = self.field_attributes();
        self.skip_space();
        let comment = self.trailing_comment();
        self.skip_space();
        self.eat(TokenKind::Newline)?;
        let index = self.tree.fields.len() as u32;
        let docs = pending.take();
        self.tree.fields.push(FieldNode {
            name,
            colon,
            ty,
            attributes,
            comment,
            docs,
            extent: self.extent_from(start),
        });
        Some(MemberKind::Field(index))
    }

    fn field_type(&mut self) -> Option<TypeNode> {
        let start = self.at;
        let found = self.field_type_inner(start);
        if found.is_none() {
            self.at = start;
        }
        found
    }

    fn field_type_inner(&mut self, start: usize) -> Option<TypeNode> {
        if self.eat(TokenKind::OpenBracket).is_some() {
            self.skip_space();
            let (base, unsupported) = self.base_type()?;
            self.skip_space();
            self.eat(TokenKind::CloseBracket)?;
            return Some(TypeNode { shape: TypeShape::Bracketed, base, unsupported, extent: self.extent_from(start) });
        }
        let (base, unsupported) = self.base_type()?;
        let bare = self.at;
        self.skip_space();
        let shape = if self.text[self.at..].starts_with("[]") {
            self.at += 2;
            let list = self.at;
            self.skip_space();
            if self.eat(TokenKind::Question).is_some() {
                TypeShape::OptionalList
            } else {
                self.at = list;
                TypeShape::List
            }
        } else if self.eat(TokenKind::Question).is_some() {
            TypeShape::Optional
        } else if self.eat(TokenKind::Bang).is_some() {
            TypeShape::Bang
        } else {
            self.at = bare;
            TypeShape::Plain
        };
        Some(TypeNode { shape, base, unsupported, extent: self.extent_from(start) })
    }

    /// A name, or `Unsupported("..")` with the string's place.
    fn base_type(&mut self) -> Option<(Extent, Option<Extent>)> {
        let start = self.at;
        if self.text[start..].starts_with("Unsupported(") {
            self.at += "Unsupported(".len();
            self.skip_space();
            let string = self.eat(TokenKind::Text);
            self.skip_space();
            if string.is_some() && self.eat(TokenKind::CloseParen).is_some() {
                return Some((self.extent_from(start), string));
            }
            self.at = start;
        }
        Some((self.eat(TokenKind::Word)?, None))
    }

    fn field_attributes(&mut self) -> Run {
        let start = self.tree.attributes.len() as u32;
        loop {
            let mark = self.mark();
            self.skip_space();
            match self.attribute(1) {
                Some(attribute) => self.tree.attributes.push(attribute),
                None => {
                    self.go_back(&mark);
                    break;
                }
            }
        }
        Run { start, end: self.tree.attributes.len() as u32 }
    }

    /// `@` or `@@`, a path and its arguments.
    fn attribute(&mut self, signs: usize) -> Option<AttributeNode> {
        let start = self.at;
        for _ in 0..signs {
            self.eat(TokenKind::At)?;
        }
        self.skip_space();
        let name = self.path()?;
        self.skip_space();
        let arguments = if self.peek().kind == TokenKind::OpenParen { Some(self.arguments()?) } else { None };
        Some(AttributeNode { name, arguments, comment: None, extent: self.extent_from(start) })
    }

    fn block_attribute(&mut self) -> Option<MemberKind> {
        let start = self.at;
        let mut attribute = self.attribute(2)?;
        self.skip_space();
        attribute.comment = self.trailing_comment();
        attribute.extent = self.extent_from(start);
        self.skip_space();
        self.eat(TokenKind::Newline)?;
        let index = self.tree.attributes.len() as u32;
        self.tree.attributes.push(attribute);
        Some(MemberKind::Attribute(index))
    }

    /// Words joined by dots, without spaces; dots may follow each other and end it.
    fn path(&mut self) -> Option<Extent> {
        let start = self.at;
        self.eat(TokenKind::Word)?;
        while self.eat(TokenKind::Dot).is_some() {
            self.eat(TokenKind::Word);
        }
        Some(self.extent_from(start))
    }

    fn arguments(&mut self) -> Option<Arguments> {
        self.eat(TokenKind::OpenParen)?;
        let (list, trailing_comma) = self.argument_list(TokenKind::CloseParen, true)?;
        Some(Arguments { list, trailing_comma })
    }

    /// Arguments up to the closing token; with `free`, values need no name and a last comma is noted.
    fn argument_list(&mut self, close: TokenKind, free: bool) -> Option<(Run, Option<Extent>)> {
        let open = self.arguments.len();
        let comma = self.open_list(close, free, open);
        let start = self.tree.arguments.len() as u32;
        if comma.is_some() {
            self.tree.arguments.extend_from_slice(&self.arguments[open..]);
        }
        self.arguments.truncate(open);
        Some((Run { start, end: self.tree.arguments.len() as u32 }, comma?))
    }

    /// Collects arguments behind `open` in [`Parser::arguments`]; the last comma.
    fn open_list(&mut self, close: TokenKind, free: bool, open: usize) -> Option<Option<Extent>> {
        let mut comma = None;
        loop {
            self.skip_space();
            if self.eat(close).is_some() {
                break;
            }
            let is_first = self.arguments.len() == open;
            if is_first == comma.is_some() {
                return None;
            }
            if is_first && free {
                comma = self.eat(TokenKind::Comma);
                if comma.is_some() {
                    continue;
                }
            }
            let argument = self.argument(free)?;
            self.arguments.push(argument);
            self.skip_space();
            comma = self.eat(TokenKind::Comma);
        }
        (free || comma.is_none()).then_some(comma)
    }

    fn argument(&mut self, free: bool) -> Option<ArgumentNode> {
        let start = self.at;
        if let Some(name) = self.eat(TokenKind::Word) {
            self.skip_space();
            if self.eat(TokenKind::Colon).is_some() {
                let after = self.at;
                self.skip_space();
                return match self.peek().kind {
                    TokenKind::Comma | TokenKind::CloseParen if free => {
                        self.at = after;
                        Some(ArgumentNode { name: Some(name), value: None, extent: self.extent_from(start) })
                    }
                    _ => {
                        let expression = self.expression()?;
                        let value = Some(self.push_expression(expression));
                        Some(ArgumentNode { name: Some(name), value, extent: self.extent_from(start) })
                    }
                };
            }
            self.at = start;
        }
        if !free {
            return None;
        }
        let expression = self.expression()?;
        let value = Some(self.push_expression(expression));
        Some(ArgumentNode { name: None, value, extent: self.extent_from(start) })
    }

    fn push_expression(&mut self, expression: ExpressionNode) -> u32 {
        self.tree.expressions.push(expression);
        self.tree.expressions.len() as u32 - 1
    }

    fn expression(&mut self) -> Option<ExpressionNode> {
        if self.depth == MAX_DEPTH {
            self.tree.too_deep.push(Extent::new(self.at, self.peek().end));
            return None;
        }
        self.depth += 1;
        let expression = self.expression_inner();
        self.depth -= 1;
        expression
    }

    fn expression_inner(&mut self) -> Option<ExpressionNode> {
        let start = self.at;
        let kind = match self.peek().kind {
            TokenKind::Word => {
                let name = self.path()?;
                let bare = self.at;
                self.skip_space();
                if self.peek().kind == TokenKind::OpenParen {
                    let arguments = self.arguments()?;
                    ExpressionKind::Call { name, arguments }
                } else {
                    self.at = bare;
                    self.number_or_path(name)?
                }
            }
            TokenKind::Minus => {
                self.at += 1;
                self.number(self.at)?;
                ExpressionKind::Number
            }
            TokenKind::Text => {
                self.eat(TokenKind::Text);
                ExpressionKind::Text
            }
            TokenKind::OpenBracket => ExpressionKind::Array(self.array()?),
            TokenKind::OpenBrace => {
                self.at += 1;
                ExpressionKind::Object(self.argument_list(TokenKind::CloseBrace, false)?.0)
            }
            _ => return None,
        };
        Some(ExpressionNode { kind, extent: self.extent_from(start) })
    }

    /// A path that starts with a digit is a number, or nothing.
    fn number_or_path(&mut self, path: Extent) -> Option<ExpressionKind> {
        if !path.of(self.text).starts_with(|c: char| c.is_ascii_digit()) {
            return Some(ExpressionKind::Path);
        }
        self.number(path.start as usize)?;
        Some(ExpressionKind::Number)
    }

    /// Digits, and digits behind a dot.
    fn number(&mut self, start: usize) -> Option<()> {
        let bytes = self.text.as_bytes();
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
        let open = self.expressions.len();
        let closed = self.open_array();
        let start = self.tree.expressions.len() as u32;
        if closed.is_some() {
            self.tree.expressions.extend_from_slice(&self.expressions[open..]);
        }
        self.expressions.truncate(open);
        closed.map(|()| Run { start, end: self.tree.expressions.len() as u32 })
    }

    /// Collects elements in [`Parser::expressions`].
    fn open_array(&mut self) -> Option<()> {
        self.eat(TokenKind::OpenBracket)?;
        self.skip_space();
        if self.eat(TokenKind::CloseBracket).is_some() {
            return Some(());
        }
        loop {
            self.skip_space();
            let element = self.expression()?;
            self.expressions.push(element);
            self.skip_space();
            if self.eat(TokenKind::CloseBracket).is_some() {
                return Some(());
            }
            self.eat(TokenKind::Comma)?;
        }
    }
}
