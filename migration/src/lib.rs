//! The migrations of the database, in their order. A migration never imports the entities, because it must not change.

use sea_orm_migration::prelude::*;

mod m0001_archive;
mod m0002_boundaries;
mod m0003_tokens;
mod m0004_webhooks;
mod m0005_change_tokens;
mod m0006_recordings_by_talk;
mod m0007_people;
mod m0008_data_versions;
mod m0009_lists;
mod m0010_content;
mod m0011_titles;
mod m0012_totals;

/// All migrations.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_archive::Migration),
            Box::new(m0002_boundaries::Migration),
            Box::new(m0003_tokens::Migration),
            Box::new(m0004_webhooks::Migration),
            Box::new(m0005_change_tokens::Migration),
            Box::new(m0006_recordings_by_talk::Migration),
            Box::new(m0007_people::Migration),
            Box::new(m0008_data_versions::Migration),
            Box::new(m0009_lists::Migration),
            Box::new(m0010_content::Migration),
            Box::new(m0011_titles::Migration),
            Box::new(m0012_totals::Migration),
        ]
    }
}
