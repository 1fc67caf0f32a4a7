//! `export.yaml`: the point in the change log that an exported folder stands at.

use super::FileContent;
use crate::format::document::ExportPoint;

/// The name of the file.
pub(super) const EXPORT: &str = "export.yaml";

/// What the file is for.
const COMMENT: &str = "\
# Written by `lectern export`. An import compares with this point of the archive's change log, to keep what was changed
# in the archive since. Leave it as it is, and commit it with the other files.
";

impl FileContent for ExportPoint {
    fn sort(&mut self) {}
}

/// The text of the file.
pub(super) fn text(point: &ExportPoint) -> String {
    format!("{COMMENT}revision: {}\nat: {}\n", point.revision, point.at)
}
