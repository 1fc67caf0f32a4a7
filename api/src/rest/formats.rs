//! The formats of schedule apps, at stable addresses.

mod routes;

pub use routes::{FORMATS, FormatRoute};

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, ServiceConfig},
};
use async_graphql::InputType;
use futures_util::future::try_join_all;
use serde_json::Value;

use routes::{ATOM, CALENDAR, SCHEDULE_XML};

use super::{
    bodies::snake_case,
    list::{other_page, page_arguments, previous_page},
    parameters::Parameters,
    schedule::ScheduleSelection,
};
use crate::{
    archive::export,
    error::{Error, Result},
    format::{
        atom, c3voc, frab,
        ical::{self, Calendar},
        native,
        schedule::{Event, Schedule, events_of_speaker, events_of_talk},
    },
    http::{
        cache::{self, Representation, RevisionScope},
        route::{get_linked, moved, no_names, own_address},
    },
    read::{
        Loading, Reads, Resource, Slugged,
        batch::Batches,
        list::PageOfAll,
        page::{Cursor, DEFAULT_SIZE, List},
        slug::BySlug,
    },
    ready::{ReadyBody, Uncacheable},
    resource::{
        archive::TotalsOfArchive,
        edition::Edition,
        node::KindOf,
        recording::{Recording, RecordingFilter, RecordingOrderField},
        schedule_change::{self, ScheduleLog},
        speaker::Speaker,
        talk::Talk,
    },
    scalars::{Id, Url},
    schema::shape::{Input, Shape},
    state::Server,
    text,
};

/// The number of changes in a feed.
const ENTRIES: usize = 50;

/// Serves every format.
pub fn configure(config: &mut ServiceConfig) {
    get_linked(config, "/editions/{slug}/schedule.ics", calendar_names, calendar_of_edition);
    get_linked(config, "/editions/{slug}/schedule.xml", no_names, schedule_xml);
    get_linked(config, "/editions/{slug}/schedule.json", no_names, schedule_json);
    get_linked(config, "/editions/{slug}/schedule.v2.json", no_names, schedule_v2_json);
    get_linked(config, "/editions/{slug}/archive.yaml", no_names, archive_yaml);
    get_linked(config, "/editions/{slug}/archive.tar.zst", no_names, archive_tar);
    get_linked(config, "/talks/{id}.ics", no_names, calendar_of_talk);
    get_linked(config, "/speakers/{slug}.ics", no_names, calendar_of_speaker);
    get_linked(config, "/feeds/recordings.atom", feed_names, recordings_feed);
    get_linked(config, "/editions/{slug}/feed.atom", no_names, changes_feed);
}

/// The parameters of an edition's calendar.
fn calendar_names(_: &Shape) -> Vec<String> {
    ["day", "room", "track", "talk", "cancelled"].map(str::to_owned).to_vec()
}

/// The parameters of the feed of recordings.
fn feed_names(shape: &Shape) -> Vec<String> {
    let filter = match shape.input_type("RecordingFilter") {
        Some(Input::Object(fields)) => fields.keys().map(|name| snake_case(name)).collect(),
        _ => Vec::new(),
    };
    filter.into_iter().chain(["limit", "cursor", "total"].map(str::to_owned)).collect()
}

impl Server {
    /// The host of the base URL, which makes the UIDs of calendars unique.
    fn host(&self) -> String {
        let url = url::Url::parse(&self.base_url).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| "lectern".to_owned())
    }
}

/// The thing with the slug in the address. A former slug redirects to the present address.
async fn named<T: Resource + Slugged>(
    request: &HttpRequest,
    server: &Server,
    batches: &Arc<Batches<Reads>>,
) -> Result<Arc<T>> {
    let slug = slug(request);
    let noun = T::KIND.to_lowercase();
    let missing = || Error::NotFound(format!("there is no {noun} of the slug \"{slug}\""));
    let id = batches.load(BySlug::of::<T>(slug.to_owned())).await?.ok_or_else(missing)?;
    let found = batches.one::<T>(id).await?;
    if found.slug() == slug {
        return Ok(found);
    }
    let pattern = request.match_pattern().unwrap_or_default();
    Err(moved(request, server, &pattern.replace("{slug}", found.slug())))
}

fn slug(request: &HttpRequest) -> &str {
    request.match_info().get("slug").unwrap_or_default()
}

/// The URL of the request.
fn own_url(request: &HttpRequest, server: &Server) -> Url {
    Url::built(own_address(request, server))
}

/// Answers with the schedule of an edition in a format.
async fn schedule_of_edition(
    request: &HttpRequest,
    server: &Server,
    media: &'static str,
    write: impl Fn(Schedule) -> Result<Vec<u8>>,
) -> Result<HttpResponse> {
    let selected =
        Representation { request, scope: RevisionScope::Edition(slug(request).to_owned()), reads_clock: false, media };
    let schedule =
        || server.read(|batches| async move { Schedule::of(named(request, server, &batches).await?, &batches).await });
    cache::answer(server, selected, || async { Ok(write(schedule().await?)?.into()) }).await
}

