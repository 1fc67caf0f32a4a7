//! A server under test, and a client that speaks to it.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::http::{Method, StatusCode, header::HeaderMap};
use chrono::{DateTime, Utc};
use lectern_api::{
    archive::{self, Archive, Clock, edit::UnmergeReport},
    config::{Config, Limits, Webhooks},
    format::{document::Document, native},
    server::{self, RunningServer},
    token,
};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

/// The databases that every test of behaviour runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// Declares a test for each database; on a machine without PostgreSQL its half is skipped, and says so.
macro_rules! on_both {
    ($($(#[$attribute:meta])* async fn $name:ident($app:ident: $start:expr) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn test($app: $crate::support::app::App) $body

            $(#[$attribute])*
            #[actix_web::test]
            async fn sqlite() {
                test($start.start($crate::support::app::Backend::Sqlite).await.expect("SQLite is in the binary")).await;
            }

            $(#[$attribute])*
            #[actix_web::test]
            async fn postgres() {
                if let Some(app) = $start.start($crate::support::app::Backend::Postgres).await {
                    test(app).await;
                }
            }
        }
    )+};
}
pub(crate) use on_both;

/// How a server is started: an empty archive unless told otherwise.
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

static MADE: AtomicUsize = AtomicUsize::new(0);

impl Setup {
    /// With other limits.
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// With an allow-list.
    pub fn allowing(self, folder: PathBuf) -> Self {
        Self { allowed_documents: Some(folder), ..self }
    }

    /// With webhooks, whose list is read often, so that a test need not wait.
    pub fn webhooks(self) -> Self {
        let webhooks = Webhooks { look: Duration::from_millis(25), timeout: Duration::from_secs(2) };
        Self { webhooks: Some(webhooks), ..self }
    }

    /// Starts a server on a database of its own; none where the backend is not installed.
    pub async fn start(self, backend: Backend) -> Option<App> {
        let folder = tempfile::tempdir().expect("a folder");
        let database = match (backend, &self.archive) {
            (Backend::Sqlite, Content::Promcon) => {
                let file = folder.path().join("lectern.db");
                std::fs::copy(promcon_file(), &file).expect("a copy");
                format!("sqlite://{}", file.display())
            }
            (Backend::Sqlite, _) => format!("sqlite://{}", folder.path().join("lectern.db").display()),
            (Backend::Postgres, Content::Promcon) => new_database(Some(promcon_template()?)).await?,
            (Backend::Postgres, _) => new_database(None).await?,
        };
        let now = Arc::new(Mutex::new(self.now));
        let told = now.clone();
        let clock: Clock = Arc::new(move || *told.lock().expect("no test panicked with it"));
        if let Content::Given(document) = self.archive {
            load(&database, &document(), clock).await;
        }
        Some(self.serve(backend, database, now, folder.into()).await)
    }

    /// Starts a server on this database.
    async fn serve(
        self,
        backend: Backend,
        database: String,
        now: Arc<Mutex<DateTime<Utc>>>,
        folder: Arc<tempfile::TempDir>,
    ) -> App {
        let told = now.clone();
        let clock: Clock = Arc::new(move || *told.lock().expect("no test panicked with it"));
        let config = Config {
            bind: "127.0.0.1:0".to_owned(),
            database: database.clone(),
            base_url: Some("https://lectern.example".to_owned()),
            archive: None,
            allowed_documents: self.allowed_documents,
            limits: self.limits,
            webhooks: self.webhooks,
        };
        let running = server::start(config.clone(), clock).await.expect("the server starts");
        App::new(running, backend, config, now, folder)
    }
}

/// What a server is told the time by.
pub type Now = Clock;

/// Makes an archive of a document, or makes an archive become what a document says.
pub async fn load(database: &str, document: &Document, clock: Clock) {
    let connection = server::open(database, Arc::new(AtomicU64::new(0))).await.expect("the database opens");
    Archive::new(connection.clone(), clock).apply(document, false).await.expect("the document is right");
    connection.close().await.expect("the database closes");
}

/// Runs a future to its end on a thread of its own: what several tests share is made outside their runtimes.
fn run_apart<T: Send + 'static>(make: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::spawn(make).join().expect("it does not panic")
}

fn load_promcon(database: String) {
    let document =
        native::read(&PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/data/promcon"))).expect("the data is right");
    let clock: Clock = Arc::new(|| "2026-11-01T00:00:00Z".parse().expect("a time"));
    actix_web::rt::System::new().block_on(async move { load(&database, &document, clock).await });
}

/// A SQLite file with the archive that ships.
fn promcon_file() -> &'static PathBuf {
    static FILE: OnceLock<(PathBuf, tempfile::TempDir)> = OnceLock::new();
    let made = FILE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("promcon.db");
        let url = format!("sqlite://{}", file.display());
        run_apart(move || load_promcon(url));
        (file, folder)
    });
    &made.0
}

