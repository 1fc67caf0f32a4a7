//! What a search finds: hits, facets, suggestions.

mod pasted;

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject, Union, connection::PageInfo};
use futures_util::{
    FutureExt,
    future::{BoxFuture, join_all, try_join_all},
};
use sea_orm::ActiveEnum;

use super::{
    appearance::AppearancesWithCompanies,
    archive::TotalsOfArchive,
    company::Company,
    conference::Conference,
    edition::Edition,
    speaker::Speaker,
    talk::{TagsOfTalk, Talk, TalkFilter},
};
use crate::{
    collation::fold,
    directive::list_size,
    error::{Error, Result},
    read::{
        Loading, Reads,
        list::tidy_slugs,
        page::{DEFAULT_SIZE, page_size},
        passing,
        shared::{Shareable, Shared, SharedRow},
        slug::PresentSlug,
    },
    scalars::{Id, Url},
    search::{
        COMPANIES, EDITION, Highlighter, Hit, OTHER_TITLES, SPEAKERS, SearchCounts, SearchKind, SearchPage,
        SearchQuery, TAGS, TITLE, TalkConditions,
    },
};

/// The number of suggestions, unless the caller says another one.
const SUGGESTIONS: i32 = 10;

/// The number of values of a facet, unless the caller says another one.
const FACET_VALUES: i32 = 10;

/// An item that a search finds.
#[derive(Clone, Debug, Union)]
pub enum SearchNode {
    /// A talk.
    Talk(Arc<Talk>),
    /// A speaker.
    Speaker(Arc<Speaker>),
    /// A company.
    Company(Arc<Company>),
    /// An edition.
    Edition(Arc<Edition>),
}

impl SearchNode {
    /// The item of a hit; none if it was deleted meanwhile.
    async fn of(ctx: &Context<'_>, hit: &Hit) -> Result<Option<Self>> {
        let id = Some(hit.id);
        Ok(match hit.kind {
            SearchKind::Talk => ctx.maybe(id).await?.map(Self::Talk),
            SearchKind::Speaker => ctx.maybe(id).await?.map(Self::Speaker),
            SearchKind::Company => ctx.maybe(id).await?.map(Self::Company),
            SearchKind::Edition => ctx.maybe(id).await?.map(Self::Edition),
        })
    }
}

impl Shareable for SearchNode {
    fn row(&self) -> &dyn SharedRow {
        match self {
            Self::Talk(it) => &**it,
            Self::Speaker(it) => &**it,
            Self::Company(it) => &**it,
            Self::Edition(it) => &**it,
        }
    }
}

/// An item that a search found.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct SearchHit {
    /// The item that was found.
    pub node: Shared<SearchNode>,
    /// The score of the item: the higher, the better it matches. The scores of one search can be compared with each
    /// other, those of two searches can't.
    pub score: f64,
    #[graphql(skip)]
    highlighter: Option<Arc<Highlighter>>,
}

#[ComplexObject]
impl SearchHit {
    /// The texts in which the query's words were found, the title or the name first. Of an abstract it is the best
    /// passage. The list is empty if the words were found only in what is not shown here.
    #[graphql(directive = list_size::apply(4))]
    async fn highlights(&self, ctx: &Context<'_>) -> Result<Vec<SearchHighlight>> {
        let Some(highlighter) = &self.highlighter else { return Ok(Vec::new()) };
        let mut texts = Texts { highlighter, language: None, highlights: Vec::new() };
        match &self.node.0 {
            SearchNode::Talk(talk) => texts.add_talk(ctx, talk).boxed().await?,
            SearchNode::Speaker(speaker) => texts.add("name", SPEAKERS, &speaker.name),
            SearchNode::Company(company) => texts.add("name", COMPANIES, &company.name),
            SearchNode::Edition(edition) => {
                texts.add("name", EDITION, &edition.name);
                edition.city.iter().for_each(|city| texts.add("city", EDITION, city));
            }
        }
        Ok(texts.highlights)
    }
}

