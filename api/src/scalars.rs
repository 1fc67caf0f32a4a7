//! Values that are valid by construction: they are made only by parsing, and an error says what would be right. These
//! types are the GraphQL scalars, the columns and the strings of the archive format.

use std::{borrow::Cow, fmt, str::FromStr};

use async_graphql::{InputType, InputValueError, InputValueResult, Scalar, ScalarType, Value as GraphQlValue};
use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, Offset, SecondsFormat, SubsecRound, TimeZone as _, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use sea_orm::{
    ColIdx, ColumnType, QueryResult, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, Nullable, StringLen, ValueType, ValueTypeErr},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

use crate::{column::Column, vocabulary::RecordingProvider, zone::Zone};

/// The check of a JSON Schema `format`. The error says what would be right.
pub type FormatCheck = fn(&str) -> Result<(), String>;

fn check<T: FromStr<Err = String>>(text: &str) -> Result<(), String> {
    text.parse::<T>().map(|_| ())
}

/// Declares the scalars that are texts (`FromStr` and `Display`), each with its `format` in JSON Schema and with its
/// name, description and specification in GraphQL.
macro_rules! scalars {
    ($($type:ident, $format:literal $(=> { $(#[$doc:meta])* $name:literal $(, $url:literal)? })?;)+) => {
        /// The formats of the archive's JSON Schemas, with their checks.
        pub const FORMATS: &[(&str, FormatCheck)] = &[$(($format, check::<$type>)),+];

        $(
            impl Serialize for $type {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> Deserialize<'de> for $type {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
                }
            }

            impl JsonSchema for $type {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> Cow<'static, str> {
                    stringify!($type).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({ "type": "string", "format": $format })
                }
            }

            $(
                $(#[$doc])*
                #[Scalar(name = $name $(, specified_by_url = $url)?)]
                impl ScalarType for $type {
                    fn parse(value: GraphQlValue) -> InputValueResult<Self> {
                        text_input(&value)
                    }

                    fn to_value(&self) -> GraphQlValue {
                        GraphQlValue::String(self.to_string())
                    }
                }
            )?
        )+
    };
}

scalars! {
    Id, "uuid" => {
        /// An id: a UUID in lower case with hyphens, such as `532b6b93-4b71-582c-93c6-8d6ddb5ac074`.
        "ID"
    };
    Date, "date" => {
        #[doc = "A calendar date in the form `YYYY-MM-DD` of RFC 3339 and ISO 8601, such as `2016-08-25`, of a year \
            from 0001 to\n9998."]
        "Date", "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
    };
    DateTime, "date-time" => {
        #[doc = "A time with a numeric offset, as RFC 3339 defines it, in whole seconds: \
            `2016-08-25T09:30:00+02:00`. Times of an\n\
            edition have the offset that its time zone has at that time; other times are in UTC (`+00:00`). An \
            argument may\n\
            have any offset from -14:00 to +14:00, or `Z`; fractions of a second are cut off, and a leap second (`:60`) is \
            refused."]
        "DateTime", "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
    };
    Instant, "date-time";
    LocalTime, "local-date-time";
    TimeZone, "time-zone" => {
        /// The name of a time zone in the IANA database, in the form Area/City: `Europe/Berlin`. `UTC` is accepted too.
        "TimeZone", "https://www.iana.org/time-zones"
    };
    Url, "uri" => {
        /// An absolute URL with the scheme http or https: `https://promcon.io/2016-berlin/`.
        "URL", "https://url.spec.whatwg.org/"
    };
    Language, "language" => {
        /// A language tag of BCP 47, whose language has two or three letters: `de`, `pt-BR`.
        "Language", "https://www.rfc-editor.org/info/bcp47"
    };
    Country, "country" => {
        /// A country as a two-letter code of ISO 3166-1: `DE`.
        "Country", "https://www.iso.org/iso-3166-country-codes.html"
    };
    Currency, "currency";
    Slug, "slug";
    Acronym, "acronym";
    Color, "color";
    RecordingKey, "recording-key";
    PlaylistKey, "playlist-key";
}

/// The greatest length of a URL in characters.
const LONGEST_URL: usize = 2_000;

/// The greatest length of a language tag in characters.
pub(crate) const LONGEST_LANGUAGE: usize = 100;

/// Declares texts that a check accepts.
macro_rules! checked_text {
    ($($(#[$doc:meta])* $type:ident, $check:path);+ $(;)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $type(String);

        impl $type {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                $check(text).map(Self)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

checked_text! {
    /// An absolute http or https address.
    Url, url_text;
    /// A BCP 47 tag, in its canonical case.
    Language, language_text;
    /// An ISO 3166-1 alpha-2 code.
    Country, country_text;
    /// An ISO 4217 code.
    Currency, currency_text;
    /// A name in addresses: `[a-z0-9]+(-[a-z0-9]+)*`, up to 200 characters.
    Slug, slug_text;
    /// The name of an edition in the frab and c3voc formats: `[a-z0-9_]{4,}`.
    Acronym, acronym_text;
    /// A color: `#rrggbb`.
    Color, color_text;
}

/// Refuses a text that is longer than its kind may be.
fn within(what: &str, text: &str, longest: usize) -> Result<(), String> {
    match text.chars().count() {
        length if length > longest => Err(format!("too long {what}, of {length} characters: {longest} are the most")),
        _ => Ok(()),
    }
}

fn url_text(text: &str) -> Result<String, String> {
    within("a URL", text, LONGEST_URL)?;
    let wrong =
        |why: &str| format!("\"{text}\" is not an absolute http or https URL ({why}), such as https://promcon.io/");
    let url = url::Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("another scheme"));
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(wrong("white space"));
    }
    Ok(text.to_owned())
}

fn language_text(text: &str) -> Result<String, String> {
    within("a language tag", text, LONGEST_LANGUAGE)?;
    let wrong = |why: &str| format!("\"{text}\" is not a BCP 47 language tag ({why}), such as en or pt-BR");
    let tag = oxilangtag::LanguageTag::parse_and_normalize(text).map_err(|error| wrong(&error.to_string()))?;
    // The grammar keeps longer languages for later, and none is registered. They are names: "english".
    let language = text.split('-').next().unwrap_or_default();
    if !(2..=3).contains(&language.len()) {
        return Err(wrong("a language has two or three letters"));
    }
    const OUTSIDE_THE_GRAMMAR: [&str; 4] = ["en-gb-oed", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de"];
    if OUTSIDE_THE_GRAMMAR.contains(&text.to_ascii_lowercase().as_str()) {
        return Err(wrong("it has a newer one in its place"));
    }
    Ok(tag.into_inner())
}

fn country_text(text: &str) -> Result<String, String> {
    match isocountry::CountryCode::for_alpha2(text) {
        Ok(code) => Ok(code.alpha2().to_owned()),
        Err(_) => Err(format!("\"{text}\" is not an ISO 3166-1 alpha-2 code, such as DE")),
    }
}

fn currency_text(text: &str) -> Result<String, String> {
    if text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()) {
        return Ok(text.to_owned());
    }
    Err(format!("\"{text}\" is not an ISO 4217 code, such as EUR"))
}

fn slug_text(text: &str) -> Result<String, String> {
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if text.len() <= 200 && text.split('-').all(word) {
        return Ok(text.to_owned());
    }
    let right = made_slug(text);
    Err(format!(
        "\"{text}\" is not a slug: lower-case letters, digits and single hyphens between them, up to 200, such as {}",
        if right.is_empty() { "life-of-a-label" } else { &right }
    ))
}

/// The text as a slug, as far as possible. It may be empty.
fn made_slug(text: &str) -> String {
    let mut made = deunicode::deunicode(text).to_lowercase();
    made =
        made.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    made.truncate(200);
    made.trim_end_matches('-').to_owned()
}

impl Slug {
    /// A slug of a name, short enough for a number behind it. A name without letters gives the kind of the thing.
    pub(crate) fn made_of(name: &str, kind: &str) -> Self {
        let mut made = made_slug(name);
        made.truncate(190);
        let made = made.trim_end_matches('-');
        Self(if made.is_empty() { kind.to_lowercase() } else { made.to_owned() })
    }
}

fn acronym_text(text: &str) -> Result<String, String> {
    let right = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if text.len() >= 4 && text.len() <= 200 && text.bytes().all(right) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "\"{text}\" is not an acronym: four or more lower-case letters, digits and underscores, such as promcon_2016"
    ))
}

fn color_text(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(format!("\"{text}\" is not a color of the form #rrggbb, such as #e6522c"))
}

impl From<&Slug> for Acronym {
    fn from(slug: &Slug) -> Self {
        Self(format!("{:_<4}", slug.as_str().replace('-', "_")))
    }
}

/// An id: a UUID, the same in GraphQL, REST and every export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, sea_orm::DeriveValueType)]
pub struct Id(pub Uuid);

impl FromStr for Id {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |_| format!("\"{text}\" is not an id: a UUID, such as 0f8fad5b-d9cb-469f-a165-70867728950e");
        Uuid::try_parse(text).map(Self).map_err(wrong)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// The years of days and times. In every zone such a year has four digits, so texts sort as times do.
pub(crate) fn check_year(year: i32, text: &str) -> Result<(), String> {
    if (1..=9998).contains(&year) { Ok(()) } else { Err(format!("\"{text}\" is not of a year from 0001 to 9998")) }
}

/// Refuses an instant that is of another year in some time zone.
pub(crate) fn check_instant(instant: chrono::DateTime<Utc>, text: impl fmt::Display) -> Result<(), String> {
    let largest = chrono::TimeDelta::seconds(LARGEST_OFFSET.into());
    let local = |offset| instant.checked_add_signed(offset).map_or(0, |local| local.year());
    check_year(local(-largest), "")
        .and(check_year(local(largest), ""))
        .map_err(|_| format!("\"{text}\" is not of a year from 0001 to 9998 in every time zone"))
}

/// The largest offset of a time zone in seconds, in either direction. XML Schema allows no larger one.
const LARGEST_OFFSET: i32 = 14 * 3600;

/// Refuses a leap second, of which one database makes the next minute and the other keeps the second.
fn check_second(text: &str, second: Option<&str>) -> Result<(), String> {
    match second {
        Some("60") => {
            Err(format!("\"{text}\" is a leap second, which is not kept: give the second before or after it"))
        }
        _ => Ok(()),
    }
}

/// Whether a text has the form of another, with any digits for its zeros. The parser of times takes signs and fewer
/// digits too.
fn has_form(text: &str, form: &str) -> bool {
    let is_like = |(byte, like): (u8, u8)| if like == b'0' { byte.is_ascii_digit() } else { byte == like };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(is_like)
}

/// A calendar date, ISO 8601.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, sea_orm::DeriveValueType)]
pub struct Date(pub NaiveDate);

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is not a date of the form YYYY-MM-DD, such as 2016-08-25");
        if !has_form(text, "0000-00-00") {
            return Err(wrong());
        }
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| wrong())?;
        check_year(date.year(), text).map(|()| Self(date))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

/// An instant with an offset for display, in whole seconds. Instants are compared without the offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime(chrono::DateTime<FixedOffset>);

impl DateTime {
    /// The instant.
    pub fn utc(self) -> chrono::DateTime<Utc> {
        self.0.to_utc()
    }

    /// The same instant with the offset of a zone.
    pub fn in_zone(self, zone: &TimeZone) -> Self {
        Self(self.0.with_timezone(&zone.0).fixed_offset())
    }
}

impl From<chrono::DateTime<Utc>> for DateTime {
    fn from(instant: chrono::DateTime<Utc>) -> Self {
        Self(instant.fixed_offset())
    }
}

impl FromStr for DateTime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |_| {
            format!(
                "\"{text}\" is not an RFC 3339 time with an offset, such as 2016-08-25T09:30:00+02:00 or \
                 2016-08-25T07:30:00Z"
            )
        };
        let is_time = text.get(..19).is_some_and(|time| has_form(&time.to_ascii_uppercase(), "0000-00-00T00:00:00"));
        check_second(text, text.get(17..19))?;
        let time = chrono::DateTime::parse_from_rfc3339(if is_time { text } else { "" }).map_err(wrong)?;
        if time.offset().local_minus_utc().abs() > LARGEST_OFFSET {
            return Err(format!("\"{text}\" has an offset that no time zone has: from -14:00 to +14:00"));
        }
        check_year(time.year(), text)?;
        check_instant(time.to_utc(), text)?;
        Ok(Self(time.trunc_subsecs(0)))
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A format pattern would be parsed each time, and responses are full of times.
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Secs, false))
    }
}

