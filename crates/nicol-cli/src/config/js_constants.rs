//! Reads the constant parts of a JavaScript or TypeScript module: what its default export is, without running it.
//!
//! In: the text of a config file. Out: a tree of [`Constant`]s. Whatever is not constant becomes
//! [`Constant::Unknown`] with the reason, at its place, and never a guess.

use super::js_scope::{CONFIG_MODULES, PATH_MODULES, Scope, is_mark, starts_statement, text_at, type_end, word_at};
use super::js_tokens::{BadToken, Token, TokenKind, tokenize};

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Located {
    pub(super) value: Constant,
    /// Byte offset.
    pub(super) at: usize,
}

/// A value as far as it can be known without running the module.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Constant {
    Text(String),
    /// `process.env.X`, `env("X")`
    Env(String),
    /// `__dirname`, `import.meta.dirname`: the folder of the file.
    ModuleDirectory,
    /// `process.cwd()`
    WorkingDirectory,
    /// `path.join(..)`
    Joined(Vec<Located>),
    /// `path.resolve(..)`: as joined, from the working directory.
    Resolved(Vec<Located>),
    /// `a ?? b`, `a || b`: the first that is there.
    FirstOf(Vec<Located>),
    Object(Vec<Property>),
    List(Vec<Located>),
    Boolean(bool),
    /// `undefined`, `null`
    Nothing,
    /// A constant of no use to us: a number.
    Other,
    /// Not constant; says why, as a noun phrase.
    Unknown(&'static str),
}

/// One property of an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Property {
    /// None for a spread or a computed name, which may set any property.
    pub(super) name: Option<String>,
    pub(super) value: Located,
}

/// What a module says about itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Module {
    /// The default export.
    pub(super) export: Option<Located>,
    /// True when it imports `dotenv/config`.
    pub(super) loads_env_file: bool,
}

/// Reads a module.
pub(super) fn read(text: &str) -> Result<Module, BadToken> {
    let tokens = tokenize(text)?;
    let scope = Scope::of(&tokens);
    let export = scope.export.map(|at| Reader { tokens: &tokens, scope: &scope, at, pending: Vec::new() }.value());
    Ok(Module { export, loads_env_file: scope.loads_env_file })
}

/// Reads values at a place in the tokens.
struct Reader<'a> {
    tokens: &'a [Token],
    scope: &'a Scope,
    at: usize,
    /// Names being followed, so that `const a = b; const b = a` ends.
    pending: Vec<String>,
}

