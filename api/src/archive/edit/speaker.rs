//! Creating and changing speakers.

use async_graphql::MaybeUndefined;
use entity::speaker;

use super::{Edit, inputs::inputs, problems::Path};
use crate::{
    archive::store::rows::NodeRow,
    collation::fold,
    error::Result,
    read::slug::BySlug,
    scalars::{Id, Revision, Url},
};

inputs! {
    /// A speaker to create: a person, or a group that is credited as one.
    input SpeakerInput,
    /// The fields of a speaker to change. A field that is left out is unchanged.
    patch SpeakerPatch of speaker,
    only {}
    needs {
        /// The name of the speaker: `Julius Volz`. It is one line of up to 500 characters.
        name: String [line],
    }
    makes {
        /// The slug of the speaker, unique among speakers. It has lower-case letters and digits with single hyphens
        /// between them, up to 200 characters: `julius-volz`. A former slug keeps leading to the speaker.
        slug: String = "it is made from the name, with a number if that is taken",
    }
    may {
        /// Other names and spellings of the speaker, each once.
        aliases: Vec<String> => "there are none",
        /// The pronouns that the speaker asks for: `she/her`. They are one line of up to 500 characters.
        pronouns: String [maybe_line] => "they are not known",
        /// The biography of the speaker, in Markdown.
        biography: String [maybe_text] => "there is none",
        /// The address of a picture of the speaker.
        avatar_url: Url [value] => "there is none",
        /// Whether the speaker is a group that is credited as one ("The Prometheus maintainers") and not a person.
        is_group: bool [value_or_default] => "it is false",
    }
}

impl Edit {
    /// Creates a speaker.
    pub async fn create_speaker(&mut self, input: SpeakerInput) -> Result<()> {
        let id = self.new_subject::<speaker::Model>();
        let slug = self.new_slug((speaker::Model::KIND, None), &input.slug, &input.name).await?;
        let mut row = speaker::Model { id, slug, ..Default::default() };
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
        patch.put_columns(&mut self.problems, row);
        self.spellings::<speaker::Model>(row.id, patch.aliases);
    }

    /// Sets the other names and spellings of a speaker or company.
    pub(super) fn spellings<N: NodeRow>(&mut self, id: uuid::Uuid, given: MaybeUndefined<Vec<String>>) {
        if let Some(names) = self.problems.texts(&Path::input().at("aliases"), given) {
            self.set_aliases(id, "NAME", &BySlug::scope(N::KIND, None), names, fold);
        }
    }
}
