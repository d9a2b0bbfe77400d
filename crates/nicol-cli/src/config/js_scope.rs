//! What the top level of a JavaScript or TypeScript module declares: imports, constants, the default export.
//!
//! In: its tokens. Out: a [`Scope`] that names the tokens where values start; reading them is for `js_constants`.

use std::collections::HashMap;

use super::js_tokens::{Token, TokenKind};

/// The names a module declares at its top level.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// `const` names and the token their value starts at; none when it cannot be followed.
    pub(super) constants: HashMap<String, Option<usize>>,
    /// Imported names: the module, and the name there (`*` for the module itself or its default).
    pub(super) imports: HashMap<String, (String, String)>,
    /// The token the default export starts at.
    pub(super) export: Option<usize>,
    /// True when the module imports `dotenv/config`.
    pub(super) loads_env_file: bool,
}

impl Scope {
    pub(super) fn of(tokens: &[Token]) -> Scope {
        let mut scope = Scope::default();
        let (mut at, mut depth) = (0, 0_usize);
        while let Some(token) = tokens.get(at) {
            match &token.kind {
                TokenKind::Mark("(" | "[" | "{") => depth += 1,
                TokenKind::Mark(")" | "]" | "}") => depth = depth.saturating_sub(1),
                TokenKind::Word(word) if depth == 0 => {
                    at = scope.statement(tokens, at, word);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        scope
    }

    /// Notes what the word at `at` declares. Returns the token to go on with.
    fn statement(&mut self, tokens: &[Token], at: usize, word: &str) -> usize {
        match word {
            "import" => return self.import(tokens, at + 1),
            "const" | "let" | "var" => {
                if let Some(name) = word_at(tokens, at + 1) {
                    // Only a `const` keeps its value.
                    let value = if word == "const" { value_start(tokens, at + 2) } else { None };
                    self.require(tokens, name, value);
                    self.constants.insert(name.to_owned(), value);
                    return at + 2;
                }
            }
            "function" | "class" | "enum" => {
                if let Some(name) = word_at(tokens, at + 1) {
                    self.constants.insert(name.to_owned(), None);
                }
            }
            "export" if word_at(tokens, at + 1) == Some("default") => self.export = Some(at + 2),
            "module" if is_assigned_exports(tokens, at + 1) => self.export = Some(at + 4),
            "require" => self.loads_env_file |= text_at(tokens, at + 2) == Some("dotenv/config"),
            _ => {}
        }
        at + 1
    }

    /// `const path = require("path")`
    fn require(&mut self, tokens: &[Token], name: &str, value: Option<usize>) {
        let Some(at) = value else { return };
        if word_at(tokens, at) == Some("require")
            && let Some(module) = text_at(tokens, at + 2)
        {
            self.imports.insert(name.to_owned(), (module.to_owned(), "*".to_owned()));
        }
    }

    /// `import "m"`, `import a, { b as c } from "m"`, `import * as d from "m"`
    fn import(&mut self, tokens: &[Token], mut at: usize) -> usize {
        if let Some(module) = text_at(tokens, at) {
            self.loads_env_file |= module == "dotenv/config";
            return at + 1;
        }
        let mut names: Vec<(String, String)> = Vec::new();
        let mut in_braces = false;
        while let Some(token) = tokens.get(at) {
            match &token.kind {
                TokenKind::Mark("{") => in_braces = true,
                TokenKind::Mark("}") => in_braces = false,
                TokenKind::Mark("*" | ",") => {}
                TokenKind::Word(word) if word == "from" && text_at(tokens, at + 1).is_some() => {
                    let module = text_at(tokens, at + 1).unwrap_or_default();
                    self.imports.extend(names.into_iter().map(|(local, name)| (local, (module.to_owned(), name))));
                    return at + 2;
                }
                TokenKind::Word(word) if word == "as" => {
                    if let (Some((local, _)), Some(alias)) = (names.last_mut(), word_at(tokens, at + 1)) {
                        *local = alias.to_owned();
                        at += 1;
                    } else if let Some(alias) = word_at(tokens, at + 1) {
                        names.push((alias.to_owned(), "*".to_owned()));
                        at += 1;
                    }
                }
                TokenKind::Word(word) => {
                    names.push((word.clone(), if in_braces { word.clone() } else { "*".to_owned() }));
                }
                _ => return at,
            }
            at += 1;
        }
        at
    }

    /// Whether `local` is `name` of one of `modules`, or not declared here at all.
    pub(super) fn is(&self, local: &str, name: &str, modules: &[&str]) -> bool {
        match self.imports.get(local) {
            Some((module, imported)) => imported == name && modules.contains(&module.as_str()),
            None => local == name && !self.constants.contains_key(local),
        }
    }

    pub(super) fn is_path_module(&self, local: &str) -> bool {
        self.imports
            .get(local)
            .is_some_and(|(module, name)| PATH_MODULES.contains(&module.as_str()) && (name == "*" || name == "default"))
            || (local == "path" && !self.constants.contains_key(local) && !self.imports.contains_key(local))
    }
}

pub(super) const PATH_MODULES: [&str; 4] = ["path", "node:path", "path/posix", "node:path/posix"];
pub(super) const CONFIG_MODULES: [&str; 2] = ["prisma/config", "@prisma/config"];

pub(super) fn word_at(tokens: &[Token], at: usize) -> Option<&str> {
    match tokens.get(at).map(|token| &token.kind) {
        Some(TokenKind::Word(word)) => Some(word),
        _ => None,
    }
}

pub(super) fn text_at(tokens: &[Token], at: usize) -> Option<&str> {
    match tokens.get(at).map(|token| &token.kind) {
        Some(TokenKind::Text(text)) => Some(text),
        _ => None,
    }
}

pub(super) fn is_mark(tokens: &[Token], at: usize, mark: &str) -> bool {
    matches!(tokens.get(at).map(|token| &token.kind), Some(TokenKind::Mark(found)) if *found == mark)
}

/// `.exports =`
fn is_assigned_exports(tokens: &[Token], at: usize) -> bool {
    is_mark(tokens, at, ".") && word_at(tokens, at + 1) == Some("exports") && is_mark(tokens, at + 2, "=")
}

/// The token after `=` in `name: Type = value`.
fn value_start(tokens: &[Token], mut at: usize) -> Option<usize> {
    if is_mark(tokens, at, ":") {
        at = type_end(tokens, at + 1);
    }
    is_mark(tokens, at, "=").then_some(at + 1)
}

/// One past a type: up to whatever cannot belong to it.
pub(super) fn type_end(tokens: &[Token], mut at: usize) -> usize {
    let (mut depth, start) = (0_usize, at);
    while let Some(token) = tokens.get(at) {
        match &token.kind {
            TokenKind::Mark("(" | "[" | "{" | "<") => depth += 1,
            TokenKind::Mark(")" | "]" | "}" | ">") if depth > 0 => depth -= 1,
            TokenKind::Mark(")" | "]" | "}" | ";" | "," | "=" | "??" | "||") if depth == 0 => return at,
            TokenKind::Word(word) if depth == 0 && at > start && ends_type(word) => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Words that start a new statement, or another assertion, after a type.
fn ends_type(word: &str) -> bool {
    starts_statement(word) || matches!(word, "as" | "satisfies")
}

pub(super) fn starts_statement(word: &str) -> bool {
    matches!(
        word,
        "const" | "let" | "var" | "export" | "import" | "function" | "class" | "if" | "for" | "module" | "async"
    )
}
