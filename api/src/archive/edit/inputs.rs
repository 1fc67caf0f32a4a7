//! The two inputs of a thing, from one list of fields: one that makes it, and one that changes it.

/// Makes `Input` and `Patch`. `only` are fields of the input alone; what it `needs` is optional in a patch; `may` have
/// is optional in both. An input is a patch of a thing that has nothing yet: `patch` answers it.
macro_rules! inputs {
    (
        $(#[$input_doc:meta])* input $input:ident,
        $(#[$patch_doc:meta])* patch $patch:ident,
        only { $($(#[$only_doc:meta])* $only:ident: $only_type:ty,)* }
        needs { $($(#[$need_doc:meta])* $need:ident: $need_type:ty,)* }
        may { $($(#[$may_doc:meta])* $may:ident: $may_type:ty,)* }
    ) => {
        $(#[$input_doc])*
        #[derive(Clone, Debug, async_graphql::InputObject)]
        pub struct $input {
            $($(#[$only_doc])* pub $only: $only_type,)*
            $($(#[$need_doc])* pub $need: $need_type,)*
            $($(#[$may_doc])* pub $may: async_graphql::MaybeUndefined<$may_type>,)*
        }

        $(#[$patch_doc])*
        #[derive(Clone, Debug, async_graphql::InputObject)]
        pub struct $patch {
            $($(#[$need_doc])* pub $need: async_graphql::MaybeUndefined<$need_type>,)*
            $($(#[$may_doc])* pub $may: async_graphql::MaybeUndefined<$may_type>,)*
        }

        impl $input {
            /// The values of the thing itself.
            fn patch(&self) -> $patch {
                $patch {
                    $($need: async_graphql::MaybeUndefined::Value(self.$need.clone()),)*
                    $($may: self.$may.clone(),)*
                }
            }
        }
    };
}
pub(super) use inputs;