impl Reader<'_> {
    fn mark(&mut self, mark: &str) -> bool {
        let found = is_mark(self.tokens, self.at, mark);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = word_at(self.tokens, self.at) == Some(word);
        self.at += usize::from(found);
        found
    }

    fn offset(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |token| token.start)
    }

    /// A whole value, up to where it must end; anything left over makes it unknown.
    fn value(&mut self) -> Located {
        let at = self.offset();
        let mut choices = vec![self.operand()];
        let mut last_operator = None;
        while let Some(operator @ ("??" | "||")) = self.operator() {
            last_operator = Some(operator);
            self.at += 1;
            choices.push(self.operand());
        }
        let mut value = match last_operator {
            None => choices.remove(0),
            Some(_) => Located { value: Constant::FirstOf(choices), at },
        };
        if !self.is_at_end() {
            let what = self.leftover();
            self.skip_value();
            value = Located { value: Constant::Unknown(what), at };
        }
        value
    }

    fn operator(&self) -> Option<&'static str> {
        match self.tokens.get(self.at).map(|token| &token.kind) {
            Some(TokenKind::Mark(mark)) => Some(mark),
            _ => None,
        }
    }

    fn is_at_end(&self) -> bool {
        match self.tokens.get(self.at).map(|token| &token.kind) {
            None | Some(TokenKind::Mark("," | ")" | "]" | "}" | ";")) => true,
            Some(TokenKind::Word(word)) => starts_statement(word) || self.tokens[self.at].begins_line,
            _ => false,
        }
    }

    fn leftover(&self) -> &'static str {
        match self.operator() {
            Some("(") => "a function call",
            Some("?") => "a condition",
            Some("=>") => "a function",
            _ => "an expression",
        }
    }

    fn skip_value(&mut self) {
        let mut depth = 0_usize;
        while let Some(token) = self.tokens.get(self.at) {
            match token.kind {
                TokenKind::Mark("(" | "[" | "{") => depth += 1,
                TokenKind::Mark("," | ";") if depth == 0 => return,
                TokenKind::Mark(")" | "]" | "}") if depth == 0 => return,
                TokenKind::Mark(")" | "]" | "}") => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// A value without operators between values: `!`, `as T` and `satisfies T` change nothing.
    fn operand(&mut self) -> Located {
        let at = self.offset();
        let value = self.primary();
        loop {
            if self.mark("!") {
                continue;
            }
            if self.word("as") || self.word("satisfies") {
                self.at = type_end(self.tokens, self.at);
                continue;
            }
            return Located { value, at };
        }
    }

    fn primary(&mut self) -> Constant {
        let Some(token) = self.tokens.get(self.at) else {
            return Constant::Unknown("nothing at all");
        };
        match &token.kind {
            TokenKind::Text(text) => self.take(Constant::Text(text.clone())),
            TokenKind::TemplateWithHoles => self.take(Constant::Unknown("a template string with `${..}` in it")),
            TokenKind::Number => self.take(Constant::Other),
            TokenKind::Regex => self.take(Constant::Unknown("a regular expression")),
            TokenKind::Mark("{") => self.object(),
            TokenKind::Mark("[") => {
                self.at += 1;
                Constant::List(self.arguments("]"))
            }
            TokenKind::Mark("(") => {
                self.at += 1;
                let inner = self.value();
                if self.mark(")") { inner.value } else { Constant::Unknown("an expression") }
            }
            TokenKind::Mark(_) => Constant::Unknown("an expression"),
            TokenKind::Word(word) => self.named(word),
        }
    }

    fn take(&mut self, constant: Constant) -> Constant {
        self.at += 1;
        constant
    }

    fn named(&mut self, word: &str) -> Constant {
        let start = self.at;
        self.at += 1;
        match word {
            "true" => return Constant::Boolean(true),
            "false" => return Constant::Boolean(false),
            "undefined" | "null" => return Constant::Nothing,
            "__dirname" => return Constant::ModuleDirectory,
            "import" if self.path(&["meta", "dirname"]) => return Constant::ModuleDirectory,
            "process" => return self.process(),
            "new" => return Constant::Unknown("a new object"),
            "await" | "async" | "function" | "class" => return Constant::Unknown("a function"),
            _ => {}
        }
        if self.scope.is_path_module(word) {
            if self.path(&["join"]) {
                return self.path_call(Constant::Joined);
            }
            if self.path(&["resolve"]) {
                return self.path_call(Constant::Resolved);
            }
        }
        if self.scope.is(word, "join", &PATH_MODULES) {
            return self.path_call(Constant::Joined);
        }
        if self.scope.is(word, "resolve", &PATH_MODULES) {
            return self.path_call(Constant::Resolved);
        }
        if self.scope.is(word, "env", &CONFIG_MODULES) {
            return self.env_call();
        }
        if self.scope.is(word, "defineConfig", &CONFIG_MODULES) {
            let arguments = self.call_arguments().unwrap_or_default();
            return arguments.into_iter().next().map_or(Constant::Unknown("a function call"), |first| first.value);
        }
        self.at = start + 1;
        self.constant(word)
    }

    fn path_call(&mut self, kind: fn(Vec<Located>) -> Constant) -> Constant {
        self.call_arguments().map_or(Constant::Unknown("a function"), kind)
    }

    /// A `const` of this module.
    fn constant(&mut self, name: &str) -> Constant {
        match self.scope.constants.get(name) {
            Some(Some(_)) if self.pending.iter().any(|pending| pending == name) => {
                Constant::Unknown("a constant that is defined by itself")
            }
            Some(Some(start)) => {
                let mut pending = self.pending.clone();
                pending.push(name.to_owned());
                Reader { tokens: self.tokens, scope: self.scope, at: *start, pending }.value().value
            }
            Some(None) => Constant::Unknown("a variable"),
            None if self.scope.imports.contains_key(name) => Constant::Unknown("an import from another module"),
            None => Constant::Unknown("a name that is not a constant of this file"),
        }
    }

    /// `.a.b`, all of it or nothing.
    fn path(&mut self, names: &[&str]) -> bool {
        let start = self.at;
        let found = names.iter().all(|name| self.mark(".") && self.word(name));
        if !found {
            self.at = start;
        }
        found
    }

    fn process(&mut self) -> Constant {
        if self.path(&["cwd"]) {
            return match self.call_arguments() {
                Some(arguments) if arguments.is_empty() => Constant::WorkingDirectory,
                _ => Constant::Unknown("a function call"),
            };
        }
        let unknown = Constant::Unknown("an expression");
        if !self.path(&["env"]) {
            return unknown;
        }
        if self.mark(".") || self.mark("?.") {
            if self.mark("[") {
                return self.bracketed_name().map_or(unknown, Constant::Env);
            }
            return match word_at(self.tokens, self.at) {
                Some(name) => self.take(Constant::Env(name.to_owned())),
                None => unknown,
            };
        }
        if self.mark("[") { self.bracketed_name().map_or(unknown, Constant::Env) } else { unknown }
    }

    fn bracketed_name(&mut self) -> Option<String> {
        let name = text_at(self.tokens, self.at)?.to_owned();
        self.at += 1;
        self.mark("]").then_some(name)
    }

    fn env_call(&mut self) -> Constant {
        match self.call_arguments().as_deref() {
            Some([Located { value: Constant::Text(name), .. }]) => Constant::Env(name.clone()),
            _ => Constant::Unknown("a function call"),
        }
    }

    /// `(a, b)`, perhaps after `<T>`.
    fn call_arguments(&mut self) -> Option<Vec<Located>> {
        if is_mark(self.tokens, self.at, "<") {
            let mut depth = 0_usize;
            while let Some(token) = self.tokens.get(self.at) {
                match token.kind {
                    TokenKind::Mark("<") => depth += 1,
                    TokenKind::Mark(">") => depth -= 1,
                    _ => {}
                }
                self.at += 1;
                if depth == 0 {
                    break;
                }
            }
        }
        self.mark("(").then(|| self.arguments(")"))
    }

    fn arguments(&mut self, close: &str) -> Vec<Located> {
        let mut arguments = Vec::new();
        while self.at < self.tokens.len() && !self.mark(close) {
            let is_spread = self.mark("...");
            let mut argument = self.value();
            if is_spread {
                argument.value = Constant::Unknown("a list that is spread");
            }
            arguments.push(argument);
            if !self.mark(",") && !is_mark(self.tokens, self.at, close) {
                // Something no list holds, such as a statement: what follows is not ours to read.
                self.skip_value();
                self.at += usize::from(!self.mark(",") && !is_mark(self.tokens, self.at, close));
            }
        }
        arguments
    }

    fn object(&mut self) -> Constant {
        self.at += 1;
        let mut properties = Vec::new();
        while self.at < self.tokens.len() && !self.mark("}") {
            let before = self.at;
            properties.push(self.property());
            if !self.mark(",") && !is_mark(self.tokens, self.at, "}") {
                self.skip_value();
                self.mark(",");
            }
            self.at = self.at.max(before + 1);
        }
        Constant::Object(properties)
    }

    fn property(&mut self) -> Property {
        let at = self.offset();
        if self.mark("...") {
            self.skip_value();
            return Property {
                name: None,
                value: Located { value: Constant::Unknown("an object that is spread"), at },
            };
        }
        let name = match self.tokens.get(self.at).map(|token| &token.kind) {
            Some(TokenKind::Word(name) | TokenKind::Text(name)) => name.clone(),
            _ => {
                self.skip_value();
                let value = Located { value: Constant::Unknown("a computed property name"), at };
                return Property { name: None, value };
            }
        };
        self.at += 1;
        if self.mark(":") {
            return Property { name: Some(name), value: self.value() };
        }
        if self.is_at_end() {
            self.at -= 1;
            return Property { name: Some(name), value: self.value() };
        }
        // `get x() {}`, `async x() {}`: the property is named by the word before the parentheses.
        let mut named = name;
        while let Some(word) = word_at(self.tokens, self.at) {
            named = word.to_owned();
            self.at += 1;
        }
        self.skip_value();
        Property { name: Some(named), value: Located { value: Constant::Unknown("a function"), at } }
    }
}