/// The texts of a hit that are marked.
struct Texts<'h> {
    highlighter: &'h Highlighter,
    language: Option<&'h str>,
    highlights: Vec<SearchHighlight>,
}

impl<'h> Texts<'h> {
    /// Adds a text, which is of a field of the index.
    fn add(&mut self, field: &str, of: usize, text: &str) {
        let html = self.highlighter.mark(of, text, self.language);
        self.highlights.extend(html.map(|html| SearchHighlight { field: field.to_owned(), html }));
    }

    async fn add_talk(&mut self, ctx: &Context<'_>, talk: &'h Talk) -> Result<()> {
        self.language = talk.language.as_ref().map(|language| language.as_str());
        self.add("title", TITLE, &talk.title);
        talk.subtitle.iter().for_each(|subtitle| self.add("subtitle", OTHER_TITLES, subtitle));
        talk.other_titles.0.iter().for_each(|title| self.add("aliases", OTHER_TITLES, title));
        let appearances = ctx.load(AppearancesWithCompanies(talk.id.0)).await?;
        for appearance in &appearances {
            self.add("speakers", SPEAKERS, appearance.name());
        }
        let companies = appearances.iter().flat_map(|appearance| appearance.loaded_companies.iter().flatten());
        let names: BTreeSet<&str> = companies.map(|company| company.name.as_str()).collect();
        for name in names {
            self.add("companies", COMPANIES, name);
        }
        for tag in ctx.load(TagsOfTalk(talk.id.0)).await? {
            self.add("tags", TAGS, &tag);
        }
        self.add("edition", EDITION, &ctx.one::<Edition>(talk.edition_id).await?.name);
        let text = talk.r#abstract.load(ctx.batches()?).await?;
        let html = text.and_then(|text| self.highlighter.passage(&text, self.language));
        self.highlights.extend(html.map(|html| SearchHighlight { field: "abstract".to_owned(), html }));
        Ok(())
    }
}

/// A text in which words of the query were found.
#[derive(Clone, Debug, SimpleObject)]
pub struct SearchHighlight {
    /// The field that has the text: `title`, `subtitle`, `aliases`, `speakers`, `companies`, `tags`, `edition` or
    /// `abstract` of a talk, `name` of another item, `city` of an edition.
    pub field: String,
    /// The text as HTML: `<mark>` is around what matched, and everything else is escaped. It has no other element.
    pub html: String,
}

/// One hit on a page of results, with its cursor.
#[derive(Clone, Debug, SimpleObject)]
pub struct SearchEdge {
    /// The cursor of this hit: an opaque string for the argument `after` of the same search.
    pub cursor: String,
    /// The hit at this place in the results.
    pub node: SearchHit,
}

/// The results of a search, one page at a time.
pub struct SearchConnection {
    edges: Vec<SearchEdge>,
    page: SearchPage,
    is_later_page: bool,
}

/// One page of the results of a search.
#[Object]
impl SearchConnection {
    /// The hits of the page, the best first, each with its cursor.
    async fn edges(&self) -> &[SearchEdge] {
        &self.edges
    }

    /// The hits of the page, the best first. Hits of equal scores are ordered by id.
    async fn nodes(&self) -> Vec<SearchHit> {
        self.edges.iter().map(|edge| edge.node.clone()).collect()
    }