/// An instant, written in UTC (`Z`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(pub chrono::DateTime<Utc>);

impl FromStr for Instant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        DateTime::from_str(text).map(|time| Self(time.utc()))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// A local time of an edition: `2016-08-25T09:30`. It has an offset if the local time occurs twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    time: NaiveDateTime,
    offset: Option<FixedOffset>,
}

impl LocalTime {
    /// The local time of an instant, with the offset only if it occurs twice.
    pub fn at(instant: chrono::DateTime<Utc>, zone: &TimeZone) -> Self {
        let local = instant.with_timezone(&zone.0);
        let time = local.naive_local();
        let twice = zone.0.from_local_datetime(&time).single().is_none();
        Self { time, offset: twice.then(|| local.offset().fix()) }
    }

    /// The instant of the same local time some days later, in the same zone or in another one. Of one that occurs twice
    /// then, it is that with the same offset, if there is one.
    pub(crate) fn days_later(
        instant: chrono::DateTime<Utc>,
        days: chrono::Duration,
        from: &TimeZone,
        zone: &TimeZone,
    ) -> Result<chrono::DateTime<Utc>, String> {
        let now = Self::at(instant, from);
        let time = now.time.checked_add_signed(days).ok_or_else(|| format!("{now} can't be moved that far"))?;
        let later = Self { time, offset: None };
        let offset = instant.with_timezone(&from.0).offset().fix();
        later.instant(zone).or_else(|wrong| Self { offset: Some(offset), ..later }.instant(zone).map_err(|_| wrong))
    }

