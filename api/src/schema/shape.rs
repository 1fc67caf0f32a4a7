//! The schema as the checks before execution need it: the types of fields, the sizes of lists and the arguments. It is
//! read from the SDL, so the checks agree with what is published.

use std::collections::HashMap;

use async_graphql::{
    Positioned,
    indexmap::IndexMap,
    parser::{
        parse_schema,
        types::{
            BaseType, ConstDirective, Field, FieldDefinition, InputValueDefinition, OperationType, Type, TypeKind,
            TypeSystemDefinition,
        },
    },
};
use async_graphql_value::{ConstValue, Value};

use crate::error::{Error, Result};

/// A field of an object or an interface.
#[derive(Debug)]
pub struct OutputField {
    /// Its type.
    pub ty: Type,
    /// The name of the type without lists and nulls.
    pub type_name: String,
    /// The assumed number of items of a list; 1 for another type.
    pub size: u64,
    /// Its arguments.
    pub arguments: HashMap<String, InputField>,
    /// Whether it depends on the time of the request.
    pub reads_clock: bool,
    /// The description.
    pub description: String,
}

/// A field of an input object, or an argument.
#[derive(Debug)]
pub struct InputField {
    pub ty: Type,
    /// Whether it is required.
    pub required: bool,
    /// Whether it has a default.
    pub has_default: bool,
    /// Whether the filter depends on the time of the request.
    pub reads_clock: bool,
    /// The description.
    pub description: String,
}

/// An input type.
#[derive(Debug)]
pub enum Input {
    Scalar,
    Enum(Vec<String>),
    /// Its fields, in their order.
    Object(IndexMap<String, InputField>),
}

/// The schema.
#[derive(Debug, Default)]
pub struct Shape {
    outputs: HashMap<String, IndexMap<String, OutputField>>,
    inputs: HashMap<String, Input>,
    descriptions: HashMap<String, String>,
}

/// The name of an operation's root type.
pub fn root_name(operation: OperationType) -> &'static str {
    match operation {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}

/// The assumed size of a list without the directive. Every list of the schema has it, as a test checks.
pub const DEFAULT_LIST_SIZE: u64 = 50;

