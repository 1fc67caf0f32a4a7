//! The archive as files that any web server serves: the pages, what sites embed, and the data behind them, each as the
//! server answers it. The server is asked for all that its sitemap names, for what belongs to it, and for every link
//! within its pages, so no link is dead.

use std::{
    collections::{BTreeSet, HashSet, VecDeque},
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use actix_web::http::{StatusCode, header};
use awc::Client;
use futures_util::{
    FutureExt,
    future::{LocalBoxFuture, join_all},
};
use serde_json::Value;

use super::start;
use crate::{archive::Clock, config::Config};

/// The greatest size of a file.
const LARGEST: usize = 256 * 1024 * 1024;

/// How many addresses are asked for at a time.
const AT_ONCE: usize = 16;

/// What is on no page, and on every site.
const ALWAYS: [&str; 6] =
    ["/", "/robots.txt", "/style.css", "/embed.js", "/feeds/recordings.atom", "/api/v1/archive.json"];

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SiteReport {
    /// The number of files.
    pub files: usize,
    /// The number of those that were new or different.
    pub written: usize,
    /// The size of all files in bytes.
    pub bytes: u64,
}

/// The reason why a site can't be written.
type Failure = Box<dyn std::error::Error>;

/// Writes the site of an archive to a folder. Files of the same content are not written, and others stay.
pub fn export(config: Config, clock: Clock, folder: PathBuf) -> LocalBoxFuture<'static, Result<SiteReport, Failure>> {
    export_site(config, clock, folder).boxed_local()
}

async fn export_site(config: Config, clock: Clock, folder: PathBuf) -> Result<SiteReport, Failure> {
    let base_url = config.base_url.clone().unwrap_or_default();
    let config = Config { bind: "127.0.0.1:0".to_owned(), is_static: true, webhooks: None, ..config };
    let running = start(config, clock).await?;
    let (address, handle) = (running.address, running.handle.clone());
    actix_web::rt::spawn(running.server);
    let client = Client::builder().timeout(Duration::from_secs(120)).disable_redirects().finish();
    let mut site = Export {
        client,
        address: format!("http://{address}"),
        root: root(&base_url),
        base_url,
        folder,
        known: HashSet::new(),
        waiting: VecDeque::new(),
        report: SiteReport::default(),
    };
    let written = site.run().await;
    handle.stop(false).await;
    written?;
    Ok(site.report)
}

/// The path of the base URL.
fn root(base_url: &str) -> String {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    rest.find('/').map_or("", |place| rest[place..].trim_end_matches('/')).to_owned()
}

struct Export {
    client: Client,
    /// Where the server is asked.
    address: String,
    base_url: String,
    /// The path below which the site will be.
    root: String,
    folder: PathBuf,
    known: HashSet<String>,
    waiting: VecDeque<String>,
    report: SiteReport,
}

/// A response.
struct Answer {
    status: StatusCode,
    is_page: bool,
    bytes: Vec<u8>,
}

impl Export {
    async fn run(&mut self) -> Result<(), Failure> {
        ALWAYS.iter().for_each(|path| self.add(path));
        self.add_sitemaps().await?;
        while !self.waiting.is_empty() {
            let paths: Vec<String> = self.waiting.drain(..self.waiting.len().min(AT_ONCE)).collect();
            let answers = join_all(paths.iter().map(|path| self.get(path))).await;
            for (path, answer) in paths.iter().zip(answers) {
                let answer = answer?;
                if answer.status != StatusCode::OK {
                    return Err(format!("{path} answers {}", answer.status).into());
                }
                self.add_what_belongs_to(path, &answer);
                self.write(&file_of(path, answer.is_page), &answer.bytes)?;
            }
        }
        // Web servers of files show it where nothing is.
        let missing = self.get("/404").await?;
        self.write("/404.html", &missing.bytes)?;
        Ok(())
    }

    fn add(&mut self, path: &str) {
        if self.known.insert(path.to_owned()) {
            self.waiting.push_back(path.to_owned());
        }
    }

    /// Adds the sitemap, its parts, and what they name.
    async fn add_sitemaps(&mut self) -> Result<(), Failure> {
        let mut sitemaps = vec!["/sitemap.xml".to_owned()];
        while let Some(path) = sitemaps.pop() {
            let text = String::from_utf8(self.get(&path).await?.bytes)?;
            self.add(&path);
            for place in text.split("<loc>").skip(1).filter_map(|rest| rest.split("</loc>").next()) {
                let Some(path) = place.strip_prefix(&self.base_url) else { continue };
                match path.ends_with(".xml") {
                    true => sitemaps.push(path.to_owned()),
                    false => self.add(path),
                }
            }
        }
        Ok(())
    }

