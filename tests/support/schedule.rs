//! What the formats of c3voc have in common: XML, and the shapes of their values.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, FixedOffset};
use quick_xml::{Reader, XmlVersion, escape::resolve_predefined_entity, events::Event};

use super::app::App;

/// An element, as a parser sees it.
#[derive(Debug, Default)]
pub struct Node {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub text: String,
    pub children: Vec<Node>,
}

impl Node {
    /// Reads a document.
    pub fn parse(xml: &str) -> Self {
        let (mut reader, mut open) = (Reader::from_str(xml), vec![Self::default()]);
        loop {
            let event = reader.read_event().unwrap();
            match &event {
                Event::Start(tag) | Event::Empty(tag) => {
                    let value = |of: &quick_xml::events::attributes::Attribute<'_>| {
                        of.normalized_value(XmlVersion::Explicit1_0).unwrap().into_owned()
                    };
                    let name = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                    let attributes =
                        tag.attributes().map(Result::unwrap).map(|one| (name(one.key.as_ref()), value(&one))).collect();
                    open.push(Self { name: name(tag.name().as_ref()), attributes, ..Self::default() });
                }
                Event::Text(text) => open.last_mut().unwrap().text.push_str(&text.decode().unwrap()),
                Event::GeneralRef(entity) => {
                    let text = resolve_predefined_entity(&entity.decode().unwrap()).expect("one of the five");
                    open.last_mut().unwrap().text.push_str(text);
                }
                Event::Decl(declaration) => assert_eq!(&*declaration.encoding().unwrap().unwrap(), b"UTF-8"),
                Event::End(_) => {}
                Event::Eof => return open.remove(0).children.remove(0),
                other => panic!("no reader wants that: {other:?}"),
            }
            if matches!(event, Event::End(_) | Event::Empty(_)) {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
        }
    }

    /// The children of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the only child of a name.
    pub fn text(&self, name: &str) -> &str {
        let mut all = self.children.iter().filter(|child| child.name == name);
        let (Some(one), None) = (all.next(), all.next()) else { panic!("not one {name}: {self:#?}") };
        &one.text
    }

    /// The names of the attributes.
    pub fn keys(&self) -> Vec<&str> {
        self.attributes.keys().map(String::as_str).collect()
    }

    /// Checks the names of the children. Each may be there once, and no others than these.
    pub fn has_once(&self, must: &[&str], may: &[&str]) {
        let names: Vec<&str> = self.children.iter().map(|child| child.name.as_str()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
        assert!(must.iter().all(|name| names.contains(name)), "{names:?} lacks one of {must:?}");
        assert!(names.iter().all(|name| must.contains(name) || may.contains(name)), "{names:?} has a stranger");
    }
}

/// Whether a text has a shape. In the shape `0` stands for a digit, `h` for a hexadecimal digit, `±` for a sign, and
/// every other character for itself.
pub fn has_shape(text: &str, shape: &str) -> bool {
    let fits = |(c, shape): (char, char)| match shape {
        '0' => c.is_ascii_digit(),
        'h' => c.is_ascii_hexdigit(),
        '±' => c == '+' || c == '-',
        other => c == other,
    };
    text.chars().count() == shape.chars().count() && text.chars().zip(shape.chars()).all(fits)
}

pub const UUID: &str = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
pub const TIME: &str = "0000-00-00T00:00:00±00:00";

/// Whether a text consists of lower-case letters, digits and some other characters, and is long enough.
pub fn is_word(text: &str, least: usize, others: &str) -> bool {
    text.len() >= least && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || others.contains(c))
}

/// Whether a text is an http address by RFC 3986.
pub fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let (before, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let escapes = |text: &str| {
        text.split('%').skip(1).all(|escape| escape.chars().take(2).filter(char::is_ascii_hexdigit).count() == 2)
    };
    let right = |text: &str| {
        text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?@!$&'()*+,;=%".contains(c)) && escapes(text)
    };
    !rest.is_empty() && right(before) && right(fragment)
}

/// A time with an offset.
pub fn time(text: &str) -> DateTime<FixedOffset> {
    assert!(has_shape(text, TIME), "{text} is no time with an offset");
    text.parse().unwrap()
}

/// The time that a duration means.
pub fn duration(text: &str) -> Duration {
    assert!(has_shape(text, "00:00") && text > "00:00", "{text} is no duration");
    Duration::hours(text[..2].parse().unwrap()) + Duration::minutes(text[3..].parse().unwrap())
}

/// The slugs of all editions.
pub async fn editions(app: &App) -> Vec<String> {
    let data = app.query("{ editions(first: 500) { nodes { slug } } }").await;
    data["editions"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edition| edition["slug"].as_str().unwrap().to_owned())
        .collect()
}
