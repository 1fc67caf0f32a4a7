//! The server, assembled for `main` and for tests.

use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, atomic::AtomicU64},
};

use actix_web::{
    App, HttpResponse,
    dev::ServerHandle,
    middleware::{Condition, from_fn},
    web::{self, Data},
};
use futures_util::{FutureExt, future::LocalBoxFuture};
use sea_orm::DatabaseConnection;
use tokio::sync::Semaphore;
use tracing_actix_web::TracingLogger;

mod checkpoints;
mod listener;
mod open;
mod readiness;
mod search;
pub mod site;

pub use open::{StartError, find_archive, look_at, open, open_or_create, place_of};
pub use search::search;

use crate::{
    archive::{Archive, Clock, log::follow::Follower},
    audience::Audiences,
    config::{Config, InitialArchive},
    database::found::{Found, file_of},
    format::{
        document::Document,
        native::{self, FileSource},
    },
    graphql::handler,
    http::{
        edge::edge,
        query::undecorated,
        requests,
        route::{get_linked, no_names},
    },
    read::cache::RowCache,
    ready::Responses,
    rest,
    schema::{self, documents::Documents, persisted::Persisted, shape::Shape},
    search::Search,
    state::Server,
    web as pages,
    webhook::courier,
};

/// A running server.
pub struct RunningServer {
    /// The address that it listens on.
    pub address: SocketAddr,
    /// The database.
    pub database: DatabaseConnection,
    /// The number of statements that were sent to the database.
    pub statements: Arc<AtomicU64>,
    /// Stops it.
    pub handle: ServerHandle,
    /// Whether the archive was loaded just now.
    pub is_loaded: bool,
    /// Resolves when it has stopped.
    pub server: actix_web::dev::Server,
}

/// Starts a server: opens its database, loads the archive into an empty one, and listens.
///
/// The future is boxed, here and where the commands call the archive: the body of an async function is compiled in each
/// crate that awaits it, and this one with all of the HTTP server.
pub fn start(config: Config, clock: Clock) -> LocalBoxFuture<'static, Result<RunningServer, StartError>> {
    start_server(config, clock).boxed_local()
}

async fn start_server(config: Config, clock: Clock) -> Result<RunningServer, StartError> {
    let statements = Arc::new(AtomicU64::new(0));
    let named = named_for_new_database(&config).await?;
    let database = open_or_create(&config.database, statements.clone(), &clock).await?;
    let archive = Archive::new(database.clone(), clock.clone());
    let is_loaded = load(&archive, &config.archive, named).await?;
    put_in_one_file(&config.database).await;
    let schema = schema::build();
    let sdl = schema::sdl(&schema);
    let shape = Shape::read(&sdl)?;
    let persisted = Persisted::new(config.allowed_documents.as_deref()).map_err(StartError::Config)?;
    let listener = std::net::TcpListener::bind(&config.bind)
        .map_err(|source| StartError::Bind { address: config.bind.clone(), source })?;
    let bound = |source| StartError::Bind { address: config.bind.clone(), source };
    let address = listener.local_addr().map_err(bound)?;
    let base_url = config.base_url.unwrap_or_else(|| format!("http://{address}"));
    let base_url: Arc<str> = base_url.trim_end_matches('/').into();
    let started_at = clock();
    let follower = Follower::start(archive.clone(), database.clone()).await?;
    let beside = file_of(&config.database).map(index_folder);
    let rows = RowCache::default();
    if let Some(mark) = follower.mark() {
        rows.begin(mark, &database).await?;
    }
    let search = Search::start(database.clone(), archive.commits(), config.search, beside);
    let state = Data::new(Server {
        database: database.clone(),
        archive,
        base_url,
        is_static: config.is_static,
        clock,
        limits: config.limits,
        schema,
        shape,
        sdl,
        persisted,
        documents: Documents::default(),
        responses: Responses::default(),
        rows,
        search,
        follower,
        audiences: Audiences::default(),
        imports: Arc::new(Semaphore::new(1)),
        started_at,
        trial: Arc::default(),
    });
    if let Some(settings) = config.webhooks {
        courier::start(&state, settings);
    }
    if let Some(file) = file_of(&config.database) {
        checkpoints::start(&state, file);
    }
    let server = serve(state, listener).map_err(bound)?;
    Ok(RunningServer { address, database, statements, is_loaded, handle: server.handle(), server })
}

