//! Creating and changing talks, and setting their appearances.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use async_graphql::{InputObject, MaybeUndefined};
use entity::{appearance, appearance_company, edition, talk, talk_tag, track};
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, Statement};
use uuid::Uuid;

use super::{
    Edit,
    inputs::inputs,
    problems::{Path, UserErrorCode, each, given},
};
use crate::{
    archive::store::rows::NodeRow,
    collation::fold,
    database::backend,
    error::Result,
    rules,
    scalars::{Id, Language, Revision},
    text,
    vocabulary::{AppearanceRole, TalkKind, TalkStatus},
};

inputs! {
    /// A talk to create. It has no slot until `scheduleSlot` adds one.
    input TalkInput,
    /// The fields of a talk to change. A field that is left out is unchanged.
    patch TalkPatch of talk,
    only {
        /// The slug of the edition at which the talk is given: `promcon-2016-berlin`.
        edition: String,
        /// The appearances of speakers in the talk, in billing order. If it is left out or null, there are none.
        appearances: Option<Vec<AppearanceInput>>,
    }
    needs {
        /// The title of the talk: `Prometheus Design and Philosophy`. It is one line of up to 500 characters.
        title: String [line],
    }
    makes {
        /// The slug of the talk, unique in its edition. It has lower-case letters and digits with single hyphens
        /// between them, up to 200 characters: `prometheus-design-and-philosophy`. A former slug keeps leading to the
        /// talk.
        slug: String = "it is made from the title, with a number if that is taken",
    }
    may {
        /// The subtitle of the talk. It is one line of up to 500 characters.
        subtitle: String [maybe_line] => "there is none",
        /// Former titles of the talk, and other titles under which it was listed, each once.
        aliases: Vec<String> [text_list] => "there are none",
        /// The form of the talk. A LIGHTNING_BLOCK with talks in it cannot take another form (INVALID).
        kind: TalkKind [value_or_default] => "it is TALK",
        /// The state of the talk. A talk that becomes CANCELLED keeps its slots; one that becomes WITHDRAWN loses them.
        status: TalkStatus [value_or_default] => "it is CONFIRMED",
        /// The abstract of the talk, in Markdown.
        r#abstract: String [maybe_text] => "there is none",
        /// The language of the talk as a BCP 47 tag: `en`.
        language: Language [value] => "it is not known",
        /// The slug of the track of the talk. The track belongs to the same edition.
        track: String => "there is none",
        /// The tags of the talk, each once: `alerting`. Each is one line of up to 500 characters.
        tags: Vec<String> => "there are none",
        /// Whether the speakers ask for the talk not to be recorded.
        do_not_record: bool [value_or_default] => "it is false",
        /// The id of the block in which the talk is given: a talk of the kind LIGHTNING_BLOCK at the same edition. A
        /// talk that has a slot of its own is refused (INVALID).
        block: Id => "the talk is not in a block",
        /// The position of the talk in its block, from 1. It is refused for a talk that is not in a block (REQUIRED).
        block_position: i32 [at_least 1] => "it has none",
        /// The id of the talk, at the same edition, that this one takes the place of. Only one talk can take the place
        /// of another (TAKEN).
        replaces: Id => "there is none",
    }
}

/// The appearance of one speaker in a talk. A speaker appears in a talk only once.
#[derive(Clone, Debug, InputObject)]
pub struct AppearanceInput {
    /// The slug of the speaker: `julius-volz`.
    pub speaker: String,
    /// The slugs of the companies that the speaker represents in the talk, the main one first, each once. If it is left
    /// out or null, there are none.
    pub companies: Option<Vec<String>>,
    /// The role of the speaker in the talk. If it is left out or null, it is SPEAKER.
    pub role: Option<AppearanceRole>,
    /// The name of the speaker as the schedule credits it. If it is left out or null, it is the speaker's name.
    pub credited_as: Option<String>,
    /// The project that the speaker represents in the talk, mostly on a panel. If it is left out or null, there is
    /// none.
    pub represents: Option<String>,
}

/// The most new tags of a talk that are compared with those of the archive.
const MOST_NEW_TAGS: usize = 20;