    /// The position of the page in the results.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.is_later_page,
            has_next_page: self.page.has_more,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }

    /// The number of all hits, on all pages together. A search without it and without facets is faster.
    async fn total_count(&self) -> i32 {
        self.page.total.map_or(0, |total| i32::try_from(total).unwrap_or(i32::MAX))
    }

    /// The properties that hits have in common, counted over all hits that are talks. A count is the number of hits that a
    /// filter by the value leaves.
    #[graphql(directive = list_size::apply(7))]
    async fn facets(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The number of values of each facet at most: from 0 to the server's limit, which is 500 by default. If \
                it is left out or null, it is 10."
        )]
        first: Option<i32>,
    ) -> Result<Vec<SearchFacet>> {
        let first = page_size("first", first.unwrap_or(FACET_VALUES), ctx.reads()?.max_page_size)?;
        let Some(counts) = &self.page.facets else { return Ok(Vec::new()) };
        let counted = SearchFacetName::ALL.into_iter().filter_map(|name| {
            let values = counts.most_frequent(name.index_name(), first)?;
            Some(SearchFacet::of(ctx, name, values).boxed())
        });
        try_join_all(counted).await
    }

    /// A better spelling of the query: more items have all of its words as they are written. It is null if there is none,
    /// or if some item has each word of the query.
    async fn suggestion(&self) -> Option<&str> {
        self.page.suggestion.as_deref()
    }

    /// Whether the index has all that the archive has. It is false while the index is being built, or if it is more
    /// than a second behind the last write: hits may be missing then.
    async fn is_complete(&self) -> bool {
        self.page.is_complete
    }
}

/// A property of talks that hits are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SearchFacetName {
    /// The forms of talks; the values are those of `TalkKind`.
    Kind,
    /// The years of editions.
    Year,
    /// The conferences, by slug.
    Conference,
    /// The editions, by slug.
    Edition,
    /// The companies that speakers represented, by slug.
    Company,
    /// The tags of talks.
    Tag,
    /// The languages of talks, by BCP 47 tag.
    Language,
}

impl SearchFacetName {
    const ALL: [Self; 7] =
        [Self::Kind, Self::Year, Self::Conference, Self::Edition, Self::Company, Self::Tag, Self::Language];

    fn index_name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Year => "year",
            Self::Conference => "conference",
            Self::Edition => "edition",
            Self::Company => "company",
            Self::Tag => "tag",
            Self::Language => "language",
        }
    }
}

/// A property that hits are counted by, with its values.
#[derive(Clone, Debug, SimpleObject)]
pub struct SearchFacet {
    /// The property that the hits are counted by.
    pub name: SearchFacetName,
    /// The values that the hits have, the most frequent first.
    #[graphql(directive = list_size::apply(10))]
    pub values: Vec<SearchFacetValue>,
}

/// A value of a facet.
#[derive(Clone, Debug, SimpleObject)]
pub struct SearchFacetValue {
    /// The value as a filter takes it: `promcon`, `KEYNOTE`, `2016`.
    pub value: String,
    /// The value as it is shown: `PromCon`, `Keynote`, `2016`.
    pub label: String,
    /// The number of hits that have the value.
    pub count: i32,
}

impl SearchFacet {
    async fn of(ctx: &Context<'_>, name: SearchFacetName, counted: Vec<(String, u32)>) -> Result<Self> {
        let values = try_join_all(counted.into_iter().map(|(value, number)| async move {
            let label = label(ctx, name, &value).await?.unwrap_or_else(|| value.clone());
            let count = i32::try_from(number).unwrap_or(i32::MAX);
            Ok::<_, Error>(SearchFacetValue { value, label, count })
        }));
        Ok(Self { name, values: values.await? })
    }
}

/// The name of a facet's value, if it is another one.
async fn label(ctx: &Context<'_>, facet: SearchFacetName, value: &str) -> Result<Option<String>> {
    let slug = || value.to_owned();
    Ok(match facet {
        SearchFacetName::Conference => {
            ctx.load(PresentSlug::<Conference>::new(slug())).await?.map(|row| row.name.clone())
        }
        SearchFacetName::Edition => ctx.load(PresentSlug::<Edition>::new(slug())).await?.map(|row| row.name.clone()),
        SearchFacetName::Company => ctx.load(PresentSlug::<Company>::new(slug())).await?.map(|row| row.name.clone()),
        SearchFacetName::Kind => {
            let words = value.to_lowercase().replace('_', " ");
            let mut letters = words.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect())
        }
        SearchFacetName::Year | SearchFacetName::Tag | SearchFacetName::Language => None,
    })
}

