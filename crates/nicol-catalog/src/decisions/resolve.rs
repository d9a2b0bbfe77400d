//! Decisions in the names people use, brought into those of the database.
//!
//! A name may be that of the schema or that of the database, of before or of after; the meanings are tried in this order
//! and the first that fits what is there wins. Tables and enums come first, then the tables of many-to-many relations
//! that follow from them, then columns and values.

use nicol_db::Dialect;

use super::{Backfill, ColumnBackfill, Decided, DecisionError, ObjectName, Rename, Resolved};
use crate::catalog::{Arity, Catalog, ColumnType, Enum, MysqlType, Table};

const RENAME: &str = "rename-does-not-fit";
const BACKFILL: &str = "backfill-does-not-fit";

fn refuse<T>(code: &'static str, message: String, help: String) -> Result<T, DecisionError> {
    Err(DecisionError { code, message, help })
}

/// What exists, for the help of an error.
fn listed<'a>(what: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { format!("{what}: none.") } else { format!("{what}: {}.", names.join(", ")) }
}

/// Carries out all renames, each as soon as its new name is free.
pub(super) fn renames(
    decided: &mut Decided,
    from: &Catalog,
    to: &Catalog,
    renames: &[Rename],
) -> Result<(), DecisionError> {
    let side = Sides { from, to };
    let (objects, parts): (Vec<&Rename>, Vec<&Rename>) =
        renames.iter().partition(|rename| matches!(rename, Rename::Table { .. } | Rename::Enum { .. }));
    let objects = objects.into_iter().map(|rename| side.object(rename)).collect::<Result<Vec<Rename>, _>>()?;
    in_order(decided, objects.into_iter().map(|rename| Resolved { rename, columns: Vec::new() }).collect())?;
    follow_join_tables(decided, to);
    let (columns, values): (Vec<&Rename>, Vec<&Rename>) =
        parts.into_iter().partition(|rename| matches!(rename, Rename::Column { .. }));
    let parts = columns
        .into_iter()
        .chain(values)
        .map(|rename| side.part(decided, rename))
        .collect::<Result<Vec<Resolved>, _>>()?;
    in_order(decided, parts)
}

/// Names may move up one after the other: `b` to `c`, then `a` to `b`.
fn in_order(decided: &mut Decided, mut waiting: Vec<Resolved>) -> Result<(), DecisionError> {
    for place in 0..waiting.len() {
        let (one, rest) = (&waiting[place].rename, &waiting[place + 1..]);
        if let Some(other) = rest.iter().map(|said| &said.rename).find(|other| clash(one, other)) {
            return refuse(
                RENAME,
                format!("`{one}` and `{other}` cannot both be."),
                "Each old name and each new name may stand in one rename only.".to_owned(),
            );
        }
    }
    while !waiting.is_empty() {
        let Some(place) = waiting.iter().position(|said| is_free(&decided.catalog, said)) else {
            return refuse(
                RENAME,
                format!("`{}` is not possible: the new name is in use.", waiting[0].rename),
                "Names that change places need two migrations, with a name of their own in between.".to_owned(),
            );
        };
        let said = waiting.remove(place);
        decided.carry_out(said);
    }
    Ok(())
}

fn clash(a: &Rename, b: &Rename) -> bool {
    match (a, b) {
        (Rename::Table { from: a, to: c }, Rename::Table { from: b, to: d })
        | (Rename::Enum { from: a, to: c }, Rename::Enum { from: b, to: d }) => a == b || c == d,
        (Rename::Column { table: s, from: a, to: c }, Rename::Column { table: t, from: b, to: d })
        | (
            Rename::EnumValue { enumeration: s, from: a, to: c },
            Rename::EnumValue { enumeration: t, from: b, to: d },
        ) => s == t && (a == b || c == d),
        (Rename::Table { .. } | Rename::Enum { .. } | Rename::Column { .. } | Rename::EnumValue { .. }, _) => false,
    }
}

