//! The words of a text that a query found, as HTML: `<mark>` around them, all else escaped.

use std::{collections::HashMap, ops::Range};

use super::{
    evaluate::Widening,
    expand::{MOST_PAIRS, is_misspelling},
    fields::{ABSTRACT, may_share_stem, stem, stemmed_languages},
    query::{Alternative, Query, QueryWord},
    words::{self, Folded, is_pair, numeronyms},
};

/// The length of a passage in characters, and how many of them are before the first word.
const PASSAGE: usize = 220;
const LEAD: usize = PASSAGE / 5;

/// The most bytes of a text that are looked through.
const LONGEST: usize = 64 * 1024;

/// Marks what a query found.
#[derive(Clone, Debug)]
pub struct Highlighter {
    words: Vec<MarkedWord>,
    /// The first words for which others were looked for, too, that may be meant.
    widened: Vec<Widening>,
}

/// A word that is marked.
#[derive(Clone, Debug)]
struct MarkedWord {
    word: QueryWord,
    /// The only field of texts in which it is marked, if there is one.
    field: Option<usize>,
}

/// A place in a text, and the word of the query that is there.
type Place = (Range<usize>, usize);

impl Highlighter {
    pub(super) fn new(query: &Query, widened: &[Widening]) -> Self {
        let in_conditions = query.conditions.iter().filter(|condition| !condition.is_negative).flat_map(|condition| {
            condition.any.iter().filter_map(|alternative| match alternative {
                Alternative::Words { words, is_open, field } => Some(words.iter().map(move |word| MarkedWord {
                    word: QueryWord {
                        ways: vec![vec![word.clone()]],
                        is_exact: !*is_open,
                        is_open: *is_open,
                        ..QueryWord::default()
                    },
                    field: Some(*field),
                })),
                _ => None,
            })
        });
        let words = query.words.iter().cloned().map(|word| MarkedWord { word, field: None });
        Self { words: words.chain(in_conditions.flatten()).collect(), widened: widened.to_vec() }
    }

    /// A text of a field with its matching words marked; none if it has none. `language` is that of the text.
    pub fn mark(&self, field: usize, text: &str, language: Option<&str>) -> Option<String> {
        let places = self.places(field, text, language);
        (!places.is_empty()).then(|| marked(text, 0..text.len(), &places))
    }

