//! The size of a document before it is parsed: its tokens, and the depth of its brackets.

/// The size of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// The number of names, numbers, strings and punctuators (GraphQL specification, 2.1.6).
    pub count: u64,
    /// The greatest depth of brackets of any kind.
    pub nesting: u64,
}

/// Counts the tokens of a document. Invalid text counts too, and the parser reports it.
pub fn tokens(document: &str) -> Tokens {
    let mut tokens = Tokens::default();
    let mut open: u64 = 0;
    let mut rest = document.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '#' => while rest.next_if(|c| *c != '\n' && *c != '\r').is_some() {},
            c if c.is_whitespace() || matches!(c, ',' | '\u{FEFF}') => {}
            '"' => {
                tokens.count += 1;
                skip_string(&mut rest);
            }
            c if is_word(c) && !c.is_ascii_digit() => {
                tokens.count += 1;
                while rest.next_if(|c| is_word(*c)).is_some() {}
            }
            '0'..='9' | '-' => {
                tokens.count += 1;
                while rest.next_if(|c| is_word(*c) || matches!(c, '.' | '+' | '-')).is_some() {}
            }
            c => {
                tokens.count += 1;
                match c {
                    // Three dots are one token.
                    '.' => while rest.next_if_eq(&'.').is_some() {},
                    '{' | '[' | '(' => open += 1,
                    '}' | ']' | ')' => open = open.saturating_sub(1),
                    _ => {}
                }
                tokens.nesting = tokens.nesting.max(open);
            }
        }
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Skips to the end of a string or block string. Its first quote is read already.
fn skip_string(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    let mut quotes = 1;
    while quotes < 3 && rest.next_if_eq(&'"').is_some() {
        quotes += 1;
    }
    // Two quotes are an empty string; one opens a string, three a block string.
    if quotes == 2 {
        return;
    }
    let mut closing = 0;
    while let Some(c) = rest.next() {
        match c {
            '\\' => {
                // In a block string only \""" is an escape. Any character after a backslash can be skipped without
                // missing the end.
                rest.next();
                closing = 0;
            }
            '"' => {
                closing += 1;
                if closing == quotes {
                    return;
                }
            }
            '\n' if quotes == 1 => return,
            _ => closing = 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Tokens, tokens};

    #[test]
    fn counts_what_the_specification_calls_tokens() {
        let of = |document: &str| tokens(document);
        assert_eq!(of("{ a(b: 1, c: [\"x # y\"]) } # no"), Tokens { count: 13, nesting: 3 });
        assert_eq!(of("query Q($v: Int = -1) { ...F }"), Tokens { count: 14, nesting: 1 });
        assert_eq!(of("{ a(b: -1.5e+3) ...F }"), Tokens { count: 10, nesting: 2 });
        assert_eq!(of("{ a(b: \"\"\"block \\\"\"\" \"quoted\" { \"\"\") }"), Tokens { count: 8, nesting: 2 });
        assert_eq!(of("{ a(b: \"\") }"), Tokens { count: 8, nesting: 2 });
    }
}
