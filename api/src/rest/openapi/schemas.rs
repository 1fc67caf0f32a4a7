//! The schemas of bodies, made from their members.

use std::collections::BTreeMap;

use async_graphql::parser::types::{BaseType, Type as GraphQlType};
use utoipa::openapi::{
    KnownFormat, Ref, RefOr, Schema, SchemaFormat,
    schema::{AnyOfBuilder, Array, Object, ObjectBuilder, SchemaType, Type},
};

use super::{list_of, null_or};
use crate::{
    rest::bodies::{Bodies, Extent, Member},
    schema::shape::{Input, Shape},
};

/// The named schemas, collected while operations are described.
pub struct Schemas<'s> {
    pub shape: &'s Shape,
    named: std::cell::RefCell<BTreeMap<String, RefOr<Schema>>>,
}

impl<'s> Schemas<'s> {
    /// The schemas that every description has.
    pub fn new(shape: &'s Shape) -> Self {
        let text = |description: &str| Object::builder().schema_type(Type::String).description(Some(description));
        let url = |description: &str| {
            let types = SchemaType::from_iter([Type::String, Type::Null]);
            Object::builder()
                .schema_type(types)
                .format(Some(SchemaFormat::Custom("uri".to_owned())))
                .description(Some(description))
        };
        let page = ObjectBuilder::new()
            .description(Some("The position of a page in its list."))
            .property("next", url("The address of the next page. It is null on the last page."))
            .property("previous", url("The address of the previous page. It is null on the first page."))
            .property(
                "total",
                Object::builder().schema_type(SchemaType::from_iter([Type::Integer, Type::Null])).description(Some(
                    "The number of items on all pages together. It is null if the request has `total=false`.",
                )),
            )
            .required("next")
            .required("previous")
            .required("total");
        let number = |description: &str| Object::builder().schema_type(Type::Integer).description(Some(description));
        let wrong = ObjectBuilder::new()
            .property("parameter", text("The name of the parameter that is wrong."))
            .property("file", text("The file of the imported document that is wrong."))
            .property("line", number("The line of the mistake in the file, from 1."))
            .property("column", number("The column of the mistake in the line, from 1, in characters."))
            .property("message", text("The mistake in words, and what would be right."))
            .property("code", text("The code of the mistake, the same as in GraphQL: `BAD_USER_INPUT`."))
            .required("message")
            .required("code");
        let problem = ObjectBuilder::new()
            .description(Some("An error as a problem document (RFC 9457)."))
            .property("type", text("The type of the problem, always `about:blank`: it is the status."))
            .property("title", text("The name of the status: `Bad Request`."))
            .property("status", Object::builder().schema_type(Type::Integer).description(Some("The HTTP status.")))
            .property("detail", text("The error in words, and what would be right."))
            .property("code", text("The code of the error, the same as in GraphQL: `BAD_USER_INPUT`."))
            .property(
                "errors",
                list_of(wrong.build(), "The mistakes one by one, for an error about parameters or a document."),
            )
            .required("type")
            .required("title")
            .required("status")
            .required("detail")
            .required("code");
        let named = [("Page", page), ("Problem", problem)]
            .map(|(name, schema)| (name.to_owned(), Schema::from(schema.build()).into()));
        Self { shape, named: std::cell::RefCell::new(named.into()) }
    }

    /// All named schemas.
    pub fn done(self) -> BTreeMap<String, RefOr<Schema>> {
        self.named.into_inner()
    }

    /// The schema of an item, whole or with the fields that `fields` selects.
    pub fn item(&self, type_name: &str) -> RefOr<Schema> {
        let members = Bodies(self.shape).members(type_name, &[]);
        let picked = format!("{type_name}Fields");
        self.name(type_name, |schemas| schemas.object(type_name, &members));
        self.name(&picked, |schemas| {
            let object = schemas.properties(&members, false);
            object
                .description(Some(format!(
                    "The fields of a {} that the parameter `fields` selects.",
                    type_name.to_lowercase()
                )))
                .build()
                .into()
        });
        let either =
            AnyOfBuilder::new().item(Ref::from_schema_name(type_name)).item(Ref::from_schema_name(picked)).build();
        Schema::from(either).into()
    }