    /// The passage of an abstract with the most of the words, marked; none if it has none.
    pub fn passage(&self, text: &str, language: Option<&str>) -> Option<String> {
        let places = self.places(ABSTRACT, text, language);
        let best = places.iter().enumerate().max_by_key(|(first, (start, _))| {
            let within = places[*first..].iter().take_while(|(place, _)| place.end - start.start <= PASSAGE - LEAD);
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

    /// The places of the query's words in a text of a field, in their order.
    fn places(&self, field: usize, text: &str, language: Option<&str>) -> Vec<Place> {
        let text = &text[..text.floor_char_boundary(LONGEST)];
        let folded = Folded::of(text);
        let tokens = Tokens::of(&folded.text);
        let languages = stemmed_languages(field, language);
        // As in the search: abstracts have the most words, and words that are near to everything.
        let most_typos = if field == ABSTRACT { 1 } else { u8::MAX };
        let mut places = Vec::new();
        for (number, MarkedWord { word, field: only }) in self.words.iter().enumerate() {
            if only.is_some_and(|only| only != field) {
                continue;
            }
            let Widening { is_misspelt, is_cut } = self.widened.get(number).copied().unwrap_or_default();
            let typos = if is_misspelt { most_typos } else { 0 };
            let mut found = tokens.whole(word, &meant(word, is_cut, &languages, typos, &tokens.words));
            if is_misspelt && !word.is_exact && found.is_empty() {
                found = tokens.parts(word);
            }
            places.extend(found.into_iter().map(|range| (folded.place(range), number)));
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

    /// Where a word of a query is, in one of its ways. `is_meant` says which words it means that are one word.
    fn whole(&self, word: &QueryWord, is_meant: &[bool]) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        for way in &word.ways {
            for token in &self.all {
                let other = &self.words[token.word];
                let is_first = if way.len() == 1 { is_meant[token.word] } else { *other == way[0] };
                if !is_first {
                    continue;
                }
                let end = way.iter().enumerate().skip(1).try_fold(token.range.end, |end, (step, next)| {
                    let there = self.at(token.position + step as u32, next)?;
                    Some(end.max(there.range.end))
                });
                // A character is a part of each pair that it begins.
                let is_begin = way.len() == 1 && is_pair(other) && other.starts_with(&way[0]);
                let end = if is_begin { Some(token.range.start + way[0].len()) } else { end };
                places.extend(end.map(|end| token.range.start..end));
            }
        }
        places
    }

    /// Where the parts of a word of a query are that is not there as a whole, as it is looked for then: a word as two, and
    /// a text without blanks by most of its pairs.
    fn parts(&self, word: &QueryWord) -> Vec<Range<usize>> {
        if let Some(plain) = word.plain() {
            let split = |token: &TextToken| {
                let rest = plain.strip_prefix(self.words[token.word].as_str()).filter(|rest| rest.len() > 1)?;
                let end = self.at(token.position + 1, rest)?.range.end;
                (self.words[token.word].len() > 1).then_some(token.range.start..end)
            };
            return self.all.iter().filter_map(split).collect();
        }
        let Some(pairs) = word.ways.iter().find(|way| way.iter().all(|word| is_pair(word))) else { return Vec::new() };
        let there = pairs.iter().filter(|pair| self.words.contains(pair)).count();
        if there < (pairs.len() * MOST_PAIRS.0).div_ceil(MOST_PAIRS.1) {
            return Vec::new();
        }
        let is_one = |token: &&TextToken| pairs.contains(&self.words[token.word]);
        self.all.iter().filter(is_one).map(|token| token.range.clone()).collect()
    }

    /// The token of a word at a position.
    fn at(&self, position: u32, word: &str) -> Option<&TextToken> {
        let first = self.all.partition_point(|token| token.position < position);
        let mut there = self.all[first..].iter().take_while(|token| token.position == position);
        there.find(|token| self.words[token.word] == *word)
    }
}

/// Which words of a text a word of a query means. `is_cut` says whether it may be the beginning of a longer word.
/// `languages` are those by whose rules the text is stemmed, and `typos` is the most typing errors that it may have.
fn meant(word: &QueryWord, is_cut: bool, languages: &[&'static str], typos: u8, others: &[String]) -> Vec<bool> {
    let stems = languages.iter().filter_map(|language| Some((*language, stem(language, word.plain()?)?)));
    let stems: Vec<(&str, String)> = stems.collect();
    let has_own_stem = |plain: &str, other: &str| {
        let is_same = |(language, own): &(&str, String)| {
            may_share_stem(language, plain, other) && stem(language, other).as_ref() == Some(own)
        };
        stems.iter().any(is_same)
    };
    let is_meant = |other: &String| {
        let is_way = word.ways.iter().any(|way| way.len() == 1 && way[0] == *other);
        if is_way || word.joined.iter().any(|joined| joined.is(other)) {
            return true;
        }
        let Some(plain) = word.plain() else { return false };
        let is_one_character = plain.chars().nth(1).is_none() && !plain.is_ascii();
        (word.is_open || is_cut || is_one_character) && other.starts_with(plain)
            || has_own_stem(plain, other)
            || numeronyms(plain).any(|numeronym| numeronym == other)
            || is_misspelling(plain, other, word.is_open, typos)
    };
    others.iter().map(is_meant).collect()
}

/// The bounds of a passage around a place: of whole words, with a little before the place.
fn passage(text: &str, place: usize) -> Range<usize> {
    let start = text[..place].char_indices().rev().take(LEAD).last().map_or(place, |(at, _)| at);
    let end = text[place..].char_indices().nth(PASSAGE - LEAD).map_or(text.len(), |(at, _)| place + at);
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
    use crate::search::fields::{SPEAKERS, TITLE};

    fn mark(query: &str, is_widened: bool, text: &str) -> Option<String> {
        let widening = Widening { is_misspelt: is_widened, is_cut: is_widened };
        Highlighter::new(&Query::read(query).ok()?, &[widening; 2]).mark(TITLE, text, None)
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
            ("第2回 ", "第2回の", Some("<mark>第2回</mark>の")),
            ("視 ", "監視システム", Some("監<mark>視</mark>システム")),
            ("other ", "Nothing", None),
        ];
        for (query, text, html) in table {
            assert_eq!(mark(query, false, text).as_deref(), html, "{query} {text}");
        }
        for (query, text, html) in [
            ("promethus ", "Prometheus", Some("<mark>Prometheus</mark>")),
            ("timeseries ", "Time Series", Some("<mark>Time Series</mark>")),
            ("2019 ", "2018", None),
            ("機械学習の再現性 ", "機械学習 再現性", Some("<mark>機械学習</mark> <mark>再現性</mark>")),
        ] {
            assert_eq!(mark(query, false, text), None, "{query}");
            assert_eq!(mark(query, true, text).as_deref(), html, "{query}");
        }
    }

    #[test]
    fn parts_of_a_word_are_marked_where_it_is_not_as_a_whole() {
        let text = "การบรรยายนี้อธิบายฐานข้อมูล";
        assert_eq!(mark("ฐานข้อมูล ", true, text), Some("การบรรยายนี้อธิบาย<mark>ฐานข้อมูล</mark>".to_owned()));
        assert_eq!(mark("ตรวจสอบระบบ ", true, text), None, "few of its pairs are there");
    }

    #[test]
    fn words_of_a_condition_are_marked_in_its_field() {
        let highlighter = Highlighter::new(&Query::read("speaker:groß title").unwrap_or_default(), &[]);
        assert_eq!(highlighter.mark(SPEAKERS, "Jürgen Groß", None), Some("Jürgen <mark>Groß</mark>".to_owned()));
        assert_eq!(highlighter.mark(TITLE, "Groß", None), None);
    }

    #[test]
    fn a_passage_has_all_words_where_they_are_together() {
        let text = format!("{}. {}. Here are kumquat, loquat, medlar.", "kumquat ".repeat(90), "loquat ".repeat(90));
        let query = Query::read("kumquat loquat medlar ").unwrap_or_default();
        let passage = Highlighter::new(&query, &[]).passage(&text, None).unwrap_or_default();
        assert!(passage.contains("<mark>medlar</mark>"), "{passage}");
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
