//! The descriptions of types and arguments that no single line declares: the library's types of connections, and
//! arguments that mean the same everywhere.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value,
    parser::types::Field,
    registry::{MetaType, Registry},
};

/// Adds descriptions to the registry. It is registered after all types that it describes, and is not a type of the
/// schema.
pub(super) struct Descriptions;

impl OutputType for Descriptions {
    fn type_name() -> Cow<'static, str> {
        "Descriptions".into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.types.values_mut().for_each(describe);
        describe_edits(registry);
        Self::type_name().into_owned()
    }

    /// Never called: no field has this type.
    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::Null)
    }
}

/// The types of records that can be merged.
const MERGED: [&str; 5] = ["conference", "edition", "talk", "speaker", "company"];

fn describe(ty: &mut MetaType) {
    let MetaType::Object { name, description, fields, .. } = ty else { return };
    for field in fields.values_mut() {
        let noun = noun(&field.ty);
        for argument in field.args.values_mut().filter(|argument| argument.description.is_none()) {
            argument.description = argument_description(&argument.name, &argument.ty, &noun);
        }
    }
    let Some((own, field_descriptions)) = library_descriptions(name) else { return };
    *description = Some(own);
    for (field, text) in field_descriptions {
        fields.entry(field.to_owned()).and_modify(|field| field.description = Some(text));
    }
}

/// Describes the input of the mutation `edit`: each member has the name and the arguments of a mutation.
fn describe_edits(registry: &mut Registry) {
    let Some(MetaType::Object { fields, .. }) = registry.types.get("Mutation") else { return };
    let mutations = fields.clone();
    let Some(MetaType::InputObject { input_fields: edits, .. }) = registry.types.get_mut("EditInput") else { return };
    let mut types = Vec::new();
    for edit in edits.values_mut() {
        edit.description = Some(format!("The arguments of the mutation `{}`.", edit.name));
        types.push((edit.ty.clone(), edit.name.clone()));
    }
    for (ty, mutation) in types {
        let (Some(MetaType::InputObject { description, input_fields, .. }), Some(mutation)) =
            (registry.types.get_mut(&ty), mutations.get(&mutation))
        else {
            continue;
        };
        *description = Some(format!("The arguments of the mutation `{}` as one edit among several.", mutation.name));
        for (name, field) in input_fields {
            field.description = mutation.args.get(name).and_then(|argument| argument.description.clone());
        }
    }
}

/// The description of one of the library's types, and those of its fields.
fn library_descriptions(name: &str) -> Option<(String, Vec<(&'static str, String)>)> {
    if name.starts_with("Search") {
        // The results of a search are no list, and describe themselves.
        return None;
    }
    if let Some(type_name) = name.strip_suffix("Connection") {
        let things = plural(&noun(type_name));
        let fields = vec![
            ("pageInfo", "The position of the page in the list.".to_owned()),
            ("edges", format!("The {things} of the page in the order of the list, each with its cursor.")),
            ("nodes", format!("The {things} of the page in the order of the list.")),
            ("totalCount", format!("The number of {things} in the whole list, on all pages together.")),
        ];
        return Some((format!("One page of a list of {things}."), fields));
    }
    if let Some(type_name) = name.strip_suffix("Edge") {
        let thing = noun(type_name);
        let cursor = "The cursor of this place in the list: an opaque string for the arguments `after` and `before` of \
            the same list in the same order.";
        let fields = vec![("node", format!("The {thing} at this place in the list.")), ("cursor", cursor.to_owned())];
        return Some((format!("One {thing} on a page of a list, with its cursor."), fields));
    }
    let fields = [
        (
            "hasPreviousPage",
            "Whether items come before the page. If it was requested with `first`, this is true if `after` was given.",
        ),
        (
            "hasNextPage",
            "Whether items come after the page. If it was requested with `last`, this is true if `before` was given.",
        ),
        ("startCursor", "The cursor of the first item of the page. It is null if the page is empty."),
        ("endCursor", "The cursor of the last item of the page. It is null if the page is empty."),
    ];
    let fields = fields.map(|(field, text)| (field, text.to_owned())).into();
    (name == "PageInfo").then(|| ("The position of a page in its list.".to_owned(), fields))
}

/// The description of a common argument of a field about `noun`.
fn argument_description(name: &str, ty: &str, noun: &str) -> Option<String> {
    let things = plural(noun);
    Some(match name {
        "filter" => {
            format!("The filter that the {things} in the list match. If it is left out or null, it is an empty filter.")
        }
        "orderBy" => "The order of the list. If it is left out or null, it is the one that the description of the \
            field names."
            .to_owned(),
        "first" => format!(
            "The number of {things} on the page, from the start of the list or after the cursor `after`: from 0 to the \
             server's limit, which is 500 by default. Without `first` and `last`, it is 50. Both together, and a \
             number out of range, are refused (BAD_USER_INPUT)."
        ),
        "after" => "A cursor of the same list in the same order; any other text is refused (BAD_USER_INPUT). The page \
            begins after it. If it is left out or null, the page begins at the start of the list."
            .to_owned(),
        "last" => format!(
            "The number of {things} on the page, from the end of the list or before the cursor `before`, in the order \
             of the list: from 0 to the server's limit, which is 500 by default."
        ),
        "before" => {
            "A cursor of the same list in the same order; any other text is refused (BAD_USER_INPUT). The page ends \
             before it. If it is left out or null, the page can reach to the end of the list."
                .to_owned()
        }
        "kinds" => {
            "The kinds of links to return. If it is left out or null, links of all kinds are returned.".to_owned()
        }
        "slug" => format!("The slug of the {noun}, or one that it had before."),
        "at" => "The time to look at, with any offset: `2016-08-25T09:30:00+02:00`. If it is left out or null, it is \
            the time of the request."
            .to_owned(),
        "id" if MERGED.contains(&noun) => format!("The id of the {noun}, or of a record that was merged into it."),
        "id" => format!("The id of the {noun}."),
        "input" if ty.ends_with("Patch!") => format!("The fields of the {noun} to change."),
        "input" => format!("The fields of the new {noun}."),
        "ifRevision" => format!(
            "The `revision` of the {noun} that the caller has read. If it is another one by now, nothing is written \
             (CONFLICT). If it is left out or null, the {noun} is written whatever its revision is."
        ),
        "force" => {
            "Whether slots may overlap others in their rooms or by their speakers. Each such overlap is then one \
            of the `notes`."
                .to_owned()
        }
        "moveSlots" => {
            "Whether all slots move by as many days as the first day of the edition does, and keep their local \
            times, also in another time zone. If it is left out or null, it is false."
                .to_owned()
        }
        "from" => format!(
            "The id of the {noun} that is merged. It leads to the other one afterwards. The id of one \
            that was merged before is refused (INVALID)."
        ),
        "into" => format!("The id of the {noun} that remains."),
        _ => return None,
    })
}

/// The noun of a type: `link` for `[Link!]!`, `talk` for `TalkConnection!` and `TalkPayload!`.
fn noun(ty: &str) -> String {
    let name = ty.trim_matches(['[', ']', '!']);
    name.trim_end_matches("Connection").trim_end_matches("Payload").to_lowercase()
}

fn plural(noun: &str) -> String {
    noun.strip_suffix('y').map_or_else(|| format!("{noun}s"), |stem| format!("{stem}ies"))
}
