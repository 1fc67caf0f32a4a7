//! The closed lists of the field's words. One enum is the database's text, the GraphQL enum, and the JSON and YAML
//! value.

use async_graphql::Enum;
use schemars::JsonSchema;
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Enum, Serialize, Deserialize, JsonSchema,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }
    };
}

vocabulary! {
    /// Where an edition stands: told by the clock and the programme unless it was set by hand.
    EditionStatus {
        /// Announced: no programme yet, or never one.
        Announced,
        /// Its programme is out, and it has not begun.
        Scheduled,
        /// It is going on.
        Live,
        /// It was held.
        Concluded,
        /// It was announced and not held.
        Cancelled,
    }
}

vocabulary! {
    /// How people could take part.
    EditionFormat {
        /// On site.
        InPerson,
        /// Over the network only.
        Online,
        /// On site and over the network.
        Hybrid,
    }
}

vocabulary! {
    /// What a place in the programme is for.
    SlotKind {
        /// A talk, a keynote, a lightning round: anything with a `talk`.
        Talk,
        /// A pause.
        Break,
        /// Breakfast, lunch, dinner.
        Meal,
        /// The desk is open.
        Registration,
        /// A party, a happy hour.
        Social,
        /// Anything else.
        Other,
    }
}

vocabulary! {
    /// The form that a talk has. More may come: treat an unknown one as OTHER.
    TalkKind {
        /// A talk of its own.
        Talk,
        /// A keynote.
        Keynote,
        /// A short talk, in a block with others.
        LightningTalk,
        /// A lightning round: its talks point to it.
        LightningBlock,
        /// Several people discuss.
        Panel,
        /// Attendees take part.
        Workshop,
        /// The edition is opened.
        Opening,
        /// The edition is closed.
        Closing,
        /// Something is shown.
        Demo,
        /// Anything else.
        Other,
    }
}

vocabulary! {
    /// Whether a talk is given.
    TalkStatus {
        /// It is, or was.
        Confirmed,
        /// Called off after the programme was out: it keeps its slot, so that people are told.
        Cancelled,
        /// Taken back: it has no slot, and stands in lists and counts only where asked for.
        Withdrawn,
    }
}

vocabulary! {
    /// What somebody did on stage.
    AppearanceRole {
        /// Spoke.
        Speaker,
        /// Presented others.
        Host,
        /// Led a discussion.
        Moderator,
        /// Sat on a panel.
        Panelist,
    }
}

vocabulary! {
    /// What sort of body somebody spoke for.
    CompanyKind {
        /// A company.
        Company,
        /// A foundation.
        Foundation,
        /// A project of its own.
        Project,
        /// A university or a school.
        University,
        /// Another event.
        Event,
        /// Anything else.
        Other,
    }
}

vocabulary! {
    /// What a recording shows.
    RecordingKind {
        /// A talk, or several.
        Talk,
        /// A stream as it went out, mostly of a day.
        LiveStream,
        /// A film about the edition.
        Recap,
        /// Anything else.
        Other,
    }
}

vocabulary! {
    /// Who hosts a video. More may come: treat an unknown one as OTHER.
    RecordingProvider {
        /// youtube.com
        Youtube,
        /// vimeo.com
        Vimeo,
        /// A PeerTube instance.
        Peertube,
        /// media.ccc.de
        MediaCcc,
        /// Anyone else.
        Other,
    }
}

vocabulary! {
    /// What a link leads to. More may come: treat an unknown one as OTHER.
    LinkKind {
        /// The slides.
        Slides,
        /// Source code.
        Repository,
        /// An article, a blog post.
        Article,
        /// A post on a social network.
        Post,
        /// A photo.
        Photo,
        /// A video that is no recording of a talk.
        Video,
        /// A document: a paper, a proposal, the minutes of a summit.
        Document,
        /// Another event.
        Event,
        /// A website.
        Website,
        /// An account on a social network.
        Social,
        /// Anything else.
        Other,
    }
}

vocabulary! {
    /// What somebody did for an edition.
    InvolvementRole {
        /// Organised it.
        Organizer,
        /// Led through it.
        Host,
        /// Chose the programme.
        ProgramCommittee,
        /// Helped.
        Volunteer,
        /// Anything else.
        Other,
    }
}

macro_rules! default_word {
    ($($name:ident => $variant:ident),+ $(,)?) => {
        $(impl Default for $name { fn default() -> Self { Self::$variant } })+
    };
}

default_word! {
    EditionFormat => InPerson, TalkKind => Talk, TalkStatus => Confirmed, AppearanceRole => Speaker,
    CompanyKind => Company, RecordingKind => Talk,
}
