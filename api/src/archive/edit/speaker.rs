//! Making and changing speakers.

use async_graphql::MaybeUndefined;
use chrono::DateTime;
use entity::speaker;

use super::{
    Edit,
    inputs::inputs,
    problems::{Path, put, put_or_default},
};
use crate::{
    archive::store::rows::NodeRow,
    database::fold,
    error::Result,
    read::slug::BySlug,
    scalars::{Id, Revision, Url},
};

inputs! {
    /// A person to be made, or a group billed as one. A slug left out is made from the name.
    input SpeakerInput,
    /// What is to be changed of a speaker: a field left out stays, and null clears it.
    patch SpeakerPatch,
    only {}
    needs {
        /// What they are called.
        name: String,
    }
    may {
        /// Their name in addresses, unique among speakers. One that they had keeps leading to them.
        slug: String,
        /// Other names and spellings.
        aliases: Vec<String>,
        /// What to call them by, as they ask.
        pronouns: String,
        /// Who they are, in Markdown.
        biography: String,
        /// A picture.
        avatar_url: Url,
        /// Not one person but a group billed as one ("The maintainers"). False where nobody says.
        is_group: bool,
    }
}

impl Edit {
    /// Makes a speaker.
    pub async fn create_speaker(&mut self, input: SpeakerInput) -> Result<()> {
        let id = self.new_subject::<speaker::Model>();
        let mut row = speaker::Model {
            id,
            slug: self.new_slug((speaker::Model::KIND, None), &input.slug, &input.name).await?,
            name: String::new(),
            name_key: String::new(),
            pronouns: None,
            biography: None,
            avatar_url: None,
            is_group: false,
            talk_count: 0,
            revision: 0,
            updated_at: DateTime::UNIX_EPOCH,
        };
        self.speaker_fields(input.patch(), &mut row);
        self.put(row);
        Ok(())
    }

    /// Changes a speaker.
    pub async fn update_speaker(&mut self, id: Id, patch: SpeakerPatch, seen: Option<Revision>) -> Result<()> {
        let Some(mut row) = self.subject::<speaker::Model>(id, "id", seen).await? else { return Ok(()) };
        self.rename::<speaker::Model>(row.id, None, &mut row.slug, &patch.slug).await?;
        self.speaker_fields(patch, &mut row);
        self.put(row);
        Ok(())
    }

    fn speaker_fields(&mut self, patch: SpeakerPatch, row: &mut speaker::Model) {
        let path = Path::input();
        self.problems.line(&path.at("name"), patch.name, &mut row.name);
        row.name_key = fold(&row.name);
        self.spellings::<speaker::Model>(row.id, patch.aliases);
        self.problems.maybe_line(&path.at("pronouns"), patch.pronouns, &mut row.pronouns);
        self.problems.maybe_text(&path.at("biography"), patch.biography, &mut row.biography);
        put(patch.avatar_url, &mut row.avatar_url);
        put_or_default(patch.is_group, &mut row.is_group);
    }

    /// Sets the other names and spellings of a speaker or company.
    pub(super) fn spellings<N: NodeRow>(&mut self, id: uuid::Uuid, given: MaybeUndefined<Vec<String>>) {
        if let Some(names) = self.problems.texts(&Path::input().at("aliases"), given) {
            self.set_aliases(id, "NAME", &BySlug::scope(N::KIND, None), names, fold);
        }
    }
}
