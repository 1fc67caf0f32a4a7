//! Links: slides, code, articles, posts, photos.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, SimpleObject, Union};
use sea_orm::IntoSimpleExpr;
use uuid::Uuid;

use super::{company::Company, conference::Conference, edition::Edition, speaker::Speaker, talk::Talk};
use crate::{
    error::{Error, Result},
    read::{Loading, Reads, Resource, Row, batch::Relation, columns::Columns},
    scalars::{Date, DateTime, Id, Language, Revision, Url},
    vocabulary::LinkKind,
    weight::Weigh,
};

/// A link that belongs to one conference, edition, talk, speaker or company: slides, code, an article, a post, a photo.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::link)]
#[graphql(complex)]
pub struct Link {
    /// The id of the link: a UUID that never changes.
    pub id: Id,
    #[graphql(skip)]
    pub conference_id: Option<Uuid>,
    #[graphql(skip)]
    pub edition_id: Option<Uuid>,
    #[graphql(skip)]
    pub talk_id: Option<Uuid>,
    #[graphql(skip)]
    pub speaker_id: Option<Uuid>,
    #[graphql(skip)]
    pub company_id: Option<Uuid>,
    /// The kind of target that the link leads to.
    pub kind: LinkKind,
    /// The address of the target. It is null if the address is not known; the link then has a title.
    pub url: Option<Url>,
    /// The title of the target. It is null if it is not known.
    pub title: Option<String>,
    /// The author of the target. It is null if it is not known.
    pub author: Option<String>,
    /// A remark about the target. It is null if there is none.
    pub note: Option<String>,
    /// The day on which the target was published, as the target gives it. It is null if it is not known.
    pub published_on: Option<Date>,
    /// The time at which the target was published, in UTC. It is null if it is not known.
    pub published_at: Option<DateTime>,
    /// The language of the target as a BCP 47 tag: `de`. It is null if it is not known.
    pub language: Option<Language>,
    /// The time of the last change to the link, in UTC.
    pub updated_at: DateTime,
    /// The revision of the last change to the link. A GraphQL mutation compares it with its argument `ifRevision`.
    pub revision: Revision,
}

impl Row for Link {
    type Entity = entity::link::Entity;

    fn more_weight(&self) -> usize {
        self.note.weight() + self.url.as_ref().map_or(0, |url| url.as_str().len())
    }
}

/// The item that a link belongs to.
#[derive(Clone, Debug, Union)]
pub enum LinkSubject {
    /// A conference.
    Conference(Arc<Conference>),
    /// An edition.
    Edition(Arc<Edition>),
    /// A talk.
    Talk(Arc<Talk>),
    /// A speaker.
    Speaker(Arc<Speaker>),
    /// A company.
    Company(Arc<Company>),
}

/// The subject of links by its id: the key of its links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Conference(Uuid),
    Edition(Uuid),
    Talk(Uuid),
    Speaker(Uuid),
    Company(Uuid),
}

impl Subject {
    /// The links of the subject, of some kinds or of all, in their order.
    pub(crate) async fn links(self, ctx: &Context<'_>, kinds: Option<Vec<LinkKind>>) -> Result<Vec<Arc<Link>>> {
        let mut links = ctx.load(self).await?;
        links.retain(|link| kinds.as_ref().is_none_or(|kinds| kinds.contains(&link.kind)));
        Ok(links)
    }

    fn id(self) -> Uuid {
        match self {
            Self::Conference(id) | Self::Edition(id) | Self::Talk(id) | Self::Speaker(id) | Self::Company(id) => id,
        }
    }
}

impl Link {
    fn subject_key(&self) -> Option<Subject> {
        let keys = [
            self.conference_id.map(Subject::Conference),
            self.edition_id.map(Subject::Edition),
            self.talk_id.map(Subject::Talk),
            self.speaker_id.map(Subject::Speaker),
            self.company_id.map(Subject::Company),
        ];
        keys.into_iter().flatten().next()
    }
}

impl Relation for Subject {
    type Value = Vec<Arc<Link>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        use entity::link::Column;
        type IsKind = fn(&Subject) -> bool;
        let columns: [(Column, IsKind); 5] = [
            (Column::ConferenceId, |key| matches!(key, Self::Conference(_))),
            (Column::EditionId, |key| matches!(key, Self::Edition(_))),
            (Column::TalkId, |key| matches!(key, Self::Talk(_))),
            (Column::SpeakerId, |key| matches!(key, Self::Speaker(_))),
            (Column::CompanyId, |key| matches!(key, Self::Company(_))),
        ];
        let mut links: HashMap<Self, Self::Value> = HashMap::new();
        for (column, is_kind) in columns {
            let ids: Vec<Uuid> = keys.iter().filter(|key| is_kind(key)).map(|key| key.id()).collect();
            if ids.is_empty() {
                continue;
            }
            let order = vec![column.into_simple_expr(), Column::Position.into_simple_expr(), Link::id_column()];
            let parent_id = |link: &Link| link.subject_key().map(Self::id).unwrap_or_default();
            for link in Link::children(&ids, column, order, parent_id, &reads).await?.into_values().flatten() {
                if let Some(subject) = link.subject_key() {
                    links.entry(subject).or_default().push(link);
                }
            }
        }
        Ok(links)
    }

    crate::read::batch::shared!(relation of key => key.id());
}

#[ComplexObject]
impl Link {
    /// The item that the link belongs to.
    async fn subject(&self, ctx: &Context<'_>) -> Result<LinkSubject> {
        let missing = || Error::Internal(format!("link {} is of nothing", self.id));
        Ok(match self.subject_key().ok_or_else(missing)? {
            Subject::Conference(id) => LinkSubject::Conference(ctx.one(id).await?),
            Subject::Edition(id) => LinkSubject::Edition(ctx.one(id).await?),
            Subject::Talk(id) => LinkSubject::Talk(ctx.one(id).await?),
            Subject::Speaker(id) => LinkSubject::Speaker(ctx.one(id).await?),
            Subject::Company(id) => LinkSubject::Company(ctx.one(id).await?),
        })
    }
}
