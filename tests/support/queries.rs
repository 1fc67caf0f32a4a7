//! Queries that several tests ask.

/// A selection of a talk with everything that hangs on it.
pub const TALK: &str = "
    slug title kind
    appearances { role creditedAs speaker { name slug } company { name } companies { name slug } }
    recordings { startSeconds recording { provider externalId url } }
    links { kind url title }";

/// The selection of an edition that a schedule frontend asks for.
pub fn schedule() -> String {
    format!("days {{ date slots {{ number kind title startsAt endsAt talk {{ {TALK} }} }} }}")
}
