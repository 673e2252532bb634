//! What the system says of the processes that this one has waited for, and of theirs.

use std::time::Duration;

/// What they have used so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// User and system, of all of them together.
    pub(crate) processor: Duration,
    /// The most memory that one of them has held (maximum resident set).
    pub(crate) peak_bytes: u64,
}

/// Asks the system; nothing where it doesn't tell.
#[cfg(unix)]
pub(crate) fn of_children() -> Option<Usage> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike as _;

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    let microseconds =
        usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    // macOS counts bytes, all others KiB.
    let unit = if cfg!(target_vendor = "apple") {
        1
    } else {
        1024
    };
    Some(Usage {
        processor: Duration::from_micros(microseconds.unsigned_abs()),
        peak_bytes: usage.max_rss().unsigned_abs() * unit,
    })
}

#[cfg(not(unix))]
pub(crate) fn of_children() -> Option<Usage> {
    None
}