/// The schedule of an edition as iCalendar, or the part for a day, a room or a track.
async fn calendar_of_edition(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let mut parameters = Parameters::of(&request);
    let part = ScheduleSelection::read(&mut parameters);
    let talks = parameters.texts("talk");
    let with_cancelled = parameters.flag("cancelled").unwrap_or(true);
    parameters.done()?;
    let url = own_url(&request, &server);
    let write = |mut schedule: Schedule| {
        schedule.keep(part.day, part.room.as_deref(), part.track.as_deref());
        let rooms = schedule.rooms.iter().map(|room| (room.slug.as_str(), room.name.as_str()));
        let tracks = schedule.tracks.iter().map(|track| (track.slug.as_str(), track.name.as_str()));
        let room = part.room.as_deref().map(|slug| name_of("room", slug, rooms)).transpose()?;
        let track = part.track.as_deref().map(|slug| name_of("track", slug, tracks)).transpose()?;
        let name: Vec<&str> = [Some(schedule.edition.name.as_str()), room, track].into_iter().flatten().collect();
        let is_chosen = |event: &&Event| talks.as_ref().is_none_or(|talks| event.has_talk_of(talks));
        let events = schedule.events().filter(|event| with_cancelled || !event.is_cancelled()).filter(is_chosen);
        let calendar = Calendar {
            name: &name.join(" – "),
            url: &url,
            timezone: Some(&schedule.edition.timezone),
            host: &server.host(),
            events: events.collect(),
        };
        Ok(ical::write(&calendar).into_bytes())
    };
    schedule_of_edition(&request, &server, CALENDAR, write).await
}

/// The name of the room or track of a slug. A calendar of none would be empty for ever, and its subscriber would not
/// know.
fn name_of<'n>(noun: &str, slug: &str, slugs_and_names: impl Iterator<Item = (&'n str, &'n str)>) -> Result<&'n str> {
    let all: Vec<(&str, &str)> = slugs_and_names.collect();
    let found = all.iter().find(|(other, _)| *other == slug).map(|(_, name)| *name);
    found.ok_or_else(|| {
        let near = text::did_you_mean(slug, all.iter().map(|(slug, _)| *slug));
        Error::NotFound(format!("the edition has no {noun} of the slug \"{slug}\"{near}"))
    })
}

async fn schedule_xml(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    schedule_of_edition(&request, &server, SCHEDULE_XML, |schedule| frab::write(&schedule, &server.base_url)).await
}

async fn schedule_json(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    schedule_of_edition(&request, &server, "application/json", |schedule| c3voc::write_v1(&schedule, &server.base_url))
        .await
}

async fn schedule_v2_json(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    schedule_of_edition(&request, &server, "application/json", |schedule| c3voc::write_v2(&schedule, &server.base_url))
        .await
}

/// The slots of a talk as iCalendar.
async fn calendar_of_talk(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let given = request.match_info().get("id").unwrap_or_default();
    let missing = || Error::NotFound(format!("there is no talk of the id \"{given}\""));
    let id: Id = given.parse().map_err(|_| missing())?;
    let selected = Representation {
        request: &request,
        scope: RevisionScope::EditionOfTalk(id.0),
        reads_clock: false,
        media: CALENDAR,
    };
    let (request, server) = (&request, &server);
    let body = || async {
        let read = server.read(|batches| async move {
            let (_, present) = batches.load(KindOf(id.0)).await?.ok_or_else(missing)?;
            let talk = batches.maybe::<Talk>(Some(present)).await?.ok_or_else(missing)?;
            if talk.id != id {
                return Err(moved(request, server, &format!("/talks/{}.ics", talk.id)));
            }
            let events = events_of_talk(&talk, &batches).await?;
            Ok((talk, events))
        });
        let (talk, events) = read.await?;
        Ok(calendar(&talk.title, request, server, &events))
    };
    cache::answer(server, selected, body).await
}

/// The talks of a speaker as iCalendar.
async fn calendar_of_speaker(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let scope = RevisionScope::Item("speaker", "slug", slug(&request).into());
    let selected = Representation { request: &request, scope, reads_clock: false, media: CALENDAR };
    let (request, server) = (&request, &server);
    let body = || async {
        let read = server.read(|batches| async move {
            let speaker: Arc<Speaker> = named(request, server, &batches).await?;
            let events = events_of_speaker(speaker.id.0, &batches).await?;
            Ok((speaker, events))
        });
        let (speaker, events) = read.await?;
        Ok(calendar(&speaker.name, request, server, &events))
    };
    cache::answer(server, selected, body).await
}

fn calendar(name: &str, request: &HttpRequest, server: &Server, events: &[Event]) -> ReadyBody {
    let mut zones = events.iter().map(|event| &event.edition.timezone);
    let first = zones.next();
    let timezone = first.filter(|first| zones.all(|zone| zone == *first));
    let url = own_url(request, server);
    ical::write(&Calendar { name, url: &url, timezone, host: &server.host(), events: events.iter().collect() })
        .into_bytes()
        .into()
}

