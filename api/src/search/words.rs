//! The words of a text, the same for the index, for queries and for highlights. A text is folded first
//! ([`crate::collation::fold`]), so case, accents and the shapes of letters do not count.
//!
//! Scripts that put no blanks between words (Chinese, Japanese, Korean, Thai and their neighbours) are indexed by pairs
//! of characters, so a word is found inside of a longer one. What people write with signs is one word and its parts:
//! `multi-agent` is `multiagent`, and `multi` before `agent`; `v2.0` is `v2.0`, `2.0` and `v2`; `1.8/1.9` is each of
//! its versions, too; `C++`, `F#` and `.NET` keep their signs, and are `cpp`, `fsharp` and `dotnet` too; `HTML5` is
//! `html5` and `html`.

use std::ops::Range;

use icu_properties::{CodePointMapData, props::Script};
use unicode_normalization::char::is_combining_mark;

use crate::collation::fold;

/// The most bytes of a word; what follows them does not count.
const LONGEST_WORD: usize = 80;

/// The first year of two digits that is not one of this century.
const FIRST_OF_CENTURY: &str = "80";

/// Between the values of one field, in the text of the field.
pub(super) const VALUE_END: char = '\u{1f}';

/// The positions that one value of a field has for itself, so that words of two values are never next to each other.
pub(super) const VALUE_POSITIONS: u32 = 1000;

/// A part of a compound: letters and digits of scripts with blanks, or of scripts without.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    range: Range<usize>,
    is_unspaced: bool,
}

/// Parts that are written together: `multi-agent`, `don't`, `v2.0`, `Go言語`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Compound(Vec<Part>);

fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() || is_combining_mark(c)
}

fn is_unspaced(c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    let scripts = CodePointMapData::<Script>::new();
    matches!(
        scripts.get(c),
        Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Hangul
            | Script::Bopomofo
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
    ) || c == 'ー'
}

fn is_connector(c: char) -> bool {
    matches!(c, '\'' | '.' | '-' | '_' | '/' | '&')
}

/// The compounds of a folded text, in its order.
pub(super) fn compounds(folded: &str) -> impl Iterator<Item = Compound> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += folded[at..].find(is_word)?;
        let compound = compound(&folded[at..], at);
        at = compound.range().end;
        Some(compound)
    })
}

/// The compound at the beginning of a text, which is at `offset` of the whole text.
fn compound(text: &str, offset: usize) -> Compound {
    let mut parts: Vec<Part> = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next().filter(|c| is_word(*c)) {
        let unspaced = is_unspaced(first);
        let same = |c: char| is_word(c) && (is_unspaced(c) == unspaced || is_combining_mark(c));
        let length = text[at..].find(|c| !same(c)).unwrap_or(text.len() - at);
        let end = at + length + signs(&text[at..at + length], &text[at + length..]);
        parts.push(Part { range: offset + at..offset + end, is_unspaced: unspaced });
        let mut rest = text[end..].chars();
        at = match rest.next() {
            Some(c) if is_connector(c) && rest.next().is_some_and(is_word) => end + c.len_utf8(),
            _ => end,
        };
    }
    Compound(parts)
}

/// The length of the signs that belong to the word before them: `c++`, `g++`, `f#`, and those of `c++11` and `c++入門`.
fn signs(word: &str, rest: &str) -> usize {
    let is_letter = |c: char| c.is_ascii_alphabetic();
    let ends = |signs: &str| rest.strip_prefix(signs).is_some_and(|rest| !rest.starts_with(is_letter));
    match word.len() {
        1..=8 if ends("++") => 2,
        1 if ends("#") && word.starts_with(char::is_alphabetic) => 1,
        _ => 0,
    }
}

/// How a word with signs is spelt without them.
fn spelt(word: &str) -> Option<String> {
    if word == "c++" {
        return Some("cpp".to_owned());
    }
    word.strip_suffix('#').map(|letter| format!("{letter}sharp"))
}

/// The name and the number of a word that is both: `html` and `5` of `html5`.
fn name_and_number(word: &str) -> Option<(&str, &str)> {
    let (name, number) = word.split_at(word.find(|c: char| c.is_ascii_digit())?);
    let is_name = name.chars().nth(1).is_some() && name.chars().all(char::is_alphabetic);
    (is_name && number.bytes().all(|byte| byte.is_ascii_digit())).then_some((name, number))
}

