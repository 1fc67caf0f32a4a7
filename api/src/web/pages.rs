//! The pages that people read, what other sites embed of them, and what leads to them. A page is the answer to one
//! query of the schema, as a template shows it: so it shows what both APIs answer, and it names that query at its
//! foot.

mod address;
mod assets;
mod company;
mod conference;
mod data;
mod edition;
mod embed;
mod home;
mod html;
mod markdown;
mod oembed;
mod search;
mod sitemap;
mod speaker;
mod structured;
mod talk;

pub use html::not_found;

use actix_web::web::ServiceConfig;

use crate::http::route::{get_linked, no_names};

/// Serves every page, and what belongs to them.
pub fn configure(config: &mut ServiceConfig) {
    get_linked(config, "/", no_names, home::page);
    get_linked(config, "/conferences/{slug}", no_names, conference::page);
    get_linked(config, "/editions/{slug}", no_names, edition::page);
    get_linked(config, "/editions/{slug}/days/{date}", no_names, edition::day);
    get_linked(config, "/editions/{slug}/talks/{talk}", no_names, talk::page);
    get_linked(config, "/talks/{id}", no_names, talk::by_id);
    get_linked(config, "/speakers/{slug}", no_names, speaker::page);
    get_linked(config, "/companies/{slug}", no_names, company::page);
    get_linked(config, "/search", search::names, search::page);
    get_linked(config, "/style.css", no_names, assets::style);
    get_linked(config, "/embed.js", no_names, assets::script);
    get_linked(config, "/embed/editions/{slug}/schedule.json", no_names, embed::schedule);
    get_linked(config, "/embed/editions/{slug}/days/{date}.json", no_names, embed::schedule);
    get_linked(config, "/embed/editions/{slug}/talks/{talk}.json", no_names, embed::talk);
    get_linked(config, "/embed/editions/{slug}", embed::names, embed::frame);
    get_linked(config, "/embed/editions/{slug}/days/{date}", embed::names, embed::frame);
    get_linked(config, "/embed/editions/{slug}/talks/{talk}", embed::names, embed::frame_of_talk);
    get_linked(config, "/oembed", oembed::names, oembed::oembed);
    get_linked(config, "/robots.txt", no_names, sitemap::robots);
    get_linked(config, "/sitemap.xml", no_names, sitemap::sitemap);
    get_linked(config, "/sitemaps/{kind}-{part}.xml", no_names, sitemap::part);
}
