//! An operation: its purpose, parameters, example and responses.

use serde_json::Value;

use super::{
    example::{address, command, parameters},
    html::{at, code, line, plain, text},
    schema::{contents, words},
};

/// An operation of the OpenAPI document.
pub struct DocumentedOperation<'a> {
    pub path: &'a str,
    pub method: &'static str,
    pub operation: &'a Value,
    pub document: &'a Value,
    /// The URL of the server.
    pub base_url: &'a str,
}

impl DocumentedOperation<'_> {
    /// The article of the operation.
    pub fn article(&self) -> String {
        let (id, path, summary) = (at(self.operation, "operationId"), text(self.path), at(self.operation, "summary"));
        let (method, command) = (self.method, command(self.media()));
        format!(
            "<article id=\"{id}\" data-path=\"{path}\" data-method=\"{method}\" data-command=\"{command}\">\n\
             <h3><a href=\"#{id}\"><span class=\"method\">{method}</span> <code>{}</code></a></h3>\n\
             <p><strong>{summary}.</strong> {}</p>\n{}{}{}</article>\n",
            breakable(&path),
            line(self.operation["description"].as_str().unwrap_or_default()),
            self.parameters(),
            self.example(command),
            self.responses(),
        )
    }

    /// The media type of the response by default.
    fn media(&self) -> &str {
        let content = self.operation["responses"]["200"]["content"].as_object();
        content.and_then(|content| content.keys().next()).map_or("", String::as_str)
    }

    fn parameters(&self) -> String {
        let parameters = parameters(self.operation);
        let Some(count) = std::num::NonZero::new(parameters.len()) else { return "<p>No parameters.</p>\n".to_owned() };
        let word = if count.get() == 1 { "parameter" } else { "parameters" };
        let rows: String = parameters.iter().map(row).collect();
        format!(
            "<details class=\"parameters\"><summary>{count} {word}</summary>\n<table>\n\
             <thead><tr><th scope=\"col\">Name</th><th scope=\"col\">In</th>\
             <th scope=\"col\">Type</th><th scope=\"col\">Description</th></tr></thead>\n<tbody>\n{rows}</tbody>\n\
             </table>\n</details>\n"
        )
    }

    fn example(&self, command: &str) -> String {
        let address = text(&address(self.path, self.operation));
        let relative = address.trim_start_matches('/');
        let base = text(self.base_url);
        if self.method == "POST" {
            let media = self.operation["requestBody"]["content"]
                .as_object()
                .and_then(|content| content.keys().next())
                .map_or("", String::as_str);
            return format!(
                "<div class=\"example\">\n<pre class=\"curl\"><code>\
                 curl -H 'Authorization: Bearer lectern_…' -H 'Content-Type: {}' \
                 --data-binary @FILE '{base}{address}'</code></pre>\n</div>\n",
                text(media)
            );
        }
        format!(
            "<div class=\"example\">\n<p><a class=\"address\" href=\"{relative}\">{}</a></p>\n\
             <pre class=\"curl\"><code>{command} '{base}{address}'</code></pre>\n</div>\n",
            breakable(&address)
        )
    }

    fn responses(&self) -> String {
        let responses = self.operation["responses"].as_object();
        let statuses: Vec<String> = responses.into_iter().flatten().map(|(status, _)| text(status)).collect();
        let items: String =
            responses.into_iter().flatten().map(|(status, response)| self.response(status, response)).collect();
        format!(
            "<details class=\"responses\"><summary>Answers: {}</summary>\n<dl>\n{items}</dl>\n</details>\n",
            statuses.join(", ")
        )
    }

    fn response(&self, status: &str, response: &Value) -> String {
        let component =
            response["$ref"].as_str().and_then(|reference| self.document.pointer(reference.trim_start_matches('#')));
        let response = component.unwrap_or(response);
        let header = |(name, header): (&String, &Value)| {
            format!("<li>{}: {}</li>\n", code(name), line(header["description"].as_str().unwrap_or_default()))
        };
        let headers: String = response["headers"].as_object().into_iter().flatten().map(header).collect();
        let headers = if headers.is_empty() { headers } else { format!("<p>Headers:</p>\n<ul>\n{headers}</ul>\n") };
        let description = line(response["description"].as_str().unwrap_or_default());
        format!("<dt>{}</dt>\n<dd><p>{description}</p>\n{}{headers}</dd>\n", text(status), contents(response))
    }
}

/// The row of a parameter. Its data attributes are for the script that makes a form.
fn row(parameter: &Value) -> String {
    let (name, place, schema) = (at(parameter, "name"), at(parameter, "in"), &parameter["schema"]);
    let is_required = parameter["required"] == true;
    let list = schema["type"] == "array";
    let value = if list { &schema["items"] } else { schema };
    let mut data = format!(" data-name=\"{name}\" data-in=\"{place}\"");
    for (key, value) in
        [("example", plain(&parameter["example"])), ("words", plain(&value["enum"])), ("type", plain(&schema["type"]))]
    {
        if !value.is_empty() {
            data += &format!(" data-{key}=\"{}\"", text(&value));
        }
    }
    if is_required {
        data += " data-required";
    }
    let required = if is_required { ", <strong>required</strong>" } else { "" };
    format!(
        "<tr{data}><th scope=\"row\"><code>{name}</code></th>\
         <td>{place}{required}</td><td class=\"type\">{}</td><td>{}</td></tr>\n",
        words(schema),
        line(parameter["description"].as_str().unwrap_or_default())
    )
}

/// An address that may break before each of its parts.
fn breakable(escaped: &str) -> String {
    escaped.replace('/', "/<wbr>").replace('?', "<wbr>?").replace("&amp;", "<wbr>&amp;")
}