/// The beginning of a word that is not longer than the longest one.
fn cut(word: &str) -> &str {
    &word[..word.floor_char_boundary(LONGEST_WORD)]
}

impl Compound {
    /// Where it is in the text.
    pub(super) fn range(&self) -> Range<usize> {
        let ends = self.0.first().zip(self.0.last());
        ends.map(|(first, last)| first.range.start..last.range.end).unwrap_or_default()
    }

    /// Its stretches of scripts with blanks between words, and of scripts without: `Go` and `言語` of `Go言語`.
    pub(super) fn by_script(self) -> impl Iterator<Item = Self> {
        let of_script = |parts: &[Part]| Self(parts.to_vec());
        let stretches: Vec<Self> =
            self.0.chunk_by(|one, other| one.is_unspaced == other.is_unspaced).map(of_script).collect();
        stretches.into_iter()
    }

    /// Its parts as one word: with the points of a version, else without what is between them.
    fn joined(&self, folded: &str) -> Option<String> {
        if self.0.len() < 2 || self.0.iter().any(|part| part.is_unspaced) {
            return None;
        }
        Some(version(&self.0, folded).map_or_else(|| self.parts(folded).collect(), str::to_owned))
    }

    fn parts<'t>(&self, folded: &'t str) -> impl Iterator<Item = &'t str> {
        self.0.iter().map(|part| &folded[part.range.clone()])
    }

    /// Whether a part follows a point that begins a name: `.net`.
    fn is_after_point(folded: &str, part: &Part) -> bool {
        folded[..part.range.start].ends_with('.')
            && folded[part.range.clone()].chars().all(char::is_alphabetic)
            && !part.is_unspaced
    }

    /// The version that begins with one of its parts beside other parts, with its place: `1.8` and `1.9` of `1.8/1.9`.
    fn own_version<'t>(&self, number: usize, folded: &'t str) -> Option<(&'t str, Range<usize>)> {
        let is_pointed = |one: &Part, other: &Part| &folded[one.range.end..other.range.start] == ".";
        let (before, rest) = self.0.split_at(number);
        let first = rest.first()?;
        // Only the first part of a version looks for its end: a text may have one of thousands of parts.
        if before.last().is_some_and(|before| is_pointed(before, first)) {
            return None;
        }
        let own = rest.chunk_by(is_pointed).next().filter(|own| own.len() < self.0.len())?;
        Some((version(own, folded)?, first.range.start..own.last()?.range.end))
    }

    /// Passes on each word that the index keeps of it, with its position and its place in the text. Answers the
    /// position after it.
    fn index(&self, folded: &str, mut position: u32, each: &mut impl FnMut(&str, u32, Range<usize>)) -> u32 {
        if let Some(joined) = self.joined(folded) {
            each(cut(&joined), position, self.range());
            if let Some((_, version)) = name_and_version(&joined) {
                each(cut(version), position, self.range());
            }
        }
        for (number, part) in self.0.iter().enumerate() {
            if let Some((version, place)) = self.own_version(number, folded) {
                each(cut(version), position, place.clone());
                if let Some((_, version)) = name_and_version(version) {
                    each(cut(version), position, place);
                }
            }
            let word = &folded[part.range.clone()];
            if part.is_unspaced {
                position = index_pairs(word, part.range.start, position, each);
                continue;
            }
            each(cut(word), position, part.range.clone());
            if let Some((name, _)) = name_and_number(cut(word)) {
                each(name, position, part.range.start..part.range.start + name.len());
            }
            if let Some(spelt) = spelt(word) {
                each(&spelt, position, part.range.clone());
            }
            if Self::is_after_point(folded, part) {
                each(&format!(".{}", cut(word)), position, part.range.start - 1..part.range.end);
                if word == "net" {
                    each("dotnet", position, part.range.start - 1..part.range.end);
                }
            }
            position += 1;
        }
        position
    }

    /// The ways in which a query means it: each is a sequence of words that are next to each other.
    pub(super) fn ways(&self, folded: &str) -> Vec<Vec<String>> {
        let mut ways = Vec::new();
        if let Some(joined) = self.joined(folded) {
            ways.push(vec![cut(&joined).to_owned()]);
            if joined.contains('.') {
                ways.extend(named_version(&joined));
                return ways;
            }
        }
        let sequence = self.sequence(folded);
        let other = match sequence.as_slice() {
            [word] => {
                let named = name_and_number(word).map(|(name, number)| vec![name.to_owned(), number.to_owned()]);
                named.or_else(|| spelt(word).map(|spelt| vec![spelt]))
            }
            _ => None,
        };
        let year = with_year(other.as_ref().unwrap_or(&sequence), &folded[..self.range().start]);
        ways.push(sequence);
        ways.extend(other);
        ways.extend(year);
        ways
    }

    /// Its words, one after the other.
    pub(super) fn sequence(&self, folded: &str) -> Vec<String> {
        let mut sequence = Vec::new();
        for part in &self.0 {
            let word = &folded[part.range.clone()];
            if part.is_unspaced {
                sequence.extend(pairs(word).map(|pair| word[pair].to_owned()));
            } else if self.0.len() == 1 && Self::is_after_point(folded, part) {
                sequence.push(format!(".{}", cut(word)));
            } else {
                sequence.push(cut(word).to_owned());
            }
        }
        sequence
    }
}