impl Shape {
    /// Reads the SDL.
    pub fn read(sdl: &str) -> Result<Self> {
        let document =
            parse_schema(sdl).map_err(|error| Error::Internal(format!("the SDL does not parse: {error}")))?;
        let mut shape = Self::default();
        for builtin in ["Int", "Float", "String", "Boolean", "ID"] {
            shape.inputs.insert(builtin.to_owned(), Input::Scalar);
        }
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            if let Some(description) = definition.node.description {
                shape.descriptions.insert(name.clone(), description.node);
            }
            match definition.node.kind {
                TypeKind::Object(object) => shape.output(name, object.fields.into_iter().map(|field| field.node)),
                TypeKind::Interface(interface) => {
                    shape.output(name, interface.fields.into_iter().map(|field| field.node))
                }
                TypeKind::Union(_) => shape.output(name, std::iter::empty()),
                TypeKind::Scalar => shape.input(name, Input::Scalar),
                TypeKind::Enum(words) => {
                    let words = words.values.iter().map(|word| word.node.value.node.to_string());
                    shape.input(name, Input::Enum(words.collect()));
                }
                TypeKind::InputObject(object) => {
                    let fields = object.fields.into_iter().map(|field| input_field(field.node));
                    shape.input(name, Input::Object(fields.collect()));
                }
            }
        }
        Ok(shape)
    }

    /// A field of an object or interface.
    pub fn field(&self, type_name: &str, name: &str) -> Option<&OutputField> {
        self.outputs.get(type_name)?.get(name)
    }

    /// The fields of an object or interface, in their order.
    pub fn fields(&self, type_name: &str) -> impl Iterator<Item = (&str, &OutputField)> {
        self.outputs.get(type_name).into_iter().flatten().map(|(name, field)| (name.as_str(), field))
    }

    /// The name of every field, of objects and of inputs, that depends on the time of the request.
    pub fn clock_fields(&self) -> impl Iterator<Item = &str> {
        let outputs = self.outputs.values().flatten().filter(|(_, field)| field.reads_clock);
        outputs.map(|(name, _)| name.as_str()).chain(self.inputs.keys().flat_map(|input| self.clock_inputs(input)))
    }

    /// Whether a field depends on the time of the request, or an argument that is given may.
    pub fn reads_clock(&self, field: &OutputField, selected: &Field) -> bool {
        let mut given = selected.arguments.iter().filter_map(|(name, _)| field.arguments.get(name.node.as_str()));
        field.reads_clock || given.any(|argument| self.clock_inputs(base_name(&argument.ty)).next().is_some())
    }

    /// The fields of an input object whose filter depends on the time of the request.
    pub fn clock_inputs(&self, input: &str) -> impl Iterator<Item = &str> {
        let fields = self.inputs.get(input).and_then(|input| match input {
            Input::Object(fields) => Some(fields),
            Input::Scalar | Input::Enum(_) => None,
        });
        fields.into_iter().flatten().filter(|(_, field)| field.reads_clock).map(|(name, _)| name.as_str())
    }

    /// The description of a type.
    pub fn description(&self, type_name: &str) -> &str {
        self.descriptions.get(type_name).map_or("", String::as_str)
    }

    /// Whether a type has fields.
    pub fn is_output(&self, name: &str) -> bool {
        self.outputs.contains_key(name)
    }

    /// An input type.
    pub fn input_type(&self, name: &str) -> Option<&Input> {
        self.inputs.get(name)
    }

    fn output(&mut self, name: String, fields: impl Iterator<Item = FieldDefinition>) {
        self.outputs.insert(name, fields.map(|field| (field.name.node.to_string(), output_field(field))).collect());
    }

    fn input(&mut self, name: String, input: Input) {
        self.inputs.insert(name, input);
    }
}

fn output_field(field: FieldDefinition) -> OutputField {
    let assumed =
        field.directives.iter().find(|directive| directive.node.name.node == "listSize").and_then(|directive| {
            match &directive.node.get_argument("assumedSize")?.node {
                ConstValue::Number(size) => size.as_u64(),
                _ => None,
            }
        });
    let is_list = is_list(&field.ty.node);
    let reads_clock = reads_clock(&field.directives);
    OutputField {
        type_name: base_name(&field.ty.node).to_owned(),
        ty: field.ty.node,
        size: if is_list { assumed.unwrap_or(DEFAULT_LIST_SIZE) } else { 1 },
        reads_clock,
        description: field.description.map(|text| text.node).unwrap_or_default(),
        arguments: field.arguments.into_iter().map(|argument| input_field(argument.node)).collect(),
    }
}

fn input_field(field: InputValueDefinition) -> (String, InputField) {
    let has_default = field.default_value.is_some();
    let required = !field.ty.node.nullable && !has_default;
    let description = field.description.map(|text| text.node).unwrap_or_default();
    let reads_clock = reads_clock(&field.directives);
    (field.name.node.to_string(), InputField { ty: field.ty.node, required, has_default, reads_clock, description })
}

fn reads_clock(directives: &[Positioned<ConstDirective>]) -> bool {
    directives.iter().any(|directive| directive.node.name.node == "readsClock")
}

fn is_list(ty: &Type) -> bool {
    matches!(ty.base, BaseType::List(_))
}

/// The name of a type without lists and nulls.
pub fn base_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(item) => base_name(item),
    }
}

/// A value as JSON, with the values of its variables. A variable without a value is null.
pub fn json(value: &Value, variables: &serde_json::Map<String, serde_json::Value>) -> serde_json::Value {
    value
        .clone()
        .into_const_with::<std::convert::Infallible>(|name| {
            let value = variables.get(name.as_str()).cloned().unwrap_or_default();
            Ok(ConstValue::from_json(value).unwrap_or_default())
        })
        .map(|value| value.into_json().unwrap_or_default())
        .unwrap_or_default()
}
