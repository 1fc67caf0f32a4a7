//! Former slugs, merged ids and other names. `scope` is where a slug is unique: the kind of thing, and for a talk its
//! edition.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alias", model_attrs(derive(Serialize)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub owner_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub scope: String,
    pub value: String,
    pub value_key: String,
}

impl ActiveModelBehavior for ActiveModel {}