/// The text of parts that are a version: numbers behind each other with a point between them, the first one of which
/// may have a name.
fn version<'t>(parts: &[Part], folded: &'t str) -> Option<&'t str> {
    let (first, others) = parts.split_first()?;
    let text = &folded[first.range.start..others.last()?.range.end];
    let is_number = |part: &Part| folded[part.range.clone()].starts_with(|c: char| c.is_ascii_digit());
    (text.contains('.') && others.iter().all(is_number)).then_some(text)
}

/// The name and the version of a joined word that has both: `python` and `3.8` of `python3.8`, `v` and `2.0` of `v2.0`.
fn name_and_version(joined: &str) -> Option<(&str, &str)> {
    let (name, version) = joined.split_at(joined.find(|c: char| c.is_ascii_digit())?);
    (!name.is_empty() && version.contains('.')).then_some((name, version))
}

/// The other way to write a version behind a name: `2.0` of `v2.0`, and `python`, `3.8` of `python3.8`.
fn named_version(joined: &str) -> Option<Vec<String>> {
    let (name, version) = name_and_version(joined)?;
    let name = Some(name).filter(|name| *name != "v");
    Some(name.into_iter().chain([version]).map(|word| cut(word).to_owned()).collect())
}

/// The words with the year that the last one is short for: `pycon`, `2019` of `pycon19` and of `pycon'19`, and `2019` of
/// `'19`, whose sign is at the end of what is before it.
fn with_year(words: &[String], before: &str) -> Option<Vec<String>> {
    let (last, names) = words.split_last()?;
    let is_named = match names {
        [] => before.ends_with('\''),
        [name] => name.chars().nth(1).is_some() && name.chars().all(char::is_alphabetic),
        _ => false,
    };
    let is_short = is_named && last.len() == 2 && last.bytes().all(|byte| byte.is_ascii_digit());
    let century = if last.as_str() < FIRST_OF_CENTURY { "20" } else { "19" };
    is_short.then(|| names.iter().cloned().chain([format!("{century}{last}")]).collect())
}

/// Whether a word is a pair of characters of a script without blanks.
pub(super) fn is_pair(word: &str) -> bool {
    word.chars().nth(1).is_some() && word.chars().all(is_unspaced)
}

/// Words of little meaning, in the languages of most talks, and what people call what they look for. They are folded.
const FUNCTION_WORDS: &str = " \
    a about an and any are as at be by can could did do does for from had has have he her his \
    how i if in into is it its me my of on or our she should show so some than that the their them then there \
    these they \
    this those to us use using vs was we were what when where which why will with would you your \
    conference find lecture lectures looking presentation presentations please session sessions \
    slides speaker speakers talk talks tell video videos watch youtube \
    als auf aus bei das dem den der des die ein eine einer es fur gibt ich im ist kann man mit oder sich sind \
    uber und vom \
    von vortrag wann warum was wer wie wir wo zu zum zur \
    au aux avec ce comment conference dans de des du en est et il je la le les ne nous on ou par pas pour \
    pourquoi que qui \
    se sur un une \
    charla charlas com como con cuando da del della di donde dos e el em es il las los na no o os palestra para \
    per por \
    porque quando quem se sobre um uma y \
    che come e gli i nel non perche \
    dla do i jak jest na nie o od po w z \
    в где для доклад доклады из и или к как когда кто мы на не о об от по почему при с что это ";

