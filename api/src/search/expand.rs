//! The words of the index that a word of a query may mean, and what each counts: the word itself, its stem, a number in
//! place of letters (`k8s`), a longer word that it begins, the word that it makes with its neighbour, and words that
//! differ by a typing error.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use tantivy::{
    DocSet, InvertedIndexReader, SegmentReader, TERMINATED, Term,
    postings::{BlockSegmentPostings, TermInfo},
    query::{DfaWrapper, FuzzyTermQuery},
    schema::{Field, IndexRecordOption},
};
use uuid::Uuid;

use super::{
    SearchKind,
    entry::key,
    fields::{ABSTRACT, ENGLISH, Fields, SPEAKERS, STEMS, TEXTS, TITLE, stem},
    postings::{Rows, value_rows},
    query::QueryWord,
    words::{is_pair, numeronyms},
};
use crate::error::{Error, Result};

/// What a word counts beside the word as it was typed.
const NUMERONYM: f32 = 0.9;
const PREFIX: f32 = 0.85;
const STEM: f32 = 0.8;
/// Two words for one: `time series` for `timeseries`.
const SPLIT: f32 = 0.8;
/// A misspelt word of a title counts less than a word of an abstract as it was typed.
const ONE_TYPO: f32 = 0.3;
const TWO_TYPOS: f32 = 0.2;
/// A typing error in the first letter is rarer than one in another.
const FIRST_LETTER: f32 = 0.8;

/// The most words of one segment that a word may mean by a typing error. The most frequent ones are taken.
const MOST_MEANT: usize = 400;

/// The most words of one field and segment that begin as a word.
const MOST_BEGINNING: usize = 20_000;

/// The part of its pairs of characters that a text without blanks has at least, if it has not all in their order:
/// `機械学習の再現性` finds `機械学習` and `再現性`.
pub(super) const MOST_PAIRS: (usize, usize) = (3, 5);

/// The fewest letters of a beginning that is looked for in abstracts.
const SHORTEST_IN_ABSTRACT: usize = 3;

/// The errors of the index: each is a bug, or a broken disk.
pub(super) fn broken(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("the search index: {error}"))
}

/// The dictionaries and postings of a segment.
pub(super) struct Dictionaries {
    texts: Vec<Arc<InvertedIndexReader>>,
    stems: Vec<Arc<InvertedIndexReader>>,
    terms: Arc<InvertedIndexReader>,
    keys: Arc<InvertedIndexReader>,
    fields: Fields,
}

/// Rows of postings that are looked at for one word of a query, and what a thing counts that is in them.
#[derive(Clone, Debug)]
pub(super) struct Meaning {
    /// The field of texts.
    pub(super) field: usize,
    pub(super) weight: f32,
    way: Way,
    /// Whether another meaning that counts more has the same things.
    pub(super) is_covered: bool,
}

#[derive(Clone, Debug)]
enum Way {
    Text(TermInfo),
    Stem(usize, TermInfo),
    Terms(TermInfo),
    /// Documents that are known already.
    Documents(Arc<[u32]>),
    /// Words next to each other; of the value that they are in, if that must be one.
    Phrase(Vec<TermInfo>),
    /// Words in one value of a field, in any places.
    OneValue(Vec<Vec<TermInfo>>),
}

impl Meaning {
    fn new(field: usize, weight: f32, way: Way) -> Self {
        Self { field, weight, way, is_covered: false }
    }

    /// What documents in ascending order mean.
    pub(super) fn documents(documents: Vec<u32>) -> Self {
        Self::new(0, 0.0, Way::Documents(documents.into()))
    }

    /// About how many things it has.
    pub(super) fn size(&self) -> u64 {
        let size = |info: &TermInfo| u64::from(info.doc_freq);
        match &self.way {
            Way::Text(info) | Way::Stem(_, info) | Way::Terms(info) => size(info),
            Way::Documents(documents) => documents.len() as u64,
            Way::Phrase(infos) => infos.iter().map(size).min().unwrap_or_default(),
            Way::OneValue(words) => words.iter().map(|infos| infos.iter().map(size).sum()).min().unwrap_or_default(),
        }
    }

    /// Whether it is one word of the index, and no phrase.
    pub(super) fn is_one_word(&self) -> bool {
        matches!(self.way, Way::Text(_) | Way::Stem(..) | Way::Terms(_))
    }

