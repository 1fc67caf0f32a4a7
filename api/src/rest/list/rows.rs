//! Whole lists, read page by page: NDJSON (one body on each line) and CSV (RFC 4180, one row for each item).

use std::{borrow::Cow, collections::HashSet, fmt::Write};

use actix_web::web::{Bytes, Data};
use futures_util::{StreamExt, stream, stream::BoxStream};
use serde_json::Value;

use super::{ListFormat, ListPage, ListRequest, ListRoute};
use crate::{
    error::{Error, Result},
    schema::shape::Shape,
    state::Server,
};

/// The number of items that are read at once.
const PAGE: usize = 100;

/// The separator of several values in one cell.
const SEPARATOR: &str = "; ";

/// The mark of a list with one value for each of its elements.
const EACH: &str = "[]";

/// The separator of the path to values and of the path to what each of them is of.
const OF: char = '|';

/// The state of a stream: the page that was read, and the number of items that are still to be sent.
struct ListStream {
    list: ListRequest,
    format: ListFormat,
    server: Data<Server>,
    page: Option<ListPage>,
    left: usize,
    begun: bool,
}

/// Begins to send a list. The first page is read at once, so that a wrong request is refused before anything is sent.
pub async fn open(
    list: ListRequest,
    format: ListFormat,
    server: Data<Server>,
) -> Result<BoxStream<'static, Result<Bytes>>> {
    let left = list.limit.unwrap_or(usize::MAX);
    let size = PAGE.min(left).min(server.limits.page_size);
    let page = server.of_one_state(|| list.page(&server, size, list.cursor.as_deref())).await?;
    let state = ListStream { list, format, server, page: Some(page), left, begun: false };
    Ok(stream::try_unfold(state, |mut state| async move { Ok(state.chunk().await?.map(|chunk| (chunk, state))) })
        .boxed())
}

impl ListStream {
    /// Formats the page that was read, and reads the next one.
    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let Some(page) = self.page.take() else { return Ok(None) };
        let items = page.items.get(..self.left).unwrap_or(&page.items);
        self.left -= items.len();
        let bytes = match self.format {
            ListFormat::Csv => csv_rows(self.list.route, items, !self.begun)?,
            ListFormat::Json | ListFormat::Ndjson => lines(items)?,
        };
        self.begun = true;
        if let (Some(cursor), true) = (page.next(), self.left > 0) {
            let size = PAGE.min(self.left).min(self.server.limits.page_size);
            let read = || self.list.page(&self.server, size, Some(cursor));
            self.page = Some(self.server.of_one_state(read).await?);
        }
        Ok(Some(bytes))
    }
}

fn lines(items: &[Value]) -> Result<Bytes> {
    let mut lines = Vec::new();
    for item in items {
        serde_json::to_writer(&mut lines, item).map_err(|error| Error::Internal(error.to_string()))?;
        lines.push(b'\n');
    }
    Ok(lines.into())
}

/// The GraphQL selection for the values of the columns.
pub fn columns_selection(columns: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let paths: Vec<&str> = columns.iter().flat_map(|(_, path)| path.split(OF)).collect();
    select(&paths, &mut text);
    text
}

/// Whether a column depends on the time of the request.
pub fn columns_read_clock(route: &ListRoute, shape: &Shape) -> bool {
    route.columns.iter().flat_map(|(_, path)| path.split(OF)).any(|path| {
        let mut of = route.of;
        path.split('.')
            .filter_map(|name| {
                let field = shape.field(of, name.trim_end_matches(EACH))?;
                of = &field.type_name;
                Some(field.reads_clock)
            })
            .any(|reads_clock| reads_clock)
    })
}

fn select(paths: &[&str], text: &mut String) {
    let mut done: Vec<&str> = Vec::new();
    for path in paths {
        let (first, rest) = step(path);
        if done.contains(&first) {
            continue;
        }
        done.push(first);
        let _ = write!(text, "{first} ");
        if !rest.is_empty() {
            let inner = paths.iter().map(|path| step(path)).filter(|(of, _)| *of == first).map(|(_, rest)| rest);
            text.push_str("{ ");
            select(&inner.collect::<Vec<_>>(), text);
            text.push_str("} ");
        }
    }
}

