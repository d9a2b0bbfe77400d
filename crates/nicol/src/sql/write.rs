//! INSERT, UPDATE and DELETE statements.

use nicol_db::{Dialect, Value};

use super::{Source, Statement, Writer};
use crate::error::Result;
use crate::filter::{Condition, JoinTable};
use crate::meta::TableMeta;
use crate::operation::Patch;
use crate::scalar::StepKind;

/// A kind of statement that changes rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Insert,
    Update,
    Delete,
}

/// True when the database can give back the rows that a statement changed.
pub(crate) fn has_returning(dialect: Dialect, verb: Verb) -> bool {
    match (dialect, verb) {
        (Dialect::Sqlite | Dialect::Postgres | Dialect::Cockroachdb, _) => true,
        (Dialect::Mariadb, Verb::Insert | Verb::Delete) => true,
        (Dialect::Mariadb, Verb::Update) | (Dialect::Mysql, _) => false,
    }
}

/// Rows to insert.
pub(crate) struct Insert<'a> {
    pub(crate) table: &'static TableMeta,
    /// The columns given.
    pub(crate) columns: &'a [u16],
    /// A cell for each column; none is the database's default.
    pub(crate) rows: Vec<Vec<Option<Value>>>,
    /// The columns wanted back; only where [`has_returning`].
    pub(crate) returning: &'a [u16],
    pub(crate) conflict: Conflict<'a>,
}

/// What to do when a row with the same unique key is there already.
#[derive(Clone, Copy)]
pub(crate) enum Conflict<'a> {
    /// An error.
    Fail,
    /// Leave it as it is: when it is equal in these columns, or in any unique key when there are none. MySQL and MariaDB
    /// look at all unique keys in any case.
    Keep(&'a [u16]),
    /// Change it when it is equal in these columns and fulfils the condition. MySQL and MariaDB look at all unique keys and
    /// know no condition.
    Update { target: &'a [u16], patch: &'a Patch, condition: Option<&'a Condition> },
}

/// Rows to insert below another new row, in the same statement.
pub(crate) struct Below<'a> {
    pub(crate) insert: Insert<'a>,
    /// The columns of the foreign key, each with the column of the row above that it refers to.
    pub(crate) foreign_key: &'a [(u16, u16)],
}

/// Inserts a row and rows below it in one statement (PostgreSQL), and gives columns of the first back.
pub(crate) fn insert_tree(above: Insert<'_>, below: Vec<Below<'_>>, wanted: &[u16]) -> Result<Statement> {
    // No table is called so: the target of an INSERT may not have the name of a WITH query.
    const ABOVE: &str = "nicol: above";
    let table = above.table;
    let mut sql = Writer::new(Dialect::Postgres);
    sql.push("WITH ");
    sql.name(ABOVE);
    sql.push(" AS (");
    sql.insert(above);
    sql.push(")");
    for (number, Below { insert, foreign_key }) in below.into_iter().enumerate() {
        sql.push(", ");
        sql.name(&format!("nicol: below {number}"));
        sql.push(" AS (INSERT INTO ");
        sql.table(insert.table);
        sql.push(" (");
        let columns = foreign_key.iter().map(|(column, _)| column).chain(insert.columns);
        sql.separated(", ", columns, |sql, &column| sql.name(insert.table.column(column).column));
        sql.push(") VALUES ");
        sql.separated(", ", insert.rows, |sql, row| {
            sql.push("(");
            sql.separated(", ", foreign_key, |sql, (_, reference)| {
                sql.push("(SELECT ");
                sql.name(table.column(*reference).column);
                sql.push(" FROM ");
                sql.name(ABOVE);
                sql.push(")");
            });
            for cell in row {
                sql.push(", ");
                sql.cell(cell);
            }
            sql.push(")");
        });
        sql.push(")");
    }
    sql.push(" SELECT ");
    sql.separated(", ", wanted, |sql, &column| sql.name(table.column(column).column));
    sql.push(" FROM ");
    sql.name(ABOVE);
    sql.finish()
}

