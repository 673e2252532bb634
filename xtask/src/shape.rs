//! What OpenAPI 3.0 puts where: for each kind of object its keywords, in the order in which the contract writes them.
//!
//! Both the cut ([`crate::slice`]) and the canonical order ([`crate::canonical`]) walk a document by this table, since a
//! key alone does not tell: below `properties`, `description` or `x-foo` is the name of a property, not a keyword.

/// A kind of OpenAPI object with a fixed set of keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The document itself.
    Document,
    /// `info`.
    Info,
    /// `components`.
    Components,
    /// One entry of `paths`.
    PathItem,
    /// One method of a path.
    Operation,
    /// A parameter.
    Parameter,
    /// A response header.
    Header,
    /// A request body.
    RequestBody,
    /// A response.
    Response,
    /// A body in one media type.
    MediaType,
    /// How one property of a form is sent.
    Encoding,
    /// A schema.
    Schema,
    /// How a schema tells its variants apart.
    Discriminator,
    /// A security scheme.
    SecurityScheme,
    /// The OAuth flows of a security scheme.
    Flows,
    /// One OAuth flow.
    Flow,
    /// A server.
    Server,
    /// A variable in a server's URL.
    ServerVariable,
}

/// What stands below a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// Words for people, or what only serves them: left out of the contract.
    Prose,
    /// Words for people that OpenAPI requires: kept as an empty string.
    Blank,
    /// A value that is kept as it is.
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
    Blank, Data, Many, Mapping, Named, One, Patterned, Prose, Requirements, SchemaOrFlag, Scopes,
    Set,
};

/// The methods that a path item can have, in the order in which they are written.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