/// Whether nothing bears the new name.
fn is_free(catalog: &Catalog, said: &Resolved) -> bool {
    match &said.rename {
        Rename::Table { to, .. } => catalog.table(to.namespace.as_deref(), &to.name).is_none(),
        Rename::Enum { to, .. } => find_enum(catalog, to).is_none(),
        Rename::Column { table, to, .. } => {
            let table = catalog.table(table.namespace.as_deref(), &table.name);
            table.is_none_or(|table| table.column(to).is_none())
        }
        Rename::EnumValue { enumeration, to, .. } => match find_enum(catalog, enumeration) {
            Some(one) => !one.values.contains(to),
            None => said.columns.iter().all(|(table, column)| {
                let table = catalog.table(table.namespace.as_deref(), &table.name);
                let ty = table.and_then(|table| table.column(column)).map(|column| &column.ty);
                !matches!(ty, Some(ColumnType::Mysql(MysqlType::Enum(values))) if values.contains(to))
            }),
        },
    }
}

fn find_enum<'a>(catalog: &'a Catalog, name: &ObjectName) -> Option<&'a Enum> {
    catalog.enums.iter().find(|one| name.is(one.namespace.as_deref(), &one.name))
}

fn name_of(table: &Table) -> ObjectName {
    ObjectName::new(table.namespace.as_deref(), &table.name)
}

/// Both catalogs.
struct Sides<'a> {
    from: &'a Catalog,
    to: &'a Catalog,
}

/// The tables a name may stand for: by model, by table. A name without namespace stands for any.
fn tables_called<'a>(catalog: &'a Catalog, name: &ObjectName) -> Vec<&'a Table> {
    let fits = |namespace: &Option<String>| name.namespace.is_none() || name.is(namespace.as_deref(), &name.name);
    let models = catalog.names.iter().flat_map(|names| &names.models);
    let by_model = models
        .filter(|model| model.name == name.name && fits(&model.namespace))
        .filter_map(|model| catalog.table(model.namespace.as_deref(), &model.table));
    let by_table = catalog.tables.iter().filter(|table| table.name == name.name && fits(&table.namespace));
    by_model.chain(by_table).collect()
}

fn enums_called<'a>(catalog: &'a Catalog, name: &ObjectName) -> Vec<&'a Enum> {
    let fits = |namespace: &Option<String>| name.namespace.is_none() || name.is(namespace.as_deref(), &name.name);
    let names = catalog.names.iter().flat_map(|names| &names.enums);
    let by_name = names
        .filter(|one| one.name == name.name && fits(&one.namespace))
        .filter_map(|one| find_enum(catalog, &ObjectName::new(one.namespace.as_deref(), &one.type_name)));
    let by_type = catalog.enums.iter().filter(|one| one.name == name.name && fits(&one.namespace));
    by_name.chain(by_type).collect()
}

