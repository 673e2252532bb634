//! The table of rules: what a change of each keyword means in a request and in a response. Any other change is breaking.
//!
//! The class answers two questions, and the worse one counts: what happens to a client that is already released, and
//! what happens to code that uses the regenerated crate. So whatever needs a new major version is breaking.

use super::change::Class::{self, Breaking, Compatible, Docs};
use super::change::Edit::{self, Added, Changed, Narrowed, Removed, Widened};
use super::change::Side;
use super::effect::*;

const ADDED: &[Edit] = &[Added];
const REMOVED: &[Edit] = &[Removed];
const CHANGED: &[Edit] = &[Changed];
const NARROWED: &[Edit] = &[Narrowed];
const WIDENED: &[Edit] = &[Widened];
const ANY: &[Edit] = &[Added, Removed, Changed];

const REQUEST: &[Side] = &[Side::Request];
const SUCCESS: &[Side] = &[Side::Success];
const ERROR: &[Side] = &[Side::Error];
const RESPONSES: &[Side] = &[Side::Success, Side::Error];
const ALL: &[Side] = &[Side::Operation, Side::Request, Side::Success, Side::Error];

/// Keywords separated by `/` (a mark comes first if it matters: `required`, `optional`, `used`), what happens to them and
/// where, and what that means. `bound` stands for all keywords that narrow a value.
type Row = (
    &'static str,
    &'static [Edit],
    &'static [Side],
    Class,
    &'static str,
);