    /// Whether it is a word of the title, whose place in the title is known.
    pub(super) fn is_in_title(&self) -> bool {
        self.field == TITLE && matches!(self.way, Way::Text(_) | Way::Phrase(_))
    }
}

impl Dictionaries {
    pub(super) fn of(segment: &SegmentReader, fields: &Fields) -> Result<Self> {
        let open = |field| segment.inverted_index(field).map_err(broken);
        Ok(Self {
            texts: fields.texts.into_iter().map(open).collect::<Result<_>>()?,
            stems: fields.stems.into_iter().map(open).collect::<Result<_>>()?,
            terms: open(fields.terms)?,
            keys: open(fields.key)?,
            fields: fields.clone(),
        })
    }

    /// The languages of the stems of this segment.
    pub(super) fn languages(&self) -> Result<Vec<String>> {
        let languages = beginning(&self.terms, "stems:", usize::MAX)?;
        Ok(languages.into_iter().filter_map(|(term, _)| term.strip_prefix("stems:").map(str::to_owned)).collect())
    }

    fn text(&self, field: usize, word: &str) -> Result<Option<TermInfo>> {
        self.texts[field].get_term_info(&Term::from_field_text(self.fields.texts[field], word)).map_err(broken)
    }

    /// What a word means that is typed right. `in_names` looks at titles and other titles alone.
    pub(super) fn meanings(&self, word: &QueryWord, languages: &[String], in_names: bool) -> Result<Vec<Meaning>> {
        let mut meanings = Vec::new();
        let fields = 0..if in_names { 2 } else { TEXTS.len() };
        for way in &word.ways {
            for field in fields.clone() {
                let weight = TEXTS[field].weight;
                let infos = way.iter().map(|word| self.text(field, word)).collect::<Result<Option<Vec<_>>>>()?;
                match infos {
                    Some(infos) if infos.len() == 1 => {
                        meanings.extend(infos.into_iter().map(|info| Meaning::new(field, weight, Way::Text(info))));
                    }
                    Some(infos) => meanings.push(Meaning::new(field, weight, Way::Phrase(infos))),
                    None => {}
                }
            }
        }
        let Some(plain) = word.plain() else { return Ok(meanings) };
        if !in_names {
            self.add_stems(plain, languages, &mut meanings)?;
            self.add_numeronyms(plain, &mut meanings)?;
        }
        if word.is_initial {
            self.add_longer(plain, SPEAKERS, MOST_BEGINNING, &mut meanings)?;
        }
        for joined in &word.joined {
            for field in fields.clone() {
                let info = self.text(field, &joined.word)?;
                meanings.extend(info.map(|info| Meaning::new(field, TEXTS[field].weight, Way::Text(info))));
                if joined.is_open {
                    self.add_longer(&joined.word, field, MOST_BEGINNING, &mut meanings)?;
                }
            }
        }
        let is_one_character = plain.chars().nth(1).is_none() && !plain.is_ascii();
        if word.is_open || is_one_character {
            for field in fields.filter(|field| *field != ABSTRACT || plain.len() >= SHORTEST_IN_ABSTRACT) {
                self.add_longer(plain, field, MOST_BEGINNING, &mut meanings)?;
            }
        }
        Ok(meanings)
    }

    /// Adds the longer words of a field that begin so, the most frequent ones.
    fn add_longer(&self, start: &str, field: usize, most: usize, meanings: &mut Vec<Meaning>) -> Result<()> {
        let weight = TEXTS[field].weight * PREFIX;
        let longer = beginning(&self.texts[field], start, most)?.into_iter();
        let longer = longer.filter(|(longer, _)| longer != start);
        meanings.extend(longer.map(|(_, info)| Meaning::new(field, weight, Way::Text(info))));
        Ok(())
    }

    /// The longer words that a word begins, in any field.
    pub(super) fn longer(&self, start: &str, in_names: bool) -> Result<Vec<Meaning>> {
        let mut meanings = Vec::new();
        for field in 0..if in_names { 2 } else { TEXTS.len() } {
            self.add_longer(start, field, MOST_MEANT, &mut meanings)?;
        }
        Ok(meanings)
    }

