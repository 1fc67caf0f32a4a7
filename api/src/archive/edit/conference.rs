//! Making and changing conferences.

use chrono::DateTime;
use entity::conference;

use super::{
    Edit,
    inputs::inputs,
    problems::{Path, put},
};
use crate::{
    archive::store::rows::NodeRow,
    error::Result,
    scalars::{Id, Revision, Url},
};

inputs! {
    /// A conference to be made: a series of editions. A slug left out is made from the name.
    input ConferenceInput,
    /// What is to be changed of a conference: a field left out stays, and null clears it.
    patch ConferencePatch,
    only {}
    needs {
        /// What it is called.
        name: String,
    }
    may {
        /// Its name in addresses, unique among conferences. One that it had keeps leading to it.
        slug: String,
        /// What it is about, in Markdown.
        description: String,
        /// Its website.
        website_url: Url,
    }
}

impl Edit {
    /// Makes a conference.
    pub async fn create_conference(&mut self, input: ConferenceInput) -> Result<()> {
        let id = self.new_subject::<conference::Model>();
        let mut row = conference::Model {
            id,
            slug: self.new_slug((conference::Model::KIND, None), &input.slug, &input.name).await?,
            name: String::new(),
            description: None,
            website_url: None,
            revision: 0,
            updated_at: DateTime::UNIX_EPOCH,
        };
        self.conference_fields(input.patch(), &mut row);
        self.put(row);
        Ok(())
    }

    /// Changes a conference.
    pub async fn update_conference(&mut self, id: Id, patch: ConferencePatch, seen: Option<Revision>) -> Result<()> {
        let Some(mut row) = self.subject::<conference::Model>(id, "id", seen).await? else { return Ok(()) };
        self.rename::<conference::Model>(row.id, None, &mut row.slug, &patch.slug).await?;
        self.conference_fields(patch, &mut row);
        self.put(row);
        Ok(())
    }

    fn conference_fields(&mut self, patch: ConferencePatch, row: &mut conference::Model) {
        let path = Path::input();
        self.problems.line(&path.at("name"), patch.name, &mut row.name);
        self.problems.maybe_text(&path.at("description"), patch.description, &mut row.description);
        put(patch.website_url, &mut row.website_url);
    }
}
