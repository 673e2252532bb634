//! The structure of OpenAPI 3.0: which keywords of each kind of object contain prose or other objects.
//!
//! A key alone doesn't say what its value is: in `properties`, `description` and `x-foo` are names of properties, not
//! keywords.

use super::operations::METHODS;

/// A kind of OpenAPI object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Shape {
    Document,
    Info,
    Components,
    PathItem,
    Operation,
    Parameter,
    Header,
    RequestBody,
    Response,
    MediaType,
    Encoding,
    Schema,
    Discriminator,
    SecurityScheme,
    Server,
    ServerVariable,
    Tag,
}

/// What the value of a keyword is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// Documentation.
    Prose,
    /// A list of values in no particular order.
    Set,
    /// One object.
    One(Shape),
    /// A list of objects.
    Many(Shape),
    /// A mapping from names to objects; each key is a name, `x-…` included.
    Named(Shape),
    /// A mapping from patterned keys (status codes, paths) to objects; `x-…` is an extension.
    Patterned(Shape),
    /// `additionalProperties`: a schema or a boolean.
    SchemaOrFlag,
}

use Field::{Many, Named, One, Patterned, Prose, SchemaOrFlag, Set};

impl Shape {
    /// What the value of `keyword` is in this kind of object; `None` for plain data.
    pub(crate) fn field(self, keyword: &str) -> Option<Field> {
        Some(match (self, keyword) {
            (_, "description" | "externalDocs") => Prose,
            (Self::Document, "info") => One(Self::Info),
            (Self::Document, "tags") => Many(Self::Tag),
            (Self::Document, "paths") => Patterned(Self::PathItem),
            (Self::Document, "components") => One(Self::Components),
            (Self::Info, "termsOfService" | "contact" | "license") => Prose,
            (Self::Components, section) => Named(Self::of_section(section)?),
            (Self::PathItem | Self::Operation, "summary") => Prose,
            (Self::PathItem, method) if METHODS.contains(&method) => One(Self::Operation),
            // Requests that the server sends; no client code is generated from them.
            (Self::Operation, "tags" | "callbacks") => Prose,
            (Self::Operation, "requestBody") => One(Self::RequestBody),
            (Self::Operation, "responses") => Patterned(Self::Response),
            (Self::PathItem | Self::Operation, "parameters") => Many(Self::Parameter),
            (Self::Document | Self::PathItem | Self::Operation, "servers") => Many(Self::Server),
            (Self::Parameter | Self::Header | Self::MediaType, "schema") => One(Self::Schema),
            (Self::Parameter | Self::Header | Self::MediaType, "example" | "examples") => Prose,
            (Self::Parameter | Self::Header, "content") => Named(Self::MediaType),
            (Self::RequestBody | Self::Response, "content") => Named(Self::MediaType),
            (Self::Response | Self::Encoding, "headers") => Named(Self::Header),
            // They may name operations outside of the contract, and no client code is generated from them.
            (Self::Response, "links") => Prose,
            (Self::MediaType, "encoding") => Named(Self::Encoding),
            // `title` would name generated types; the overlay does that, so that names are stable.
            (Self::Schema, "title" | "example") => Prose,
            (Self::Schema, "enum" | "required") => Set,
            (Self::Schema, "items" | "not") => One(Self::Schema),
            (Self::Schema, "properties") => Named(Self::Schema),
            (Self::Schema, "additionalProperties") => SchemaOrFlag,
            (Self::Schema, "allOf" | "anyOf" | "oneOf") => Many(Self::Schema),
            (Self::Schema, "discriminator") => One(Self::Discriminator),
            (Self::Server, "variables") => Named(Self::ServerVariable),
            (Self::ServerVariable, "enum") => Set,
            _ => return None,
        })
    }

    /// Whether a `$ref` may replace this kind of object.
    pub(crate) fn may_be_reference(self) -> bool {
        self.section().is_some()
    }

    /// The section of `components` for this kind of object.
    pub(crate) fn section(self) -> Option<&'static str> {
        let found = SECTIONS.iter().find(|(_, shape)| *shape == self);
        found.map(|(section, _)| *section)
    }

    /// The kind of object in a section of `components`.
    pub(crate) fn of_section(section: &str) -> Option<Self> {
        let found = SECTIONS.iter().find(|(name, _)| *name == section);
        found.map(|(_, shape)| *shape)
    }
}

/// The sections of `components` that matter to a client.
const SECTIONS: [(&str, Shape); 6] = [
    ("headers", Shape::Header),
    ("parameters", Shape::Parameter),
    ("requestBodies", Shape::RequestBody),
    ("responses", Shape::Response),
    ("schemas", Shape::Schema),
    ("securitySchemes", Shape::SecurityScheme),
];
