//! How an import treats what changed in the archive since its document was exported.

/// A side of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The document that is imported.
    Source,
    /// The archive.
    Archive,
}

/// The options of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Whether to report what would change, and to change nothing.
    pub dry_run: bool,
    /// The side whose value is taken where both changed something. None: the import is refused.
    pub prefer: Option<Side>,
    /// Whether the document is taken as it stands, whatever changed in the archive since.
    pub force: bool,
}
