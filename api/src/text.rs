//! What a text in the archive may hold: what people can read, and every format can carry.

/// A text of one line.
pub fn line(text: &str) -> Result<(), String> {
    if text.contains(['\n', '\r']) {
        return Err("a line break: this must be one line".to_owned());
    }
    lines(text)
}

/// A text of any lines, which end with `\n`.
pub fn lines(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("an empty text: write one, or leave it out".to_owned());
    }
    match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        Some(control) => Err(format!("a control character (U+{:04X}): take it out", u32::from(control))),
        None => Ok(()),
    }
}
