//! What a server, or something before it, says in an error response may repeat what it got; none of that may be shown.

use std::borrow::Cow;

use serde_json::{Map, Value};

const REDACTED: &str = "[redacted]";
/// A key that is shorter is found in any text; real ones have some fifty characters.
const SHORTEST_KEY: usize = 8;
/// How secret keys begin, of this instance and of others.
const KEY_PREFIXES: [&str; 2] = ["sk_test_", "sk_live_"];
/// How a signed JWT begins: `{"` in base64.
const TICKET_PREFIX: &str = "eyJ";
/// A ticket without a dot, as one that is cut off may be, that is shorter is none.
const SHORTEST_TICKET: usize = 20;

/// The text without the key, and without whatever looks like a secret key or a ticket. A link is redacted by its ticket.
pub(crate) fn text<'a>(text: &'a str, key: &str) -> Cow<'a, str> {
    let mut redacted = Cow::Borrowed(text);
    if key.len() >= SHORTEST_KEY && redacted.contains(key) {
        redacted = Cow::Owned(redacted.replace(key, REDACTED));
    }
    for prefix in KEY_PREFIXES {
        if redacted.contains(prefix) {
            redacted = Cow::Owned(without_words(&redacted, prefix, |_, _| true));
        }
    }
    if redacted.contains(TICKET_PREFIX) {
        redacted = Cow::Owned(without_words(&redacted, TICKET_PREFIX, is_ticket));
    }
    redacted
}

/// Whether a word that begins as a ticket is one, and not a part of an id or of a name such as `surveyJson`.
fn is_ticket(before: &str, word: &str) -> bool {
    let begins = !before.ends_with(|character: char| character.is_ascii_alphanumeric());
    begins && (word.contains('.') || word.len() >= SHORTEST_TICKET)
}

/// Cuts out the words that begin with this, where they are what is looked for; what belongs to a key or a ticket makes a
/// word.
fn without_words(text: &str, prefix: &str, is_one: fn(&str, &str) -> bool) -> String {
    let belongs = |character: char| character.is_ascii_alphanumeric() || "_-.=".contains(character);
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.find(prefix).map(|index| rest.split_at(index)) {
        kept.push_str(before);
        let after = from.trim_start_matches(belongs);
        let word = &from[..from.len() - after.len()];
        if is_one(&kept, word) {
            kept.push_str(REDACTED);
            rest = after;
        } else {
            kept.push_str(prefix);
            rest = &from[prefix.len()..];
        }
    }
    kept.push_str(rest);
    kept
}

/// Every string of a JSON object likewise, names too.
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
    use serde_json::json;

    const KEY: &str = "whatever/the key is";

    #[test]
    fn what_is_no_secret_stays() {
        for plain in [
            "",
            "no user user_2x",
            "sk_test",
            "eJy",
            "sit_1 is not pending",
        ] {
            assert!(
                matches!(text(plain, KEY), Cow::Borrowed(same) if same == plain),
                "{plain}"
            );
        }
    }

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
        ] {
            assert_eq!(text(shown, KEY), expected);
        }
    }

    #[test]
    fn json_has_none_either() {
        let json = json!({"eyJa.b": ["eyJb.c", {"x": "sk_test_c"}], "n": 1});
        let redacted = object(json.as_object().unwrap(), KEY);
        let expected = json!({REDACTED: [REDACTED, {"x": REDACTED}], "n": 1});
        assert_eq!(Value::Object(redacted), expected);
    }
}
