//! Renewing what rows derive from data that changes with the program: the keys for comparing and sorting, and the
//! instants of local times. It happens when a database is opened, if it was last written with older data.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::{alias, company, data_version, edition, recording, slot, speaker, talk, talk_tag};
use sea_orm::{
    ConnectionTrait, EntityTrait, IntoSimpleExpr, ModelTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    Archive, Write,
    store::{
        load::RowScope,
        rows::{NodeRow, NodeRules, Rows, years},
        statements::replace,
    },
};
use crate::{
    collation,
    database::{is_alias, name},
    error::Result,
    scalars::TimeZone,
    zone::{self, Offsets, Zone},
};

const KEYS: &str = "keys";
const ZONES: &str = "time zones";

/// The number of rows whose keys are made anew at once.
const PAGE: u64 = 2_000;

impl Archive {
    /// Renews the rows that were derived by other data than this program's: in one write, and whole or not at all. The
    /// slots whose instants change keep their local times, and are logged.
    pub async fn renew(&self) -> Result<()> {
        let stored = versions(&self.database).await?;
        let zones = zone::database();
        let stored_zones = stored.get(ZONES).map_or("", String::as_str);
        if zone::is_newer(stored_zones, &zones.version) {
            tracing::warn!(
                "the times of the archive were computed with the time zones of {stored_zones}; this is {zones}"
            );
        }
        if stored.get(KEYS).is_some_and(|keys| keys == collation::VERSION)
            && !zone::is_newer(&zones.version, stored_zones)
        {
            return Ok(());
        }
        // A database that was just made has no rows.
        if !self.is_made().await? {
            return note_versions(&self.database, &stored).await;
        }
        let mut write = self.begin("database").await?;
        // Another server may have renewed them meanwhile.
        let stored = versions(&write.transaction).await?;
        if stored.get(KEYS).is_none_or(|keys| keys != collation::VERSION) {
            write.drop_equal_tags().await?;
            write.renew_keys().await?;
        }
        if zone::is_newer(&zones.version, stored.get(ZONES).map_or("", String::as_str)) {
            write.renew_times().await?;
        }
        note_versions(&write.transaction, &stored).await?;
        let moved = write.report.updated.get(slot::Model::KIND).copied().unwrap_or_default();
        tracing::info!(slots = moved, "the archive was renewed: {zones}");
        write.commit().await?;
        Ok(())
    }
}

/// The versions of the data by which the rows were derived.
async fn versions(database: &impl ConnectionTrait) -> Result<HashMap<String, String>> {
    let rows = data_version::Entity::find().all(database).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.version)).collect())
}

/// Notes the versions of this program, but never an older database of time zones.
async fn note_versions(database: &impl ConnectionTrait, stored: &HashMap<String, String>) -> Result<()> {
    let zones = &zone::database().version;
    let newest = stored.get(ZONES).filter(|stored| zone::is_newer(stored, zones)).unwrap_or(zones);
    let rows = [(KEYS, collation::VERSION), (ZONES, newest)]
        .map(|(name, version)| data_version::Model { name: name.to_owned(), version: version.to_owned() });
    Ok(replace(database, rows).await?)
}

impl Write {
    /// Removes each tag of a talk that has become equal to an earlier one of the same talk.
    async fn drop_equal_tags(&mut self) -> Result<()> {
        let tags = talk_tag::Entity::find()
            .order_by_asc(talk_tag::Column::TalkId)
            .order_by_asc(talk_tag::Column::Position)
            .all(&self.transaction)
            .await?;
        let mut seen = HashSet::new();
        let mut is_new = |tag: &talk_tag::Model| seen.insert((tag.talk_id, collation::fold(&tag.name)));
        let equal: Vec<talk_tag::Model> = tags.into_iter().filter(|tag| !is_new(tag)).collect();
        if equal.is_empty() {
            return Ok(());
        }
        let talks: HashSet<Uuid> = equal.iter().map(|tag| tag.talk_id).collect();
        let scope = RowScope { talks: talks.into_iter().collect(), ..RowScope::default() };
        let stored = Rows::load(&self.transaction, Some(&scope)).await?;
        let mut desired = stored.clone();
        desired.talk_tags.retain(|tag| !equal.contains(tag));
        self.change(&stored, desired).await?;
        Ok(())
    }

