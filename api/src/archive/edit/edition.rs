//! Creating and changing editions, and setting their involvements.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::Datelike;
use entity::{conference, edition, involvement};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};

use super::{
    Edit,
    inputs::inputs,
    problems::{Path, UserErrorCode, each, given, listed},
};
use crate::{
    archive::store::rows::NodeRow,
    column::to_json,
    error::{Error, Result},
    resource::{
        admission::{CallForPapers, Ticket},
        venue::Venue,
    },
    rules::{self, MOST_DAYS, WrongDays},
    scalars::{Acronym, Country, Currency, Date, Id, Revision, Slug, TimeZone, Url, check_year},
    text,
    vocabulary::{EditionFormat, EditionStatus, InvolvementRole},
};

inputs! {
    /// An edition of a conference to create.
    input EditionInput,
    /// The fields of an edition to change. A field that is left out is unchanged.
    patch EditionPatch of edition,
    only {
        /// The slug of the conference that the edition belongs to: `promcon`.
        conference: String,
    }
    needs {
        /// The name of the edition: `PromCon 2016`. It is one line of up to 500 characters.
        name: String,
        /// The time zone of the edition: `Europe/Berlin`. If it changes, all slots stay at the same instants, unless
        /// `moveSlots: true` keeps their local times. Estimated ends are computed anew by the days of the new zone.
        timezone: TimeZone,
    }
    makes {
        /// The slug of the edition, unique in the whole archive. It has lower-case letters and digits with single
        /// hyphens between them, up to 200 characters: `promcon-2016-berlin`. A former slug keeps leading to the
        /// edition.
        slug: String = "it is made from the name, with a number if that is taken",
        /// The acronym of the edition in schedule formats, unique in the whole archive: `promcon_2016_berlin`. It has 4
        /// to 200 characters of `a-z`, `0-9` and `_`.
        acronym: String = "it is made from the slug",
        /// The year of the edition: 2016.
        year: i32 = "it is that of the first day, and is required if there is none",
    }
    may {
        /// The first day of the edition, in its time zone: `2016-08-25`. An edition has both a first and a last day or
        /// neither, and at most 366 days. Days that leave a slot more than one day outside are refused (INVALID):
        /// `moveSlots: true` moves all slots with the first day, and the mutation `edit` moves some in the same write.
        starts_on: Date => "it is not known",
        /// The last day of the edition, in its time zone: `2016-08-26`.
        ends_on: Date => "it is not known",
        /// The way of attending the edition.
        format: EditionFormat [value_or_default] => "it is IN_PERSON",
        /// The state of the edition, where an editor has to set it: CANCELLED, or ANNOUNCED if it is not known whether
        /// the edition took place.
        status: EditionStatus [value] => "it follows from the clock, the days and the schedule",
        /// The city in which the edition takes place: `Berlin`. It is one line of up to 500 characters.
        city: String [maybe_line] => "it is not known",
        /// The country of the city as an ISO 3166-1 code: `DE`.
        country: Country [value] => "it is not known",
        /// The number of people who can attend, from 0.
        capacity: i32 [at_least 0] => "it is not known",
        /// The number of people who attended, from 0.
        attendance: i32 [at_least 0] => "it is not known",
        /// Whether the number of people who attended is an estimate.
        attendance_is_estimate: bool [value_or_default] => "it is false",
        /// Whether the edition was sold out.
        sold_out: bool [value] => "it is not known",
        /// The number of the edition in the conference's own count: 1 for the first.
        ordinal: i32 [at_least 1] => "there is none",
        /// The hashtags of the edition without the `#`, each once: `promcon2016`.
        hashtags: Vec<String> [text_list] => "there are none",
        /// The address of the edition's own website.
        website_url: Url [value] => "it is not known",
        /// The venue of the edition. It replaces a recorded venue as a whole.
        venue: Venue [place] => "it is not known",
        /// The id of the edition that this one takes the place of. Only one edition can take the place of another
        /// (TAKEN).
        replaces: Id => "there is none",
        /// The call for papers of the edition. It replaces a recorded one as a whole.
        call_for_papers: CallForPapers [call_for_papers] => "none is known",
        /// The kinds of tickets of the edition, in their order.
        tickets: Vec<TicketInput> [tickets] => "there are none",
    }
}

