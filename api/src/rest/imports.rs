//! `POST /api/v1/imports`: imports a document as a whole or not at all.

use std::path::Path;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, Data, Payload, ServiceConfig},
};

use super::{BASE, parameters::Parameters};
use crate::{
    archive::{
        Report,
        import::{ImportOptions, Side},
    },
    error::{Error, Result},
    format::native::{self, CheckedArchive, asker::Asker, bundle::TarArchive},
    http::body::read_body,
    state::Server,
    token,
};

/// The media type of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ImportMedia {
    /// One YAML file. JSON is YAML too.
    Yaml,
    /// A tar archive compressed by zstd.
    Tar,
}

/// Serves imports.
pub fn configure(config: &mut ServiceConfig) {
    let resource =
        web::resource(format!("{BASE}/imports")).route(web::post().to(import)).default_service(web::to(only_posts));
    config.service(resource);
}

async fn only_posts(request: HttpRequest) -> HttpResponse {
    crate::http::route::not_offered(&request, "POST is", "POST, OPTIONS")
}

async fn import(request: HttpRequest, payload: Payload, server: Data<Server>) -> Result<HttpResponse> {
    let authorization = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let grant = token::grant(&server.database, authorization, (server.clock)()).await?;
    let mut parameters = Parameters::of(&request);
    parameters.word("format", &["native"]);
    let edition = parameters.texts("edition").unwrap_or_default();
    let dry_run = parameters.flag("dry_run").unwrap_or(false);
    let strict = parameters.flag("strict").unwrap_or(false);
    let prefer = parameters.word_if_there("prefer", &["source", "archive"]);
    let force = parameters.flag("force").unwrap_or(false);
    if force && prefer.is_some() {
        parameters
            .refuse("force", "it takes the document as it stands, so nothing is left to prefer: give one of the two");
    }
    parameters.done()?;
    let prefer = prefer.map(|side| if side == "source" { Side::Source } else { Side::Archive });
    let options = ImportOptions { dry_run, prefer, force };
    let media = ImportMedia::of(&request)?;
    let bytes = read_body(&request, payload, server.limits.of_import(), server.limits.pace).await?;
    let turn = server.imports.clone().acquire_owned();
    let turn = tokio::time::timeout(server.limits.time, turn).await;
    let Ok(Ok(_turn)) = turn else { return Err(Error::Busy("another import is under way: try again later")) };
    let (asker, _presence) = Asker::present();
    let most = server.limits.import;
    let read = web::block(move || read(media, &bytes, most, &asker)).await;
    let checked = read.map_err(|error| Error::Internal(error.to_string()))??;
    let CheckedArchive { document, warnings, .. } = if strict { checked.strict() } else { checked };
    let mut document = document.map_err(Error::Document)?;
    let missing = document.keep_editions(&edition);
    if !missing.is_empty() {
        let wrong = format!("the document has no {}", missing.join(", "));
        return Err(Error::bad_input("edition", wrong));
    }
    let token = grant.name.clone();
    let report = server.archive.for_bearer(grant).apply_with(&document, options).await?;
    let report = Report { warnings, ..report };
    tracing::info!(token, revision = report.revision, dry_run, "a document was imported");
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(report))
}

impl ImportMedia {
    fn of(request: &HttpRequest) -> Result<Self> {
        let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let coding = text(header::CONTENT_ENCODING);
        if !matches!(coding.to_ascii_lowercase().as_str(), "" | "identity") {
            return Err(Error::UnsupportedMedia("a body without a Content-Encoding".to_owned()));
        }
        let given = text(header::CONTENT_TYPE);
        let charset = given
            .split(';')
            .find_map(|part| part.trim().to_ascii_lowercase().strip_prefix("charset=").map(str::to_owned));
        if charset.is_some_and(|charset| !matches!(charset.trim_matches('"'), "utf-8" | "utf8" | "us-ascii")) {
            return Err(Error::UnsupportedMedia("a body in UTF-8".to_owned()));
        }
        match given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/yaml" | "application/x-yaml" | "text/yaml" | "application/json" => Ok(Self::Yaml),
            "application/zstd" => Ok(Self::Tar),
            _ => Err(Error::UnsupportedMedia(
                "application/yaml, application/json or application/zstd (a .tar.zst)".to_owned(),
            )),
        }
    }
}

fn read(media: ImportMedia, bytes: &[u8], most: usize, asker: &Asker) -> Result<CheckedArchive> {
    match media {
        ImportMedia::Yaml => Ok(native::checked_file_for(Path::new("body"), bytes, asker)),
        ImportMedia::Tar => {
            let folder = TarArchive::from_tar_zst(bytes, most)
                .map_err(|error| Error::bad_input("body", format!("it is no .tar.zst: {error}")))?;
            Ok(native::checked_for(&folder, asker))
        }
    }
}
