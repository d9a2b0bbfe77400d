//! A reader of SQL statements: enough of the grammar to know what a change of structure changes.
//!
//! **In**: one statement of a script (see [`nicol_db::script::split`]). **Out**: an [`Action`] with the names, columns and
//! clauses in it. What it does not know becomes [`Action::Other`] or [`Change::Other`]; nothing is an error. It knows no
//! database and judges nothing.

mod alter;
mod column;
mod cursor;
mod lexer;
mod statement;

pub(crate) use cursor::{Cursor, Name};
pub(crate) use lexer::{Token, TokenKind, first_tokens, tokens, without_leading_comments};
pub(crate) use statement::parse;

/// What a statement does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action {
    /// Opens a transaction.
    Begin,
    /// Commits.
    Commit,
    /// Rolls back.
    Rollback,
    /// `CREATE TABLE`
    CreateTable(CreateTable),
    /// `ALTER TABLE`, clause by clause.
    AlterTable { table: Name, clauses: Vec<Clause> },
    /// `CREATE INDEX`
    CreateIndex(CreateIndex),
    /// `DROP INDEX`
    DropIndex { indexes: Vec<Name>, table: Option<Name>, concurrently: bool },
    /// `DROP TABLE`
    DropTable { tables: Vec<Name>, cascade: bool },
    /// `DROP SCHEMA` or `DROP DATABASE`
    DropSchema { name: Name },
    /// `DROP` of anything else, with `CASCADE` or not.
    DropOther { cascade: bool, what: String },
    /// MySQL's `RENAME TABLE`, pair by pair.
    RenameTables(Vec<(Name, Name)>),
    /// `ALTER SCHEMA .. RENAME TO`
    RenameSchema { from: Name },
    /// `CREATE TYPE .. AS ENUM`
    CreateEnum { name: Name, values: Vec<String> },
    /// `ALTER TYPE .. ADD VALUE`
    AddEnumValue { name: Name, value: String, has_position: bool },
    /// `ALTER TYPE .. RENAME VALUE`
    RenameEnumValue { name: Name, from: String, to: String },
    /// `CREATE DOMAIN`, with a check or NOT NULL or not.
    CreateDomain { has_constraint: bool },
    /// `ALTER DOMAIN`, adding a constraint that is checked at once or not.
    AlterDomain { adds_constraint: bool },
    /// `REINDEX`
    Reindex { concurrently: bool, target: Option<Name> },
    /// `VACUUM FULL` or `CLUSTER`
    RewriteTable { table: Option<Name>, word: &'static str },
    /// `REFRESH MATERIALIZED VIEW`
    Refresh { view: Name, concurrently: bool },
    /// `TRUNCATE`
    Truncate { tables: Vec<Name>, cascade: bool },
    /// `INSERT`, `UPDATE`, `DELETE` and the like on a table.
    Rows(Rows),
    /// `LOCK TABLE`
    LockTables { tables: Vec<Name>, mode: String },
    /// `CREATE TRIGGER` on a table.
    CreateTrigger { table: Name },
    /// `DO` blocks, `CALL`, and `SELECT` of functions: what they do is not in the script.
    Opaque { what: &'static str },
    /// `SET name = ...`
    Set { name: String, value: String },
    /// `PRAGMA name = value`
    Pragma { name: String, value: String },
    /// Anything else, by its first word.
    Other(String),
}

/// A change of rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows {
    /// The table written to.
    pub(crate) table: Name,
    /// Which of them it is.
    pub(crate) kind: RowsKind,
    /// `UPDATE` and `DELETE`: there is a WHERE or a LIMIT.
    pub(crate) is_limited: bool,
    /// `INSERT`: the columns named, and for `INSERT .. SELECT` the expressions' source text in the same order.
    pub(crate) columns: Vec<String>,
    /// The expressions selected, when there is a SELECT.
    pub(crate) selected: Option<Vec<String>>,
    /// `UPDATE`: a column that is set twice.
    pub(crate) set_twice: Option<String>,
}

/// The kinds of [`Rows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowsKind {
    /// `INSERT`, `REPLACE`, `COPY FROM`
    Insert,
    /// `UPDATE`
    Update,
    /// `DELETE`
    Delete,
}

/// `CREATE TABLE`
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CreateTable {
    /// Its name.
    pub(crate) name: Name,
    /// `IF NOT EXISTS`
    pub(crate) if_not_exists: bool,
    /// `TEMPORARY`
    pub(crate) is_temporary: bool,
    /// Its columns.
    pub(crate) columns: Vec<Column>,
    /// Constraints of the table.
    pub(crate) constraints: Vec<Constraint>,
    /// `AS SELECT`: it has rows at once.
    pub(crate) is_filled: bool,
    /// `LIKE`, `PARTITION OF`, `INHERITS`: its columns are those of another table.
    pub(crate) is_like: bool,
}