/// A kind of ticket of an edition.
#[derive(Clone, Debug, InputObject)]
pub struct TicketInput {
    /// The name of the ticket: `Early bird`. It is one line of up to 500 characters.
    pub name: String,
    /// The price of the ticket in the unit of its currency, not in cents: 80 for 80 EUR, and 0 for a free ticket. It is
    /// not negative.
    pub price: f64,
    /// The currency of the price as an ISO 4217 code: `EUR`. It is required for a price above 0, and left out or null
    /// for a price of 0.
    pub currency: Option<String>,
    /// The first day on which the ticket is sold, in the edition's time zone. If it is left out or null, it is not
    /// known.
    pub on_sale_from: Option<Date>,
    /// The last day on which the ticket is sold, in the edition's time zone, not before the first day. If it is left
    /// out or null, it is not known.
    pub on_sale_until: Option<Date>,
}

/// The involvement of one person or one company in an edition. Exactly one of `person` and `company` is given.
#[derive(Clone, Debug, InputObject)]
pub struct InvolvementInput {
    /// The slug of the person, as a speaker: `julius-volz`. It is left out or null for a company.
    pub person: Option<String>,
    /// The slug of the company: `cncf`. It is left out or null for a person.
    pub company: Option<String>,
    /// The role of the person or company.
    pub role: InvolvementRole,
    /// A remark about the involvement. It may have several lines. If it is left out or null, there is none.
    pub note: Option<String>,
}

