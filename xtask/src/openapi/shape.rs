//! What OpenAPI 3.0 puts where: the keywords of each kind of object.
//!
//! All walks go by this table, since a key alone does not tell: below `properties`, `description` or `x-foo` is the name
//! of a property, not a keyword.

/// A kind of OpenAPI object with a fixed set of keywords.
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
    Flows,
    Flow,
    Server,
    ServerVariable,
    Tag,
}

/// What stands below a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// Words for people, or what only serves them.
    Prose,
    /// A value without parts of its own.
    Data,
    /// A list of values whose order means nothing.
    Set,
    /// One object.
    One(Shape),
    /// A list of objects.
    Many(Shape),
    /// A mapping from names to objects; each key is a name, `x-…` included.
    Named(Shape),
    /// A mapping from patterned keys (status codes, paths) to objects; `x-…` is an extension.
    Patterned(Shape),
    /// `additionalProperties`: a schema, or whether anything goes.
    SchemaOrFlag,
    /// `security`: lists of security schemes by name.
    Requirements,
    /// OAuth scopes: a mapping from names to words.
    Scopes,
    /// `discriminator.mapping`: from values to references.
    Mapping,
}

use Field::{
    Data, Many, Mapping, Named, One, Patterned, Prose, Requirements, SchemaOrFlag, Scopes, Set,
};

impl Shape {
    /// What stands below `keyword` in this kind of object; `None` if OpenAPI 3.0 has no such keyword.
    pub(crate) fn field(self, keyword: &str) -> Option<Field> {
        match self {
            Self::Document => document(keyword),
            Self::PathItem | Self::Operation => operation(self, keyword),
            Self::Parameter | Self::Header => parameter(self, keyword),
            Self::RequestBody | Self::Response | Self::MediaType | Self::Encoding => {
                body(self, keyword)
            }
            Self::Schema => schema(keyword),
            _ => other(self, keyword),
        }
    }

    /// Whether a `$ref` may stand in place of this kind of object.
    pub(crate) fn may_be_reference(self) -> bool {
        self.section().is_some()
    }

    /// The section of `components` that holds this kind of object.
    pub(crate) fn section(self) -> Option<&'static str> {
        SECTIONS
            .into_iter()
            .find(|(_, shape)| *shape == self)
            .map(|(section, _)| section)
    }

    /// The kind of object that a section of `components` holds.
    pub(crate) fn of_section(section: &str) -> Option<Self> {
        SECTIONS
            .into_iter()
            .find(|(name, _)| *name == section)
            .map(|(_, shape)| shape)
    }
}

/// The sections of `components`. Those that only serve people, and callbacks and links, are left out.
const SECTIONS: [(&str, Shape); 6] = [
    ("headers", Shape::Header),
    ("parameters", Shape::Parameter),
    ("requestBodies", Shape::RequestBody),
    ("responses", Shape::Response),
    ("schemas", Shape::Schema),
    ("securitySchemes", Shape::SecurityScheme),
];

fn document(keyword: &str) -> Option<Field> {
    Some(match keyword {
        "openapi" => Data,
        "info" => One(Shape::Info),
        "servers" => Many(Shape::Server),
        "security" => Requirements,
        "tags" => Many(Shape::Tag),
        "paths" => Patterned(Shape::PathItem),
        "components" => One(Shape::Components),
        "externalDocs" => Prose,
        _ => return None,
    })
}

fn operation(shape: Shape, keyword: &str) -> Option<Field> {
    Some(match keyword {
        "summary" | "description" => Prose,
        "servers" => Many(Shape::Server),
        "parameters" => Many(Shape::Parameter),
        method if shape == Shape::PathItem => {
            return super::operations::METHODS
                .contains(&method)
                .then_some(One(Shape::Operation));
        }
        "operationId" | "deprecated" => Data,
        "security" => Requirements,
        "requestBody" => One(Shape::RequestBody),
        "responses" => Patterned(Shape::Response),
        // Callbacks are requests that the server sends: no code of a client comes from them.
        "tags" | "externalDocs" | "callbacks" => Prose,
        _ => return None,
    })
}

