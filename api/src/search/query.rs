//! What a query asks for: words, phrases in quotes, conditions such as `speaker:volz`, and what must not be there.

use std::{ops::Range, str::FromStr};

use super::{
    SearchKind,
    entry::term,
    fields::{COMPANIES, CONFERENCE, EDITION, SPEAKERS, TAGS},
    words::{Compound, compounds},
};
use crate::{
    collation::fold,
    error::{Error, Result},
    scalars::{Language, check_year},
    text::{LONGEST_LINE, searchable, tidied},
    vocabulary::TalkKind,
};
use sea_orm::{ActiveEnum, Iterable};

/// The most words of a query.
pub(super) const MOST_WORDS: usize = 60;

/// The most values of a condition.
const MOST_VALUES: usize = 100;

/// A word that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QueryWord {
    /// The ways in which it may be written: each is a sequence of words that are next to each other.
    pub(super) ways: Vec<Vec<String>>,
    /// Whether it is meant exactly as it is: it is in quotes.
    pub(super) is_exact: bool,
    /// Whether it may still be typed: it is the last one, and nothing follows it.
    pub(super) is_open: bool,
    /// Where it is in the query.
    pub(super) place: Range<usize>,
}

impl QueryWord {
    /// The word, if it is one word that may be stemmed or misspelt.
    pub(super) fn plain(&self) -> Option<&str> {
        match self.ways.first()?.as_slice() {
            [word] if !self.is_exact => Some(word),
            _ => None,
        }
    }
}

/// A condition of things: one of the alternatives must hold, or none if it is negative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) is_negative: bool,
    pub(super) any: Vec<Alternative>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Alternative {
    /// The thing has the term.
    Term(String),
    /// One value of a field has all of the words; the last one may go on.
    Words { field: usize, words: Vec<String>, is_open: bool },
    /// Any text has the word.
    Word(QueryWord),
    /// The title has the folded text in it.
    TitleContains(String),
}

/// What a query asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) words: Vec<QueryWord>,
    pub(super) conditions: Vec<Condition>,
}

/// The names of conditions, as a query has them.
pub(super) const OPERATORS: [&str; 9] =
    ["speaker", "company", "edition", "conference", "tag", "year", "kind", "language", "has"];

impl Query {
    /// Reads a query. `is_typed` says whether its last word may go on.
    pub(super) fn read(text: &str) -> Result<Self> {
        searchable(text, LONGEST_LINE).map_err(wrong)?;
        let mut reader = Reader { text, at: 0, query: Self::default() };
        while reader.next()? {}
        let mut query = reader.query;
        let ends_open = text.ends_with(|c: char| !c.is_whitespace() && c != '"');
        if let Some(last) = query.words.last_mut().filter(|last| ends_open && !last.is_exact) {
            last.is_open = compounds(&fold(&text[last.place.end..])).next().is_none();
        }
        let mut seen: Vec<Vec<Vec<String>>> = Vec::new();
        query.words.reverse();
        query.words.retain(|word| {
            let is_new = !seen.contains(&word.ways);
            seen.push(word.ways.clone());
            is_new
        });
        query.words.reverse();
        let count = query.words.len();
        if count > MOST_WORDS {
            return Err(wrong(format!("{count} words, and {MOST_WORDS} are the most")));
        }
        if query.words.is_empty() && query.conditions.is_empty() {
            return Err(wrong(
                "there is no word to look for: give words, such as `native histograms`, or a condition, such as \
                 `speaker:volz`",
            ));
        }
        Ok(query)
    }

    /// Reads the beginning of names: each word may go on.
    pub(super) fn read_prefix(text: &str) -> Result<Self> {
        searchable(text, LONGEST_LINE).map_err(|message| Error::bad_input("prefix", message))?;
        let mut words = plain_words(text, 0);
        words.truncate(MOST_WORDS);
        words.iter_mut().for_each(|word| word.is_open = true);
        Ok(Self { words, conditions: Vec::new() })
    }

    /// Adds alternatives of a condition to those of the same name and sign.
    fn add(&mut self, is_negative: bool, name: &str, any: Vec<Alternative>, names: &mut Vec<(String, bool)>) {
        match names.iter().position(|known| known.0 == name && known.1 == is_negative) {
            Some(place) if !is_negative => self.conditions[place].any.extend(any),
            _ => {
                names.push((name.to_owned(), is_negative));
                self.conditions.push(Condition { is_negative, any });
            }
        }
    }
}

fn wrong(message: impl Into<String>) -> Error {
    Error::bad_input("query", message)
}

