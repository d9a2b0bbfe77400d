//! The clauses of `ALTER TABLE`.

use super::cursor::{Cursor, Name};
use super::{Change, Clause, CreateIndex, column};

/// Every clause after the table's name.
pub(super) fn clauses(cursor: &mut Cursor<'_>, table: &Name) -> Vec<Clause> {
    let mut found = Vec::new();
    for mut item in cursor.clauses() {
        let (start, end) = (item.offset(), item.tokens.last().map_or(item.offset(), super::Token::end));
        for change in changes(&mut item, table) {
            found.push(Clause { change, start, end });
        }
    }
    found
}

/// One clause; MySQL's `ADD COLUMN (a INT, b INT)` is several.
fn changes(cursor: &mut Cursor<'_>, table: &Name) -> Vec<Change> {
    let first = cursor.word();
    if cursor.take("ADD") {
        let start = cursor.at;
        cursor.take("COLUMN");
        cursor.if_exists();
        if cursor.is_mark('(') {
            let columns = cursor.items().into_iter().filter_map(|mut item| add_column(&mut item));
            return columns.collect();
        }
        cursor.at = start;
        return add(cursor, table).into_iter().collect();
    }
    vec![one(cursor).unwrap_or(Change::Other(first))]
}

fn add_column(cursor: &mut Cursor<'_>) -> Option<Change> {
    let name = cursor.identifier()?;
    Some(Change::AddColumn(column::definition(name, cursor)))
}

/// What follows `ADD`.
fn add(cursor: &mut Cursor<'_>, table: &Name) -> Option<Change> {
    if !cursor.is("COLUMN") {
        if let Some(constraint) = column::constraint(cursor) {
            return Some(Change::AddConstraint(constraint));
        }
        let special = cursor.take_any(&["FULLTEXT", "SPATIAL"]);
        if cursor.take("INDEX") || cursor.take("KEY") || special.is_some() {
            cursor.if_exists();
            let name = if cursor.is_mark('(') { None } else { cursor.identifier() };
            cursor.take("USING BTREE");
            let columns = cursor.columns();
            return Some(Change::AddIndex(CreateIndex {
                name,
                table: table.clone(),
                columns,
                is_unique: false,
                special,
                concurrently: false,
                if_not_exists: false,
            }));
        }
        if cursor.is("PARTITION") {
            return Some(Change::Other("PARTITION".to_string()));
        }
    }
    cursor.take("COLUMN");
    cursor.if_exists();
    add_column(cursor)
}

fn one(cursor: &mut Cursor<'_>) -> Option<Change> {
    let change = match cursor.word().as_str() {
        "DROP" => drop(cursor)?,
        "ALTER" => alter(cursor)?,
        "MODIFY" => {
            cursor.take("MODIFY");
            cursor.take("COLUMN");
            cursor.if_exists();
            let name = cursor.identifier()?;
            Change::Modify { column: name.clone(), definition: column::definition(name, cursor) }
        }
        "CHANGE" => {
            cursor.take("CHANGE");
            cursor.take("COLUMN");
            cursor.if_exists();
            let old = cursor.identifier()?;
            let new = cursor.identifier()?;
            Change::Modify { column: old, definition: column::definition(new, cursor) }
        }
        "RENAME" => rename(cursor)?,
        "VALIDATE" => {
            cursor.take("VALIDATE CONSTRAINT");
            Change::Validate(cursor.identifier()?)
        }
        "DETACH" => Change::Detach { concurrently: cursor.has("CONCURRENTLY") },
        "ATTACH" => {
            cursor.take("ATTACH PARTITION");
            Change::Attach(cursor.name()?)
        }
        "CONVERT" => Change::Convert,
        "ENGINE" | "FORCE" | "ROW_FORMAT" | "KEY_BLOCK_SIZE" => Change::Rebuild,
        "SET" | "RESET" | "COMMENT" | "AUTO_INCREMENT" | "STATS_PERSISTENT" => {
            let rebuilds = cursor.has("TABLESPACE") || cursor.has("LOGGED") || cursor.has("UNLOGGED");
            if rebuilds { Change::Rebuild } else { Change::Setting }
        }
        "ALGORITHM" | "LOCK" => limit(cursor),
        _ => return None,
    };
    Some(change)
}

fn drop(cursor: &mut Cursor<'_>) -> Option<Change> {
    cursor.take("DROP");
    if cursor.take("PRIMARY KEY") {
        return Some(Change::DropPrimaryKey);
    }
    let is_foreign = cursor.take("FOREIGN KEY");
    if is_foreign || cursor.take("CONSTRAINT") || cursor.take("CHECK") {
        cursor.if_exists();
        let name = cursor.identifier()?;
        return Some(Change::DropConstraint { name, is_foreign, cascade: cursor.has("CASCADE") });
    }
    if cursor.take("INDEX") || cursor.take("KEY") {
        cursor.if_exists();
        return Some(Change::DropIndex(cursor.identifier()?));
    }
    if cursor.is("PARTITION") {
        return Some(Change::Other("DROP PARTITION".to_string()));
    }
    cursor.take("COLUMN");
    cursor.if_exists();
    let column = cursor.identifier()?;
    Some(Change::DropColumn { column, cascade: cursor.has("CASCADE") })
}

fn alter(cursor: &mut Cursor<'_>) -> Option<Change> {
    cursor.take("ALTER");
    if cursor.is("INDEX") || cursor.is("CONSTRAINT") {
        return Some(Change::Setting);
    }
    cursor.take("COLUMN");
    let column = cursor.identifier()?;
    if cursor.take("SET NOT NULL") {
        return Some(Change::SetNotNull(column));
    }
    if cursor.take("DROP NOT NULL") {
        return Some(Change::DropNotNull(column));
    }
    if cursor.take("SET DEFAULT") {
        return Some(Change::Default { column, default: Some(cursor.rest().to_string()) });
    }
    if cursor.take("DROP DEFAULT") {
        return Some(Change::Default { column, default: None });
    }
    if cursor.take("SET DATA TYPE") || cursor.take("TYPE") {
        let ty = column::ty(cursor);
        if cursor.take("COLLATE") {
            cursor.name();
        }
        let using = cursor.take("USING").then(|| cursor.rest().to_string());
        return Some(Change::Type { column, ty, using });
    }
    let sets = cursor.is("SET") || cursor.is("RESET");
    sets.then_some(Change::Setting)
}

fn rename(cursor: &mut Cursor<'_>) -> Option<Change> {
    cursor.take("RENAME");
    if cursor.take_any(&["INDEX", "KEY", "CONSTRAINT"]).is_some() {
        return Some(Change::RenameOther);
    }
    if cursor.take_any(&["TO", "AS"]).is_some() {
        return Some(Change::RenameTable(cursor.name()?));
    }
    let said = cursor.take("COLUMN");
    let start = cursor.at;
    let from = cursor.identifier()?;
    if cursor.take("TO") {
        return Some(Change::RenameColumn { from, to: cursor.identifier()? });
    }
    // MySQL: `RENAME new_name`
    cursor.at = start;
    if said { None } else { Some(Change::RenameTable(cursor.name()?)) }
}

fn limit(cursor: &mut Cursor<'_>) -> Change {
    let is_algorithm = cursor.take("ALGORITHM");
    cursor.take("LOCK");
    cursor.take_mark('=');
    let value = Some(cursor.word());
    if is_algorithm {
        Change::Limit { algorithm: value, lock: None }
    } else {
        Change::Limit { algorithm: None, lock: value }
    }
}