impl Sides<'_> {
    /// A rename of a table or an enum in the names of the database.
    fn object(&self, rename: &Rename) -> Result<Rename, DecisionError> {
        match rename {
            Rename::Table { from, to } => self.table(rename, from, to),
            Rename::Enum { from, to } => self.enumeration(rename, from, to),
            Rename::Column { .. } | Rename::EnumValue { .. } => Ok(rename.clone()),
        }
    }

    fn table(&self, rename: &Rename, from: &ObjectName, to: &ObjectName) -> Result<Rename, DecisionError> {
        let (old, new) = (tables_called(self.from, from), tables_called(self.to, to));
        let goes = |table: &&&Table| self.to.table(table.namespace.as_deref(), &table.name).is_none();
        let comes = |table: &&&Table| self.from.table(table.namespace.as_deref(), &table.name).is_none();
        let (first_old, first_new) = match (old.first(), new.first()) {
            (Some(old_table), Some(new_table)) => (
                name_of(old.iter().find(goes).unwrap_or(old_table)),
                name_of(new.iter().find(comes).unwrap_or(new_table)),
            ),
            (None, _) => {
                let gone = self.from.tables.iter().filter(|table| goes(&table));
                let help = listed("Tables that go", gone.map(|table| table.name.as_str()));
                return refuse(RENAME, format!("`{rename}`: there is no table or model `{from}` so far."), help);
            }
            (_, None) => {
                let come = self.to.tables.iter().filter(|table| comes(&table));
                let help = listed("New tables", come.map(|table| table.name.as_str()));
                return refuse(RENAME, format!("`{rename}`: the schema has no table or model `{to}`."), help);
            }
        };
        if first_old == first_new {
            return refuse(
                RENAME,
                format!("`{rename}`: both names stand for the table `{}`.", first_old.name),
                "Nothing in the database changes its name: leave this out.".to_owned(),
            );
        }
        if self.to.table(first_old.namespace.as_deref(), &first_old.name).is_some()
            && self.from.table(first_new.namespace.as_deref(), &first_new.name).is_some()
        {
            return refuse(
                RENAME,
                format!(
                    "`{rename}`: the tables `{}` and `{}` are there before and after.",
                    first_old.name, first_new.name
                ),
                "Only a table that goes can become one that is new.".to_owned(),
            );
        }
        Ok(Rename::Table { from: first_old, to: first_new })
    }

    fn enumeration(&self, rename: &Rename, from: &ObjectName, to: &ObjectName) -> Result<Rename, DecisionError> {
        if !self.to.dialect.is_postgres_family() {
            return refuse(
                RENAME,
                format!("`{rename}`: enums are no types of their own on {}.", self.to.dialect.product_name()),
                "Nothing in the database bears the name: leave this out.".to_owned(),
            );
        }
        let name = |one: &Enum| ObjectName::new(one.namespace.as_deref(), &one.name);
        let (old, new) = (enums_called(self.from, from), enums_called(self.to, to));
        let goes = |one: &&&Enum| find_enum(self.to, &name(one)).is_none();
        let comes = |one: &&&Enum| find_enum(self.from, &name(one)).is_none();
        match (old.first(), new.first()) {
            (Some(old_enum), Some(new_enum)) => {
                let old = name(old.iter().find(goes).unwrap_or(old_enum));
                let new = name(new.iter().find(comes).unwrap_or(new_enum));
                if old == new {
                    let help = "Nothing in the database changes its name: leave this out.".to_owned();
                    return refuse(RENAME, format!("`{rename}`: both names stand for the enum `{}`.", old.name), help);
                }
                Ok(Rename::Enum { from: old, to: new })
            }
            (None, _) => {
                let gone = self.from.enums.iter().filter(|one| goes(&one));
                let help = listed("Enums that go", gone.map(|one| one.name.as_str()));
                refuse(RENAME, format!("`{rename}`: there is no enum `{from}` so far."), help)
            }
            (_, None) => {
                let come = self.to.enums.iter().filter(|one| comes(&one));
                let help = listed("New enums", come.map(|one| one.name.as_str()));
                refuse(RENAME, format!("`{rename}`: the schema has no enum `{to}`."), help)
            }
        }
    }

    /// A rename of a column or a value, after those of tables and enums are carried out.
    fn part(&self, decided: &Decided, rename: &Rename) -> Result<Resolved, DecisionError> {
        match rename {
            Rename::Column { table, from, to } => {
                let rename = self.column(decided, rename, table, from, to)?;
                Ok(Resolved { rename, columns: Vec::new() })
            }
            Rename::EnumValue { enumeration, from, to } => self.value(decided, rename, enumeration, from, to),
            Rename::Table { .. } | Rename::Enum { .. } => Ok(Resolved { rename: rename.clone(), columns: Vec::new() }),
        }
    }

    /// The table of a name on both sides: before (renames of tables carried out) and after.
    fn both<'a>(&'a self, decided: &'a Decided, name: &ObjectName) -> Option<(&'a Table, &'a Table)> {
        let pair = |table: &ObjectName| {
            let before = decided.catalog.table(table.namespace.as_deref(), &table.name)?;
            Some((before, self.to.table(table.namespace.as_deref(), &table.name)?))
        };
        let after = tables_called(self.to, name).into_iter().map(name_of);
        let renamed = |table: &Table| {
            let old = name_of(table);
            let becomes = decided.said.iter().find_map(|said| match &said.rename {
                Rename::Table { from, to } if *from == old => Some(to.clone()),
                Rename::Table { .. } | Rename::Column { .. } | Rename::Enum { .. } | Rename::EnumValue { .. } => None,
            });
            becomes.unwrap_or(old)
        };
        let before = tables_called(self.from, name).into_iter().map(renamed);
        after.chain(before).find_map(|table| pair(&table))
    }

    fn column(
        &self,
        decided: &Decided,
        rename: &Rename,
        table: &ObjectName,
        from: &str,
        to: &str,
    ) -> Result<Rename, DecisionError> {
        let Some((before, after)) = self.both(decided, table) else {
            let both = self
                .to
                .tables
                .iter()
                .filter(|table| decided.catalog.table(table.namespace.as_deref(), &table.name).is_some());
            let help = listed("Tables on both sides", both.map(|table| table.name.as_str()))
                + " Where the table itself is renamed, say that too.";
            let message = format!("`{rename}`: no table `{table}` is there before and after.");
            return refuse(RENAME, message, help);
        };
        let old_names = column_names(self.from, &original(decided, before), from);
        let new_names = column_names(self.to, &name_of(after), to);
        let goes = |name: &&String| before.column(name).is_some() && after.column(name).is_none();
        let comes = |name: &&String| after.column(name).is_some() && before.column(name).is_none();
        let there = |name: &&String| before.column(name).is_some();
        let wanted = |name: &&String| after.column(name).is_some();
        let old = old_names.iter().find(goes).or_else(|| old_names.iter().find(there));
        let new = new_names.iter().find(comes).or_else(|| new_names.iter().find(wanted));
        let (Some(old), Some(new)) = (old, new) else {
            let gone = before.columns.iter().filter(|column| after.column(&column.name).is_none());
            let come = after.columns.iter().filter(|column| before.column(&column.name).is_none());
            let gone = listed("Columns that go", gone.map(|column| column.name.as_str()));
            let come = listed("New columns", come.map(|column| column.name.as_str()));
            let why = if old.is_none() {
                format!("the table `{}` has no column or field `{from}` so far", before.name)
            } else {
                format!("the schema has no column or field `{to}` in `{}`", after.name)
            };
            return refuse(RENAME, format!("`{rename}`: {why}."), format!("{gone} {come}"));
        };
        if old == new {
            return refuse(
                RENAME,
                format!("`{rename}`: both names stand for the column `{old}`."),
                "Nothing in the database changes its name: leave this out.".to_owned(),
            );
        }
        if after.column(old).is_some() && before.column(new).is_some() {
            return refuse(
                RENAME,
                format!("`{rename}`: the columns `{old}` and `{new}` are there before and after."),
                "Only a column that goes can become one that is new.".to_owned(),
            );
        }
        Ok(Rename::Column { table: name_of(before), from: old.clone(), to: new.clone() })
    }

    fn value(
        &self,
        decided: &Decided,
        rename: &Rename,
        enumeration: &ObjectName,
        from: &str,
        to: &str,
    ) -> Result<Resolved, DecisionError> {
        let wanted = self.values_after(decided, enumeration);
        let Some(wanted) = wanted else {
            let names = self.to.names.iter().flat_map(|names| &names.enums).map(|one| one.name.as_str());
            let help = listed("Enums", names.chain(self.to.enums.iter().map(|one| one.name.as_str())));
            return refuse(RENAME, format!("`{rename}`: no enum `{enumeration}` is there before and after."), help);
        };
        let called = |values: &[(String, String)], name: &str| {
            let by_name = values.iter().find(|(own, _)| own == name);
            by_name.or_else(|| values.iter().find(|(_, stored)| stored == name)).map(|(_, stored)| stored.clone())
        };
        let (old, new) = (called(&wanted.before, from), called(&wanted.after, to));
        let stored = |values: &[(String, String)]| values.iter().map(|(_, stored)| stored.clone()).collect::<Vec<_>>();
        let (before, after) = (stored(&wanted.before), stored(&wanted.after));
        let gone = before.iter().filter(|value| !after.contains(value));
        let come = after.iter().filter(|value| !before.contains(value));
        let gone = listed("Values that go", gone.map(String::as_str));
        let come = listed("New values", come.map(String::as_str));
        match (old, new) {
            (Some(old), Some(new)) if old != new && !(after.contains(&old) && before.contains(&new)) => {
                let rename = Rename::EnumValue { enumeration: wanted.name, from: old, to: new };
                Ok(Resolved { rename, columns: wanted.columns })
            }
            (Some(old), Some(new)) if old == new => refuse(
                RENAME,
                format!("`{rename}`: both names stand for the value `{old}`."),
                "Nothing in the database changes its name: leave this out.".to_owned(),
            ),
            (Some(old), Some(new)) => {
                let message = format!("`{rename}`: the values `{old}` and `{new}` are there before and after.");
                refuse(RENAME, message, format!("{gone} {come}"))
            }
            (None, _) => {
                refuse(RENAME, format!("`{rename}`: the enum has no value `{from}` so far."), format!("{gone} {come}"))
            }
            (_, None) => refuse(
                RENAME,
                format!("`{rename}`: the schema has no value `{to}` in the enum."),
                format!("{gone} {come}"),
            ),
        }
    }

    /// The values of an enum on both sides, and where they are stored.
    fn values_after(&self, decided: &Decided, enumeration: &ObjectName) -> Option<Values> {
        if self.to.dialect.is_postgres_family() {
            let after = enums_called(self.to, enumeration)
                .into_iter()
                .chain(self.became(decided, enumeration))
                .find_map(|one| {
                    let name = ObjectName::new(one.namespace.as_deref(), &one.name);
                    Some((find_enum(&decided.catalog, &name)?, one, name))
                });
            let (before, after, name) = after?;
            let before_name = original_enum(decided, &name);
            return Some(Values {
                before: with_names(self.from, &before_name, &before.values),
                after: with_names(self.to, &name, &after.values),
                columns: Vec::new(),
                name,
            });
        }
        let names = self.to.names.as_ref()?;
        let after = names.enumeration(&enumeration.name)?;
        let mut columns = Vec::new();
        for model in &names.models {
            for field in model.fields.iter().filter(|field| field.enumeration.as_ref() == Some(&after.name)) {
                columns.push((ObjectName::new(model.namespace.as_deref(), &model.table), field.column.clone()));
            }
        }
        let known = self.from.names.as_ref().and_then(|names| names.enumeration(&after.name));
        let before = match (known, self.to.dialect) {
            (Some(known), _) => known.values.clone(),
            // Text: which values are stored cannot be told, so any may be meant.
            (None, Dialect::Sqlite) => return None,
            (None, _) => columns.iter().find_map(|(table, column)| {
                let table = decided.catalog.table(table.namespace.as_deref(), &table.name)?;
                match &table.column(column)?.ty {
                    ColumnType::Mysql(MysqlType::Enum(values)) => {
                        Some(values.iter().map(|value| (value.clone(), value.clone())).collect())
                    }
                    _ => None,
                }
            })?,
        };
        let name = ObjectName::bare(after.name.clone());
        Some(Values { name, before, after: after.values.clone(), columns })
    }

    /// What enums of an old name are called now.
    fn became<'a>(&'a self, decided: &Decided, name: &ObjectName) -> Vec<&'a Enum> {
        let old = enums_called(self.from, name);
        let becomes = |one: &Enum| {
            decided.said.iter().find_map(|said| match &said.rename {
                Rename::Enum { from, to } if from.is(one.namespace.as_deref(), &one.name) => Some(to.clone()),
                Rename::Table { .. } | Rename::Column { .. } | Rename::Enum { .. } | Rename::EnumValue { .. } => None,
            })
        };
        old.into_iter().filter_map(|one| find_enum(self.to, &becomes(one)?)).collect()
    }
}

