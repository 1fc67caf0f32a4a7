//! Creating and changing rooms.

use async_graphql::MaybeUndefined;
use entity::{edition, room};
use uuid::Uuid;

use super::{Edit, inputs::inputs, problems::Path};
use crate::{
    archive::store::rows::NodeRow,
    collation::fold,
    error::Result,
    scalars::{Id, Revision},
    text,
};

inputs! {
    /// A room of an edition to create.
    input RoomInput,
    /// The fields of a room to change. A field that is left out is unchanged.
    patch RoomPatch of room,
    only {
        /// The slug of the edition that the room belongs to.
        edition: String,
    }
    needs {
        /// The name of the room: `Main room`. It is one line of up to 500 characters.
        name: String [line],
    }
    makes {
        /// The slug of the room, unique in its edition. It has lower-case letters and digits with single hyphens
        /// between them, up to 200 characters: `main-room`.
        slug: String = "it is made from the name, with a number if that is taken",
    }
    may {
        /// The number of people who fit in the room, from 0.
        capacity: i32 [at_least 0] => "it is not known",
        /// The position of the room among the edition's rooms, from 1. The others move to make place for it.
        position: i32 => "it is the last",
    }
}

impl Edit {
    /// Creates a room.
    pub async fn create_room(&mut self, input: RoomInput) -> Result<()> {
        let path = Path::input();
        let Some(edition) = self.by_slug(edition::Model::KIND, None, &input.edition, &path.at("edition")).await? else {
            return Ok(());
        };
        self.load_all::<room::Model>(edition).await?;
        let mut row = self.new_room(edition, &input.slug, &input.name).await?;
        self.subject = Some((room::Model::KIND, row.id));
        self.room_fields(input.patch(), &mut row);
        Ok(())
    }

    /// Changes a room.
    pub async fn update_room(&mut self, id: Id, patch: RoomPatch, seen: Option<Revision>) -> Result<()> {
        let Some(mut row) = self.subject::<room::Model>(id, "id", seen).await? else { return Ok(()) };
        if !patch.position.is_undefined() {
            self.load_all::<room::Model>(row.edition_id).await?;
        }
        self.rename::<room::Model>(row.id, Some(row.edition_id), &mut row.slug, &patch.slug).await?;
        self.room_fields(patch, &mut row);
        Ok(())
    }

    fn room_fields(&mut self, patch: RoomPatch, row: &mut room::Model) {
        patch.put_columns(&mut self.problems, row);
        self.put_at(row.clone(), patch.position, |row| &mut row.position);
    }

    /// A new room after all others of its edition, which were loaded.
    async fn new_room(&mut self, edition_id: Uuid, slug: &MaybeUndefined<String>, name: &str) -> Result<room::Model> {
        let id = Uuid::now_v7();
        let slug = self.new_slug((room::Model::KIND, Some(edition_id)), slug, name).await?;
        let position = self.next_place::<room::Model>();
        Ok(room::Model { id, edition_id, slug, name: name.to_owned(), position, ..Default::default() })
    }

    /// The room that a slot names by its slug or name. It is a mistake if the edition has no such room, unless it may
    /// be created (where the caller can say so).
    pub(super) async fn room_named(
        &mut self,
        edition: Uuid,
        name: &str,
        may_create: Option<bool>,
        path: &Path,
    ) -> Result<Option<Uuid>> {
        let name = text::tidied(name, true);
        let name = name.as_str();
        if self.problems.check(path, text::line(name)).is_none() {
            return Ok(None);
        }
        self.load_all::<room::Model>(edition).await?;
        let rooms = &self.desired.rooms;
        let by_slug = rooms.iter().find(|room| room.slug == name);
        let mut by_name = rooms.iter().filter(|room| room.name == name);
        if let Some(room) = by_slug.or_else(|| by_name.next()) {
            let id = room.id;
            if let Some(other) = by_name.find(|other| by_slug.is_none() && other.id != id) {
                let message = format!(
                    "the edition has several rooms \"{name}\": name the one that is meant by its slug, {} or {}",
                    room.slug, other.slug
                );
                self.problems.invalid(path, message);
                return Ok(None);
            }
            return Ok(Some(id));
        }
        if let Some(similar) = rooms.iter().find(|room| fold(&room.name) == fold(name)) {
            let message =
                format!("the edition has no room \"{name}\", but \"{}\": write it so if it is meant", similar.name);
            self.problems.not_found(path, message);
            return Ok(None);
        }
        if may_create != Some(true) {
            let names = rooms.iter().flat_map(|room| [room.name.as_str(), room.slug.as_str()]);
            let near = text::did_you_mean(name, names);
            let hint = may_create.map_or("", |_| "; createRoom: true creates one");
            let message = format!("the edition has no room \"{name}\"{near}{hint}");
            self.problems.not_found(path, message);
            return Ok(None);
        }
        let room = self.new_room(edition, &MaybeUndefined::Undefined, name).await?;
        let id = room.id;
        self.put(room);
        Ok(Some(id))
    }
}
