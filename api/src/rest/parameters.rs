//! The query parameters of a request. All are checked, so that one response names all mistakes, and none is ignored.

use std::str::FromStr;

use actix_web::HttpRequest;
use serde_json::{Map, Value};

use super::bodies::{Bodies, Member, snake_case};
use crate::{
    error::{Error, Result, WrongParameter},
    http::query,
    mistake::{MOST, and_more, shortened},
    read::page::DEFAULT_SIZE,
    scalars::{Country, Date, DateTime, Language},
    schema::shape::{Input, Shape, base_name},
    text::{LONGEST_CURSOR, LONGEST_LINE, searchable},
};

/// The parameters of a request, which are read one by one.
pub struct Parameters {
    given: Vec<(String, String)>,
    /// The names of the parameters that were read.
    names: Vec<String>,
    wrong: Vec<WrongParameter>,
    /// The number of mistakes that are not listed.
    more: usize,
}

impl Parameters {
    /// The parameters of a request.
    pub fn of(request: &HttpRequest) -> Self {
        let mut parameters = Self { given: Vec::new(), names: Vec::new(), wrong: Vec::new(), more: 0 };
        for (name, value) in query::parameters(request.query_string()) {
            if value.is_none() {
                parameters.refuse(&name, query::NOT_UTF8);
            }
            parameters.given.push((name, value.unwrap_or_default()));
        }
        parameters
    }

    /// Adds a mistake in a parameter. Beyond the most that are listed, they are counted.
    pub fn refuse(&mut self, parameter: &str, message: impl Into<String>) {
        if self.wrong.len() >= MOST {
            self.more += 1;
            return;
        }
        self.wrong
            .push(WrongParameter { parameter: shortened(parameter.to_owned()), message: shortened(message.into()) });
    }

    /// All values of a parameter.
    fn all(&mut self, name: &str) -> Vec<String> {
        self.names.push(name.to_owned());
        self.given.iter().filter(|(given, _)| given == name).map(|(_, value)| value.clone()).collect()
    }

    /// The values of a list, repeated or separated by commas; none if it is not there.
    fn list(&mut self, name: &str) -> Option<Vec<String>> {
        let values = self.all(name);
        let split = || values.iter().flat_map(|value| value.split(',')).map(|value| value.trim().to_owned());
        (!values.is_empty()).then(|| split().collect())
    }

    /// The one value of a parameter.
    fn one(&mut self, name: &str) -> Option<String> {
        let mut values = self.all(name);
        if values.len() > 1 {
            self.refuse(name, "it is there more than once, and takes one value");
        }
        values.pop()
    }

    /// The one value of a parameter, parsed.
    pub fn read<T: FromStr<Err = String>>(&mut self, name: &str) -> Option<T> {
        let text = self.one(name)?;
        text.parse().map_err(|wrong: String| self.refuse(name, wrong)).ok()
    }

