//! The formats of the archive: `document` is an archive as one value, `schedule` an edition's schedule, and each format
//! has a file.

pub mod atom;
pub mod c3voc;
pub mod document;
pub mod frab;
pub mod ical;
pub mod native;
pub mod packed;
pub mod schedule;
pub(crate) mod text;