    /// An object with members. All are required but those on request.
    pub fn object(&self, type_name: &str, members: &[Member<'_>]) -> Schema {
        self.properties(members, true).description(Some(self.shape.description(type_name))).build().into()
    }

    /// The schema, or null.
    pub fn nullable(&self, schema: Schema) -> Schema {
        null_or(schema)
    }

    /// The description of a field.
    fn described(&self, type_name: &str, field: &str) -> &str {
        self.shape.field(type_name, field).map_or("", |field| &field.description)
    }

    /// A slot of a schedule, with its talk.
    pub fn slot_with(&self, talk: Schema) -> Schema {
        let members = Bodies(self.shape).of("Slot", Extent::Embedded, &[], &["Edition", "Talk"]);
        let talk = match talk {
            Schema::AnyOf(mut either) => {
                either.description = Some(self.described("Slot", "talk").to_owned());
                Schema::AnyOf(either)
            }
            other => other,
        };
        self.properties(&members, true)
            .property("talk", talk)
            .required("talk")
            .description(Some(self.shape.description("Slot")))
            .build()
            .into()
    }

    /// The schedule of an edition.
    pub fn schedule(&self, slot: Schema) -> Schema {
        let days = Bodies(self.shape).of("Day", Extent::Embedded, &[], &[]);
        let slots = list_of(slot, self.described("Day", "slots"));
        let day = self.properties(&days, true).property("slots", slots).required("slots");
        let edition = self.thing("Edition", &Bodies(self.shape).of("Edition", Extent::Embedded, &[], &[]));
        ObjectBuilder::new()
            .property("edition", edition)
            .property(
                "days",
                list_of(day.description(Some(self.shape.description("Day"))).build(), "The conference days."),
            )
            .required("edition")
            .required("days")
            .build()
            .into()
    }

    /// The report of an import.
    pub fn report(&self) -> Schema {
        let counts = |what: &str| {
            let count = Schema::from(ObjectBuilder::new().schema_type(Type::Integer).build());
            Object::builder()
                .description(Some(format!("The number of {what} items of each type.")))
                .additional_properties(Some(count))
        };
        let revision = Object::builder()
            .schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .description(Some(
                "The revision of the last change of the import. It is null if nothing changed, and in a dry run.",
            ));
        let dry_run = Object::builder()
            .schema_type(Type::Boolean)
            .description(Some("Whether the import was a dry run, which changes nothing."));
        let report = ObjectBuilder::new().property("revision", revision).property("dry_run", dry_run);
        let report = ["created", "updated", "deleted"]
            .map(|name| (name, name))
            .into_iter()
            .fold(report, |report, (name, what)| report.property(name, counts(what)).required(name));
        let since = Object::builder()
            .schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .description(Some(
                "The revision at which the document was exported, if what changed in the archive since was compared. It \
                 is null if the document does not note one, or the log does not have it.",
            ));
        let is_incomparable = Object::builder().schema_type(Type::Boolean).description(Some(
            "Whether the document notes a point that the log does not have, so that nothing was compared: it was \
             exported from another archive, or the database was set back.",
        ));
        let report = report.property("compared_since", since).property("is_incomparable", is_incomparable);
        let changes = |what: &str| Array::builder().items(RefOr::T(side_change())).description(Some(what)).build();
        let kept =
            "The changes of the archive since the export that were kept, although the document has it otherwise.";
        let taken_back = "The changes of the archive since the export that were replaced by what the document has.";
        let report = report
            .property("warnings", warnings())
            .property("kept", changes(kept))
            .property("taken_back", changes(taken_back));
        let required = ["revision", "dry_run", "warnings", "compared_since", "is_incomparable", "kept", "taken_back"];
        required.into_iter().fold(report, |report, name| report.required(name)).build().into()
    }

    fn name(&self, name: &str, schema: impl FnOnce(&Self) -> Schema) {
        if self.named.borrow().contains_key(name) {
            return;
        }
        // The name is taken first, so that a schema may refer to itself.
        self.named.borrow_mut().insert(name.to_owned(), Schema::default().into());
        let schema = schema(self);
        self.named.borrow_mut().insert(name.to_owned(), schema.into());
    }

    fn properties(&self, members: &[Member<'_>], with_required: bool) -> ObjectBuilder {
        members.iter().fold(ObjectBuilder::new(), |object, member| {
            let object = object.property(member.name(), self.member(member));
            if with_required && !member.on_request { object.required(member.name()) } else { object }
        })
    }

    fn member(&self, member: &Member<'_>) -> RefOr<Schema> {
        let field = member.field;
        let description = match member.on_request {
            true => format!("{} It is present only if `include` names it.", field.description),
            false => field.description.clone(),
        };
        match &member.leads_to {
            None => self.typed(&field.ty, &|| self.leaf(&field.type_name), &description),
            Some((_, inner)) => self.typed(&field.ty, &|| self.thing(&field.type_name, inner), &description),
        }
    }

    /// The schema of a related thing. A thing with an address or without relations has one schema everywhere: its
    /// reference is required, and the rest is there if it is included.
    fn thing(&self, type_name: &str, inner: &[Member<'_>]) -> RefOr<Schema> {
        let bodies = Bodies(self.shape);
        let reference = bodies.of(type_name, Extent::Reference, &[], &[]);
        let has_id = self.shape.field(type_name, "id").is_some();
        let whole = bodies.of(type_name, Extent::Embedded, &[], &[]);
        let needed =
            |member: &Member<'_>| !has_id || reference.iter().any(|shown| shown.field_name == member.field_name);
        let object = |schemas: &Self, members: &[Member<'_>]| -> Schema {
            let object = schemas.properties(members, false).description(Some(schemas.shape.description(type_name)));
            members
                .iter()
                .filter(|member| needed(member))
                .fold(object, |object, member| object.required(member.name()))
                .build()
                .into()
        };
        if whole.iter().any(|member| matches!(member.leads_to, Some((Extent::Reference, _)))) {
            return object(self, if has_id { &whole } else { inner }).into();
        }
        let name = if has_id { format!("{type_name}Reference") } else { type_name.to_owned() };
        self.name(&name, |schemas| object(schemas, &whole));
        Ref::from_schema_name(name).into()
    }

    /// The schema of a GraphQL type: `named` with its lists and nulls.
    fn typed(&self, ty: &GraphQlType, named: &dyn Fn() -> RefOr<Schema>, description: &str) -> RefOr<Schema> {
        let schema = match &ty.base {
            BaseType::List(item_type) => {
                let items = self.typed(item_type, named, "");
                return Schema::from(Array::builder().items(items).description(Some(description)).build()).into();
            }
            BaseType::Named(_) => named(),
        };
        match schema {
            RefOr::T(Schema::Object(mut object)) => {
                if let (true, SchemaType::Type(only)) = (ty.nullable, object.schema_type.clone()) {
                    object.schema_type = SchemaType::from_iter([only, Type::Null]);
                }
                if !description.is_empty() {
                    object.description = Some(description.to_owned());
                }
                Schema::from(object).into()
            }
            RefOr::Ref(mut reference) if !ty.nullable => {
                reference.description = description.to_owned();
                reference.into()
            }
            schema => {
                let null = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null)).build();
                Schema::from(AnyOfBuilder::new().item(schema).item(null).description(Some(description)).build()).into()
            }
        }
    }

    fn leaf(&self, type_name: &str) -> RefOr<Schema> {
        if let Some(Input::Enum(words)) = self.shape.input_type(type_name) {
            self.name(type_name, |schemas| {
                let object = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.clone()));
                object.description(Some(schemas.shape.description(type_name))).build().into()
            });
            return Ref::from_schema_name(type_name).into();
        }
        Schema::from(scalar(type_name)).into()
    }
}