impl Shape {
    /// The keywords of this kind of object, in canonical order.
    pub(crate) fn fields(self) -> &'static [(&'static str, Field)] {
        match self {
            Self::Document => &[
                ("openapi", Data),
                ("info", One(Self::Info)),
                ("servers", Many(Self::Server)),
                ("security", Requirements),
                ("tags", Prose),
                ("externalDocs", Prose),
                ("paths", Patterned(Self::PathItem)),
                ("components", One(Self::Components)),
            ],
            Self::Info => &[
                ("title", Data),
                ("version", Data),
                ("description", Prose),
                ("termsOfService", Prose),
                ("contact", Prose),
                ("license", Prose),
            ],
            Self::Components => &[
                ("securitySchemes", Named(Self::SecurityScheme)),
                ("parameters", Named(Self::Parameter)),
                ("requestBodies", Named(Self::RequestBody)),
                ("responses", Named(Self::Response)),
                ("headers", Named(Self::Header)),
                ("schemas", Named(Self::Schema)),
                ("callbacks", Prose),
                ("links", Prose),
                ("examples", Prose),
            ],
            Self::PathItem => &[
                ("summary", Prose),
                ("description", Prose),
                ("servers", Many(Self::Server)),
                ("parameters", Many(Self::Parameter)),
                ("get", One(Self::Operation)),
                ("put", One(Self::Operation)),
                ("post", One(Self::Operation)),
                ("delete", One(Self::Operation)),
                ("options", One(Self::Operation)),
                ("head", One(Self::Operation)),
                ("patch", One(Self::Operation)),
                ("trace", One(Self::Operation)),
            ],
            // Callbacks are requests that the server sends: no code of a client comes from them.
            Self::Operation => &[
                ("operationId", Data),
                ("summary", Prose),
                ("description", Prose),
                ("tags", Prose),
                ("externalDocs", Prose),
                ("deprecated", Data),
                ("servers", Many(Self::Server)),
                ("security", Requirements),
                ("parameters", Many(Self::Parameter)),
                ("requestBody", One(Self::RequestBody)),
                ("responses", Patterned(Self::Response)),
                ("callbacks", Prose),
            ],
            Self::Parameter => &[
                ("name", Data),
                ("in", Data),
                ("description", Prose),
                ("required", Data),
                ("deprecated", Data),
                ("allowEmptyValue", Data),
                ("style", Data),
                ("explode", Data),
                ("allowReserved", Data),
                ("schema", One(Self::Schema)),
                ("content", Named(Self::MediaType)),
                ("example", Prose),
                ("examples", Prose),
            ],
            Self::Header => &[
                ("description", Prose),
                ("required", Data),
                ("deprecated", Data),
                ("allowEmptyValue", Data),
                ("style", Data),
                ("explode", Data),
                ("allowReserved", Data),
                ("schema", One(Self::Schema)),
                ("content", Named(Self::MediaType)),
                ("example", Prose),
                ("examples", Prose),
            ],
            Self::RequestBody => &[
                ("description", Prose),
                ("required", Data),
                ("content", Named(Self::MediaType)),
            ],
            // Links name operations that need not be in the contract, and no client code comes from them.
            Self::Response => &[
                ("description", Blank),
                ("headers", Named(Self::Header)),
                ("content", Named(Self::MediaType)),
                ("links", Prose),
            ],
            Self::MediaType => &[
                ("schema", One(Self::Schema)),
                ("encoding", Named(Self::Encoding)),
                ("example", Prose),
                ("examples", Prose),
            ],
            Self::Encoding => &[
                ("contentType", Data),
                ("headers", Named(Self::Header)),
                ("style", Data),
                ("explode", Data),
                ("allowReserved", Data),
            ],
            // `title` is prose that would name generated types: names are given in the overlay, where they stay put.
            Self::Schema => &[
                ("title", Prose),
                ("description", Prose),
                ("externalDocs", Prose),
                ("example", Prose),
                ("type", Data),
                ("format", Data),
                ("nullable", Data),
                ("readOnly", Data),
                ("writeOnly", Data),
                ("deprecated", Data),
                ("enum", Set),
                ("default", Data),
                ("multipleOf", Data),
                ("minimum", Data),
                ("exclusiveMinimum", Data),
                ("maximum", Data),
                ("exclusiveMaximum", Data),
                ("minLength", Data),
                ("maxLength", Data),
                ("pattern", Data),
                ("minItems", Data),
                ("maxItems", Data),
                ("uniqueItems", Data),
                ("items", One(Self::Schema)),
                ("minProperties", Data),
                ("maxProperties", Data),
                ("required", Set),
                ("properties", Named(Self::Schema)),
                ("additionalProperties", SchemaOrFlag),
                ("allOf", Many(Self::Schema)),
                ("anyOf", Many(Self::Schema)),
                ("oneOf", Many(Self::Schema)),
                ("not", One(Self::Schema)),
                ("discriminator", One(Self::Discriminator)),
                ("xml", Data),
            ],
            Self::Discriminator => &[("propertyName", Data), ("mapping", Mapping)],
            Self::SecurityScheme => &[
                ("type", Data),
                ("description", Prose),
                ("name", Data),
                ("in", Data),
                ("scheme", Data),
                // A hint for readers, by OpenAPI's own words; it binds nobody.
                ("bearerFormat", Prose),
                ("flows", One(Self::Flows)),
                ("openIdConnectUrl", Data),
            ],
            Self::Flows => &[
                ("implicit", One(Self::Flow)),
                ("password", One(Self::Flow)),
                ("clientCredentials", One(Self::Flow)),
                ("authorizationCode", One(Self::Flow)),
            ],
            Self::Flow => &[
                ("authorizationUrl", Data),
                ("tokenUrl", Data),
                ("refreshUrl", Data),
                ("scopes", Scopes),
            ],
            Self::Server => &[
                ("url", Data),
                ("description", Prose),
                ("variables", Named(Self::ServerVariable)),
            ],
            Self::ServerVariable => &[("default", Data), ("enum", Set), ("description", Prose)],
        }
    }

    /// What stands below `keyword` in this kind of object; `None` where OpenAPI 3.0 has no such keyword.
    pub(crate) fn field(self, keyword: &str) -> Option<Field> {
        self.fields()
            .iter()
            .find(|(name, _)| *name == keyword)
            .map(|(_, field)| *field)
    }

    /// Where `keyword` stands among its siblings; unknown ones come last.
    pub(crate) fn rank(self, keyword: &str) -> usize {
        self.fields()
            .iter()
            .position(|(name, _)| *name == keyword)
            .unwrap_or(usize::MAX)
    }

    /// Whether a `$ref` may stand in place of this kind of object.
    pub(crate) fn may_be_reference(self) -> bool {
        matches!(
            self,
            Self::Parameter
                | Self::Header
                | Self::RequestBody
                | Self::Response
                | Self::Schema
                | Self::SecurityScheme
        )
    }

    /// What to call this kind of object in a message.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Info => "info object",
            Self::Components => "components object",
            Self::PathItem => "path item",
            Self::Operation => "operation",
            Self::Parameter => "parameter",
            Self::Header => "header",
            Self::RequestBody => "request body",
            Self::Response => "response",
            Self::MediaType => "media type object",
            Self::Encoding => "encoding object",
            Self::Schema => "schema",
            Self::Discriminator => "discriminator",
            Self::SecurityScheme => "security scheme",
            Self::Flows => "OAuth flows object",
            Self::Flow => "OAuth flow",
            Self::Server => "server",
            Self::ServerVariable => "server variable",
        }
    }
}
