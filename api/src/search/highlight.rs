//! The words of a text that a query found, as HTML: `<mark>` around them, all else escaped.

use std::{collections::HashMap, ops::Range};

use super::{
    expand::is_misspelling,
    fields::{may_share_stem, stem, stemmed_language},
    query::{Alternative, Query, QueryWord},
    words::{self, Folded, is_pair, numeronyms},
};

/// The length of a passage in characters, without what is added to it.
const PASSAGE: usize = 220;

/// The most bytes of a text that are looked through.
const LONGEST: usize = 64 * 1024;

/// Marks what a query found.
#[derive(Clone, Debug)]
pub struct Highlighter {
    words: Vec<QueryWord>,
    /// The first words for which others were looked for, too, that may be meant.
    widened: Vec<bool>,
}

/// A place in a text, and the word of the query that is there.
type Place = (Range<usize>, usize);

impl Highlighter {
    pub(super) fn new(query: &Query, widened: &[bool]) -> Self {
        let in_conditions = query.conditions.iter().filter(|condition| !condition.is_negative).flat_map(|condition| {
            condition.any.iter().filter_map(|alternative| match alternative {
                Alternative::Words { words, is_open, .. } => Some(words.iter().map(move |word| QueryWord {
                    ways: vec![vec![word.clone()]],
                    is_exact: !*is_open,
                    is_open: *is_open,
                    ..QueryWord::default()
                })),
                _ => None,
            })
        });
        let words = query.words.iter().cloned().chain(in_conditions.flatten()).collect();
        Self { words, widened: widened.to_vec() }
    }

    /// A text with its matching words marked; none if it has none. `language` is that of the text.
    pub fn mark(&self, text: &str, language: Option<&str>) -> Option<String> {
        let places = self.places(text, language, u8::MAX);
        (!places.is_empty()).then(|| marked(text, 0..text.len(), &places))
    }

    /// The passage of a long text with the most of the words, marked; none if it has none.
    pub fn passage(&self, text: &str, language: Option<&str>) -> Option<String> {
        // As in the search: abstracts have the most words, and words that are near to everything.
        let places = self.places(text, language, 1);
        let best = places.iter().enumerate().max_by_key(|(first, (start, _))| {
            let within = places[*first..].iter().take_while(|(place, _)| place.end - start.start <= PASSAGE);
            let (mut words, mut count) = (0_u64, 0);
            within.for_each(|(_, word)| {
                words |= 1 << (word % 64);
                count += 1;
            });
            (words.count_ones(), count, std::cmp::Reverse(*first))
        });
        let (_, (start, _)) = best?;
        let range = passage(text, start.start);
        let (before, after) = (if range.start > 0 { "…" } else { "" }, if range.end < text.len() { "…" } else { "" });
        Some(format!("{before}{}{after}", marked(text, range, &places)))
    }

    /// The places of the query's words in a text, in their order.
    fn places(&self, text: &str, language: Option<&str>, most_typos: u8) -> Vec<Place> {
        let text = &text[..text.floor_char_boundary(LONGEST)];
        let folded = Folded::of(text);
        let tokens = Tokens::of(&folded.text);
        let language = stemmed_language(language);
        let mut places = Vec::new();
        for (number, word) in self.words.iter().enumerate() {
            let typos = if self.widened.get(number) == Some(&true) { most_typos } else { 0 };
            let is_meant = meant(word, language, typos, &tokens.words);
            let pairs = |way: &Vec<String>| typos > 0 && !word.is_exact && way.iter().all(|word| is_pair(word));
            for way in &word.ways {
                // What is not there as a whole was looked for by its pairs.
                if pairs(way) {
                    let there = tokens.all.iter().filter(|token| way.contains(&tokens.words[token.word]));
                    places.extend(there.map(|token| (folded.place(token.range.clone()), number)));
                    continue;
                }
                for token in &tokens.all {
                    let is_first =
                        if way.len() == 1 { is_meant[token.word] } else { tokens.words[token.word] == way[0] };
                    if !is_first {
                        continue;
                    }
                    let end = way.iter().enumerate().skip(1).try_fold(token.range.end, |end, (step, next)| {
                        let there = tokens.at(token.position + step as u32, next)?;
                        Some(end.max(there.range.end))
                    });
                    places.extend(end.map(|end| (folded.place(token.range.start..end), number)));
                }
            }
        }
        places.sort_by_key(|(place, word)| (place.start, place.end, *word));
        places
    }
}

/// The words of a text.
#[derive(Default)]
struct Tokens {
    /// The different words.
    words: Vec<String>,
    /// In the order of their positions.
    all: Vec<TextToken>,
}

struct TextToken {
    /// The place of the word in [`Tokens::words`].
    word: usize,
    position: u32,
    /// Where it is in the folded text.
    range: Range<usize>,
}

impl Tokens {
    fn of(folded: &str) -> Self {
        let mut tokens = Self::default();
        let mut known: HashMap<String, usize> = HashMap::new();
        words::index(folded, |word, position, range| {
            let number = known.get(word).copied().unwrap_or_else(|| {
                known.insert(word.to_owned(), tokens.words.len());
                tokens.words.push(word.to_owned());
                tokens.words.len() - 1
            });
            tokens.all.push(TextToken { word: number, position, range });
        });
        tokens
    }

    /// The token of a word at a position.
    fn at(&self, position: u32, word: &str) -> Option<&TextToken> {
        let first = self.all.partition_point(|token| token.position < position);
        let mut there = self.all[first..].iter().take_while(|token| token.position == position);
        there.find(|token| self.words[token.word] == *word)
    }
}