/// A scalar of the schema.
pub fn scalar(type_name: &str) -> Object {
    let standard = |format: KnownFormat| Some(SchemaFormat::KnownFormat(format));
    let custom = |name: &str| Some(SchemaFormat::Custom(name.to_owned()));
    let (schema_type, format) = match type_name {
        "ID" => (Type::String, custom("uuid")),
        "Date" => (Type::String, standard(KnownFormat::Date)),
        "DateTime" => (Type::String, standard(KnownFormat::DateTime)),
        "URL" => (Type::String, custom("uri")),
        "Int" => (Type::Integer, standard(KnownFormat::Int32)),
        "Revision" => (Type::Integer, standard(KnownFormat::Int64)),
        "Float" => (Type::Number, standard(KnownFormat::Double)),
        "Boolean" => (Type::Boolean, None),
        _ => (Type::String, None),
    };
    ObjectBuilder::new().schema_type(schema_type).format(format).build()
}

/// What is probably not meant in an imported document.
fn warnings() -> Array {
    let number = |description: &str| Object::builder().schema_type(Type::Integer).description(Some(description));
    let text = |description: &str| Object::builder().schema_type(Type::String).description(Some(description));
    let warning = ObjectBuilder::new()
        .property("file", text("The file of the archive, or `body`."))
        .property("line", number("The line, from 1."))
        .property("column", number("The column in characters, from 1."))
        .property(
            "severity",
            text("`warning`, or `note` for what `strict` does not refuse.").enum_values(Some(["warning", "note"])),
        )
        .property("message", text("What is probably not meant, and what would be right."));
    let warning = ["file", "line", "column", "severity", "message"].into_iter().fold(warning, ObjectBuilder::required);
    Array::builder()
        .items(warning.build())
        .description(Some("What is probably not meant in the document, by place."))
        .build()
}

/// A change of the archive since a document was exported.
fn side_change() -> Schema {
    let described = |description: &str| ObjectBuilder::new().description(Some(description));
    let text = |description: &str| described(description).schema_type(Type::String);
    let nullable = SchemaType::from_iter([Type::String, Type::Null]);
    let fields = Array::builder()
        .items(RefOr::T(Schema::from(ObjectBuilder::new().schema_type(Type::String).build())))
        .description(Some("The fields that the document has otherwise; none if the item was created or deleted."))
        .build();
    let all = [
        ("kind", Schema::from(text("The type of the item.").build())),
        ("id", text("The id of the item.").build().into()),
        (
            "name",
            text("The slug of the item, or what else tells it from others; after the slug of its edition.")
                .build()
                .into(),
        ),
        ("operation", text("What happened to the item: CREATED, UPDATED or DELETED.").build().into()),
        ("fields", fields.into()),
        ("revision", described("The last revision of the change.").schema_type(Type::Integer).build().into()),
        (
            "token",
            described("The name of the token that made the change. It is null for the command line.")
                .schema_type(nullable)
                .build()
                .into(),
        ),
    ];
    let object = ObjectBuilder::new();
    all.into_iter().fold(object, |object, (name, schema)| object.property(name, schema).required(name)).build().into()
}
