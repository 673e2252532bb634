//! The file of users: one id per line.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

/// The users in their order, each once.
pub(crate) fn read(path: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    // Some editors begin a file with it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut seen = BTreeSet::new();
    let mut users = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let user = line.trim();
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !user.bytes().all(is_id) {
            let line = index + 1;
            return Err(format!("{}: line {line} is not a user id", path.display()).into());
        }
        if !user.is_empty() && seen.insert(user) {
            users.push(user.to_owned());
        }
    }
    Ok(users)
}
