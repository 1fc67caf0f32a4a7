//! An edition as its page shows it.

use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    Link, Listed, Named, Titled, Venue, dates, duration,
    schedule::{DayOfSlots, MaybeTimed, Slot},
};

/// The query of the page.
pub const DOCUMENT: &str = concat!(include_str!("edition.graphql"), include_str!("slot.graphql"));

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Edition {
    pub slug: String,
    pub name: String,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub timezone: String,
    pub format: String,
    pub city: Option<String>,
    pub country: Option<String>,
    pub website_url: Option<String>,
    pub url: String,
    pub status: String,
    pub hashtags: Vec<String>,
    pub sold_out: Option<bool>,
    pub venue: Option<Venue>,
    pub tickets: Vec<Ticket>,
    pub conference: Named,
    pub replaces: Option<Named>,
    pub replaced_by: Option<Named>,
    pub involvements: Vec<Involvement>,
    pub days: Vec<DayOfSlots>,
    pub schedule: Vec<Slot>,
    pub timeless: Listed<MaybeTimed>,
    pub sponsor_tiers: Vec<SponsorTier>,
    pub sponsorships: Vec<Sponsorship>,
    pub playlists: Vec<Titled>,
    pub links: Vec<Link>,
    pub stats: EditionStats,
    pub images: Listed<Image>,
    pub previous: Option<Named>,
    pub next: Option<Named>,
    pub exports: Exports,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    pub thumbnail_url: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    pub name: String,
    pub price: f64,
    pub currency: Option<String>,
    pub on_sale_from: Option<NaiveDate>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Involvement {
    pub role: String,
    pub person: Option<Named>,
    pub company: Option<Named>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct SponsorTier {
    pub name: String,
    pub sponsorships: Vec<Sponsorship>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Sponsorship {
    pub company: Named,
    #[serde(default)]
    pub tier: Option<Tier>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Tier {}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EditionStats {
    pub talks: i64,
    pub speakers: i64,
    pub companies: i64,
    pub recorded_talks: i64,
    pub recorded_seconds: f64,
}

impl EditionStats {
    /// How long the recordings are; empty if nobody knows.
    pub fn recorded(&self) -> String {
        let seconds = self.recorded_seconds as i64;
        if seconds > 0 { duration(seconds) } else { String::new() }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exports {
    pub icalendar: String,
    pub frab_xml: String,
    pub c3voc_json: String,
    pub csv: String,
    pub atom: String,
}

impl Edition {
    pub fn dates(&self) -> String {
        dates(self.starts_on, self.ends_on)
    }

    /// What is told beside the dates: where it is.
    pub fn place(&self) -> String {
        let place = match (&self.venue, &self.city, self.format.as_str()) {
            (None, None, "ONLINE") => return "Online".to_owned(),
            (Some(venue), Some(city), _) if !venue.name.contains(city.as_str()) => format!("{}, {city}", venue.name),
            (Some(venue), _, _) => venue.name.clone(),
            (None, Some(city), _) => city.clone(),
            (None, None, _) => return String::new(),
        };
        if self.format == "HYBRID" { format!("{place}, and online") } else { place }
    }

    /// The state of the edition, if it is worth telling.
    pub fn state(&self) -> &'static str {
        match self.status.as_str() {
            "LIVE" => "On now",
            "CANCELLED" => "Cancelled",
            "ANNOUNCED" => "Announced",
            _ => "",
        }
    }

    /// Sponsors in no tier.
    pub fn other_sponsors(&self) -> Vec<&Named> {
        self.sponsorships.iter().filter(|it| it.tier.is_none()).map(|it| &it.company).collect()
    }

    /// A picture: that of its first recording.
    pub fn image(&self) -> Option<&str> {
        self.images.nodes.first()?.thumbnail_url.as_deref()
    }

    /// The edition in a sentence.
    pub fn sentence(&self) -> String {
        let parts = [self.dates(), self.place()];
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let place = if parts.is_empty() { String::new() } else { format!(", {}", parts.join(", ")) };
        match self.stats.talks {
            0 => format!("{}{place}.", self.name),
            talks => format!(
                "{}{place}: the schedule with {talks} talks by {} speakers{}.",
                self.name,
                self.stats.speakers,
                if self.stats.recorded_talks > 0 { " and their recordings" } else { "" }
            ),
        }
    }
}
