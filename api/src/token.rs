//! Tokens, which writing needs. A token is `lectern_<id>_<secret>`. It is shown once, and only the hash of the secret
//! is stored.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use entity::{api_token, conference};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseConnection, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, SqlErr, sea_query::Expr,
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    scalars::{Date, DateTime as OffsetTime, Id},
    text::hex,
};

/// The start of every token, by which scanners find leaked ones.
const PREFIX: &str = "lectern_";

/// The precision of a token's last use. A write for each request would cost too much.
const USED_TO: Duration = Duration::minutes(1);

/// A scope of a token: `write`, `write:people`, or `write:CONFERENCE` (a slug). No conference of the slug `people` can
/// have a token of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenScope {
    /// Everything.
    Write,
    /// All people and companies.
    WritePeople,
    /// One conference, with the people, companies and recordings that no other conference shows.
    WriteTo(String),
}

impl FromStr for TokenScope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "write" => Ok(Self::Write),
            Some(("write", "people")) => Ok(Self::WritePeople),
            Some(("write", slug)) if !slug.is_empty() && !slug.contains([' ', ',']) => {
                Ok(Self::WriteTo(slug.to_owned()))
            }
            Some((_, rest)) if rest.contains([' ', ',']) => {
                Err(format!("\"{text}\" is not one scope: give --scope once for each"))
            }
            _ => Err(format!(
                "\"{text}\" is not a scope: write, write:CONFERENCE for one conference by its slug, or write:people"
            )),
        }
    }
}

impl fmt::Display for TokenScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write => f.write_str("write"),
            Self::WritePeople => f.write_str("write:people"),
            Self::WriteTo(slug) => write!(f, "write:{slug}"),
        }
    }
}

/// The expiry of a token: a moment, or the end of a day in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry(pub DateTime<Utc>);

impl FromStr for Expiry {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let day =
            text.parse::<Date>().ok().and_then(|date| date.0.succ_opt()).and_then(|next| next.and_hms_opt(0, 0, 0));
        let moment = || text.parse::<OffsetTime>().map(OffsetTime::utc);
        let wrong =
            |_| format!("\"{text}\" is neither a day such as 2027-12-31 nor a time such as 2027-12-31T18:00:00Z");
        day.map_or_else(moment, |next| Ok(next.and_utc())).map(Self).map_err(wrong)
    }
}

/// A token in a list, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSummary {
    pub name: String,
    pub scopes: Vec<TokenScope>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub used_at: Option<DateTime<Utc>>,
}

/// The rights of a token's bearer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The name of the token, for logs.
    pub name: String,
    /// The only conference to write to; none for all, or for people and companies alone.
    pub conference: Option<GrantedConference>,
    /// Whether it is limited, and may change all people and companies within that limit.
    pub people: bool,
}

impl Grant {
    /// Whether it allows everything.
    pub fn is_unlimited(&self) -> bool {
        self.conference.is_none() && !self.people
    }
}

/// A conference that a token is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedConference {
    pub id: Uuid,
    pub slug: String,
}

/// Creates a token with an unused name. The token can't be shown again.
pub async fn create(
    database: &DatabaseConnection,
    name: &str,
    scopes: &[TokenScope],
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<String> {
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(Error::bad_input("name", "a token has a name of one line"));
    }
    if let Some(at) = expires_at.filter(|at| *at <= now) {
        return Err(Error::bad_input("expires", format!("{at} is over")));
    }
    let (conference_id, people) = granted(database, scopes).await?;
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| Error::Internal(format!("no random numbers: {error}")))?;
    let secret = URL_SAFE_NO_PAD.encode(secret);
    let id = Uuid::now_v7();
    let row = api_token::Model {
        id,
        name: name.to_owned(),
        hash: hash(&secret),
        conference_id,
        people,
        created_at: now,
        expires_at,
        revoked_at: None,
        used_at: None,
    };
    let inserted = api_token::Entity::insert(row.into_active_model()).exec_without_returning(database).await;
    inserted.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            Error::bad_input("name", format!("there is a token \"{name}\" already"))
        }
        _ => error.into(),
    })?;
    Ok(format!("{PREFIX}{}_{secret}", id.simple()))
}