/// The words of a text that is at a place of the query.
fn plain_words(text: &str, at: usize) -> Vec<QueryWord> {
    let folded = super::words::Folded::of(text);
    let word = |compound: Compound| {
        let place = folded.place(compound.range());
        QueryWord {
            ways: compound.ways(&folded.text),
            is_exact: false,
            is_open: false,
            place: at + place.start..at + place.end,
        }
    };
    // The end of a word may still be typed, in another script than its beginning.
    compounds(&folded.text).flat_map(Compound::by_script).map(word).collect()
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    query: Query,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Reads the next word, phrase or condition. Answers whether there was one.
    fn next(&mut self) -> Result<bool> {
        let blanks = self.rest().len() - self.rest().trim_start().len();
        self.at += blanks;
        if self.rest().is_empty() {
            return Ok(false);
        }
        let is_negative = self.is_negative();
        self.at += usize::from(is_negative);
        if let Some(name) = self.operator() {
            self.at += name.len() + 1;
            let (value, is_closed) = self.value();
            let is_open = !is_closed && self.rest().is_empty();
            let any = alternatives(name, &value, is_open)?;
            let mut names = self.names();
            self.query.add(is_negative, name, any, &mut names);
            return Ok(true);
        }
        let start = self.at;
        if let Some(phrase) = self.quoted() {
            let folded = fold(&phrase);
            let sequence: Vec<String> = compounds(&folded).flat_map(|compound| compound.sequence(&folded)).collect();
            let place = start..self.at;
            let word = QueryWord { ways: vec![sequence], is_exact: true, is_open: false, place };
            if !word.ways[0].is_empty() {
                self.take(is_negative, vec![word]);
            }
            return Ok(true);
        }
        let length = self.rest().find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(self.rest().len());
        let words = plain_words(&self.rest()[..length], self.at);
        // A quote that nothing closes is skipped.
        self.at += if length == 0 { self.rest().chars().next().map_or(0, char::len_utf8) } else { length };
        self.take(is_negative, words);
        Ok(true)
    }

    fn take(&mut self, is_negative: bool, words: Vec<QueryWord>) {
        if !is_negative {
            return self.query.words.extend(words);
        }
        let condition = |word| Condition { is_negative: true, any: vec![Alternative::Word(word)] };
        self.query.conditions.extend(words.into_iter().map(condition));
    }

    /// The names of the conditions so far. A condition of words has none.
    fn names(&self) -> Vec<(String, bool)> {
        let name = |condition: &Condition| match condition.any.first() {
            Some(Alternative::Term(term)) => (operator_of(term).to_owned(), condition.is_negative),
            _ => (String::new(), condition.is_negative),
        };
        self.query.conditions.iter().map(name).collect()
    }

    /// Whether a minus before a word, a phrase or a condition is here.
    fn is_negative(&self) -> bool {
        let after = |rest: &str| rest.chars().next().is_some_and(|c| c.is_alphanumeric() || is_quote(c));
        self.rest().strip_prefix('-').is_some_and(after)
    }

    /// The name of a condition, if one is here with a value.
    fn operator(&self) -> Option<&'static str> {
        let (name, value) = self.rest().split_once(':')?;
        let has_value = value.chars().next().is_some_and(|c| c.is_alphanumeric() || is_quote(c) || c == '.');
        OPERATORS.into_iter().find(|operator| has_value && name.eq_ignore_ascii_case(operator))
    }

    /// The value of a condition, and whether quotes close it.
    fn value(&mut self) -> (String, bool) {
        if let Some(quoted) = self.quoted() {
            return (quoted, true);
        }
        let rest = self.rest();
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let value = rest[..length].replace(is_quote, "");
        self.at += length;
        (value, false)
    }

    /// The text in quotes, if it is here and is closed.
    fn quoted(&mut self) -> Option<String> {
        let rest = self.rest();
        let open = rest.chars().next().filter(|c| is_quote(*c))?.len_utf8();
        let (length, close) = rest[open..].char_indices().find(|(_, c)| is_quote(*c))?;
        let text = rest[open..open + length].to_owned();
        self.at += open + length + close.len_utf8();
        Some(text)
    }
}

/// The condition whose values are terms of this kind.
fn operator_of(term: &str) -> &str {
    match term.split(':').next().unwrap_or_default() {
        "recording" | "slides" => "has",
        "is" => "kind",
        name => name,
    }
}

fn alternatives(name: &'static str, value: &str, is_open: bool) -> Result<Vec<Alternative>> {
    let field = match name {
        "speaker" => SPEAKERS,
        "company" => COMPANIES,
        "edition" => EDITION,
        "conference" => CONFERENCE,
        "tag" => TAGS,
        _ => return terms(name, value).map(|terms| terms.into_iter().map(Alternative::Term).collect()),
    };
    let folded = fold(value);
    let exact = if name == "tag" { folded.clone() } else { tidied(&folded, false) };
    let words = compounds(&folded).flat_map(|compound| compound.sequence(&folded)).collect();
    Ok(vec![Alternative::Term(term(name, &exact)), Alternative::Words { field, words, is_open }])
}

/// The terms of a condition with listed values.
fn terms(name: &str, value: &str) -> Result<Vec<String>> {
    let values: Vec<&str> = value.split(',').map(str::trim).filter(|value| !value.is_empty()).collect();
    let mut terms = Vec::new();
    for value in values.iter().take(MOST_VALUES) {
        match name {
            "year" => terms.extend(years(value)?.map(|year| term(name, &year.to_string()))),
            "kind" => terms.push(kind(value)?),
            "language" => {
                let language = Language::from_str(value).map_err(wrong)?;
                terms.push(term(name, language.as_str()));
            }
            _ => terms.push(match value.to_ascii_lowercase().as_str() {
                "recording" | "recordings" | "video" => term("recording", "true"),
                "slides" => term("slides", "true"),
                _ => return Err(wrong(format!("has:{value} is not has:recording or has:slides"))),
            }),
        }
    }
    Ok(terms)
}

