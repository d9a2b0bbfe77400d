//! Rows that go together with the row they belong to: the tool of that time wrote `ON DELETE CASCADE` for every required
//! relation without the schema saying so. Today a schema says it, as `onDelete: Cascade`.

use std::collections::BTreeMap;

use nicol_db::Dialect;
use nicol_schema::schema::{RelationKind, ValidSchema};

use crate::sql::{Action, Change, Constraint, ConstraintKind, parse, tokens};

/// Columns of a table whose foreign key deletes with the row it points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CascadingKey {
    /// The table.
    pub table: String,
    /// The columns, in the key's order.
    pub columns: Vec<String>,
}

/// The foreign keys that cascade when all statements have run.
pub(super) fn of<'s>(statements: impl Iterator<Item = &'s str>, dialect: Dialect) -> Vec<CascadingKey> {
    let mut keys: BTreeMap<(String, Vec<String>), bool> = BTreeMap::new();
    let mut take = |table: &str, constraint: &Constraint| {
        if let ConstraintKind::Foreign(columns, reference) = &constraint.kind {
            keys.insert((table.to_owned(), columns.clone()), reference.deletes);
        }
    };
    for statement in statements {
        match parse(statement, &tokens(statement, dialect), dialect) {
            Action::CreateTable(table) => {
                table.constraints.iter().for_each(|constraint| take(&table.name.name, constraint));
            }
            Action::AlterTable { table, clauses } => {
                for clause in &clauses {
                    if let Change::AddConstraint(constraint) = &clause.change {
                        take(&table.name, constraint);
                    }
                }
            }
            _ => {}
        }
    }
    let cascading = keys.into_iter().filter(|(_, deletes)| *deletes);
    cascading.map(|((table, columns), _)| CascadingKey { table, columns }).collect()
}

/// What a schema leaves unsaid about such keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unsaid {
    /// The relation fields, as `Model.field`.
    pub fields: Vec<String>,
    /// The text of every file with `onDelete: Cascade` in them.
    pub texts: Vec<String>,
}

/// The relations whose foreign keys cascade and which say nothing about it, and the schema in which they do.
pub fn unsaid(schema: &ValidSchema, keys: &[CascadingKey]) -> Unsaid {
    let mut found =
        Unsaid { fields: Vec::new(), texts: schema.sources.iter().map(|source| source.text.clone()).collect() };
    let mut edits: Vec<(usize, usize)> = Vec::new();
    for relation in &schema.relations {
        let RelationKind::Foreign(key) = &relation.kind else { continue };
        let model = schema.model(key.referencing.model);
        let columns = key.fields.iter().map(|field| model.fields[field.0 as usize].database_name());
        let cascades = keys.iter().any(|one| {
            one.table == model.database_name() && one.columns.iter().map(String::as_str).eq(columns.clone())
        });
        let field = schema.field(key.referencing);
        let (file, start, end) = (field.span.file as usize, field.span.start as usize, field.span.end as usize);
        if cascades
            && key.on_delete.is_none()
            && let Some(at) = schema.sources[file].text.get(start..end).and_then(end_of_relation)
        {
            edits.push((file, start + at));
            found.fields.push(format!("{}.{}", model.name, field.name));
        }
    }
    // From the back, so that places stay what they are.
    edits.sort_unstable_by(|a, b| b.cmp(a));
    for (file, at) in edits {
        found.texts[file].insert_str(at, ", onDelete: Cascade");
    }
    found
}

/// Where the arguments of `@relation(..)` end in the text of a field.
fn end_of_relation(text: &str) -> Option<usize> {
    let begin = text.find("@relation(")? + "@relation(".len();
    let (mut depth, mut in_string, mut before) = (1_i32, false, ' ');
    for (at, c) in text[begin..].char_indices() {
        match c {
            '"' if before != '\\' => in_string = !in_string,
            '(' if !in_string => depth += 1,
            ')' if !in_string => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(begin + text[begin..begin + at].trim_end().trim_end_matches(',').len());
        }
        before = if before == '\\' { ' ' } else { c };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_both_spellings() {
        let statements = [
            "CREATE TABLE `a` (`x` int, FOREIGN KEY (`x`) REFERENCES `b`(`id`) ON DELETE CASCADE)",
            "ALTER TABLE `c` ADD FOREIGN KEY (`y`)REFERENCES `b`(`id`) ON DELETE CASCADE  ON UPDATE CASCADE",
            "ALTER TABLE `d` ADD FOREIGN KEY (`z`) REFERENCES `b`(`id`) ON DELETE SET NULL ON UPDATE CASCADE",
        ];
        let found = of(statements.into_iter(), Dialect::Mysql);
        let named = |table: &str, column: &str| CascadingKey { table: table.into(), columns: vec![column.into()] };
        assert_eq!(found, [named("a", "x"), named("c", "y")]);
    }

    #[test]
    fn relations_that_leave_it_unsaid() {
        let text = "datasource db {\n  provider = \"mysql\"\n}\n\nmodel B {\n  id Int @id\n  as A[]\n  cs C[] @relation(\"c)\")\n}\n\n\
                    model A {\n  id Int @id\n  x Int\n  b B @relation(fields: [x], references: [id])\n\n  @@map(\"a\")\n}\n\n\
                    model C {\n  id Int @id\n  y Int\n  b B @relation(\"c)\", fields: [y], references: [id], onDelete: Restrict)\n\n  @@map(\"c\")\n}\n";
        let schema = nicol_schema::validate(&[nicol_schema::Source::new("schema.prisma", text)]).schema.unwrap();
        let named = |table: &str, column: &str| CascadingKey { table: table.into(), columns: vec![column.into()] };
        let found = unsaid(&schema, &[named("a", "x"), named("c", "y")]);
        assert_eq!(found.fields, ["A.b"]);
        assert_eq!(
            found.texts[0],
            text.replace(
                "references: [id])\n\n  @@map(\"a\")",
                "references: [id], onDelete: Cascade)\n\n  @@map(\"a\")"
            )
        );
    }
}
