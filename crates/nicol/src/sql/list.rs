//! Tests of list columns: arrays where the database has them, JSON arrays elsewhere. NULL answers no test, as arrays have it.

use nicol_db::{Dialect, Value};

use super::{Source, Writer};
use crate::filter::ListTest;
use crate::meta::TableMeta;

impl Writer {
    pub(super) fn list_test(&mut self, table: &'static TableMeta, source: Source, column: u16, test: &ListTest) {
        let list = |sql: &mut Self| sql.column(source, table, column);
        match self.dialect {
            Dialect::Postgres | Dialect::Cockroachdb => self.array_test(list, test),
            Dialect::Sqlite => self.list_test_sqlite(list, test),
            Dialect::Mysql | Dialect::Mariadb => self.list_test_mysql(list, test),
        }
    }

    fn elements(&mut self, values: &[Value]) {
        self.bind(Value::List(values.to_vec()));
    }

    fn array_test(&mut self, list: impl Fn(&mut Self), test: &ListTest) {
        match test {
            ListTest::HasEvery(values) => {
                list(self);
                self.push(" @> ");
                self.elements(values);
            }
            ListTest::HasSome(values) => {
                list(self);
                self.push(" && ");
                self.elements(values);
            }
            ListTest::IsEmpty(is_empty) => {
                self.push("cardinality(");
                list(self);
                self.push(if *is_empty { ") = 0" } else { ") > 0" });
            }
        }
    }

    fn list_test_sqlite(&mut self, list: impl Fn(&mut Self), test: &ListTest) {
        match test {
            ListTest::HasEvery(values) => {
                self.push("CASE WHEN ");
                list(self);
                self.push(" IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_each(");
                self.elements(values);
                self.push(") AS w WHERE w.value NOT IN (SELECT e.value FROM json_each(");
                list(self);
                self.push(") AS e)) END");
            }
            ListTest::HasSome(values) => {
                self.push("CASE WHEN ");
                list(self);
                self.push(" IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each(");
                self.elements(values);
                self.push(") AS w WHERE w.value IN (SELECT e.value FROM json_each(");
                list(self);
                self.push(") AS e)) END");
            }
            ListTest::IsEmpty(is_empty) => {
                self.push("json_array_length(");
                list(self);
                self.push(if *is_empty { ") = 0" } else { ") > 0" });
            }
        }
    }

    fn list_test_mysql(&mut self, list: impl Fn(&mut Self), test: &ListTest) {
        let values = match test {
            ListTest::HasEvery(values) => {
                self.push("JSON_CONTAINS(");
                values
            }
            ListTest::HasSome(values) => {
                self.push("JSON_OVERLAPS(");
                values
            }
            ListTest::IsEmpty(is_empty) => {
                self.push("JSON_LENGTH(");
                list(self);
                return self.push(if *is_empty { ") = 0" } else { ") > 0" });
            }
        };
        list(self);
        self.push(", ");
        self.elements(values);
        self.push(")");
    }
}
