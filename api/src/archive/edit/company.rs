//! Creating and changing companies.

use async_graphql::MaybeUndefined;
use entity::company;
use uuid::Uuid;

use super::{Edit, inputs::inputs, problems::Path};
use crate::{
    archive::store::rows::{NodeRow, Rows},
    error::Result,
    scalars::{Id, Revision, Url},
    vocabulary::CompanyKind,
};

inputs! {
    /// A company to create.
    input CompanyInput,
    /// The fields of a company to change. A field that is left out is unchanged.
    patch CompanyPatch of company,
    only {}
    needs {
        /// The name of the company: `Grafana Labs`. It is one line of up to 500 characters.
        name: String [line],
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
        kind: CompanyKind [value_or_default] => "it is COMPANY",
        /// The address of the company's own website.
        website_url: Url [value] => "it is not known",
        /// The address of an image of the company's logo.
        logo_url: Url [value] => "it is not known",
        /// The slug of the company that this one became, by a new name or a takeover. A company that became this one is
        /// refused (INVALID).
        successor: String => "there is none",
    }
}

impl Edit {
    /// Creates a company.
    pub async fn create_company(&mut self, input: CompanyInput) -> Result<()> {
        let id = self.new_subject::<company::Model>();
        let slug = self.new_slug((company::Model::KIND, None), &input.slug, &input.name).await?;
        let mut row = company::Model { id, slug, ..Default::default() };
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
        patch.put_columns(&mut self.problems, row);
        self.spellings::<company::Model>(row.id, patch.aliases);
        match patch.successor {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => row.successor_id = None,
            MaybeUndefined::Value(slug) => {
                let path = Path::input().at("successor");
                row.successor_id = self.by_slug(company::Model::KIND, None, &slug, &path).await?;
                if self.becomes(row.successor_id, row.id).await? {
                    self.problems
                        .invalid(&path, format!("\"{slug}\" became this company, or is it: nothing can become itself"));
                }
            }
        }
        Ok(())
    }

    /// Whether one company is the other, or became it in one or several steps.
    pub(super) async fn becomes(&self, one: Option<Uuid>, other: Uuid) -> Result<bool> {
        match one {
            Some(one) => Ok(Rows::with_successors(&self.write.transaction, &[one]).await?.contains(&other)),
            None => Ok(false),
        }
    }
}