/// A year, or a range of years: `2016`, `2016-2018`, `2016..2018`.
fn years(value: &str) -> Result<impl Iterator<Item = i32>> {
    let (from, until) = value.split_once("..").or_else(|| value.split_once('-')).unwrap_or((value, value));
    let year = |text: &str| -> Result<i32> {
        let year = text.parse().map_err(|_| wrong(format!("year:{value} is not a year: year:2016, year:2016-2018")))?;
        check_year(year, text).map_err(wrong)?;
        Ok(year)
    };
    let (from, until) = (year(from)?, year(until)?);
    let count = until - from + 1;
    match count {
        ..1 => Err(wrong(format!("year:{value} ends before it begins"))),
        count if count as usize > MOST_VALUES => {
            Err(wrong(format!("year:{value} has {count} years, and {MOST_VALUES} are the most")))
        }
        _ => Ok(from..=until),
    }
}

/// A kind of talk, or of what is found.
fn kind(value: &str) -> Result<String> {
    let word = value.replace('-', "_").to_ascii_uppercase();
    if let Ok(kind) = TalkKind::try_from_value(&word) {
        return Ok(term("kind", &kind.to_value()));
    }
    let found = SearchKind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(value));
    found.map(|kind| term("is", kind.name())).ok_or_else(|| {
        let kinds = TalkKind::iter().map(|kind| kind.to_value().to_ascii_lowercase());
        let names = SearchKind::ALL.into_iter().skip(1).map(|kind| kind.name().to_owned());
        let right: Vec<String> = kinds.chain(names).collect();
        wrong(format!("kind:{value} is not one of {}", right.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Query {
        Query::read(text).unwrap_or_default()
    }

    fn words(text: &str) -> Vec<String> {
        read(text).words.into_iter().map(|word| word.ways.last().map(|way| way.join(" ")).unwrap_or_default()).collect()
    }

    #[test]
    fn words_and_phrases_are_read() {
        assert_eq!(words("Native  Histograms!"), ["native", "histograms"]);
        assert_eq!(words("\"native histograms\" prom"), ["native histograms", "prom"]);
        assert_eq!(words("“Native Histograms” prom"), ["native histograms", "prom"]);
        assert_eq!(words("an \"open quote"), ["an", "open", "quote"]);
        assert_eq!(words("same same Same"), ["same"]);
        assert_eq!(words("Keynote: https://example.org std::io"), ["keynote", "https", "example org", "std", "io"]);
        assert_eq!(words("a - b"), ["a", "b"]);
        assert_eq!(words("持続可能なVT"), ["持続 続可 可能 能な", "vt"]);
    }

    #[test]
    fn the_last_word_may_go_on() {
        let open = |text: &str| read(text).words.into_iter().map(|word| word.is_open).collect::<Vec<_>>();
        assert_eq!(open("native hist"), [false, true]);
        assert_eq!(open("native hist "), [false, false]);
        assert_eq!(open("native \"hist\""), [false, false]);
        assert_eq!(open("hist year:2019"), [false]);
        assert_eq!(open("hist!"), [true]);
    }

    #[test]
    fn conditions_are_read() {
        let query = read("speaker:Volz has:recording -kind:keynote -\"lightning talks\" scale");
        assert_eq!(query.words.len(), 1);
        let negative: Vec<bool> = query.conditions.iter().map(|condition| condition.is_negative).collect();
        assert_eq!(negative, [false, false, true, true]);
        assert_eq!(query.conditions[0].any[0], Alternative::Term("speaker:volz".to_owned()));
        assert_eq!(query.conditions[1].any, [Alternative::Term("recording:true".to_owned())]);
        assert_eq!(query.conditions[2].any, [Alternative::Term("kind:KEYNOTE".to_owned())]);
        let years = read("year:2016-2018 year:2020 tag:PromQL tag:Go");
        assert_eq!(years.conditions.len(), 2, "the values of one name are alternatives");
        assert_eq!(years.conditions[0].any.len(), 4);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, what) in [
            ("", "no word"),
            ("  \u{200f}\u{202e} ?!* ", "no word"),
            ("\"\"", "no word"),
            ("a\0b", "U+0000"),
            ("year:soon", "year:soon is not a year"),
            ("year:2020-2016", "ends before"),
            ("kind:speech", "is not one of talk, keynote"),
            ("has:fun", "has:recording"),
            ("language:english", "BCP 47"),
        ] {
            let error = Query::read(text).map(|query| format!("{query:?}")).map_err(|error| error.to_string());
            assert!(error.as_ref().is_err_and(|error| error.contains(what)), "{text}: {error:?}");
        }
        let many: String = (0..70).map(|n| format!("w{n} ")).collect();
        assert!(Query::read(&many).is_err_and(|error| error.to_string().contains("60 are the most")));
        assert!(Query::read(&"x".repeat(501)).is_err());
    }
}
