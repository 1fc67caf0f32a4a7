//! Creating and changing tracks.

use async_graphql::MaybeUndefined;
use entity::{edition, track};

use super::{Edit, inputs::inputs, problems::Path};
use crate::{
    archive::store::rows::NodeRow,
    error::Result,
    scalars::{Color, Id, Revision},
};

inputs! {
    /// A track of an edition to create.
    input TrackInput,
    /// The fields of a track to change. A field that is left out is unchanged.
    patch TrackPatch of track,
    only {
        /// The slug of the edition that the track belongs to.
        edition: String,
    }
    needs {
        /// The name of the track: `Observability`. It is one line of up to 500 characters.
        name: String [line],
    }
    makes {
        /// The slug of the track, unique in its edition. It has lower-case letters and digits with single hyphens
        /// between them, up to 200 characters: `observability`.
        slug: String = "it is made from the name, with a number if that is taken",
    }
    may {
        /// The color of the track in the form `#rrggbb`: `#e6522c`.
        color: String [color] => "there is none",
        /// The position of the track among the edition's tracks, from 1. The others move to make place for it.
        position: i32 => "it is the last",
    }
}

impl Edit {
    /// Creates a track.
    pub async fn create_track(&mut self, input: TrackInput) -> Result<()> {
        let path = Path::input();
        let Some(edition_id) = self.by_slug(edition::Model::KIND, None, &input.edition, &path.at("edition")).await?
        else {
            return Ok(());
        };
        self.load_all::<track::Model>(edition_id).await?;
        let id = self.new_subject::<track::Model>();
        let slug = self.new_slug((track::Model::KIND, Some(edition_id)), &input.slug, &input.name).await?;
        let position = self.next_place::<track::Model>();
        let mut row = track::Model { id, edition_id, slug, position, ..Default::default() };
        self.track_fields(input.patch(), &mut row);
        Ok(())
    }

    /// Changes a track.
    pub async fn update_track(&mut self, id: Id, patch: TrackPatch, seen: Option<Revision>) -> Result<()> {
        let Some(mut row) = self.subject::<track::Model>(id, "id", seen).await? else { return Ok(()) };
        if !patch.position.is_undefined() {
            self.load_all::<track::Model>(row.edition_id).await?;
        }
        self.rename::<track::Model>(row.id, Some(row.edition_id), &mut row.slug, &patch.slug).await?;
        self.track_fields(patch, &mut row);
        Ok(())
    }

    fn track_fields(&mut self, patch: TrackPatch, row: &mut track::Model) {
        patch.put_columns(&mut self.problems, row);
        self.put_at(row.clone(), patch.position, |row| &mut row.position);
    }
}

impl super::UserErrors {
    /// A color, or none.
    fn color(&mut self, path: &Path, given: MaybeUndefined<String>, into: &mut Option<String>) {
        if !given.is_undefined() {
            *into = self.parsed::<Color>(path, &given).map(|color| color.to_string());
        }
    }
}
