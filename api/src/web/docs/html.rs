//! HTML, and the Markdown of descriptions.

use quick_xml::escape::escape;
use serde_json::Value;

/// A text, escaped for an element or a quoted attribute.
pub fn text(text: &str) -> String {
    escape(text).into_owned()
}

/// The text at a key of an object, escaped; empty if there is none.
pub fn at(value: &Value, key: &str) -> String {
    text(value[key].as_str().unwrap_or_default())
}

/// A text as code.
pub fn code(word: &str) -> String {
    format!("<code>{}</code>", text(word))
}

/// A line of Markdown with `code` and **bold**.
pub fn line(markdown: &str) -> String {
    alternating(markdown, "`", code, |rest| {
        alternating(rest, "**", |bold| format!("<strong>{}</strong>", text(bold)), text)
    })
}

/// Paragraphs of such lines.
pub fn paragraphs(markdown: &str) -> String {
    markdown
        .split("\n\n")
        .filter(|part| !part.trim().is_empty())
        .map(|part| format!("<p>{}</p>\n", line(part)))
        .collect()
}

/// A value as a text: a string without quotes, the items of a list with commas.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// Splits a text by a mark and formats every other part. A text with an unpaired mark stays as it is.
fn alternating(text: &str, mark: &str, marked: impl Fn(&str) -> String, rest: impl Fn(&str) -> String) -> String {
    let parts: Vec<&str> = text.split(mark).collect();
    if parts.len().is_multiple_of(2) {
        return rest(text);
    }
    parts.iter().enumerate().map(|(place, part)| if place % 2 == 0 { rest(part) } else { marked(part) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_marks_and_nothing_else() {
        assert_eq!(
            line("**Lists** take `a<b`, \"so\" & <i>so</i>"),
            "<strong>Lists</strong> take <code>a&lt;b</code>, &quot;so&quot; &amp; &lt;i&gt;so&lt;/i&gt;"
        );
        assert_eq!(line("`**` is two stars"), "<code>**</code> is two stars");
        assert_eq!(line("2 ** 3 is a power, ` a mark"), "2 ** 3 is a power, ` a mark");
    }

    #[test]
    fn paragraphs_are_parted_by_empty_lines() {
        assert_eq!(paragraphs("one\ntwo\n\n`three`\n\n"), "<p>one\ntwo</p>\n<p><code>three</code></p>\n");
    }
}