struct Values {
    name: ObjectName,
    /// Name in the schema, where one is known, and in the database.
    before: Vec<(String, String)>,
    after: Vec<(String, String)>,
    columns: Vec<(ObjectName, String)>,
}

/// The values of an enum type with their names in the schema, where those are known.
fn with_names(catalog: &Catalog, name: &ObjectName, values: &[String]) -> Vec<(String, String)> {
    let known = catalog.names.as_ref().and_then(|names| names.enumeration_of(name.namespace.as_deref(), &name.name));
    let own = |stored: &String| {
        let pair = known.and_then(|known| known.values.iter().find(|(_, other)| other == stored));
        pair.map_or_else(|| stored.clone(), |(own, _)| own.clone())
    };
    values.iter().map(|stored| (own(stored), stored.clone())).collect()
}

/// What a table was called before the renames carried out so far.
fn original(decided: &Decided, table: &Table) -> ObjectName {
    let mut name = name_of(table);
    for said in decided.said.iter().rev() {
        if let Rename::Table { from, to } = &said.rename
            && *to == name
        {
            name = from.clone();
        }
    }
    name
}

fn original_enum(decided: &Decided, name: &ObjectName) -> ObjectName {
    let renamed = decided.said.iter().find_map(|said| match &said.rename {
        Rename::Enum { from, to } if to == name => Some(from.clone()),
        Rename::Table { .. } | Rename::Column { .. } | Rename::Enum { .. } | Rename::EnumValue { .. } => None,
    });
    renamed.unwrap_or_else(|| name.clone())
}

