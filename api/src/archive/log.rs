//! The log: the changes of a write, the audit of the log against the tables, and how to follow and read it.

pub(in crate::archive) mod comparison;
pub(in crate::archive) mod difference;
pub(in crate::archive) mod fields;
pub(in crate::archive) mod parts;
pub(in crate::archive) mod rebuilt;

pub mod audit;
pub mod follow;
pub mod reader;
