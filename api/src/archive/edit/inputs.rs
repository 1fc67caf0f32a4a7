//! The two inputs of a thing, from one list of fields: one that makes it, and one that changes it.

/// Makes `Input` and `Patch`. `only` are fields of the input alone; what it `needs` is optional in a patch; what it
/// `makes` by itself if nobody gives it, and what it `may` have, is optional in both. An input is a patch of a thing
/// that has nothing yet: `patch` answers it.
///
/// Both have the same descriptions. Behind the type of an optional field stands, as a clause, what it is without a
/// value, from which each description says what leaving it out means, and null.
macro_rules! inputs {
    (
        $(#[$input_doc:meta])* input $input:ident,
        $(#[$patch_doc:meta])* patch $patch:ident,
        only { $($(#[$only_doc:meta])* $only:ident: $only_type:ty,)* }
        needs { $($(#[$need_doc:meta])* $need:ident: $need_type:ty,)* }
        makes { $($(#[$make_doc:meta])* $make:ident: $make_type:ty = $made:literal,)* }
        may { $($(#[$may_doc:meta])* $may:ident: $may_type:ty => $without:literal,)* }
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
                    $($may: self.$may.clone(),)*
                }
            }
        }
    };
}
pub(super) use inputs;