/// Inserts rows.
pub(crate) fn insert(dialect: Dialect, insert: Insert<'_>) -> Result<Statement> {
    let mut sql = Writer::new(dialect);
    sql.insert(insert);
    sql.finish()
}

/// Inserts any number of rows by one text (PostgreSQL): each column is an array of the type named.
pub(crate) fn insert_arrays(
    table: &'static TableMeta,
    (columns, types): (&[u16], &[String]),
    arrays: Vec<Vec<Value>>,
    returning: &[u16],
    conflict: Conflict<'_>,
) -> Result<Statement> {
    let mut sql = Writer::new(Dialect::Postgres);
    sql.push("INSERT INTO ");
    sql.table(table);
    sql.push(" (");
    sql.separated(", ", columns, |sql, &column| sql.name(table.column(column).column));
    sql.push(") SELECT * FROM UNNEST(");
    sql.separated(", ", arrays.into_iter().zip(types), |sql, (array, of_value)| {
        sql.bind(Value::List(array));
        sql.push("::");
        sql.push(of_value);
        sql.push("[]");
    });
    sql.push(")");
    sql.conflict(table, conflict);
    sql.returning(table, returning);
    sql.finish()
}

/// Columns of rows as they are now, whatever the transaction has read before; with `lock` nobody changes them before its end.
pub(crate) fn pick(
    dialect: Dialect,
    table: &'static TableMeta,
    columns: &[u16],
    which: Which<'_>,
    lock: bool,
) -> Result<Statement> {
    let mut sql = Writer::new(dialect);
    sql.push("SELECT ");
    sql.separated(", ", columns, |sql, &column| sql.name(table.column(column).column));
    sql.push(" FROM ");
    sql.table(table);
    sql.filter(table, Source::Table(table), which.condition);
    if let Some(limit) = which.limit {
        sql.push(" LIMIT ");
        sql.bind(Value::BigInt(i64::try_from(limit).unwrap_or(i64::MAX)));
    }
    if lock && dialect.is_mysql_family() {
        sql.push(" FOR UPDATE");
    }
    sql.finish()
}

/// Inserts pairs into a join table; pairs that are there already stay.
pub(crate) fn insert_join_rows(
    dialect: Dialect,
    (schema, table): (Option<&str>, &str),
    columns: (&str, &str),
    pairs: &[(Value, Value)],
) -> Result<Statement> {
    let mut sql = Writer::new(dialect);
    // IGNORE would hide a missing row at either end; assigning a column to itself changes nothing.
    sql.push("INSERT INTO ");
    sql.table_name(schema, table);
    sql.push(" (");
    sql.name(columns.0);
    sql.push(", ");
    sql.name(columns.1);
    sql.push(") VALUES ");
    sql.separated(", ", pairs, |sql, (here, there)| {
        sql.push("(");
        sql.bind(here.clone());
        sql.push(", ");
        sql.bind(there.clone());
        sql.push(")");
    });
    match dialect {
        Dialect::Sqlite | Dialect::Postgres | Dialect::Cockroachdb => sql.push(" ON CONFLICT DO NOTHING"),
        Dialect::Mysql | Dialect::Mariadb => {
            sql.push(" ON DUPLICATE KEY UPDATE ");
            sql.name(columns.0);
            sql.push(" = ");
            sql.name(table);
            sql.push(".");
            sql.name(columns.0);
        }
    }
    sql.finish()
}

