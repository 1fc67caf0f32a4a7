//! What the archive is read from and written to: the document in the middle, and a file for each format around it.

pub mod atom;
pub mod c3voc;
pub mod document;
pub mod frab;
pub mod ical;
pub mod native;
pub mod schedule;
