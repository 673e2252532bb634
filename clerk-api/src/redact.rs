//! Removes secrets from a server's texts.

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

/// The name of a link's parameter that holds the ticket.
const TICKET_PARAMETER: &str = "__clerk_ticket";

/// The text without the key, and without anything that looks like a secret key, a ticket, or a link's ticket. Its cost is
/// proportional to the text's length.
pub(crate) fn text<'a>(text: &'a str, key: &str) -> Cow<'a, str> {
    // A server may repeat a key in another case. ASCII only, so that positions stay the same.
    let lower = text.to_ascii_lowercase();
    let key = key.to_ascii_lowercase();
    let mut redacted = Cow::Borrowed(text);
    if key.len() >= SHORTEST_KEY && lower.contains(&key) {
        redacted = Cow::Owned(without_key(text, &lower, &key));
    }
    if redacted.contains(TICKET_PARAMETER) {
        redacted = Cow::Owned(without_parameters(&redacted));
    }
    let has_key = KEY_PREFIXES.iter().any(|prefix| lower.contains(prefix));
    if has_key || redacted.contains(TICKET_PREFIX) {
        redacted = Cow::Owned(without_secrets(&redacted));
    }
    redacted
}

fn without_key(text: &str, lower: &str, key: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut end = 0;
    for (start, _) in lower.match_indices(key) {
        kept.push_str(&text[end..start]);
        kept.push_str(REDACTED);
        end = start + key.len();
    }
    kept.push_str(&text[end..]);
    kept
}

/// Cuts out the value of a link's ticket parameter, whatever it looks like.
fn without_parameters(text: &str) -> String {
    let mut parts = text.split(TICKET_PARAMETER);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let ends = |character: char| character.is_whitespace() || "&\"'<>\\".contains(character);
        let end = part.find(ends).unwrap_or(part.len());
        kept.push_str(TICKET_PARAMETER);
        kept.push('=');
        kept.push_str(REDACTED);
        kept.push_str(&part[end..]);
    }
    kept
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
    let lower = word.to_ascii_lowercase();
    let keys = KEY_PREFIXES.iter().filter_map(|prefix| lower.find(prefix));
    let mut tickets = word.match_indices(TICKET_PREFIX).map(|(start, _)| start);
    let ticket = tickets.find(|start| {
        // Within a name, such as `surveyJson`, it is not a ticket; after an escape, such as `%3D`, it is.
        let before = &word.as_bytes()[..*start];
        let escape = before.len() == 2 && before.iter().all(u8::is_ascii_hexdigit);
        let begins = escape || !before.last().is_some_and(u8::is_ascii_alphanumeric);
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
