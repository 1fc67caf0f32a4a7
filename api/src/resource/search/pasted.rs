//! What a pasted text names: the id of a thing, the key of a recording, or an address that has one of both.

use async_graphql::Context;
use url::Url;
use uuid::Uuid;

use crate::{
    error::Result,
    read::{ById, Loading, Resource},
    resource::{
        node::KindOf,
        recording::{ByKey, Recording, TalkRecordingsOfRecording},
    },
    scalars::RecordingKey,
    search::SearchKind,
    text::LONGEST_LINE,
    vocabulary::RecordingProvider,
};

/// The signs that people have around an address in a text.
const AROUND: &str = "<>()[]{}\"'“”„‘’,;";

/// What a text names.
#[derive(Debug, PartialEq, Eq)]
enum Name {
    Thing(Uuid),
    /// A recording, and the second at which its address opens it.
    Recording(RecordingKey, Option<i32>),
}

impl Name {
    fn of(text: &str) -> Option<Self> {
        let is_around = |c: char| c.is_whitespace() || AROUND.contains(c);
        let text =
            text.trim_start_matches(is_around).trim_end_matches(|c| is_around(c) || matches!(c, '.' | '!' | '?'));
        if text.len() > LONGEST_LINE || text.contains(char::is_whitespace) {
            return None;
        }
        if let Some((provider, id)) = text.split_once(':')
            && let Ok(key) = format!("{}:{id}", provider.to_ascii_lowercase()).parse()
        {
            return Some(Self::Recording(key, None));
        }
        if let Some(id) = id(text.strip_prefix("urn:uuid:").unwrap_or(text)) {
            return Some(Self::Thing(id));
        }
        let has_scheme = text.starts_with("https://") || text.starts_with("http://");
        let address = match has_scheme {
            true => Url::parse(text),
            false if text.contains('/') => Url::parse(&format!("https://{text}")),
            false => return None,
        };
        Self::of_address(&address.ok()?)
    }

    fn of_address(address: &Url) -> Option<Self> {
        use RecordingProvider::{MediaCcc, Vimeo, Youtube};
        let host = address.host_str()?;
        let host = ["www.", "m.", "music."].into_iter().find_map(|name| host.strip_prefix(name)).unwrap_or(host);
        let path: Vec<&str> = address.path_segments()?.filter(|part| !part.is_empty()).collect();
        let value =
            |name: &str| address.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let (provider, id) = match (host, path.as_slice()) {
            ("youtube.com", ["watch"]) => (Youtube, value("v")?),
            ("youtube.com" | "youtube-nocookie.com", ["live" | "embed" | "shorts" | "v", id, ..])
            | ("youtu.be", [id, ..]) => (Youtube, (*id).to_owned()),
            ("vimeo.com", [id, ..]) | ("player.vimeo.com", ["video", id, ..]) => (Vimeo, (*id).to_owned()),
            ("media.ccc.de", ["v", id, ..]) => (MediaCcc, (*id).to_owned()),
            _ => return path.iter().rev().find_map(|part| self::id(part)).map(Self::Thing),
        };
        let at = value("t").or_else(|| value("start"));
        let at = at.or_else(|| address.fragment()?.strip_prefix("t=").map(str::to_owned));
        Some(Self::Recording(RecordingKey::new(provider, &id).ok()?, at.and_then(|at| seconds(&at))))
    }
}

/// An id as Lectern writes it.
fn id(text: &str) -> Option<Uuid> {
    text.parse().ok().filter(|id: &Uuid| text.eq_ignore_ascii_case(&id.hyphenated().to_string()))
}

/// The seconds of a time in an address: `754`, `754s`, `12m34s`, `1h2m3s`.
fn seconds(time: &str) -> Option<i32> {
    let mut sum: i32 = 0;
    for part in time.split_inclusive(['h', 'm', 's']) {
        let digits = part.trim_end_matches(['h', 'm', 's']);
        let unit = match part.strip_prefix(digits)? {
            "h" => 3600,
            "m" => 60,
            _ => 1,
        };
        sum = digits.parse::<i32>().ok()?.checked_mul(unit)?.checked_add(sum)?;
    }
    (!time.is_empty()).then_some(sum)
}

/// What a query names.
pub(super) struct Pasted {
    /// The items that are found in place of words.
    pub items: Vec<(SearchKind, Uuid)>,
    /// What is searched for if no item is: of a recording that the archive lacks, the id at its provider. The other words
    /// of its address say nothing.
    pub text: Option<String>,
}

