//! A server under test, and a client that speaks to it.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{
    http::{Method, StatusCode, header::HeaderMap},
    rt::time::sleep,
};
use chrono::{DateTime, Utc};
use lectern_api::{
    archive::{self, Archive, Clock, edit::UnmergeReport},
    config::{Config, InitialArchive, Limits, Webhooks},
    format::{document::Document, native},
    search::SearchSettings,
    server::{self, RunningServer},
    token,
};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};

use super::{editor::Editor, postgres};

/// The databases that every test of behaviour runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// What a server is started with.
#[derive(Clone)]
pub struct Setup {
    archive: Content,
    limits: Limits,
    now: DateTime<Utc>,
    allowed_documents: Option<PathBuf>,
    webhooks: Option<Webhooks>,
}

#[derive(Clone)]
enum Content {
    Nothing,
    Promcon,
    Given(fn() -> Document),
}

/// A moment after all editions that ship.
pub const NOW: &str = "2026-11-21T12:00:00Z";

/// An empty archive.
pub fn empty() -> Setup {
    let now = NOW.parse().expect("a time");
    Setup { archive: Content::Nothing, limits: Limits::default(), now, allowed_documents: None, webhooks: None }
}

/// The archive that ships.
pub fn promcon() -> Setup {
    Setup { archive: Content::Promcon, ..empty() }
}

/// A made-up archive.
pub fn archive(document: fn() -> Document) -> Setup {
    Setup { archive: Content::Given(document), ..empty() }
}

/// Numbers the databases and tokens of this run.
static COUNTER: AtomicUsize = AtomicUsize::new(0);

impl Setup {
    /// Sets its limits.
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Restricts it to the documents of a folder.
    pub fn allow_only(self, folder: PathBuf) -> Self {
        Self { allowed_documents: Some(folder), ..self }
    }

    /// Sends webhooks. Their list is read often, so that a test need not wait.
    pub fn webhooks(self) -> Self {
        let webhooks = Webhooks { look: Duration::from_millis(25), timeout: Duration::from_secs(2) };
        Self { webhooks: Some(webhooks), ..self }
    }

    /// Starts a server on a database of its own.
    pub async fn start(self, backend: Backend) -> App {
        let folder = tempfile::tempdir().expect("a folder");
        let database = match (backend, &self.archive) {
            (Backend::Sqlite, Content::Promcon) => {
                let file = folder.path().join("lectern.db");
                std::fs::copy(promcon_file(), &file).expect("a copy");
                format!("sqlite://{}", file.display())
            }
            (Backend::Sqlite, _) => format!("sqlite://{}", folder.path().join("lectern.db").display()),
            (Backend::Postgres, Content::Promcon) => new_database(Some(promcon_template())).await,
            (Backend::Postgres, _) => new_database(None).await,
        };
        let now = Arc::new(TestClock { shows: Mutex::new(self.now), then: Mutex::default() });
        if let Content::Given(document) = self.archive {
            load(&database, &document(), clock(&now)).await;
        }
        self.serve(backend, database, now, folder.into()).await
    }

    /// Starts a server on this database.
    async fn serve(
        self,
        backend: Backend,
        database: String,
        now: Arc<TestClock>,
        folder: Arc<tempfile::TempDir>,
    ) -> App {
        let config = Config {
            bind: "127.0.0.1:0".to_owned(),
            database: database.clone(),
            base_url: Some("https://lectern.example".to_owned()),
            archive: InitialArchive::Nothing,
            allowed_documents: self.allowed_documents,
            limits: self.limits,
            is_static: false,
            search: SearchSettings::default(),
            webhooks: self.webhooks,
        };
        let running = server::start(config.clone(), clock(&now)).await.expect("the server starts");
        App::new(running, backend, config, now, folder)
    }
}

/// What a clock shows, as a test sets it.
struct TestClock {
    shows: Mutex<DateTime<Utc>>,
    /// What happens when it was read so many times more.
    then: Mutex<Option<(usize, Event)>>,
}

/// What happens once.
type Event = Box<dyn FnOnce() + Send>;

impl TestClock {
    fn read(&self) -> DateTime<Utc> {
        let mut then = self.then.lock().expect("no test panicked with it");
        let is_due = then.as_mut().is_some_and(|(left, _)| {
            *left = left.saturating_sub(1);
            *left == 0
        });
        let event = then.take_if(|_| is_due);
        drop(then);
        event.into_iter().for_each(|(_, event)| event());
        *self.shows.lock().expect("no test panicked with it")
    }
}