const TABLE: &[Row] = &[
    // The operations of the document.
    ("operation", REMOVED, ALL, Breaking, OPERATION_REMOVED),
    ("unlisted operation", ADDED, ALL, Compatible, OPERATION_NEW),
    ("listed operation", ADDED, ALL, Compatible, LISTED),
    ("listed operation", REMOVED, ALL, Breaking, NOT_LISTED),
    ("words", CHANGED, ALL, Docs, WORDS),
    ("words", ADDED, ALL, Docs, WORDS_UNKNOWN),
    // The operation itself.
    ("operationId", CHANGED, ALL, Breaking, RENAMED),
    ("operationId", REMOVED, ALL, Breaking, NO_OPERATION_ID),
    ("path/method", CHANGED, ALL, Breaking, OLD_ENDPOINT),
    ("deprecated", ADDED, ALL, Compatible, DEPRECATED),
    ("deprecated", REMOVED, ALL, Compatible, NOTHING),
    ("server", CHANGED, ALL, Breaking, OLD_SERVER),
    ("other server", ADDED, ALL, Compatible, NOT_USED),
    ("other server", REMOVED, ALL, Breaking, OTHER_SERVER_REMOVED),
    ("used security", REMOVED, ALL, Breaking, KEY_REJECTED),
    ("security", ANY, ALL, Compatible, NOT_USED),
    // Parameters and bodies.
    ("parameter", ADDED, ALL, Breaking, NEW_ARGUMENT),
    ("required parameter", ADDED, ALL, Breaking, NOT_SENT),
    ("parameter", REMOVED, ALL, Breaking, NO_ARGUMENT),
    ("style/explode", ANY, ALL, Breaking, OTHER_STYLE),
    ("allowReserved", ANY, ALL, Breaking, OTHER_STYLE),
    ("allowEmptyValue", ANY, ALL, Breaking, OTHER_STYLE),
    ("request body", ADDED, ALL, Breaking, NEW_ARGUMENT),
    ("required request body", ADDED, ALL, Breaking, NOT_SENT),
    ("request body", REMOVED, ALL, Breaking, NO_ARGUMENT),
    ("body required", ANY, REQUEST, Compatible, BODY_SENT),
    ("response", ADDED, ALL, Breaking, OTHER_SUCCESS),
    ("response", REMOVED, ALL, Breaking, OTHER_SUCCESS),
    ("error response", ADDED, ALL, Compatible, NEW_STATUS),
    ("error response", REMOVED, ALL, Breaking, NO_STATUS),
    ("content", ADDED, REQUEST, Breaking, FAILS),
    ("content", ADDED, SUCCESS, Breaking, NEW_RESPONSE_BODY),
    ("content", ADDED, ERROR, Breaking, NEW_ERROR_BODY),
    ("content", REMOVED, ALL, Breaking, FAILS),
    ("media type", ADDED, ALL, Compatible, NOT_USED),
    ("media type", REMOVED, REQUEST, Breaking, FAILS),
    ("media type", REMOVED, RESPONSES, Breaking, OTHER_MEDIA_TYPE),
    ("header", ADDED, RESPONSES, Compatible, NOT_USED),
    ("header", REMOVED, RESPONSES, Breaking, HEADER_NOT_READ),
    // What a value is.
    ("schema/type/format/items", ANY, ALL, Breaking, FAILS),
    ("Rust type", CHANGED, ALL, Breaking, RETYPED),
    ("nullable", ADDED, REQUEST, Compatible, STILL_ACCEPTED),
    ("nullable", REMOVED, REQUEST, Breaking, NULL_SENT),
    ("optional nullable", REMOVED, REQUEST, Breaking, NO_NULL),
    ("nullable", ADDED, RESPONSES, Breaking, FAILS),
    ("optional nullable", ADDED, RESPONSES, Breaking, NULL_READ),
    ("nullable", REMOVED, RESPONSES, Compatible, STILL_DECODED),
    ("enum", ADDED, REQUEST, Breaking, FEWER_VALUES),
    ("enum", ADDED, RESPONSES, Breaking, RETYPED),
    ("enum", REMOVED, ALL, Breaking, RETYPED),
    ("enum value", ADDED, REQUEST, Compatible, NEW_VARIANT),
    ("enum value", ADDED, RESPONSES, Compatible, UNKNOWN_VALUE),
    ("enum value", REMOVED, REQUEST, Breaking, FEWER_VALUES),
    ("enum value", REMOVED, RESPONSES, Breaking, NO_VARIANT),
    ("default", ANY, REQUEST, Compatible, SERVER_DEFAULT),
    ("default", ANY, RESPONSES, Compatible, NOTHING),
    ("readOnly", ADDED, REQUEST, Breaking, FAILS),
    ("readOnly", ADDED, RESPONSES, Compatible, NOTHING),
    ("writeOnly", ADDED, REQUEST, Compatible, NOTHING),
    ("writeOnly", ADDED, RESPONSES, Breaking, FAILS),
    ("readOnly/writeOnly", REMOVED, ALL, Compatible, NOTHING),
    ("bound", NARROWED, REQUEST, Breaking, FEWER_VALUES),
    ("bound", WIDENED, REQUEST, Compatible, STILL_ACCEPTED),
    ("bound", NARROWED, RESPONSES, Compatible, STILL_DECODED),
    ("bound", WIDENED, RESPONSES, Breaking, MORE_VALUES),
    // What is in an object.
    ("property", ADDED, REQUEST, Breaking, NEW_FIELD),
    ("required property", ADDED, REQUEST, Breaking, NOT_SENT),
    ("property", ADDED, RESPONSES, Compatible, IGNORED_FIELD),
    ("property", REMOVED, REQUEST, Breaking, NO_ARGUMENT),
    ("property", REMOVED, SUCCESS, Breaking, NO_FIELD),
    ("required property", REMOVED, SUCCESS, Breaking, FAILS),
    ("property", REMOVED, ERROR, Breaking, FAILS),
    ("required", ADDED, REQUEST, Breaking, MUST_BE_SET),
    ("required", REMOVED, REQUEST, Compatible, STILL_ACCEPTED),
    ("required", ADDED, RESPONSES, Compatible, STILL_DECODED),
    ("required", REMOVED, RESPONSES, Breaking, FAILS),
    ("closed", ADDED, REQUEST, Breaking, CLOSED),
    ("closed", ADDED, RESPONSES, Docs, OPEN_OR_CLOSED),
    ("closed", REMOVED, ALL, Docs, OPEN_OR_CLOSED),
    ("open", ANY, ALL, Compatible, OPEN_OR_CLOSED),
    ("additional", ADDED, REQUEST, Breaking, FAILS),
    ("additional", ADDED, RESPONSES, Compatible, IGNORED_FIELD),
    ("additional", REMOVED, ALL, Breaking, FAILS),
    ("branch", ADDED, REQUEST, Breaking, NEW_BRANCH),
    ("branch", ADDED, RESPONSES, Breaking, FAILS),
    ("branch", REMOVED, REQUEST, Breaking, FEWER_VALUES),
    ("branch", REMOVED, RESPONSES, Breaking, NO_VARIANT),
];

/// Looks up a change, with its mark or else without it. `path` leads to what changed.
pub(super) fn judge(
    keyword: &str,
    mark: &str,
    edit: Edit,
    side: Side,
    path: &str,
) -> (Class, String) {
    let row_side = match side {
        Side::Header => Side::Success,
        side => side,
    };
    let keyword = match edit {
        Narrowed | Widened => "bound",
        _ => keyword,
    };
    let find = |keyword: &str| {
        TABLE.iter().find(|(known, edits, sides, ..)| {
            known.split('/').any(|known| known == keyword)
                && edits.contains(&edit)
                && sides.contains(&row_side)
        })
    };
    match find(&format!("{mark} {keyword}")).or_else(|| find(keyword)) {
        Some((.., Breaking, _)) if side == Side::Header => (Breaking, HEADER_NOT_READ.to_owned()),
        Some((.., class, FAILS)) => (*class, fails(side, path)),
        Some((.., class, effect)) => (*class, (*effect).to_owned()),
        None => (Breaking, UNCLASSIFIED.to_owned()),
    }
}