    /// A slug or another text.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let text = self.one(name)?;
        self.storable(name, &text).then_some(text)
    }

    /// A text that must be given: `why` says what it is for.
    pub fn required(&mut self, name: &str, why: &str) -> String {
        let text = self.text(name);
        if text.is_none() && !self.is_refused(name) {
            self.refuse(name, format!("it is missing: {why}"));
        }
        text.unwrap_or_default()
    }

    /// Whether something was wrong with a parameter already.
    fn is_refused(&self, name: &str) -> bool {
        self.wrong.iter().any(|wrong| wrong.parameter == name)
    }

    /// Texts, repeated or separated by commas.
    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let texts = self.list(name)?;
        texts.iter().all(|text| self.storable(name, text)).then_some(texts)
    }

    /// One of some words. The parameter is required.
    pub fn word(&mut self, name: &str, words: &[&'static str]) -> Option<&'static str> {
        let given = self.one(name);
        let word = words.iter().find(|word| given.as_deref() == Some(**word)).copied();
        if word.is_none() && !self.is_refused(name) {
            let given =
                given.map_or_else(|| "it is missing".to_owned(), |given| format!("\"{given}\" is none of them"));
            self.refuse(name, format!("{given}: one of {}", words.join(", ")));
        }
        word
    }

    /// One of some words, if the parameter is there.
    pub fn word_if_there(&mut self, name: &str, words: &[&'static str]) -> Option<&'static str> {
        let given = self.one(name)?;
        let word = words.iter().find(|word| given == **word).copied();
        if word.is_none() {
            self.refuse(name, format!("\"{given}\" is none of them: one of {}", words.join(", ")));
        }
        word
    }

    /// Parses a revision that a parameter or header of this name gives.
    pub fn revision(&mut self, name: &str, text: &str) -> Option<i64> {
        let revision = text.parse().ok().filter(|revision| *revision >= 0);
        if revision.is_none() {
            self.refuse(name, format!("\"{text}\" is not a revision: a non-negative integer"));
        }
        revision
    }

    /// `true` or `false`.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        let text = self.one(name)?;
        text.parse().map_err(|_| self.refuse(name, format!("\"{text}\" is not true or false"))).ok()
    }

    /// Refuses a text that no text in the archive can be.
    fn storable(&mut self, name: &str, text: &str) -> bool {
        let longest = if name == "cursor" { LONGEST_CURSOR } else { LONGEST_LINE };
        searchable(text, longest).map_err(|wrong| self.refuse(name, wrong)).is_ok()
    }

    /// The number of items, up to the limit for a page, if there is one.
    pub fn limit(&mut self, of_page: Option<usize>) -> Option<usize> {
        self.limit_or(of_page, DEFAULT_SIZE)
    }

    /// The number of items, where it is another one if it is left out.
    pub fn limit_or(&mut self, of_page: Option<usize>, default: usize) -> Option<usize> {
        let text = self.one("limit")?;
        let most = of_page.unwrap_or(i32::MAX as usize);
        let size = text.parse().ok().filter(|size| *size <= most);
        if size.is_none() {
            let without = of_page.map_or_else(|| "all".to_owned(), |_| default.to_string());
            self.refuse(
                "limit",
                format!("\"{text}\" is not a number of items: from 0 to {most}, {without} if left out"),
            );
        }
        size
    }

    /// Names of members of a body, converted to the names of GraphQL.
    fn members(&mut self, name: &str, allowed: &[String]) -> Option<Vec<String>> {
        let names = self.list(name)?;
        let mut fields = Vec::new();
        for given in names {
            match allowed.iter().find(|field| snake_case(field) == given) {
                Some(field) => fields.push(field.clone()),
                None => {
                    let right: Vec<String> = allowed.iter().map(|field| snake_case(field)).collect();
                    self.refuse(name, format!("\"{given}\" is not one of {}", right.join(", ")));
                }
            }
        }
        Some(fields)
    }

    /// The members of a body that `include` and `fields` ask for, and whether anything is included.
    pub fn extent<'s>(&mut self, bodies: Bodies<'s>, of: &str) -> (Vec<Member<'s>>, bool) {
        let members = bodies.members(of, &[]);
        let names: Vec<String> = members.iter().map(|member| member.field_name.to_owned()).collect();
        let include = self.include(&members);
        let fields = self.members("fields", &names);
        let include: Vec<&str> = include.iter().map(String::as_str).collect();
        let fields: Option<Vec<&str>> = fields.as_ref().map(|fields| fields.iter().map(String::as_str).collect());
        (bodies.picked(of, &include, fields.as_deref()), !include.is_empty())
    }

    /// The members that `include` asks for.
    pub fn include(&mut self, members: &[Member<'_>]) -> Vec<String> {
        let related = members.iter().filter(|member| includable(member));
        let names: Vec<String> = related.map(|member| member.field_name.to_owned()).collect();
        self.members("include", &names).unwrap_or_default()
    }

    /// The fields of a filter. Some may have another name here than in GraphQL.
    pub fn filter(&mut self, shape: &Shape, filter: &str, renamed: &[(&str, &str)]) -> Map<String, Value> {
        let mut values = Map::new();
        let Some(Input::Object(fields)) = shape.input_type(filter) else { return values };
        for (field_name, field) in fields {
            let name = filter_name(field_name, renamed);
            let of = base_name(&field.ty);
            let is_list = matches!(field.ty.base, async_graphql::parser::types::BaseType::List(_));
            let texts = if is_list { self.list(&name) } else { self.one(&name).map(|value| vec![value]) };
            let Some(texts) = texts else { continue };
            let read: Vec<Value> = texts.iter().filter_map(|text| self.value(&name, text, of, shape)).collect();
            let value = if is_list { Value::Array(read) } else { read.into_iter().next().unwrap_or_default() };
            values.insert(field_name.clone(), value);
        }
        values
    }

    fn value(&mut self, name: &str, text: &str, of: &str, shape: &Shape) -> Option<Value> {
        let as_is = |_| Value::from(text);
        let read = match (of, shape.input_type(of)) {
            (_, Some(Input::Enum(words))) => {
                let word = text.to_ascii_uppercase();
                match words.contains(&word) {
                    true => Ok(Value::from(word)),
                    false => Err(format!("\"{text}\" is not one of {}", words.join(", "))),
                }
            }
            ("Int", _) => {
                text.parse::<i32>().map(Value::from).map_err(|_| format!("\"{text}\" is not a whole number of 32 bits"))
            }
            ("Boolean", _) => {
                text.parse::<bool>().map(Value::from).map_err(|_| format!("\"{text}\" is not true or false"))
            }
            ("Date", _) => text.parse::<Date>().map(|_| as_is(())),
            // A date stays one: its instant depends on a time zone (`list/days.rs`).
            ("DateTime", _) if text.parse::<Date>().is_ok() => Ok(Value::from(text)),
            // A plus sign that was not percent-encoded arrives as a space.
            ("DateTime", _) => text.replace(' ', "+").parse::<DateTime>().map(|time| Value::from(time.to_string())),
            ("Language", _) => text.parse::<Language>().map(|_| as_is(())),
            ("Country", _) => text.parse::<Country>().map(|_| as_is(())),
            _ => return self.storable(name, text).then(|| as_is(())),
        };
        read.map_err(|wrong| self.refuse(name, wrong)).ok()
    }

    /// The value of `sort`, converted to GraphQL's `orderBy`.
    pub fn sort(&mut self, shape: &Shape, order_field: &str) -> Option<Value> {
        let text = self.one("sort")?;
        let Some(Input::Enum(words)) = shape.input_type(order_field) else { return None };
        let (name, direction) = text.strip_prefix('-').map_or((text.as_str(), "ASC"), |name| (name, "DESC"));
        let Some(word) = words.iter().find(|word| word.to_ascii_lowercase() == name) else {
            let right = words.join(", ").to_ascii_lowercase();
            self.refuse("sort", format!("\"{text}\" is not one of {right}, each with - before it for the other way"));
            return None;
        };
        Some(serde_json::json!({ "field": word, "direction": direction }))
    }

    /// Refuses the request if there is a mistake, or a parameter that was not read.
    pub fn done(mut self) -> Result<()> {
        let unknown: Vec<String> =
            self.given.iter().map(|(name, _)| name.clone()).filter(|name| !self.names.contains(name)).collect();
        let right = match self.names.is_empty() {
            true => "there are none here".to_owned(),
            false => format!("there are {}", self.names.join(", ")),
        };
        for name in unknown {
            self.refuse(&name, format!("there is no such parameter: {right}"));
        }
        if let Some(last) = self.wrong.last_mut().filter(|_| self.more > 0) {
            last.message = format!("{}; {}", last.message, and_more(self.more));
        }
        if self.wrong.is_empty() { Ok(()) } else { Err(Error::Parameters(self.wrong)) }
    }
}

/// The name of the parameter of a filter's field.
pub fn filter_name(field: &str, renamed: &[(&str, &str)]) -> String {
    let other = renamed.iter().find(|(name, _)| *name == field);
    other.map_or_else(|| snake_case(field), |(_, name)| (*name).to_owned())
}

/// Whether `include` may name a member: it leads to a thing that is not embedded anyway.
pub fn includable(member: &Member<'_>) -> bool {
    use super::bodies::Extent;
    member.on_request || matches!(member.leads_to, Some((Extent::Reference, _)))
}
