//! What `clerk-api` promises, as a listing: a change of it is seen in review, in `snapshots/`.
//!
//! Read from the source with syn, so that it works on stable and needs no build. What is listed: everything public that can
//! be reached from lib.rs, all features on, each item with the features that it needs. Macros of our own are expanded where
//! they are as simple as ours are. Not listed: auto traits, blanket implementations, documentation.

#[path = "public_api/listing.rs"]
mod listing;
#[path = "public_api/macros.rs"]
mod macros;
#[path = "public_api/names.rs"]
mod names;
#[path = "public_api/render.rs"]
mod render;
#[path = "public_api/source.rs"]
mod source;

use std::collections::BTreeSet;

use listing::Listing;
use source::Source;

/// Types and traits of other crates that the public API names: a major version of theirs is one of ours.
const FOREIGN: [(&str, &str); 16] = [
    ("http::HeaderMap", "an answer's headers"),
    ("http::StatusCode", "an answer's status"),
    ("reqwest::Client", "the caller's own HTTP client"),
    ("serde::Deserialize", "the types that go over the wire"),
    ("serde::Serialize", "the types that go over the wire"),
    (
        "serde_json::Map",
        "an error's `meta`, whose fields nobody knows",
    ),
    (
        "serde_json::Value",
        "an error's `meta`, whose fields nobody knows",
    ),
    // The low level, `clerk_api::api`: progenitor-client is its runtime.
    (
        "progenitor_client::ClientHooks",
        "the generated client has it",
    ),
    (
        "progenitor_client::ClientInfo",
        "the generated client has it",
    ),
    ("progenitor_client::Error", "the generated client's error"),
    (
        "progenitor_client::ResponseValue",
        "the generated client's answer",
    ),
    // Only with their features.
    (
        "futures_core::Stream",
        "`bulk`: users come, and tokens go, as a stream",
    ),
    ("httpmock::Mock", "`testing`: the typed mocks"),
    ("httpmock::Then", "`testing`: the typed mocks"),
    ("httpmock::When", "`testing`: the typed mocks"),
    ("schemars::JsonSchema", "`schemars`: that is what it is for"),
];

fn listing() -> Listing {
    Listing::of(&Source::load())
}

/// After a change that is meant: `INSTA_UPDATE=always cargo test -p xtask --test house_rules public_api`.
#[test]
fn the_public_api_is_as_it_was() {
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("clerk_api", listing().text());
    });
}

#[test]
fn no_foreign_types_but_those_that_are_listed() {
    let found = listing().foreign;
    let listed: BTreeSet<String> = FOREIGN.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(
        found, listed,
        "the public API's foreign types, and those that this file gives a reason for"
    );
}