    fn add_stems(&self, word: &str, languages: &[String], meanings: &mut Vec<Meaning>) -> Result<()> {
        // All words of titles have an English stem. If as many titles have it as have the word itself, they are the
        // same.
        let titles = self.text(TITLE, word)?.map(|info| info.doc_freq);
        for (language, stemmed) in languages.iter().filter_map(|language| Some((language, stem(language, word)?))) {
            for (place, (_, of)) in STEMS.iter().enumerate() {
                let term = Term::from_field_text(self.fields.stems[place], &stemmed);
                let Some(info) = self.stems[place].get_term_info(&term).map_err(broken)? else { continue };
                let is_covered = *of == TITLE && language == ENGLISH && Some(info.doc_freq) == titles;
                let weight = TEXTS[*of].weight * STEM;
                meanings.push(Meaning { is_covered, ..Meaning::new(*of, weight, Way::Stem(place, info)) });
            }
        }
        Ok(())
    }

    /// `k8s` means `kubernetes`, and the other way round.
    fn add_numeronyms(&self, word: &str, meanings: &mut Vec<Meaning>) -> Result<()> {
        for other in numeronyms(word) {
            for (field, text) in TEXTS.iter().enumerate() {
                let info = self.text(field, other)?;
                meanings.extend(info.map(|info| Meaning::new(field, text.weight * NUMERONYM, Way::Text(info))));
            }
        }
        Ok(())
    }

    /// What a text without blanks means, if it is not there as a whole: things that have most of its pairs.
    pub(super) fn most_pairs(&self, word: &QueryWord, in_names: bool) -> Result<Vec<Meaning>> {
        let pairs = word.ways.iter().find(|way| way.len() > 1 && way.iter().all(|word| is_pair(word)));
        let Some(pairs) = pairs.filter(|_| !word.is_exact) else { return Ok(Vec::new()) };
        let needed = (pairs.len() * MOST_PAIRS.0).div_ceil(MOST_PAIRS.1);
        let mut meanings = Vec::new();
        let fields = TEXTS.iter().enumerate().take(if in_names { 2 } else { TEXTS.len() });
        for (field, text) in fields {
            let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
            for info in pairs.iter().filter_map(|pair| self.text(field, pair).transpose()) {
                let mut rows = self.open(&Meaning::new(field, 0.0, Way::Text(info?)), false)?;
                while let Some(document) = rows.next(|_| false) {
                    *counts.entry(document).or_default() += 1;
                }
            }
            let documents: Vec<u32> =
                counts.into_iter().filter(|(_, count)| *count >= needed).map(|(document, _)| document).collect();
            if !documents.is_empty() {
                meanings.push(Meaning::new(field, text.weight * ONE_TYPO, Way::Documents(documents.into())));
            }
        }
        Ok(meanings)
    }

    /// What a misspelt word means. `found` notes the words that are like it.
    pub(super) fn misspelt(
        &self,
        word: &Misspelt<'_>,
        in_names: bool,
        found: &mut HashMap<String, Spelling>,
    ) -> Result<Vec<Meaning>> {
        let mut meanings = Vec::new();
        let fields = 0..if in_names { 2 } else { TEXTS.len() };
        for field in fields {
            // Abstracts have the most words, and words that are near to everything.
            let most = if field == ABSTRACT { 1 } else { word.automata.len() };
            let automaton = &word.automata[most - 1];
            let mut stream = self.texts[field].terms().search(automaton).into_stream().map_err(broken)?;
            let mut meant = Vec::new();
            while stream.advance() {
                let Ok(other) = std::str::from_utf8(stream.key()) else { continue };
                let (distance, is_whole) = distance(word.plain, other, word.is_open);
                if distance == 0 || distance > most || !has_same_digits(word.plain, other, word.is_open) {
                    continue;
                }
                let info = stream.value().clone();
                let typos = if distance == 1 { ONE_TYPO } else { TWO_TYPOS };
                let begins = if other.chars().next() == word.plain.chars().next() { 1.0 } else { FIRST_LETTER };
                let open = if is_whole { 1.0 } else { PREFIX };
                let spelling = found.entry(other.to_owned()).or_insert(Spelling { distance, is_whole, things: 0 });
                spelling.things += u64::from(info.doc_freq);
                meant.push(Meaning::new(field, TEXTS[field].weight * typos * begins * open, Way::Text(info)));
            }
            most_frequent(&mut meant, MOST_MEANT, Meaning::size);
            meanings.extend(meant);
            for split in word.plain.char_indices().map(|(at, _)| at).filter(|at| *at > 1 && at + 1 < word.plain.len()) {
                let (begin, end) = word.plain.split_at(split);
                if let Some((begin, end)) = self.text(field, begin)?.zip(self.text(field, end)?) {
                    let weight = TEXTS[field].weight * SPLIT;
                    meanings.push(Meaning::new(field, weight, Way::Phrase(vec![begin, end])));
                }
            }
        }
        Ok(meanings)
    }

