//! What search engines read: `robots.txt`, and the addresses of all pages (sitemaps.org). A sitemap has at most 50,000
//! addresses, so a larger archive has an index of sitemaps by kind.

use std::fmt::Write;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use chrono::{DateTime, Utc};
use quick_xml::escape::escape;
use sea_orm::{
    ConnectionTrait,
    sea_query::{Expr, Order, Query, SelectStatement},
};

use super::address::Site;
use crate::{
    database::name,
    error::{Error, Result},
    http::cache::{self, Representation, RevisionScope},
    ready::ReadyBody,
    state::Server,
};

const XML: &str = "application/xml; charset=utf-8";
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// A kind of pages: its name in addresses, its table, and the columns of its path.
struct Kind {
    name: &'static str,
    table: &'static str,
    path: &'static str,
    condition: Option<&'static str>,
}

/// Every kind. The path of a talk has its edition's slug, too.
const KINDS: [Kind; 5] = [
    Kind { name: "conferences", table: "conference", path: "/conferences/", condition: None },
    Kind { name: "editions", table: "edition", path: "/editions/", condition: None },
    Kind { name: "talks", table: "talk", path: "/talks/", condition: Some("talk.status <> 'WITHDRAWN'") },
    Kind { name: "speakers", table: "speaker", path: "/speakers/", condition: None },
    Kind { name: "companies", table: "company", path: "/companies/", condition: None },
];

impl Kind {
    fn select(&self) -> SelectStatement {
        let mut select = Query::select();
        select.from(name(self.table));
        if let Some(condition) = self.condition {
            select.and_where(Expr::cust(condition));
        }
        select
    }

    async fn count(&self, server: &Server) -> Result<u64> {
        let select = self.select().expr_as(Expr::cust("COUNT(*)"), name("count")).to_owned();
        let row = server.database.query_one(&select).await?;
        let count: i64 = row.map(|row| row.try_get("", "count")).transpose()?.unwrap_or_default();
        Ok(count.try_into().unwrap_or_default())
    }

    /// The paths of the pages in one part, and when each changed.
    async fn pages(&self, part: u64, size: u64, server: &Server) -> Result<Vec<(String, DateTime<Utc>)>> {
        let mut select = self.select();
        select
            .expr_as(Expr::cust(format!("{}.slug", self.table)), name("slug"))
            .expr_as(Expr::cust(format!("{}.updated_at", self.table)), name("updated_at"))
            .order_by_expr(Expr::cust(format!("{}.id", self.table)), Order::Asc)
            .limit(size)
            .offset(size * (part - 1));
        if self.table == "talk" {
            let edition = "(SELECT edition.slug FROM edition WHERE edition.id = talk.edition_id)";
            select.expr_as(Expr::cust(edition), name("edition"));
        }
        let rows = server.database.query_all(&select).await?;
        let page = |row: sea_orm::QueryResult| {
            let slug: String = row.try_get("", "slug")?;
            let path = match self.table {
                "talk" => format!("/editions/{}/talks/{slug}", row.try_get::<String>("", "edition")?),
                _ => format!("{}{slug}", self.path),
            };
            Ok((path, row.try_get("", "updated_at")?))
        };
        rows.into_iter().map(page).collect()
    }
}

/// `/sitemap.xml`: all pages, or the parts of a larger archive.
pub async fn sitemap(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let make = || async {
        let most = server.limits.sitemap;
        let site = Site::of(&server);
        let mut counts = Vec::new();
        for kind in &KINDS {
            counts.push(kind.count(&server).await?);
        }
        if counts.iter().sum::<u64>() < most {
            let mut pages = Vec::new();
            for kind in &KINDS {
                pages.extend(kind.pages(1, most, &server).await?);
            }
            return Ok(addresses(&site, &pages, true));
        }
        let parts = KINDS.iter().zip(counts).flat_map(|(kind, count)| {
            (1..=count.div_ceil(part_size(most))).map(move |part| format!("/sitemaps/{}-{part}.xml", kind.name))
        });
        let entries: String =
            parts.map(|path| format!("<sitemap><loc>{}</loc></sitemap>\n", escape(site.url(&path)))).collect();
        Ok(format!("{DECLARATION}<sitemapindex xmlns=\"{NAMESPACE}\">\n{entries}</sitemapindex>\n"))
    };
    answer(&request, &server, make).await
}

/// `/sitemaps/{kind}-{part}.xml`: the pages of a kind, as many as one sitemap has.
pub async fn part(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let named = |name: &str| request.match_info().get(name).unwrap_or_default();
    let make = || async {
        let missing = || Error::NotFound("there is no such sitemap: /sitemap.xml lists them".to_owned());
        let kind = KINDS.iter().find(|kind| kind.name == named("kind")).ok_or_else(missing)?;
        let part = named("part").parse().ok().filter(|part| (1..1_000_000).contains(part)).ok_or_else(missing)?;
        let pages = kind.pages(part, part_size(server.limits.sitemap), &server).await?;
        if pages.is_empty() {
            return Err(missing());
        }
        Ok(addresses(&Site::of(&server), &pages, kind.name == "conferences"))
    };
    answer(&request, &server, make).await
}

async fn answer<R>(request: &HttpRequest, server: &Server, make: impl Fn() -> R) -> Result<HttpResponse>
where
    R: Future<Output = Result<String>>,
{
    let selected = Representation { request, scope: RevisionScope::Archive, reads_clock: false, media: XML };
    cache::answer(server, selected, || async { Ok(ReadyBody::from(make().await?.into_bytes())) }).await
}

/// The number of addresses in a part: one of them has the page at `/`, too.
fn part_size(most: u64) -> u64 {
    most.saturating_sub(1).max(1)
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

fn addresses(site: &Site, pages: &[(String, DateTime<Utc>)], with_home: bool) -> String {
    let mut text = format!("{DECLARATION}<urlset xmlns=\"{NAMESPACE}\">\n");
    if with_home {
        let _ = writeln!(text, "<url><loc>{}</loc></url>", escape(site.url("/")));
    }
    for (path, changed) in pages {
        let changed = changed.format("%Y-%m-%dT%H:%M:%SZ");
        let _ = writeln!(text, "<url><loc>{}</loc><lastmod>{changed}</lastmod></url>", escape(site.url(path)));
    }
    text + "</urlset>\n"
}

/// `/robots.txt`.
pub async fn robots(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let media = "text/plain; charset=utf-8";
    let selected = Representation { request: &request, scope: RevisionScope::Program, reads_clock: false, media };
    let text = || {
        let site = Site::of(&server);
        format!(
            "User-agent: *\nDisallow: {}\nDisallow: {}\nDisallow: {}\n\nSitemap: {}\n",
            site.at("/api/"),
            site.at("/graphql"),
            site.at("/embed/"),
            site.url("/sitemap.xml")
        )
    };
    cache::answer(&server, selected, || async { Ok(ReadyBody::from(text().into_bytes())) }).await
}
