//! The sponsors of an edition.

use std::collections::HashMap;

use async_graphql::{InputObject, MaybeUndefined};
use entity::{edition, sponsor_tier, sponsorship};
use uuid::Uuid;

use super::{
    Edit, UserErrorCode,
    problems::{Path, each, given, listed},
};
use crate::{
    error::Result,
    scalars::{Id, Revision, Slug, Url},
};

/// A tier of an edition's sponsors, with the sponsorships in it.
#[derive(Clone, Debug, InputObject)]
pub struct SponsorTierInput {
    /// The name of the tier: `Diamond`. It is one line of up to 500 characters.
    pub name: String,
    /// The slug of the tier, unique in the edition: `diamond`. If it is left out or null, it is made from the name.
    pub slug: Option<String>,
    /// The sponsorships in the tier, in their order.
    pub sponsorships: Vec<SponsorshipInput>,
}

/// A sponsorship of an edition by a company. A company appears only once in a tier.
#[derive(Clone, Debug, InputObject)]
pub struct SponsorshipInput {
    /// The slug of the company: `grafana-labs`.
    pub company: String,
    /// The address that the edition's website links the sponsor to. If it is left out or null, it is not known.
    pub url: Option<Url>,
}

impl Edit {
    /// Sets the sponsors of an edition: the tiers, the highest first, and the sponsors without a tier. The latter stay
    /// if they are left out.
    pub async fn set_sponsors(
        &mut self,
        edition: Id,
        tiers: Vec<SponsorTierInput>,
        untiered: MaybeUndefined<Vec<SponsorshipInput>>,
        seen: Option<Revision>,
    ) -> Result<()> {
        let Some(row) = self.subject::<edition::Model>(edition, "edition", seen).await? else { return Ok(()) };
        let stay: Vec<_> = self.desired.sponsorships.drain(..).filter(|one| one.tier_rank.is_none()).collect();
        let untiered = listed(untiered);
        let named = tiers.iter().flat_map(|tier| &tier.sponsorships).chain(untiered.iter().flatten());
        let companies = self.named("Company", None, named.map(|one| one.company.clone()).collect()).await?;
        self.desired.sponsor_tiers.clear();
        for (rank, path, tier) in each(&Path::of("tiers"), tiers) {
            let name = self.problems.tidy_line(&path.at("name"), &tier.name);
            let slug = self.problems.slug(&path.at("slug"), &given(tier.slug));
            let slug = slug.unwrap_or_else(|| Slug::made_of(&name, "tier")).to_string();
            if self.desired.sponsor_tiers.iter().any(|other| other.slug == slug) {
                self.problems.add(
                    UserErrorCode::Taken,
                    &path.at("slug"),
                    format!("another tier has the slug \"{slug}\": choose another one"),
                );
            }
            self.desired.sponsor_tiers.push(sponsor_tier::Model { edition_id: row.id, rank, slug, name });
            self.sponsorships((row.id, Some(rank)), tier.sponsorships, &companies, &path.at("sponsorships"));
        }
        match untiered {
            Some(untiered) => self.sponsorships((row.id, None), untiered, &companies, &Path::of("untiered")),
            None => self.desired.sponsorships.extend(stay),
        }
        for (position, one) in (1..).zip(&mut self.desired.sponsorships) {
            one.position = position;
        }
        Ok(())
    }

    fn sponsorships(
        &mut self,
        (edition_id, tier_rank): (Uuid, Option<i32>),
        sponsorships: Vec<SponsorshipInput>,
        companies: &HashMap<String, Uuid>,
        path: &Path,
    ) {
        for (_, path, one) in each(path, sponsorships) {
            let path = path.at("company");
            let Some(company_id) = self.reference(companies, "Company", &one.company, &path) else { continue };
            if self
                .desired
                .sponsorships
                .iter()
                .any(|other| other.tier_rank == tier_rank && other.company_id == company_id)
            {
                self.problems.invalid(&path, format!("\"{}\" is there twice", one.company));
            }
            let url = one.url.map(|url| url.to_string());
            self.desired.sponsorships.push(sponsorship::Model { edition_id, position: 0, tier_rank, company_id, url });
        }
    }
}
