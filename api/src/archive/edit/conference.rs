//! Creating and changing conferences.

use entity::conference;

use super::{Edit, inputs::inputs};
use crate::{
    archive::store::rows::NodeRow,
    error::Result,
    scalars::{Id, Revision, Url},
};

inputs! {
    /// A conference to create.
    input ConferenceInput,
    /// The fields of a conference to change. A field that is left out is unchanged.
    patch ConferencePatch of conference,
    only {}
    needs {
        /// The name of the conference: `PromCon`. It is one line of up to 500 characters.
        name: String [line],
    }
    makes {
        /// The slug of the conference, unique among conferences. It has lower-case letters and digits with single
        /// hyphens between them, up to 200 characters: `promcon`. A former slug keeps leading to the conference.
        slug: String = "it is made from the name, with a number if that is taken",
    }
    may {
        /// The description of the conference, in Markdown.
        description: String [maybe_text] => "there is none",
        /// The address of the conference's own website.
        website_url: Url [value] => "it is not known",
    }
}

impl Edit {
    /// Creates a conference.
    pub async fn create_conference(&mut self, input: ConferenceInput) -> Result<()> {
        let id = self.new_subject::<conference::Model>();
        let slug = self.new_slug((conference::Model::KIND, None), &input.slug, &input.name).await?;
        let mut row = conference::Model { id, slug, ..Default::default() };
        input.patch().put_columns(&mut self.problems, &mut row);
        self.put(row);
        Ok(())
    }

    /// Changes a conference.
    pub async fn update_conference(&mut self, id: Id, patch: ConferencePatch, seen: Option<Revision>) -> Result<()> {
        let Some(mut row) = self.subject::<conference::Model>(id, "id", seen).await? else { return Ok(()) };
        self.rename::<conference::Model>(row.id, None, &mut row.slug, &patch.slug).await?;
        patch.put_columns(&mut self.problems, &mut row);
        self.put(row);
        Ok(())
    }
}
