//! The file of results: one line of JSON for each step of each user. The last line of a user counts.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use clerk_api::types::SignInToken;
use serde::{Deserialize, Serialize};

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(crate) enum Line {
    /// Its request is next: if the run ends before the user's next line, its outcome is unknown.
    Begun { user_id: String },
    /// The user has a token.
    Created {
        user_id: String,
        token: Box<SignInToken>,
    },
    /// Nothing was created, so the next run tries again.
    Failed { user_id: String, error: String },
    /// A token may have been created. Its id, if the response had it.
    Unknown {
        user_id: String,
        error: String,
        sign_in_token_id: Option<String>,
    },
}

/// How every line begins.
const BEGINNING: &str = "{\"result\":\"";

/// The file, and what its lines say.
pub(crate) struct Output {
    path: PathBuf,
    file: File,
    pub(crate) created: BTreeSet<String>,
    /// Users who may have an unknown token, with what is known of it.
    pub(crate) unclear: BTreeMap<String, String>,
}

impl Output {
    /// Opens the file to add to it. Fails if any of its lines is not of this kind, before it changes anything.
    pub(crate) fn open(path: &Path) -> Result<Self, Box<dyn Error>> {
        let problem = |error: std::io::Error| format!("{}: {error}", path.display());
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(problem)?;
        // A device such as /dev/zero has no end.
        if !file.metadata().map_err(problem)?.is_file() {
            return Err(format!("{}: is not a regular file", path.display()).into());
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(problem)?;
        let mut output = Self {
            path: path.to_owned(),
            file,
            created: BTreeSet::new(),
            unclear: BTreeMap::new(),
        };
        let end = output.read_lines(&text)?;
        output.make_private().map_err(problem)?;
        if end < text.len() {
            eprintln!(
                "{}: the last line was incomplete; it is cut off",
                path.display()
            );
            output.file.set_len(end as u64).map_err(problem)?;
        }
        Ok(output)
    }

    /// Reads all lines, and returns where the last complete one ends.
    fn read_lines(&mut self, text: &str) -> Result<usize, String> {
        let mut end = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            match serde_json::from_str(line) {
                Ok(line_read) if line.ends_with('\n') => self.note(line_read),
                // A run that was killed, or a full disk.
                _ if !line.ends_with('\n') && is_ours(line) => return Ok(end),
                _ => {
                    let (path, line) = (self.path.display(), index + 1);
                    return Err(format!(
                        "{path}: line {line} was not written by bulk_create, or is damaged; nothing was changed"
                    ));
                }
            }
            end += line.len();
        }
        Ok(end)
    }

    fn note(&mut self, line: Line) {
        match line {
            Line::Begun { user_id } => {
                self.unclear
                    .insert(user_id, "the run ended before the response".to_owned());
            }
            Line::Unknown {
                user_id,
                error,
                sign_in_token_id,
            } => {
                let token = sign_in_token_id.map(|id| format!("the token {id} exists; "));
                self.unclear
                    .insert(user_id, token.unwrap_or_default() + &error);
            }
            Line::Failed { user_id, .. } => {
                self.unclear.remove(&user_id);
            }
            Line::Created { user_id, .. } => {
                self.unclear.remove(&user_id);
                self.created.insert(user_id);
            }
        }
    }

    /// It may have been there before, with other permissions.
    fn make_private(&self) -> std::io::Result<()> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            self.file
                .set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        Ok(())
    }

    /// The same file, for another writer.
    pub(crate) fn announcer(&self) -> Result<Announcer, Box<dyn Error>> {
        let path = self.path.clone();
        let file = self
            .file
            .try_clone()
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Announcer { path, file })
    }

    /// Adds a line.
    pub(crate) fn add(&mut self, line: Line) -> Result<(), String> {
        let written = write(&self.path, &mut self.file, &line);
        self.note(line);
        written
    }

    /// The users about whom a person has to decide, and how.
    pub(crate) fn list_of_unclear(&self) -> String {
        let path = self.path.display();
        let mut text = String::from("These users may have an unknown token:\n");
        for (user_id, known) in &self.unclear {
            text += &format!("  {user_id}: {known}\n");
        }
        text + &format!(
            "Clerk's API can't say whether a token exists. If it does, it can be used until it expires. If its id is listed, \
             revoke it first. To create a token for a user anyway, delete the user's lines from {path} and run this again. \
             To create none, remove the user from USERS too."
        )
    }
}

/// Notes users whose requests are next.
pub(crate) struct Announcer {
    path: PathBuf,
    file: File,
}

impl Announcer {
    /// Written before the request is sent: a run that is killed then leaves a trace of it.
    pub(crate) fn begin(&mut self, user_id: &str) -> Result<(), String> {
        let user_id = user_id.to_owned();
        write(&self.path, &mut self.file, &Line::Begun { user_id })
    }
}

/// Whether a line that is cut off began as one of ours.
fn is_ours(line: &str) -> bool {
    line.starts_with(BEGINNING) || BEGINNING.starts_with(line)
}

/// Adds a line, or nothing if the disk is full.
fn write(path: &Path, file: &mut File, line: &Line) -> Result<(), String> {
    let add = |file: &mut File| {
        let text = serde_json::to_string(line)? + "\n";
        let end = file.metadata()?.len();
        let written = file.write_all(text.as_bytes());
        written.or_else(|error| file.set_len(end).and(Err(error)))
    };
    add(file).map_err(|error: std::io::Error| format!("{}: {error}", path.display()))
}
