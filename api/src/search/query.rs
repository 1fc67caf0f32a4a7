//! What a query asks for: words, phrases in quotes, conditions such as `speaker:volz`, and what must not be there.

use std::{
    borrow::Cow,
    ops::{Range, RangeInclusive},
    str::FromStr,
};

use percent_encoding::percent_decode_str;
use quick_xml::escape::unescape;

use super::{
    SearchKind,
    entry::term,
    fields::{COMPANIES, CONFERENCE, EDITION, SPEAKERS, TAGS},
    words::{Compound, compounds, is_function_word, is_pair},
};
use crate::{
    collation::fold,
    error::{Error, Result},
    scalars::{Language, check_year},
    text::{LONGEST_LINE, searchable, tidied},
    vocabulary::TalkKind,
};
use sea_orm::{ActiveEnum, Iterable};
use unicode_normalization::char::is_combining_mark;
use uuid::Uuid;

/// The most words of a query.
pub(super) const MOST_WORDS: usize = 60;

/// The most values of a condition.
const MOST_VALUES: usize = 100;

/// The most words of the beginning of a name that are looked for.
const MOST_NAME_WORDS: usize = 10;

/// The fewest letters of a word that two words of a query may be written as.
const SHORTEST_JOINED: usize = 4;

/// The fewest letters of a word that is written as one with others.
const SHORTEST_HUMP: usize = 3;

/// A word that is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct QueryWord {
    /// The ways in which it may be written: each is a sequence of words that are next to each other.
    pub(super) ways: Vec<Vec<String>>,
    /// Whether it is meant exactly as it is: it is in quotes.
    pub(super) is_exact: bool,
    /// Whether it may still be typed: it is the last one, and nothing follows it.
    pub(super) is_open: bool,
    /// Whether it is the first letter of a name: `B.`.
    pub(super) is_initial: bool,
    /// Whether what is found need not have it, because it has little meaning beside the other words.
    pub(super) is_optional: bool,
    /// The words that it is a half of, if they are written as one with the word before or behind it: `alertmanager` of
    /// `alert manager`.
    pub(super) joined: Vec<Joined>,
    /// Where it is in the query.
    pub(super) place: Range<usize>,
}

impl QueryWord {
    /// The number of words that it is written with. Pairs of characters do not count: a text has few of each.
    fn length(&self) -> usize {
        self.ways.iter().map(|way| way.iter().filter(|word| !is_pair(word)).count()).max().unwrap_or_default()
    }

    /// The word, if it is one word that may be stemmed or misspelt.
    pub(super) fn plain(&self) -> Option<&str> {
        match self.ways.first()?.as_slice() {
            [word] if !self.is_exact => Some(word),
            _ => None,
        }
    }
}

/// Two words of a query as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Joined {
    pub(super) word: String,
    /// Whether it may still be typed.
    pub(super) is_open: bool,
}

impl Joined {
    /// Whether it means a word of a text.
    pub(super) fn is(&self, other: &str) -> bool {
        if self.is_open { other.starts_with(&self.word) } else { other == self.word }
    }
}