    /// The instant of the local time in a zone.
    pub fn instant(self, zone: &TimeZone) -> Result<chrono::DateTime<Utc>, String> {
        let instant = self.find(zone)?;
        check_instant(instant, self).map(|()| instant)
    }

    fn find(self, zone: &TimeZone) -> Result<chrono::DateTime<Utc>, String> {
        let candidates = zone.0.from_local_datetime(&self.time);
        let both = [candidates.earliest(), candidates.latest()];
        match (self.offset, both) {
            (_, [None, _] | [_, None]) => Err(format!(
                "{self} does not exist in {zone}: the clocks were put forward over it; take a time an hour later"
            )),
            (None, [Some(early), Some(late)]) if early != late => Err(format!(
                "{self} is there twice in {zone}, as the clocks were put back: write {self}{} or {self}{}",
                early.offset().fix(),
                late.offset().fix()
            )),
            (None, [Some(only), _]) => Ok(only.to_utc()),
            (Some(offset), both) => both
                .into_iter()
                .flatten()
                .find(|time| time.offset().fix() == offset)
                .map(|time| time.to_utc())
                .ok_or_else(|| format!("{self} has another offset in {zone}: leave it out")),
        }
    }
}

impl FromStr for LocalTime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is not a local time of the form YYYY-MM-DDTHH:MM, such as 2016-08-25T09:30");
        let is_offset = |offset: &str| has_form(offset, "+00:00") || has_form(offset, "-00:00");
        let split = text.len().checked_sub(6).and_then(|at| text.split_at_checked(at));
        let (local, offset) = match split.filter(|(_, offset)| is_offset(offset)) {
            Some((local, offset)) => (local, Some(offset.parse().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let local = if has_form(local, "0000-00-00T00:00") { format!("{local}:00") } else { local.to_owned() };
        if !has_form(&local, "0000-00-00T00:00:00") {
            return Err(wrong());
        }
        check_second(text, local.get(17..))?;
        let time = NaiveDateTime::parse_from_str(&local, "%Y-%m-%dT%H:%M:%S").map_err(|_| wrong())?;
        check_year(time.year(), text).map(|()| Self { time, offset })
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.time.format("%S").to_string() != "00";
        write!(f, "{}", self.time.format(if seconds { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%dT%H:%M" }))?;
        self.offset.map_or(Ok(()), |offset| write!(f, "{offset}"))
    }
}

/// An IANA time zone of the form Area/City, or UTC. Every schedule format and app knows these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeZone(pub Zone);

impl FromStr for TimeZone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const AREAS: [&str; 10] = [
            "Africa",
            "America",
            "Antarctica",
            "Arctic",
            "Asia",
            "Atlantic",
            "Australia",
            "Europe",
            "Indian",
            "Pacific",
        ];
        let area = text.split_once('/').is_some_and(|(area, _)| AREAS.contains(&area));
        match Zone::named(text) {
            Some(zone) if area || text == "UTC" => Ok(Self(zone)),
            _ => {
                Err(format!("\"{text}\" is not an IANA time zone of the form Area/City, such as Europe/Berlin, or UTC"))
            }
        }
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

/// A recording by its provider and the provider's id: `youtube:3Tb4Wc0kfCM`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordingKey(pub RecordingProvider, pub String);

/// A playlist by its provider and the provider's id: `youtube:PLoz-W_CUquUlCq-Q0hy53TolAhaED9vmU`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaylistKey(pub RecordingProvider, pub String);

impl RecordingKey {
    /// Makes a key of its parts. The error says why the provider has no such id.
    pub fn new(provider: RecordingProvider, id: &str) -> Result<Self, String> {
        provider_id(provider, id, 11..=11)?;
        Ok(Self(provider, id.to_owned()))
    }
}

impl FromStr for RecordingKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (provider, id) = provider_and_id(text)?;
        Self::new(provider, id)
    }
}

impl PlaylistKey {
    /// Makes a key of its parts. The error says why the provider has no such id.
    pub fn new(provider: RecordingProvider, id: &str) -> Result<Self, String> {
        provider_id(provider, id, 2..=64)?;
        Ok(Self(provider, id.to_owned()))
    }
}

impl FromStr for PlaylistKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (provider, id) = provider_and_id(text)?;
        Self::new(provider, id)
    }
}

