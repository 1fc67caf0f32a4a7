//! The two inputs of a thing, from one list of fields: one that makes it, and one that changes it.

/// Makes `Input` and `Patch`. `only` are fields of the input alone; what it `needs` is optional in a patch; what it
/// `makes` by itself if nobody gives it, and what it `may` have, is optional in both. An input is a patch of a thing
/// that has nothing yet: `patch` answers it.
///
/// A field that is a column of the table names in brackets the method of [`UserErrors`](super::UserErrors) that checks
/// and sets it; `put_columns` calls them. What it is without a value is then what null makes it, in a new thing too. The
/// other fields are set by hand.
///
/// Both have the same descriptions. Behind the type of an optional field stands, as a clause, what it is without a
/// value, from which each description says what leaving it out means, and null.
macro_rules! inputs {
    (
        $(#[$input_doc:meta])* input $input:ident,
        $(#[$patch_doc:meta])* patch $patch:ident of $table:ident,
        only { $($(#[$only_doc:meta])* $only:ident: $only_type:ty,)* }
        needs { $($(#[$need_doc:meta])* $need:ident: $need_type:ty $([$set_need:ident])?,)* }
        makes { $($(#[$make_doc:meta])* $make:ident: $make_type:ty $([$set_make:ident])? = $made:literal,)* }
        may { $($(#[$may_doc:meta])* $may:ident: $may_type:ty $([$set_may:ident $($least:literal)?])? => $without:literal,)* }
    ) => {
        $(#[$input_doc])*
        #[derive(Clone, Debug, async_graphql::InputObject)]
        pub struct $input {
            $($(#[$only_doc])* pub $only: $only_type,)*
            $($(#[$need_doc])* pub $need: $need_type,)*
            $(
                $(#[$make_doc])*
                #[doc = concat!("If it is left out, ", $made, ". Null is refused.")]
                pub $make: async_graphql::MaybeUndefined<$make_type>,
            )*
            $(
                $(#[$may_doc])*
                #[doc = concat!("If it is left out or null, ", $without, ".")]
                pub $may: async_graphql::MaybeUndefined<$may_type>,
            )*
        }

        $(#[$patch_doc])*
        #[derive(Clone, Debug, async_graphql::InputObject)]
        pub struct $patch {
            $(
                $(#[$need_doc])*
                /// If it is left out, it is unchanged. Null is refused.
                pub $need: async_graphql::MaybeUndefined<$need_type>,
            )*
            $(
                $(#[$make_doc])*
                /// If it is left out, it is unchanged. Null is refused.
                pub $make: async_graphql::MaybeUndefined<$make_type>,
            )*
            $(
                $(#[$may_doc])*
                #[doc = concat!("If it is left out, it is unchanged. If it is null, ", $without, ".")]
                pub $may: async_graphql::MaybeUndefined<$may_type>,
            )*
        }

        impl $input {
            /// The values of the thing itself.
            fn patch(&self) -> $patch {
                $patch {
                    $($need: async_graphql::MaybeUndefined::Value(self.$need.clone()),)*
                    $($make: self.$make.clone(),)*
                    $($may: inputs!(@new $([$set_may])? self.$may.clone()),)*
                }
            }
        }

        impl $patch {
            /// Checks and sets the columns that are given.
            fn put_columns(&self, problems: &mut super::UserErrors, row: &mut entity::$table::Model) {
                let path = |field| super::problems::Path::input().field(field);
                $($(problems.$set_need(&path(stringify!($need)), self.$need.clone(), &mut row.$need);)?)*
                $($(problems.$set_make(&path(stringify!($make)), self.$make.clone(), &mut row.$make);)?)*
                $($(
                    problems.$set_may($($least,)? &path(stringify!($may)), self.$may.clone(), &mut row.$may);
                )?)*
            }
        }
    };
    (@new [$set:ident] $given:expr) => {
        super::problems::or_null($given)
    };
    (@new $given:expr) => {
        $given
    };
}
pub(super) use inputs;