/// The columns a name may stand for: by field, by column.
fn column_names(catalog: &Catalog, table: &ObjectName, name: &str) -> Vec<String> {
    let model = catalog.names.as_ref().and_then(|names| names.model_of(table.namespace.as_deref(), &table.name));
    let by_field = model.and_then(|model| model.field(name)).map(|field| field.column.clone());
    by_field.into_iter().chain([name.to_owned()]).collect()
}

/// The table behind a many-to-many relation is called after its models, and so are its columns' meanings: `A` is the
/// model that comes first by name. Both follow when a model is renamed.
fn follow_join_tables(decided: &mut Decided, to: &Catalog) {
    if decided.said.is_empty() {
        return;
    }
    let joins: Vec<Table> = decided.catalog.tables.iter().filter(|table| table.is_join_table()).cloned().collect();
    for table in joins {
        let Some((a, b)) = sides(&table) else { continue };
        let mut name = name_of(&table);
        let is_same = |other: &&Table| {
            sides(other).is_some_and(|(c, d)| (a == c && b == d) || (a == d && b == c)) && other.is_join_table()
        };
        if to.table(name.namespace.as_deref(), &name.name).is_none() {
            let is_new = |other: &&Table| decided.catalog.table(other.namespace.as_deref(), &other.name).is_none();
            let heirs: Vec<&Table> = to.tables.iter().filter(is_same).filter(is_new).collect();
            let siblings = decided.catalog.tables.iter().filter(is_same);
            let gone = siblings.filter(|other| to.table(other.namespace.as_deref(), &other.name).is_none());
            let ([heir], 1) = (heirs.as_slice(), gone.count()) else { continue };
            let new = name_of(heir);
            decided.carry_out(plain(Rename::Table { from: name, to: new.clone() }));
            name = new;
        }
        let after = to.table(name.namespace.as_deref(), &name.name);
        let is_turned = after.and_then(sides).is_some_and(|(c, d)| a == d && b == c && a != b);
        if is_turned {
            for (old, new) in [("A", "C"), ("B", "A"), ("C", "B")] {
                let rename = Rename::Column { table: name.clone(), from: old.to_owned(), to: new.to_owned() };
                decided.carry_out(plain(rename));
            }
        }
    }
}