/// A suggestion of a box that completes: an item whose name or title has words that begin as the typed ones.
#[derive(Clone, Debug, SimpleObject)]
pub struct Suggestion {
    /// The kind of the item.
    pub kind: SearchKind,
    /// The id of the item.
    pub id: Id,
    /// The title of a talk, or the name of another item.
    pub label: String,
    /// The words that tell the item from others: the edition and the speakers of a talk, the number of talks of a
    /// speaker or a company, the city of an edition. It is null if nothing is known.
    pub detail: Option<String>,
    /// The web address of the item.
    pub url: Url,
}

impl Suggestion {
    async fn of(ctx: &Context<'_>, hit: &Hit) -> Result<Option<Self>> {
        let Some(node) = SearchNode::of(ctx, hit).await? else { return Ok(None) };
        let talks = |count: i32| match count {
            0 => None,
            1 => Some("1 talk".to_owned()),
            count => Some(format!("{count} talks")),
        };
        let (label, detail, url) = match &node {
            SearchNode::Talk(talk) => (&talk.title, Some(detail_of_talk(ctx, talk).await?), &talk.url),
            SearchNode::Speaker(speaker) => (&speaker.name, talks(speaker.talk_count), &speaker.url),
            SearchNode::Company(company) => (&company.name, talks(company.talk_count), &company.url),
            SearchNode::Edition(edition) => (&edition.name, edition.city.clone(), &edition.url),
        };
        Ok(Some(Self { kind: hit.kind, id: Id(hit.id), label: label.clone(), detail, url: url.clone() }))
    }
}

async fn detail_of_talk(ctx: &Context<'_>, talk: &Talk) -> Result<String> {
    let edition = ctx.one::<Edition>(talk.edition_id).await?;
    let appearances = ctx.load(super::appearance::AppearancesOfTalk(talk.id.0)).await?;
    let speakers: Vec<&str> = appearances.iter().map(|appearance| appearance.name()).collect();
    Ok(match speakers.is_empty() {
        true => edition.name.clone(),
        false => format!("{} · {}", speakers.join(", "), edition.name),
    })
}

/// A filter of talks as conditions of the index.
fn conditions(filter: TalkFilter) -> TalkConditions {
    let TalkFilter {
        conference,
        edition,
        year,
        speaker,
        company,
        kind,
        status,
        language,
        track,
        room,
        tag,
        has_recording,
        has_slides,
        starts_at_or_after,
        starts_before,
        title_contains,
    } = filter;
    let mut any: Vec<(&'static str, Vec<String>)> = Vec::new();
    let lists = [
        ("conference", conference),
        ("edition", edition),
        ("speaker", speaker),
        ("company", company),
        ("track", track),
        ("room", room),
    ];
    any.extend(lists.into_iter().filter_map(|(name, slugs)| Some((name, tidy_slugs(&slugs?)))));
    let mut add = |name, values: Option<Vec<String>>| any.extend(values.map(|values| (name, values)));
    add("year", year.map(|years| years.iter().map(i32::to_string).collect()));
    add("kind", kind.map(|kinds| kinds.iter().map(ActiveEnum::to_value).collect()));
    let none = match &status {
        Some(_) => Vec::new(),
        None => vec![("status", "WITHDRAWN".to_owned())],
    };
    add("status", status.map(|states| states.iter().map(ActiveEnum::to_value).collect()));
    add("language", language.map(|tags| tags.iter().map(ToString::to_string).collect()));
    add("tag", tag.map(|tags| tags.iter().map(|tag| fold(tag)).collect()));
    add("recording", has_recording.map(|has| vec![has.to_string()]));
    add("slides", has_slides.map(|has| vec![has.to_string()]));
    let starts_at_or_after = starts_at_or_after.map(|time| time.utc());
    let starts_before = starts_before.map(|time| time.utc());
    TalkConditions { any, none, starts_at_or_after, starts_before, title_contains }
}

/// Searches, and notes if the answer is not to be stored.
async fn find(
    ctx: &Context<'_>,
    query: SearchQuery,
    first: usize,
    after: Option<&str>,
    counts: SearchCounts,
) -> Result<SearchPage> {
    let reads: &Reads = ctx.reads()?;
    let revision = ctx.load(TotalsOfArchive).await?.map_or(0, |totals| totals.revision.0);
    let pasted = pasted::read(ctx, &query.text).boxed().await?;
    let query = SearchQuery { items: pasted.items, text: pasted.text.unwrap_or(query.text), ..query };
    let search = reads.search.as_ref().ok_or_else(|| Error::Internal("nothing is searched here".to_owned()))?;
    let page = search.find(query, first, after, counts, revision).boxed().await?;
    if !page.is_complete {
        passing::note();
    }
    Ok(page)
}

/// The answer of `Query.search`.
///
/// The future is boxed, as those of the other answers here: unoptimized, the frames of resolvers fill a small stack.
pub(crate) fn search<'a>(
    ctx: &'a Context<'_>,
    text: String,
    kinds: Option<Vec<SearchKind>>,
    filter: Option<TalkFilter>,
    first: Option<i32>,
    after: Option<String>,
) -> BoxFuture<'a, Result<SearchConnection>> {
    page(ctx, SearchQuery { text, kinds, ..SearchQuery::default() }, filter, first, after).boxed()
}

