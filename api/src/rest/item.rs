//! Single items, each at its address.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, ServiceConfig},
};
use sea_orm::sea_query::Value as SqlValue;
use serde_json::{Map, Value};

use super::{
    BASE,
    bodies::{Bodies, Extent, reads_clock, selection},
    parameters::Parameters,
};
use crate::{
    error::{Error, Result},
    http::{
        accept::preferred,
        cache::{self, Representation, RevisionScope},
        route::{get, moved},
    },
    ready::ReadyBody,
    scalars::Id,
    state::Server,
};

/// The address of a type of item.
#[derive(Debug)]
pub struct ItemRoute {
    /// The path below [`BASE`].
    pub path: &'static str,
    /// The GraphQL type.
    pub type_name: &'static str,
    pub by: ItemKey,
    /// The parameters of an example on the archive that ships.
    pub example: &'static str,
}

/// The key of an item in its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKey {
    /// The slug, and the root field that takes it.
    Slug(&'static str),
    /// The slug of the edition, and the slug of the talk.
    TalkSlug,
    /// The id.
    Id,
}

/// The table of items.
pub const ITEMS: [ItemRoute; 7] = [
    ItemRoute {
        path: "/conferences/{slug}",
        type_name: "Conference",
        by: ItemKey::Slug("conference"),
        example: "slug=promcon",
    },
    ItemRoute {
        path: "/editions/{slug}",
        type_name: "Edition",
        by: ItemKey::Slug("edition"),
        example: "slug=promcon-2016-berlin&include=stats",
    },
    ItemRoute {
        path: "/editions/{slug}/talks/{talk}",
        type_name: "Talk",
        by: ItemKey::TalkSlug,
        example: "slug=promcon-2016-berlin&talk=prometheus-design-and-philosophy",
    },
    ItemRoute {
        path: "/talks/{id}",
        type_name: "Talk",
        by: ItemKey::Id,
        example: "id=491c63bf-4fe2-56dc-b62b-5be859b1554a&include=appearances",
    },
    ItemRoute {
        path: "/speakers/{slug}",
        type_name: "Speaker",
        by: ItemKey::Slug("speaker"),
        example: "slug=julius-volz&include=links",
    },
    ItemRoute {
        path: "/companies/{slug}",
        type_name: "Company",
        by: ItemKey::Slug("company"),
        example: "slug=soundcloud",
    },
    ItemRoute {
        path: "/recordings/{id}",
        type_name: "Recording",
        by: ItemKey::Id,
        example: "id=f1dcfee6-49d2-5529-b3f4-6c523d70a09b",
    },
];

/// Serves a type of item.
pub fn configure(config: &mut ServiceConfig, route: &'static ItemRoute) {
    let handler = move |request: HttpRequest, server: Data<Server>| async move { item(route, &request, &server).await };
    get(config, &format!("{BASE}{}", route.path), handler);
}

/// Refuses a request that does not accept JSON.
pub fn accepts_json(request: &HttpRequest) -> Result<()> {
    preferred(request, &[("application/json", ())]).ok_or_else(|| Error::NotAcceptable("application/json".to_owned()))
}

async fn item(route: &ItemRoute, request: &HttpRequest, server: &Server) -> Result<HttpResponse> {
    accepts_json(request)?;
    let mut parameters = Parameters::of(request);
    let (members, includes) = parameters.extent(Bodies(&server.shape), route.type_name);
    parameters.done()?;
    // References outside of the edition change with more than the edition.
    let leads_out = includes || members.iter().any(|member| member.on_request);
    let address = ItemAddress::of(route, request)?;
    let reads_clock = reads_clock(&members);
    let selected = Representation { request, scope: address.scope(leads_out), reads_clock, media: "application/json" };
    let selection = selection(&members);
    cache::answer(server, selected, || async { Ok(address.body(server, &selection, request).await?) }).await
}

/// The item that an address names.
struct ItemAddress<'a> {
    route: &'a ItemRoute,
    /// The slug of the item or of its edition, or the id.
    name: String,
    /// The slug of a talk.
    talk: Option<String>,
}

impl<'a> ItemAddress<'a> {
    fn of(route: &'a ItemRoute, request: &HttpRequest) -> Result<Self> {
        let part = |name: &str| request.match_info().get(name).map(str::to_owned);
        let name = part("slug").or_else(|| part("id")).unwrap_or_default();
        let address = Self { route, name, talk: part("talk") };
        match route.by {
            ItemKey::Id if address.name.parse::<Id>().is_err() => Err(address.missing()),
            _ => Ok(address),
        }
    }

    fn missing(&self) -> Error {
        let noun = self.route.type_name.to_lowercase();
        Error::NotFound(match (&self.talk, self.route.by) {
            (Some(talk), _) => {
                format!("there is no talk of the slug \"{talk}\" in an edition of the slug \"{}\"", self.name)
            }
            (None, ItemKey::Id) => format!("there is no {noun} of the id \"{}\"", self.name),
            (None, _) => format!("there is no {noun} of the slug \"{}\"", self.name),
        })
    }