fn provider_and_id(text: &str) -> Result<(RecordingProvider, &str), String> {
    use serde::de::value::{Error, StrDeserializer};
    let (provider, id) = text.split_once(':').unwrap_or_default();
    let provider = provider.to_ascii_uppercase();
    let provider = RecordingProvider::deserialize(StrDeserializer::<Error>::new(&provider));
    let provider = provider.map_err(|_| {
        format!(
            "\"{text}\" does not begin with a provider (youtube:, vimeo:, peertube:, media_ccc: or other:), such as \
             youtube:3Tb4Wc0kfCM"
        )
    })?;
    Ok((provider, id))
}

fn provider_id(provider: RecordingProvider, id: &str, length: std::ops::RangeInclusive<usize>) -> Result<(), String> {
    let youtube = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if provider == RecordingProvider::Youtube && !(length.contains(&id.len()) && id.bytes().all(youtube)) {
        return Err(format!(
            "\"{id}\" is not a YouTube id: {} letters, digits, - and _, as in the address after v= or list=",
            if length.start() == length.end() { length.start().to_string() } else { "some".to_owned() }
        ));
    }
    if id.is_empty() || id.chars().count() > 500 || id.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(format!("\"{id}\" is not an id at a provider: up to 500 characters without white space"));
    }
    Ok(())
}