/// A condition of things: one of the alternatives must hold, or none if it is negative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) is_negative: bool,
    /// Whether it narrows what is found, so that how widely is looked does not depend on it.
    pub(super) narrows: bool,
    pub(super) any: Vec<Alternative>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Alternative {
    /// The thing has the term.
    Term(String),
    /// The thing is of the kind.
    Kind(SearchKind),
    /// One value of a field has all of the words; the last one may go on.
    Words { field: usize, words: Vec<String>, is_open: bool },
    /// Any text has the word.
    Word(QueryWord),
    /// The title has the folded text in it.
    TitleContains(String),
    /// The thing itself.
    Item(SearchKind, Uuid),
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
        let mut reader = Reader { text, at: 0, query: Self::default(), ends_with_conditions: false };
        while reader.next()? {}
        let mut query = reader.query;
        let ends_open = text.ends_with(|c: char| !c.is_whitespace() && c != '"');
        if let Some(last) = query.words.last_mut().filter(|last| ends_open && !last.is_exact) {
            let is_last = compounds(&fold(&text[last.place.end..])).next().is_none();
            last.is_open = is_last || reader.ends_with_conditions;
        }
        query.words.reverse();
        keep_first(&mut query.words);
        query.words.reverse();
        join_neighbours(&mut query.words, text);
        let is_optional = |word: &QueryWord| word.plain().is_some_and(is_function_word);
        if !query.words.iter().all(is_optional) {
            query.words.iter_mut().for_each(|word| word.is_optional = is_optional(word));
        }
        let count = query.all_words().map(QueryWord::length).sum::<usize>();
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

    /// Reads the beginning of names: each word may go on. The first ones tell names apart.
    pub(super) fn read_prefix(text: &str) -> Result<Self> {
        searchable(text, LONGEST_LINE).map_err(|message| Error::bad_input("prefix", message))?;
        let mut words = plain_words(text, 0);
        keep_first(&mut words);
        words.truncate(MOST_NAME_WORDS);
        words.iter_mut().for_each(|word| word.is_open = true);
        join_neighbours(&mut words, text);
        Ok(Self { words, conditions: Vec::new() })
    }

    /// Asks for these items.
    pub(super) fn of_items(items: &[(SearchKind, Uuid)]) -> Self {
        let any = items.iter().map(|(kind, id)| Alternative::Item(*kind, *id)).collect();
        Self { words: Vec::new(), conditions: vec![Condition { is_negative: false, narrows: false, any }] }
    }

    /// The number of words that are not optional.
    pub(super) fn required(&self) -> usize {
        self.words.iter().filter(|word| !word.is_optional).count()
    }

    /// A query with its words, but for phrases, as they are without signs in them: `node exporter` of `node_exporter`. It is
    /// none if no word has signs.
    pub(super) fn apart(&self, text: &str) -> Option<(Self, String)> {
        let mut apart = text.to_owned();
        for word in self.words.iter().filter(|word| !word.is_exact) {
            let signs = |c: char| match c {
                '\'' | '’' | '.' | '&' | '+' | '#' => c.to_string(),
                c if c.is_alphanumeric() || is_combining_mark(c) => c.to_string(),
                c => " ".repeat(c.len_utf8()),
            };
            let blanked: String = text[word.place.clone()].chars().map(signs).collect();
            apart.replace_range(word.place.clone(), &blanked);
        }
        if apart == text {
            return None;
        }
        let query = Self::read(&apart).ok().filter(|query| query.words.len() > self.words.len())?;
        Some((Self { conditions: self.conditions.clone(), ..query }, apart))
    }

    /// Its words and those that must not be there.
    fn all_words(&self) -> impl Iterator<Item = &QueryWord> {
        let any = self.conditions.iter().flat_map(|condition| &condition.any);
        self.words.iter().chain(any.filter_map(|alternative| match alternative {
            Alternative::Word(word) => Some(word),
            _ => None,
        }))
    }

    /// Adds alternatives of a condition to those of the same name and sign. A talk may have both of a recording and
    /// slides, so these are two conditions.
    fn add(&mut self, is_negative: bool, name: &str, any: Vec<Alternative>, names: &mut Vec<(String, bool)>) {
        match names.iter().position(|known| known.0 == name && known.1 == is_negative) {
            Some(place) if !is_negative && name != "has" => self.conditions[place].any.extend(any),
            _ => {
                names.push((name.to_owned(), is_negative));
                self.conditions.push(Condition { is_negative, narrows: true, any });
            }
        }
    }
}

/// Keeps the first of words that are written alike.
fn keep_first(words: &mut Vec<QueryWord>) {
    let mut seen: Vec<Vec<Vec<String>>> = Vec::new();
    words.retain(|word| {
        let is_new = !seen.contains(&word.ways);
        seen.push(word.ways.clone());
        is_new
    });
}

/// Notes the words that neighbours make together: people split `alertmanager` and `c sharp`.
fn join_neighbours(words: &mut [QueryWord], text: &str) {
    for second in 1..words.len() {
        let [one, other] = [&words[second - 1], &words[second]];
        let (Some(begin), Some(end)) = (one.plain(), other.plain()) else { continue };
        let is_next = text.get(one.place.end..other.place.start).is_some_and(|between| between.trim().is_empty());
        let is_word = begin.chars().all(char::is_alphabetic) && !is_pair(begin) && !is_pair(end);
        let length = begin.len() + end.len();
        let is_number = end.bytes().all(|byte| byte.is_ascii_digit());
        let is_long = begin.len() > 1 && (is_number || end.len() > 1 && length >= SHORTEST_JOINED) || end == "sharp";
        if is_next && is_word && is_long {
            let joined = Joined { word: format!("{begin}{end}"), is_open: other.is_open };
            words[second - 1].joined.push(joined.clone());
            words[second].joined.push(joined);
        }
    }
}

