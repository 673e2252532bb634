//! What a change means for released clients and for code that uses the regenerated crate.

use super::change::Side;

/// Stands for [`fails`].
pub(super) const FAILS: &str = "fails";

/// How released clients fail if they and the server no longer agree on a value. `path` leads to it in its body.
pub(super) fn fails(side: Side, path: &str) -> String {
    match side {
        Side::Error => fails_in_error(path),
        Side::Success => {
            "Released clients can't decode the response, although the server has done its work."
                .to_owned()
        }
        _ => "Released clients fail if the server rejects what they still send in the old form."
            .to_owned(),
    }
}

/// Error bodies are read leniently: what callers lose if a field is removed or can't be read.
fn fails_in_error(path: &str) -> String {
    let lost = match path {
        "" => "`code()`, `errors()`, `parameter()`, and `trace_id()` unless a header has it",
        "clerk_trace_id" => "`trace_id()`, unless a header has it",
        "errors" | "errors[]" => "`errors()`, and with it `code()` and `parameter()`",
        "errors[].code" => "`code()`, and the predicates that depend on it",
        "errors[].meta" => "`parameter()` and `ApiError::meta()`",
        "errors[].meta.param_name" => "`parameter()`",
        "errors[].message" => "`ApiError::message()`",
        "errors[].long_message" => "`ApiError::long_message()`",
        _ => {
            return "None for released clients, which don't read it. The generated types of \
                    errors change."
                .to_owned();
        }
    };
    format!("Released clients still report the error with its status, but lose {lost}.")
}

pub(super) const UNCLASSIFIED: &str =
    "Unclassified: no rule covers this change, so it counts as breaking. Compare both documents.";
pub(super) const NOTHING: &str = "None.";

// Operations.
pub(super) const OPERATION_REMOVED: &str =
    "Released clients fail: the server no longer has it. Remove it from openapi/upstream.toml.";
pub(super) const OPERATION_NEW: &str =
    "None for released clients. To generate a method for it, list it in openapi/upstream.toml.";
pub(super) const LISTED: &str =
    "None for released clients. The next sync and codegen add a method.";
pub(super) const NOT_LISTED: &str =
    "None for released clients. The next sync and codegen remove its method.";
pub(super) const WORDS: &str =
    "None for clients. Check whether the descriptions in openapi/overlay.yml are still right.";
pub(super) const WORDS_UNKNOWN: &str = "None. The next sync records a digest.";
pub(super) const RENAMED: &str = "None on the wire, but the generated method and its types are \
     renamed. Use the new name in openapi/upstream.toml, openapi/overlay.yml and clerk-api.";
pub(super) const NO_OPERATION_ID: &str =
    "None on the wire, but no code can be generated for an operation without an operationId.";
pub(super) const OLD_ENDPOINT: &str =
    "Released clients fail: they still call the old path and method.";
pub(super) const DEPRECATED: &str = "None yet: it works as before, and may be removed later.";
pub(super) const OLD_SERVER: &str =
    "Released clients call the old server until they are given another base URL.";
pub(super) const OTHER_SERVER_REMOVED: &str =
    "Clients that use this server as their base URL need another one.";
pub(super) const KEY_REJECTED: &str =
    "Released clients fail: they authenticate this way, and the server no longer accepts it.";

// Parameters, bodies, responses.
pub(super) const NEW_ARGUMENT: &str = "None on the wire: released clients don't send it. The \
     generated method gets another argument, so code that calls it has to change.";
pub(super) const NOT_SENT: &str =
    "Released clients fail: they don't send it, and the server rejects the request.";
pub(super) const NO_ARGUMENT: &str =
    "If released clients send it, it is ignored or rejected. Code that sets it has to change.";
pub(super) const OTHER_STYLE: &str =
    "Released clients fail: they still encode the value in the old style.";
pub(super) const BODY_SENT: &str = "None: released clients always send a body.";
pub(super) const OTHER_SUCCESS: &str =
    "Released clients report an unexpected response, although the server has done its work.";
pub(super) const NEW_STATUS: &str = "None: released clients read the error body of any status.";
pub(super) const NO_STATUS: &str = "None on the wire: released clients read the error body of \
     any status. The typed mocks lose the method for it, so tests that use it have to change.";
pub(super) const NEW_RESPONSE_BODY: &str =
    "None on the wire: released clients don't read it. The method returns another type.";
pub(super) const NEW_ERROR_BODY: &str = "None on the wire: released clients read any error body. \
     The typed mock of it gets an argument, so tests that use it have to change.";
pub(super) const OTHER_MEDIA_TYPE: &str = "Released clients read the body as JSON, whatever its \
     media type, and can't read it if it is something else.";
pub(super) const NOT_USED: &str = "None: released clients don't use it.";
pub(super) const HEADER_NOT_READ: &str =
    "None for generated code, which reads no headers. Other code that reads it may have to change.";

// Values.
pub(super) const RETYPED: &str =
    "None on the wire. The generated Rust type changes, so code that uses it has to change.";
pub(super) const NULL_SENT: &str =
    "Released clients fail if the value is unset: they send null, and the server rejects it.";
pub(super) const NO_NULL: &str =
    "Released clients never send null: they omit an unset value. Other code that sends null fails.";
pub(super) const NULL_READ: &str =
    "Released clients read null as absent. If it means something else, they can't tell.";
pub(super) const STILL_DECODED: &str =
    "None on the wire: released clients accept everything that the server still sends.";
pub(super) const STILL_ACCEPTED: &str =
    "None on the wire: what released clients send is still accepted.";
pub(super) const FEWER_VALUES: &str =
    "Released clients fail if they send a value that is no longer allowed.";
pub(super) const MORE_VALUES: &str =
    "Released clients fail to decode a value that their type doesn't allow.";
pub(super) const NEW_VARIANT: &str =
    "None for released clients. The generated enum gets a variant.";
pub(super) const UNKNOWN_VALUE: &str =
    "None: released clients keep values that they don't know. The enum gets a variant.";
pub(super) const NO_VARIANT: &str =
    "None on the wire. The enum loses a variant, so code that names it has to change.";
pub(super) const SERVER_DEFAULT: &str =
    "Released clients that leave it unset get whatever the server now uses instead.";
pub(super) const NEW_FIELD: &str = "None on the wire: released clients don't send it. The \
     generated struct gets a field, so code that writes it as a literal has to change.";
pub(super) const IGNORED_FIELD: &str =
    "None: released clients ignore fields they don't know. The struct gets a field.";
pub(super) const NO_FIELD: &str =
    "Released clients no longer get it. The struct loses it, so code that reads it must change.";
pub(super) const MUST_BE_SET: &str =
    "Released clients fail if they leave it unset: the server rejects the request.";
pub(super) const CLOSED: &str = "Released clients send only the fields that they know. \
     If the overlay or a caller adds others, the server rejects the request.";
pub(super) const OPEN_OR_CLOSED: &str =
    "None: released clients ignore fields they don't know, and send only those they know.";
pub(super) const NEW_BRANCH: &str =
    "None on the wire. The enum gets a variant, so code that matches it has to change.";