/// Which words of a text a word of a query means. `language` is that of the text.
/// `typos` is the most typing errors that it may have.
fn meant(word: &QueryWord, language: Option<&'static str>, typos: u8, others: &[String]) -> Vec<bool> {
    let stem_of = |word: &str| language.and_then(|language| stem(language, word));
    let own_stem = word.plain().and_then(stem_of);
    let has_own_stem = |plain: &str, other: &str| {
        let may_share = language.is_some_and(|language| may_share_stem(language, plain, other));
        own_stem.is_some() && may_share && own_stem == stem_of(other)
    };
    let is_meant = |other: &String| {
        let is_way = word.ways.iter().any(|way| way.len() == 1 && way[0] == *other);
        if is_way || word.joined.iter().any(|joined| joined.is(other)) {
            return true;
        }
        let Some(plain) = word.plain() else { return false };
        let is_one_character = plain.chars().nth(1).is_none() && !plain.is_ascii();
        (word.is_open || is_one_character) && other.starts_with(plain)
            || has_own_stem(plain, other)
            || numeronyms(plain).any(|numeronym| numeronym == other)
            || is_misspelling(plain, other, word.is_open, typos)
    };
    others.iter().map(is_meant).collect()
}

/// The bounds of a passage around a place: of whole words, with a little before the place.
fn passage(text: &str, place: usize) -> Range<usize> {
    let lead = PASSAGE / 5;
    let start = text[..place].char_indices().rev().take(lead).last().map_or(place, |(at, _)| at);
    let end = text[place..].char_indices().nth(PASSAGE - lead).map_or(text.len(), |(at, _)| place + at);
    let start = match start {
        0 => 0,
        start => text[start..place].find(char::is_whitespace).map_or(start, |blank| start + blank),
    };
    let end = match end {
        end if end == text.len() => end,
        end => {
            text[place..end].rfind(char::is_whitespace).filter(|blank| *blank > 0).map_or(end, |blank| place + blank)
        }
    };
    let trimmed = text[start..end].trim_start();
    let start = end - trimmed.len();
    start..start + trimmed.trim_end().len()
}

/// A part of a text as HTML, with marks around the places.
fn marked(text: &str, part: Range<usize>, places: &[Place]) -> String {
    let mut html = String::with_capacity(part.len() + 64);
    let mut at = part.start;
    let mut open: Option<Range<usize>> = None;
    let within =
        places.iter().map(|(place, _)| place).filter(|place| place.start >= part.start && place.end <= part.end);
    for place in within {
        match &mut open {
            Some(mark) if place.start <= mark.end => mark.end = mark.end.max(place.end),
            _ => {
                close(&mut html, text, &mut at, open.replace(place.clone()));
            }
        }
    }
    close(&mut html, text, &mut at, open);
    escape(&mut html, &text[at..part.end]);
    html
}

fn close(html: &mut String, text: &str, at: &mut usize, mark: Option<Range<usize>>) {
    let Some(mark) = mark else { return };
    escape(html, &text[*at..mark.start]);
    html.push_str("<mark>");
    escape(html, &text[mark.clone()]);
    html.push_str("</mark>");
    *at = mark.end;
}

fn escape(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(query: &str, is_widened: bool, text: &str) -> Option<String> {
        Highlighter::new(&Query::read(query).ok()?, &[is_widened; 2]).mark(text, None)
    }

    #[test]
    fn what_was_found_is_marked() {
        let table = [
            ("plotka", "Bartłomiej Płotka", Some("Bartłomiej <mark>Płotka</mark>")),
            ("hist", "Native Histograms", Some("Native <mark>Histograms</mark>")),
            ("query ", "Querying <PromQL>", Some("<mark>Querying</mark> &lt;PromQL&gt;")),
            ("\"a b\" ", "b a b & a", Some("b <mark>a b</mark> &amp; a")),
            ("multi-agent ", "Multi agent, multi-agent", Some("<mark>Multi agent</mark>, <mark>multi-agent</mark>")),
            ("alert manager", "Alertmanagers", Some("<mark>Alertmanagers</mark>")),
            ("京都 ", "東京都市", Some("東<mark>京都</mark>市")),
            ("k8s ", "Kubernetes", Some("<mark>Kubernetes</mark>")),
            ("c++ ", "C++ & C", Some("<mark>C++</mark> &amp; C")),
            ("other ", "Nothing", None),
        ];
        for (query, text, html) in table {
            assert_eq!(mark(query, false, text).as_deref(), html, "{query} {text}");
        }
        for (query, text, html) in [
            ("promethus ", "Prometheus", Some("<mark>Prometheus</mark>")),
            ("2019 ", "2018", None),
            ("機械学習の再現性 ", "機械学習 再現性", Some("<mark>機械学習</mark> <mark>再現性</mark>")),
        ] {
            assert_eq!(mark(query, false, text), None, "{query}");
            assert_eq!(mark(query, true, text).as_deref(), html, "{query}");
        }
    }

    #[test]
    fn a_passage_has_most_of_the_words() {
        let filler = "Nothing to see here at all. ".repeat(40);
        let text = format!("{filler}One native word. {filler}The native <histogram> is here. {filler}");
        let query = Query::read("native histogram ").unwrap_or_default();
        let passage = Highlighter::new(&query, &[]).passage(&text, None).unwrap_or_default();
        assert!(passage.contains("The <mark>native</mark> &lt;<mark>histogram</mark>&gt; is"), "{passage}");
        assert!(passage.starts_with('…') && passage.ends_with('…') && passage.len() < 400, "{passage}");
    }
}