/// A text as it was before it was written for an address or for HTML: people paste `Python%20in%20Production` and
/// `Python &amp; Go`. A text that has blanks is no part of an address.
pub(super) fn pasted(text: &str) -> Cow<'_, str> {
    if text.contains('%') && !text.contains(char::is_whitespace) {
        return percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text));
    }
    unescape(text).unwrap_or(Cow::Borrowed(text))
}

/// Where the last part of an address begins that has a path: people paste the address of a talk.
fn last_part_of_address(word: &str) -> Option<Range<usize>> {
    let rest = word.strip_prefix("https://").or_else(|| word.strip_prefix("http://"))?;
    let path = rest.find(['?', '#']).map_or(rest, |end| &rest[..end]).trim_end_matches('/');
    let start = path.rfind('/')? + 1;
    let offset = word.len() - rest.len();
    let end = path.strip_suffix(".html").or_else(|| path.strip_suffix(".htm")).unwrap_or(path).len();
    Some(offset + start..offset + end)
}

fn wrong(message: impl Into<String>) -> Error {
    Error::bad_input("query", message)
}

/// The words that are written as one with a capital for each, as tags are: `MachineLearning`.
fn humps(word: &str) -> Option<Vec<String>> {
    let mut before = ' ';
    let is_hump = |c: char| std::mem::replace(&mut before, c).is_lowercase() && c.is_uppercase();
    let begins: Vec<usize> =
        word.char_indices().zip(word.chars().map(is_hump)).filter_map(|((at, _), is)| is.then_some(at)).collect();
    let ends = begins.iter().copied().chain([word.len()]);
    let humps: Vec<String> =
        [0].into_iter().chain(begins.iter().copied()).zip(ends).map(|(from, to)| fold(&word[from..to])).collect();
    let is_word = |hump: &String| hump.len() >= SHORTEST_HUMP && hump.chars().all(char::is_alphabetic);
    (humps.len() > 1 && humps.iter().all(is_word)).then_some(humps)
}

/// The words of a text that is at a place of the query.
fn plain_words(text: &str, at: usize) -> Vec<QueryWord> {
    let folded = super::words::Folded::of(text);
    let word = |compound: Compound| {
        let place = folded.place(compound.range());
        let mut ways = compound.ways(&folded.text);
        ways.extend(humps(&text[place.clone()]));
        let is_letter = ways.first().is_some_and(|way| way[0].len() == 1 && way[0].starts_with(char::is_alphabetic));
        let is_initial = is_letter && text[place.end..].starts_with('.');
        QueryWord { ways, is_initial, place: at + place.start..at + place.end, ..QueryWord::default() }
    };
    // The end of a word may still be typed, in another script than its beginning.
    compounds(&folded.text).flat_map(Compound::by_script).map(word).collect()
}

/// Whether a character excludes the word behind it.
pub(super) fn is_minus(c: char) -> bool {
    matches!(c, '-' | '\u{2212}')
}

pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    query: Query,
    /// Whether a condition or what is excluded follows the last word.
    ends_with_conditions: bool,
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
        let minus = self.minus();
        self.at += minus.unwrap_or_default();
        let is_negative = minus.is_some();
        if let Some(name) = self.operator() {
            self.at += name.len() + 1;
            let (value, is_closed) = self.value();
            let values = if is_closed { vec![value.as_str()] } else { value.split(',').collect() };
            let is_open = !is_closed && self.rest().is_empty();
            // What is excluded does not depend on what may still be typed.
            let any = alternatives(name, &values, is_open && !is_negative)?;
            let mut names = self.names();
            self.query.add(is_negative, name, any, &mut names);
            self.ends_with_conditions = true;
            return Ok(true);
        }
        let start = self.at;
        if let Some(phrase) = self.quoted() {
            let folded = fold(&phrase);
            let sequence: Vec<String> = compounds(&folded).flat_map(|compound| compound.sequence(&folded)).collect();
            let place = start..self.at;
            let word = QueryWord { ways: vec![sequence], is_exact: true, place, ..QueryWord::default() };
            if !word.ways[0].is_empty() {
                self.take(is_negative, vec![word]);
            }
            return Ok(true);
        }
        let length = self.rest().find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(self.rest().len());
        let word = &self.rest()[..length];
        let words = match last_part_of_address(word) {
            Some(part) => plain_words(&word[part.clone()].replace(['-', '_'], " "), self.at + part.start),
            None => plain_words(word, self.at),
        };
        // A quote that nothing closes is skipped.
        self.at += if length == 0 { self.rest().chars().next().map_or(0, char::len_utf8) } else { length };
        self.take(is_negative, words);
        Ok(true)
    }

    fn take(&mut self, is_negative: bool, words: Vec<QueryWord>) {
        self.ends_with_conditions = is_negative;
        if !is_negative {
            return self.query.words.extend(words);
        }
        let condition = |word| Condition { is_negative: true, narrows: true, any: vec![Alternative::Word(word)] };
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

    /// The length of a minus before a word, a phrase or a condition, if one is here.
    fn minus(&self) -> Option<usize> {
        let sign = self.rest().chars().next().filter(|c| is_minus(*c))?.len_utf8();
        let after = self.rest()[sign..].trim_start_matches('.').chars().next();
        after.filter(|c| c.is_alphanumeric() || is_quote(*c)).map(|_| sign)
    }

    /// The name of a condition, if one is here with a value.
    fn operator(&self) -> Option<&'static str> {
        let (name, value) = self.rest().split_once(':')?;
        let has_value = value.starts_with(|c: char| !c.is_whitespace());
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

/// What a condition allows: one of the values. The last one may go on.
fn alternatives(name: &'static str, values: &[&str], is_open: bool) -> Result<Vec<Alternative>> {
    let field = match name {
        "speaker" => Some(SPEAKERS),
        "company" => Some(COMPANIES),
        "edition" => Some(EDITION),
        "conference" => Some(CONFERENCE),
        "tag" => Some(TAGS),
        _ => None,
    };
    if values.len() > MOST_VALUES {
        return Err(wrong(format!("{name}: has {} values, and {MOST_VALUES} are the most", values.len())));
    }
    let mut any = Vec::new();
    for (number, value) in values.iter().enumerate() {
        let is_open = is_open && number + 1 == values.len();
        let folded = fold(value);
        let words: Vec<String> = compounds(&folded).flat_map(|compound| compound.sequence(&folded)).collect();
        let Some(field) = field.filter(|_| !words.is_empty()) else {
            any.extend(terms(name, value.trim(), is_open)?.into_iter().map(Alternative::Term));
            continue;
        };
        let exact = if name == "tag" { folded.clone() } else { tidied(&folded, false) };
        any.push(Alternative::Term(term(name, &exact)));
        any.push(Alternative::Words { field, words, is_open });
    }
    Ok(any)
}

/// The terms of a condition with a listed value. One that may go on is any that begins so.
fn terms(name: &str, value: &str, is_open: bool) -> Result<Vec<String>> {
    let begun = |whole: &str| is_open && !value.is_empty() && whole.starts_with(&value.to_ascii_lowercase());
    Ok(match name {
        "year" => {
            let years = begun_years(value).filter(|_| is_open).map_or_else(|| years(&fold(value)), Ok)?;
            years.map(|year| term(name, &year.to_string())).collect()
        }
        "kind" => kinds(value, begun)?,
        "language" => vec![term(name, Language::from_str(value).map_err(wrong)?.as_str())],
        "has" => match value.to_ascii_lowercase().as_str() {
            "recording" | "recordings" | "video" => vec![term("recording", "true")],
            "slides" => vec![term("slides", "true")],
            _ if begun("recordings") || begun("video") => vec![term("recording", "true")],
            _ if begun("slides") => vec![term("slides", "true")],
            _ => return Err(wrong(format!("has:{value} is not has:recording or has:slides"))),
        },
        _ => return Err(wrong(format!("{name}:{value} has no word or number: {name}:go, {name}:\"two words\""))),
    })
}

/// The years that are meant by the beginning of a year (`201`) or of a range of years (`2016-`, `2016-20`).
fn begun_years(value: &str) -> Option<RangeInclusive<i32>> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_begun = |text: &str| text.len() < 4 && digits(text);
    match value.split_once("..").or_else(|| value.split_once('-')) {
        Some((from, until)) if from.len() == 4 && digits(from) && is_begun(until) => {
            let from = from.parse().ok().filter(|year| check_year(*year, value).is_ok())?;
            Some(from..=from + MOST_VALUES as i32 - 1)
        }
        None if is_begun(value) => {
            let first: i32 = format!("{value:0<4}").parse().ok().filter(|_| !value.is_empty())?;
            Some(first..=format!("{value:9<4}").parse().ok()?)
        }
        _ => None,
    }
}

