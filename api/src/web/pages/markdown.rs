//! Markdown of the archive (abstracts, biographies): its text with a few elements. Markup of HTML in it is text, and
//! links lead only to http, https and mailto.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html::push_html};
use serde_json::{Value, json};

/// As HTML.
pub fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    push_html(&mut html, events(text));
    html
}

/// Its text alone, in one line.
pub fn line(text: &str) -> String {
    let parts: Vec<String> = events(text)
        .filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(text.into_string()),
            Event::Start(Tag::Paragraph | Tag::Item | Tag::Heading { .. }) | Event::SoftBreak | Event::HardBreak => {
                Some(" ".to_owned())
            }
            _ => None,
        })
        .collect();
    parts.concat().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As a tree of elements: a string, or a list of a name, an address (null for all but links) and the content. A script
/// makes elements of it without reading HTML.
pub fn tree(text: &str) -> Value {
    let mut open: Vec<(&'static str, Value, Vec<Value>)> = vec![("", Value::Null, Vec::new())];
    for event in events(text) {
        match event {
            Event::Start(tag) => open.push(opened(&tag)),
            Event::End(_) => close(&mut open),
            Event::Text(text) => add(&mut open, text.into_string().into()),
            Event::Code(text) => add(&mut open, json!(["code", null, text.into_string()])),
            Event::SoftBreak => add(&mut open, "\n".into()),
            Event::HardBreak => add(&mut open, json!(["br", null])),
            Event::Rule => add(&mut open, json!(["hr", null])),
            _ => {}
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().map(|(_, _, content)| content.into()).unwrap_or_default()
}

fn add(open: &mut [(&'static str, Value, Vec<Value>)], value: Value) {
    if let Some((_, _, content)) = open.last_mut() {
        content.push(value);
    }
}

fn close(open: &mut Vec<(&'static str, Value, Vec<Value>)>) {
    if open.len() > 1
        && let Some((name, address, content)) = open.pop()
    {
        let element = [name.into(), address].into_iter().chain(content).collect();
        add(open, element);
    }
}

fn opened(tag: &Tag<'_>) -> (&'static str, Value, Vec<Value>) {
    let name = match tag {
        Tag::Heading { .. } => "h4",
        Tag::BlockQuote(_) => "blockquote",
        Tag::CodeBlock(_) => "pre",
        Tag::List(Some(_)) => "ol",
        Tag::List(None) => "ul",
        Tag::Item => "li",
        Tag::Emphasis => "em",
        Tag::Strong => "strong",
        Tag::Link { .. } => "a",
        Tag::Paragraph => "p",
        _ => "span",
    };
    let address = if let Tag::Link { dest_url, .. } = tag { dest_url.to_string().into() } else { Value::Null };
    (name, address, Vec::new())
}

/// The events of a text, of which none runs or loads anything: HTML is text, and an image is a link to it.
fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(text, Options::empty()).map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Link { link_type, dest_url, id, .. } | Tag::Image { link_type, dest_url, id, .. }) => {
            let title = CowStr::from("");
            Event::Start(Tag::Link { link_type, dest_url: harmless(dest_url), title, id })
        }
        Event::End(TagEnd::Image) => Event::End(TagEnd::Link),
        // The headings of a page are its own.
        Event::Start(Tag::Heading { .. }) => Event::Start(Tag::Heading {
            level: pulldown_cmark::HeadingLevel::H4,
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        }),
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(pulldown_cmark::HeadingLevel::H4)),
        other => other,
    })
}

/// An address that a link may have; `#` for others.
fn harmless(address: CowStr<'_>) -> CowStr<'_> {
    let lower = address.trim().to_ascii_lowercase();
    match ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme)) {
        true => address,
        false => "#".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        let text = "A <script>alert(1)</script> & `x<y`\n\n<img src=x onerror=alert(1)>\n\n\
            [here](javascript:alert(1)) ![pixel](http://x.org/p.gif) **so**";
        let html = html(text);
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("javascript:"), "{html}");
        assert!(html.contains("A &lt;script&gt;alert(1)&lt;/script&gt; &amp; <code>x&lt;y</code>"), "{html}");
        assert!(html.contains("<strong>so</strong>"), "{html}");
        let tree = tree(text).to_string();
        assert!(line(text).starts_with("A <script>alert(1)</script> & x<y <img"), "{}", line(text));
        assert!(tree.contains(r##"["a","#","here"]"##) && tree.contains(r#"["strong",null,"so"]"#), "{tree}");
    }
}
