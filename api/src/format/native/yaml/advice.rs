//! What a person probably typed near a place where YAML can't be read. The parser names the rule of YAML that is broken,
//! often at the next line.

use crate::mistake::Flaw;

/// Marks that look like quotes and are none in YAML.
const OTHER_QUOTES: [char; 8] = ['“', '”', '„', '‘', '’', '«', '»', '‚'];

/// The first mistake in a line of the text, or in the lines around it.
pub(super) fn near(text: &str, line: usize) -> Option<Flaw> {
    let at = |n: usize| Some((n, text.lines().nth(n.checked_sub(1)?)?));
    [Some(line), line.checked_sub(1), Some(line + 1)].into_iter().flatten().filter_map(at).find_map(|(n, line)| {
        let (column, message) = in_line(line)?;
        Some(((n, column + 1), message))
    })
}

/// The column from 0, and what is wrong there.
fn in_line(line: &str) -> Option<(usize, String)> {
    let characters = || line.chars().enumerate();
    let (start, first) = characters().find(|(n, c)| !(*c == ' ' || (*c == '-' && is_dash(line, *n))))?;
    if is_other_blank(first) {
        return Some((start, other_blank(first)));
    }
    let content: String = line.chars().skip(start).collect();
    let key = content.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default();
    let behind = content.strip_prefix(key).and_then(|rest| rest.strip_prefix(':')).filter(|_| !key.is_empty());
    let colon = start + key.chars().count() + 1;
    let (value, column) = match behind {
        Some(rest) => match rest.chars().next()? {
            blank if is_other_blank(blank) => return Some((colon, other_blank(blank))),
            ' ' => (rest.trim_start_matches(' '), colon + rest.len() - rest.trim_start_matches(' ').len()),
            '/' => return None,
            _ => return Some((colon, format!("a blank is missing behind the colon of \"{key}\""))),
        },
        None => (content.as_str(), start),
    };
    in_value(value).map(|message| (column, message))
}

fn in_value(value: &str) -> Option<String> {
    let first = value.chars().next()?;
    let quoted = || format!("'{}'", value.trim_end().replace('\'', "''"));
    if OTHER_QUOTES.contains(&first) {
        return Some(format!("{first} is no quote in YAML: the quotes around a text are ' or \"; write {}", quoted()));
    }
    if ["- ", "? ", "> ", "| "].iter().any(|begin| value.starts_with(begin)) {
        return Some(format!("a text that begins with {first} and a blank must stand in quotes: {}", quoted()));
    }
    if value.contains(":\t") {
        return Some("a text with a colon and a tab must stand in quotes".to_owned());
    }
    let inner = value.strip_prefix(['\'', '"'])?;
    let end = inner.find(first)?;
    let rest = inner.get(end + 1..)?.trim_start();
    let goes_on = !rest.is_empty() && !rest.starts_with(['#', first, ',', ']', '}', ':']);
    goes_on.then(|| format!("the text goes on behind its quotes: put all of it in quotes, {}", quoted()))
}

/// Whether a dash at a place begins an item of a list.
fn is_dash(line: &str, at: usize) -> bool {
    line.chars().nth(at + 1).is_some_and(|next| next == ' ' || is_other_blank(next))
}

/// Whether a character looks like a blank and is none in YAML.
pub(in crate::format::native) fn is_other_blank(c: char) -> bool {
    c != ' ' && (c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'))
}

/// What is wrong with such a character.
pub(in crate::format::native) fn other_blank(c: char) -> String {
    let name = if c == '\t' { "a tab".to_owned() } else { format!("U+{:04X}", u32::from(c)) };
    format!("{name} stands here, which is no blank in YAML though it looks like one: type a blank")
}
