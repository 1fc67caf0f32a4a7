//! The fields of the index, and how their texts become words.

use std::{borrow::Cow, collections::HashMap};

use frostem::{Algorithm, Stemmer};
use tantivy::{
    schema::{BytesOptions, FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager},
};

use super::words;

/// A field of texts, and what a word that is found in it counts beside one in a title.
pub(super) struct TextField {
    /// The name in the index and in highlights.
    pub(super) name: &'static str,
    pub(super) weight: f32,
}

/// The fields of texts: titles before people before tags before abstracts.
pub(super) const TEXTS: [TextField; 8] = [
    TextField { name: "title", weight: 1.0 },
    TextField { name: "otherTitles", weight: 0.9 },
    TextField { name: "speakers", weight: 0.8 },
    TextField { name: "companies", weight: 0.7 },
    TextField { name: "tags", weight: 0.6 },
    TextField { name: "edition", weight: 0.5 },
    TextField { name: "conference", weight: 0.45 },
    TextField { name: "abstract", weight: 0.35 },
];

pub(crate) const TITLE: usize = 0;
pub(crate) const OTHER_TITLES: usize = 1;
pub(crate) const SPEAKERS: usize = 2;
pub(crate) const COMPANIES: usize = 3;
pub(crate) const TAGS: usize = 4;
pub(crate) const EDITION: usize = 5;
pub(super) const CONFERENCE: usize = 6;
pub(super) const ABSTRACT: usize = 7;

/// The fields of stems, with the fields of texts that they are of.
pub(super) const STEMS: [(&str, usize); 2] = [("titleStems", TITLE), ("abstractStems", ABSTRACT)];

/// Before the text of a field of stems: the language.
const LANGUAGE_END: char = '\u{1e}';

/// The language by whose rules the words of each title are stemmed.
pub(super) const ENGLISH: &str = "en";

/// The languages whose stems are known, by the primary subtags of BCP 47.
const LANGUAGES: [(&str, Algorithm); 18] = [
    ("ar", Algorithm::Arabic),
    ("da", Algorithm::Danish),
    ("de", Algorithm::German),
    ("el", Algorithm::Greek),
    ("en", Algorithm::English),
    ("es", Algorithm::Spanish),
    ("fi", Algorithm::Finnish),
    ("fr", Algorithm::French),
    ("hu", Algorithm::Hungarian),
    ("it", Algorithm::Italian),
    ("nl", Algorithm::Dutch),
    ("no", Algorithm::Norwegian),
    ("pt", Algorithm::Portuguese),
    ("ro", Algorithm::Romanian),
    ("ru", Algorithm::Russian),
    ("sv", Algorithm::Swedish),
    ("ta", Algorithm::Tamil),
    ("tr", Algorithm::Turkish),
];

/// The language by whose rules a talk's words are stemmed; none if there are no rules. If its language is not known, it
/// is English.
pub(super) fn stemmed_language(tag: Option<&str>) -> Option<&'static str> {
    let primary = tag.unwrap_or(ENGLISH).split('-').next().unwrap_or_default();
    let primary = if matches!(primary, "nb" | "nn") { "no" } else { primary };
    LANGUAGES.iter().map(|(language, _)| *language).find(|language| *language == primary)
}

/// The languages by whose rules the words of a field of a talk are stemmed. Titles are often English where the talk is
/// not.
pub(super) fn stemmed_languages(field: usize, tag: Option<&str>) -> Vec<&'static str> {
    let own = stemmed_language(tag);
    let english = Some(ENGLISH).filter(|english| field == TITLE && own != Some(english));
    own.into_iter().chain(english).collect()
}

/// The text of a field of stems.
pub(super) fn stemmed_text(language: &str, folded: &str) -> String {
    format!("{language}{LANGUAGE_END}{folded}")
}

/// The stem of a word in a language, as the index has it: no word of another language has the same.
pub(super) fn stem(language: &str, word: &str) -> Option<String> {
    let (_, algorithm) = LANGUAGES.iter().find(|(known, _)| *known == language)?;
    let is_english = language == ENGLISH;
    let word = is_stemmed(word).then_some(word).filter(|word| !is_english || word.is_ascii())?;
    let word = if is_english { american(word) } else { word.into() };
    Some(format!("{language}:{}", Stemmer::new(*algorithm).stem(&word)))
}

/// Whether two words of a language may have the same stem: few languages have rules that change the beginning of a
/// word.
pub(super) fn may_share_stem(language: &str, word: &str, other: &str) -> bool {
    matches!(language, "ar" | "nl" | "ta") || word.chars().next() == other.chars().next()
}

/// The ends of English words in British spelling, and in American.
const SPELLINGS: [(&str, &str); 15] = [
    ("isation", "ization"),
    ("isations", "izations"),
    ("ise", "ize"),
    ("ised", "ized"),
    ("ises", "izes"),
    ("iser", "izer"),
    ("isers", "izers"),
    ("ising", "izing"),
    ("yse", "yze"),
    ("ysed", "yzed"),
    ("ysing", "yzing"),
    ("our", "or"),
    ("ours", "ors"),
    ("oured", "ored"),
    ("ouring", "oring"),
];

/// The beginnings of words that end in `ise` everywhere.
const WITH_S: &str = " \
    adv appra ar chast circumc compr comprom conc cru dem desp dev disgu enterpr exc exerc expert franch improv \
    inc lik liken mart merch merchand no otherw para parad po pra prec prem prom ra rev superv surm surpr telev \
    treat turquo valu w ";

