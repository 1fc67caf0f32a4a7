//! What several pages show, as the schema answers it.

pub mod company;
pub mod conference;
pub mod edition;
pub mod schedule;
pub mod search;
pub mod speaker;
pub mod talk;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::error::{Error, Result};

/// A value of the schema's as what a page shows.
pub fn from<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Internal(error.to_string()))
}

/// A moment, with the offset of the edition's zone.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(transparent)]
pub struct At(pub DateTime<FixedOffset>);

impl At {
    pub fn iso(&self) -> String {
        self.0.to_rfc3339()
    }

    pub fn time(&self) -> String {
        self.0.format("%H:%M").to_string()
    }

    pub fn date(&self) -> String {
        long(&self.0.date_naive())
    }

    /// What is written behind a time that is on another date than its conference day: "+1".
    pub fn days_after(&self, day: &NaiveDate) -> String {
        match (self.0.date_naive() - *day).num_days() {
            0 => String::new(),
            days => format!("{days:+}"),
        }
    }
}

/// A text that stands in a line with others and can't be put into `<bdi>`. One with marks of direction is isolated.
pub fn isolated(text: &str) -> String {
    let is_mark = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.contains(is_mark) { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
}

/// A date in words: "Thursday, 7 November 2019".
pub fn long(date: &NaiveDate) -> String {
    date.format("%A, %-d %B %Y").to_string()
}

/// The dates of an edition in words: "7–8 November 2019".
pub fn dates(from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    let (Some(from), Some(to)) = (from, to) else {
        return from.or(to).map(|date| date.format("%-d %B %Y").to_string()).unwrap_or_default();
    };
    let end = to.format("%-d %B %Y");
    match (from == to, from.format("%Y%m").to_string() == to.format("%Y%m").to_string()) {
        (true, _) => end.to_string(),
        (_, true) => format!("{}–{end}", from.format("%-d")),
        _ if from.format("%Y").to_string() == to.format("%Y").to_string() => {
            format!("{} – {end}", from.format("%-d %B"))
        }
        _ => format!("{} – {end}", from.format("%-d %B %Y")),
    }
}

/// Seconds in words: "31 min", "1 h 02 min".
pub fn duration(seconds: i64) -> String {
    match seconds / 60 {
        minutes if minutes >= 60 => format!("{} h {:02} min", minutes / 60, minutes % 60),
        0 => format!("{seconds} s"),
        minutes => format!("{minutes} min"),
    }
}

/// A word of the schema's as people write it: `LIGHTNING_TALK` as "lightning talk".
pub fn word(name: &str) -> String {
    name.to_lowercase().replace('_', " ")
}

/// Something with a page of its own.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    pub name: String,
    pub url: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Titled {
    pub title: String,
    pub url: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Appearance {
    pub role: String,
    pub credited_as: String,
    pub represents: Option<String>,
    pub speaker: Named,
    pub companies: Vec<Named>,
}

impl Appearance {
    /// What stands behind the name.
    pub fn role(&self) -> String {
        if self.role == "SPEAKER" { String::new() } else { word(&self.role) }
    }
}

/// A talk in a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedTalk {
    pub title: String,
    pub url: String,
    pub status: String,
    pub language: Option<String>,
    pub starts_at: Option<At>,
    pub edition: Named,
    pub appearances: Vec<Appearance>,
    pub recordings: Vec<Watched>,
}

impl ListedTalk {
    pub fn is_cancelled(&self) -> bool {
        self.status == "CANCELLED"
    }
}

/// Where a talk's recording is.
#[derive(Clone, Debug, Deserialize)]
pub struct Watched {
    pub url: String,
}

/// A page of a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed<T> {
    pub nodes: Vec<T>,
    #[serde(default)]
    pub total_count: Option<i64>,
}

/// The part of a recording that a talk has.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    pub start_seconds: Option<i64>,
    pub end_seconds: Option<i64>,
    pub url: String,
    pub recording: Recording,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recording {
    pub provider: String,
    pub title: Option<String>,
    pub embed_url: Option<String>,
    pub thumbnail_url: Option<String>,
    pub duration_seconds: Option<i64>,
    pub published_at: Option<String>,
}

impl Part {
    /// The length of the part in seconds.
    pub fn seconds(&self) -> Option<i64> {
        let end = self.end_seconds.or(self.recording.duration_seconds)?;
        Some(end - self.start_seconds.unwrap_or_default()).filter(|seconds| *seconds > 0)
    }

    pub fn duration(&self) -> String {
        self.seconds().map(duration).unwrap_or_default()
    }

    pub fn provider(&self) -> &'static str {
        match self.recording.provider.as_str() {
            "YOUTUBE" => "YouTube",
            "VIMEO" => "Vimeo",
            "MEDIA_CCC" => "media.ccc.de",
            _ => "its site",
        }
    }

    /// The address of a player that starts and ends where the talk does.
    pub fn player(&self) -> Option<String> {
        let url = self.recording.embed_url.as_deref()?;
        let (start, end) = (self.start_seconds.filter(|second| *second > 0), self.end_seconds);
        Some(match self.recording.provider.as_str() {
            "YOUTUBE" => {
                let start = start.map(|second| format!("&start={second}")).unwrap_or_default();
                let end = end.map(|second| format!("&end={second}")).unwrap_or_default();
                format!("{url}?autoplay=1{start}{end}")
            }
            _ => format!("{url}{}", start.map(|second| format!("#t={second}s")).unwrap_or_default()),
        })
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Link {
    pub kind: String,
    pub url: Option<String>,
    pub title: Option<String>,
    pub author: Option<String>,
}

impl Link {
    /// The text of the link: its title, or what it is and where.
    pub fn text(&self) -> String {
        let kind = match self.kind.as_str() {
            "OTHER" => "Link".to_owned(),
            kind => {
                let word = word(kind);
                let (first, rest) = word.split_at(1);
                format!("{}{rest}", first.to_uppercase())
            }
        };
        let host = self.url.as_deref().and_then(|url| url.split('/').nth(2)).unwrap_or_default();
        match &self.title {
            Some(title) => title.clone(),
            None if host.is_empty() => kind,
            None => format!("{kind} ({})", host.trim_start_matches("www.")),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Venue {
    pub name: String,
    pub address: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
    pub website_url: Option<String>,
}

/// An edition in a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedEdition {
    pub name: String,
    pub url: String,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub city: Option<String>,
    pub format: String,
    pub status: String,
    pub stats: Stats,
}

impl ListedEdition {
    pub fn dates(&self) -> String {
        dates(self.starts_on, self.ends_on)
    }

    /// Where it is.
    pub fn place(&self) -> String {
        match (&self.city, self.format.as_str()) {
            (_, "ONLINE") => "online".to_owned(),
            (Some(city), _) => city.clone(),
            (None, _) => String::new(),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    pub talks: i64,
    pub recorded_talks: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_shortly() {
        let date = |text: &str| text.parse::<NaiveDate>().ok();
        assert_eq!(dates(date("2019-11-07"), date("2019-11-08")), "7–8 November 2019");
        assert_eq!(dates(date("2019-11-30"), date("2019-12-01")), "30 November – 1 December 2019");
        assert_eq!(dates(date("2019-12-31"), date("2020-01-01")), "31 December 2019 – 1 January 2020");
        assert_eq!(dates(date("2019-11-07"), date("2019-11-07")), "7 November 2019");
        assert_eq!(dates(None, None), "");
        assert_eq!(duration(59), "59 s");
        assert_eq!(duration(3720), "1 h 02 min");
    }
}
