//! Answers that stay right for as long as the log stands still. Each is known by its tag: made of the revision of what it is about,
//! of what was asked, and of the content coding it goes out in. A tag is decided before any body is built, so that a client
//! which has it is told so (304) for the price of one small statement; and the bytes behind a tag are kept ready for the
//! others. A tag's bytes never change, so nothing is ever purged: what is not asked for any more falls out.
//!
//! RFC 9110 (conditional requests, content coding), RFC 9111 (caching), RFC 5861 (stale-while-revalidate).

use std::{future::Future, sync::Arc};

use actix_http::encoding::Encoder;
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::{BoxBody, MessageBody, to_bytes},
    http::{
        StatusCode,
        header::{self, AcceptEncoding, ContentEncoding, Encoding, EntityTag, Header, HttpDate, IfModifiedSince, IfNoneMatch},
    },
    web::Bytes,
};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use futures_util::{StreamExt, stream::BoxStream};
use sea_orm::{
    ConnectionTrait, ExprTrait,
    sea_query::{Expr, Func, Query, SelectStatement, UnionType, Value},
};
use sha2::{Digest, Sha256};

use crate::{
    database::name,
    error::{Error, Result},
    server::Server,
};

/// What an answer depends on besides its address.
const VARY: header::HeaderValue = header::HeaderValue::from_static("Accept, Accept-Encoding");

/// How much memory ready answers take, in bytes; the least used go first.
const READY_BYTES: u64 = 64 * 1024 * 1024;

/// What an answer is about: whose last revision its tag carries.
#[derive(Clone, Debug)]
pub enum About {
    /// The program itself: changes with its sources only.
    Program,
    /// Anything in the archive.
    Archive,
    /// The archive, and something in it that must be there: a table, a column of it and the value to find.
    Thing(&'static str, &'static str, Value),
    /// The edition of this slug, with all that is shown in it.
    Edition(String),
    /// The edition of this slug, and a talk of this slug in it that must be there.
    TalkOfEdition(String, String),
    /// The edition that the talk of this id is of.
    Talk(uuid::Uuid),
}

/// What was asked.
pub struct Asked<'a> {
    pub request: &'a HttpRequest,
    pub about: About,
    /// Whether the answer depends on the time that it is.
    pub reads_clock: bool,
    /// What the answer is written as: its `Content-Type`.
    pub media: &'static str,
}

/// Where the log stood for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stand {
    revision: i64,
    changed_at: DateTime<Utc>,
    /// The last start or end of a slot or an edition that has passed, and the next one; only for what reads the clock.
    passed: Option<DateTime<Utc>>,
    next: Option<DateTime<Utc>>,
    /// All is over: it changes rarely.
    concluded: bool,
}

/// A body before it is sent.
#[derive(Clone, Debug)]
pub struct Body {
    pub bytes: Bytes,
    /// The pages before and after, as a `Link` header has them.
    pub link: Option<String>,
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self { bytes, link: None }
    }
}

/// Why there is no body to keep.
#[derive(Clone, Debug)]
pub enum Unready {
    /// The log went on while it was read.
    Overtaken,
    /// It can't be answered.
    Failed(Error),
    /// An answer that is not to be kept, with its status: one that tells of errors.
    Passing(StatusCode, Body),
}