async fn page(
    ctx: &Context<'_>,
    query: SearchQuery,
    filter: Option<TalkFilter>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<SearchConnection> {
    let most = ctx.reads()?.max_page_size;
    let first = first.map_or(Ok(DEFAULT_SIZE.min(most)), |first| page_size("first", first, most))?;
    // An empty filter is none.
    let talks = filter.filter(|filter| *filter != TalkFilter::default()).map(conditions);
    let query = SearchQuery { talks, ..query };
    let selected = ctx.look_ahead();
    let counts =
        SearchCounts { hits: selected.field("totalCount").exists(), facets: selected.field("facets").exists() };
    let mut page = find(ctx, query, first, after.as_deref(), counts).await?;
    let shows_hits = ["edges", "nodes", "pageInfo"].iter().any(|field| selected.field(field).exists());
    let hits = if shows_hits { std::mem::take(&mut page.hits) } else { Vec::new() };
    let nodes = join_all(hits.iter().map(|hit| SearchNode::of(ctx, hit).boxed())).await;
    let mut edges = Vec::with_capacity(hits.len());
    for (hit, node) in hits.into_iter().zip(nodes) {
        let Some(node) = node? else { continue };
        let highlighter = page.highlighter.clone();
        edges.push(SearchEdge {
            cursor: hit.cursor,
            node: SearchHit { node: Shared(node), score: hit.score, highlighter },
        });
    }
    Ok(SearchConnection { edges, page, is_later_page: after.is_some() })
}

/// The answer of `Query.suggest`.
pub(crate) fn suggest<'a>(
    ctx: &'a Context<'_>,
    prefix: String,
    kinds: Option<Vec<SearchKind>>,
    first: Option<i32>,
) -> BoxFuture<'a, Result<Vec<Suggestion>>> {
    suggestions(ctx, prefix, kinds, first).boxed()
}

async fn suggestions(
    ctx: &Context<'_>,
    prefix: String,
    kinds: Option<Vec<SearchKind>>,
    first: Option<i32>,
) -> Result<Vec<Suggestion>> {
    let first = page_size("first", first.unwrap_or(SUGGESTIONS), ctx.reads()?.max_page_size)?;
    let query = SearchQuery { text: prefix, kinds, in_names: true, ..SearchQuery::default() };
    let page = find(ctx, query, first, None, SearchCounts::default()).await?;
    let suggestions = try_join_all(page.hits.iter().map(|hit| Suggestion::of(ctx, hit).boxed())).await?;
    Ok(suggestions.into_iter().flatten().collect())
}
