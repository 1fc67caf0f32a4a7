//! The closed lists of the field's words. One enum is the database's text, the GraphQL enum, and the JSON and YAML
//! value.

use async_graphql::Enum;
use schemars::JsonSchema;
use sea_orm::{ActiveEnum, DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

use crate::column::Column;

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Enum, Serialize,
            Deserialize, JsonSchema,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl Column<String> for $name {
            fn to_column(&self) -> String {
                self.to_value()
            }

            fn from_column(stored: &String) -> Result<Self, String> {
                Self::try_from_value(stored).map_err(|error| error.to_string())
            }
        }
    };
}

vocabulary! {
    /// The state of an edition. It follows from the clock, the days and the schedule unless an editor set it.
    EditionStatus {
        /// The edition is announced: its schedule or its days are not known yet, or never were.
        Announced,
        /// The edition has a schedule and has not begun.
        Scheduled,
        /// The edition is in progress: from 05:00 on its first day to 05:00 after its last day, in its time zone.
        Live,
        /// The edition has ended.
        Concluded,
        /// The edition was announced and did not take place.
        Cancelled,
    }
}

vocabulary! {
    /// The way of attending an edition.
    EditionFormat {
        /// The edition is attended on site.
        InPerson,
        /// The edition is attended online only.
        Online,
        /// The edition is attended on site and online.
        Hybrid,
    }
}

vocabulary! {
    /// The kind of a slot.
    SlotKind {
        /// A slot of a talk of any form, such as a keynote or a lightning round.
        Talk,
        /// A break between talks.
        Break,
        /// A meal: breakfast, lunch or dinner.
        Meal,
        /// The time in which attendees register.
        Registration,
        /// A social event: a party, a happy hour.
        Social,
        /// Any other slot without a talk.
        Other,
    }
}

vocabulary! {
    /// The form of a talk. Later versions may add values; treat an unknown one as OTHER.
    TalkKind {
        /// A talk of full length.
        Talk,
        /// A keynote talk.
        Keynote,
        /// A short talk, usually in a block with others.
        LightningTalk,
        /// A block of short talks, such as a lightning round. Its talks name it as their block.
        LightningBlock,
        /// A discussion of several people.
        Panel,
        /// A workshop in which attendees take part.
        Workshop,
        /// The opening of the edition.
        Opening,
        /// The closing of the edition.
        Closing,
        /// A demonstration of something that works.
        Demo,
        /// A talk of any other form.
        Other,
    }
}

vocabulary! {
    /// The state of a talk.
    TalkStatus {
        /// The talk is to be given, or was given.
        Confirmed,
        /// The talk was cancelled after the schedule was published. It keeps its slots, so that attendees see that it
        /// is cancelled.
        Cancelled,
        /// The talk was withdrawn. It has no slots, and lists and counts leave it out unless a filter asks for it.
        Withdrawn,
    }
}

vocabulary! {
    /// The role of a speaker in a talk.
    AppearanceRole {
        /// The speaker gives the talk.
        Speaker,
        /// The speaker hosts the talk and introduces others.
        Host,
        /// The speaker moderates a discussion.
        Moderator,
        /// The speaker is a member of a panel.
        Panelist,
    }
}

vocabulary! {
    /// The kind of an organisation.
    CompanyKind {
        /// A company, such as Grafana Labs.
        Company,
        /// A foundation, such as the CNCF.
        Foundation,
        /// A project without a company of its own.
        Project,
        /// A university or a school.
        University,
        /// Another conference or event.
        Event,
        /// Any other organisation.
        Other,
    }
}

vocabulary! {
    /// The kind of content that a recording shows.
    RecordingKind {
        /// One talk, or several.
        Talk,
        /// A live stream as it was sent, usually of a whole day.
        LiveStream,
        /// A film about the edition.
        Recap,
        /// Any other content.
        Other,
    }
}

vocabulary! {
    /// The provider that hosts a recording or a playlist. Later versions may add values; treat an unknown one as OTHER.
    RecordingProvider {
        /// YouTube, at youtube.com.
        Youtube,
        /// Vimeo, at vimeo.com.
        Vimeo,
        /// An instance of PeerTube, at any address.
        Peertube,
        /// The media site of the CCC, at media.ccc.de.
        MediaCcc,
        /// Any other provider.
        Other,
    }
}

vocabulary! {
    /// The kind of target that a link leads to. Later versions may add values; treat an unknown one as OTHER.
    LinkKind {
        /// The slides of a talk.
        Slides,
        /// A repository of source code.
        Repository,
        /// An article or a blog post.
        Article,
        /// A post on a social network.
        Post,
        /// A photo, or a collection of photos.
        Photo,
        /// A video that is not a recording of a talk.
        Video,
        /// A document: a paper, a proposal, the minutes of a summit.
        Document,
        /// An event, such as a meetup.
        Event,
        /// A website of any other kind.
        Website,
        /// A profile on a social network.
        Social,
        /// Any other target.
        Other,
    }
}

vocabulary! {
    /// The role of a person or a company in an edition.
    InvolvementRole {
        /// An organiser of the edition.
        Organizer,
        /// A host who led through the edition, or a company that hosted it.
        Host,
        /// A member of the committee that selected the talks.
        ProgramCommittee,
        /// A volunteer who helped at the edition.
        Volunteer,
        /// Any other role.
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

vocabulary! {
    /// The effect of a change.
    ChangeOperation {
        /// The item was created.
        Created,
        /// Fields of the item have new values.
        Updated,
        /// The item was deleted.
        Deleted,
        /// The item was merged into another item, and its id leads there.
        Merged,
    }
}
