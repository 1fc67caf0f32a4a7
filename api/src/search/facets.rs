//! The values by which hits are counted: kinds, years, editions, companies, tags and the like.
//!
//! A value has one number in the whole index. It is looked up when a segment is opened, so a search counts numbers
//! alone.

use std::{
    cmp::Reverse,
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use tantivy::{SegmentReader, columnar::Column};

use super::{
    expand::broken,
    fields::{FACETS, facet_column},
};
use crate::{collation::fold, error::Result};

/// The values of one facet. Those that differ in case or accents are one value in several spellings.
#[derive(Clone, Debug, Default)]
struct Values {
    spellings: Vec<Arc<str>>,
    /// The number of each spelling.
    numbers: HashMap<Arc<str>, u32>,
    /// The value of each spelling.
    value: Vec<u32>,
    /// The number of each value, by its folded text.
    folded: HashMap<String, u32>,
}

impl Values {
    /// The number of a spelling.
    fn number(&mut self, spelling: &str) -> u32 {
        if let Some(number) = self.numbers.get(spelling) {
            return *number;
        }
        let number = self.spellings.len() as u32;
        let next = self.folded.len() as u32;
        self.value.push(match self.folded.entry(fold(spelling)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(next),
        });
        let spelling: Arc<str> = spelling.into();
        self.numbers.insert(spelling.clone(), number);
        self.spellings.push(spelling);
        number
    }
}

/// The values of all facets of an index, in the order of [`FACETS`].
#[derive(Clone, Debug, Default)]
pub(super) struct Facets([Values; FACETS.len()]);

/// The values of a facet that the documents of a segment have.
struct FacetColumn {
    ordinals: Column<u64>,
    /// The number of the spelling of each ordinal.
    numbers: Vec<u32>,
}

/// The values of all facets that the documents of a segment have.
pub(super) struct FacetColumns([Option<FacetColumn>; FACETS.len()]);

impl FacetColumns {
    /// Reads the columns of a segment. Values that are new are added to those of the index.
    pub(super) fn of(segment: &SegmentReader, facets: &mut Facets) -> Result<Self> {
        let mut columns = Self([const { None }; FACETS.len()]);
        for ((name, values), column) in FACETS.iter().zip(&mut facets.0).zip(&mut columns.0) {
            let Some(stored) = segment.fast_fields().str(&facet_column(name)).map_err(broken)? else { continue };
            let (dictionary, ordinals) = stored.into_parts();
            let mut numbers = Vec::with_capacity(dictionary.num_terms());
            let mut spellings = dictionary.stream().map_err(broken)?;
            while spellings.advance() {
                numbers.push(values.number(&String::from_utf8_lossy(spellings.key())));
            }
            *column = Some(FacetColumn { ordinals, numbers });
        }
        Ok(columns)
    }
}

/// How many hits have each value.
#[derive(Clone, Debug)]
pub struct FacetCounts {
    facets: Arc<Facets>,
    /// By facet and number of spelling.
    counts: [Vec<u32>; FACETS.len()],
}

impl FacetCounts {
    pub(super) fn new(facets: Arc<Facets>) -> Self {
        let counts = std::array::from_fn(|facet| vec![0; facets.0[facet].spellings.len()]);
        Self { facets, counts }
    }

    /// Counts the values of documents.
    pub(super) fn add(&mut self, columns: &FacetColumns, documents: impl Iterator<Item = u32> + Clone) {
        for (column, counts) in columns.0.iter().zip(&mut self.counts) {
            let Some(FacetColumn { ordinals, numbers }) = column else { continue };
            for ordinal in documents.clone().flat_map(|document| ordinals.values_for_doc(document)) {
                counts[numbers[ordinal as usize] as usize] += 1;
            }
        }
    }

    /// The most frequent values of a facet, the most frequent first, each in its most frequent spelling; none if no hit
    /// has a value.
    pub fn most_frequent(&self, facet: &str, first: usize) -> Option<Vec<(String, u32)>> {
        let facet = FACETS.iter().position(|name| *name == facet)?;
        let values = &self.facets.0[facet];
        // Of each value: all hits, the hits of its most frequent spelling, and that spelling.
        let mut best = vec![(0, 0, ""); values.folded.len()];
        for ((spelling, value), count) in values.spellings.iter().zip(&values.value).zip(&self.counts[facet]) {
            let (all, most, most_frequent) = &mut best[*value as usize];
            *all += count;
            if (*count, Reverse(&**spelling)) > (*most, Reverse(*most_frequent)) {
                (*most, *most_frequent) = (*count, spelling);
            }
        }
        best.retain(|(all, ..)| *all > 0);
        if best.is_empty() {
            return None;
        }
        let order = |a: &(u32, u32, &str), b: &(u32, u32, &str)| (b.0, a.2).cmp(&(a.0, b.2));
        if first < best.len() {
            best.select_nth_unstable_by(first, order);
            best.truncate(first);
        }
        best.sort_unstable_by(order);
        Some(best.into_iter().map(|(all, _, spelling)| (spelling.to_owned(), all)).collect())
    }
}
