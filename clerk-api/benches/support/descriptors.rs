//! File descriptors: each connection takes one, at either end.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Raises this process's limit as far as the system lets it, and says what it is then. Processes that it starts inherit it.
pub(crate) fn raise() -> u64 {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        // Where that is refused, the limit stays as it was.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
    getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft)
}
