//! The log: what a write changes, whether the log agrees with the tables, and how it is followed and read.

pub(in crate::archive) mod comparison;
pub(in crate::archive) mod difference;
pub(in crate::archive) mod fields;
pub(in crate::archive) mod parts;

pub mod audit;
pub mod follow;
pub mod reader;
