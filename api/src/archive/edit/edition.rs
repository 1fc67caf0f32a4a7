//! Making and changing editions, and saying who made them possible.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::{DateTime, Datelike, Duration};
use entity::{conference, edition, involvement};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::{
    Edit,
    inputs::inputs,
    problems::{Path, UserErrorCode, each, given, listed, put, put_or_default},
};
use crate::{
    archive::{import::desired::json, store::rows::NodeRow},
    database::fold,
    error::{Error, Result},
    resource::{
        admission::{CallForPapers, Ticket},
        day::Day,
        venue::Venue,
    },
    scalars::{Acronym, Country, Currency, Date, Id, Revision, Slug, TimeZone, Url},
    text,
    vocabulary::{EditionFormat, EditionStatus, InvolvementRole},
};

inputs! {
    /// An edition to be made. A slug left out is made from the name, an acronym from the slug, a year from the first
    /// day.
    input EditionInput,
    /// What is to be changed of an edition: a field left out stays, and null clears it.
    patch EditionPatch,
    only {
        /// The slug of the conference that it is an edition of.
        conference: String,
    }
    needs {
        /// What it is called.
        name: String,
        /// Its time zone. Where it is changed, slots stay at the instants that they were at; ends that nobody told are
        /// estimated anew, by the days of the new zone.
        timezone: TimeZone,
    }
    may {
        /// Its name in addresses, unique over the whole archive. One that it had keeps leading to it.
        slug: String,
        /// `[a-z0-9_]{4,}`, unique over the whole archive: the name that schedule formats know it by.
        acronym: String,
        /// The year that it is of.
        year: i32,
        /// Its first day. A first and a last day, or neither.
        starts_on: Date,
        /// Its last day.
        ends_on: Date,
        /// How people can take part; IN_PERSON where nobody says.
        format: EditionFormat,
        /// Set by hand. Null leaves it to the clock and the programme.
        status: EditionStatus,
        /// The town.
        city: String,
        /// The town's country.
        country: Country,
        /// How many people can attend.
        capacity: i32,
        /// How many people attended.
        attendance: i32,
        /// The attendance is estimated.
        attendance_is_estimate: bool,
        /// Whether it was sold out; null where that is not known.
        sold_out: bool,
        /// Which edition of its conference it is called: 1 for the first.
        ordinal: i32,
        /// Without the `#`.
        hashtags: Vec<String>,
        /// Its own website.
        website_url: Url,
        /// Where it is held.
        venue: Venue,
        /// The id of the edition that this one is held in place of.
        replaces: Id,
        /// The call for papers.
        call_for_papers: CallForPapers,
        /// The kinds of tickets.
        tickets: Vec<TicketInput>,
    }
}

/// A kind of ticket.
#[derive(Clone, Debug, InputObject)]
pub struct TicketInput {
    /// What it is called.
    pub name: String,
    /// In the currency's unit: 80 for 80 EUR, 0 for free.
    pub price: f64,
    /// ISO 4217; left out where the price is 0, and only there.
    pub currency: Option<String>,
    /// The first day that it is sold.
    pub on_sale_from: Option<Date>,
    /// The last day that it is sold.
    pub on_sale_until: Option<Date>,
}

/// Who helped an edition to be: either a person or a company.
#[derive(Clone, Debug, InputObject)]
pub struct InvolvementInput {
    /// The slug of a speaker.
    pub person: Option<String>,
    /// The slug of a company.
    pub company: Option<String>,
    /// As what.
    pub role: InvolvementRole,
    /// What else is to be said of it.
    pub note: Option<String>,
}

impl Edit {
    /// Makes an edition.
    pub async fn create_edition(&mut self, input: EditionInput) -> Result<()> {
        let path = Path::input();
        let conference = self.by_slug(conference::Model::KIND, None, &input.conference, &path.at("conference")).await?;
        let id = self.new_subject::<edition::Model>();
        let first = input.starts_on.as_opt_ref().flatten();
        let mut row = edition::Model {
            id,
            conference_id: conference.unwrap_or_default(),
            slug: self.new_slug((edition::Model::KIND, None), &input.slug, &input.name).await?,
            acronym: String::new(),
            name: String::new(),
            name_key: String::new(),
            year: first.map(|date| date.0.year()).unwrap_or_default(),
            starts_on: None,
            ends_on: None,
            begins_at: None,
            finishes_at: None,
            timezone: String::new(),
            status: None,
            format: EditionFormat::default().to_value(),
            city: None,
            city_key: None,
            country: None,
            venue: None,
            capacity: None,
            attendance: None,
            attendance_is_estimate: false,
            sold_out: None,
            ordinal: None,
            hashtags: json!([]),
            website_url: None,
            replaces_id: None,
            call_for_papers: None,
            tickets: json!([]),
            content_revision: 0,
            content_updated_at: DateTime::UNIX_EPOCH,
            revision: 0,
            updated_at: DateTime::UNIX_EPOCH,
        };
        if input.year.is_undefined() && first.is_none() {
            self.problems.required(&path.at("year"));
        }
        let mut patch = input.patch();
        if patch.acronym.is_undefined()
            && let Ok(slug) = row.slug.parse::<Slug>()
        {
            patch.acronym = MaybeUndefined::Value(Acronym::from(&slug).to_string());
        }
        self.edition_fields(patch, &mut row).await?;
        self.put(row);
        Ok(())
    }

