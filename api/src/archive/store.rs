//! Rows as the database stores them: loaded, written in batches, and refused by its constraints.

pub(in crate::archive) mod indexes;
pub(in crate::archive) mod load;
pub(in crate::archive) mod rows;
mod staging;
pub(in crate::archive) mod statements;
pub(in crate::archive) mod violation;
