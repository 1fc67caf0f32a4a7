//! The header `Accept` (RFC 9110, 12.5.1).

use actix_web::{HttpRequest, http::header};

/// The offer with the highest quality, each by its media type. Of equal ones the first in `Accept` wins, and of those
/// in the same range the first offer. None if the client accepts no offer. Without the header the first offer wins.
pub fn preferred<T: Copy>(request: &HttpRequest, offers: &[(&str, T)]) -> Option<T> {
    let headers = request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    let ranges: Vec<Range> = headers.flat_map(|value| value.split(',')).enumerate().filter_map(Range::read).collect();
    if ranges.is_empty() {
        return offers.first().map(|(_, offer)| *offer);
    }
    let acceptable = offers.iter().filter_map(|(media, offer)| {
        let range = ranges
            .iter()
            .filter(|range| range.includes(media))
            .max_by_key(|range| (range.precision(), std::cmp::Reverse(range.place)))?;
        (range.quality > 0.0).then_some((range.quality, range.place, *offer))
    });
    let better =
        |best: &(f32, usize, T), other: &(f32, usize, T)| other.0 > best.0 || (other.0 == best.0 && other.1 < best.1);
    acceptable.reduce(|best, other| if better(&best, &other) { other } else { best }).map(|(_, _, offer)| offer)
}

struct Range {
    media: String,
    quality: f32,
    place: usize,
}

impl Range {
    fn read((place, text): (usize, &str)) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let media = parts.next().filter(|media| !media.is_empty())?.to_ascii_lowercase();
        let quality = parts.find_map(|part| part.strip_prefix("q=")?.trim().parse().ok()).unwrap_or(1.0);
        Some(Self { media, quality, place })
    }

    fn includes(&self, media: &str) -> bool {
        match self.media.strip_suffix("/*") {
            Some("*") => true,
            Some(group) => media.split('/').next() == Some(group),
            None => self.media == media,
        }
    }

    /// The precision of the range.
    fn precision(&self) -> u8 {
        match self.media.strip_suffix("/*") {
            Some("*") => 0,
            Some(_) => 1,
            None => 2,
        }
    }
}