    /// The things that have a term.
    pub(super) fn term(&self, term: &str) -> Result<Option<Meaning>> {
        let info = self.terms.get_term_info(&Term::from_field_text(self.fields.terms, term)).map_err(broken)?;
        Ok(info.map(|info| Meaning::new(0, 0.0, Way::Terms(info))))
    }

    /// One thing.
    pub(super) fn item(&self, kind: SearchKind, id: Uuid) -> Result<Meaning> {
        let key = Term::from_field_bytes(self.fields.key, &key(kind, id));
        let mut documents = Vec::new();
        // A thing that changed is there several times until its segments are merged.
        if let Some(mut postings) = self.keys.read_postings(&key, IndexRecordOption::Basic).map_err(broken)? {
            while postings.doc() != TERMINATED {
                documents.push(postings.doc());
                postings.advance();
            }
        }
        Ok(Meaning::documents(documents))
    }

    /// The things of which one value of a field has all of the words.
    pub(super) fn one_value(&self, field: usize, words: &[String], is_open: bool) -> Result<Option<Meaning>> {
        let mut infos = Vec::new();
        for (place, word) in words.iter().enumerate() {
            let mut of_word: Vec<TermInfo> = self.text(field, word)?.into_iter().collect();
            if is_open && place + 1 == words.len() {
                of_word.extend(beginning(&self.texts[field], word, MOST_MEANT)?.into_iter().map(|(_, info)| info));
            }
            infos.push(of_word);
        }
        let is_possible = !infos.is_empty() && infos.iter().all(|infos| !infos.is_empty());
        Ok(is_possible.then(|| Meaning::new(field, 0.0, Way::OneValue(infos))))
    }

    /// The postings of a meaning in blocks, if it is one word.
    pub(super) fn blocks(&self, meaning: &Meaning) -> Result<Option<BlockSegmentPostings>> {
        let (dictionary, info) = match &meaning.way {
            Way::Text(info) => (&self.texts[meaning.field], info),
            Way::Stem(place, info) => (&self.stems[*place], info),
            Way::Terms(info) => (&self.terms, info),
            Way::Documents(_) | Way::Phrase(_) | Way::OneValue(_) => return Ok(None),
        };
        dictionary.read_block_postings_from_terminfo(info, IndexRecordOption::Basic).map(Some).map_err(broken)
    }

    /// Opens the postings of a meaning. `positions` says whether their places are wanted.
    pub(super) fn open(&self, meaning: &Meaning, positions: bool) -> Result<Rows> {
        let option = if positions { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::Basic };
        let read = |dictionary: &InvertedIndexReader, info: &TermInfo, option| {
            dictionary.read_postings_from_terminfo(info, option).map_err(broken)
        };
        let text = &self.texts[meaning.field];
        let whole = IndexRecordOption::WithFreqsAndPositions;
        Ok(match &meaning.way {
            Way::Text(info) => Rows::one(read(text, info, option)?),
            Way::Stem(place, info) => Rows::one(read(&self.stems[*place], info, IndexRecordOption::Basic)?),
            Way::Terms(info) => Rows::one(read(&self.terms, info, IndexRecordOption::Basic)?),
            Way::Documents(documents) => Rows::documents(documents.clone()),
            Way::Phrase(infos) => {
                let postings = infos.iter().map(|info| read(text, info, whole)).collect::<Result<_>>()?;
                Rows::sequence(postings)
            }
            Way::OneValue(words) => {
                let words = words
                    .iter()
                    .map(|infos| infos.iter().map(|info| read(text, info, whole)).collect::<Result<Vec<_>>>());
                value_rows(words.collect::<Result<_>>()?)
            }
        })
    }
}

