//! The words of a text that a query found, as HTML: `<mark>` around them, all else escaped.

use std::{cell::RefCell, collections::HashMap, ops::Range};

use super::{
    cursor::Stage,
    expand::is_misspelling,
    fields::{stem, stemmed_language},
    query::{Alternative, Query, QueryWord},
    words::{self, Folded},
};

/// The length of a passage in characters, without what is added to it.
const PASSAGE: usize = 220;

/// The most bytes of a text that are looked through.
const LONGEST: usize = 64 * 1024;

/// Marks what a query found.
#[derive(Clone, Debug)]
pub struct Highlighter {
    words: Vec<QueryWord>,
    stage: Stage,
}

/// A place in a text, and the word of the query that is there.
type Place = (Range<usize>, usize);

impl Highlighter {
    pub(super) fn new(query: &Query, stage: Stage) -> Self {
        let in_conditions = query.conditions.iter().filter(|condition| !condition.is_negative).flat_map(|condition| {
            condition.any.iter().filter_map(|alternative| match alternative {
                Alternative::Words { words, is_open, .. } => Some(words.iter().map(move |word| QueryWord {
                    ways: vec![vec![word.clone()]],
                    is_exact: !*is_open,
                    is_open: *is_open,
                    place: 0..0,
                })),
                _ => None,
            })
        });
        let words = query.words.iter().cloned().chain(in_conditions.flatten()).collect();
        Self { words, stage }
    }

    /// A text with its matching words marked; none if it has none. `language` is that of the text.
    pub fn mark(&self, text: &str, language: Option<&str>) -> Option<String> {
        let places = self.places(text, language);
        (!places.is_empty()).then(|| marked(text, 0..text.len(), &places))
    }

    /// The passage of a long text with the most of the words, marked; none if it has none.
    pub fn passage(&self, text: &str, language: Option<&str>) -> Option<String> {
        let places = self.places(text, language);
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
    fn places(&self, text: &str, language: Option<&str>) -> Vec<Place> {
        let text = &text[..text.floor_char_boundary(LONGEST)];
        let folded = Folded::of(text);
        let mut tokens: Vec<(String, u32, Range<usize>)> = Vec::new();
        words::index(&folded.text, |word, position, range| tokens.push((word.to_owned(), position, range)));
        let mut at: HashMap<u32, Vec<usize>> = HashMap::new();
        for (number, (_, position, _)) in tokens.iter().enumerate() {
            at.entry(*position).or_default().push(number);
        }
        let language = stemmed_language(language);
        let mut places = Vec::new();
        for (number, word) in self.words.iter().enumerate() {
            let meant = Meant::of(word, language, self.stage);
            for way in &word.ways {
                let is_one = way.len() == 1;
                for (token, position, range) in &tokens {
                    let is_first = if is_one { meant.is(token) } else { *token == way[0] };
                    if !is_first {
                        continue;
                    }
                    let end = way.iter().enumerate().skip(1).try_fold(range.end, |end, (step, next)| {
                        let there =
                            at.get(&(position + step as u32))?.iter().find(|token| tokens[**token].0 == *next)?;
                        Some(end.max(tokens[*there].2.end))
                    });
                    places.extend(end.map(|end| (folded.place(range.start..end), number)));
                }
            }
        }
        places.sort_by_key(|(place, word)| (place.start, place.end, *word));
        places
    }
}

/// What one word of a query means in texts of a language.
struct Meant<'q> {
    word: &'q QueryWord,
    stem: Option<String>,
    language: Option<&'static str>,
    stage: Stage,
    /// What was decided of words before.
    known: RefCell<HashMap<String, bool>>,
}

impl<'q> Meant<'q> {
    fn of(word: &'q QueryWord, language: Option<&'static str>, stage: Stage) -> Self {
        let stem = language.zip(word.plain()).and_then(|(language, plain)| stem(language, plain));
        Self { word, stem, language, stage, known: RefCell::default() }
    }

    /// Whether a word of a text is meant.
    fn is(&self, other: &str) -> bool {
        if let Some(known) = self.known.borrow().get(other) {
            return *known;
        }
        let is_meant = self.decide(other);
        self.known.borrow_mut().insert(other.to_owned(), is_meant);
        is_meant
    }

    fn decide(&self, other: &str) -> bool {
        if self.word.ways.iter().any(|way| way.len() == 1 && way[0] == other) {
            return true;
        }
        let Some(plain) = self.word.plain() else { return false };
        let is_one_character = plain.chars().nth(1).is_none() && !plain.is_ascii();
        (self.word.is_open || is_one_character) && other.starts_with(plain)
            || self.stem.is_some() && self.stem == self.language.and_then(|language| stem(language, other))
            || super::expand::is_numeronym(plain, other)
            || super::expand::is_numeronym(other, plain)
            || self.stage > Stage::Typed && is_misspelling(plain, other, self.word.is_open)
    }
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

    fn mark(query: &str, stage: Stage, text: &str) -> Option<String> {
        Highlighter::new(&Query::read(query).ok()?, stage).mark(text, None)
    }

    #[test]
    fn what_was_found_is_marked() {
        let table = [
            ("plotka", "Bartłomiej Płotka", Some("Bartłomiej <mark>Płotka</mark>")),
            ("hist", "Native Histograms", Some("Native <mark>Histograms</mark>")),
            ("query ", "Querying <PromQL>", Some("<mark>Querying</mark> &lt;PromQL&gt;")),
            ("\"a b\" ", "b a b & a", Some("b <mark>a b</mark> &amp; a")),
            ("multi-agent ", "Multi agent, multi-agent", Some("<mark>Multi agent</mark>, <mark>multi-agent</mark>")),
            ("京都 ", "東京都市", Some("東<mark>京都</mark>市")),
            ("k8s ", "Kubernetes", Some("<mark>Kubernetes</mark>")),
            ("c++ ", "C++ & C", Some("<mark>C++</mark> &amp; C")),
            ("other ", "Nothing", None),
        ];
        for (query, text, html) in table {
            assert_eq!(mark(query, Stage::Typed, text).as_deref(), html, "{query} {text}");
        }
        assert_eq!(mark("promethus ", Stage::Typed, "Prometheus"), None);
        assert_eq!(mark("promethus ", Stage::Misspelt, "Prometheus").as_deref(), Some("<mark>Prometheus</mark>"));
    }

    #[test]
    fn a_passage_has_most_of_the_words() {
        let filler = "Nothing to see here at all. ".repeat(40);
        let text = format!("{filler}One native word. {filler}The native <histogram> is here. {filler}");
        let query = Query::read("native histogram ").unwrap_or_default();
        let passage = Highlighter::new(&query, Stage::Typed).passage(&text, None).unwrap_or_default();
        assert!(passage.contains("The <mark>native</mark> &lt;<mark>histogram</mark>&gt; is"), "{passage}");
        assert!(passage.starts_with('…') && passage.ends_with('…') && passage.len() < 400, "{passage}");
    }
}