/// Looks for what a text names. A recording names its talks, or the one that is on at the second of its address; without
/// a talk, it names its edition.
pub(super) async fn read(ctx: &Context<'_>, text: &str) -> Result<Pasted> {
    let nothing = Pasted { items: Vec::new(), text: None };
    let (recording, at, text) = match Name::of(text) {
        None => return Ok(nothing),
        Some(Name::Recording(RecordingKey(provider, id), at)) => {
            let text = format!("\"{id}\"");
            (ctx.load(ByKey(provider, id)).await?, at, Some(text))
        }
        Some(Name::Thing(id)) => match ctx.load(KindOf(id)).await? {
            Some((kind, id)) if kind == Recording::KIND => (ctx.load(ById::new(id)).await?, None, None),
            Some((kind, id)) => {
                let kind = SearchKind::ALL.into_iter().find(|one| one.name().eq_ignore_ascii_case(&kind));
                return Ok(Pasted { items: kind.map(|kind| (kind, id)).into_iter().collect(), text: None });
            }
            None => return Ok(nothing),
        },
    };
    let Some(recording) = recording else { return Ok(Pasted { text, ..nothing }) };
    let mut talks = ctx.load(TalkRecordingsOfRecording(recording.id.0)).await?;
    let is_on = |start: Option<i32>, end: Option<i32>| {
        at.is_some_and(|at| start.unwrap_or(0) <= at && end.is_none_or(|end| at < end))
    };
    if let Some(on) = talks.iter().rposition(|talk| is_on(talk.start_seconds, talk.end_seconds)) {
        talks = vec![talks.swap_remove(on)];
    }
    let mut items: Vec<_> = talks.iter().map(|talk| (SearchKind::Talk, talk.talk_id)).collect();
    if items.is_empty() {
        items.extend(recording.edition_id.map(|edition| (SearchKind::Edition, edition)));
    }
    Ok(Pasted { items, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_recordings_and_things() {
        let youtube = |at| {
            let key = RecordingKey::new(RecordingProvider::Youtube, "3Tb4Wc0kfCM").ok()?;
            Some(Name::Recording(key, at))
        };
        for (text, at) in [
            ("youtube:3Tb4Wc0kfCM", None),
            (" https://www.youtube.com/watch?v=3Tb4Wc0kfCM ", None),
            ("https://m.youtube.com/watch?list=PL1&v=3Tb4Wc0kfCM&t=754s", Some(754)),
            ("youtube.com/live/3Tb4Wc0kfCM?si=x", None),
            ("https://youtu.be/3Tb4Wc0kfCM?t=12m34s", Some(754)),
            ("youtu.be/3Tb4Wc0kfCM?t=1h", Some(3600)),
            ("https://www.youtube-nocookie.com/embed/3Tb4Wc0kfCM?start=5", Some(5)),
            ("https://www.youtube.com/watch?v=3Tb4Wc0kfCM&t=soon", None),
            ("https://www.youtube.com/watch?v=3Tb4Wc0kfCM&t=99999999999h", None),
            ("<https://www.youtube.com/watch?v=3Tb4Wc0kfCM>", None),
            ("(https://youtu.be/3Tb4Wc0kfCM?t=5).", Some(5)),
            ("YouTube:3Tb4Wc0kfCM", None),
        ] {
            assert_eq!(Name::of(text), youtube(at), "{text}");
        }
        let key = |text: &str, at| text.parse().ok().map(|key| Name::Recording(key, at));
        assert_eq!(Name::of("https://vimeo.com/76979871#t=30s"), key("vimeo:76979871", Some(30)));
        assert_eq!(Name::of("https://media.ccc.de/v/37c3-1-x"), key("media_ccc:37c3-1-x", None));
        let id = "0d7e6a3c-53f1-5f0e-8a5b-2f3c4d5e6f70";
        let thing = id.parse().ok().map(Name::Thing);
        for text in [
            id.to_owned(),
            id.to_uppercase(),
            format!("{{{id}}},"),
            format!("\"{id}\""),
            format!("urn:uuid:{id}"),
            format!("http://localhost:8080/api/v1/talks/{id}?fields=title"),
        ] {
            assert_eq!(Name::of(&text), thing, "{text}");
        }
        for text in [
            "",
            "native histograms",
            "0d7e6a3c53f15f0e8a5b2f3c4d5e6f70",
            "https://www.youtube.com/@PrometheusIo",
            "https://www.youtube.com/watch?v=short",
            "https://example.org/talks/native-histograms",
            "speaker:volz",
            "CI/CD",
            "//",
            "https://",
        ] {
            assert_eq!(Name::of(text), None, "{text}");
        }
    }
}