    /// Changes an edition.
    pub async fn update_edition(&mut self, id: Id, patch: EditionPatch, seen: Option<Revision>) -> Result<()> {
        let Some(mut row) = self.subject::<edition::Model>(id, "id", seen).await? else { return Ok(()) };
        self.rename::<edition::Model>(row.id, None, &mut row.slug, &patch.slug).await?;
        let was = row.timezone.clone();
        self.edition_fields(patch, &mut row).await?;
        if row.timezone != was && !row.timezone.is_empty() {
            let mut programme = self.programme(row.id).await?;
            programme.zone = row.timezone.parse().map_err(Error::Internal)?;
            self.settle(&mut programme);
        }
        self.put(row);
        Ok(())
    }

    async fn edition_fields(&mut self, patch: EditionPatch, row: &mut edition::Model) -> Result<()> {
        let path = Path::input();
        self.acronym(&patch.acronym, row).await?;
        self.edition_replaces(patch.replaces, row).await?;
        let problems = &mut self.problems;
        problems.line(&path.at("name"), patch.name, &mut row.name);
        row.name_key = fold(&row.name);
        match patch.year {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => problems.required(&path.at("year")),
            MaybeUndefined::Value(year) => row.year = year,
        }
        match patch.timezone {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => problems.required(&path.at("timezone")),
            MaybeUndefined::Value(zone) => row.timezone = zone.to_string(),
        }
        put(patch.starts_on, &mut row.starts_on);
        put(patch.ends_on, &mut row.ends_on);
        if row.starts_on.is_some() != row.ends_on.is_some() {
            problems.invalid(&path.at("endsOn"), "there is a first and a last day (startsOn, endsOn), or neither");
        } else if row.ends_on < row.starts_on {
            problems.invalid(&path.at("endsOn"), "the last day is before the first");
        } else if row.starts_on.zip(row.ends_on).is_some_and(|(first, last)| (last - first).num_days() >= Day::MOST) {
            problems.invalid(&path.at("endsOn"), format!("an edition has {} days at most", Day::MOST));
        }
        put_or_default(patch.format, &mut row.format);
        put(patch.status, &mut row.status);
        problems.maybe_line(&path.at("city"), patch.city, &mut row.city);
        row.city_key = row.city.as_deref().map(fold);
        put(patch.country, &mut row.country);
        problems.at_least(0, &path.at("capacity"), patch.capacity, &mut row.capacity);
        problems.at_least(0, &path.at("attendance"), patch.attendance, &mut row.attendance);
        put_or_default(patch.attendance_is_estimate, &mut row.attendance_is_estimate);
        put(patch.sold_out, &mut row.sold_out);
        problems.at_least(1, &path.at("ordinal"), patch.ordinal, &mut row.ordinal);
        if let Some(hashtags) = problems.texts(&path.at("hashtags"), patch.hashtags) {
            row.hashtags = json(&hashtags);
        }
        put(patch.website_url, &mut row.website_url);
        problems.place(&path.at("venue"), patch.venue, &mut row.venue);
        match patch.call_for_papers {
            MaybeUndefined::Undefined => {}
            given => {
                let call = given.take();
                if let Some(call) = &call {
                    problems.in_order(call.opens_on, call.closes_on, &path.at("callForPapers").at("closesOn"));
                }
                row.call_for_papers = call.as_ref().map(json);
            }
        }
        if let Some(tickets) = listed(patch.tickets) {
            row.tickets = json(&problems.tickets(&path.at("tickets"), tickets));
        }
        set_bounds(row)
    }

    async fn acronym(&mut self, given: &MaybeUndefined<String>, row: &mut edition::Model) -> Result<()> {
        let path = Path::input().at("acronym");
        if given.is_null() {
            self.problems.required(&path);
        }
        let Some(acronym) = self.problems.parsed::<Acronym>(&path, given) else { return Ok(()) };
        let others = edition::Entity::find()
            .filter(edition::Column::Acronym.eq(acronym.as_str()))
            .filter(edition::Column::Id.ne(row.id));
        if others.one(&self.write.transaction).await?.is_some() {
            self.taken(&path, "acronym", &acronym, edition::Model::KIND);
        }
        row.acronym = acronym.to_string();
        Ok(())
    }