/// Which rows of a join table to delete, of those that belong to one row.
pub(crate) enum Ties<'a> {
    /// Those to these rows.
    To(&'a [Value]),
    /// Those to any other rows.
    NotTo(&'a [Value]),
    /// Those to rows of a table that fulfil a condition.
    Where(&'static TableMeta, u16, &'a Condition),
}

/// Deletes rows of a join table: those with `known` in its column for the known side.
pub(crate) fn delete_join_rows(dialect: Dialect, join: JoinTable, known: &Value, ties: &Ties<'_>) -> Result<Statement> {
    let mut sql = Writer::new(dialect);
    sql.push("DELETE FROM ");
    sql.table_name(join.schema, join.table);
    sql.push(" WHERE ");
    sql.name(join.known);
    sql.push(" = ");
    sql.bind(known.clone());
    match ties {
        Ties::NotTo([]) => {}
        Ties::To(values) | Ties::NotTo(values) => {
            sql.push(" AND ");
            sql.one_of(None, |sql| sql.name(join.wanted), values, matches!(ties, Ties::NotTo(_)));
        }
        Ties::Where(table, column, condition) => {
            sql.push(" AND ");
            sql.name(join.wanted);
            sql.push(" IN (SELECT ");
            sql.name(table.column(*column).column);
            sql.push(" FROM ");
            sql.table(table);
            sql.filter(table, Source::Table(table), Some(condition));
            sql.push(")");
        }
    }
    sql.finish()
}

/// Which rows of a table to change: those that fulfil a condition, at most so many of them.
#[derive(Clone, Copy, Default)]
pub(crate) struct Which<'a> {
    pub(crate) condition: Option<&'a Condition>,
    pub(crate) limit: Option<u64>,
}

impl<'a> From<&'a Condition> for Which<'a> {
    fn from(condition: &'a Condition) -> Self {
        Which { condition: Some(condition), limit: None }
    }
}

/// Updates rows.
pub(crate) fn update<'a>(
    dialect: Dialect,
    table: &'static TableMeta,
    patch: &Patch,
    which: impl Into<Which<'a>>,
    returning: &[u16],
) -> Result<Statement> {
    let mut sql = Writer::new(dialect);
    sql.push("UPDATE ");
    sql.table(table);
    sql.push(" SET ");
    sql.assignments(table, patch);
    sql.target_filter(table, which.into());
    sql.returning(table, returning);
    sql.finish()
}

/// Deletes rows.
pub(crate) fn delete<'a>(
    dialect: Dialect,
    table: &'static TableMeta,
    which: impl Into<Which<'a>>,
    returning: &[u16],
) -> Result<Statement> {
    let mut sql = Writer::new(dialect);
    sql.push("DELETE FROM ");
    sql.table(table);
    sql.target_filter(table, which.into());
    sql.returning(table, returning);
    sql.finish()
}

impl Writer {
    fn insert(&mut self, insert: Insert<'_>) {
        let sql = self;
        sql.refuse_zero(&insert);
        sql.push("INSERT INTO ");
        sql.table(insert.table);
        match (insert.columns, sql.dialect) {
            ([], Dialect::Mysql | Dialect::Mariadb) => {
                sql.push(" () VALUES ");
                sql.separated(", ", insert.rows, |sql, _| sql.push("()"));
            }
            ([], Dialect::Sqlite | Dialect::Postgres | Dialect::Cockroachdb) => sql.push(" DEFAULT VALUES"),
            (columns, _) => {
                sql.push(" (");
                sql.separated(", ", columns, |sql, &column| sql.name(insert.table.column(column).column));
                sql.push(") VALUES ");
                sql.separated(", ", insert.rows, |sql, row| {
                    sql.push("(");
                    sql.separated(", ", row, Writer::cell);
                    sql.push(")");
                });
            }
        }
        sql.conflict(insert.table, insert.conflict);
        sql.returning(insert.table, insert.returning);
    }

    /// MySQL and MariaDB give a row with 0 in such a column another number, by which nobody would look for it.
    fn refuse_zero(&mut self, insert: &Insert<'_>) {
        let numbers = |column: &u16| insert.table.column(*column).default == crate::meta::Default::Autoincrement;
        let is_zero = |cell: &Option<Value>| matches!(cell, Some(Value::Int(0) | Value::BigInt(0)));
        if self.dialect.is_mysql_family()
            && let Some(place) = insert.columns.iter().position(numbers)
            && insert.rows.iter().any(|row| row.get(place).is_some_and(is_zero))
        {
            self.refuse("takes 0 in an autoincrement column for the next number");
        }
    }

    /// A value, or the word for the column's default.
    fn cell(&mut self, cell: Option<Value>) {
        match cell {
            Some(value) => self.bind(value),
            None => self.push("DEFAULT"),
        }
    }