/// The folder of the search index of a SQLite file.
fn index_folder(file: PathBuf) -> PathBuf {
    let mut name = file.into_os_string();
    name.push("-search");
    name.into()
}

/// The application of a server.
fn serve(state: Data<Server>, listener: std::net::TcpListener) -> io::Result<actix_web::dev::Server> {
    let logs = logs_requests();
    let app = move || {
        App::new()
            .app_data(state.clone())
            .wrap(from_fn(edge))
            .wrap(Condition::new(logs, from_fn(requests::log)))
            .wrap(Condition::new(logs, TracingLogger::default()))
            .configure(routes)
    };
    listener::serve(app, listener)
}

/// Whether requests are logged. Otherwise they get no id: each would take random bytes from the system.
fn logs_requests() -> bool {
    tracing::enabled!(target: "requests", tracing::Level::INFO)
        || tracing::enabled!(target: "tracing_actix_web", tracing::Level::INFO)
}

/// The routes of the server.
fn routes(config: &mut web::ServiceConfig) {
    get_linked(config, "/schema.graphql", no_names, handler::schema);
    get_linked(config, "/healthz", no_names, healthz);
    get_linked(config, "/readyz", no_names, readiness::readyz);
    config
        .service(
            web::resource("/graphql")
                .wrap(from_fn(|request, next| undecorated(handler::names, request, next)))
                .to(handler::graphql),
        )
        .configure(pages::graphiql::configure)
        .configure(pages::docs::configure)
        .configure(rest::configure)
        .configure(pages::pages::configure)
        .default_service(web::to(pages::pages::not_found));
}

/// Whether the process is alive.
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// Reads the archive that the operator names, if its database is to be made: one that can't be read must not leave an
/// empty database behind, which the next start would fill with the archive that ships. A SQLite file with other content
/// than an archive is refused, because it would be filled so, too.
async fn named_for_new_database(config: &Config) -> Result<Option<Document>, StartError> {
    match (&config.archive, look_at(&config.database).await?) {
        (InitialArchive::Shipped(_), Found::Other) => Err(StartError::OtherContent(place_of(&config.database))),
        (InitialArchive::Named(source), Found::Nothing) => read_archive(source.as_ref()).map(Some),
        _ => Ok(None),
    }
}

fn read_archive(source: &dyn FileSource) -> Result<Document, StartError> {
    native::read(source).map_err(|problems| StartError::Load(problems.to_string()))
}

/// Moves all that was written to a SQLite database into its one file, as far as nobody is in the way. Nothing happens
/// to PostgreSQL.
pub async fn put_in_one_file(url: &str) {
    if let Some(file) = file_of(url) {
        checkpoints::attempt(&file).await;
    }
}

/// Loads the archive that a server begins with; `named` is the operator's, if it was read already. Answers whether it
/// was loaded.
async fn load(archive: &Archive, initial: &InitialArchive, named: Option<Document>) -> Result<bool, StartError> {
    let document = match (initial, named) {
        (InitialArchive::Shipped(source), _) if !archive.is_made().await? => read_archive(source.as_ref())?,
        (InitialArchive::Named(source), named) if archive.revision().await? == 0 => {
            archive.ensure().await?;
            named.map_or_else(|| read_archive(source.as_ref()), Ok)?
        }
        _ => {
            archive.ensure().await?;
            return Ok(false);
        }
    };
    archive.apply(&document, false).await?;
    archive.ensure().await?;
    Ok(true)
}