    /// The links of a page, the files that are embedded of it, and its data.
    fn add_what_belongs_to(&mut self, path: &str, answer: &Answer) {
        if answer.is_page {
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            links(&text, &self.root).iter().for_each(|path| self.add(path));
        }
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        match segments.as_slice() {
            ["conferences" | "speakers" | "companies", _] if answer.is_page => self.add(&format!("/api/v1{path}.json")),
            ["editions", slug] => {
                for other in [
                    format!("/api/v1{path}.json"),
                    format!("/api/v1{path}/schedule.json"),
                    format!("/embed{path}"),
                    format!("/embed{path}/schedule.json"),
                    format!("/editions/{slug}/archive.yaml"),
                    format!("/editions/{slug}/schedule.v2.json"),
                ] {
                    self.add(&other);
                }
            }
            ["editions", _, "talks", _] => {
                for other in [format!("/api/v1{path}.json"), format!("/embed{path}"), format!("/embed{path}.json")] {
                    self.add(&other);
                }
            }
            ["embed", "editions", slug, "schedule.json"] => {
                let data: Value = serde_json::from_slice(&answer.bytes).unwrap_or_default();
                let days = data["edition"]["days"].as_array().into_iter().flatten();
                let dates: BTreeSet<&str> = days.filter_map(|day| day["date"].as_str()).collect();
                dates.iter().for_each(|date| self.add(&format!("/embed/editions/{slug}/days/{date}.json")));
            }
            _ => {}
        }
    }

    async fn get(&self, path: &str) -> Result<Answer, Failure> {
        // A file of the API has a suffix: its address may be that of a folder, too.
        let asked = match path.strip_prefix("/api/").and_then(|rest| rest.strip_suffix(".json")) {
            None if path == "/feeds/recordings.atom" => format!("{path}?limit=500"),
            Some("v1/editions") => "/api/v1/editions?limit=500".to_owned(),
            Some(rest) => format!("/api/{rest}"),
            None => path.to_owned(),
        };
        let request =
            self.client.get(format!("{}{asked}", self.address)).insert_header((header::ACCEPT, "text/html, */*;q=0.5"));
        let mut response = request.send().await.map_err(|error| format!("{path}: {error}"))?;
        let media = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_page = media.is_some_and(|media| media.starts_with("text/html"));
        let bytes = response.body().limit(LARGEST).await.map_err(|error| format!("{path}: {error}"))?;
        Ok(Answer { status: response.status(), is_page, bytes: bytes.to_vec() })
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let file = self.folder.join(path.trim_start_matches('/'));
        self.report.files += 1;
        self.report.bytes += bytes.len() as u64;
        if fs::read(&file).is_ok_and(|present| present == bytes) {
            return Ok(());
        }
        self.report.written += 1;
        fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
        fs::write(file, bytes)
    }
}

/// The file of an address. That of a page is in a folder of its own, so that its address stays the same.
fn file_of(path: &str, is_page: bool) -> String {
    if is_page { format!("{}/index.html", path.trim_end_matches('/')) } else { path.to_owned() }
}

/// The paths within the site that a page links to.
fn links(page: &str, root: &str) -> BTreeSet<String> {
    let quoted = ["href=\"", "src=\""].into_iter().flat_map(|name| page.split(name).skip(1));
    quoted
        .filter_map(|rest| rest.split('"').next())
        .filter_map(|link| link.strip_prefix(root))
        .filter(|path| path.starts_with('/') && !path.starts_with("//"))
        .map(|path| path.split(['#', '?']).next().unwrap_or_default().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_within_the_site_are_found() {
        let page = "<a href=\"/x/editions/a#day-1\"> <a href=\"https://elsewhere.org/\"> <a href=\"//elsewhere.org\"> \
            <script src=\"/x/embed.js\"> <a href=\"#top\"> <a href=\"/y/\">";
        assert_eq!(links(page, "/x").into_iter().collect::<Vec<_>>(), ["/editions/a", "/embed.js"]);
        assert_eq!(file_of("/editions/a", true), "/editions/a/index.html");
        assert_eq!(file_of("/", true), "/index.html");
    }
}