/// The tags of the archive that begin with one of some characters, by their keys. The index leads from each key to the
/// next, so the number of talks does not matter.
async fn known_tags(database: &impl ConnectionTrait, initials: &BTreeSet<char>) -> Result<BTreeMap<String, String>> {
    if initials.is_empty() {
        return Ok(BTreeMap::new());
    }
    let on = backend(database);
    let list = match on {
        DbBackend::Postgres => "SELECT jsonb_array_elements_text(CAST($1 AS jsonb)) COLLATE \"C\"",
        _ => "SELECT value FROM json_each(?)",
    };
    let sql = format!(
        "WITH RECURSIVE initials (initial) AS ({list}), known (initial, name_key) AS (\
         SELECT initial, (SELECT MIN(name_key) FROM talk_tag WHERE name_key >= initial) FROM initials \
         UNION ALL SELECT initial, (SELECT MIN(tag.name_key) FROM talk_tag tag WHERE tag.name_key > known.name_key) \
         FROM known WHERE substr(known.name_key, 1, 1) = initial) \
         SELECT name_key, (SELECT MIN(tag.name) FROM talk_tag tag WHERE tag.name_key = known.name_key) AS name \
         FROM known WHERE substr(name_key, 1, 1) = initial"
    );
    let initials = serde_json::json!(initials).to_string();
    let rows = database.query_all_raw(Statement::from_sql_and_values(on, sql, [initials.into()])).await?;
    Ok(rows
        .iter()
        .map(|row| Ok((row.try_get("", "name_key")?, row.try_get("", "name")?)))
        .collect::<Result<_, DbErr>>()?)
}

impl Edit {
    /// Creates a talk.
    pub async fn create_talk(&mut self, input: TalkInput) -> Result<()> {
        let path = Path::input();
        let Some(edition_id) = self.by_slug(edition::Model::KIND, None, &input.edition, &path.at("edition")).await?
        else {
            return Ok(());
        };
        let year =
            edition::Entity::find_by_id(edition_id).one(&self.write.transaction).await?.map(|edition| edition.year);
        let id = self.new_subject::<talk::Model>();
        let slug = self.new_slug((talk::Model::KIND, Some(edition_id)), &input.slug, &input.title).await?;
        let mut row = talk::Model { id, edition_id, slug, year: year.unwrap_or_default(), ..Default::default() };
        self.talk_fields(input.patch(), &mut row).await?;
        self.put(row);
        self.appearances(id, input.appearances.unwrap_or_default(), &path.at("appearances")).await
    }

    /// Changes a talk.
    pub async fn update_talk(&mut self, id: Id, patch: TalkPatch, seen: Option<Revision>) -> Result<()> {
        let Some(mut row) = self.subject::<talk::Model>(id, "id", seen).await? else { return Ok(()) };
        let path = Path::input();
        self.rename::<talk::Model>(row.id, Some(row.edition_id), &mut row.slug, &patch.slug).await?;
        let was = row.clone();
        self.talk_fields(patch, &mut row).await?;
        if was.kind != row.kind && was.kind == TalkKind::LightningBlock.to_value() {
            self.is_no_block(&row, &path.at("kind")).await?;
        }
        if row.block_id.is_some() && row.block_id != was.block_id {
            self.has_no_slot(&row, &path.at("block")).await?;
        }
        if row.status == TalkStatus::Withdrawn.to_value() && row.status != was.status {
            self.take_out_of_schedule(&row).await?;
        }
        self.put(row);
        Ok(())
    }

    /// Sets the appearances of a talk.
    pub async fn set_appearances(
        &mut self,
        talk: Id,
        given: Vec<AppearanceInput>,
        seen: Option<Revision>,
    ) -> Result<()> {
        let Some(row) = self.subject::<talk::Model>(talk, "talk", seen).await? else { return Ok(()) };
        self.appearances(row.id, given, &Path::of("appearances")).await
    }

