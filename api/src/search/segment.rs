//! The segments of the index, opened for searches. What a search needs of a segment is opened once, and not by each
//! search.

use std::{
    cmp::Ordering,
    ops::{Bound, Range},
    sync::Arc,
};

use tantivy::{
    Searcher, SegmentReader,
    columnar::{Column, StrColumn},
};
use uuid::Uuid;

use super::{
    SearchKind,
    expand::{Dictionaries, broken},
    facets::{FacetColumns, Facets},
    fields::Fields,
};
use crate::error::Result;

/// An index that can be searched: as it was at one commit.
pub(super) struct Open {
    /// It keeps the files of the segments.
    pub(super) searcher: Searcher,
    pub(super) segments: Vec<Arc<Segment>>,
    pub(super) facets: Arc<Facets>,
    /// The languages by whose rules words of the index are stemmed.
    pub(super) languages: Arc<[String]>,
}

/// A segment of the index.
pub(super) struct Segment {
    pub(super) reader: SegmentReader,
    pub(super) dictionaries: Dictionaries,
    pub(super) columns: Arc<Columns>,
}

/// What a segment knows of its documents. It stays the same when documents are deleted.
pub(super) struct Columns {
    /// By document.
    pub(super) own: Vec<Own>,
    /// The greatest of their boosts.
    pub(super) most_boost: u16,
    id: [Column<u64>; 2],
    /// The first bits of the ids, by document. They mostly tell which of two ids is less.
    first_bits: Vec<u32>,
    /// The start of a talk, in seconds since 1970.
    pub(super) starts: Column<i64>,
    title_keys: Option<StrColumn>,
    pub(super) facets: FacetColumns,
}

/// What a thing counts by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    /// In thousandths.
    pub(super) boost: u16,
    /// The number of words of the title, 255 at most.
    pub(super) title_length: u8,
    pub(super) kind: SearchKind,
    /// The number of its title. Equal titles have the same number.
    pub(super) title: u32,
}

/// The titles of a segment that begin with a text, and the one that is the text, by their numbers.
#[derive(Default)]
pub(super) struct TitlesLike {
    begin: Range<u32>,
    whole: Option<u32>,
}

impl TitlesLike {
    /// Whether a title begins with the text, and whether it is the text.
    pub(super) fn of(&self, title: u32) -> (bool, bool) {
        (self.begin.contains(&title), self.whole == Some(title))
    }
}

impl Open {
    /// Opens what a searcher sees. What `before` opened of the same segments is taken from there.
    pub(super) fn new(searcher: Searcher, fields: &Fields, before: Option<&Self>) -> Result<Self> {
        let mut facets = before.map(|before| before.facets.clone()).unwrap_or_default();
        let mut segments = Vec::with_capacity(searcher.segment_readers().len());
        for reader in searcher.segment_readers() {
            let id = reader.segment_id();
            let known = before.iter().flat_map(|before| &before.segments).find(|known| known.reader.segment_id() == id);
            let segment = match known {
                Some(known) if known.reader.delete_opstamp() == reader.delete_opstamp() => known.clone(),
                known => {
                    let columns = match known {
                        Some(known) => known.columns.clone(),
                        None => Arc::new(Columns::of(reader, Arc::make_mut(&mut facets))?),
                    };
                    let dictionaries = Dictionaries::of(reader, fields)?;
                    Arc::new(Segment { reader: reader.clone(), dictionaries, columns })
                }
            };
            segments.push(segment);
        }
        let languages = segments.iter().map(|segment| segment.dictionaries.languages()).collect::<Result<Vec<_>>>()?;
        let mut languages = languages.concat();
        languages.sort();
        languages.dedup();
        Ok(Self { searcher, segments, facets, languages: languages.into() })
    }
}

/// A segment has fewer documents than numbers of 32 bits, and so has it of titles.
fn number_of_title(ordinal: u64) -> u32 {
    ordinal.try_into().unwrap_or(u32::MAX)
}

