//! The parameters of operations, with the values of an example that a test requests.

use async_graphql::parser::types::BaseType;
use utoipa::openapi::{
    Required, Schema,
    path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle},
    schema::{Array, Object, ObjectBuilder, Type},
};

use super::{DEFAULT_SIZE, schemas::scalar};
use crate::{
    rest::{
        bodies::{Bodies, Member},
        parameters::{filter_name, includable},
        search,
    },
    scalars::LONGEST_LANGUAGE,
    schema::shape::{Input, Shape, base_name},
    text::{LONGEST_CURSOR, LONGEST_LINE},
};

/// A text without U+0000, which no database takes.
const TEXT: &str = "^[^\\u0000]*$";

/// The description of filters that take instants.
const OR_DAY: &str = " A plain date, such as 2016-08-25, stands for the start of that day: in the time zone of the edition \
    if `edition` names a single one, and in UTC otherwise.";

/// The description of lists.
const SEVERAL: &str = "Several values are given by repeating the parameter or are separated by commas.";

/// The parameters of one operation.
pub struct OperationParameters<'s> {
    shape: &'s Shape,
    all: Vec<ParameterBuilder>,
    names: Vec<String>,
    /// The names of the parameters that are lists.
    arrays: Vec<String>,
    /// The names of the required parameters in the query.
    required: Vec<String>,
}

impl<'s> OperationParameters<'s> {
    /// Creates an empty list of parameters.
    pub fn new(shape: &'s Shape) -> Self {
        Self { shape, all: Vec::new(), names: Vec::new(), arrays: Vec::new(), required: Vec::new() }
    }

    fn add(&mut self, name: &str, place: ParameterIn, description: &str, schema: impl Into<Schema>) {
        let required = if place == ParameterIn::Path { Required::True } else { Required::False };
        let schema: Schema = schema.into();
        let mut parameter = ParameterBuilder::new().name(name).description(Some(description)).parameter_in(place);
        if matches!(schema, Schema::Array(_)) {
            parameter = parameter.style(Some(ParameterStyle::Form)).explode(Some(true));
            self.arrays.push(name.to_owned());
        }
        self.all.push(parameter.required(required).schema(Some(schema)));
        self.names.push(name.to_owned());
    }

    fn query(&mut self, name: &str, description: &str, schema: impl Into<Schema>) {
        self.add(name, ParameterIn::Query, description, schema);
    }

    /// A slug in the path.
    pub fn slug(&mut self, name: &str, noun: &str) {
        let description = format!("The slug of the {noun}. A former slug redirects to the present one (301).");
        self.add(name, ParameterIn::Path, &description, ObjectBuilder::new().schema_type(Type::String).build());
    }

    /// An id in the path.
    pub fn id(&mut self, noun: &str) {
        self.add("id", ParameterIn::Path, &format!("The id of the {noun}: a UUID."), scalar("ID"));
    }

    /// The fields of a filter.
    pub fn filter(&mut self, filter: &str, renamed: &[(&str, &str)]) {
        let Some(Input::Object(fields)) = self.shape.input_type(filter) else { return };
        for (name, field) in fields {
            let value = self.value(base_name(&field.ty));
            let name = filter_name(name, renamed);
            let or_day = if base_name(&field.ty) == "DateTime" { OR_DAY } else { "" };
            match field.ty.base {
                BaseType::List(_) => self.query(&name, &format!("{} {SEVERAL}", field.description), Array::new(value)),
                BaseType::Named(_) => self.query(&name, &format!("{}{or_day}", field.description), value),
            }
        }
    }

    fn value(&self, type_name: &str) -> Object {
        match (self.shape.input_type(type_name), type_name) {
            (Some(Input::Enum(words)), _) => words_of(words.clone()),
            (_, "Int") => ObjectBuilder::new()
                .schema_type(Type::Integer)
                .minimum(Some(i64::from(i32::MIN)))
                .maximum(Some(i64::from(i32::MAX)))
                .build(),
            (_, "Country") => {
                words_of(isocountry::CountryCode::iter().map(|country| country.alpha2().to_owned()).collect())
            }
            // The part of BCP 47 that schedules need. The server accepts more.
            (_, "Language") => text("^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$", LONGEST_LANGUAGE),
            (_, "String") => text(TEXT, LONGEST_LINE),
            (_, other) => scalar(other),
        }
    }

    /// `sort`.
    pub fn sort(&mut self, order: &str) {
        let Some(Input::Enum(words)) = self.shape.input_type(order) else { return };
        let words = words.iter().map(|word| word.to_ascii_lowercase());
        let both = words.flat_map(|word| [word.clone(), format!("-{word}")]);
        let description = format!(
            "{} A `-` before the value reverses the order. Items with equal values are ordered by id.",
            self.shape.description(order)
        );
        self.query("sort", &description, words_of(both.collect()));
    }

