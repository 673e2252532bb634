//! What a change means for released clients and for code that uses the regenerated crate.

use super::change::Side;

/// Stands for [`fails`].
pub(super) const FAILS: &str = "fails";

/// A field of an error that no released client looks at.
const NOT_READ: &str =
    "Nothing for released clients, which don't read it. The generated types of errors change.";

/// How released clients fail if they and the server no longer agree on a value. `path` leads to it in its body.
pub(super) fn fails(side: Side, path: &str) -> String {
    let text = match side {
        Side::Error => return fails_in_error(path),
        Side::Success => {
            "Released clients can't decode the response, although the server has done its work."
        }
        _ => "Released clients fail: they send it as before, and the server may reject it.",
    };
    text.to_owned()
}

/// Error bodies are read leniently: what the caller no longer gets if a field is gone or can't be read.
fn fails_in_error(path: &str) -> String {
    let lost = match path {
        "" => "everything that the body says: `code()`, `errors()`, `parameter()`",
        "clerk_trace_id" => "`trace_id()`, unless a header has it",
        "errors" | "errors[]" => "`errors()`, and with it `code()` and `parameter()`",
        "errors[].code" => "`code()`, and the predicates that go by it",
        "errors[].meta" | "errors[].meta.param_name" => "`parameter()`",
        "errors[].message" => "`ApiError::message()`",
        "errors[].long_message" => "`ApiError::long_message()`",
        _ => return NOT_READ.to_owned(),
    };
    format!("Released clients still report the error by its status, but lose {lost}.")
}

pub(super) const UNCLASSIFIED: &str =
    "Unknown, so it counts as breaking: no rule covers it. Compare the two documents there.";
pub(super) const NOTHING: &str = "Nothing.";

pub(super) const OPERATION_GONE: &str =
    "Released clients fail: the server no longer has it. Remove it from openapi/upstream.toml.";
pub(super) const OPERATION_NEW: &str =
    "Nothing for released clients. To have a method for it, list it in openapi/upstream.toml.";
pub(super) const OPERATION_LISTED: &str =
    "Nothing for released clients. The next sync and codegen add a method.";
pub(super) const NOT_LISTED: &str =
    "Nothing for released clients. The next sync and codegen remove its method.";
pub(super) const WORDS: &str =
    "Nothing for clients. Check whether the texts in openapi/overlay.yml are still right.";
pub(super) const WORDS_UNKNOWN: &str = "Nothing. The next sync records a digest.";

pub(super) const RENAMED: &str = "Nothing on the wire, but the generated method and its types get \
     another name. Put the new name into openapi/upstream.toml, and follow it in \
     openapi/overlay.yml and clerk-api.";
pub(super) const NAMELESS: &str =
    "Nothing on the wire, but no code can be generated for an operation without an operationId.";
pub(super) const OLD_PATH: &str = "Released clients fail: they call the old path.";
pub(super) const OLD_METHOD: &str = "Released clients fail: they use the old method.";
pub(super) const DEPRECATED: &str = "Nothing yet: it works as before, and may be removed later.";
pub(super) const OLD_SERVER: &str =
    "Released clients call the old server until they are given another base URL.";
pub(super) const FIRST_SERVER: &str =
    "Nothing: released clients call the first server of the list.";
pub(super) const OTHER_SERVER_GONE: &str =
    "Clients that were given this server as base URL have to be given another one.";
pub(super) const KEY_REJECTED: &str =
    "Released clients fail: they authenticate this way, and the server no longer accepts it.";
pub(super) const KEY_ACCEPTED: &str =
    "Nothing by itself: the way that released clients use is another one.";

pub(super) const NEW_ARGUMENT: &str = "Nothing on the wire: released clients don't send it. The \
     generated method gets another argument, so calls of it have to change.";
pub(super) const NOT_SENT: &str =
    "Released clients fail: they don't send it, and the server rejects the request.";
pub(super) const NO_ARGUMENT: &str =
    "Released clients that send it are ignored or rejected. Code that sets it has to change.";
pub(super) const WRITTEN_OTHERWISE: &str =
    "Released clients fail: the server may not understand how they write the value.";
pub(super) const BODY_SENT: &str = "Nothing: released clients always send a body.";

pub(super) const NEW_SUCCESS: &str =
    "Released clients report an unexpected response, although the server has done its work.";
pub(super) const NO_SUCCESS: &str =
    "Released clients report an unexpected response for whatever comes instead.";
pub(super) const NEW_STATUS: &str = "Nothing: released clients read the error body of any status.";
pub(super) const NO_STATUS: &str = "Nothing on the wire: released clients read the error body of \
     any status. The typed mocks lose the method for it, so tests that use it have to change.";
pub(super) const NEW_RESPONSE_BODY: &str =
    "Nothing on the wire: released clients don't read it. The method returns another type.";
pub(super) const NEW_MEDIA_TYPE: &str = "Nothing: released clients use the media type they know.";
pub(super) const NEW_HEADER: &str = "Nothing: released clients ignore it.";
pub(super) const HEADER_READERS: &str =
    "Nothing for generated code, which reads no headers. Other code that does may have to change.";

pub(super) const RETYPED: &str =
    "Nothing on the wire. The generated Rust type changes, so code that uses it has to change.";
pub(super) const NULL_SENT: &str =
    "Released clients fail if the value is unset: they send null, and the server rejects it.";
pub(super) const NO_NULL_SENT: &str =
    "Released clients leave an unset value out and never send null; what others send is rejected.";
pub(super) const NULL_READ: &str =
    "Released clients read null as absent. If it means something else, they can't tell.";
pub(super) const STILL_DECODED: &str =
    "Nothing on the wire: released clients accept whatever still comes.";
pub(super) const STILL_ACCEPTED: &str =
    "Nothing on the wire: what released clients send is still accepted.";
pub(super) const FEWER_VALUES: &str =
    "Released clients fail if they send a value that is no longer allowed.";
pub(super) const MORE_VALUES: &str =
    "Released clients fail to decode a value that their type doesn't allow.";
pub(super) const NEW_VARIANT: &str =
    "Nothing for released clients. The generated enum gets a variant.";
pub(super) const UNKNOWN_VALUE: &str =
    "Nothing: released clients keep values that they don't know. The enum gets a variant.";
pub(super) const NO_VARIANT: &str =
    "Nothing on the wire. The enum loses a variant, so code that names it has to change.";
pub(super) const SERVER_DEFAULT: &str =
    "Released clients that leave it unset get the server's new default.";

pub(super) const NEW_FIELD: &str = "Nothing on the wire: released clients don't send it. The \
     generated struct gets a field, so code that writes it as a literal has to change.";
pub(super) const IGNORED_FIELD: &str =
    "Nothing: released clients ignore fields they don't know. The struct gets a field.";
pub(super) const NEVER_COMES: &str =
    "Released clients never get it. The struct loses the field, so code that reads it must change.";
pub(super) const LEFT_OUT: &str =
    "Released clients fail if they leave it unset: the server rejects the request.";
pub(super) const CLOSED: &str =
    "Nothing for what released clients send. What the overlay or a caller adds is rejected.";
pub(super) const OPEN_OR_CLOSED: &str =
    "Nothing: released clients ignore fields they don't know, and send only those they know.";
pub(super) const NEW_BRANCH: &str =
    "Nothing on the wire. The enum gets a variant, so code that matches it has to change.";