/// Whether a word has little meaning by itself.
pub(super) fn is_function_word(word: &str) -> bool {
    FUNCTION_WORDS.split_ascii_whitespace().any(|known| known == word)
}

/// The words that well-known numbers between letters stand for.
const NUMERONYMS: [(&str, &str); 12] = [
    ("a11y", "accessibility"),
    ("c14n", "canonicalization"),
    ("g11n", "globalization"),
    ("i18n", "internationalization"),
    ("i18n", "internationalisation"),
    ("k8s", "kubernetes"),
    ("l10n", "localization"),
    ("l10n", "localisation"),
    ("o11y", "observability"),
    ("p13n", "personalization"),
    ("s11n", "serialization"),
    ("v12n", "virtualization"),
];

/// The words that are the same as a word, but for a number in place of their inner letters: `kubernetes` of `k8s`, and
/// the other way round.
pub(super) fn numeronyms(word: &str) -> impl Iterator<Item = &'static str> {
    NUMERONYMS.into_iter().filter_map(move |(short, long)| match word {
        _ if word == short => Some(long),
        _ if word == long => Some(short),
        _ => None,
    })
}

/// The pairs of neighbours in a text of a script without blanks; the one character if there are no two.
fn pairs(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let starts = || text.char_indices().map(|(at, _)| at);
    let ends = starts().skip(2).chain([text.len()]);
    let count = text.chars().count();
    starts().zip(ends).take(count.saturating_sub(1).max(1)).map(|(start, end)| start..end)
}

fn index_pairs(text: &str, offset: usize, mut position: u32, each: &mut impl FnMut(&str, u32, Range<usize>)) -> u32 {
    let place = |pair: &Range<usize>| offset + pair.start..offset + pair.end;
    for pair in pairs(text) {
        each(&text[pair.clone()], position, place(&pair));
        position += 1;
    }
    // The last character begins no pair, and is looked for alone. It takes no position, so that the next word follows
    // the last pair, as it does in a phrase.
    let last = text.char_indices().last().map_or(0, |(at, _)| at);
    if last > 0 {
        let character = last..text.len();
        each(&text[character.clone()], position - 1, place(&character));
    }
    position
}

/// Passes on each word that the index keeps of a folded text, with its position and its place. Values are between
/// [`VALUE_END`]s.
pub(super) fn index(folded: &str, mut each: impl FnMut(&str, u32, Range<usize>)) {
    let (mut position, mut value, mut last) = (0, 0, 0);
    while let Some(start) = folded[last..].find(is_word).map(|blanks| last + blanks) {
        let ended = folded[last..start].matches(VALUE_END).count();
        if ended > 0 {
            value += u32::try_from(ended).unwrap_or(u32::MAX);
            position = value.saturating_mul(VALUE_POSITIONS);
        }
        if let Some(length) = simple_word(&folded[last..start], &folded[start..]) {
            last = start + length;
            let word = cut(&folded[start..last]);
            each(word, position, start..last);
            if let Some((name, _)) = name_and_number(word) {
                each(name, position, start..start + name.len());
            }
            position += 1;
            continue;
        }
        let compound = compound(&folded[start..], start);
        last = compound.range().end;
        for stretch in compound.by_script() {
            position = stretch.index(folded, position, &mut each);
        }
    }
}

/// The length of the word at the beginning of a text, if it is one of letters and digits of ASCII that nothing before
/// or behind it belongs to. Most words are.
fn simple_word(before: &str, text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let length = bytes.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(bytes.len());
    let is_end =
        |byte: Option<&u8>| byte.is_none_or(|byte| matches!(byte, b' ' | b',' | b':' | b';' | b')' | b'!' | b'?'));
    let is_free = match bytes.get(length) {
        Some(b'.') => is_end(bytes.get(length + 1)),
        next => is_end(next),
    };
    (length > 0 && is_free && !before.ends_with('.')).then_some(length)
}

/// The values of a field as one folded text.
pub(super) fn field_text<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for value in values {
        if !text.is_empty() {
            text.push(VALUE_END);
        }
        text.push_str(&fold(value).replace(VALUE_END, " "));
    }
    text
}