/// A PostgreSQL database with the archive that ships, to be copied.
fn promcon_template() -> Option<&'static str> {
    static TEMPLATE: OnceLock<Option<String>> = OnceLock::new();
    let made = TEMPLATE.get_or_init(|| {
        run_apart(|| {
            let url = actix_web::rt::System::new().block_on(new_database(None))?;
            load_promcon(url.clone());
            url.rsplit('/').next().map(str::to_owned)
        })
    });
    made.as_deref()
}

/// A new database, a copy of another or empty.
pub async fn new_database(template: Option<&str>) -> Option<String> {
    let url = crate::support::postgres::url()?;
    let name = format!("test_{}", MADE.fetch_add(1, Ordering::Relaxed));
    let server = Database::connect(url).await.expect("the server answers");
    let template = template.map(|of| format!(" TEMPLATE {of}")).unwrap_or_default();
    server.execute_unprepared(&format!("CREATE DATABASE {name}{template}")).await.expect("a database");
    server.close().await.expect("it closes");
    Some(format!("{}/{name}", url.rsplit_once('/')?.0))
}

/// A running server.
pub struct App {
    pub base: String,
    pub backend: Backend,
    pub database_url: String,
    statements: Arc<AtomicU64>,
    now: Arc<Mutex<DateTime<Utc>>>,
    handle: actix_web::dev::ServerHandle,
    config: Config,
    folder: Arc<tempfile::TempDir>,
}

impl App {
    fn new(
        running: RunningServer,
        backend: Backend,
        config: Config,
        now: Arc<Mutex<DateTime<Utc>>>,
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
        let now = self.now.clone();
        let clock: Clock = Arc::new(move || *now.lock().expect("no test panicked with it"));
        let running = server::start(config.clone(), clock).await.expect("the server starts");
        Self::new(running, self.backend, config, self.now.clone(), self.folder.clone())
    }

    /// The server's clock.
    pub fn now(&self) -> DateTime<Utc> {
        *self.now.lock().expect("no test panicked with it")
    }

    /// Sets the server's clock.
    pub fn set_now(&self, now: &str) {
        *self.now.lock().expect("no test panicked with it") = now.parse().expect("a time");
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

    /// A token of a scope, for ever.
    pub async fn token(&self, scope: &str) -> String {
        let database = Database::connect(&self.database_url).await.expect("the database answers");
        let name = format!("token {}", MADE.fetch_add(1, Ordering::Relaxed));
        let now = "2026-11-21T11:00:00Z".parse().expect("a time");
        let made = token::create(&database, &name, &scope.parse().expect("a scope"), None, now).await.expect("a token");
        database.close().await.expect("it closes");
        made
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

    /// Undoes a merge, as the command line does.
    pub async fn unmerge(&self, name: &str) -> Result<UnmergeReport, String> {
        let database = Database::connect(&self.database_url).await.expect("the database answers");
        let clock = self.now.clone();
        let clock: Clock = Arc::new(move || *clock.lock().expect("no test panicked with it"));
        let done = Archive::new(database.clone(), clock).unmerge(name).await.map_err(|error| error.to_string());
        database.close().await.expect("it closes");
        done
    }

    /// Checks that the log agrees with the tables.
    pub async fn audit(&self) {
        let database = Database::connect(&self.database_url).await.expect("the database answers");
        let audit = archive::audit(&database).await.expect("it can be read");
        assert!(audit.problems.is_empty(), "{audit}");
        database.close().await.expect("it closes");
    }

    /// The first error that a query gets: its code and its message.
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
