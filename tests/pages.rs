//! The pages, and what others read of them: search engines, chats, sites that embed.

mod embed;
mod oembed;
mod reading;
mod search;
mod search_engines;