fn write_key(f: &mut fmt::Formatter<'_>, provider: RecordingProvider, id: &str) -> fmt::Result {
    use sea_orm::ActiveEnum;
    write!(f, "{}:{id}", ActiveEnum::to_value(&provider).to_ascii_lowercase())
}

impl fmt::Display for RecordingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_key(f, self.0, &self.1)
    }
}

impl fmt::Display for PlaylistKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_key(f, self.0, &self.1)
    }
}

/// A position in the archive's change log: a non-negative 64-bit integer.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sea_orm::DeriveValueType,
)]
pub struct Revision(pub i64);

fn text_input<T: InputType + FromStr<Err = String>>(value: &GraphQlValue) -> InputValueResult<T> {
    match value {
        GraphQlValue::String(text) => text.parse().map_err(InputValueError::custom),
        other => Err(InputValueError::expected_type(other.clone())),
    }
}

/// A position in the archive's change log: an integer from 0 to 9223372036854775807, as a JSON number.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-6")]
impl ScalarType for Revision {
    fn parse(value: GraphQlValue) -> InputValueResult<Self> {
        match &value {
            GraphQlValue::Number(number) => {
                number.as_i64().filter(|n| *n >= 0).map(Self).ok_or_else(|| {
                    InputValueError::custom(format!("{number} is not a revision: a non-negative integer"))
                })
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> GraphQlValue {
        GraphQlValue::Number(self.0.into())
    }
}

/// A column of the type `$stored`, with its conversions.
macro_rules! stored_as {
    ($($type:ident, $stored:ty, $column:expr, $array:ident, $to:expr, $from:expr);+ $(;)?) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                let to: fn($type) -> $stored = $to;
                to(value).into()
            }
        }

        impl TryGetable for $type {
            fn try_get_by<I: ColIdx>(row: &QueryResult, column: I) -> Result<Self, TryGetError> {
                let from: fn($stored) -> Result<Self, String> = $from;
                let wrong = |wrong| TryGetError::DbErr(sea_orm::DbErr::Type(wrong));
                from(<$stored>::try_get_by(row, column)?).map_err(wrong)
            }
        }

        impl ValueType for $type {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                let from: fn($stored) -> Result<Self, String> = $from;
                from(<$stored as ValueType>::try_from(value)?).map_err(|_| ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($type).to_owned()
            }

            fn array_type() -> ArrayType {
                ArrayType::$array
            }

            fn column_type() -> ColumnType {
                $column
            }
        }

        impl Nullable for $type {
            fn null() -> Value {
                <$stored>::null()
            }
        }
    )+};
}

