//! Random schemas and random edits of them, from a seed: as plain data that prints itself as a schema, so that a failing
//! pair can be cut down.

use std::fmt::Write;

/// Pseudo-random numbers (SplitMix64), the same for a seed on every machine.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A field type: name, native types, constants for a default, whether it can be in an index.
type Kind = (&'static str, &'static [&'static str], &'static [&'static str], bool);

const SQLITE: &[Kind] = &[
    ("Int", &[], &["7", "-1"], true),
    ("BigInt", &[], &["8"], true),
    ("String", &[], &["\"it's\"", "\"\""], true),
    ("Boolean", &[], &["true", "false"], true),
    ("Float", &[], &["1.5"], true),
    ("Decimal", &[], &["2.50"], true),
    ("DateTime", &[], &["now()"], true),
    ("Bytes", &[], &[], true),
    ("Json", &[], &["\"{}\""], false),
];

const POSTGRES: &[Kind] = &[
    ("Int", &["SmallInt", "Integer", "Oid"], &["7", "1"], true),
    ("BigInt", &[], &["8"], true),
    ("String", &["VarChar(40)", "VarChar(90)", "Char(40)", "Text", "Uuid"], &[], true),
    ("String", &["VarChar(50)"], &["\"it's\"", "\"a\\\\b\"", "\"\""], true),
    ("Boolean", &[], &["true", "false"], true),
    ("Float", &["Real", "DoublePrecision"], &["1.5"], true),
    ("Decimal", &["Decimal(10, 2)", "Decimal(12, 4)"], &["2.50"], true),
    ("DateTime", &["Timestamp(6)", "Timestamptz(3)", "Date"], &["now()"], true),
    ("DateTime", &["Time(3)"], &[], true),
    ("Bytes", &[], &[], true),
    ("Json", &["Json", "JsonB"], &["\"{}\""], false),
];

const MYSQL: &[Kind] = &[
    ("Int", &["SmallInt", "Int", "UnsignedInt", "MediumInt"], &["7", "1"], true),
    ("BigInt", &["UnsignedBigInt"], &["8"], true),
    ("String", &["VarChar(40)", "VarChar(90)", "Char(40)"], &["\"it's\"", "\"a\\\\b\"", "\"\""], true),
    ("String", &["Text", "LongText"], &[], false),
    ("Boolean", &[], &["true", "false"], true),
    ("Float", &["Double"], &["1.5"], true),
    ("Decimal", &["Decimal(10, 2)", "Decimal(12, 4)"], &["2.50"], true),
    ("DateTime", &["DateTime(6)", "DateTime(0)"], &["now()"], true),
    ("Bytes", &["VarBinary(20)"], &[], false),
    ("Json", &[], &[], false),
];

const ACTIONS: &[&str] = &["Cascade", "Restrict", "NoAction", "SetNull"];

/// Which database a schema is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    Sqlite,
    Postgres,
    Mysql,
}

impl For {
    fn provider(self) -> &'static str {
        match self {
            For::Sqlite => "sqlite",
            For::Postgres => "postgresql",
            For::Mysql => "mysql",
        }
    }

    fn kinds(self) -> &'static [Kind] {
        match self {
            For::Sqlite => SQLITE,
            For::Postgres => POSTGRES,
            For::Mysql => MYSQL,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct World {
    of: For,
    /// PostgreSQL: things lie in the schemas `one` and `two`.
    has_namespaces: bool,
    pub(crate) enums: Vec<EnumOf>,
    pub(crate) models: Vec<ModelOf>,
    pub(crate) relations: Vec<RelationOf>,
    next: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EnumOf {
    name: String,
    values: Vec<String>,
    namespace: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ModelOf {
    name: String,
    map: Option<String>,
    namespace: usize,
    id: Id,
    /// Rows are only ever added.
    append_only: bool,
    pub(crate) fields: Vec<FieldOf>,
    pub(crate) indexes: Vec<IndexOf>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Id {
    Counted,
    Number,
    Text,
    Pair,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldOf {
    name: String,
    map: Option<String>,
    ty: String,
    native: Option<&'static str>,
    optional: bool,
    list: bool,
    default: Option<String>,
    unique: bool,
    indexable: bool,
    /// A condition that every value meets, so that rows stop nothing.
    checked: bool,
}

impl FieldOf {
    fn column(&self) -> &str {
        self.map.as_deref().unwrap_or(&self.name)
    }

    /// Of a type whose values every database can compare with themselves.
    fn is_plain(&self) -> bool {
        !self.list && (self.ty == "Int" || self.ty == "BigInt" || self.ty == "Boolean")
    }

    /// MySQL: of a type that full text is searched in.
    fn is_text(&self) -> bool {
        self.ty == "String"
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct IndexOf {
    fields: Vec<String>,
    unique: bool,
    descending: bool,
    map: Option<String>,
    /// Only rows whose first column is NULL, or is not (PostgreSQL, SQLite).
    condition: Option<bool>,
    /// Full text (MySQL).
    is_full_text: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RelationOf {
    name: String,
    /// By name.
    child: String,
    parent: String,
    kind: Link,
    optional: bool,
    on_delete: Option<&'static str>,
    on_update: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Link {
    Many,
    One,
    Crossed,
}

impl World {
    pub(crate) fn new(dice: &mut Dice, of: For) -> World {
        let has_namespaces = of == For::Postgres && dice.one_in(4);
        let mut world =
            World { of, has_namespaces, enums: Vec::new(), models: Vec::new(), relations: Vec::new(), next: 0 };
        for _ in 0..dice.below(3) {
            world.add_enum(dice);
        }
        for _ in 0..1 + dice.below(3) {
            world.add_model(dice);
        }
        for _ in 0..dice.below(4) {
            world.add_relation(dice);
        }
        world
    }

    fn name(&mut self, prefix: &str) -> String {
        self.next += 1;
        format!("{prefix}{}", self.next)
    }

    fn add_enum(&mut self, dice: &mut Dice) {
        let name = self.name("Kind");
        let values = (0..2 + dice.below(3)).map(|n| format!("V{n}")).collect();
        self.enums.push(EnumOf { name, values, namespace: dice.below(2) });
    }

    fn add_model(&mut self, dice: &mut Dice) {
        let name = self.name("Model");
        let map = dice.one_in(5).then(|| format!("{}_table", name.to_lowercase()));
        let id = *dice.pick(&[Id::Counted, Id::Number, Id::Text, Id::Pair]);
        let (namespace, append_only) = (dice.below(2), dice.one_in(6));
        let mut model = ModelOf { name, map, namespace, id, append_only, fields: Vec::new(), indexes: Vec::new() };
        for _ in 0..dice.below(6) {
            model.fields.push(self.field(dice));
        }
        for _ in 0..dice.below(3) {
            add_index(dice, &mut model, self.of, self.next);
            self.next += 1;
        }
        self.models.push(model);
    }

    fn field(&mut self, dice: &mut Dice) -> FieldOf {
        let name = self.name("field");
        let map = dice.one_in(6).then(|| format!("{name}_column"));
        let mut field = FieldOf {
            name,
            map,
            ty: String::new(),
            native: None,
            optional: dice.one_in(2),
            list: false,
            default: None,
            unique: dice.one_in(6),
            indexable: true,
            checked: dice.one_in(5),
        };
        self.retype(dice, &mut field);
        field
    }

    fn retype(&mut self, dice: &mut Dice, field: &mut FieldOf) {
        field.list = self.of == For::Postgres && dice.one_in(10);
        if !self.enums.is_empty() && dice.one_in(5) {
            let of = dice.pick(&self.enums).clone();
            field.ty = of.name.clone();
            field.native = None;
            field.default = dice.one_in(2).then(|| dice.pick(&of.values).clone());
            field.indexable = true;
        } else {
            let (ty, natives, defaults, indexable) = *dice.pick(self.of.kinds());
            field.ty = ty.to_owned();
            field.native = (!natives.is_empty() && dice.one_in(2)).then(|| *dice.pick(natives));
            field.default = (!defaults.is_empty()
                && field.native.is_none_or(|native| native != "Uuid" && native != "Date")
                && dice.one_in(2))
            .then(|| (*dice.pick(defaults)).to_owned());
            field.indexable = indexable && field.native != Some("Json");
        }
        if field.list {
            field.optional = false;
            field.default = None;
            field.indexable = false;
        }
        field.unique &= field.indexable;
    }

    fn add_relation(&mut self, dice: &mut Dice) {
        let name = self.name("rel");
        let child = dice.pick(&self.models).name.clone();
        let parent = dice.pick(&self.models).name.clone();
        let kind = *dice.pick(&[Link::Many, Link::Many, Link::One, Link::Crossed]);
        let mut relation = RelationOf { name, child, parent, kind, optional: true, on_delete: None, on_update: None };
        self.react(dice, &mut relation);
        // A required key of a table on itself could not be filled.
        relation.optional |= relation.child == relation.parent;
        self.relations.push(relation);
    }

    fn react(&self, dice: &mut Dice, relation: &mut RelationOf) {
        relation.optional = dice.one_in(2);
        relation.on_delete = dice.one_in(2).then(|| *dice.pick(ACTIONS));
        relation.on_update = dice.one_in(3).then(|| *dice.pick(&ACTIONS[..3]));
    }

    /// Another schema that comes of a few changes, with the renames among them as a command line takes them.
    pub(crate) fn edited(&self, dice: &mut Dice) -> (World, Vec<String>) {
        let mut world = self.clone();
        let mut renames = Vec::new();
        for _ in 0..1 + dice.below(5) {
            world.edit(dice, self, &mut renames);
        }
        (world, renames)
    }

    fn edit(&mut self, dice: &mut Dice, before: &World, renames: &mut Vec<String>) {
        let model = dice.below(self.models.len());
        match dice.below(20) {
            0 => self.add_model(dice),
            1 if self.models.len() > 1 => {
                let gone = self.models.remove(model).name;
                self.relations.retain(|relation| relation.child != gone && relation.parent != gone);
            }
            2 | 3 => {
                let field = self.field(dice);
                self.models[model].fields.push(field);
            }
            4 if !self.models[model].fields.is_empty() => {
                let place = dice.below(self.models[model].fields.len());
                let gone = self.models[model].fields.remove(place).name;
                self.models[model].indexes.retain(|index| !index.fields.contains(&gone));
            }
            5 | 6 if !self.models[model].fields.is_empty() => {
                let place = dice.below(self.models[model].fields.len());
                let mut field = self.models[model].fields[place].clone();
                self.retype(dice, &mut field);
                if !field.indexable {
                    self.models[model].indexes.retain(|index| !index.fields.contains(&field.name));
                }
                self.models[model].fields[place] = field;
            }
            7 | 8 if !self.models[model].fields.is_empty() => {
                let place = dice.below(self.models[model].fields.len());
                let field = &mut self.models[model].fields[place];
                match dice.below(4) {
                    0 if !field.list => field.optional = !field.optional,
                    1 => field.default = None,
                    2 if field.indexable => field.unique = !field.unique,
                    _ => {}
                }
            }
            9 => {
                self.next += 1;
                let (next, of) = (self.next, self.of);
                add_index(dice, &mut self.models[model], of, next);
            }
            10 => {
                let indexes = &mut self.models[model].indexes;
                if !indexes.is_empty() {
                    let place = dice.below(indexes.len());
                    match dice.below(3) {
                        0 => indexes[place].map = Some(format!("renamed_{}", self.next)),
                        1 => indexes[place].descending = !indexes[place].descending,
                        _ => {
                            indexes.remove(place);
                        }
                    }
                }
            }
            11 => self.add_relation(dice),
            12 if !self.relations.is_empty() => {
                let place = dice.below(self.relations.len());
                if dice.one_in(2) {
                    self.relations.remove(place);
                } else {
                    let mut relation = self.relations[place].clone();
                    self.react(dice, &mut relation);
                    relation.optional |= relation.child == relation.parent;
                    self.relations[place] = relation;
                }
            }
            13 if !self.enums.is_empty() => {
                let place = dice.below(self.enums.len());
                let name = self.enums[place].name.clone();
                let values = &mut self.enums[place].values;
                if dice.one_in(2) || values.len() < 2 {
                    values.push(format!("W{}", self.next));
                    self.next += 1;
                } else {
                    let gone = values.remove(0);
                    for field in self.models.iter_mut().flat_map(|model| &mut model.fields) {
                        if field.ty == name && field.default.as_ref() == Some(&gone) {
                            field.default = None;
                        }
                    }
                }
            }
            14 => self.models[model].id = *dice.pick(&[Id::Counted, Id::Number, Id::Text, Id::Pair]),
            15 if !self.models[model].fields.is_empty() => {
                // A field gets another name, and says so.
                let name = self.models[model].name.clone();
                let place = dice.below(self.models[model].fields.len());
                let old = self.models[model].fields[place].name.clone();
                let was = before.models.iter().find(|one| one.name == name);
                let is_old =
                    was.is_some_and(|one| one.fields.iter().any(|field| field.name == old && field.map.is_none()));
                if is_old && self.models[model].fields[place].map.is_none() {
                    let new = self.name("field");
                    let model = &mut self.models[model];
                    model.fields[place].name.clone_from(&new);
                    for field in model.indexes.iter_mut().flat_map(|index| &mut index.fields).filter(|one| **one == old)
                    {
                        field.clone_from(&new);
                    }
                    renames.push(format!("{name}.{old}={new}"));
                }
            }
            17 => self.models[model].append_only = !self.models[model].append_only,
            18 if !self.models[model].fields.is_empty() => {
                let place = dice.below(self.models[model].fields.len());
                let field = &mut self.models[model].fields[place];
                field.checked = !field.checked;
            }
            19 if !self.models[model].indexes.is_empty() && self.of != For::Mysql => {
                let place = dice.below(self.models[model].indexes.len());
                self.models[model].indexes[place].condition = *dice.pick(&[None, Some(true), Some(false)]);
            }
            16 => {
                // A table gets another name, and says so.
                let name = self.models[model].name.clone();
                if before.models.iter().any(|one| one.name == name && one.map == self.models[model].map)
                    && !renames.iter().any(|rename| rename.starts_with(&format!("{name}=")))
                {
                    let new =
                        format!("{}_moved", self.models[model].map.clone().unwrap_or_else(|| name.to_lowercase()));
                    self.models[model].map = Some(new.clone());
                    renames.push(format!("{name}={new}"));
                }
            }
            _ => {}
        }
    }

    /// Everything that can be taken out on its own, for cutting down.
    pub(crate) fn parts(&self) -> Vec<String> {
        let mut parts: Vec<String> = self.models.iter().map(|model| format!("m {}", model.name)).collect();
        parts.extend(self.relations.iter().map(|relation| format!("r {}", relation.name)));
        for model in &self.models {
            parts.extend(model.fields.iter().map(|field| format!("f {} {}", model.name, field.name)));
            parts.extend(model.indexes.iter().map(|index| format!("i {} {}", model.name, index.fields.join(" "))));
        }
        parts
    }

    pub(crate) fn without(&self, part: &str) -> World {
        let mut world = self.clone();
        let words: Vec<&str> = part.splitn(3, ' ').collect();
        match words.as_slice() {
            ["m", name] => {
                world.models.retain(|model| model.name != *name);
                world.relations.retain(|relation| relation.child != *name && relation.parent != *name);
            }
            ["r", name] => world.relations.retain(|relation| relation.name != *name),
            ["f", model, name] => {
                for model in world.models.iter_mut().filter(|one| one.name == *model) {
                    model.fields.retain(|field| field.name != *name);
                    model.indexes.retain(|index| !index.fields.iter().any(|field| field == name));
                }
            }
            ["i", model, fields] => {
                for model in world.models.iter_mut().filter(|one| one.name == *model) {
                    model.indexes.retain(|index| index.fields.join(" ") != *fields);
                }
            }
            _ => {}
        }
        world
    }

    pub(crate) fn text(&self) -> String {
        let mut out = format!("datasource db {{\n  provider = \"{}\"\n", self.of.provider());
        if self.has_namespaces {
            out.push_str("  schemas  = [\"one\", \"two\"]\n");
        }
        out.push_str(
            "}\n\ngenerator client {\n  provider        = \"nicol\"\n  previewFeatures = [\"partialIndexes\"]\n}\n\n",
        );
        let namespace = |n: usize| {
            if self.has_namespaces { format!("\n  @@schema(\"{}\")\n", ["one", "two"][n]) } else { String::new() }
        };
        for one in &self.enums {
            let _ =
                write!(out, "enum {} {{\n  {}\n{}}}\n\n", one.name, one.values.join("\n  "), namespace(one.namespace));
        }
        for model in &self.models {
            if model.append_only {
                out.push_str("/// @nicol.appendOnly\n");
            }
            let _ = writeln!(out, "model {} {{", model.name);
            out.push_str(match model.id {
                Id::Counted => "  id Int @id @default(autoincrement())\n",
                Id::Number => "  id Int @id\n",
                Id::Text => "  id String @id\n",
                Id::Pair => "  id Int\n  part Int\n",
            });
            for field in &model.fields {
                let mark = if field.list {
                    "[]"
                } else if field.optional {
                    "?"
                } else {
                    ""
                };
                if field.checked && field.is_plain() {
                    let column = field.column();
                    let _ = writeln!(out, "  /// @nicol.check(\"{column} IS NULL OR {column} = {column}\")");
                }
                let _ = write!(out, "  {} {}{mark}", field.name, field.ty);
                if let Some(native) = field.native {
                    let _ = write!(out, " @db.{native}");
                }
                if let Some(default) = &field.default {
                    let _ = write!(out, " @default({default})");
                }
                if field.unique {
                    out.push_str(" @unique");
                }
                if let Some(map) = &field.map {
                    let _ = write!(out, " @map(\"{map}\")");
                }
                out.push('\n');
            }
            for relation in &self.relations {
                self.relation(&mut out, model, relation);
            }
            if model.id == Id::Pair {
                out.push_str("\n  @@id([id, part])\n");
            }
            for index in &model.indexes {
                let mut fields = index.fields.clone();
                if index.descending && !index.is_full_text {
                    fields[0].push_str("(sort: Desc)");
                }
                let first = model.fields.iter().find(|field| field.name == index.fields[0]);
                let of_text = |name: &String| model.fields.iter().any(|field| field.name == *name && field.is_text());
                let is_full_text = index.is_full_text && index.fields.iter().all(of_text);
                let word = match (is_full_text, index.unique) {
                    (true, _) => "fulltext",
                    (false, true) => "unique",
                    (false, false) => "index",
                };
                let map = index.map.as_ref().map(|map| format!(", map: \"{map}\"")).unwrap_or_default();
                let condition = index.condition.zip(first).map(|(is_null, field)| {
                    let word = if is_null { "IS NULL" } else { "IS NOT NULL" };
                    format!(", where: raw(\"{} {word}\")", field.column())
                });
                let _ = writeln!(out, "  @@{word}([{}]{map}{})", fields.join(", "), condition.unwrap_or_default());
            }
            if let Some(map) = &model.map {
                let _ = writeln!(out, "  @@map(\"{map}\")");
            }
            let _ = write!(out, "{}}}\n\n", namespace(model.namespace));
        }
        out
    }

    fn relation(&self, out: &mut String, model: &ModelOf, relation: &RelationOf) {
        let Some(parent) = self.models.iter().find(|one| one.name == relation.parent) else { return };
        let name = &relation.name;
        if relation.kind == Link::Crossed {
            let is_whole = |name: &str| self.models.iter().any(|one| one.name == name && one.id != Id::Pair);
            if !is_whole(&relation.child) || !is_whole(&relation.parent) {
                return;
            }
            if relation.child == model.name {
                let _ = writeln!(out, "  {name} {}[] @relation(\"{name}\")", relation.parent);
            }
            if relation.parent == model.name {
                let _ = writeln!(out, "  {name}_back {}[] @relation(\"{name}\")", relation.child);
            }
            return;
        }
        if relation.parent == model.name {
            let mark = if relation.kind == Link::One { "?" } else { "[]" };
            let _ = writeln!(out, "  {name}_back {}{mark} @relation(\"{name}\")", relation.child);
        }
        if relation.child == model.name {
            let mark = if relation.optional { "?" } else { "" };
            let ty = if parent.id == Id::Text { "String" } else { "Int" };
            let is_pair = parent.id == Id::Pair;
            let unique = if relation.kind == Link::One && !is_pair { " @unique" } else { "" };
            let _ = writeln!(out, "  {name}_id {ty}{mark}{unique}");
            if is_pair {
                let _ = writeln!(out, "  {name}_part Int{mark}");
            }
            let (own, theirs) =
                if is_pair { (format!("{name}_id, {name}_part"), "id, part") } else { (format!("{name}_id"), "id") };
            let mut arguments = format!("\"{name}\", fields: [{own}], references: [{theirs}]");
            for (word, action) in [("onDelete", relation.on_delete), ("onUpdate", relation.on_update)] {
                if let Some(action) = action.filter(|action| relation.optional || *action != "SetNull") {
                    let _ = write!(arguments, ", {word}: {action}");
                }
            }
            let _ = writeln!(out, "  {name} {}{mark} @relation({arguments})", relation.parent);
            if is_pair && relation.kind == Link::One {
                let _ = writeln!(out, "  @@unique([{own}])");
            }
        }
    }
}

fn add_index(dice: &mut Dice, model: &mut ModelOf, of: For, number: usize) {
    let names: Vec<String> =
        model.fields.iter().filter(|field| field.indexable).map(|field| field.name.clone()).collect();
    if names.is_empty() {
        return;
    }
    let mut fields = vec![dice.pick(&names).clone()];
    let second = dice.pick(&names).clone();
    if dice.one_in(2) && !fields.contains(&second) {
        fields.push(second);
    }
    if model.indexes.iter().any(|index| index.fields == fields) {
        return;
    }
    let map = dice.one_in(5).then(|| format!("index_{number}"));
    let (unique, descending) = (dice.one_in(4), dice.one_in(5));
    let condition = (of != For::Mysql && dice.one_in(5)).then(|| dice.one_in(2));
    // Making one is slow.
    let is_full_text = of == For::Mysql && dice.one_in(6);
    model.indexes.push(IndexOf { fields, unique, descending, map, condition, is_full_text });
}