/// A clock that shows what a test sets.
fn clock(now: &Arc<TestClock>) -> Clock {
    let now = now.clone();
    Arc::new(move || now.read())
}

/// A clock that stands still.
fn stopped_clock(at: &str) -> Clock {
    let at: DateTime<Utc> = at.parse().expect("a time");
    Arc::new(move || at)
}

/// Makes a database's archive what a document says.
async fn load(database: &str, document: &Document, clock: Clock) {
    let connection =
        server::open_or_create(database, Arc::new(AtomicU64::new(0)), &clock).await.expect("the database opens");
    Archive::new(connection.clone(), clock).apply(document, false).await.expect("the document is right");
    connection.close().await.expect("the database closes");
}

/// Makes a database's archive what a document says, as another process would at this time.
pub async fn apply_at(database: &str, document: &Document, time: &str) {
    load(database, document, stopped_clock(time)).await;
}

/// Runs a function to its end on a thread of its own: what several tests share is made outside their runtimes.
fn run_apart<T: Send + 'static>(make: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::spawn(make).join().expect("it does not panic")
}

fn load_promcon(database: String) {
    let document =
        native::read(&PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/data/promcon"))).expect("the data is right");
    actix_web::rt::System::new().block_on(load(&database, &document, stopped_clock("2026-11-01T00:00:00Z")));
}

/// A SQLite file with the archive that ships.
fn promcon_file() -> &'static PathBuf {
    static FILE: OnceLock<(PathBuf, tempfile::TempDir)> = OnceLock::new();
    let (file, _) = FILE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("promcon.db");
        let url = format!("sqlite://{}", file.display());
        run_apart(move || load_promcon(url));
        (file, folder)
    });
    file
}

/// The name of a PostgreSQL database with the archive that ships, to be copied.
fn promcon_template() -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    let url = TEMPLATE.get_or_init(|| {
        run_apart(|| {
            let url = actix_web::rt::System::new().block_on(new_database(None));
            load_promcon(url.clone());
            url
        })
    });
    url.rsplit('/').next().expect("a name")
}

/// The URL of a new PostgreSQL database: a copy of a template, or empty.
pub async fn new_database(template: Option<&str>) -> String {
    let url = postgres::url();
    let name = format!("test_{}", COUNTER.fetch_add(1, Ordering::Relaxed));
    let server = Database::connect(url).await.expect("the server answers");
    let template = template.map(|template| format!(" TEMPLATE {template}")).unwrap_or_default();
    server.execute_unprepared(&format!("CREATE DATABASE {name}{template}")).await.expect("a database");
    server.close().await.expect("it closes");
    let (server, _) = url.rsplit_once('/').expect("a server and a database");
    format!("{server}/{name}")
}

/// A running server.
pub struct App {
    pub base: String,
    pub backend: Backend,
    pub database_url: String,
    statements: Arc<AtomicU64>,
    now: Arc<TestClock>,
    handle: actix_web::dev::ServerHandle,
    config: Config,
    folder: Arc<tempfile::TempDir>,
}

impl App {
    fn new(
        running: RunningServer,
        backend: Backend,
        config: Config,
        now: Arc<TestClock>,
        folder: Arc<tempfile::TempDir>,
    ) -> Self {
        actix_web::rt::spawn(running.server);
        let base = format!("http://{}", running.address);
        let database_url = config.database.clone();
        Self {
            base,
            backend,
            database_url,
            statements: running.statements,
            now,
            handle: running.handle,
            config,
            folder,
        }
    }

    /// Another server on the same database, by the same clock.
    pub async fn another(&self) -> Self {
        self.another_with(self.config.limits.clone()).await
    }

    /// Another server on the same database, by the same clock, with other limits.
    pub async fn another_with(&self, limits: Limits) -> Self {
        let config = Config { limits, ..self.config.clone() };
        let running = server::start(config.clone(), clock(&self.now)).await.expect("the server starts");
        Self::new(running, self.backend, config, self.now.clone(), self.folder.clone())
    }

    /// The server's clock.
    pub fn now(&self) -> DateTime<Utc> {
        *self.now.shows.lock().expect("no test panicked with it")
    }

    /// Sets the server's clock.
    pub fn set_now(&self, now: &str) {
        *self.now.shows.lock().expect("no test panicked with it") = now.parse().expect("a time");
    }

    /// Lets another process make the archive what a document says, when the server has read its clock so many times.
    pub fn write_at_reading(&self, number: usize, document: Document) {
        let (database, now) = (self.database_url.clone(), self.now());
        let load = move || {
            let clock: Clock = Arc::new(move || now);
            run_apart(move || actix_web::rt::System::new().block_on(load(&database, &document, clock)));
        };
        *self.now.then.lock().expect("no test panicked with it") = Some((number, Box::new(load)));
    }

