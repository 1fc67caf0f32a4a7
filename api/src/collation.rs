//! The keys by which texts are compared and sorted. They are stored beside the texts, so both databases use the same.

use std::sync::LazyLock;

use base64::{
    Engine,
    alphabet::Alphabet,
    engine::{GeneralPurpose, general_purpose::NO_PAD},
};
use icu_casemap::CaseMapper;
use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions};
use icu_properties::{
    CodePointMapData, CodePointSetData, CodePointSetDataBorrowed,
    props::{DefaultIgnorableCodePoint, Script},
};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The version of the keys. With another one, the keys that a database stores are made anew at the start. A test fails
/// when a key changed and this did not.
pub const VERSION: &str = "3";

/// The greatest length of a sort key in bytes before it is written as text. An index of PostgreSQL takes some 2,700.
const LONGEST_SORT_KEY: usize = 1_800;

/// The key by which texts are the same without regard to case and accents, with single blanks as white space:
///
/// - Compatibility forms are replaced (Unicode NFKD): `ﬁ`, `Ｆ`, `ﾊ`.
/// - The accents of Latin, Greek and Cyrillic letters are left out, but not those that make another Cyrillic letter
///   (й, ў, ї, ѓ, ќ). The marks of other scripts are kept: they are vowels and consonants.
/// - Case is folded (Unicode, full case folding): `ß` is `ss`, `ς` is `σ`.
/// - Latin letters that do not decompose become those that people type for them: `ø` is `o`, `þ` is `th`.
/// - Quotes and dashes become those of a keyboard. Invisible characters are left out.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return folded_ascii(text);
    }
    // Decomposed, the acute accent would be a blank with a mark.
    let bare = without_accents(&text.replace(['`', '´'], "'"));
    let folded = CaseMapper::new().fold_string(&bare);
    let mut plain = String::with_capacity(folded.len());
    for c in folded.chars() {
        match typed(c) {
            Some(letters) => plain.push_str(letters),
            None => plain.push(c),
        }
    }
    joined_words(&plain.nfc().collect::<String>())
}

fn folded_ascii(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut is_after_blank = false;
    for byte in text.bytes() {
        match byte {
            b'\t'..=b'\r' | b' ' => is_after_blank = true,
            byte => {
                if std::mem::take(&mut is_after_blank) && !folded.is_empty() {
                    folded.push(' ');
                }
                folded.push(if byte == b'`' { '\'' } else { char::from(byte.to_ascii_lowercase()) });
            }
        }
    }
    folded
}

fn joined_words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text in compatibility decomposition, without accents and invisible characters.
fn without_accents(text: &str) -> String {
    const IGNORED: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let mut base = ' ';
    let is_shown = |c: &char| {
        if is_combining_mark(*c) {
            return !is_accent(*c, base);
        }
        base = *c;
        true
    };
    text.nfkd().filter(|c| !IGNORED.contains(*c)).filter(is_shown).collect()
}

/// Whether a mark on a letter is an accent, and no other letter.
fn is_accent(mark: char, base: char) -> bool {
    match CodePointMapData::<Script>::new().get(base) {
        Script::Latin | Script::Greek => true,
        Script::Cyrillic => !matches!(
            (base, mark),
            ('и' | 'И' | 'у' | 'У', '\u{306}') | ('і' | 'І', '\u{308}') | ('г' | 'Г' | 'к' | 'К', '\u{301}')
        ),
        _ => false,
    }
}