/// Rows of CSV. A byte order mark precedes the header, since Excel does not detect UTF-8 without it.
fn csv_rows(route: &ListRoute, items: &[Value], with_header: bool) -> Result<Bytes> {
    let wrong = |error: csv::Error| Error::Internal(error.to_string());
    let start = if with_header { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
    let mut rows = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(start);
    if with_header {
        rows.write_record(route.columns.iter().map(|(name, _)| name)).map_err(wrong)?;
    }
    for item in items.iter().flat_map(|item| rows_of(item, route.rows)) {
        rows.write_record(route.columns.iter().map(|(_, path)| cell(&item, path))).map_err(wrong)?;
    }
    let bytes = rows.into_inner().map_err(|error| Error::Internal(error.to_string()))?;
    Ok(bytes.into())
}

/// The rows of an item: the item itself, or the item with one element of a list at a time.
fn rows_of<'i>(item: &'i Value, list: Option<&str>) -> Vec<Cow<'i, Value>> {
    let Some(list) = list else { return vec![Cow::Borrowed(item)] };
    let elements = item[list].as_array().into_iter().flatten();
    let row = |element: &Value| {
        let mut row = item.clone();
        row[list] = element.clone();
        Cow::Owned(row)
    };
    elements.map(row).collect()
}

/// The text of a cell. An apostrophe precedes a text that a spreadsheet would take for a formula, as OWASP's notes on
/// CSV injection advise; an id at a provider is no formula, and comes as it is. Control characters are removed, except
/// line ends.
fn cell(item: &Value, path: &str) -> String {
    let text = text_at(item, path);
    let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let is_id = || path == "externalId" && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let is_number = || matches!(item.get(path), Some(Value::Number(_)));
    if text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\n']) && !is_number() && !is_id() {
        return format!("'{text}");
    }
    text
}

/// The values at a path: one for each thing, of whatever name, or one for each element of a list. In the latter case
/// several values of an element are separated by commas, and a list without any value is an empty text.
fn text_at(item: &Value, path: &str) -> String {
    let mut values = Vec::new();
    let Some((list, rest)) = path.split_once(EACH) else {
        let (path, of) = path.split_once(OF).unwrap_or((path, ""));
        collect(item, path, &mut values);
        return once_for_each(item, values, of).join(SEPARATOR);
    };
    for element in item[list].as_array().into_iter().flatten() {
        let mut own = Vec::new();
        collect(element, rest.trim_start_matches('.'), &mut own);
        values.push(in_list(own.join(", ")));
    }
    if values.iter().all(String::is_empty) { String::new() } else { values.join(SEPARATOR) }
}

/// The values, each once for the thing that it is of, if there is a path to that.
fn once_for_each(item: &Value, values: Vec<String>, of: &str) -> Vec<String> {
    if of.is_empty() {
        return values;
    }
    let mut things = Vec::new();
    collect(item, of, &mut things);
    let mut seen = HashSet::new();
    let first = |(value, thing): &(String, String)| seen.insert((value.clone(), thing.clone()));
    values.into_iter().zip(things).filter(first).map(|(value, _)| value).collect()
}

/// A value among several in one cell. Only between values is there a semicolon.
fn in_list(value: String) -> String {
    if value.contains(';') { value.replace(';', ",") } else { value }
}

/// The first name of a path, and the rest.
fn step(path: &str) -> (&str, &str) {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    (first.trim_end_matches(EACH), rest)
}

fn collect(value: &Value, path: &str, values: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::Array(items) => {
            let mut own = Vec::new();
            items.iter().for_each(|item| collect(item, path, &mut own));
            values.extend(own.into_iter().map(in_list));
        }
        Value::Object(object) => {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            if let Some(value) = object.get(first) {
                collect(value, rest, values);
            }
        }
        Value::String(text) => values.push(text.clone()),
        other => values.push(other.to_string()),
    }
}