fn plain(rename: Rename) -> Resolved {
    Resolved { rename, columns: Vec::new() }
}

/// The tables that `A` and `B` of a join table point at.
fn sides(table: &Table) -> Option<(ObjectName, ObjectName)> {
    let target = |column: &str| {
        let key = table.foreign_keys.iter().find(|key| key.columns == [column])?;
        Some(ObjectName::new(key.referenced_namespace.as_deref(), &key.referenced_table))
    };
    Some((target("A")?, target("B")?))
}

/// Backfills in the names of the database.
pub(super) fn backfills(decided: &mut Decided, to: &Catalog, backfills: &[Backfill]) -> Result<(), DecisionError> {
    let mut found: Vec<ColumnBackfill> = Vec::new();
    for backfill in backfills {
        let place = format!("{}.{}", backfill.table, backfill.column);
        let fillable = fillable(&decided.catalog, to);
        let listed = || {
            let names: Vec<String> =
                fillable.iter().map(|(table, column)| format!("{}.{column}", table.name)).collect();
            listed("Columns that can be filled", names.iter().map(String::as_str))
        };
        let tables = tables_called(to, &backfill.table);
        let Some(table) = tables.first().map(|table| name_of(table)) else {
            return refuse(
                BACKFILL,
                format!("`{place}`: the schema has no table or model `{}`.", backfill.table),
                listed(),
            );
        };
        let names = column_names(to, &table, &backfill.column);
        let Some((table, column)) =
            fillable.iter().find(|(of, column)| *of == table && names.contains(column)).cloned()
        else {
            let after = to.table(table.namespace.as_deref(), &table.name);
            let message = if decided.catalog.table(table.namespace.as_deref(), &table.name).is_none() {
                format!("`{place}`: the table is new and has no rows to fill.")
            } else if after.is_some_and(|table| names.iter().any(|name| table.column(name).is_some())) {
                format!("`{place}`: the column is there already and does not become required.")
            } else {
                format!("`{place}`: the schema has no such column.")
            };
            return refuse(BACKFILL, message, listed());
        };
        if nicol_db::script::split(&backfill.expression, to.dialect).len() != 1 || backfill.expression.contains('\0') {
            let message = format!("`{place}`: `{}` is not one SQL expression.", backfill.expression);
            return refuse(BACKFILL, message, "Give an expression as it could stand in a SELECT.".to_owned());
        }
        if found.iter().any(|other| other.is_of(table.namespace.as_deref(), &table.name, &column)) {
            return refuse(BACKFILL, format!("`{place}` is given twice."), String::new());
        }
        found.push(ColumnBackfill { table, column, expression: backfill.expression.clone() });
    }
    decided.backfills = found;
    Ok(())
}

/// New columns of tables on both sides, and columns that become required.
fn fillable(from: &Catalog, to: &Catalog) -> Vec<(ObjectName, String)> {
    let mut found = Vec::new();
    for after in &to.tables {
        let Some(before) = from.table(after.namespace.as_deref(), &after.name) else {
            continue;
        };
        for column in &after.columns {
            let is_new_or_stricter = before
                .column(&column.name)
                .is_none_or(|old| old.arity != Arity::Required && column.arity == Arity::Required);
            if is_new_or_stricter {
                found.push((name_of(after), column.name.clone()));
            }
        }
    }
    found
}