/// A year, or a range of years: `2016`, `2016-2018`, `2016..2018`.
fn years(value: &str) -> Result<RangeInclusive<i32>> {
    let (from, until) = value.split_once("..").or_else(|| value.split_once('-')).unwrap_or((value, value));
    let year = |text: &str| -> Result<i32> {
        let number = text.parse().ok().filter(|_| text.starts_with(|c: char| c.is_ascii_digit()));
        let year = number.ok_or_else(|| wrong(format!("year:{value} is not a year: year:2016, year:2016-2018")))?;
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

/// The terms of a kind of talk, or of what is found; of all that are begun, if it is none.
fn kinds(value: &str, begun: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let of_talks = TalkKind::iter().map(|kind| kind.to_value());
    let of_talks = of_talks.map(|kind| (kind.to_ascii_lowercase(), term("kind", &kind)));
    let of_found = SearchKind::ALL.into_iter().skip(1).map(|kind| (kind.name().to_owned(), term("is", kind.name())));
    let all: Vec<(String, String)> = of_talks.chain(of_found).collect();
    let word = value.replace('-', "_").to_ascii_lowercase();
    let those = |is_one: &dyn Fn(&str) -> bool| -> Vec<String> {
        all.iter().filter(|(name, _)| is_one(name)).map(|(_, term)| term.clone()).collect()
    };
    let found = Some(those(&|name| name == word)).filter(|found| !found.is_empty()).unwrap_or_else(|| those(&begun));
    match found.is_empty() {
        true => {
            let right: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
            Err(wrong(format!("kind:{value} is not one of {}", right.join(", "))))
        }
        false => Ok(found),
    }
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
        assert_eq!(words("https://x.org/talks/native-histograms/?a=b#c"), ["native", "histograms"]);
        assert_eq!(words("https://x.org/native-histograms.html"), ["native", "histograms"]);
        assert_eq!(read("B. Peterson").words.iter().map(|word| word.is_initial).collect::<Vec<_>>(), [true, false]);
        assert_eq!(words("持続可能なVT"), ["持続 続可 可能 能な", "vt"]);
    }

    #[test]
    fn what_is_pasted_is_read() {
        for (text, plain) in [
            ("Python%20in%20Production", "Python in Production"),
            ("100%", "100%"),
            ("caf%E9", "caf%E9"),
            ("100 %20", "100 %20"),
            ("Python &amp; &#x27;Go&#39; &quot;x&quot;", "Python & 'Go' \"x\""),
            ("R&D &amp; x", "R&D &amp; x"),
        ] {
            assert_eq!(pasted(text), plain);
        }
    }

    #[test]
    fn neighbours_may_be_one_word() {
        let joined = |text: &str| {
            let of =
                |word: &QueryWord| word.joined.iter().map(|joined| joined.word.clone()).collect::<Vec<_>>().join(" ");
            read(text).words.iter().map(of).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(joined("alert manager api "), "alertmanager, alertmanager managerapi, managerapi");
        assert_eq!(joined("c sharp"), "csharp, csharp");
        assert_eq!(joined("python 3.8 "), "python3.8, python3.8");
        assert_eq!(joined("alert \"manager\" "), ", ");
        assert_eq!(joined("alert, manager"), ", ");
        assert_eq!(joined("html 5"), "html5, html5");
        assert_eq!(joined("py pi "), "pypi, pypi");
        assert_eq!(joined("a bc d 12 34567 "), ", , , , ");
    }

    #[test]
    fn capitals_begin_words() {
        let ways = |text: &str| -> Vec<String> { read(text).words[0].ways.iter().map(|way| way.join(" ")).collect() };
        assert_eq!(ways("#MachineLearning"), ["machinelearning", "machine learning"]);
        assert_eq!(ways("dataDrivenDesign"), ["datadrivendesign", "data driven design"]);
        assert_eq!(ways("ÜberÉclair"), ["ubereclair", "uber eclair"]);
        for one in ["#IoT", "PyCon", "GraphQL", "KUBERNETES", "Kubernetes", "eBPF", "Web3Foundation"] {
            assert_eq!(ways(one).len(), 1, "{one}");
        }
    }

    #[test]
    fn words_of_little_meaning_are_optional() {
        let optional = |text: &str| read(text).words.into_iter().map(|word| word.is_optional).collect::<Vec<_>>();
        assert_eq!(optional("talks about thanos"), [true, true, false]);
        assert_eq!(optional("the who is"), [true, false, true]);
        assert_eq!(optional("what is "), [false, false]);
        assert_eq!(optional("\"the\" histograms "), [false, false]);
    }

    #[test]
    fn words_with_signs_are_words_without() {
        let apart = |text: &str| read(text).apart(text).map(|(query, text)| (query.words.len(), text));
        assert_eq!(apart("node_exporter \"a-b\" tag:c-d"), Some((3, "node exporter \"a-b\" tag:c-d".to_owned())));
        assert_eq!(apart("x thanos/cortex"), Some((3, "x thanos cortex".to_owned())));
        assert_eq!(apart("don't html5 v2.0 C++ a a/a"), None);
        assert_eq!(apart("tag:c-d native"), None);
    }

    #[test]
    fn the_last_word_may_go_on() {
        let open = |text: &str| read(text).words.into_iter().map(|word| word.is_open).collect::<Vec<_>>();
        assert_eq!(open("native hist"), [false, true]);
        assert_eq!(open("native hist "), [false, false]);
        assert_eq!(open("native \"hist\""), [false, false]);
        assert_eq!(open("hist year:2019"), [true]);
        assert_eq!(open("hist year:2019 -x"), [true]);
        assert_eq!(open("hist year:2019 "), [false]);
        assert_eq!(open("hist. native"), [false, true]);
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
        assert_eq!(read("has:recording has:slides").conditions.len(), 2, "both are asked for");
        assert_eq!(read("speaker:beazley,hettinger").conditions[0].any.len(), 4);
        let is_open = |text: &str| match &read(text).conditions[0].any[1] {
            Alternative::Words { is_open, .. } => *is_open,
            _ => false,
        };
        assert!(is_open("tag:go") && !is_open("-tag:go") && !is_open("tag:go x"));
        assert_eq!(words("Language: a history"), ["language", "a", "history"]);
        let terms = |text: &str| -> Vec<String> {
            let any = read(text).conditions.into_iter().flat_map(|condition| condition.any);
            any.filter_map(|any| if let Alternative::Term(term) = any { Some(term) } else { None }).collect()
        };
        assert_eq!(terms("kind:key"), ["kind:KEYNOTE"]);
        assert_eq!(terms("kind:keynote,sp"), ["kind:KEYNOTE", "is:speaker"]);
        assert_eq!([terms("has:rec"), terms("HAS:V")], [["recording:true"]; 2]);
        assert_eq!(terms("year:201").len(), 10);
        assert_eq!(terms("year:2016-")[..2], ["year:2016", "year:2017"]);
        assert_eq!(terms("year:2016-20").len(), MOST_VALUES);
        assert_eq!(terms("year:2016-2017"), ["year:2016", "year:2017"]);
        assert!(read("-.NET").words.is_empty() && read("\u{2212}go").words.is_empty());
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
            // What is not typed last can't go on.
            ("kind:key ", "is not one of talk, keynote"),
            ("kind:key go", "is not one of talk, keynote"),
            ("-kind:key", "is not one of talk, keynote"),
            ("has:rec ", "has:recording"),
            ("year:2016- go", "is not a year"),
            ("has:fun", "has:recording"),
            ("year:\"\"", "is not a year"),
            ("year:,", "is not a year"),
            ("year:+2016", "is not a year"),
            ("year:-2016", "is not a year"),
            ("speaker:\"\"", "has no word"),
            ("tag:go,", "has no word"),
            ("has:\"\"", "has:recording"),
            ("language:english", "BCP 47"),
        ] {
            let error = Query::read(text).map(|query| format!("{query:?}")).map_err(|error| error.to_string());
            assert!(error.as_ref().is_err_and(|error| error.contains(what)), "{text}: {error:?}");
        }
        let many: String = (0..70).map(|n| format!("w{n} ")).collect();
        assert!(Query::read(&many).is_err_and(|error| error.to_string().contains("60 are the most")));
        assert!(Query::read(&"x".repeat(501)).is_err());
        assert!(Query::read(&format!("\"{}\"", "a ".repeat(70))).is_err_and(|error| error.to_string().contains("60")));
        assert!(Query::read(&"a-".repeat(70)).is_err() && Query::read(&format!("x -{}", "a-".repeat(70))).is_err());
        assert!(Query::read(&"機械".repeat(70)).is_ok());
    }
}