/// A text and its folded form, which knows from where each of its bytes comes.
pub(super) struct Folded {
    pub(super) text: String,
    /// For each byte of the folded text, and its end, the place in the text.
    places: Vec<usize>,
}

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(text.len()), places: Vec::with_capacity(text.len() + 1) };
        let mut start = 0;
        while start < text.len() {
            let mut ahead = text.as_bytes()[start..].iter();
            if let Some(byte) = ahead.next().filter(|byte| byte.is_ascii() && ahead.next().is_none_or(u8::is_ascii)) {
                // No mark follows, so the fold is that of one character.
                folded.text.push(match byte {
                    b'`' => '\'',
                    byte if byte.is_ascii_whitespace() || *byte == 0x0b => ' ',
                    byte => char::from(byte.to_ascii_lowercase()),
                });
                folded.places.push(start);
                start += 1;
                continue;
            }
            let end = cluster_end(text, start);
            let cluster = &text[start..end];
            match cluster.trim().is_empty() {
                true => folded.text.push(' '),
                false => folded.text.push_str(&fold(cluster)),
            }
            folded.places.resize(folded.text.len(), start);
            start = end;
        }
        folded.places.push(text.len());
        folded
    }

    /// The place in the text that a range of the folded text comes from.
    pub(super) fn place(&self, range: Range<usize>) -> Range<usize> {
        let end = self.places.get(range.end).copied().unwrap_or_default();
        self.places.get(range.start).copied().unwrap_or(end)..end
    }
}

