//! JSON columns: places inside a document, and what can be asked there.

use std::marker::PhantomData;

use super::Col;
use crate::Marks;
use crate::filter::{Comparison, Condition, Filter, JsonTest, Place, Step};
use crate::scalar::{Document, Given};
use crate::types::Json;

/// A step of a path: the key of an object, or the index of an array.
#[derive(Debug, Clone, PartialEq)]
pub struct PathStep(Step);

impl From<&str> for PathStep {
    fn from(key: &str) -> Self {
        PathStep(Step::Key(key.to_owned()))
    }
}

impl From<String> for PathStep {
    fn from(key: String) -> Self {
        PathStep(Step::Key(key))
    }
}

impl From<u32> for PathStep {
    fn from(index: u32) -> Self {
        PathStep(Step::Index(index))
    }
}

impl<M, T: Document> Col<M, T> {
    fn place(self) -> JsonPlace<M> {
        JsonPlace { column: self.index, path: Vec::new(), table: PhantomData }
    }

    /// The place in the document below the key of an object: `post::data.key("author").key("age").gt(30)`.
    pub fn key(self, key: impl Into<String>) -> JsonPlace<M> {
        self.place().key(key)
    }

    /// The element of an array, from 0.
    pub fn at(self, index: u32) -> JsonPlace<M> {
        self.place().at(index)
    }

    /// The place at the end of a path; the document itself for an empty one.
    pub fn path<P: Into<PathStep>>(self, steps: impl IntoIterator<Item = P>) -> JsonPlace<M> {
        self.place().path(steps)
    }

    /// Holds JSON's own `null` (which is not NULL).
    pub fn is_json_null(self) -> Filter<M> {
        self.place().is_json_null()
    }

    /// Holds JSON's `null`, or is NULL.
    pub fn is_any_null(self) -> Filter<M> {
        self.place().is_any_null()
    }

    /// Is a text that contains this one.
    pub fn string_contains(self, text: impl Given<String>) -> Filter<M> {
        self.place().string_contains(text)
    }

    /// Is an array with this element, or with all elements of this array.
    pub fn array_contains(self, value: impl Into<Json>) -> Filter<M> {
        self.place().array_contains(value)
    }
}

/// A place in a JSON document.
#[must_use]
pub struct JsonPlace<M> {
    column: u16,
    path: Vec<Step>,
    table: Marks<M>,
}

impl<M> JsonPlace<M> {
    /// Below the key of an object.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.path.push(Step::Key(key.into()));
        self
    }

    /// The element of an array, from 0.
    pub fn at(mut self, index: u32) -> Self {
        self.path.push(Step::Index(index));
        self
    }

    /// Further along a path.
    pub fn path<P: Into<PathStep>>(mut self, steps: impl IntoIterator<Item = P>) -> Self {
        self.path.extend(steps.into_iter().map(|step| step.into().0));
        self
    }

    fn test(self, test: JsonTest) -> Filter<M> {
        Filter::new(Condition::Json { column: self.column, path: self.path, test })
    }

    fn compare(self, comparison: Comparison, value: impl Into<Json>) -> Filter<M> {
        self.test(JsonTest::Compare(comparison, value.into()))
    }

    /// Equal to this value.
    pub fn eq(self, value: impl Into<Json>) -> Filter<M> {
        self.compare(Comparison::Equal, value)
    }

    /// Different from this value; a place that is not there is not different.
    pub fn ne(self, value: impl Into<Json>) -> Filter<M> {
        self.compare(Comparison::NotEqual, value)
    }

    /// A number less than this number, or a text before this text.
    pub fn lt(self, value: impl Into<Json>) -> Filter<M> {
        self.compare(Comparison::Less, value)
    }

    /// As [`lt`](JsonPlace::lt), or equal.
    pub fn lte(self, value: impl Into<Json>) -> Filter<M> {
        self.compare(Comparison::LessOrEqual, value)
    }

    /// A number greater than this number, or a text after this text.
    pub fn gt(self, value: impl Into<Json>) -> Filter<M> {
        self.compare(Comparison::Greater, value)
    }

    /// As [`gt`](JsonPlace::gt), or equal.
    pub fn gte(self, value: impl Into<Json>) -> Filter<M> {
        self.compare(Comparison::GreaterOrEqual, value)
    }

    /// JSON's own `null`.
    pub fn is_json_null(self) -> Filter<M> {
        self.test(JsonTest::Null)
    }

    /// Nothing is there: the column is NULL, or the document has no such place.
    pub fn is_missing(self) -> Filter<M> {
        self.test(JsonTest::Missing)
    }

    /// JSON's own `null`, or nothing.
    pub fn is_any_null(self) -> Filter<M> {
        let JsonPlace { column, path, .. } = self;
        let missing = Condition::Json { column, path: path.clone(), test: JsonTest::Missing };
        let null = Condition::Json { column, path, test: JsonTest::Null };
        Filter::new(Condition::Any(vec![null, missing]))
    }

    /// A text that contains this one.
    pub fn string_contains(self, text: impl Given<String>) -> Filter<M> {
        self.test(JsonTest::Text(Place::Anywhere, text.given(), false))
    }

    /// A text that begins with this one.
    pub fn string_starts_with(self, text: impl Given<String>) -> Filter<M> {
        self.test(JsonTest::Text(Place::Start, text.given(), false))
    }

    /// A text that ends with this one.
    pub fn string_ends_with(self, text: impl Given<String>) -> Filter<M> {
        self.test(JsonTest::Text(Place::End, text.given(), false))
    }

    /// A text that contains this one, letter case aside.
    pub fn insensitive_contains(self, text: impl Given<String>) -> Filter<M> {
        self.test(JsonTest::Text(Place::Anywhere, text.given(), true))
    }

    /// An array with this element, or with all elements of this array.
    pub fn array_contains(self, value: impl Into<Json>) -> Filter<M> {
        let wanted = match value.into() {
            Json::Array(values) => values,
            value => vec![value],
        };
        self.test(JsonTest::ArrayHas(wanted))
    }

    /// An array that begins with this element.
    pub fn array_starts_with(self, value: impl Into<Json>) -> Filter<M> {
        self.test(JsonTest::ArrayFirst(value.into()))
    }

    /// An array that ends with this element.
    pub fn array_ends_with(self, value: impl Into<Json>) -> Filter<M> {
        self.test(JsonTest::ArrayLast(value.into()))
    }
}
