//! The two input types of a thing, one to create it and one to change it, from one list of fields.

/// Defines the types `Input` and `Patch`. The fields under `only` are in the input alone. Those under `needs` are
/// required in the input and optional in the patch. Those under `makes`, which have a default that is made, and those
/// under `may` are optional in both. Those under `flags` say how to write, and are no fields of the thing. The method
/// `patch` of an input gives the patch that turns an empty thing into the new one.
///
/// A field that is a column of the table has in brackets the method of [`UserErrors`](super::UserErrors) that checks
/// and sets it. `put_columns` calls these methods. In a new thing, such a field that is left out is the same as null.
/// The other fields are set elsewhere.
///
/// Both types have the same descriptions. After the type of an optional field there is a clause: what the field is
/// without a value. The descriptions use it to explain null and leaving the field out.
macro_rules! inputs {
    (
        $(#[$input_doc:meta])* input $input:ident,
        $(#[$patch_doc:meta])* patch $patch:ident of $table:ident,
        only { $($(#[$only_doc:meta])* $only:ident: $only_type:ty,)* }
        needs { $($(#[$need_doc:meta])* $need:ident: $need_type:ty $([$set_need:ident])?,)* }
        makes { $($(#[$make_doc:meta])* $make:ident: $make_type:ty $([$set_make:ident])? = $made:literal,)* }
        may { $(
            $(#[$may_doc:meta])*
            $may:ident: $may_type:ty $([$set_may:ident $($least:literal)?])? => $without:literal,
        )* }
        $(flags { $($(#[$flag_doc:meta])* $flag:ident,)* })?
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
            $($(
                $(#[$flag_doc])*
                /// If it is left out or null, it is false.
                pub $flag: Option<bool>,
            )*)?
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
            $($(
                $(#[$flag_doc])*
                /// If it is left out or null, it is false.
                pub $flag: Option<bool>,
            )*)?
        }

        impl $input {
            /// The patch that turns an empty thing into the new one.
            fn patch(&self) -> $patch {
                $patch {
                    $($need: async_graphql::MaybeUndefined::Value(self.$need.clone()),)*
                    $($make: self.$make.clone(),)*
                    $($may: inputs!(@new $([$set_may])? self.$may.clone()),)*
                    $($($flag: self.$flag,)*)?
                }
            }
        }

        impl $patch {
            /// Checks the given columns and sets them.
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
