//! The first import of an archive: all that it has is new.

use std::{collections::BTreeMap, ops::Range};

use entity::alias;
use futures_util::future::join;
use rayon::{
    iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator},
    slice::ParallelSliceMut,
};
use uuid::Uuid;

use super::{OTHERS, pieces};
use crate::{
    archive::{
        Write,
        creation::Creation,
        derived::created::Shown,
        import::{desired::Desired, identified::Identified},
        store::{
            indexes::LateIndexes,
            rows::{Rows, nodes},
            statements::RowsPerStatement,
            violation::refusal,
        },
    },
    error::Result,
    format::document::Document,
};

/// How many new things are worth making indexes anew. The archives of the tests are small, and make them, too.
const MANY: usize = if cfg!(test) { 100 } else { 5_000 };

/// The first import of a document without a mistake: what has to be known of all of it before any of it is written.
pub(in crate::archive::import) struct FirstImport<'a> {
    document: &'a Document,
    identified: &'a Identified<'a>,
    pieces: Vec<Range<usize>>,
    /// The editions themselves, with their parts. What is in them is made piece by piece.
    editions: Rows,
    shown: Shown,
    /// The numbers of new things, by their kinds.
    counts: Counts,
}

/// The numbers of things, by their kinds.
#[derive(Default)]
struct Counts(BTreeMap<&'static str, usize>);

impl Counts {
    fn add(&mut self, rows: &Rows) {
        macro_rules! add {
            ($($rows:ident: $table:ident $kind:literal,)+) => {
                $(*self.0.entry($kind).or_default() += rows.$rows.len();)+
            };
        }
        nodes!(add);
    }
}

/// What has to be known of some editions.
struct Outline {
    editions: Rows,
    shown: Shown,
    counts: Counts,
    ids: Vec<Uuid>,
}

impl Outline {
    /// What has to be known of the rows of some editions.
    fn of(mut rows: Rows) -> Self {
        let shown = Shown::of(&mut rows);
        let mut counts = Counts::default();
        counts.add(&rows);
        let ids = ids(&rows);
        let (mut editions, _) = apart(rows);
        editions.renew_derived();
        Self { editions, shown, counts, ids }
    }
}

/// The ids of things.
fn ids(rows: &Rows) -> Vec<Uuid> {
    let mut ids = Vec::new();
    macro_rules! add {
        ($($rows:ident: $table:ident $kind:literal,)+) => {
            $(ids.extend(rows.$rows.iter().map(|row| row.id));)+
        };
    }
    nodes!(add);
    ids
}

/// The editions among rows, with their parts, and the other rows.
fn apart(mut rows: Rows) -> (Rows, Rows) {
    let is_of_edition = |row: &alias::Model| rows.editions.iter().any(|edition| edition.id == row.owner_id);
    let (of_editions, others) = std::mem::take(&mut rows.aliases).into_iter().partition(is_of_edition);
    rows.aliases = others;
    let editions = Rows {
        editions: std::mem::take(&mut rows.editions),
        involvements: std::mem::take(&mut rows.involvements),
        sponsor_tiers: std::mem::take(&mut rows.sponsor_tiers),
        sponsorships: std::mem::take(&mut rows.sponsorships),
        aliases: of_editions,
        ..Rows::default()
    };
    (editions, rows)
}

impl<'a> FirstImport<'a> {
    /// Looks through a document. None: it has mistakes.
    pub(in crate::archive::import) fn of(document: &'a Document, identified: &'a Identified<'a>) -> Option<Self> {
        let pieces = pieces(document);
        let outlines: Option<Vec<Outline>> =
            pieces.par_iter().map(|piece| Some(Outline::of(rows_of(document, identified, piece)?))).collect();
        let others: Option<Vec<(Counts, Vec<Uuid>)>> = other_pieces(document, identified)
            .into_par_iter()
            .map(|piece| {
                let rows = piece.rows(document, identified)?;
                let mut counts = Counts::default();
                counts.add(&rows);
                Some((counts, ids(&rows)))
            })
            .collect();
        let mut first = Self {
            document,
            identified,
            pieces,
            editions: Rows::default(),
            shown: Shown::default(),
            counts: Counts::default(),
        };
        let mut all_ids = Vec::new();
        for (counts, mut ids) in others? {
            counts.0.into_iter().for_each(|(kind, count)| *first.counts.0.entry(kind).or_default() += count);
            all_ids.append(&mut ids);
        }
        for mut outline in outlines? {
            outline.counts.0.into_iter().for_each(|(kind, count)| *first.counts.0.entry(kind).or_default() += count);
            first.shown.add(outline.shown);
            first.editions.append(outline.editions);
            all_ids.append(&mut outline.ids);
        }
        all_ids.par_sort_unstable();
        let is_each_once = all_ids.windows(2).all(|pair| pair[0] != pair[1]);
        is_each_once.then_some(first)
    }

    /// Writes it.
    pub(in crate::archive::import) async fn write(self, write: Write) -> Result<Write> {
        let count = self.counts.0.values().sum();
        let indexes = match count >= MANY {
            true => Some(LateIndexes::take_away(&write.transaction).await?),
            false => None,
        };
        let per_statement = if indexes.is_some() { RowsPerStatement::Several } else { RowsPerStatement::One };
        write.progress.begin("things written", count);
        let mut creation = Creation::begin(write, &self.counts.0, per_statement);
        let added = self.add_to(&mut creation).await;
        let write = creation.finish().await?;
        added?;
        if let Some(indexes) = indexes {
            let made = indexes.make(&write.transaction, &write.progress).await;
            made.map_err(|error| refusal(error, write.argument))?;
        }
        Ok(write)
    }

    /// Creates all of it. What others refer to comes first.
    async fn add_to(self, creation: &mut Creation) -> Result<()> {
        let Self { document, identified, pieces, editions, shown, counts: _ } = self;
        let (after, before): (Vec<_>, Vec<_>) =
            other_pieces(document, identified).into_iter().partition(|piece| piece.kind == OtherKind::Playlists);
        let (recordings, before): (Vec<_>, Vec<_>) =
            before.into_iter().partition(|piece| piece.kind == OtherKind::Recordings);
        let of_piece = |piece: OtherPiece| {
            let mut rows = piece.rows(document, identified).unwrap_or_default();
            rows.renew_derived();
            shown.put(&mut rows);
            rows
        };
        for piece in before {
            creation.add(of_piece(piece)).await?;
        }
        creation.add(editions).await?;
        for piece in recordings {
            creation.add(of_piece(piece)).await?;
        }
        let mut made = Rows::default();
        for piece in pieces {
            // The next rows are made while these wait for the database.
            let (added, next) = join(creation.add(made), rows_by_turns(document, identified, piece)).await;
            added?;
            (_, made) = apart(next);
        }
        creation.add(made).await?;
        for piece in after {
            creation.add(of_piece(piece)).await?;
        }
        Ok(())
    }
}

/// The rows of a piece of the editions, without their recordings, as [`Desired::take`] gives them. None: there are
/// mistakes.
fn rows_of(document: &Document, identified: &Identified<'_>, piece: &Range<usize>) -> Option<Rows> {
    let mut rows = Rows::default();
    let mut lists = lists_before(document, piece.start);
    for n in piece.clone() {
        rows.append(rows_of_edition(document, identified, n, &mut lists)?);
    }
    Some(rows)
}

/// The rows of a piece of the editions that has no mistake. After each edition others have their turn: a server has
/// other requests to answer.
async fn rows_by_turns(document: &Document, identified: &Identified<'_>, piece: Range<usize>) -> Rows {
    let mut rows = Rows::default();
    let mut lists = lists_before(document, piece.start);
    for n in piece {
        let mut made = rows_of_edition(document, identified, n, &mut lists).unwrap_or_default();
        made.renew_derived();
        rows.append(made);
        tokio::task::yield_now().await;
    }
    rows
}

/// The number of playlists of the editions before one.
fn lists_before(document: &Document, edition: usize) -> usize {
    document.editions.iter().take(edition).map(|edition| edition.playlists.len()).sum()
}

/// The rows of an edition, without its recordings, as [`Desired::take`] gives them. Its playlists come after `lists`
/// others.
fn rows_of_edition(document: &Document, identified: &Identified<'_>, n: usize, lists: &mut usize) -> Option<Rows> {
    let (stored, mut problems) = (Rows::default(), Vec::new());
    let mut desired = Desired::of(document, identified, &stored, &mut problems);
    let (given, id) = (document.editions.get(n)?, *identified.editions.ids.get(n)?);
    desired.edition(&given.unpacked(), id);
    let own = *lists..*lists + given.playlists.len();
    *lists = own.end;
    identified.lists_at(own).for_each(|(edition, given, id)| desired.playlist(edition, given, id));
    let rows = desired.take();
    problems.is_empty().then_some(rows)
}

/// A piece of what is in no edition, and of the recordings.
struct OtherPiece {
    kind: OtherKind,
    range: Range<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OtherKind {
    Conferences,
    Companies,
    Speakers,
    Recordings,
    /// Those of no edition.
    Playlists,
}

/// The pieces of what is in no edition, and of the recordings, in the order of references.
fn other_pieces(document: &Document, identified: &Identified<'_>) -> Vec<OtherPiece> {
    let all = [
        (OtherKind::Conferences, document.conferences.len()),
        (OtherKind::Companies, document.companies.len()),
        (OtherKind::Speakers, document.speakers.len()),
        (OtherKind::Recordings, identified.videos.len()),
        (OtherKind::Playlists, document.playlists.len()),
    ];
    let pieces = all.into_iter().flat_map(|(kind, count)| {
        let begins = (0..count).step_by(OTHERS);
        begins.map(move |begin| OtherPiece { kind, range: begin..count.min(begin + OTHERS) })
    });
    pieces.collect()
}

impl OtherPiece {
    /// Its rows, as [`Desired::take`] gives them. None: there are mistakes.
    fn rows(&self, document: &Document, identified: &Identified<'_>) -> Option<Rows> {
        let (stored, mut problems) = (Rows::default(), Vec::new());
        let mut desired = Desired::of(document, identified, &stored, &mut problems);
        macro_rules! each {
            ($things:ident, $add:ident) => {{
                let things = document.$things.iter().zip(&identified.$things.ids);
                things.skip(self.range.start).take(self.range.len()).for_each(|(given, id)| desired.$add(given, *id));
            }};
        }
        match self.kind {
            OtherKind::Conferences => each!(conferences, conference),
            OtherKind::Companies => each!(companies, company),
            OtherKind::Speakers => each!(speakers, speaker),
            OtherKind::Recordings => {
                let videos = identified.videos.iter().zip(&identified.recordings.ids);
                let videos = videos.skip(self.range.start).take(self.range.len());
                videos.for_each(|(given, id)| desired.recording(*given, *id));
            }
            OtherKind::Playlists => {
                let before = identified.lists.len() - document.playlists.len();
                let lists = identified.lists_at(before + self.range.start..before + self.range.end);
                lists.for_each(|(edition, given, id)| desired.playlist(edition, given, id));
            }
        }
        let rows = desired.take();
        problems.is_empty().then_some(rows)
    }
}
