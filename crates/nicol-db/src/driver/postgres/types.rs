//! Types by their numbers: built in, or asked of the server and remembered.

use std::collections::HashMap;

use postgres_types::{Kind, Oid, Type};

use super::Postgres;
use super::cells::Cells;
use crate::error::Result;

/// How often a type may stand on another (arrays and domains of domains) before it is taken for one without meaning.
const MOST_DEEP: usize = 16;

/// A type's row in the server's catalog.
struct Row {
    schema: String,
    name: String,
    /// `e` enum, `d` domain, and so on.
    kind: String,
    element: Oid,
    base: Oid,
    is_array: bool,
}

impl Postgres {
    /// Makes types known: those not built in are asked of the server, with those they stand on.
    pub(super) async fn learn_types(&mut self, wanted: impl Iterator<Item = Oid>) -> Result<()> {
        let mut unknown: Vec<Oid> = wanted.filter(|oid| self.type_of(*oid).is_none()).collect();
        let mut rows = HashMap::new();
        for _ in 0..MOST_DEEP {
            unknown.sort_unstable();
            unknown.dedup();
            if unknown.is_empty() {
                break;
            }
            let found = self.ask_types(&unknown).await?;
            let below = found.iter().flat_map(|(_, row)| [row.element, row.base]).filter(|oid| *oid != 0);
            let below: Vec<Oid> = below.filter(|oid| self.type_of(*oid).is_none() && !rows.contains_key(oid)).collect();
            rows.extend(found);
            unknown = below.into_iter().filter(|oid| !rows.contains_key(oid)).collect();
        }
        for oid in rows.keys() {
            let made = self.make(*oid, &rows, 0);
            self.types.insert(*oid, made);
        }
        Ok(())
    }

    /// A type that is known.
    pub(super) fn type_of(&self, oid: Oid) -> Option<Type> {
        Type::from_oid(oid).or_else(|| self.types.get(&oid).cloned())
    }

    /// A type, after it was [learned](Postgres::learn_types). One that the server has dropped meanwhile has no meaning.
    pub(super) fn known_type(&self, oid: Oid) -> Type {
        self.type_of(oid).unwrap_or_else(|| nameless(oid))
    }

    async fn ask_types(&mut self, oids: &[Oid]) -> Result<Vec<(Oid, Row)>> {
        let list: Vec<String> = oids.iter().map(ToString::to_string).collect();
        // An array is a type with elements whose way of reading is that of arrays: points have elements too.
        let sql = format!(
            "SELECT t.oid, n.nspname, t.typname, t.typtype, t.typelem, t.typbasetype, t.typlen FROM pg_catalog.pg_type AS t \
             JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace WHERE t.oid IN ({})",
            list.join(", ")
        );
        let answers = self.ask(&sql).await?;
        let row = |cells: &Cells, at: usize| {
            let text = |column| cells.text(at, column);
            let element = text(4)?.parse().ok()?;
            let row = Row {
                schema: text(1)?.to_owned(),
                name: text(2)?.to_owned(),
                kind: text(3)?.to_owned(),
                element,
                base: text(5)?.parse().ok()?,
                is_array: element != 0 && text(6)? == "-1",
            };
            Some((text(0)?.parse().ok()?, row))
        };
        Ok(answers.iter().flat_map(|cells| (0..cells.rows()).filter_map(move |at| row(cells, at))).collect())
    }

    fn make(&self, oid: Oid, rows: &HashMap<Oid, Row>, depth: usize) -> Type {
        if let Some(known) = self.type_of(oid) {
            return known;
        }
        let Some(row) = rows.get(&oid).filter(|_| depth < MOST_DEEP) else { return nameless(oid) };
        let kind = match row.kind.as_str() {
            // Their words are the server's to judge.
            "e" => Kind::Enum(Vec::new()),
            "d" => Kind::Domain(self.make(row.base, rows, depth + 1)),
            "p" => Kind::Pseudo,
            _ if row.is_array => Kind::Array(self.make(row.element, rows, depth + 1)),
            _ => Kind::Simple,
        };
        Type::new(row.name.clone(), oid, kind, row.schema.clone())
    }
}

fn nameless(oid: Oid) -> Type {
    Type::new(String::new(), oid, Kind::Simple, String::new())
}