/// The end of a character and of the marks that change it.
fn cluster_end(text: &str, start: usize) -> usize {
    let belongs = |c: char| is_combining_mark(c) || matches!(c, '\u{ff9e}' | '\u{ff9f}' | '\u{200c}' | '\u{200d}');
    let is_jamo = |c: char| matches!(c, '\u{1160}'..='\u{11ff}');
    let mut rest = text[start..].char_indices().skip(1);
    rest.find(|(_, c)| !belongs(*c) && !is_jamo(*c)).map_or(text.len(), |(at, _)| start + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indexed(text: &str) -> Vec<(String, u32)> {
        let mut words = Vec::new();
        index(&fold(text), |word, position, _| words.push((word.to_owned(), position)));
        words
    }

    fn ways(text: &str) -> Vec<Vec<String>> {
        let folded = fold(text);
        compounds(&folded).next().map(|compound| compound.ways(&folded)).unwrap_or_default()
    }

    #[test]
    fn signs_are_a_part_of_words_that_need_them() {
        let table: [(&str, &[(&str, u32)]); 20] = [
            ("Hello, World!", &[("hello", 0), ("world", 1)]),
            ("multi-agent AI", &[("multiagent", 0), ("multi", 0), ("agent", 1), ("ai", 2)]),
            ("don't", &[("dont", 0), ("don", 0), ("t", 1)]),
            ("C++ and F#", &[("c++", 0), ("cpp", 0), ("and", 1), ("f#", 2), ("fsharp", 2)]),
            ("C/C++", &[("cc++", 0), ("c", 0), ("c++", 1), ("cpp", 1)]),
            ("v2.0", &[("v2.0", 0), ("2.0", 0), ("v2", 0), ("0", 1)]),
            ("1.8/1.9", &[("1.8/1.9", 0), ("1.8", 0), ("1", 0), ("8", 1), ("1.9", 2), ("1", 2), ("9", 3)]),
            ("Go-v1.2", &[("gov12", 0), ("go", 0), ("v1.2", 1), ("1.2", 1), ("v1", 1), ("2", 2)]),
            (".NET", &[("net", 0), (".net", 0), ("dotnet", 0)]),
            ("C++11", &[("c++11", 0), ("c++", 0), ("cpp", 0), ("11", 1)]),
            ("入門 自作", &[("入門", 0), ("門", 0), ("自作", 1), ("作", 1)]),
            ("Node.js", &[("nodejs", 0), ("node", 0), ("js", 1), (".js", 1)]),
            ("k8s!", &[("k8s", 0)]),
            ("東京都", &[("東京", 0), ("京都", 1), ("都", 1)]),
            ("Go言語", &[("go", 0), ("言語", 1), ("語", 1)]),
            ("नमस्ते", &[("नमस्ते", 0)]),
            ("HTML5 k8s", &[("html5", 0), ("html", 0), ("k8s", 1)]),
            ("C++入門", &[("c++", 0), ("cpp", 0), ("入門", 1), ("門", 1)]),
            ("C#й", &[("c#й", 0), ("c#", 0), ("csharp", 0), ("й", 1)]),
            (
                "でPython3.9の",
                &[("で", 0), ("python3.9", 1), ("3.9", 1), ("python3", 1), ("python", 1), ("9", 2), ("の", 3)],
            ),
        ];
        for (text, words) in table {
            let words: Vec<_> = words.iter().map(|(word, position)| ((*word).to_owned(), *position)).collect();
            assert_eq!(indexed(text), words, "{text}");
        }
    }

    #[test]
    fn a_query_means_a_compound_in_several_ways() {
        let table: [(&str, &[&[&str]]); 18] = [
            ("thanos", &[&["thanos"]]),
            ("europython19", &[&["europython19"], &["europython", "19"], &["europython", "2019"]]),
            ("PyCon'98", &[&["pycon98"], &["pycon", "98"], &["pycon", "1998"]]),
            ("’19", &[&["19"], &["2019"]]),
            ("19", &[&["19"]]),
            ("c++20x", &[&["c++20x"], &["c++", "20x"]]),
            ("html5", &[&["html5"], &["html", "5"]]),
            ("k8s", &[&["k8s"]]),
            ("multi-agent", &[&["multiagent"], &["multi", "agent"]]),
            ("don't", &[&["dont"], &["don", "t"]]),
            ("v2.0", &[&["v2.0"], &["2.0"]]),
            ("python3.8", &[&["python3.8"], &["python", "3.8"]]),
            ("3.8", &[&["3.8"]]),
            ("C++", &[&["c++"], &["cpp"]]),
            ("C++20", &[&["c++20"], &["c++", "20"]]),
            (".NET", &[&[".net"]]),
            ("東京都", &[&["東京", "京都"]]),
            ("都", &[&["都"]]),
        ];
        for (text, right) in table {
            assert_eq!(ways(text), right, "{text}");
        }
    }

    #[test]
    fn words_of_two_values_are_far_from_each_other() {
        let mut positions = Vec::new();
        index(&field_text(["Julius Volz", "Björn"]), |word, position, _| positions.push((word.to_owned(), position)));
        assert_eq!(positions, [("julius".to_owned(), 0), ("volz".to_owned(), 1), ("bjorn".to_owned(), 1000)]);
    }

    #[test]
    fn a_folded_text_knows_where_it_comes_from() {
        for (text, word, place) in [
            ("Bartłomiej Płotka talks", "plotka", "Płotka"),
            ("Stra\u{df}e 1", "strasse", "Stra\u{df}e"),
            ("No\u{308}va\u{301}k", "novak", "No\u{308}va\u{301}k"),
            ("ﾊﾟｰﾃｨｰ", "パ", "ﾊﾟ"),
            ("e\u{fb03}cient", "efficient", "e\u{fb03}cient"),
        ] {
            let folded = Folded::of(text);
            let at = folded.text.find(word).map(|at| folded.place(at..at + word.len()));
            assert_eq!(at.map(|place| &text[place]), Some(place), "{} {}", folded.text, text);
        }
    }

    #[test]
    fn simple_words_are_found_as_compounds_are() {
        for text in
            ["a plain word", "one, two; (three) four. five", "x.y z", "Mr. net .net", "a.", "1.5 b+", "c++ d#", "é e"]
        {
            let folded = fold(text);
            let (mut position, mut slow) = (0, Vec::new());
            for compound in compounds(&folded) {
                position = compound.index(&folded, position, &mut |word, at, _| slow.push((word.to_owned(), at)));
            }
            assert_eq!(indexed(text), slow, "{text}");
        }
    }

    #[test]
    fn no_text_is_too_strange() {
        for text in ["", "...", "'", "++", "#", "\u{200f}\u{202e}", "a\u{301}\u{301}", "--x--", "🦀", "\u{1f}\u{1f}"]
        {
            indexed(text);
            Folded::of(text);
        }
        assert!(indexed(&"x".repeat(10_000))[0].0.len() <= LONGEST_WORD);
        // Each part is looked at a few times, however many there are.
        assert_eq!(indexed(&format!("{}/2", "1.".repeat(50_000))).len(), 50_002);
        assert_eq!(indexed(&"1.2/".repeat(50_000)).len(), 150_001);
    }
}
