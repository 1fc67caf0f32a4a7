//! Links: slides, code, articles, posts, photos.

use entity::{company, conference, edition, link, speaker, talk};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Edit, UserErrorCode, inputs::inputs, problems::Path};
use crate::{
    archive::store::rows::NodeRow,
    error::Result,
    resource::node::KindOf,
    rules,
    scalars::{Date, DateTime, Id, Language, Revision, Url},
    vocabulary::LinkKind,
};

inputs! {
    /// A link to add.
    input LinkInput,
    /// The fields of a link to change. A field that is left out is unchanged.
    patch LinkPatch of link,
    only {}
    needs {
        /// The kind of target that the link leads to.
        kind: LinkKind [required_value],
    }
    makes {}
    may {
        /// The address of the target. An item has only one link of a kind to an address (TAKEN).
        url: Url [value] => "it is not known, and a title is required",
        /// The title of the target. It is one line of up to 500 characters.
        title: String [maybe_line] => "it is not known, and an address is required",
        /// The author of the target. It is one line of up to 500 characters.
        author: String [maybe_line] => "it is not known",
        /// A remark about the target. It may have several lines.
        note: String [maybe_text] => "there is none",
        /// The day on which the target was published, as the target gives it: `2016-08-29`.
        published_on: Date [value] => "it is not known",
        /// The time at which the target was published, with any offset: `2016-08-29T07:03:19Z`.
        published_at: DateTime [value] => "it is not known",
        /// The language of the target as a BCP 47 tag: `de`.
        language: Language [value] => "it is not known",
    }
}

impl Edit {
    /// Adds a link to a conference, edition, talk, speaker or company, after its other links.
    pub async fn add_link(&mut self, to: Id, input: LinkInput) -> Result<()> {
        let path = Path::of("to");
        let found = KindOf::find(&self.write.transaction, &[to.0]).await?;
        let Some((kind, of)) = found.into_values().next() else {
            self.problems.not_found(&path, format!("there is nothing of the id {to}"));
            return Ok(());
        };
        let id = self.new_subject::<link::Model>();
        let subject = |kinds: &str| (kind == kinds).then_some(of);
        let mut row = link::Model {
            id,
            conference_id: subject(conference::Model::KIND),
            edition_id: subject(edition::Model::KIND),
            talk_id: subject(talk::Model::KIND),
            speaker_id: subject(speaker::Model::KIND),
            company_id: subject(company::Model::KIND),
            ..Default::default()
        };
        if crate::archive::links::subject(&row) != of {
            let message = format!(
                "a {} has no links: a conference, an edition, a talk, a speaker or a company has",
                kind.to_lowercase()
            );
            self.problems.invalid(&path, message);
            return Ok(());
        }
        let others = self.links_beside(&row).await?;
        row.position = others.iter().map(|other| other.position).max().unwrap_or_default().saturating_add(1);
        self.read_talk_of(&row).await?;
        self.link_fields(input.patch(), &mut row);
        self.is_none_of(&row, &others);
        self.put(row);
        Ok(())
    }

    /// Changes a link.
    pub async fn update_link(&mut self, id: Id, patch: LinkPatch, seen: Option<Revision>) -> Result<()> {
        let Some(mut row) = self.subject::<link::Model>(id, "id", seen).await? else { return Ok(()) };
        self.read_talk_of(&row).await?;
        let was = key(&row);
        self.link_fields(patch, &mut row);
        if key(&row) != was {
            let others = self.links_beside(&row).await?;
            self.is_none_of(&row, &others);
        }
        self.put(row);
        Ok(())
    }

    fn link_fields(&mut self, patch: LinkPatch, row: &mut link::Model) {
        patch.put_columns(&mut self.problems, row);
        if !rules::link_has_target(row.url.is_some(), row.title.is_some()) {
            let message = "a link has a url, or at least a title";
            self.problems.add(UserErrorCode::Required, &Path::input().at("url"), message);
        }
    }

    /// The other links of the same thing.
    async fn links_beside(&self, row: &link::Model) -> Result<Vec<link::Model>> {
        let others = link::Entity::find().filter(of_the_same(row)).filter(link::Column::Id.ne(row.id));
        Ok(others.all(&self.write.transaction).await?)
    }

    /// Refuses a link that the thing has already: one of the same kind with the same address, or with the same title if
    /// there is no address.
    fn is_none_of(&mut self, row: &link::Model, others: &[link::Model]) {
        if let Some(other) = others.iter().find(|other| key(other) == key(row)) {
            let field = if row.url.is_some() { "url" } else { "title" };
            let message = format!("that link is there already, with the same kind ({})", other.id);
            self.problems.add(UserErrorCode::Taken, &Path::input().at(field), message);
        }
    }

    /// Loads the talk that a link is about, if any: a change of the link is logged with the edition of the talk.
    pub(super) async fn read_talk_of(&mut self, row: &link::Model) -> Result<()> {
        if let Some(id) = row.talk_id {
            let talk = talk::Entity::find_by_id(id).all(&self.write.transaction).await?;
            self.stored.talks.extend(talk.clone());
            self.desired.talks.extend(talk);
        }
        Ok(())
    }
}

/// The values that no two links of a thing share: the kind, and the address, or the title if there is no address.
pub(super) fn key(row: &link::Model) -> (String, Option<String>) {
    (row.kind.clone(), row.url.clone().or_else(|| row.title.clone()))
}

/// The condition for the links of the same thing.
pub(super) fn of_the_same(row: &link::Model) -> sea_orm::sea_query::SimpleExpr {
    use link::Column;
    let columns: [(Column, Option<Uuid>); 5] = [
        (Column::ConferenceId, row.conference_id),
        (Column::EditionId, row.edition_id),
        (Column::TalkId, row.talk_id),
        (Column::SpeakerId, row.speaker_id),
        (Column::CompanyId, row.company_id),
    ];
    let (column, id) = columns.into_iter().find(|(_, id)| id.is_some()).unwrap_or((Column::Id, Some(row.id)));
    column.eq(id)
}
