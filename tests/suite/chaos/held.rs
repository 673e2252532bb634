//! What a process holds: tasks, file descriptors, and memory.

use std::time::Instant;

use tokio::time::sleep;

use crate::support::{SLACK, ms};

pub(super) struct Held {
    pub(super) tasks: usize,
    pub(super) descriptors: usize,
    /// In bytes.
    pub(super) memory: usize,
}

/// Waits until no more is held than before, because tasks end and sockets close a little later than their owners.
pub(super) async fn held(before: Option<&Held>) -> Held {
    let begun = Instant::now();
    loop {
        let status = std::fs::read_to_string("/proc/self/statm").unwrap();
        let pages: usize = status.split(' ').nth(1).unwrap().parse().unwrap();
        let held = Held {
            tasks: tokio::runtime::Handle::current()
                .metrics()
                .num_alive_tasks(),
            descriptors: std::fs::read_dir("/proc/self/fd").unwrap().count(),
            memory: pages * 4096,
        };
        let settled = match before {
            Some(before) => held.tasks <= before.tasks && held.descriptors <= before.descriptors,
            None => held.tasks == 0,
        };
        if settled || begun.elapsed() > SLACK {
            return held;
        }
        sleep(ms(20)).await;
    }
}