    async fn talk_fields(&mut self, patch: TalkPatch, row: &mut talk::Model) -> Result<()> {
        let path = Path::input();
        self.track(&patch.track, row).await?;
        patch.put_columns(&mut self.problems, row);
        let is_placed = patch.block_position.is_value();
        self.tags(patch.tags, row.id);
        self.note_near_tags(row.id).await?;
        let names_block = patch.block.is_value();
        self.block(patch.block, row).await?;
        if row.block_id.is_none() && !names_block {
            if is_placed {
                self.problems.add(
                    UserErrorCode::Required,
                    &path.at("block"),
                    "in which block is that place (blockPosition)?",
                );
            }
            row.block_position = None;
        }
        self.talk_replaces(patch.replaces, row).await
    }

    async fn track(&mut self, given: &MaybeUndefined<String>, row: &mut talk::Model) -> Result<()> {
        match given {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => row.track_id = None,
            MaybeUndefined::Value(slug) => {
                row.track_id = self.track_named(row.edition_id, slug).await?;
            }
        }
        Ok(())
    }

    /// The track of a slug. It is a mistake if the edition has no such track.
    async fn track_named(&mut self, edition: Uuid, slug: &str) -> Result<Option<Uuid>> {
        let tracks = track::Entity::find().filter(track::Column::EditionId.eq(edition));
        let tracks = tracks.all(&self.write.transaction).await?;
        let found = tracks.iter().find(|track| track.slug == slug).map(|track| track.id);
        if found.is_none() {
            let near = text::did_you_mean(slug, tracks.iter().map(|track| track.slug.as_str()));
            let message = format!("there is no track of the slug \"{slug}\"{near}");
            self.problems.not_found(&Path::input().at("track"), message);
        }
        Ok(found)
    }

    fn tags(&mut self, given: MaybeUndefined<Vec<String>>, talk_id: Uuid) {
        let path = Path::input().at("tags");
        let Some(names) = self.problems.texts(&path, given) else { return };
        self.desired.talk_tags.clear();
        let mut seen: HashMap<String, String> = HashMap::new();
        for (position, path, name) in each(&path, names) {
            let name_key = fold(&name);
            if seen.insert(name_key.clone(), name.clone()).is_some_and(|other| other != name) {
                self.problems.invalid(&path, format!("\"{name}\" is there twice, but for case and accents"));
            }
            self.desired.talk_tags.push(talk_tag::Model { talk_id, position, name, name_key });
        }
    }

    /// Notes each of the first tags that is new to the archive and nearly one of its tags with the same first letter.
    async fn note_near_tags(&mut self, talk: Uuid) -> Result<()> {
        let had: HashSet<&str> = self.stored.talk_tags.iter().map(|tag| tag.name_key.as_str()).collect();
        let new: Vec<talk_tag::Model> = self
            .desired
            .talk_tags
            .iter()
            .filter(|tag| tag.talk_id == talk && !had.contains(tag.name_key.as_str()))
            .take(MOST_NEW_TAGS)
            .cloned()
            .collect();
        let initials = new.iter().filter_map(|tag| tag.name_key.chars().next()).collect();
        let known = known_tags(&self.write.transaction, &initials).await?;
        for tag in new.iter().filter(|tag| !known.contains_key(&tag.name_key)) {
            if let Some(near) = known.values().find(|name| text::is_typing_error(name, &tag.name)) {
                self.problems.notes.push(format!("the tag \"{}\" is new: is it \"{near}\"?", tag.name));
            }
        }
        Ok(())
    }

    /// Another talk of the same edition, by its id.
    async fn sibling(&mut self, id: Id, row: &talk::Model, path: &Path) -> Result<Option<talk::Model>> {
        let Some(id) = self.find::<talk::Model>(id, path).await? else { return Ok(None) };
        let other = talk::Entity::find_by_id(id).one(&self.write.transaction).await?;
        if id == row.id {
            self.problems.invalid(path, "that is the talk itself");
        } else if other.as_ref().is_some_and(|other| other.edition_id != row.edition_id) {
            self.problems.invalid(path, "that is a talk of another edition");
        }
        Ok(other)
    }