/// A column's definition.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Column {
    /// Its name.
    pub(crate) name: String,
    /// Its type, in lower case with single spaces: `varchar(191)`, `timestamp(3) with time zone`.
    pub(crate) ty: String,
    /// `NOT NULL`
    pub(crate) not_null: bool,
    /// `DEFAULT`, as written.
    pub(crate) default: Option<String>,
    /// `PRIMARY KEY`
    pub(crate) is_primary: bool,
    /// `UNIQUE`
    pub(crate) is_unique: bool,
    /// `REFERENCES`
    pub(crate) references: Option<Reference>,
    /// `CHECK (..)`, its text.
    pub(crate) check: Option<String>,
    /// `GENERATED ALWAYS AS (..)`, stored (or, before it is said, virtual).
    pub(crate) generated: Option<Generated>,
    /// `GENERATED .. AS IDENTITY`
    pub(crate) is_identity: bool,
    /// `AUTO_INCREMENT`
    pub(crate) is_auto_increment: bool,
    /// `ON UPDATE CURRENT_TIMESTAMP` and other words that are not looked at, in lower case.
    pub(crate) rest: String,
}

/// How a generated column keeps its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generated {
    /// On disk.
    Stored,
    /// Computed when read.
    Virtual,
}

/// The target of a foreign key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reference {
    /// The table.
    pub(crate) table: Name,
    /// `ON DELETE CASCADE`
    pub(crate) deletes: bool,
    /// The name given to it in a column's definition.
    pub(crate) name: Option<String>,
}

/// A constraint of a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Constraint {
    /// Its name, when it is given.
    pub(crate) name: Option<String>,
    /// Which kind.
    pub(crate) kind: ConstraintKind,
    /// `NOT VALID`
    pub(crate) not_valid: bool,
    /// `USING INDEX`
    pub(crate) using_index: bool,
}

/// The kinds of constraints.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ConstraintKind {
    /// `PRIMARY KEY (..)`
    Primary(Vec<String>),
    /// `UNIQUE (..)`
    Unique(Vec<String>),
    /// `FOREIGN KEY (..) REFERENCES ..`
    Foreign(Vec<String>, Reference),
    /// `CHECK (..)`: the condition.
    Check(String),
    /// `NOT NULL column` as a constraint of its own (PostgreSQL 18).
    NotNull(String),
    /// `EXCLUDE`
    Exclude,
}

/// `CREATE INDEX`, and the index clauses of MySQL.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CreateIndex {
    /// Its name, when it is given.
    pub(crate) name: Option<String>,
    /// The table.
    pub(crate) table: Name,
    /// Its columns; expressions as written.
    pub(crate) columns: Vec<String>,
    /// `UNIQUE`
    pub(crate) is_unique: bool,
    /// `FULLTEXT` or `SPATIAL`
    pub(crate) special: Option<&'static str>,
    /// `CONCURRENTLY`
    pub(crate) concurrently: bool,
    /// `IF NOT EXISTS`
    pub(crate) if_not_exists: bool,
}

/// One clause of an `ALTER TABLE`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clause {
    /// What it changes.
    pub(crate) change: Change,
    /// First byte of it in the statement.
    pub(crate) start: usize,
    /// The byte after it.
    pub(crate) end: usize,
}

/// What a clause changes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// `ADD COLUMN`
    AddColumn(Column),
    /// `DROP COLUMN`
    DropColumn { column: String, cascade: bool },
    /// `ALTER COLUMN .. TYPE`, with the expression of `USING`.
    Type { column: String, ty: String, using: Option<String> },
    /// `SET NOT NULL`
    SetNotNull(String),
    /// `DROP NOT NULL`
    DropNotNull(String),
    /// `SET DEFAULT` or `DROP DEFAULT`
    Default { column: String, default: Option<String> },
    /// `MODIFY` and `CHANGE`: the column's old name and its complete new definition.
    Modify { column: String, definition: Column },
    /// `ADD CONSTRAINT` and its short forms.
    AddConstraint(Constraint),
    /// `ADD INDEX`
    AddIndex(CreateIndex),
    /// `DROP CONSTRAINT`, `DROP FOREIGN KEY`, `DROP CHECK`
    DropConstraint { name: String, is_foreign: bool, cascade: bool },
    /// `DROP PRIMARY KEY`
    DropPrimaryKey,
    /// `DROP INDEX`
    DropIndex(String),
    /// `VALIDATE CONSTRAINT`
    Validate(String),
    /// `RENAME COLUMN`
    RenameColumn { from: String, to: String },
    /// `RENAME TO`
    RenameTable(Name),
    /// `RENAME INDEX`, `RENAME CONSTRAINT`
    RenameOther,
    /// `DETACH PARTITION`
    Detach { concurrently: bool },
    /// `ATTACH PARTITION`
    Attach(Name),
    /// `CONVERT TO CHARACTER SET`
    Convert,
    /// `ENGINE = ..`, `FORCE`, `ROW_FORMAT = ..`: the table is built anew.
    Rebuild,
    /// `SET (..)`, `SET STATISTICS`, `COMMENT`
    Setting,
    /// `ALGORITHM = ..`, `LOCK = ..`: the server refuses what would need more.
    Limit { algorithm: Option<String>, lock: Option<String> },
    /// Anything else, by its first word.
    Other(String),
}