    fn assignments(&mut self, table: &'static TableMeta, patch: &Patch) {
        self.separated(", ", &patch.assigns, |sql, (column, assign)| {
            sql.name(table.column(*column).column);
            sql.push(" = ");
            if let Some(step) = assign.step {
                sql.column(Source::Table(table), table, *column);
                sql.push(match step {
                    StepKind::Push => " || ",
                    StepKind::Add => " + ",
                    StepKind::Subtract => " - ",
                    StepKind::Multiply => " * ",
                    StepKind::Divide => " / ",
                });
            }
            match assign.step {
                Some(_) => sql.bind_number(assign.value.clone()),
                None => sql.bind(assign.value.clone()),
            }
        });
    }

    /// The WHERE of a statement that changes `table`.
    fn target_filter(&mut self, table: &'static TableMeta, Which { condition, limit }: Which<'_>) {
        let source = Source::Table(table);
        let is_mysql = self.dialect.is_mysql_family();
        let is_relational = condition.is_some_and(Condition::is_relational);
        match limit {
            None if !(is_mysql && is_relational && !table.key.is_empty()) => {
                return self.filter(table, source, condition);
            }
            Some(_) if table.key.is_empty() => return self.refuse("limits no change of a table without a key"),
            None | Some(_) => {}
        }
        let alias = Source::Alias(self.alias());
        self.push(" WHERE (");
        self.separated(", ", table.key, |sql, &column| sql.column(source, table, column));
        // MySQL refuses subqueries on the table that changes, and limits in them, unless they are one level down in a derived
        // table.
        self.push(if is_mysql { ") IN (SELECT * FROM (SELECT " } else { ") IN (SELECT " });
        self.separated(", ", table.key, |sql, &column| sql.column(alias, table, column));
        self.push(" FROM ");
        self.table(table);
        self.push(" AS ");
        self.qualifier(alias);
        self.filter(table, alias, condition);
        if let Some(limit) = limit {
            self.push(" LIMIT ");
            self.bind(Value::BigInt(i64::try_from(limit).unwrap_or(i64::MAX)));
        }
        self.push(if is_mysql { ") AS target)" } else { ")" });
    }

    fn conflict(&mut self, table: &'static TableMeta, conflict: Conflict<'_>) {
        let names = |sql: &mut Self, columns: &[u16]| {
            sql.separated(", ", columns, |sql, &column| sql.name(table.column(column).column));
        };
        match (conflict, self.dialect) {
            (Conflict::Fail, _) => {}
            (Conflict::Keep([]), Dialect::Sqlite | Dialect::Postgres | Dialect::Cockroachdb) => {
                self.push(" ON CONFLICT DO NOTHING");
            }
            (Conflict::Keep(target), Dialect::Sqlite | Dialect::Postgres | Dialect::Cockroachdb) => {
                self.push(" ON CONFLICT (");
                names(self, target);
                self.push(") DO NOTHING");
            }
            (Conflict::Keep(target), Dialect::Mysql | Dialect::Mariadb) => {
                // IGNORE would hide other errors; assigning a column to itself changes nothing.
                let column = target.first().or(table.key.first()).copied().unwrap_or_default();
                self.push(" ON DUPLICATE KEY UPDATE ");
                self.name(table.column(column).column);
                self.push(" = ");
                self.column(Source::Table(table), table, column);
            }
            (
                Conflict::Update { target, patch, condition },
                Dialect::Sqlite | Dialect::Postgres | Dialect::Cockroachdb,
            ) => {
                self.push(" ON CONFLICT (");
                names(self, target);
                self.push(") DO UPDATE SET ");
                self.assignments(table, patch);
                self.filter(table, Source::Table(table), condition);
            }
            (Conflict::Update { patch, .. }, Dialect::Mysql | Dialect::Mariadb) => {
                self.push(" ON DUPLICATE KEY UPDATE ");
                self.assignments(table, patch);
            }
        }
    }

    fn returning(&mut self, table: &TableMeta, columns: &[u16]) {
        if !columns.is_empty() {
            self.push(" RETURNING ");
            self.separated(", ", columns, |sql, &column| sql.name(table.column(column).column));
        }
    }
}