/// The id of the conference in some scopes, and whether they have the people. Both are missing for everything.
async fn granted(database: &DatabaseConnection, scopes: &[TokenScope]) -> Result<(Option<Uuid>, bool)> {
    let people = scopes.contains(&TokenScope::WritePeople);
    let mut slugs = scopes.iter().filter_map(|scope| match scope {
        TokenScope::WriteTo(slug) => Some(slug),
        TokenScope::Write | TokenScope::WritePeople => None,
    });
    let slug = match (scopes.contains(&TokenScope::Write), slugs.next(), slugs.next()) {
        (true, None, _) if !people => return Ok((None, false)),
        (true, ..) => return Err(Error::bad_input("scope", "write is everything: give it alone")),
        (false, Some(_), Some(_)) => {
            return Err(Error::bad_input("scope", "a token is for one conference, or for all"));
        }
        (false, None, _) => return Ok((None, people)),
        (false, Some(slug), None) => slug,
    };
    let found = conference::Entity::find().filter(conference::Column::Slug.eq(slug)).one(database).await?;
    let missing = || Error::bad_input("scope", format!("there is no conference of the slug \"{slug}\""));
    found.map(|conference| (Some(conference.id), people)).ok_or_else(missing)
}

/// All tokens, revoked ones too, by name.
pub async fn list(database: &DatabaseConnection) -> Result<Vec<TokenSummary>> {
    let rows = api_token::Entity::find()
        .find_also_related(conference::Entity)
        .order_by_asc(api_token::Column::Name)
        .all(database)
        .await?;
    let listed = |(row, conference): (api_token::Model, Option<conference::Model>)| TokenSummary {
        name: row.name,
        scopes: scopes(row.people, conference.map(|conference| conference.slug)),
        created_at: row.created_at,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
        used_at: row.used_at,
    };
    Ok(rows.into_iter().map(listed).collect())
}

fn scopes(people: bool, conference: Option<String>) -> Vec<TokenScope> {
    let limits: Vec<TokenScope> =
        conference.map(TokenScope::WriteTo).into_iter().chain(people.then_some(TokenScope::WritePeople)).collect();
    if limits.is_empty() { vec![TokenScope::Write] } else { limits }
}

/// Revokes a token forever. A revoked token stays as it is.
pub async fn revoke(database: &DatabaseConnection, name: &str, now: DateTime<Utc>) -> Result<()> {
    let found = api_token::Entity::find().filter(api_token::Column::Name.eq(name)).one(database).await?;
    let row = found.ok_or_else(|| Error::bad_input("name", format!("there is no token \"{name}\"")))?;
    if row.revoked_at.is_none() {
        let mut row = row.into_active_model();
        row.revoked_at = Set(Some(now));
        row.update(database).await?;
    }
    Ok(())
}

/// The rights that an `Authorization` header gives.
pub async fn grant(database: &DatabaseConnection, authorization: Option<&str>, now: DateTime<Utc>) -> Result<Grant> {
    let refuse = |why: &str| {
        Error::Unauthenticated(format!(
            "{why}: send \"Authorization: Bearer lectern_…\" with a token of `lectern token create`"
        ))
    };
    let authorization = authorization.ok_or_else(|| refuse("writing needs a token"))?;
    let token = authorization
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let parts = token.and_then(|token| token.strip_prefix(PREFIX)?.split_once('_'));
    let (id, secret) = parts.ok_or_else(|| refuse("that is not a token"))?;
    let unknown = || refuse("the token is not known here");
    let Id(id) = id.parse().map_err(|_| unknown())?;
    let found = api_token::Entity::find_by_id(id).find_also_related(conference::Entity).one(database).await?;
    let (row, conference) = found.ok_or_else(unknown)?;
    if !bool::from(hash(secret).as_bytes().ct_eq(row.hash.as_bytes())) {
        return Err(unknown());
    }
    if row.revoked_at.is_some() {
        return Err(refuse("the token was revoked"));
    }
    if row.expires_at.is_some_and(|at| at <= now) {
        return Err(refuse("the token has expired"));
    }
    if row.used_at.is_none_or(|at| at + USED_TO <= now) {
        let used = api_token::Entity::update_many().col_expr(api_token::Column::UsedAt, Expr::val(now));
        used.filter(api_token::Column::Id.eq(id)).exec(database).await?;
    }
    let conference = conference.map(|row| GrantedConference { id: row.id, slug: row.slug });
    Ok(Grant { name: row.name, conference, people: row.people })
}

fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}