    async fn edition_replaces(&mut self, given: MaybeUndefined<Id>, row: &mut edition::Model) -> Result<()> {
        let path = Path::input().at("replaces");
        match given {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => row.replaces_id = None,
            MaybeUndefined::Value(id) => {
                row.replaces_id = self.find::<edition::Model>(id, &path).await?;
                let others = edition::Entity::find().filter(edition::Column::ReplacesId.eq(row.replaces_id));
                let others = others.filter(edition::Column::Id.ne(row.id));
                if row.replaces_id == Some(row.id) {
                    self.problems.invalid(&path, "an edition can't replace itself");
                } else if let Some(other) = others.one(&self.write.transaction).await? {
                    let message = format!("the edition {} replaces that one already", other.slug);
                    self.problems.add(UserErrorCode::Taken, &path, message);
                }
            }
        }
        Ok(())
    }

    /// Says who helped an edition to be.
    pub async fn set_involvements(
        &mut self,
        edition: Id,
        told: Vec<InvolvementInput>,
        seen: Option<Revision>,
    ) -> Result<()> {
        let Some(row) = self.subject::<edition::Model>(edition, "edition", seen).await? else { return Ok(()) };
        let people = self.named("Speaker", None, told.iter().filter_map(|one| one.person.clone()).collect()).await?;
        let companies =
            self.named("Company", None, told.iter().filter_map(|one| one.company.clone()).collect()).await?;
        self.wanted.involvements.clear();
        for (position, path, one) in each(&Path::of("involvements"), told) {
            if one.person.is_some() == one.company.is_some() {
                self.problems.invalid(&path, "it is of either a person or a company");
            }
            let mut note = None;
            self.problems.maybe_text(&path.at("note"), given(one.note), &mut note);
            let person = one.person.and_then(|slug| self.reference(&people, "Speaker", &slug, &path.at("person")));
            let company =
                one.company.and_then(|slug| self.reference(&companies, "Company", &slug, &path.at("company")));
            self.wanted.involvements.push(involvement::Model {
                edition_id: row.id,
                position,
                speaker_id: person,
                company_id: company,
                role: one.role.to_value(),
                note,
            });
        }
        Ok(())
    }
}

/// Renews the instants between which the edition's days lie.
fn set_bounds(row: &mut edition::Model) -> Result<()> {
    if row.timezone.is_empty() {
        return Ok(());
    }
    let zone: TimeZone = row.timezone.parse().map_err(Error::Internal)?;
    row.begins_at = row.starts_on.map(|date| Day::begins(date, &zone));
    row.finishes_at = row.ends_on.map(|date| Day::begins(date + Duration::days(1), &zone));
    Ok(())
}

impl super::UserErrors {
    /// A place, or none.
    pub(super) fn place(&mut self, path: &Path, told: MaybeUndefined<Venue>, into: &mut Option<serde_json::Value>) {
        let mut venue = match told {
            MaybeUndefined::Undefined => return,
            MaybeUndefined::Null => return *into = None,
            MaybeUndefined::Value(venue) => venue,
        };
        self.check(&path.at("name"), text::line(&venue.name));
        let (address, city) = (venue.address.take(), venue.city.take());
        self.maybe_text(&path.at("address"), given(address), &mut venue.address);
        self.maybe_line(&path.at("city"), given(city), &mut venue.city);
        for (field, value, most) in [("latitude", venue.latitude, 90.0), ("longitude", venue.longitude, 180.0)] {
            if let Some(value) = value.filter(|value| !(-most..=most).contains(value)) {
                self.invalid(&path.at(field), format!("{value} is not within -{most} and {most} degrees"));
            }
        }
        *into = Some(json(&venue));
    }

    /// A last day is not before the first.
    fn in_order(&mut self, first: Option<Date>, last: Option<Date>, path: &Path) {
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            self.invalid(path, format!("the last day, {last}, is before the first, {first}"));
        }
    }

    fn tickets(&mut self, path: &Path, told: Vec<TicketInput>) -> Vec<Ticket> {
        let ticket = |(_, path, told): (i32, Path, TicketInput)| {
            self.check(&path.at("name"), text::line(&told.name));
            if !(told.price >= 0.0 && told.price.is_finite()) {
                self.invalid(&path.at("price"), format!("{} is not a price: 0 is the least", told.price));
            }
            if told.currency.is_some() != (told.price > 0.0) {
                self.invalid(&path.at("currency"), "a price above 0 has a currency, and 0 has none");
            }
            self.in_order(told.on_sale_from, told.on_sale_until, &path.at("onSaleUntil"));
            let currency =
                told.currency.and_then(|currency| self.check(&path.at("currency"), currency.parse::<Currency>()));
            Ticket {
                name: told.name,
                price: told.price,
                currency,
                on_sale_from: told.on_sale_from,
                on_sale_until: told.on_sale_until,
            }
        };
        each(path, told).map(ticket).collect()
    }
}
