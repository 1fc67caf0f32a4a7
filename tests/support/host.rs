//! Another origin: a page that embeds something, or a folder of files as any web server serves it.

use std::{fs, path::PathBuf, sync::Arc};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, http::header, web};

/// What is served.
enum Content {
    Page { html: String, policy: String },
    Folder(PathBuf),
}

/// A server of another origin.
pub struct Host {
    pub base: String,
    handle: ServerHandle,
}

impl Host {
    /// One page, under a Content-Security-Policy; none if it is empty.
    pub async fn page(html: &str, policy: &str) -> Self {
        Self::serve(Content::Page { html: html.to_owned(), policy: policy.to_owned() })
    }

    /// A folder of files.
    pub async fn folder(folder: PathBuf) -> Self {
        Self::serve(Content::Folder(folder))
    }

    fn serve(content: Content) -> Self {
        let content = Arc::new(content);
        let app = move || {
            let content = content.clone();
            let answer = move |request: HttpRequest| {
                let content = content.clone();
                async move { answer(&content, request.path()) }
            };
            App::new().default_service(web::to(answer))
        };
        let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0)).expect("a port");
        let base = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { base, handle }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        actix_web::rt::spawn(self.handle.stop(false));
    }
}

fn answer(content: &Content, path: &str) -> HttpResponse {
    match content {
        Content::Page { html, policy } if path == "/" => {
            let mut response = HttpResponse::Ok();
            if !policy.is_empty() {
                response.insert_header((header::CONTENT_SECURITY_POLICY, policy.as_str()));
            }
            response.content_type("text/html; charset=utf-8").body(html.clone())
        }
        Content::Page { .. } => HttpResponse::NoContent().finish(),
        Content::Folder(folder) => {
            let file = folder.join(path.trim_start_matches('/'));
            match (file.is_dir(), path.ends_with('/')) {
                (true, false) => {
                    HttpResponse::MovedPermanently().insert_header((header::LOCATION, format!("{path}/"))).finish()
                }
                (true, true) => sent(file.join("index.html")),
                (false, _) => sent(file),
            }
        }
    }
}

fn sent(file: PathBuf) -> HttpResponse {
    let media = match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    };
    match fs::read(file) {
        Ok(bytes) => HttpResponse::Ok().content_type(media).body(bytes),
        Err(_) => HttpResponse::NotFound().finish(),
    }
}