/// The page of recordings that the parameters of a feed select.
fn recordings_list(request: &HttpRequest, server: &Server) -> Result<List<Recording>> {
    let mut parameters = Parameters::of(request);
    let filter = parameters.filter(&server.shape, "RecordingFilter", &[]);
    let limit = parameters.limit(Some(server.limits.page_size));
    let cursor = parameters.text("cursor");
    parameters.flag("total");
    parameters.done()?;
    let filter =
        async_graphql::Value::from_json(Value::Object(filter)).map_err(|error| Error::Internal(error.to_string()))?;
    let filter = RecordingFilter::parse(Some(filter)).map_err(|error| Error::Internal(format!("{error:?}")))?;
    let page = page_arguments(cursor.as_deref(), limit.unwrap_or(DEFAULT_SIZE.min(server.limits.page_size)));
    let list = List::<Recording>::new(filter, RecordingOrderField::UpdatedAt, true, page, server.limits.page_size);
    list.map_err(super::list::in_words_of_rest)
}

/// The feed of recordings, the last changed first.
async fn recordings_feed(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let list = Arc::new(recordings_list(&request, &server)?);
    let selected = Representation { request: &request, scope: RevisionScope::Archive, reads_clock: false, media: ATOM };
    let (request, server) = (&request, &server);
    let body = || async {
        let list = list.clone();
        let read = server.read(|batches| async move {
            let page = batches.load(PageOfAll(list)).await?;
            let entries = page.rows.iter().map(|recording| atom::RecordingEntry::of(recording.clone(), &batches));
            let entries = try_join_all(entries).await?;
            let archive = if entries.is_empty() { batches.load(TotalsOfArchive).await? } else { None };
            Ok((page, entries, archive.map(|archive| archive.updated_at.utc()).unwrap_or_default()))
        });
        let (page, entries, updated) = read.await?;
        let place = |row: Option<&Arc<Recording>>| {
            row.map(|row| Cursor::of(row.as_ref(), RecordingOrderField::UpdatedAt).encode())
        };
        let next = place(page.rows.last().filter(|_| page.has_next)).map(|cursor| other_page(request, server, &cursor));
        let previous = place(page.rows.first().filter(|_| page.has_previous))
            .map(|cursor| previous_page(request, server, &cursor));
        let url = own_url(request, server);
        let feed = atom::Feed {
            title: "Recordings",
            author: None,
            url: &url.to_string(),
            page: &server.base_url,
            next: next.as_deref(),
            previous: previous.as_deref(),
            entries,
            updated,
        };
        Ok(atom::write(&feed).into_bytes().into())
    };
    cache::answer(server, selected, body).await
}

/// The feed of the changes of an edition's schedule, the latest first.
async fn changes_feed(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let selected = Representation {
        request: &request,
        scope: RevisionScope::Edition(slug(&request).to_owned()),
        reads_clock: false,
        media: ATOM,
    };
    let (request, server) = (&request, &server);
    let body = || async {
        let read = server.read(|batches| async move {
            let edition: Arc<Edition> = named(request, server, &batches).await?;
            let log = batches.load(ScheduleLog { edition: edition.id.0, since: 0 }).await?;
            let (changes, created_at) = schedule_change::history(&log, &edition.timezone);
            let newest = changes.into_iter().rev().take(ENTRIES);
            let entries = newest.map(|change| atom::ChangeEntry::of(change, edition.clone(), &batches));
            let entries = try_join_all(entries).await?;
            Ok((edition, entries, created_at))
        });
        let (edition, entries, created_at) = read.await?;
        let feed = atom::Feed {
            title: &format!("{}: changes of the schedule", edition.name),
            author: Some(&edition.name),
            url: &own_url(request, server).to_string(),
            page: edition.url.as_str(),
            next: None,
            previous: None,
            entries,
            updated: created_at.unwrap_or_else(|| edition.updated_at.utc()),
        };
        Ok(atom::write(&feed).into_bytes().into())
    };
    cache::answer(server, selected, body).await
}

/// An edition in Lectern's own format, in one file.
async fn archive_yaml(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    archive(&request, &server, "application/yaml", native::bundle::yaml).await
}

/// An edition in Lectern's own format, as a folder in a tar archive.
async fn archive_tar(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    archive(&request, &server, "application/zstd", native::bundle::tar_zst).await
}

async fn archive(
    request: &HttpRequest,
    server: &Server,
    media: &'static str,
    write: fn(&crate::format::document::Document) -> std::io::Result<Vec<u8>>,
) -> Result<HttpResponse> {
    // The document has the people and companies of the edition in full, and they may change with other editions.
    let scope = RevisionScope::Item("edition", "slug", slug(request).into());
    let selected = Representation { request, scope, reads_clock: false, media };
    let body = || async {
        let edition: Arc<Edition> =
            server.read(|batches| async move { named(request, server, &batches).await }).await?;
        let document = export::document(&server.database, Some(std::slice::from_ref(&edition.slug))).await?;
        write(&document).map(ReadyBody::from).map_err(|error| Uncacheable::Failed(Error::Internal(error.to_string())))
    };
    cache::answer(server, selected, body).await
}
