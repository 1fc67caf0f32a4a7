//! `#[derive(Columns)]` makes the select of a row and its decoding of one struct. The columns are selected in the order
//! of the fields and read in that order, so no value is looked up by a name.
//!
//! ```text
//! #[derive(Columns)]
//! #[columns(entity::talk)]              the module of the table
//! pub struct Talk {
//!     pub id: Id,                       the column of that name
//!     #[columns(column = aliases)]
//!     pub other_titles: Texts,          another column
//!     #[columns(expr = …)]
//!     pub edition_slug: String,         an expression
//!     #[columns(nested)]
//!     pub edition: Arc<Edition>,        the columns of another row
//!     #[columns(long)]
//!     pub r#abstract: LongText,         a column that is not read along with many rows; `id` comes before it
//!     #[columns(skip)]
//!     pub url: Url,                     no column: what `Row::complete` sets
//! }
//! ```

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Data, DeriveInput, Expr, Field, Fields, Ident, Path, Type, TypePath, ext::IdentExt};

/// Derives `read::columns::Columns` for a row.
#[proc_macro_derive(Columns, attributes(columns))]
pub fn columns(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// What a field is read from.
enum Source {
    Column(Ident),
    Expr(Box<Expr>),
    Nested,
    Long(Ident),
    Nothing,
}

impl Source {
    fn of(field: &Field, name: &Ident) -> syn::Result<Self> {
        let mut source = Self::Column(name.unraw());
        for attribute in ours(&field.attrs) {
            attribute.parse_nested_meta(|meta| {
                source = match meta.path.get_ident().map(ToString::to_string).as_deref() {
                    Some("column") => Self::Column(meta.value()?.call(Ident::parse_any)?),
                    Some("expr") => Self::Expr(meta.value()?.parse()?),
                    Some("nested") => Self::Nested,
                    Some("long") => Self::Long(name.unraw()),
                    Some("skip") => Self::Nothing,
                    _ => return Err(meta.error("one of column, expr, nested, long, skip")),
                };
                Ok(())
            })?;
        }
        Ok(source)
    }
}

fn ours(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("columns"))
}

fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let wrong = |message| syn::Error::new_spanned(&input.ident, message);
    let table = ours(&input.attrs).next().ok_or_else(|| wrong("#[columns(entity::…)] is missing"))?;
    let table: Path = table.parse_args()?;
    let table_name = table.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    let Data::Struct(data) = &input.data else { return Err(wrong("a struct")) };
    let Fields::Named(fields) = &data.fields else { return Err(wrong("a struct with named fields")) };

    let mut parts = Parts::default();
    for field in &fields.named {
        let Some(name) = &field.ident else { continue };
        parts.add(name, &field.ty, Source::of(field, name)?, &table, &table_name);
    }
    let Parts { names, counts, selects, reads } = parts;
    let row = &input.ident;
    Ok(quote! {
        #[automatically_derived]
        impl crate::read::columns::Columns for #row {
            fn count(long: crate::read::columns::LongTexts) -> usize {
                let _ = long;
                0 #(+ #counts)*
            }

            fn select(select: &mut sea_orm::sea_query::SelectStatement, long: crate::read::columns::LongTexts) {
                #(#selects)*
            }

            fn read(cells: &mut crate::read::columns::Cells<'_>) -> Result<Self, sea_orm::TryGetError> {
                #(#reads)*
                let mut row = Self { #(#names),* };
                <Self as crate::read::Row>::complete(&mut row, cells.reads());
                Ok(row)
            }
        }
    })
}

#[derive(Default)]
struct Parts<'a> {
    names: Vec<&'a Ident>,
    counts: Vec<TokenStream>,
    selects: Vec<TokenStream>,
    reads: Vec<TokenStream>,
}

impl<'a> Parts<'a> {
    fn add(&mut self, name: &'a Ident, of_type: &Type, source: Source, table: &Path, table_name: &str) {
        self.names.push(name);
        let column = |column: &Ident| {
            let variant = format_ident!("{}", variant(&column.to_string()));
            quote! { select.expr(sea_orm::IntoSimpleExpr::into_simple_expr(#table::Column::#variant)); }
        };
        let (count, select, read) = match source {
            Source::Column(of) => (quote!(1), column(&of), value(of_type)),
            Source::Expr(expr) => (quote!(1), quote! { select.expr(#expr); }, value(of_type)),
            Source::Nested => {
                let nested = quote!(<#of_type as crate::read::columns::Columns>);
                (quote!(#nested::count(long)), quote! { #nested::select(select, long); }, quote!(#nested::read(cells)?))
            }
            Source::Long(of) => {
                let (select, of) = (column(&of), of.to_string());
                (
                    quote!(usize::from(long.are_read())),
                    quote! { if long.are_read() { #select } },
                    quote!(cells.long_text(#table_name, #of, id.0)?),
                )
            }
            Source::Nothing => (quote!(0), TokenStream::new(), quote!(Default::default())),
        };
        self.counts.push(count);
        self.selects.push(select);
        let name = name.to_token_stream();
        self.reads.push(quote! { let #name: #of_type = #read; });
    }
}

/// Reads the value of a column, which may be null if the type says so.
fn value(of_type: &Type) -> TokenStream {
    let is_option = |path: &TypePath| path.path.segments.last().is_some_and(|last| last.ident == "Option");
    match of_type {
        Type::Path(path) if is_option(path) => quote!(cells.maybe()?),
        _ => quote!(cells.value()?),
    }
}

/// The variant of a column: `TalkId` of `talk_id`.
fn variant(column: &str) -> String {
    let capitalised = |word: &str| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    };
    column.split('_').map(capitalised).collect()
}