    /// Whether another process is still to write.
    pub fn is_write_awaited(&self) -> bool {
        self.now.then.lock().expect("no test panicked with it").is_some()
    }

    /// How many statements the server has sent so far.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Sends a request.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answer {
        let client = awc::Client::builder().timeout(Duration::from_secs(60)).disable_redirects().finish();
        let mut request = client.request(method, format!("{}{path}", self.base));
        for header in headers {
            request = request.append_header(*header);
        }
        let mut response = request.send_body(body.into()).await.expect("an answer");
        let body = response.body().limit(64 << 20).await.expect("a body");
        let bytes = body.to_vec();
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        }
    }

    /// Gets a path.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, Vec::new()).await
    }

    /// Posts JSON to `/graphql`.
    pub async fn post(&self, body: &Value, accept: &str) -> Answer {
        let headers = [("Content-Type", "application/json"), ("Accept", accept)];
        self.send(Method::POST, "/graphql", &headers, body.to_string()).await
    }

    /// Asks a query, whose answer may have errors.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        self.post(&json!({ "query": query, "variables": variables }), "application/json").await.json()
    }

    /// Asks a query that must be answered without errors; answers the data.
    pub async fn query(&self, query: &str) -> Value {
        let answer = self.ask(query, json!({})).await;
        assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
        answer["data"].clone()
    }

    /// Waits until the search index has all that was written. A busy machine takes longer than a search waits.
    pub async fn be_indexed(&self) {
        for _ in 0..600 {
            if self.query(r#"{ search(query: "x", first: 0) { isComplete } }"#).await["search"]["isComplete"] == true {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("the search index is not complete");
    }

    /// A token of some scopes, with blanks between them, for ever.
    pub async fn token(&self, scope: &str) -> String {
        let database = Database::connect(&self.database_url).await.expect("the database answers");
        let name = format!("token {}", COUNTER.fetch_add(1, Ordering::Relaxed));
        let now = "2026-11-21T11:00:00Z".parse().expect("a time");
        let scopes: Vec<_> = scope.split(' ').map(|scope| scope.parse().expect("a scope")).collect();
        let token = token::create(&database, &name, &scopes, None, now).await.expect("a token");
        database.close().await.expect("it closes");
        token
    }

    /// Someone who edits with a new token of a scope.
    pub async fn editor(&self, scope: &str) -> Editor<'_> {
        Editor { app: self, token: self.token(scope).await }
    }

    /// Sends a mutation with a token; the answer may have errors.
    pub async fn mutate(&self, token: &str, mutation: &str, variables: Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("Content-Type", "application/json"),
            ("Authorization", &bearer),
            ("Accept", "application/graphql-response+json"),
        ];
        self.send(Method::POST, "/graphql", &headers, json!({ "query": mutation, "variables": variables }).to_string())
            .await
    }

    /// Imports a document in Lectern's own format.
    pub async fn import(&self, token: &str, media_type: &str, document: impl Into<Vec<u8>>) -> Answer {
        self.import_with(token, media_type, document, "").await
    }

    /// Imports a document in Lectern's own format, with more parameters: `&force=true`.
    pub async fn import_with(
        &self,
        token: &str,
        media_type: &str,
        document: impl Into<Vec<u8>>,
        options: &str,
    ) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", media_type)];
        self.send(Method::POST, &format!("/api/v1/imports?format=native{options}"), &headers, document).await
    }

    /// Makes the archive what a document says, as another process would.
    pub async fn apply(&self, document: &Document) {
        self.apply_at(document, "2026-11-22T08:00:00Z").await;
    }

    /// Makes the archive what a document says, as another process would at this time.
    pub async fn apply_at(&self, document: &Document, time: &str) {
        apply_at(&self.database_url, document, time).await;
        self.until_noticed().await;
    }

    /// Waits until the server has noticed what another process wrote, of which PostgreSQL notifies it.
    async fn until_noticed(&self) {
        let database = Database::connect(&self.database_url).await.expect("the database answers");
        let written = Archive::new(database.clone(), clock(&self.now)).revision().await.expect("a revision");
        database.close().await.expect("it closes");
        while self.revision().await < written {
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Makes a merge. What the server knew of the archive is outdated, so that the next reads ask the database. The
    /// server has learnt of the writes.
    pub async fn outdate(&self) {
        let editor = self.editor("write").await;
        let mut ids = Vec::new();
        for name in ["Somebody new", "Somebody else"] {
            let create = format!(r#"createSpeaker(input: {{ name: "{name}" }}) {{ speaker {{ id }} }}"#);
            ids.push(editor.edit(&create).await["speaker"]["id"].as_str().expect("an id").to_owned());
        }
        let [into, from] = &ids[..] else { unreachable!("two were created") };
        editor.edit(&format!(r#"mergeSpeakers(from: "{from}", into: "{into}") {{ revision }}"#)).await;
        self.revision().await;
    }

    /// Makes a checkpoint of SQLite. Answers whether all of it is done.
    pub async fn checkpoint(&self) -> bool {
        let database = Database::connect(&self.database_url).await.expect("the database answers");
        let checkpoint = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let row = database.query_one_raw(checkpoint).await.expect("a checkpoint").expect("its result");
        database.close().await.expect("no connection is in use");
        row.try_get_by_index::<i32>(0).expect("a number") == 0
    }

    /// The talks that a filter matches: those of the list and those that a search finds.
    pub async fn listed_and_found(&self, filter: &str) -> (BTreeSet<String>, BTreeSet<String>) {
        self.be_indexed().await;
        let query = format!(
            "{{
                talks(filter: {{ {filter} }}, first: 500) {{ nodes {{ id }} }}
                search(query: \"year:2000-2099\", kinds: [TALK], filter: {{ {filter} }}, first: 500) {{
                    isComplete nodes {{ node {{ ... on Talk {{ id }} }} }}
                }}
            }}"
        );
        let answer = self.query(&query).await;
        assert_eq!(answer["search"]["isComplete"], true, "{query}");
        let ids = |list: &Value, path: &str| {
            let nodes = list["nodes"].as_array().expect("a list").iter();
            nodes.map(|node| node.pointer(path).and_then(Value::as_str).expect("an id").to_owned()).collect()
        };
        (ids(&answer["talks"], "/id"), ids(&answer["search"], "/node/id"))
    }

    /// The archive's revision.
    pub async fn revision(&self) -> i64 {
        self.query("{ archive { revision } }").await["archive"]["revision"].as_i64().expect("a revision")
    }

    /// The id of what a field of `Query` finds.
    pub async fn id(&self, field: &str) -> String {
        let found = self.query(&format!("{{ it: {field} {{ id }} }}")).await;
        found["it"]["id"].as_str().unwrap_or_else(|| panic!("{field}: {found}")).to_owned()
    }

    /// The id of a talk of the edition that made-up archives have.
    pub async fn talk_id(&self, slug: &str) -> String {
        self.id(&format!(r#"talk(edition: "conf-2025", slug: "{slug}")"#)).await
    }

    /// The changes that `/api/v1/changes` lists.
    pub async fn changes(&self, query: &str) -> Vec<Value> {
        let page = self.get(&format!("/api/v1/changes?limit=500&{query}"), &[]).await.json();
        page["changes"].as_array().expect("a list").clone()
    }

    /// Undoes a merge, as the command line does.
    pub async fn unmerge(&self, name: &str) -> Result<UnmergeReport, String> {
        let database = Database::connect(&self.database_url).await.expect("the database answers");
        let archive = Archive::new(database.clone(), clock(&self.now));
        let unmerged = archive.unmerge(name).await.map_err(|error| error.to_string());
        database.close().await.expect("it closes");
        self.until_noticed().await;
        unmerged
    }

    /// Checks that the log agrees with the tables.
    pub async fn audit(&self) {
        let database = Database::connect(&self.database_url).await.expect("the database answers");
        let audit = archive::audit(&database).await.expect("it can be read");
        assert!(audit.problems.is_empty(), "{audit}");
        database.close().await.expect("it closes");
    }

    /// The code and the message of the first error that a query gets.
    pub async fn error(&self, query: &str) -> (String, String) {
        let answer = self.ask(query, json!({})).await;
        let error = &answer["errors"][0];
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no error: {query}\n{answer:#}")).to_owned();
        (text(&error["extensions"]["code"]), text(&error["message"]))
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let stop = self.handle.stop(false);
        actix_web::rt::spawn(stop);
    }
}

/// A document in one file, without the point in the log at which it was exported.
pub fn without_point(yaml: &str) -> &str {
    let at = yaml.strip_prefix("exported:\n").and_then(|rest| rest.find("conferences:").map(|place| &rest[place..]));
    at.expect("the document notes its point first")
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The body as text.
    pub body: String,
}

impl Answer {
    /// A header's value, empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("text")).unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}