/// A word that may be misspelt, with what recognises the words that it may be: those at a distance of one character
/// from 4 letters on, and of two from 8. (The distance is the optimal string alignment; the automata are those of
/// Schulz and Mihov.)
pub(super) struct Misspelt<'q> {
    plain: &'q str,
    is_open: bool,
    /// For one typing error, and for two if the word is long.
    automata: Vec<DfaWrapper>,
}

/// A word that a misspelt one may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelling {
    pub(super) distance: usize,
    /// Whether the distance is that of the whole word, and not of its beginning.
    pub(super) is_whole: bool,
    /// The number of texts that have it.
    pub(super) things: u64,
}

impl<'q> Misspelt<'q> {
    /// None if the word is too short to be misspelt, or is no plain one.
    pub(super) fn of(word: &'q QueryWord) -> Result<Option<Self>> {
        let Some(plain) = word.plain().filter(|plain| most_typos(plain) > 0) else { return Ok(None) };
        let automaton = |typos| {
            // The automaton depends on the text alone.
            let term = Term::from_field_text(Field::from_field_id(0), plain);
            let query = match word.is_open {
                true => FuzzyTermQuery::new_prefix(term, typos, true),
                false => FuzzyTermQuery::new(term, typos, true),
            };
            query.automaton().map_err(broken)
        };
        let automata = (1..=most_typos(plain)).map(automaton).collect::<Result<_>>()?;
        Ok(Some(Self { plain, is_open: word.is_open, automata }))
    }
}

/// Whether two words have the same digits: 2018 is no misspelt 2019. One that may go on has the first of them.
fn has_same_digits(word: &str, other: &str, is_open: bool) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (own, others) = (digits(word), digits(other));
    if is_open { others.starts_with(&own) } else { own == others }
}

/// Whether a word may be another one, misspelt with some typing errors at most.
pub(super) fn is_misspelling(word: &str, other: &str, is_open: bool, most: u8) -> bool {
    let most = most_typos(word).min(most);
    // Each error changes the length by one at most.
    let is_shorter = other.len() + usize::from(most) * 4 < word.len();
    let is_longer = !is_open && word.len() + usize::from(most) * 4 < other.len();
    most > 0
        && !is_shorter
        && !is_longer
        && has_same_digits(word, other, is_open)
        && distance(word, other, is_open).0 <= usize::from(most)
}

/// The most typing errors that a word may have, by the number of its letters.
fn most_typos(word: &str) -> u8 {
    match word.chars().filter(|c| !c.is_ascii_digit()).count() {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

/// The distance of a word from another; of one that may go on, from the nearest beginning of the other. Says whether it
/// is that of the whole other word.
fn distance(word: &str, other: &str, is_open: bool) -> (usize, bool) {
    let whole = strsim::osa_distance(word, other);
    if !is_open {
        return (whole, true);
    }
    let length = word.chars().count();
    let starts = (length.saturating_sub(2)..=length + 2).map(|length| {
        let end = other.char_indices().nth(length).map_or(other.len(), |(at, _)| at);
        strsim::osa_distance(word, &other[..end])
    });
    let open = starts.min().unwrap_or(whole);
    (open.min(whole), whole <= open)
}

/// The words of a dictionary that begin so, the most frequent ones.
fn beginning(dictionary: &InvertedIndexReader, start: &str, most: usize) -> Result<Vec<(String, TermInfo)>> {
    let mut stream = dictionary.terms().range().ge(start).into_stream().map_err(broken)?;
    let mut words = Vec::new();
    while stream.advance() && stream.key().starts_with(start.as_bytes()) {
        words.push((String::from_utf8_lossy(stream.key()).into_owned(), stream.value().clone()));
    }
    most_frequent(&mut words, most, |(_, info)| info.doc_freq.into());
    Ok(words)
}

fn most_frequent<T>(meant: &mut Vec<T>, most: usize, size: impl Fn(&T) -> u64) {
    if meant.len() > most {
        meant.select_nth_unstable_by_key(most, |one| std::cmp::Reverse(size(one)));
        meant.truncate(most);
    }
}