stored_as! {
    Url, String, ColumnType::String(StringLen::None), String, |v| v.0, |v| Ok(Self(v));
    Language, String, ColumnType::String(StringLen::None), String, |v| v.0, |v| Ok(Self(v));
    Country, String, ColumnType::String(StringLen::None), String, |v| v.0, |v| Ok(Self(v));
    TimeZone, String, ColumnType::String(StringLen::None), String, |v| v.to_string(), |v| v.parse();
    DateTime, chrono::DateTime<Utc>, ColumnType::TimestampWithTimeZone, ChronoDateTimeUtc, DateTime::utc,
        |v| Ok(v.into());
}

/// Columns of text for scalars.
macro_rules! text_columns {
    ($($type:ident),+) => {$(
        impl Column<String> for $type {
            fn to_column(&self) -> String {
                self.to_string()
            }

            fn from_column(stored: &String) -> Result<Self, String> {
                stored.parse()
            }
        }
    )+};
}
text_columns!(TimeZone, Url, Language, Country, Slug, Color);

impl Column<NaiveDate> for Date {
    fn to_column(&self) -> NaiveDate {
        self.0
    }

    fn from_column(stored: &NaiveDate) -> Result<Self, String> {
        Ok(Self(*stored))
    }
}

impl Column<chrono::DateTime<Utc>> for Instant {
    fn to_column(&self) -> chrono::DateTime<Utc> {
        self.0
    }

    fn from_column(stored: &chrono::DateTime<Utc>) -> Result<Self, String> {
        Ok(Self(*stored))
    }
}

impl Column<chrono::DateTime<Utc>> for DateTime {
    fn to_column(&self) -> chrono::DateTime<Utc> {
        self.utc()
    }

    fn from_column(stored: &chrono::DateTime<Utc>) -> Result<Self, String> {
        Ok((*stored).into())
    }
}

impl Url {
    /// An address that the program made.
    pub(crate) fn built(text: String) -> Self {
        Self(text)
    }
}
