//! The table: what is edited, which class that is, which bump regeneration needs, and what must be said.

mod answers;
mod harmless;
mod kept;
mod operations;
mod requests;

use serde_json::{Value, json};

use super::{TOKEN, changes_of, semver_of, set, upstream};
use crate::drift::change::Class::{self, Breaking, Compatible, Docs};
use crate::drift::rust_api::Semver::{self, Major, Minor, None as NoBump, Patch};

/// One edit.
pub(super) struct Mutation {
    pub(super) name: &'static str,
    pub(super) class: Option<Class>,
    semver: Semver,
    /// Must be in the message or the effect of a change of that class.
    says: &'static str,
    pub(super) edit: fn(&mut Value),
}

const fn breaking(name: &'static str, says: &'static str, edit: fn(&mut Value)) -> Mutation {
    Mutation {
        name,
        class: Some(Breaking),
        semver: Major,
        says,
        edit,
    }
}

const fn compatible(name: &'static str, says: &'static str, edit: fn(&mut Value)) -> Mutation {
    Mutation {
        name,
        class: Some(Compatible),
        semver: Minor,
        says,
        edit,
    }
}

/// Released clients keep working, and regeneration changes a public type all the same.
const fn retyping(name: &'static str, says: &'static str, edit: fn(&mut Value)) -> Mutation {
    Mutation {
        name,
        class: Some(Compatible),
        semver: Major,
        says,
        edit,
    }
}

const fn docs(name: &'static str, says: &'static str, edit: fn(&mut Value)) -> Mutation {
    Mutation {
        name,
        class: Some(Docs),
        semver: Patch,
        says,
        edit,
    }
}

const fn none(name: &'static str, edit: fn(&mut Value)) -> Mutation {
    Mutation {
        name,
        class: None,
        semver: NoBump,
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

/// What is wrong with the bump that is said of a mutation; and whether its public items could be compared.
fn wrong_bump(mutation: &Mutation) -> (Option<String>, bool) {
    let mut edited = upstream();
    (mutation.edit)(&mut edited);
    let (semver, items) = semver_of(&edited, &changes_of(&edited).unwrap());
    let is_compared = items.is_some();
    let is_enough = items.is_none_or(|items| semver >= items);
    let wrong = (semver != mutation.semver || !is_enough).then(|| {
        let Mutation {
            name,
            semver: expected,
            ..
        } = mutation;
        format!("{name}: {semver:?}, not {expected:?}; the items say {items:?}")
    });
    (wrong, is_compared)
}

#[test]
fn every_bump_is_right_and_enough_for_the_public_items() {
    // A component that is renamed or inlined is no drift: nothing has to be regenerated.
    let drifting: Vec<&Mutation> = all().filter(|mutation| mutation.class.is_some()).collect();
    let results: Vec<(Option<String>, bool)> = std::thread::scope(|scope| {
        let chunks = drifting.chunks(drifting.len().div_ceil(4));
        let threads: Vec<_> = chunks
            .map(|chunk| {
                scope.spawn(move || {
                    chunk
                        .iter()
                        .map(|mutation| wrong_bump(mutation))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let compared = results
        .iter()
        .filter(|(_, is_compared)| *is_compared)
        .count();
    println!("the public items were compared for {compared} mutations");
    assert!(compared > 60, "{compared}");
    let wrong: Vec<String> = results.into_iter().filter_map(|(wrong, _)| wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
