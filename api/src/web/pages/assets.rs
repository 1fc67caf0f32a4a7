//! The files of the pages that are part of the program.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::{
    error::Result,
    http::cache::{self, Representation, RevisionScope},
    state::Server,
};

/// The style sheet of the pages.
pub const STYLE: &str = include_str!("../../../assets/pages/style.css");

/// The elements `<lectern-schedule>` and `<lectern-player>`.
pub const SCRIPT: &str = include_str!("../../../assets/pages/embed.js");

/// `/style.css`.
pub async fn style(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    answer(&request, &server, "text/css; charset=utf-8", STYLE).await
}

/// `/embed.js`.
pub async fn script(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    answer(&request, &server, "text/javascript; charset=utf-8", SCRIPT).await
}

async fn answer(
    request: &HttpRequest,
    server: &Server,
    media: &'static str,
    text: &'static str,
) -> Result<HttpResponse> {
    let selected = Representation { request, scope: RevisionScope::Program, reads_clock: false, media };
    cache::answer(server, selected, || async { Ok(text.as_bytes().to_vec().into()) }).await
}
