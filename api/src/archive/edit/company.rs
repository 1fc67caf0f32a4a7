//! Making and changing companies.

use async_graphql::MaybeUndefined;
use chrono::DateTime;
use entity::company;
use sea_orm::ActiveEnum;
use uuid::Uuid;

use super::{
    Edit,
    inputs::inputs,
    problems::{Path, put, put_or_default},
};
use crate::{
    archive::store::rows::{NodeRow, Rows},
    database::fold,
    error::Result,
    scalars::{Id, Revision, Url},
    vocabulary::CompanyKind,
};

inputs! {
    /// A company to create.
    input CompanyInput,
    /// The fields of a company to change. A field that is left out is unchanged.
    patch CompanyPatch,
    only {}
    needs {
        /// The name of the company: `Grafana Labs`. It is one line of up to 500 characters.
        name: String,
    }
    makes {
        /// The slug of the company, unique among companies. It has lower-case letters and digits with single hyphens
        /// between them, up to 200 characters: `grafana-labs`. A former slug keeps leading to the company.
        slug: String = "it is made from the name, with a number if that is taken",
    }
    may {
        /// Other names and spellings of the company, each once: `CNCF`.
        aliases: Vec<String> => "there are none",
        /// The kind of organisation.
        kind: CompanyKind => "it is COMPANY",
        /// The address of the company's own website.
        website_url: Url => "it is not known",
        /// The address of an image of the company's logo.
        logo_url: Url => "it is not known",
        /// The slug of the company that this one became, by a new name or a takeover. A company that became this one is
        /// refused (INVALID).
        successor: String => "there is none",
    }
}

impl Edit {
    /// Makes a company.
    pub async fn create_company(&mut self, input: CompanyInput) -> Result<()> {
        let id = self.new_subject::<company::Model>();
        let mut row = company::Model {
            id,
            slug: self.new_slug((company::Model::KIND, None), &input.slug, &input.name).await?,
            name: String::new(),
            name_key: String::new(),
            kind: CompanyKind::default().to_value(),
            website_url: None,
            logo_url: None,
            successor_id: None,
            talk_count: 0,
            revision: 0,
            updated_at: DateTime::UNIX_EPOCH,
        };
        self.company_fields(input.patch(), &mut row).await?;
        self.put(row);
        Ok(())
    }

    /// Changes a company.
    pub async fn update_company(&mut self, id: Id, patch: CompanyPatch, seen: Option<Revision>) -> Result<()> {
        let Some(mut row) = self.subject::<company::Model>(id, "id", seen).await? else { return Ok(()) };
        self.rename::<company::Model>(row.id, None, &mut row.slug, &patch.slug).await?;
        self.company_fields(patch, &mut row).await?;
        self.put(row);
        Ok(())
    }

    async fn company_fields(&mut self, patch: CompanyPatch, row: &mut company::Model) -> Result<()> {
        let path = Path::input();
        self.problems.line(&path.at("name"), patch.name, &mut row.name);
        row.name_key = fold(&row.name);
        self.spellings::<company::Model>(row.id, patch.aliases);
        put_or_default(patch.kind, &mut row.kind);
        put(patch.website_url, &mut row.website_url);
        put(patch.logo_url, &mut row.logo_url);
        match patch.successor {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => row.successor_id = None,
            MaybeUndefined::Value(slug) => {
                let path = path.at("successor");
                row.successor_id = self.by_slug(company::Model::KIND, None, &slug, &path).await?;
                if self.becomes(row.successor_id, row.id).await? {
                    self.problems
                        .invalid(&path, format!("\"{slug}\" became this company, or is it: nothing can become itself"));
                }
            }
        }
        Ok(())
    }

    /// Whether one company is the other, or became it.
    pub(super) async fn becomes(&self, one: Option<Uuid>, other: Uuid) -> Result<bool> {
        match one {
            Some(one) => Ok(Rows::with_successors(&self.write.transaction, &[one]).await?.contains(&other)),
            None => Ok(false),
        }
    }
}
