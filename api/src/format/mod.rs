//! What the archive is read from and written to: the document in the middle, and a file for each format around it.

pub mod document;
pub mod native;