fn parameter(shape: Shape, keyword: &str) -> Option<Field> {
    Some(match keyword {
        "name" | "in" if shape == Shape::Parameter => Data,
        "required" | "deprecated" | "allowEmptyValue" => Data,
        "style" | "explode" | "allowReserved" => Data,
        "schema" => One(Shape::Schema),
        "content" => Named(Shape::MediaType),
        "description" | "example" | "examples" => Prose,
        _ => return None,
    })
}

fn body(shape: Shape, keyword: &str) -> Option<Field> {
    Some(match (shape, keyword) {
        (Shape::RequestBody, "required") => Data,
        (Shape::RequestBody | Shape::Response, "content") => Named(Shape::MediaType),
        (Shape::RequestBody | Shape::Response, "description") => Prose,
        (Shape::Response | Shape::Encoding, "headers") => Named(Shape::Header),
        // Links name operations that need not be in the contract, and no client code comes from them.
        (Shape::Response, "links") => Prose,
        (Shape::MediaType, "schema") => One(Shape::Schema),
        (Shape::MediaType, "encoding") => Named(Shape::Encoding),
        (Shape::MediaType, "example" | "examples") => Prose,
        (Shape::Encoding, "contentType" | "style" | "explode" | "allowReserved") => Data,
        _ => return None,
    })
}

fn schema(keyword: &str) -> Option<Field> {
    Some(match keyword {
        // `title` is prose that would name generated types: names are given in the overlay, where they stay put.
        "title" | "description" | "externalDocs" | "example" => Prose,
        "type" | "format" | "nullable" | "readOnly" | "writeOnly" | "deprecated" => Data,
        "default" | "multipleOf" | "pattern" | "uniqueItems" | "xml" => Data,
        "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum" => Data,
        "minLength" | "maxLength" | "minItems" | "maxItems" => Data,
        "minProperties" | "maxProperties" => Data,
        "enum" | "required" => Set,
        "items" | "not" => One(Shape::Schema),
        "properties" => Named(Shape::Schema),
        "additionalProperties" => SchemaOrFlag,
        "allOf" | "anyOf" | "oneOf" => Many(Shape::Schema),
        "discriminator" => One(Shape::Discriminator),
        _ => return None,
    })
}

fn other(shape: Shape, keyword: &str) -> Option<Field> {
    Some(match (shape, keyword) {
        (Shape::Info, "title" | "version") => Data,
        (Shape::Info, "termsOfService" | "contact" | "license") => Prose,
        (Shape::Components, "callbacks" | "links" | "examples") => Prose,
        (Shape::Components, section) => return Shape::of_section(section).map(Named),
        (Shape::Discriminator, "propertyName") => Data,
        (Shape::Discriminator, "mapping") => Mapping,
        (Shape::SecurityScheme, "type" | "name" | "in" | "scheme" | "openIdConnectUrl") => Data,
        (Shape::SecurityScheme, "bearerFormat") => Data,
        (Shape::SecurityScheme, "flows") => One(Shape::Flows),
        (Shape::Flows, "implicit" | "password" | "clientCredentials" | "authorizationCode") => {
            One(Shape::Flow)
        }
        (Shape::Flow, "authorizationUrl" | "tokenUrl" | "refreshUrl") => Data,
        (Shape::Flow, "scopes") => Scopes,
        (Shape::Server, "url") => Data,
        (Shape::Server, "variables") => Named(Shape::ServerVariable),
        (Shape::ServerVariable, "default") => Data,
        (Shape::ServerVariable, "enum") => Set,
        (Shape::Tag, "name") => Data,
        (
            Shape::Info
            | Shape::SecurityScheme
            | Shape::Server
            | Shape::ServerVariable
            | Shape::Tag,
            "description",
        ) => Prose,
        (Shape::Tag, "externalDocs") => Prose,
        _ => return None,
    })
}
