//! All that was printed, and whether a secret is in it.

use std::error::Error as StdError;
use std::fmt::Debug;

use clerk_api::Error;

use super::super::support::{KEY, TICKET};

/// What must not be found: the secrets, and enough of each that a part that was cut off is found too.
fn needles() -> Vec<String> {
    let bytes = |text: &str| {
        let listed: Vec<String> = text.bytes().take(8).map(|byte| byte.to_string()).collect();
        listed.join(", ")
    };
    let mut needles = vec![bytes(KEY), bytes(TICKET)];
    // Without its prefix, which all keys have.
    let key = KEY.trim_start_matches("sk_test_");
    needles.extend([key[..10].to_owned(), key[key.len() - 10..].to_owned()]);
    // The ticket's claims and signature. What comes before them is the same for all tickets.
    needles.extend(TICKET.split('.').skip(1).map(|part| part[..12].to_owned()));
    needles
}

/// All that was printed, with a name for each that doesn't give a secret away itself.
#[derive(Default)]
pub(super) struct Shown(pub(super) Vec<(String, String)>);

impl Shown {
    pub(super) fn debug(&mut self, name: &str, value: &impl Debug) {
        self.0
            .push((format!("{name} {{:?}}"), format!("{value:?}")));
        self.0
            .push((format!("{name} {{:#?}}"), format!("{value:#?}")));
    }

    /// An error by itself, then all that lies below it.
    pub(super) fn error(&mut self, name: &str, error: &(dyn StdError + 'static)) {
        self.0.push((format!("{name} {{}}"), error.to_string()));
        self.0
            .push((format!("{name} {{:#}}"), format!("{error:#}")));
        self.0
            .push((format!("{name} {{:?}}"), format!("{error:?}")));
        self.0
            .push((format!("{name} {{:#?}}"), format!("{error:#?}")));
        if let Some(source) = error.source() {
            self.error(&format!("{name}, source"), source);
        }
    }

    pub(super) fn result<T: Debug>(&mut self, name: &str, result: Result<T, Error>) {
        match result {
            Ok(value) => self.debug(name, &value),
            Err(error) => self.error(name, &error),
        }
    }

    /// Names what shows a secret, and never repeats what it shows.
    #[track_caller]
    pub(super) fn has_no_secret(self) {
        assert!(!self.0.is_empty());
        let needles = needles();
        let found: Vec<String> = self
            .0
            .into_iter()
            .filter(|(_, text)| needles.iter().any(|needle| text.contains(needle)))
            .map(|(name, _)| name)
            .collect();
        assert!(found.is_empty(), "a secret is shown by: {found:#?}");
    }
}
