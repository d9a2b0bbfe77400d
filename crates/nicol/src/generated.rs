//! The macros that generated code is made of: a schema's models as tables of names and types, from which these make the
//! structs, constants, forms and setters. For generated code only; not part of the public interface.

/// A model: the struct of its rows, its columns, relations and keys as constants, the forms of new rows, and changes. The type
/// `Model` stands outside, so that the compiler can show where it is without showing all of this.
///
/// A column is marked `must` when forms have it as a field, `set` when they have a setter for it. A relation is marked `must`
/// likewise, `parent` when its setter takes the row that a new row belongs to, `below` when it takes rows below a new row.
///
/// Metadata stands in parentheses, one token tree, so that rules that do not use it do not parse it; setters are one call each:
/// the compiler reads all of this again after every edit of the crate.
#[doc(hidden)]
#[macro_export]
macro_rules! model {
    (
        $(#[$doc:meta])*
        $row:ident = $model:literal, $schema:expr, $table:literal, key $key:tt;
        columns $columns:tt
        relations $relations:tt
        uniques $uniques:tt
        forms $forms:tt
        writes $writes:ident
    ) => {
        $crate::model! { @table [$(#[$doc])*] $row [$model, $schema, $table, $key] $columns $relations $uniques }
        $crate::model! { @forms $columns $relations $forms }
        $crate::model! { @writes $writes $columns $relations }
    };

    (
        @table [$(#[$doc:meta])*] $row:ident [$model:literal, $schema:expr, $table:literal, $key:tt]
        { $($(#[$about:meta])* $mark:ident $column:ident: $ty:ty = $at:literal, $meta:tt;)* }
        { $($kin:ident $relation:ident: $kind:ident<$target:ty, $form:ty, $hold:ident> = $place:literal, $field:literal, $link:tt;)* }
        { $($by:ident($($part:ident: $of:ty = $of_column:literal),*) = $name:literal;)* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $row {
            $($(#[$about])* pub $column: $ty,)*
        }

        $(pub const $column: $crate::Col<Model, $ty> = $crate::Col::new($at);)*
        $(pub const $relation: $crate::$kind<Model, $target> = $crate::$kind::new($place);)*

        $(
            pub fn $by($($part: impl $crate::Given<$of>),*) -> $crate::Unique<Model> {
                $crate::Unique::by([$(($of_column, $crate::value::<$of>($part))),*])
            }
        )*

        impl $crate::Table for Model {
            type Row = $row;
            const META: &'static $crate::meta::TableMeta = {
                #[allow(unused_imports, clippy::enum_glob_use, clippy::wildcard_imports, reason = "generated code")]
                use $crate::meta::{*, Kind::*};
                &TableMeta {
                    model: $model,
                    table: $table,
                    schema: $schema,
                    columns: &[$($meta),*],
                    key: &$key,
                    uniques: &[$(UniqueMeta { name: $name, columns: &[$($of_column),*] }),*],
                    relations: &[$(RelationMeta {
                        field: $field,
                        target: of::<$target>,
                        is_many: $crate::$kind::<Model, $target>::IS_MANY,
                        link: $link,
                    }),*],
                }
            };
        }

        impl $crate::Shaped for $row {
            type Table = Model;
            fn decode(__reader: &mut $crate::Reader<'_>) -> $crate::Result<Self> {
                ::std::result::Result::Ok($row { $($column: __reader.next()?),* })
            }
        }
    };

    (
        @forms $columns:tt $relations:tt
        { $($(#[$doc:meta])* $form:ident: $scope:ty { $($field:ident: $ty:ty),* })* }
    ) => {
        $(
            $(#[$doc])*
            pub struct $form {
                $(pub $field: $ty,)*
            }

            impl $crate::Form for $form {
                type Table = Model;
                type Scope = $scope;
                fn into_draft(self) -> $crate::Draft {
                    let __draft = <$crate::Draft as ::std::default::Default>::default();
                    $(let __draft = $crate::setter::Member::put($field, self.$field, __draft);)*
                    __draft
                }
            }

            impl $form {
                $crate::model! { @setters form $columns $relations }
            }
        )*
    };

    (
        @setters $of:ident
        { $($(#[$about:meta])* $mark:ident $column:ident: $ty:ty = $at:literal, $meta:tt;)* }
        { $($kin:ident $relation:ident: $kind:ident<$target:ty, $form:ty, $hold:ident> = $place:literal, $field:literal, $link:tt;)* }
    ) => {
        $($crate::model! { @$mark $of $at $column [$ty] })*
        $($crate::model! { @$kin $of $place $kind $relation [$target] [$target, $form, $crate::$hold] })*
    };
    (@must $($rest:tt)*) => {};
    (@set form $at:literal $column:ident [$ty:ty]) => {
        pub fn $column(self, __value: impl $crate::Initial<$ty>) -> Draft<Self> {
            Draft($crate::setter::value(self, $at, __value))
        }
    };
    (@parent form $at:literal $kind:ident $relation:ident [$target:ty] $end:tt) => {
        pub fn $relation(self, __parent: impl ::std::convert::Into<$crate::Parent<$target>>) -> Draft<Self> {
            Draft($crate::setter::parent(self, $at, __parent))
        }
    };
    (@below form $at:literal Many $relation:ident $target:tt [$($end:tt)*]) => {
        pub fn $relation(self, __rows: impl $crate::Children<$crate::Child<$($end)*>>) -> Draft<Self> {
            Draft($crate::setter::children(self, $at, __rows))
        }
    };
    (@below form $at:literal $kind:ident $relation:ident $target:tt [$($end:tt)*]) => {
        pub fn $relation(self, __row: impl ::std::convert::Into<$crate::Child<$($end)*>>) -> Draft<Self> {
            Draft($crate::setter::child(self, $at, __row))
        }
    };
    (@set draft $at:literal $column:ident [$ty:ty]) => {
        pub fn $column(self, __value: impl $crate::Initial<$ty>) -> Self {
            Draft(self.0.value($at, __value))
        }
    };
    (@parent draft $at:literal $kind:ident $relation:ident [$target:ty] $end:tt) => {
        pub fn $relation(self, __parent: impl ::std::convert::Into<$crate::Parent<$target>>) -> Self {
            Draft(self.0.parent($at, __parent))
        }
    };
    (@below draft $at:literal Many $relation:ident $target:tt [$($end:tt)*]) => {
        pub fn $relation(self, __rows: impl $crate::Children<$crate::Child<$($end)*>>) -> Self {
            Draft(self.0.children($at, __rows))
        }
    };
    (@below draft $at:literal $kind:ident $relation:ident $target:tt [$($end:tt)*]) => {
        pub fn $relation(self, __row: impl ::std::convert::Into<$crate::Child<$($end)*>>) -> Self {
            Draft(self.0.child($at, __row))
        }
    };

    (@writes none $columns:tt $relations:tt) => {};
    (@writes create $columns:tt $relations:tt) => {
        #[diagnostic::do_not_recommend]
        impl $crate::Writable for Model {}

        /// A new row with more than it must say.
        pub struct Draft<F>($crate::setter::NewRow<F>);

        impl<F: $crate::Form> Draft<F> {
            $crate::model! { @setters draft $columns $relations }
        }

        impl<F: $crate::Form> ::std::convert::From<F> for Draft<F> {
            fn from(__form: F) -> Self {
                Draft($crate::setter::NewRow::of(__form))
            }
        }

        impl<F: $crate::Form> $crate::Form for Draft<F> {
            type Table = Model;
            type Scope = F::Scope;
            fn into_draft(self) -> $crate::Draft {
                self.0.into_draft()
            }
        }
    };
    (@writes all $columns:tt $relations:tt) => {
        $crate::model! { @writes create $columns $relations }
        $crate::model! { @changes $columns $relations }
    };
    (
        @changes
        { $($(#[$about:meta])* $mark:ident $column:ident: $ty:ty = $at:literal, $meta:tt;)* }
        { $($kin:ident $relation:ident: $kind:ident<$target:ty, $form:ty, $hold:ident> = $place:literal, $field:literal, $link:tt;)* }
    ) => {
        /// Changes of rows: of one, with what hangs on it, or of many.
        pub struct Changes<N = $crate::OneRow>($crate::setter::Edits<Model, N>);

        impl<N> Changes<N> {
            $(
                pub fn $column(self, __value: impl $crate::Change<$ty>) -> Self {
                    Changes(self.0.change($at, __value))
                }
            )*
        }

        impl Changes<$crate::OneRow> {
            $($crate::model! { @edit $place $kind $relation [$target, $form, $crate::$hold] })*
        }

        impl<N> ::std::convert::From<$crate::Patch> for Changes<N> {
            fn from(__patch: $crate::Patch) -> Self {
                Changes($crate::setter::Edits::of(__patch))
            }
        }

        impl<N> ::std::convert::From<Changes<N>> for $crate::Patch {
            fn from(__changes: Changes<N>) -> Self {
                __changes.0.into_patch()
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::Changeable for Model {
            type Changes<N> = Changes<N>;
        }
    };
    (@edit $at:literal Many $relation:ident [$($end:tt)*]) => {
        pub fn $relation(
            self,
            __edit: impl ::std::ops::FnOnce($crate::EditMany<$($end)*>) -> $crate::EditMany<$($end)*>,
        ) -> Self {
            Changes(self.0.many($at, __edit))
        }
    };
    (@edit $at:literal $kind:ident $relation:ident [$($end:tt)*]) => {
        pub fn $relation(
            self,
            __edit: impl ::std::ops::FnOnce($crate::EditOne<$($end)*>) -> $crate::EditOne<$($end)*>,
        ) -> Self {
            Changes(self.0.one($at, __edit))
        }
    };
}

/// An enum of the schema, each variant with its value in the database.
#[doc(hidden)]
#[macro_export]
macro_rules! enumeration {
    ($(#[$doc:meta])* $name:ident = $schema_name:literal { $($(#[$about:meta])* $variant:ident = $value:literal,)* }) => {
        $(#[$doc])*
        #[allow(dead_code, missing_docs, unreachable_pub, reason = "generated code")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$about])* $variant,)*
        }

        impl $crate::Enumeration for $name {
            const NAME: &'static str = $schema_name;
            const VARIANTS: &'static [(Self, &'static str)] = &[$(($name::$variant, $value)),*];
            fn database_value(self) -> &'static str {
                match self {
                    $($name::$variant => $value,)*
                }
            }
        }
    };
}

/// A typed SQL file: a function that takes its parameters, and the struct of its rows. Columns are read by their places.
#[doc(hidden)]
#[macro_export]
macro_rules! typed_sql {
    (
        $(#[$doc:meta])*
        $function:ident($($param:ident: $takes:ty),*) -> () = $file:literal;
        $($text:literal)*
    ) => {
        $(#[$doc])*
        pub fn $function($($param: impl $crate::Argument<$takes>),*) -> $crate::Query<()> {
            $crate::Query::new(
                ::std::concat!($($text),*),
                ::std::vec![$($crate::Argument::<$takes>::into_parameter($param)),*],
            )
        }
    };
    (
        $(#[$doc:meta])*
        $function:ident($($param:ident: $takes:ty),*) -> $row:ident = $file:literal;
        $($text:literal)*
        { $($(#[$about:meta])* $column:ident: $ty:ty = $at:literal, $name:literal;)* }
    ) => {
        $(#[$doc])*
        pub fn $function($($param: impl $crate::Argument<$takes>),*) -> $crate::Query<$row> {
            $crate::Query::new(
                ::std::concat!($($text),*),
                ::std::vec![$($crate::Argument::<$takes>::into_parameter($param)),*],
            )
        }

        #[doc = ::std::concat!("A row of `", $file, "`.")]
        #[derive(Debug, Clone, PartialEq)]
        pub struct $row {
            $($(#[$about])* pub $column: $ty,)*
        }

        impl $crate::FromRow for $row {
            fn from_row(__row: &$crate::raw::RawRow<'_>) -> $crate::Result<Self> {
                ::std::result::Result::Ok($row { $($column: __row.at($at)?),* })
            }
        }

        impl $crate::QueryRow for $row {
            const FILE: &'static str = $file;
            const COLUMNS: &'static [&'static str] = &[$($name),*];
        }
    };
}

/// The type `Db`, with a method for each model.
#[doc(hidden)]
#[macro_export]
macro_rules! database {
    ($variable:literal; $($accessor:ident: $model:ty;)*) => {
        /// The database, or a transaction in it. Cheap to clone.
        #[allow(dead_code, unreachable_pub, reason = "generated code")]
        #[derive(Clone)]
        pub struct Db {
            client: $crate::Client,
        }

        #[allow(dead_code, missing_docs, unreachable_pub, reason = "generated code")]
        impl Db {
            /// Connects to the database with this URL.
            pub async fn connect(__url: &str) -> $crate::Result<Self> {
                ::std::result::Result::Ok(Db { client: $crate::Client::connect(__url).await? })
            }

            /// Connects to the database whose URL is in the schema's environment variable.
            pub async fn from_env() -> $crate::Result<Self> {
                ::std::result::Result::Ok(Db { client: $crate::Client::from_env($variable).await? })
            }

            /// Connects as the options say.
            pub async fn connect_with(__options: $crate::Options) -> $crate::Result<Self> {
                ::std::result::Result::Ok(Db { client: $crate::Client::connect_with(__options).await? })
            }

            /// A transaction: `db.tx().run(async |tx| ..)`.
            #[track_caller]
            pub fn tx(&self) -> $crate::Transaction<Self> {
                self.client.transaction()
            }

            /// The same database, with every read answered by it and none by a replica.
            pub fn on_primary(&self) -> Self {
                Db { client: self.client.on_primary() }
            }

            /// The same database or transaction, with one more hook around every operation.
            pub fn with_hook(&self, __hook: impl $crate::Hook) -> Self {
                Db { client: self.client.with_hook(__hook) }
            }

            /// The database's dialect: `db.dialect().quote("User")` is a name for SQL of your own.
            pub fn dialect(&self) -> $crate::Dialect {
                self.client.dialect()
            }

            $(
                pub fn $accessor(&self) -> $crate::Models<$model> {
                    self.client.models()
                }
            )*
        }

        impl ::std::convert::From<$crate::Client> for Db {
            fn from(client: $crate::Client) -> Self {
                Db { client }
            }
        }

        /// What needs no model: `db.sql(..)`, `db.query(..)`, `db.batch(..)`, `db.metrics()`, `db.close()`.
        impl ::std::ops::Deref for Db {
            type Target = $crate::Client;
            fn deref(&self) -> &$crate::Client {
                &self.client
            }
        }
    };
}
