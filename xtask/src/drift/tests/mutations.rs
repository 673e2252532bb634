//! The table: what is edited, which class that is, and what must be said.

mod answers;
mod harmless;
mod kept;
mod operations;
mod requests;

use serde_json::{Value, json};

use super::{TOKEN, changes_of, set, upstream};
use crate::drift::change::Class::{self, Breaking, Compatible, Docs};

/// One edit.
pub(super) struct Mutation {
    pub(super) name: &'static str,
    pub(super) class: Option<Class>,
    /// Must be in the message or the effect of a change of that class.
    says: &'static str,
    pub(super) edit: fn(&mut Value),
}

const fn breaking(name: &'static str, says: &'static str, edit: fn(&mut Value)) -> Mutation {
    Mutation {
        name,
        class: Some(Breaking),
        says,
        edit,
    }
}

const fn compatible(name: &'static str, says: &'static str, edit: fn(&mut Value)) -> Mutation {
    Mutation {
        name,
        class: Some(Compatible),
        says,
        edit,
    }
}

const fn docs(name: &'static str, says: &'static str, edit: fn(&mut Value)) -> Mutation {
    Mutation {
        name,
        class: Some(Docs),
        says,
        edit,
    }
}

const fn none(name: &'static str, edit: fn(&mut Value)) -> Mutation {
    Mutation {
        name,
        class: None,
        says: "",
        edit,
    }
}

const ERRORS: &str = "/components/schemas/ClerkErrors";
const ERROR: &str = "/components/schemas/ClerkError";
const EXPIRES: &str = "/paths/~1sign_in_tokens/post/requestBody/content/application~1json/schema/properties/expires_in_seconds";
const USER: &str =
    "/paths/~1sign_in_tokens/post/requestBody/content/application~1json/schema/properties/user_id";
const PARAMETERS: &str = "/paths/~1sign_in_tokens~1{sign_in_token_id}~1revoke/post/parameters";

/// The whole table.
pub(super) fn all() -> impl Iterator<Item = &'static Mutation> {
    let tables = [
        operations::MUTATIONS,
        requests::MUTATIONS,
        answers::MUTATIONS,
        kept::MUTATIONS,
        harmless::MUTATIONS,
    ];
    tables.into_iter().flatten()
}

#[test]
fn there_are_enough_of_every_class() {
    let count = |class: Option<Class>| all().filter(|mutation| mutation.class == class).count();
    println!(
        "{} mutations: {} breaking, {} compatible, {} docs, {} none",
        all().count(),
        count(Some(Breaking)),
        count(Some(Compatible)),
        count(Some(Docs)),
        count(None)
    );
    assert!(all().count() >= 60);
    assert!(
        [Some(Breaking), Some(Compatible), Some(Docs), None]
            .map(count)
            .into_iter()
            .all(|count| count > 9)
    );
}

#[test]
fn every_edit_is_judged_right() {
    let mut wrong = Vec::new();
    for mutation in all() {
        let mut edited = upstream();
        (mutation.edit)(&mut edited);
        let changes = changes_of(&edited).unwrap();
        let worst = changes.iter().map(|change| change.class).max();
        let says = |text: &str| text.contains(mutation.says);
        let is_said = worst.is_none()
            || changes.iter().any(|change| {
                Some(change.class) == mutation.class
                    && (says(&change.message) || says(&change.effect))
            });
        if worst != mutation.class || !is_said {
            wrong.push(format!("{}: {changes:#?}", mutation.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is told is told where it stands.
#[test]
fn pointers_lead_to_the_place() {
    let mut edited = upstream();
    set(
        &mut edited,
        &format!("{TOKEN}/properties/user_id"),
        "nullable",
        json!(true),
    );
    let places: Vec<String> = changes_of(&edited)
        .unwrap()
        .into_iter()
        .map(|change| change.pointer)
        .collect();
    let place = "#/components/schemas/SignInToken/properties/user_id/nullable";
    assert_eq!(places, [place, place], "one for each operation");
}
