//! The tables, one file each. Rows are private: a column alone makes nothing public.

pub mod alias;
pub mod api_token;
pub mod appearance;
pub mod appearance_company;
pub mod archive_state;
pub mod change;
pub mod company;
pub mod conference;
pub mod edition;
pub mod involvement;
pub mod link;
pub mod playlist;
pub mod playlist_recording;
pub mod recording;
pub mod room;
pub mod slot;
pub mod slot_sponsor;
pub mod speaker;
pub mod sponsor_tier;
pub mod sponsorship;
pub mod talk;
pub mod talk_recording;
pub mod talk_tag;
pub mod track;
pub mod webhook;
pub mod webhook_delivery;