    fn scope(&self, leads_out: bool) -> RevisionScope {
        let slug = || SqlValue::from(self.name.as_str());
        let id = self.name.parse::<Id>().map(|id| id.0).unwrap_or_default();
        match (self.route.type_name, &self.talk) {
            ("Edition", None) if !leads_out => RevisionScope::Edition(self.name.clone()),
            ("Talk", Some(talk)) if !leads_out => RevisionScope::EditionWithTalk(self.name.clone(), talk.clone()),
            ("Talk", None) if !leads_out => RevisionScope::EditionOfTalk(id),
            ("Talk", Some(talk)) => RevisionScope::Talk(self.name.clone(), talk.clone()),
            ("Talk", None) => RevisionScope::Item("talk", "id", id.into()),
            ("Recording", _) => RevisionScope::Item("recording", "id", id.into()),
            ("Conference", _) => RevisionScope::Item("conference", "slug", slug()),
            ("Edition", _) => RevisionScope::Item("edition", "slug", slug()),
            ("Speaker", _) => RevisionScope::Item("speaker", "slug", slug()),
            _ => RevisionScope::Item("company", "slug", slug()),
        }
    }

    async fn body(&self, server: &Server, selection: &str, request: &HttpRequest) -> Result<ReadyBody> {
        let name = Value::from(self.name.as_str());
        let (document, variables) = match (self.route.by, &self.talk) {
            (ItemKey::Slug(root), _) => (
                format!("query($name: String!) {{ one: {root}(slug: $name) {{ here: slug {selection}}} }}"),
                Map::from_iter([("name".to_owned(), name)]),
            ),
            (ItemKey::TalkSlug, talk) => (
                format!(
                    "query($name: String!, $talk: String!) {{ one: talk(edition: $name, slug: $talk) \
                     {{ here: slug of: edition {{ slug }} {selection}}} }}"
                ),
                Map::from_iter([
                    ("name".to_owned(), name),
                    ("talk".to_owned(), talk.as_deref().unwrap_or_default().into()),
                ]),
            ),
            (ItemKey::Id, _) => (
                format!(
                    "query($name: ID!) {{ one: node(id: $name) {{ ... on {} {{ here: id {selection}}} }} }}",
                    self.route.type_name
                ),
                Map::from_iter([("name".to_owned(), name)]),
            ),
        };
        let mut data = server.query(&document, variables).await?;
        let Value::Object(item) = &mut data["one"] else { return Err(self.moved_from_id(server, request).await?) };
        let Some(here) = item.shift_remove("here") else { return Err(self.missing()) };
        let edition = item.shift_remove("of").map(|edition| edition["slug"].clone());
        let here = here.as_str().unwrap_or_default();
        let asked_for = self.talk.as_ref().unwrap_or(&self.name);
        let is_here = match self.route.by {
            ItemKey::Id => here.parse::<Id>().ok() == asked_for.parse::<Id>().ok(),
            _ => here == asked_for && edition.as_ref().is_none_or(|slug| slug == self.name.as_str()),
        };
        if !is_here {
            let path = match edition.as_ref().and_then(Value::as_str) {
                Some(edition) => self.route.path.replace("{slug}", edition).replace("{talk}", here),
                None => self.route.path.replace("{slug}", here).replace("{id}", here),
            };
            return Err(moved(request, server, &format!("{BASE}{path}")));
        }
        let bytes = serde_json::to_vec(item).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(ReadyBody::of_relations(bytes))
    }
}

impl ItemAddress<'_> {
    /// Redirects to the item with an id, if the address has an id in place of a slug. The id may be of a record that
    /// was merged.
    async fn moved_from_id(&self, server: &Server, request: &HttpRequest) -> Result<Error> {
        let (ItemKey::Slug(_), Ok(id)) = (self.route.by, self.name.parse::<Id>()) else { return Ok(self.missing()) };
        let document =
            format!("query($id: ID!) {{ one: node(id: $id) {{ ... on {} {{ slug }} }} }}", self.route.type_name);
        let data = server.query(&document, Map::from_iter([("id".to_owned(), id.to_string().into())])).await?;
        Ok(match data["one"]["slug"].as_str() {
            Some(slug) => moved(request, server, &format!("{BASE}{}", self.route.path.replace("{slug}", slug))),
            None => self.missing(),
        })
    }
}

/// `/archive`: the last revision of the archive, and its counts.
pub async fn archive(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    accepts_json(&request)?;
    Parameters::of(&request).done()?;
    let selected = Representation {
        request: &request,
        scope: RevisionScope::Archive,
        reads_clock: false,
        media: "application/json",
    };
    let members = Bodies(&server.shape).of("Archive", Extent::Embedded, &[], &[]);
    let document = format!("{{ archive {{ {}}} }}", selection(&members));
    let body = || async {
        let data = server.query(&document, Map::new()).await?;
        Ok(data["archive"].to_string().into_bytes().into())
    };
    cache::answer(&server, selected, body).await
}
