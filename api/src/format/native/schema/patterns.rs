//! The formats of texts as regular expressions, for editors. They accept what the reader accepts once it has taken
//! superfluous blanks out of a text, and nothing else; a test compares the two. Three things no expression can say: whether an address has a possible host, whether a line
//! has too long a key, and whether a time exists in its zone.

use super::{LINE, TEXT};
use crate::{scalars::TimeZone, zone::Zone};

/// Characters of a text that are not allowed in an id or an address.
const BLANK: &str = r"\s\u0000-\u001f\u007f-\u009f";

/// Characters that make no text by themselves.
const INVISIBLE: &str = r"\s\u0085\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb";

/// A day of the years 0001 to 9998. The last day of February depends on the year.
const DAY: &str = concat!(
    r"(?!0000|9999)(",
    r"\d{4}-(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|\d{4}-(0[469]|11)-(0[1-9]|[12]\d|30)|\d{4}-02-(0[1-9]|1\d|2[0-8])",
    r"|(\d\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)",
);
const HOUR: &str = r"([01]\d|2[0-3]):[0-5]\d";

/// The pattern of a format, and the greatest number of characters.
pub(super) fn pattern(format: &str) -> Option<(String, Option<u32>)> {
    let pattern = match format {
        LINE => format!(r"^(?=[\s\S]*[^{INVISIBLE}])[^\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]+$"),
        TEXT => format!(r"^(?=[\s\S]*[^{INVISIBLE}])[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]+$"),
        "acronym" => "^[a-z0-9_]{4,200}$".to_owned(),
        "color" => "^#[0-9A-Fa-f]{6}$".to_owned(),
        "country" => one_of(isocountry::CountryCode::iter().map(|code| code.alpha2())),
        "currency" => "^[A-Z]{3}$".to_owned(),
        "date" => format!("^{DAY}$"),
        "date-time" => {
            format!(r"^{DAY}[Tt]{HOUR}:[0-5]\d(\.\d+)?([Zz]|[+-]((0\d|1[0-3]):[0-5]\d|14:00))$")
        }
        "language" => language(),
        "local-date-time" => format!(r"^{DAY}T{HOUR}(:[0-5]\d)?([+-]{HOUR})?$"),
        "playlist-key" => key("[A-Za-z0-9_-]{2,64}"),
        "recording-key" => key("[A-Za-z0-9_-]{11}"),
        "slug" => "^[a-z0-9]+(-[a-z0-9]+)*$".to_owned(),
        "time-zone" => one_of(time_zones()),
        "uri" => format!(r"^[Hh][Tt][Tt][Pp][Ss]?:[/\\]*[^{BLANK}/\\?#][^{BLANK}]*$"),
        "uuid" => uuid(),
        _ => return None,
    };
    let longest = match format {
        LINE => Some(500),
        TEXT => Some(100_000),
        "uri" => Some(2_000),
        "language" => Some(100),
        "slug" => Some(200),
        _ => None,
    };
    Some((pattern, longest))
}

fn one_of<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let mut words: Vec<&str> = words.collect();
    words.sort_unstable();
    format!("^({})$", words.join("|").replace('+', r"\+"))
}

fn time_zones() -> impl Iterator<Item = &'static str> {
    Zone::built_in().filter(|name| name.parse::<TimeZone>().is_ok())
}

/// The grammar of RFC 5646: language, script, region, variants, extensions, private use.
fn language() -> String {
    let variants = "(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*";
    let extensions = "(-[0-9A-WYZa-wyz](-[A-Za-z0-9]{2,8})+)*(-[Xx](-[A-Za-z0-9]{1,8})+)?";
    format!(
        "^[A-Za-z]{{2,3}}(-[A-Za-z]{{3}}){{0,3}}(-[A-Za-z]{{4}})?(-([A-Za-z]{{2}}|[0-9]{{3}}))?{variants}{extensions}$"
    )
}

/// An id in each form that people write: with hyphens, without, in braces, as a URN.
fn uuid() -> String {
    let hyphenated = "[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}";
    format!(r"^([0-9A-Fa-f]{{32}}|(urn:uuid:)?{hyphenated}|\{{{hyphenated}\}})$")
}

/// A provider in any case, and an id there.
fn key(youtube: &str) -> String {
    let any_case = |word: &str| -> String {
        word.chars()
            .map(|c| if c == '_' { "_".to_owned() } else { format!("[{}{c}]", c.to_ascii_uppercase()) })
            .collect()
    };
    let others = ["vimeo", "peertube", "media_ccc", "other"].map(any_case).join("|");
    format!("^({}:{youtube}|({others}):[^{BLANK}]{{1,500}})$", any_case("youtube"))
}
