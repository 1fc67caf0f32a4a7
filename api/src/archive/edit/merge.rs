//! Merging: two records of the same person or company become one. References to the record that goes then refer to the
//! record that stays, and the slugs, names and ids of the former lead to the latter.

use std::collections::HashSet;

use entity::{appearance, appearance_company, company, involvement, link, speaker, sponsorship};
use sea_orm::{
    ConnectionTrait, DbErr, ExprTrait,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::{Edit, problems::Path};
use crate::{
    archive::{
        links::subject,
        store::{load::RowScope, rows::NodeRow},
    },
    collation::fold,
    database::name,
    error::Result,
    read::slug::BySlug,
    scalars::Id,
    text,
};

/// The id of the record that goes, and the id of the one that stays.
#[derive(Clone, Copy)]
pub(super) struct Merge {
    pub from: Uuid,
    pub into: Uuid,
}

impl Merge {
    /// Replaces the id of the record that goes by that of the one that stays. Answers whether it did.
    fn lead(self, id: &mut Uuid) -> bool {
        let leads = *id == self.from;
        if leads {
            *id = self.into;
        }
        leads
    }
}

impl Edit {
    /// Merges two records of one speaker. The talks of the one that goes keep the name that they credit if
    /// `keep_credits` is true; without it, if that name differs from the one that stays by more than a typing error.
    pub async fn merge_speakers(&mut self, from: Id, into: Id, keep_credits: Option<bool>) -> Result<()> {
        let Some((pair, mut row)) = self.pair::<speaker::Model>(from, into).await? else { return Ok(()) };
        let talks = self.that_name("appearance", "talk_id", "speaker_id", pair.from).await?;
        let editions = self.that_name("involvement", "edition_id", "speaker_id", pair.from).await?;
        self.load(RowScope { speakers: vec![pair.from], talks, bare_editions: editions, ..RowScope::default() })
            .await?;
        let gone: speaker::Model = self.row(pair.from)?;
        let keeps = |name: &String| {
            *name != row.name && keep_credits.unwrap_or_else(|| !text::is_typing_error(name, &row.name))
        };
        self.move_appearances(pair, &gone.name, keeps);
        self.move_involvements(pair);
        self.move_links(pair);
        self.move_names::<speaker::Model>(pair, (&gone.slug, &gone.name), &row.name);
        row.pronouns = row.pronouns.or(gone.pronouns);
        row.biography = row.biography.or(gone.biography);
        row.avatar_url = row.avatar_url.or(gone.avatar_url);
        self.desired.speakers = vec![row];
        Ok(())
    }

    /// Merges two records of one company.
    pub async fn merge_companies(&mut self, from: Id, into: Id) -> Result<()> {
        let Some((pair, mut row)) = self.pair::<company::Model>(from, into).await? else { return Ok(()) };
        let talks = self.that_name("appearance_company", "talk_id", "company_id", pair.from).await?;
        let slots = self.that_name("slot_sponsor", "slot_id", "company_id", pair.from).await?;
        let mut editions = self.that_name("involvement", "edition_id", "company_id", pair.from).await?;
        editions.extend(self.that_name("sponsorship", "edition_id", "company_id", pair.from).await?);
        let mut companies = self.that_name("company", "id", "successor_id", pair.from).await?;
        companies.retain(|id| *id != pair.into);
        companies.push(pair.from);
        self.load(RowScope { companies, talks, slots, bare_editions: editions, ..RowScope::default() }).await?;
        let gone: company::Model = self.row(pair.from)?;
        self.move_companies(pair);
        self.move_involvements(pair);
        self.move_sponsorships(pair);
        self.move_links(pair);
        self.move_names::<company::Model>(pair, (&gone.slug, &gone.name), &row.name);
        row.website_url = row.website_url.or(gone.website_url);
        row.logo_url = row.logo_url.or(gone.logo_url);
        row.successor_id = self.successor_of_both(pair, row.successor_id, gone.successor_id).await?;
        self.desired.companies.retain(|row| ![pair.from, pair.into].contains(&row.id));
        for other in &mut self.desired.companies {
            other.successor_id.iter_mut().for_each(|id| _ = pair.lead(id));
        }
        self.desired.companies.insert(0, row);
        Ok(())
    }

    /// The two records, if they are different ones. The mutation is about the one that stays.
    async fn pair<N: NodeRow>(&mut self, from: Id, into: Id) -> Result<Option<(Merge, N)>> {
        let path = Path::of("from");
        let row = self.subject::<N>(into, "into", None).await?;
        let present = self.find::<N>(from, &path).await?;
        let (Some(row), Some(present)) = (row, present) else { return Ok(None) };
        if present != from.0 && present != row.id() {
            let kind = N::KIND.to_lowercase();
            let message = format!(
                "that was merged already, and leads to {}: if that {kind} is to be merged, name it by its id",
                self.in_words::<N>(present).await?
            );
            self.problems.invalid(&path, message);
            return Ok(None);
        }
        let from = present;
        if from == row.id() {
            self.problems.invalid(&path, "they are one already");
            return Ok(None);
        }
        self.write.merged = Some((from, row.id()));
        Ok(Some((Merge { from, into: row.id() }, row)))
    }

    /// A speaker or company in words: `the speaker "bob" (Bob), whose id is …`.
    async fn in_words<N: NodeRow>(&self, id: Uuid) -> Result<String> {
        let kind = N::KIND.to_lowercase();
        let select = Query::select()
            .columns(["slug", "name"].map(name))
            .from(name(&kind))
            .and_where(Expr::col(name("id")).eq(id))
            .to_owned();
        let row = self.write.transaction.query_one(&select).await?;
        let names = row.map(|row| Ok::<(String, String), DbErr>((row.try_get("", "slug")?, row.try_get("", "name")?)));
        let (slug, name) = names.transpose()?.unwrap_or_default();
        Ok(format!("the {kind} \"{slug}\" ({name}), whose id is {id}"))
    }

    /// The owners of the rows of a table that name a thing in a column.
    async fn that_name(&self, table: &str, owner: &str, column: &str, id: Uuid) -> Result<Vec<Uuid>> {
        let select = Query::select()
            .distinct()
            .column(name(owner))
            .from(name(table))
            .and_where(Expr::col(name(column)).eq(id))
            .to_owned();
        let rows = self.write.transaction.query_all(&select).await?;
        Ok(rows.iter().map(|row| row.try_get("", owner)).collect::<Result<_, _>>()?)
    }

    /// Moves the appearances to the record that stays, with the names that they credit and that are to be kept. In a
    /// talk with both records, one appearance remains: at the position of the first, for the companies of both.
    fn move_appearances(&mut self, pair: Merge, from_name: &str, keeps: impl Fn(&String) -> bool) {
        let rows = &mut self.desired.appearances;
        let both: HashSet<Uuid> = {
            let of = |id| {
                rows.iter()
                    .filter(move |row: &&appearance::Model| row.speaker_id == id)
                    .map(|row| row.talk_id)
                    .collect::<HashSet<_>>()
            };
            of(pair.from).intersection(&of(pair.into)).copied().collect()
        };
        for talk in &both {
            let own: Vec<appearance::Model> = rows
                .iter()
                .filter(|row| row.talk_id == *talk && [pair.from, pair.into].contains(&row.speaker_id))
                .cloned()
                .collect();
            let (Some(first), Some(stays)) = (own.first(), own.iter().find(|row| row.speaker_id == pair.into)) else {
                continue;
            };
            let represents = stays.represents.clone().or_else(|| own.iter().find_map(|row| row.represents.clone()));
            let one = appearance::Model { position: first.position, represents, ..stays.clone() };
            rows.retain(|row| row.talk_id != *talk || ![pair.from, pair.into].contains(&row.speaker_id));
            rows.push(one);
        }
        for row in rows.iter_mut() {
            if pair.lead(&mut row.speaker_id) {
                let credited = row.credited_as.take().unwrap_or_else(|| from_name.to_owned());
                row.credited_as = Some(credited).filter(&keeps);
                self.listed.extend(row.credited_as.is_some().then_some(row.talk_id));
            }
        }
        rows.sort_by_key(|row| (row.talk_id, row.position));
        number(rows, |row| row.talk_id, |row| &mut row.position);
        // The companies of the record that stays come first.
        self.desired
            .appearance_companies
            .sort_by_key(|row| (row.talk_id, row.speaker_id == pair.from, row.speaker_id, row.position));
        for row in &mut self.desired.appearance_companies {
            pair.lead(&mut row.speaker_id);
        }
        self.distinct_companies();
    }

    fn move_companies(&mut self, pair: Merge) {
        for row in &mut self.desired.appearance_companies {
            pair.lead(&mut row.company_id);
        }
        self.distinct_companies();
        let sponsors = &mut self.desired.slot_sponsors;
        sponsors.iter_mut().for_each(|row| _ = pair.lead(&mut row.company_id));
        let mut seen = HashSet::new();
        sponsors.retain(|row| seen.insert((row.slot_id, row.company_id)));
        number(sponsors, |row| row.slot_id, |row| &mut row.position);
    }

    /// Removes companies that an appearance names twice.
    fn distinct_companies(&mut self) {
        let rows: &mut Vec<appearance_company::Model> = &mut self.desired.appearance_companies;
        let mut seen = HashSet::new();
        rows.retain(|row| seen.insert((row.talk_id, row.speaker_id, row.company_id)));
        rows.sort_by_key(|row| (row.talk_id, row.speaker_id));
        number(rows, |row| (row.talk_id, row.speaker_id), |row| &mut row.position);
    }

    /// Moves the involvements. Two of the same role in an edition become one, with the note of either.
    fn move_involvements(&mut self, pair: Merge) {
        let mut rows: Vec<involvement::Model> = Vec::new();
        for mut row in self.desired.involvements.drain(..) {
            [&mut row.speaker_id, &mut row.company_id].into_iter().flatten().for_each(|id| _ = pair.lead(id));
            let is_pairs = [row.speaker_id, row.company_id].contains(&Some(pair.into));
            let who = |row: &involvement::Model| (row.edition_id, row.speaker_id, row.company_id, row.role.clone());
            match rows.iter_mut().find(|other| is_pairs && who(other) == who(&row)) {
                Some(there) => there.note = there.note.take().or(row.note),
                None => rows.push(row),
            }
        }
        number(&mut rows, |row| row.edition_id, |row| &mut row.position);
        self.desired.involvements = rows;
    }

    /// Moves the sponsorships. Two in the same tier become one.
    fn move_sponsorships(&mut self, pair: Merge) {
        let mut rows: Vec<sponsorship::Model> = Vec::new();
        for mut row in self.desired.sponsorships.drain(..) {
            pair.lead(&mut row.company_id);
            let is_same = |other: &&mut sponsorship::Model| {
                (other.edition_id, other.tier_rank, other.company_id) == (row.edition_id, row.tier_rank, row.company_id)
            };
            match rows.iter_mut().find(is_same) {
                Some(there) => there.url = there.url.take().or(row.url),
                None => rows.push(row),
            }
        }
        number(&mut rows, |row| row.edition_id, |row| &mut row.position);
        self.desired.sponsorships = rows;
    }

    /// Moves the links, after those of the record that stays. Two with the same address or title become one.
    fn move_links(&mut self, pair: Merge) {
        let is_pairs = |row: &mut link::Model| [pair.from, pair.into].contains(&subject(row));
        let mut own: Vec<link::Model> = self.desired.links.extract_if(.., is_pairs).collect();
        own.sort_by_key(|row| (subject(row) == pair.from, row.position));
        let mut seen = HashSet::new();
        own.retain(|row| seen.insert(super::link::key(row)));
        for (position, row) in (1..).zip(&mut own) {
            row.position = position;
            [&mut row.speaker_id, &mut row.company_id].into_iter().flatten().for_each(|id| _ = pair.lead(id));
        }
        self.desired.links.append(&mut own);
    }

    /// Moves the slugs, names and ids of the record that goes to the one that stays, as aliases.
    fn move_names<N: NodeRow>(&mut self, pair: Merge, (slug, gone): (&str, &str), stays: &str) {
        let scope = BySlug::scope(N::KIND, None);
        let own = [("SLUG", slug.to_owned()), ("ID", pair.from.hyphenated().to_string()), ("NAME", gone.to_owned())];
        for (kind, name) in own {
            let mut values = self.aliases(pair.into, kind);
            for value in std::iter::once(name).chain(self.aliases(pair.from, kind)) {
                if !values.contains(&value) && (kind != "NAME" || fold(&value) != fold(stays)) {
                    values.push(value);
                }
            }
            let key = |value: &str| if kind == "NAME" { fold(value) } else { value.to_owned() };
            self.set_aliases(pair.into, kind, &scope, values, key);
        }
        self.desired.aliases.retain(|row| row.owner_id != pair.from);
    }

    /// The successor of the record that stays. No company can become itself.
    async fn successor_of_both(&self, pair: Merge, stays: Option<Uuid>, gone: Option<Uuid>) -> Result<Option<Uuid>> {
        // A successor that is, or became, the record that goes would lead back to the one that stays.
        if stays.is_some() && !self.becomes(stays, pair.from).await? {
            return Ok(stays);
        }
        let becomes = self.becomes(gone, pair.into).await?;
        Ok(gone.filter(|_| !becomes))
    }
}

/// Numbers the rows of each owner from 1.
fn number<R, K: PartialEq>(rows: &mut [R], owner: impl Fn(&R) -> K, position: fn(&mut R) -> &mut i32) {
    let mut last: Option<(K, i32)> = None;
    for row in rows {
        let of = owner(row);
        let next = last.as_ref().filter(|(owner, _)| *owner == of).map_or(1, |(_, number)| number + 1);
        *position(row) = next;
        last = Some((of, next));
    }
}
