//! Attributes of tests that need more than Rust. Each stands above the attribute that makes a function a test:
//!
//! ```text
//! #[on_both_databases]
//! #[actix_web::test]
//! async fn talks_have_titles(backend: Backend) { … }
//!
//! #[needs_postgres]
//! #[actix_web::test]
//! async fn a_lost_connection_comes_back() { … }
//! ```
//!
//! Where PostgreSQL or Chromium is not installed, a test that needs it is ignored, and the summary counts it as such.
//! With `LECTERN_TEST_REQUIRE=postgres,chromium` it runs nevertheless, and fails.

use proc_macro::{TokenStream, TokenTree};

/// The attribute of a test that needs PostgreSQL's server; none where it is installed.
const POSTGRES: &str = if cfg!(has_postgres) {
    ""
} else {
    r#"#[ignore = "PostgreSQL's server is not installed; scripts/test installs it"]"#
};

/// The attribute of a test that needs a browser; none where one is installed.
const CHROMIUM: &str = if cfg!(has_chromium) {
    ""
} else {
    r#"#[ignore = "Chromium or chromedriver is not installed; scripts/test installs them"]"#
};

/// Marks a test that needs PostgreSQL's server.
#[proc_macro_attribute]
pub fn needs_postgres(_: TokenStream, test: TokenStream) -> TokenStream {
    [parsed(POSTGRES), test].into_iter().collect()
}

/// Marks a test that needs Chromium and chromedriver.
#[proc_macro_attribute]
pub fn needs_chromium(_: TokenStream, test: TokenStream) -> TokenStream {
    [parsed(CHROMIUM), test].into_iter().collect()
}

/// Makes two tests of a function whose argument is the database: `name::sqlite` and `name::postgres`.
#[proc_macro_attribute]
pub fn on_both_databases(_: TokenStream, function: TokenStream) -> TokenStream {
    let Some(Function { attributes, item, name, backend, is_async }) = Function::read(function) else {
        return parsed(r#"compile_error!("on_both_databases: the function's one argument is the database");"#);
    };
    let (start, end) = if is_async { ("async fn", ".await") } else { ("fn", "") };
    let tests = format!(
        "mod {name} {{
            {attributes} {start} sqlite() {{ super::{name}(super::{backend}::Sqlite){end} }}
            {attributes} {POSTGRES} {start} postgres() {{ super::{name}(super::{backend}::Postgres){end} }}
        }}"
    );
    [item, parsed(&tests)].into_iter().collect()
}

/// A function, as far as two tests can be made of it.
struct Function {
    /// Its attributes, which become those of the tests.
    attributes: TokenStream,
    /// All but its attributes.
    item: TokenStream,
    name: String,
    /// The type of its argument.
    backend: TokenStream,
    is_async: bool,
}

impl Function {
    fn read(function: TokenStream) -> Option<Self> {
        let tokens: Vec<TokenTree> = function.into_iter().collect();
        // An attribute is a `#` and a group in brackets.
        let attributes = tokens.chunks(2).take_while(|pair| pair[0].to_string() == "#").count() * 2;
        let (attributes, item) = tokens.split_at_checked(attributes)?;
        let keyword = item.iter().position(|token| token.to_string() == "fn")?;
        let [name, TokenTree::Group(arguments), ..] = item.get(keyword + 1..)? else { return None };
        let backend: TokenStream =
            arguments.stream().into_iter().skip_while(|token| token.to_string() != ":").skip(1).collect();
        (!backend.is_empty()).then(|| Self {
            attributes: attributes.iter().cloned().collect(),
            item: item.iter().cloned().collect(),
            name: name.to_string(),
            backend,
            is_async: item[..keyword].iter().any(|token| token.to_string() == "async"),
        })
    }
}

/// The tokens of a text that is Rust.
fn parsed(rust: &str) -> TokenStream {
    rust.parse().unwrap_or_default()
}