    /// `limit` and `cursor`, of pages or of whole lists.
    pub fn page(&mut self, of_pages: bool) {
        let limit = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
        match of_pages {
            true => {
                let description = format!(
                    "The number of items on the page. If it is left out, it is {DEFAULT_SIZE}. The server may be \
                     configured to allow fewer than 500."
                );
                self.query("limit", &description, limit.maximum(Some(500)).default(Some(DEFAULT_SIZE.into())).build());
            }
            false => self.query(
                "limit",
                "The greatest number of items to return. If it is left out, all items are returned.",
                limit.maximum(Some(i64::from(i32::MAX))).build(),
            ),
        }
        let description = "A cursor of the same list with the same `sort`, from `page.next`, `page.previous` or \
            GraphQL: the items after that place are returned. With a `-` before it, the items before that place are \
            returned. If it is left out, the items are returned from the start of the list.";
        self.query("cursor", description, text("^-?[A-Za-z0-9_-]+$", LONGEST_CURSOR));
        if of_pages {
            self.flag(
                "total",
                "Whether to count the items of all pages. If it is left out, it is true; the addresses of other pages \
                 have it false.",
            );
        }
    }

    /// `include` and `fields`.
    pub fn extent(&mut self, of: &str) {
        let members = Bodies(self.shape).members(of, &[]);
        self.include(&members);
        let all = members.iter().map(|member| member.name());
        let description = format!(
            "The only fields to return, besides those that `include` names. If it is left out, all fields are returned \
             except those that need `include`. {SEVERAL}"
        );
        self.query("fields", &description, some_of(all.collect()));
    }

    /// `include`, of those members that lead to other items.
    pub fn include(&mut self, members: &[Member<'_>]) {
        let includable_names = members.iter().filter(|member| includable(member)).map(|member| member.name());
        let description = format!(
            "The related items to return in full: some are references otherwise, the others are left out. {SEVERAL}"
        );
        self.query("include", &description, some_of(includable_names.collect()));
    }

    /// `day`, `room` and `track`.
    pub fn part(&mut self) {
        self.query("day", "The date of a conference day: only the slots of this day are returned.", scalar("Date"));
        self.query("room", "The slug of a room: only the slots in this room are returned.", text(TEXT, LONGEST_LINE));
        self.query(
            "track",
            "The slug of a track: only the slots of talks in this track are returned.",
            text(TEXT, LONGEST_LINE),
        );
    }

    /// What a search looks for, and the kinds of items.
    pub fn searched(&mut self, description: &str) {
        self.query("q", description, text(TEXT, LONGEST_LINE));
        self.required.push("q".to_owned());
        let kinds = format!("The kinds of items to find. If it is left out, items of all kinds are found. {SEVERAL}");
        self.query("kind", &kinds, some_of(search::kind_words()));
    }

    /// `limit`, and `cursor` if there are pages, of what is found.
    pub fn found(&mut self, default: usize, has_pages: bool) {
        let limit = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(500));
        let description = format!(
            "The greatest number of items to return. If it is left out, it is {default}. The server may be configured to \
             allow fewer than 500."
        );
        self.query("limit", &description, limit.default(Some(default.into())).build());
        if !has_pages {
            return;
        }
        let cursor =
            "A cursor of the same search, from `page.next` or GraphQL: the hits after that place are returned.";
        self.query("cursor", cursor, text("^[A-Za-z0-9_-]+$", LONGEST_CURSOR));
        self.flag(
            "total",
            "Whether to tell the number of all hits. If it is left out, it is true; the addresses of other pages have it \
             false.",
        );
    }

    /// A required word of a list.
    pub fn required_word(&mut self, name: &str, description: &str, words: &[&str]) {
        self.query(name, description, words_of(words.iter().map(|word| (*word).to_owned()).collect()));
        self.required.push(name.to_owned());
    }

    /// One of some words, which can be left out.
    pub fn one_word(&mut self, name: &str, description: &str, words: &[&str]) {
        self.query(name, description, words_of(words.iter().map(|word| (*word).to_owned()).collect()));
    }

    /// Texts, repeated or separated by commas.
    pub fn texts(&mut self, name: &str, description: &str) {
        self.query(name, &format!("{description} {SEVERAL}"), Array::new(text(TEXT, LONGEST_LINE)));
    }

    /// `true` or `false`.
    pub fn flag(&mut self, name: &str, description: &str) {
        self.query(name, description, scalar("Boolean"));
    }

    /// All parameters, with the values of the example: `slug=promcon-2016-berlin&limit=2`.
    pub fn done(self, example: &str) -> Vec<Parameter> {
        let given: Vec<(String, String)> = url::form_urlencoded::parse(example.as_bytes()).into_owned().collect();
        let (arrays, required) = (self.arrays, self.required);
        let parameters = self.all.into_iter().zip(self.names).map(|(parameter, name)| {
            let parameter = if required.contains(&name) { parameter.required(Required::True) } else { parameter };
            let values: Vec<&str> =
                given.iter().filter(|(given, _)| *given == name).map(|(_, value)| value.as_str()).collect();
            let Some(first) = values.first() else { return parameter.build() };
            let example: serde_json::Value = match (first.contains(','), first.parse::<i64>(), first.parse::<bool>()) {
                (true, ..) => first.split(',').collect::<Vec<_>>().into(),
                (_, Ok(number), _) => number.into(),
                (_, _, Ok(flag)) => flag.into(),
                _ => (*first).into(),
            };
            parameter
                .example(Some(if arrays.contains(&name) && !example.is_array() {
                    vec![example].into()
                } else {
                    example
                }))
                .build()
        });
        parameters.collect()
    }
}

fn text(pattern: &str, longest: usize) -> Object {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).max_length(Some(longest)).build()
}

fn words_of(words: Vec<String>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

fn some_of(words: Vec<String>) -> Array {
    Array::builder().items(utoipa::openapi::RefOr::T(Schema::from(words_of(words)))).min_items(Some(1)).build()
}