    async fn block(&mut self, given: MaybeUndefined<Id>, row: &mut talk::Model) -> Result<()> {
        let path = Path::input().at("block");
        match given {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => row.block_id = None,
            MaybeUndefined::Value(id) => {
                let Some(block) = self.sibling(id, row, &path).await? else { return Ok(()) };
                if !rules::is_block(TalkKind::try_from_value(&block.kind)?, block.block_id.is_some()) {
                    self.problems
                        .invalid(&path, format!("\"{}\" is no block: its kind is not LIGHTNING_BLOCK", block.title));
                }
                row.block_id = Some(block.id);
            }
        }
        if row.block_id.is_some() && rules::is_block(TalkKind::try_from_value(&row.kind)?, false) {
            self.problems.invalid(&path, "a block is not given in another one");
        }
        Ok(())
    }

    async fn talk_replaces(&mut self, given: MaybeUndefined<Id>, row: &mut talk::Model) -> Result<()> {
        let path = Path::input().at("replaces");
        match given {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => row.replaces_id = None,
            MaybeUndefined::Value(id) => {
                let Some(other) = self.sibling(id, row, &path).await? else { return Ok(()) };
                row.replaces_id = Some(other.id);
                let others = talk::Entity::find()
                    .filter(talk::Column::ReplacesId.eq(other.id))
                    .filter(talk::Column::Id.ne(row.id));
                if let Some(already) = others.one(&self.write.transaction).await? {
                    let message =
                        format!("the talk \"{}\" ({}) stepped in for that one already", already.title, already.slug);
                    self.problems.add(UserErrorCode::Taken, &path, message);
                }
            }
        }
        Ok(())
    }

    /// Refuses another kind for a block with talks in it.
    async fn is_no_block(&mut self, row: &talk::Model, path: &Path) -> Result<()> {
        let given_in_it = talk::Entity::find().filter(talk::Column::BlockId.eq(row.id));
        if let Some(inner) = given_in_it.one(&self.write.transaction).await? {
            self.problems.invalid(
                path,
                format!("\"{}\" is given in it: as LIGHTNING_BLOCK it can't be anything else", inner.title),
            );
        }
        Ok(())
    }

    /// Sets the desired appearances.
    async fn appearances(&mut self, talk_id: Uuid, stage: Vec<AppearanceInput>, path: &Path) -> Result<()> {
        let people = self.named("Speaker", None, stage.iter().map(|one| one.speaker.clone()).collect()).await?;
        let companies = stage.iter().flat_map(|one| one.companies.iter().flatten().cloned()).collect();
        let companies = self.named("Company", None, companies).await?;
        self.desired.appearances.clear();
        self.desired.appearance_companies.clear();
        for (position, path, one) in each(path, stage) {
            let Some(speaker_id) = self.reference(&people, "Speaker", &one.speaker, &path.at("speaker")) else {
                continue;
            };
            if self.desired.appearances.iter().any(|other| other.speaker_id == speaker_id) {
                self.problems.invalid(&path.at("speaker"), format!("\"{}\" is there twice", one.speaker));
            }
            let (mut credited_as, mut represents) = (None, None);
            self.problems.maybe_line(&path.at("creditedAs"), given(one.credited_as), &mut credited_as);
            self.problems.maybe_line(&path.at("represents"), given(one.represents), &mut represents);
            self.desired.appearances.push(appearance::Model {
                talk_id,
                position,
                speaker_id,
                role: one.role.unwrap_or_default().to_value(),
                credited_as,
                represents,
            });
            self.spoke_for((talk_id, speaker_id), one.companies.unwrap_or_default(), &companies, &path.at("companies"));
        }
        Ok(())
    }

    fn spoke_for(
        &mut self,
        (talk_id, speaker_id): (Uuid, Uuid),
        slugs: Vec<String>,
        companies: &HashMap<String, Uuid>,
        path: &Path,
    ) {
        let mut own: HashSet<Uuid> = HashSet::new();
        for (position, path, slug) in each(path, slugs) {
            let Some(company_id) = self.reference(companies, "Company", &slug, &path) else { continue };
            if !own.insert(company_id) {
                self.problems.invalid(&path, format!("\"{slug}\" is there twice"));
            }
            self.desired.appearance_companies.push(appearance_company::Model {
                talk_id,
                speaker_id,
                position,
                company_id,
            });
        }
    }
}