/// What people type for a letter in lower case, a quote or a dash that most keyboards lack: the transform Latin-ASCII
/// of CLDR.
fn typed(c: char) -> Option<&'static str> {
    Some(match c {
        'ⱥ' => "a",
        'æ' => "ae",
        'ƀ' | 'ɓ' | 'ƃ' => "b",
        'ƈ' | 'ȼ' | 'ɕ' => "c",
        'đ' | 'ð' | 'ɖ' | 'ɗ' | 'ƌ' | 'ȡ' => "d",
        'ə' | 'ǝ' | 'ɛ' | 'ɇ' => "e",
        'ƒ' => "f",
        'ǥ' | 'ɠ' | 'ɡ' => "g",
        'ħ' | 'ɦ' | 'ɧ' | 'ⱨ' => "h",
        'ƕ' => "hv",
        'ı' | 'ɨ' | 'ɩ' => "i",
        'ȷ' | 'ɉ' | 'ɟ' | 'ʝ' => "j",
        'ƙ' | 'ⱪ' => "k",
        'ł' | 'ƚ' | 'ȴ' | 'ɫ' | 'ɬ' | 'ɭ' | 'ⱡ' => "l",
        'ɱ' => "m",
        'ŋ' | 'ɲ' | 'ƞ' | 'ȵ' | 'ɳ' => "n",
        'ø' | 'ɔ' | 'ɵ' => "o",
        'œ' => "oe",
        'ƣ' => "oi",
        'ƥ' | 'ᵽ' => "p",
        'ĸ' | 'ɋ' | 'ʠ' => "q",
        'ɍ' | 'ɼ' | 'ɽ' | 'ɾ' => "r",
        'ȿ' | 'ʂ' => "s",
        'ŧ' | 'ƫ' | 'ƭ' | 'ʈ' | 'ȶ' | 'ⱦ' => "t",
        'þ' => "th",
        'ʉ' => "u",
        'ʋ' | 'ⱱ' => "v",
        'ⱳ' => "w",
        'ƴ' | 'ɏ' => "y",
        'ƶ' | 'ȥ' | 'ɀ' | 'ʐ' | 'ʑ' | 'ⱬ' => "z",
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ' | 'ʹ' | '′' | '`' => "'",
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => "\"",
        '⁄' => "/",
        '‐' | '‒' | '–' | '—' | '―' | '−' => "-",
        _ => return None,
    })
}

/// The key by which texts are sorted: that of the Unicode collation algorithm, in the root order of CLDR. It is written
/// in letters whose bytes are in the order of their values.
pub(crate) fn sort_key(text: &str) -> String {
    static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> =
        LazyLock::new(|| Collator::try_new(Default::default(), CollatorOptions::default()).ok());
    static LETTERS: LazyLock<Option<GeneralPurpose>> = LazyLock::new(|| {
        let ascending = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
        Some(GeneralPurpose::new(&Alphabet::new(ascending).ok()?, NO_PAD))
    });
    let mut key = Vec::new();
    if let Some(collator) = COLLATOR.as_ref() {
        let Ok(()) = collator.write_sort_key_to(text, &mut key);
    }
    key.truncate(LONGEST_SORT_KEY);
    LETTERS.as_ref().map(|letters| letters.encode(key)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    /// Texts that people type, and the names that they mean.
    #[test]
    fn a_name_is_found_by_what_people_type() {
        let table = [
            ("lukasz", "Łukasz"),
            ("orjan", "Ørjan"),
            ("dorde", "Đorđe"),
            ("strasse", "Straße"),
            ("STRASSE", "Straße"),
            ("GROSSE", "GROẞE"),
            ("istanbul", "İstanbul"),
            ("isik", "Işık"),
            ("ISIK", "ışık"),
            ("ΣΙΣΥΦΟΣ", "Σίσυφος"),
            ("αθηνα", "Ἀθηνᾶ"),
            ("ωδη", "ᾠδή"),
            ("aether", "Æther"),
            ("thor", "Þór"),
            ("gudmundur", "Guðmundur"),
            ("oeuvre", "œuvre"),
            ("nguyen van dinh", "Nguyễn Văn Đình"),
            ("fulop", "Fülöp"),
            ("novak", "Nova\u{301}k"),
            ("hakka", "Ħakka"),
            ("efficient", "e\u{FB03}cient"),
            ("full width", "Ｆｕｌｌ　Ｗｉｄｔｈ"),
            ("семен", "Семён"),
            ("пандеев", "Панде\u{301}ев"),
            ("パーティー", "ﾊﾟｰﾃｨｰ"),
            ("カ\u{3099}", "ガ"),
            ("각", "\u{1100}\u{1161}\u{11A8}"),
            ("o'brien", "O’Brien"),
            ("o'brien", "O´Brien"),
            ("o'neill", "O`Neill"),
            ("ö'neill", "Ö`Neill"),
            ("o`hara", "O’Hara"),
            ("ka'ba", "Kaʿba"),
            ("1/2", "½"),
            ("jean-luc", "Jean\u{2011}Luc"),
            ("a - b", "A – B"),
            ("soft", "so\u{AD}ft"),
            ("zero", "ze\u{200B}ro\u{FEFF}"),
            ("two words", " two\u{A0} \twords "),
        ];
        for (typed, name) in table {
            assert_eq!(fold(typed), fold(name), "{typed} {name}");
        }
    }

    #[test]
    fn letters_that_differ_stay_different() {
        let table = [
            ("ハンダ", "パンダ"),
            ("ハンダ", "バンダ"),
            ("हिन्दी", "हन्द"),
            ("कि", "की"),
            ("कि", "का"),
            ("কি", "কী"),
            ("กิน", "กัน"),
            ("தமிழ்", "தமழ"),
            ("שׁ", "שׂ"),
            ("مُدَرِّس", "مدرس"),
            ("أمل", "امل"),
            ("мой", "мои"),
            ("Київ", "Киів"),
            ("Ѓорѓи", "Горги"),
            ("ガ", "カ"),
            ("各", "格"),
            ("ö", "p"),
        ];
        for (one, other) in table {
            assert_ne!(fold(one), fold(other), "{one} {other}");
        }
    }

    #[test]
    fn a_folded_text_stays_as_it_is() {
        for text in (0..=0x2FFFF).filter_map(char::from_u32).map(String::from) {
            let folded = fold(&text);
            assert_eq!(fold(&folded), folded, "{text} U+{:04X}", u32::from(text.chars().next().unwrap_or_default()));
        }
    }

    #[test]
    fn names_are_in_the_root_order_of_unicode() {
        let names = [
            "_ underscore",
            "\"Quoted\"",
            "10 things",
            "2 things",
            "ångström",
            "Ansel",
            "Łukasz",
            "Lund",
            "Ørjan",
            "Ørsted",
            "osa",
            "resume",
            "Resume",
            "résumé",
            "Straße",
            "Strasser",
            "Zelda",
            "Žižek",
            "Þór",
            "Ωμέγα",
            "Анна",
            "Яна",
            "אבי",
            "أمل",
            "हिन्दी",
            "ハンダ",
            "バンダ",
            "パンダ",
            "韓国",
        ];
        for pair in names.windows(2) {
            assert!(sort_key(pair[0]) < sort_key(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn the_key_of_a_long_line_fits_an_index() {
        for c in ["Ａ", "韓", "\u{FDFA}", "\u{10FFFD}", "ậ"] {
            assert!(sort_key(&c.repeat(500)).len() < 2_700, "{c}");
        }
    }

    /// A library with newer data of Unicode makes other keys.
    #[test]
    fn the_version_changes_with_the_keys() {
        let mut digest = Sha256::new();
        for text in (0..=0x1FFFF).filter_map(char::from_u32).map(String::from) {
            digest.update(fold(&text));
            digest.update(sort_key(&text));
        }
        let keys = format!("{VERSION} {}", &format!("{:x}", digest.finalize())[..16]);
        assert_eq!(
            keys, "3 ba79a7cc8ed12167",
            "raise VERSION, so that stored keys are made anew, and write the new digest here"
        );
    }
}