impl From<Error> for Unready {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The answers that are ready.
pub struct Ready(moka::future::Cache<String, Body>);

impl Default for Ready {
    fn default() -> Self {
        let weigh = |tag: &String, body: &Body| u32::try_from(tag.len() + body.bytes.len()).unwrap_or(u32::MAX);
        Self(moka::future::Cache::builder().max_capacity(READY_BYTES).weigher(weigh).build())
    }
}

/// How often an answer that the log overtakes is made anew before it goes out without a tag.
const ATTEMPTS: usize = 3;

/// Answers a GET or HEAD: 304 if the client has it, from ready bytes if there are, else by `render`.
pub async fn answer<F, R>(server: &Server, asked: Asked<'_>, render: F) -> Result<HttpResponse>
where
    F: Fn() -> R,
    R: Future<Output = Result<Body, Unready>>,
{
    names_something(asked.request)?;
    let coding = coding(&asked);
    for _ in 0..ATTEMPTS {
        let Some(stand) = stand(server, &asked).await? else { break };
        let validators = Validators::new(server, &asked, &stand, coding);
        if validators.hold(asked.request) {
            return Ok(validators.response(StatusCode::NOT_MODIFIED).finish());
        }
        let make = async {
            let body = render().await?;
            // What was read while the log went on is of no one revision.
            let still = |now: Stand| (now.revision, now.passed) == (stand.revision, stand.passed);
            if !self::stand(server, &asked).await?.is_some_and(still) {
                return Err(Unready::Overtaken);
            }
            Ok(Body { bytes: encoded(coding, body.bytes).await?, link: body.link })
        };
        match server.ready.0.try_get_with_by_ref(&validators.tag, make).await.map_err(Arc::unwrap_or_clone) {
            Ok(body) => {
                let mut response = validators.response(StatusCode::OK);
                response.content_type(asked.media);
                if let Some(link) = body.link {
                    response.insert_header((header::LINK, link));
                }
                let mut response = response.body(body.bytes);
                if coding != ContentEncoding::Identity {
                    response.headers_mut().insert(header::CONTENT_ENCODING, coding.to_header_value());
                }
                return Ok(response);
            }
            Err(Unready::Overtaken) => {}
            Err(Unready::Failed(error)) => return Err(error),
            Err(Unready::Passing(status, body)) => return Ok(passing(status, asked.media, body)),
        }
    }
    match render().await {
        Ok(body) => Ok(passing(StatusCode::OK, asked.media, body)),
        Err(Unready::Passing(status, body)) => Ok(passing(status, asked.media, body)),
        Err(Unready::Failed(error)) => Err(error),
        Err(Unready::Overtaken) => Err(Error::Internal("an answer was overtaken that nothing watches".to_owned())),
    }
}

/// Answers a GET or HEAD with a body that is never whole in memory. It is not kept, and one that a write overtakes has the later
/// rows too; its tag is that of its beginning, so that nobody takes it for the later whole.
pub async fn stream<F, R>(server: &Server, asked: Asked<'_>, open: F) -> Result<HttpResponse>
where
    F: FnOnce() -> R,
    R: Future<Output = Result<BoxStream<'static, Result<Bytes>>>>,
{
    names_something(asked.request)?;
    let coding = coding(&asked);
    let Some(stand) = stand(server, &asked).await? else {
        // Nothing is there to stream; opening it says why.
        return match open().await {
            Ok(_) => Err(Error::NotFound("there is nothing at this address".to_owned())),
            Err(error) => Err(error),
        };
    };
    let validators = Validators::new(server, &asked, &stand, coding);
    if validators.hold(asked.request) {
        return Ok(validators.response(StatusCode::NOT_MODIFIED).finish());
    }
    let chunks = open().await?.map(|chunk| chunk.inspect_err(Error::log).map_err(actix_web::error::ErrorInternalServerError));
    let (mut response, body) = validators.response(StatusCode::OK).content_type(asked.media).streaming(chunks).into_parts();
    let encoder = Encoder::response(coding, response.head_mut(), body);
    // The encoder says again what is said already.
    response.headers_mut().insert(header::VARY, VARY);
    Ok(response.set_body(BoxBody::new(encoder)))
}

/// Refuses an address that names something by U+0000: nothing has it in its name, and PostgreSQL takes no text with it.
fn names_something(request: &HttpRequest) -> Result<()> {
    match request.match_info().iter().any(|(_, name)| name.contains('\0')) {
        true => Err(Error::NotFound("there is nothing at this address: nothing has U+0000 in its name".to_owned())),
        false => Ok(()),
    }
}

/// An answer without validators, not to be kept.
fn passing(status: StatusCode, media: &str, body: Body) -> HttpResponse {
    let mut response = HttpResponseBuilder::new(status);
    response.content_type(media).insert_header((header::CACHE_CONTROL, "no-cache")).insert_header((header::VARY, VARY));
    response.body(body.bytes)
}

/// The content coding that the client likes best; none for what is compressed in itself.
fn coding(asked: &Asked<'_>) -> ContentEncoding {
    let request = asked.request;
    const SUPPORTED: [Encoding; 4] = [Encoding::brotli(), Encoding::zstd(), Encoding::gzip(), Encoding::identity()];
    let chosen = AcceptEncoding::parse(request).ok().and_then(|accepted| accepted.negotiate(SUPPORTED.iter()));
    match chosen {
        Some(Encoding::Known(coding)) if request.headers().contains_key(header::ACCEPT_ENCODING) && asked.media != "application/zstd" => {
            coding
        }
        _ => ContentEncoding::Identity,
    }
}

async fn encoded(coding: ContentEncoding, bytes: Bytes) -> Result<Bytes> {
    if coding == ContentEncoding::Identity {
        return Ok(bytes);
    }
    let mut response = HttpResponse::Ok().finish();
    let encoder = Encoder::response(coding, response.head_mut(), bytes);
    to_bytes(encoder.boxed()).await.map_err(|error| Error::Internal(format!("{coding:?} failed: {error}")))
}

/// What a client may keep an answer by.
struct Validators {
    tag: String,
    last_modified: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    cache_control: String,
}

impl Validators {
    fn new(server: &Server, asked: &Asked<'_>, stand: &Stand, coding: ContentEncoding) -> Self {
        let now = (server.clock)();
        let changed_at = whole_second(Ord::max(Some(stand.changed_at), stand.passed).unwrap_or(stand.changed_at));
        // Within the second of a change another may follow: until it is over, nothing is told that could stand for both.
        let is_over = whole_second(now) > changed_at;
        let last_modified = if is_over { changed_at } else { changed_at - TimeDelta::seconds(1) };
        let passed = stand.passed.map(|at| at.timestamp());
        let asked_for = (env!("LECTERN_BUILD"), &server.base_url, asked.request.uri().path(), asked.request.query_string(), asked.media);
        let hash = Sha256::digest(format!("{asked_for:?}{passed:?}"));
        let hash: String = hash.iter().take(10).map(|byte| format!("{byte:02x}")).collect();
        let suffix = match coding {
            ContentEncoding::Identity => String::new(),
            coding => format!("-{}", coding.as_str()),
        };
        Self {
            tag: format!("{}-{hash}{suffix}", stand.revision),
            last_modified,
            changed_at,
            cache_control: cache_control(asked, stand, now),
        }
    }

    /// Whether what the client has is what it would get. `If-None-Match` is compared weakly and goes before `If-Modified-Since`.
    fn hold(&self, request: &HttpRequest) -> bool {
        if request.headers().contains_key(header::IF_NONE_MATCH) {
            let tag = EntityTag::new_strong(self.tag.clone());
            return match IfNoneMatch::parse(request) {
                Ok(IfNoneMatch::Any) => true,
                Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag)),
                Err(_) => false,
            };
        }
        IfModifiedSince::parse(request)
            .is_ok_and(|since| std::time::SystemTime::from(since.0) >= std::time::SystemTime::from(self.changed_at))
    }

    fn response(&self, status: StatusCode) -> HttpResponseBuilder {
        let mut response = HttpResponseBuilder::new(status);
        response
            .insert_header((header::ETAG, format!("\"{}\"", self.tag)))
            .insert_header((header::LAST_MODIFIED, HttpDate::from(std::time::SystemTime::from(self.last_modified))))
            .insert_header((header::CACHE_CONTROL, self.cache_control.clone()))
            .insert_header((header::VARY, VARY));
        response
    }
}

fn whole_second(time: DateTime<Utc>) -> DateTime<Utc> {
    time.duration_trunc(TimeDelta::seconds(1)).unwrap_or(time)
}

/// For how many seconds an answer may be shown unasked: longer where all is over, and never past the next start or end that it
/// depends on.
fn cache_control(asked: &Asked<'_>, stand: &Stand, now: DateTime<Utc>) -> String {
    let (fresh, stale) = match asked.about {
        About::Program => (3600, 86400),
        _ if stand.concluded => (3600, 86400),
        _ => (60, 600),
    };
    let left = stand.next.map_or(fresh, |next| (next - now).num_seconds().clamp(0, fresh));
    let stale = if left < fresh { 0 } else { stale };
    format!("public, max-age={left}, stale-while-revalidate={stale}")
}

/// Where the log stands for what is asked, by one statement; none if it is not there.
async fn stand(server: &Server, asked: &Asked<'_>) -> Result<Option<Stand>> {
    let now = (server.clock)();
    let Some(mut select) = stand_of(&asked.about) else {
        let started = server.started_at;
        return Ok(Some(Stand { revision: 0, changed_at: started, passed: None, next: None, concluded: false }));
    };
    if asked.reads_clock {
        select.expr_as(Expr::expr(boundary(now, true)), name("passed")).expr_as(Expr::expr(boundary(now, false)), name("next"));
    }
    let Some(row) = server.database.query_one(&select).await? else { return Ok(None) };
    let time = |column: &str| match asked.reads_clock {
        true => row.try_get::<Option<DateTime<Utc>>>("", column),
        false => Ok(None),
    };
    let finishes_at: Option<DateTime<Utc>> = row.try_get("", "finishes_at")?;
    Ok(Some(Stand {
        revision: row.try_get("", "revision")?,
        changed_at: row.try_get("", "changed_at")?,
        passed: time("passed")?,
        next: time("next")?,
        concluded: finishes_at.is_some_and(|end| end <= now),
    }))
}

fn stand_of(about: &About) -> Option<SelectStatement> {
    let select = |columns: [&'static str; 3], table: &str| {
        let mut select = Query::select();
        for (column, known_as) in columns.into_iter().zip(["revision", "changed_at", "finishes_at"]) {
            select.expr_as(Expr::cust(column), name(known_as));
        }
        select.from(name(table)).to_owned()
    };
    let archive = || select(["revision", "updated_at", "CAST(NULL AS timestamp)"], "archive_state");
    let edition = |which: Expr| select(["content_revision", "content_updated_at", "finishes_at"], "edition").and_where(which).to_owned();
    let is = |column: &'static str, value: &Value| Expr::cust(column).eq(Expr::val(value.clone()));
    let exists =
        |table: &str, which: Expr| Expr::exists(Query::select().expr(Expr::cust("1")).from(name(table)).and_where(which).to_owned());
    Some(match about {
        About::Program => return None,
        About::Archive => archive(),
        About::Thing(table, column, value) => archive().and_where(exists(table, is(column, value))).to_owned(),
        About::Edition(slug) => edition(is("slug", &slug.into())),
        About::TalkOfEdition(slug, talk) => {
            let talk = Expr::cust("talk.edition_id = edition.id").and(is("talk.slug", &talk.into()));
            edition(is("slug", &slug.into()).and(exists("talk", talk)))
        }
        About::Talk(id) => {
            let of_talk =
                Query::select().expr(Expr::cust("talk.edition_id")).from(name("talk")).and_where(is("talk.id", &(*id).into())).to_owned();
            edition(Expr::cust("id").in_subquery(of_talk))
        }
    })
}

/// The last moment that has passed, or the next that comes, at which a slot or an edition begins or ends.
fn boundary(now: DateTime<Utc>, passed: bool) -> SelectStatement {
    let nearest = |table: &str, column: &'static str| {
        let of = Expr::cust(column);
        let mut select = Query::select();
        select.from(name(table));
        match passed {
            true => select.expr_as(Func::max(of.clone()), name("at")).and_where(of.lte(now)),
            false => select.expr_as(Func::min(of.clone()), name("at")).and_where(of.gt(now)),
        };
        select
    };
    let mut all = nearest("slot", "starts_at");
    for other in [nearest("slot", "ends_at"), nearest("edition", "begins_at"), nearest("edition", "finishes_at")] {
        all.union(UnionType::All, other);
    }
    let at = Expr::cust("boundary.at");
    let at = if passed { Func::max(at) } else { Func::min(at) };
    Query::select().expr(at).from_subquery(all, name("boundary")).to_owned()
}