    /// Makes the keys of all names, titles and tags anew.
    async fn renew_keys(&self) -> Result<()> {
        self.renew_keys_of::<company::Model>().await?;
        self.renew_keys_of::<speaker::Model>().await?;
        self.renew_keys_of::<edition::Model>().await?;
        self.renew_keys_of::<talk::Model>().await?;
        self.renew_keys_of::<recording::Model>().await?;
        let mut tags = talk_tag::Entity::find().all(&self.transaction).await?;
        tags.iter_mut().for_each(|tag| tag.name_key = collation::fold(&tag.name));
        replace(&self.transaction, tags).await?;
        let names = alias::Entity::find().filter(is_alias("NAME"));
        let mut names = names.all(&self.transaction).await?;
        names.iter_mut().for_each(|name| name.value_key = collation::fold(&name.value));
        Ok(replace(&self.transaction, names).await?)
    }

    async fn renew_keys_of<N>(&self) -> Result<()>
    where
        N: NodeRow,
        N::Entity: EntityTrait<Model = N>,
    {
        let mut after = Uuid::nil();
        loop {
            let page = <N as ModelTrait>::Entity::find().filter(Expr::col(name("id")).gt(after));
            let page = page.order_by_asc(Expr::col(name("id")).into_simple_expr()).limit(PAGE);
            let mut rows: Vec<N> = page.all(&self.transaction).await?;
            let Some(last) = rows.last().map(NodeRow::id) else { return Ok(()) };
            rows.iter_mut().for_each(NodeRules::renew_keys);
            replace(&self.transaction, rows).await?;
            after = last;
        }
    }

    /// Computes anew what stands at local times: the bounds of editions and the instants of slots.
    async fn renew_times(&mut self) -> Result<()> {
        let mut editions = edition::Entity::find().all(&self.transaction).await?;
        let mut former: HashMap<Uuid, (Zone, Offsets)> = HashMap::new();
        for row in &mut editions {
            let Ok(TimeZone(zone)) = row.timezone.parse() else { continue };
            let (years, stored) = (years(row), row.zone_offsets.as_ref().and_then(|stored| stored.parse().ok()));
            let stored = stored.unwrap_or_else(|| Offsets::by_2025b(zone, &years));
            let offsets = Offsets::of(zone, &years);
            row.zone_offsets = Some(offsets.to_string());
            if stored != offsets {
                former.insert(row.id, (zone, stored));
            }
        }
        replace(&self.transaction, editions).await?;
        let scope = RowScope { editions: former.keys().copied().collect(), ..RowScope::default() };
        let stored = Rows::load(&self.transaction, Some(&scope)).await?;
        let mut desired = stored.clone();
        for slot in &mut desired.slots {
            if let Some((zone, offsets)) = former.get(&slot.edition_id) {
                keep_local_times(slot, *zone, offsets);
            }
        }
        desired.editions.iter_mut().for_each(NodeRules::renew_derived);
        self.change(&stored, desired).await?;
        Ok(())
    }
}

/// Moves a slot to the instants that its local times have by the rules of today. A local time that the clocks skip now
/// is told by the clock before. A slot in other years than its edition, of which no offsets are stored, stays.
fn keep_local_times(slot: &mut slot::Model, zone: Zone, former: &Offsets) {
    if !former.is_about(slot.starts_at) {
        return;
    }
    let renewed = |at: DateTime<Utc>| {
        let offset = former.at(at);
        zone.instant(at.with_timezone(&offset).naive_local(), offset)
    };
    let length = slot.ends_at - slot.starts_at;
    let (starts, ends) = (renewed(slot.starts_at), renewed(slot.ends_at));
    slot.starts_at = starts;
    slot.ends_at = if ends > starts { ends } else { starts + length };
}