/// The first bits of an id that has this half.
fn first_bits(high: u64) -> u32 {
    (high >> 32) as u32
}

impl Columns {
    fn of(reader: &SegmentReader, facets: &mut Facets) -> Result<Self> {
        let columns = reader.fast_fields();
        let [length, boost, kind, high, low] =
            ["titleLength", "boost", "is", "idHigh", "idLow"].map(|name| columns.u64(name).map_err(broken));
        let (length, boost, kind, high) = (length?, boost?, kind?, high?);
        let title_keys = columns.str("titleKey").map_err(broken)?;
        let title = |document| title_keys.as_ref().and_then(|keys| keys.ords().first(document)).map(number_of_title);
        let own = |document| Own {
            boost: boost.first(document).and_then(|boost| boost.try_into().ok()).unwrap_or_default(),
            title_length: length.first(document).and_then(|length| length.try_into().ok()).unwrap_or(u8::MAX),
            kind: kind.first(document).and_then(|kind| SearchKind::ALL.get(kind as usize).copied()).unwrap_or_default(),
            title: title(document).unwrap_or(u32::MAX),
        };
        let own: Vec<Own> = (0..reader.max_doc()).map(own).collect();
        Ok(Self {
            most_boost: own.iter().map(|own| own.boost).max().unwrap_or_default(),
            own,
            first_bits: (0..reader.max_doc())
                .map(|document| first_bits(high.first(document).unwrap_or_default()))
                .collect(),
            id: [high, low?],
            starts: columns.i64("startsAt").map_err(broken)?,
            title_keys,
            facets: FacetColumns::of(reader, facets)?,
        })
    }

    /// The id of the thing of a document.
    pub(super) fn id(&self, document: u32) -> Uuid {
        let [high, low] = self.id.each_ref().map(|column| column.first(document).unwrap_or_default());
        Uuid::from_u64_pair(high, low)
    }

    /// The order of the id of a document beside another id.
    pub(super) fn compare_id(&self, document: u32, other: Uuid) -> Ordering {
        let by_bits = self.first_bits[document as usize].cmp(&first_bits(other.as_u64_pair().0));
        by_bits.then_with(|| self.id(document).cmp(&other))
    }

    /// The titles that begin with a folded text.
    pub(super) fn titles_like(&self, text: &str) -> Result<TitlesLike> {
        let Some(column) = &self.title_keys else { return Ok(TitlesLike::default()) };
        let after = format!("{text}\u{10ffff}");
        let bounds = column.dictionary().term_bounds_to_ord(Bound::Included(text), Bound::Excluded(after.as_str()));
        let begin = match bounds.map_err(broken)? {
            (Bound::Included(first), Bound::Excluded(end)) => number_of_title(first)..number_of_title(end),
            _ => 0..0,
        };
        let whole = column.dictionary().term_ord(text).map_err(broken)?;
        Ok(TitlesLike { begin, whole: whole.map(number_of_title) })
    }

    /// Whether a title begins with a folded text.
    pub(super) fn begins_title(&self, text: &str) -> Result<bool> {
        Ok(!self.titles_like(text)?.begin.is_empty())
    }

    /// The documents whose folded title has a text in it, in their order.
    pub(super) fn title_contains(&self, text: &str) -> Result<Vec<u32>> {
        let Some(column) = &self.title_keys else { return Ok(Vec::new()) };
        let finder = memchr::memmem::Finder::new(text);
        let mut titles = column.dictionary().stream().map_err(broken)?;
        let mut has_text = Vec::with_capacity(column.num_terms());
        while titles.advance() {
            has_text.push(finder.find(titles.key()).is_some());
        }
        let ordinals = column.ords();
        let is_found = |document: &u32| ordinals.first(*document).is_some_and(|ordinal| has_text[ordinal as usize]);
        Ok((0..ordinals.num_docs()).filter(is_found).collect())
    }
}