impl Edit {
    /// Creates an edition.
    pub async fn create_edition(&mut self, input: EditionInput) -> Result<()> {
        let path = Path::input();
        let conference = self.by_slug(conference::Model::KIND, None, &input.conference, &path.at("conference")).await?;
        let id = self.new_subject::<edition::Model>();
        let first = input.starts_on.as_opt_ref().flatten();
        let slug = self.new_slug((edition::Model::KIND, None), &input.slug, &input.name).await?;
        let mut row = edition::Model {
            id,
            conference_id: conference.unwrap_or_default(),
            slug,
            year: first.map(|date| date.0.year()).unwrap_or_default(),
            ..Default::default()
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

    /// Changes an edition. Its slots move with its first day if `move_slots` is true.
    pub async fn update_edition(
        &mut self,
        id: Id,
        patch: EditionPatch,
        move_slots: Option<bool>,
        seen: Option<Revision>,
    ) -> Result<()> {
        let Some(mut row) = self.subject::<edition::Model>(id, "id", seen).await? else { return Ok(()) };
        self.rename::<edition::Model>(row.id, None, &mut row.slug, &patch.slug).await?;
        let was = row.clone();
        self.edition_fields(patch, &mut row).await?;
        let has_other_zone = row.timezone != was.timezone && !row.timezone.is_empty();
        let has_other_days = (row.starts_on, row.ends_on) != (was.starts_on, was.ends_on);
        if (has_other_zone || has_other_days) && rules::edition_days(row.starts_on, row.ends_on).is_ok() {
            let mut schedule = self.edited_schedule(row.id).await?;
            schedule.zone = row.timezone.parse().map_err(Error::Internal)?;
            schedule.days = row.starts_on.zip(row.ends_on);
            self.follow_first_day(&was, &row, &mut schedule, move_slots == Some(true));
            self.apply_schedule(&mut schedule);
            self.redate(row.id, &schedule);
        }
        self.put(row);
        Ok(())
    }

    async fn edition_fields(&mut self, patch: EditionPatch, row: &mut edition::Model) -> Result<()> {
        let path = Path::input();
        self.acronym(&patch.acronym, row).await?;
        self.edition_replaces(&patch.replaces, row).await?;
        let problems = &mut self.problems;
        problems.line(&path.at("name"), patch.name.clone(), &mut row.name);
        problems.required_value(&path.at("year"), patch.year, &mut row.year);
        if let MaybeUndefined::Value(year) = patch.year {
            problems.check(&path.at("year"), check_year(year, &year.to_string()));
        }
        problems.required_value(&path.at("timezone"), patch.timezone, &mut row.timezone);
        problems.value(&path.at("startsOn"), patch.starts_on, &mut row.starts_on);
        problems.value(&path.at("endsOn"), patch.ends_on, &mut row.ends_on);
        let wrong = match rules::edition_days(row.starts_on, row.ends_on) {
            Ok(()) => None,
            Err(WrongDays::WithoutFirst | WrongDays::WithoutLast) => {
                Some("there is a first and a last day (startsOn, endsOn), or neither".to_owned())
            }
            Err(WrongDays::Reversed) => Some("the last day is before the first".to_owned()),
            Err(WrongDays::TooMany) => Some(format!("an edition has {MOST_DAYS} days at most")),
        };
        if let Some(wrong) = wrong {
            problems.invalid(&path.at("endsOn"), wrong);
        }
        patch.put_columns(problems, row);
        Ok(())
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

    async fn edition_replaces(&mut self, given: &MaybeUndefined<Id>, row: &mut edition::Model) -> Result<()> {
        let path = Path::input().at("replaces");
        match given {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => row.replaces_id = None,
            MaybeUndefined::Value(id) => {
                row.replaces_id = self.find::<edition::Model>(*id, &path).await?;
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

    /// Sets the involvements of an edition.
    pub async fn set_involvements(
        &mut self,
        edition: Id,
        involvements: Vec<InvolvementInput>,
        seen: Option<Revision>,
    ) -> Result<()> {
        let Some(row) = self.subject::<edition::Model>(edition, "edition", seen).await? else { return Ok(()) };
        let people =
            self.named("Speaker", None, involvements.iter().filter_map(|one| one.person.clone()).collect()).await?;
        let companies =
            self.named("Company", None, involvements.iter().filter_map(|one| one.company.clone()).collect()).await?;
        self.desired.involvements.clear();
        for (position, path, one) in each(&Path::of("involvements"), involvements) {
            if !rules::is_of_one(one.person.is_some(), one.company.is_some()) {
                self.problems.invalid(&path, "it is of either a person or a company");
            }
            let mut note = None;
            self.problems.maybe_text(&path.at("note"), given(one.note), &mut note);
            let person = one.person.and_then(|slug| self.reference(&people, "Speaker", &slug, &path.at("person")));
            let company =
                one.company.and_then(|slug| self.reference(&companies, "Company", &slug, &path.at("company")));
            self.desired.involvements.push(involvement::Model {
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

impl super::UserErrors {
    /// A place, or none.
    pub(super) fn place(&mut self, path: &Path, venue: MaybeUndefined<Venue>, into: &mut Option<serde_json::Value>) {
        let mut venue = match venue {
            MaybeUndefined::Undefined => return,
            MaybeUndefined::Null => return *into = None,
            MaybeUndefined::Value(venue) => venue,
        };
        venue.name = self.tidy_line(&path.at("name"), &venue.name);
        let (address, city) = (venue.address.take(), venue.city.take());
        self.maybe_text(&path.at("address"), given(address), &mut venue.address);
        self.maybe_line(&path.at("city"), given(city), &mut venue.city);
        for (field, value, most) in [("latitude", venue.latitude, 90.0), ("longitude", venue.longitude, 180.0)] {
            if let Some(value) = value.filter(|value| !(-most..=most).contains(value)) {
                self.invalid(&path.at(field), format!("{value} is not within -{most} and {most} degrees"));
            }
        }
        *into = Some(to_json(&venue));
    }

    /// Refuses a last day before the first.
    fn in_order(&mut self, first: Option<Date>, last: Option<Date>, path: &Path) {
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            self.invalid(path, format!("the last day, {last}, is before the first, {first}"));
        }
    }

    /// A call for papers, or none.
    fn call_for_papers(
        &mut self,
        path: &Path,
        given: MaybeUndefined<CallForPapers>,
        into: &mut Option<serde_json::Value>,
    ) {
        if let MaybeUndefined::Value(call) = &given {
            self.in_order(call.opens_on, call.closes_on, &path.at("closesOn"));
        }
        self.value(path, given, into);
    }

    /// Tickets; null is none.
    fn tickets(&mut self, path: &Path, given: MaybeUndefined<Vec<TicketInput>>, into: &mut serde_json::Value) {
        let Some(tickets) = listed(given) else { return };
        let ticket = |(_, path, ticket): (i32, Path, TicketInput)| {
            let name = self.tidy_line(&path.at("name"), &ticket.name);
            if !(ticket.price >= 0.0 && ticket.price.is_finite()) {
                self.invalid(&path.at("price"), format!("{} is not a price: 0 is the least", ticket.price));
            }
            if ticket.currency.is_some() != (ticket.price > 0.0) {
                self.invalid(&path.at("currency"), "a price above 0 has a currency, and 0 has none");
            }
            self.in_order(ticket.on_sale_from, ticket.on_sale_until, &path.at("onSaleUntil"));
            let currency = ticket
                .currency
                .and_then(|code| self.check(&path.at("currency"), text::tidied(&code, false).parse::<Currency>()));
            let TicketInput { price, on_sale_from, on_sale_until, .. } = ticket;
            Ticket { name, price, currency, on_sale_from, on_sale_until }
        };
        *into = to_json(&each(path, tickets).map(ticket).collect::<Vec<_>>());
    }
}
