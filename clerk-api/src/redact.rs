//! Secrets that a server repeats in a response must not be shown.

use std::borrow::Cow;

use serde_json::{Map, Value};

const REDACTED: &str = "[redacted]";
/// A shorter key would be found in any text. Real ones have about fifty characters.
const SHORTEST_KEY: usize = 8;
/// How secret keys begin, those of other instances included.
const KEY_PREFIXES: [&str; 2] = ["sk_test_", "sk_live_"];
/// How a JWT begins: `{"` in base64.
const TICKET_PREFIX: &str = "eyJ";
/// A ticket that was cut off may have no dot. Then it is one if it is at least this long.
const SHORTEST_TICKET: usize = 20;

/// The text without the key, and without anything that looks like a secret key or a ticket. A link becomes harmless without
/// its ticket.
pub(crate) fn text<'a>(text: &'a str, key: &str) -> Cow<'a, str> {
    let mut redacted = Cow::Borrowed(text);
    if key.len() >= SHORTEST_KEY && text.contains(key) {
        redacted = Cow::Owned(text.replace(key, REDACTED));
    }
    let mut prefixes = KEY_PREFIXES.into_iter().chain([TICKET_PREFIX]);
    if prefixes.any(|prefix| redacted.contains(prefix)) {
        redacted = Cow::Owned(without_secrets(&redacted));
    }
    redacted
}

/// Cuts off each word of the text where a secret begins.
fn without_secrets(text: &str) -> String {
    let ends_word =
        |character: char| !character.is_ascii_alphanumeric() && !"_-.=".contains(character);
    let mut kept = String::with_capacity(text.len());
    for piece in text.split_inclusive(ends_word) {
        let word = piece.trim_end_matches(ends_word);
        match start_of_secret(word) {
            Some(start) => {
                kept.push_str(&word[..start]);
                kept.push_str(REDACTED);
                kept.push_str(&piece[word.len()..]);
            }
            None => kept.push_str(piece),
        }
    }
    kept
}

fn start_of_secret(word: &str) -> Option<usize> {
    let keys = KEY_PREFIXES.iter().filter_map(|prefix| word.find(prefix));
    let mut tickets = word.match_indices(TICKET_PREFIX).map(|(start, _)| start);
    let ticket = tickets.find(|start| {
        // Within a name, such as `surveyJson`, it is none.
        let begins = !word[..*start].ends_with(|before: char| before.is_ascii_alphanumeric());
        let rest = &word[*start..];
        begins && (rest.len() >= SHORTEST_TICKET || rest.contains('.'))
    });
    keys.chain(ticket).min()
}

/// The same for all strings and names in a JSON object.
pub(crate) fn object(object: &Map<String, Value>, key: &str) -> Map<String, Value> {
    let member =
        |(name, member): (&String, &Value)| (text(name, key).into_owned(), value(member, key));
    object.iter().map(member).collect()
}

fn value(json: &Value, key: &str) -> Value {
    match json {
        Value::String(string) => Value::String(text(string, key).into_owned()),
        Value::Array(elements) => elements.iter().map(|element| value(element, key)).collect(),
        Value::Object(members) => Value::Object(object(members, key)),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "whatever/the key is";

    #[test]
    fn keys_tickets_and_links_are_cut_out() {
        for (shown, expected) in [
            ("(whatever/the key is)", "([redacted])"),
            ("key sk_live_a-B_9, and more", "key [redacted], and more"),
            ("sk_test_x sk_live_y", "[redacted] [redacted]"),
            (
                "https://a.test/?__clerk_ticket=eyJh.eyJi.c-_&x=1",
                "https://a.test/?__clerk_ticket=[redacted]&x=1",
            ),
            ("äeyJh.b.c", "ä[redacted]"),
            ("cut: eyJhbGciOiJSUzI1NiJ9", "cut: [redacted]"),
            ("surveyJson=eyJh.b.c", "surveyJson=[redacted]"),
            ("surveyJson eyJ sk_test", "surveyJson eyJ sk_test"),
        ] {
            assert_eq!(text(shown, KEY), expected);
        }
        assert!(matches!(text("no secret", KEY), Cow::Borrowed(_)));
    }

    #[test]
    fn hostile_text_takes_no_longer_than_other_text() {
        let hostile = "aeyJ_eyJ".repeat(1 << 17);
        assert_eq!(text(&hostile, KEY), format!("aeyJ_{REDACTED}"));
        let hostile = "aeyJ".repeat(1 << 18);
        assert_eq!(text(&hostile, KEY), hostile);
    }
}