/// A word of British English in American spelling: both have one stem.
fn american(word: &str) -> Cow<'_, str> {
    let other = |(british, american): &(&str, &str)| {
        let begin = word.strip_suffix(british).filter(|begin| begin.len() > 2)?;
        let is_both = british.starts_with("is") && !british.starts_with("isation");
        let has_s = is_both && WITH_S.split_ascii_whitespace().any(|known| known == begin);
        (!has_s).then(|| Cow::Owned(format!("{begin}{american}")))
    };
    SPELLINGS.iter().find_map(other).unwrap_or(Cow::Borrowed(word))
}

fn is_stemmed(word: &str) -> bool {
    word.len() > 2 && word.chars().all(char::is_alphabetic)
}

/// The fields as the index knows them.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    pub(super) texts: [Field; TEXTS.len()],
    pub(super) stems: [Field; STEMS.len()],
    /// What a thing is and belongs to, as `name:value`: for filters.
    pub(super) terms: Field,
    /// The folded title as a whole.
    pub(super) title_key: Field,
    /// The kind and the id, to find a thing by them.
    pub(super) key: Field,
    /// The two halves of the id.
    pub(super) id: [Field; 2],
    /// The kind of the thing, as a number.
    pub(super) kind: Field,
    /// The number of words of the title.
    pub(super) title_length: Field,
    /// What a thing counts by itself, in thousandths.
    pub(super) boost: Field,
    /// The start of a talk, in seconds since 1970.
    pub(super) starts_at: Field,
    /// The values that are counted.
    pub(super) facets: [Field; FACETS.len()],
}

/// The names of the values that are counted.
pub(super) const FACETS: [&str; 7] = ["kind", "year", "conference", "edition", "company", "tag", "language"];

/// The column of a value that is counted.
pub(super) fn facet_column(name: &str) -> String {
    format!("{name}Facet")
}

impl Fields {
    /// The schema of the index, and its fields.
    pub(super) fn schema() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let text = |tokenizer: &str, option| {
            let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option);
            TextOptions::default().set_indexing_options(indexing.set_fieldnorms(false))
        };
        let words = text("words", IndexRecordOption::WithFreqsAndPositions);
        let stems = text("stems", IndexRecordOption::Basic);
        let raw = text("raw", IndexRecordOption::Basic);
        let column = TextOptions::default().set_fast("raw");
        let fields = Self {
            texts: TEXTS.map(|field| schema.add_text_field(field.name, words.clone())),
            stems: STEMS.map(|(name, _)| schema.add_text_field(name, stems.clone())),
            terms: schema.add_text_field("terms", raw),
            title_key: schema.add_text_field("titleKey", column.clone()),
            key: schema.add_bytes_field("key", BytesOptions::default().set_indexed()),
            id: ["idHigh", "idLow"].map(|name| schema.add_u64_field(name, FAST)),
            kind: schema.add_u64_field("is", FAST),
            title_length: schema.add_u64_field("titleLength", FAST),
            boost: schema.add_u64_field("boost", FAST),
            starts_at: schema.add_i64_field("startsAt", FAST),
            facets: FACETS.map(|name| schema.add_text_field(&facet_column(name), column.clone())),
        };
        (schema.build(), fields)
    }

    /// The tokenizers of the schema.
    pub(super) fn tokenizers() -> TokenizerManager {
        let tokenizers = TokenizerManager::default();
        tokenizers.register("words", TextAnalyzer::from(Words::new(false)));
        tokenizers.register("stems", TextAnalyzer::from(Words::new(true)));
        tokenizers
    }
}

/// The most stems that are kept of each language.
const MOST_STEMS: usize = 20_000;

/// The words of a text, or their stems.
#[derive(Clone)]
struct Words {
    stems: bool,
    buffer: Buffer,
    /// The stems of words, by language: the words of a language are few, and most texts have the same.
    known: HashMap<String, HashMap<String, Option<String>>>,
}

impl Words {
    fn new(stems: bool) -> Self {
        Self { stems, buffer: Buffer::default(), known: HashMap::new() }
    }
}

/// The words of the last text, one behind the other.
#[derive(Clone, Default)]
struct Buffer {
    text: String,
    words: Vec<(usize, u32)>,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        let Buffer { text: all, words: ends, token } = &mut self.buffer;
        all.clear();
        ends.clear();
        token.reset();
        match text.split_once(LANGUAGE_END).filter(|_| self.stems) {
            Some((language, text)) => {
                let known = self.known.entry(language.to_owned()).or_default();
                words::index(text, |word, position, _| {
                    let new = match known.get(word) {
                        Some(None) => return,
                        Some(Some(stem)) => {
                            all.push_str(stem);
                            return ends.push((all.len(), position));
                        }
                        None => stem(language, word),
                    };
                    if let Some(stem) = &new {
                        all.push_str(stem);
                        ends.push((all.len(), position));
                    }
                    if known.len() >= MOST_STEMS {
                        known.clear();
                    }
                    known.insert(word.to_owned(), new);
                });
            }
            None => words::index(text, |word, position, _| {
                all.push_str(word);
                ends.push((all.len(), position));
            }),
        }
        WordStream { buffer: &mut self.buffer, next: 0, start: 0 }
    }
}

struct WordStream<'a> {
    buffer: &'a mut Buffer,
    next: usize,
    start: usize,
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Buffer { text, words, token } = &mut *self.buffer;
        let Some((end, position)) = words.get(self.next).copied() else { return false };
        token.text.clear();
        token.text.push_str(&text[self.start..end]);
        token.position = position as usize;
        (self.next, self.start) = (self.next + 1, end);
        true
    }

    fn token(&self) -> &Token {
        &self.buffer.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.buffer.token
    }
}
