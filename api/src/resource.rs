//! The resources of the APIs, one file each: their fields, filters, orders and relations. The structs are GraphQL's
//! objects, and are read from rows directly.

use sea_orm::{IntoSimpleExpr, sea_query::SimpleExpr};
use uuid::Uuid;

use crate::{
    read::{Resource, Slugged, dependencies::Shows},
    scalars::Id,
};

pub mod admission;
pub mod appearance;
pub mod archive;
pub mod change;
pub mod company;
pub mod conference;
pub mod day;
pub mod edition;
pub mod involvement;
pub mod link;
pub mod neighbours;
pub mod node;
pub mod playlist;
pub mod recording;
pub mod room;
pub mod schedule_change;
pub mod search;
pub mod slot;
pub mod speaker;
pub mod sponsor;
pub mod stats;
pub mod talk;
pub mod track;
pub mod venue;

macro_rules! resources {
    ($($kind:literal $resource:ty => $table:ident $(with $($other:ident),+)?;)+) => {$(
        impl Resource for $resource {
            const KIND: &'static str = $kind;

            fn id(&self) -> Id {
                self.id
            }

            fn id_column() -> SimpleExpr {
                entity::$table::Column::Id.into_simple_expr()
            }
        }

        impl Shows for $resource {
            fn things(&self, things: &mut Vec<Uuid>) {
                things.push(self.id.0);
                $($(self.$other.things(things);)+)?
            }
        }
    )+};
}

resources! {
    "Conference" conference::Conference => conference;
    "Edition" edition::Edition => edition;
    "Talk" talk::Talk => talk;
    "Slot" slot::Slot => slot with edition_id, talk_id;
    "Room" room::Room => room;
    "Track" track::Track => track;
    "Speaker" speaker::Speaker => speaker;
    "Company" company::Company => company;
    "Recording" recording::Recording => recording;
    "Playlist" playlist::Playlist => playlist;
    "Link" link::Link => link;
}

macro_rules! parts {
    ($($part:ty: $($thing:ident),+;)+) => {$(
        impl Shows for $part {
            fn things(&self, things: &mut Vec<Uuid>) {
                $(self.$thing.things(things);)+
            }
        }
    )+};
}

parts! {
    appearance::Appearance: talk_id, speaker, loaded_companies;
    involvement::Involvement: edition_id;
    recording::TalkRecording: talk_id, recording;
    sponsor::SponsorTier: edition_id;
    sponsor::Sponsorship: edition_id, company;
}

macro_rules! slugged {
    ($($resource:ty),+) => {$(
        impl Slugged for $resource {
            fn slug(&self) -> &str {
                &self.slug
            }
        }
    )+};
}

slugged!(conference::Conference, edition::Edition, speaker::Speaker, company::Company);
