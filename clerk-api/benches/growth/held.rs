//! Calls that are all under way at one moment: the server keeps its answers back until it has all of the requests.

use std::cell::Cell;
use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, Instant};

use crate::behaviour::{Command, tell};
use crate::support::contenders::{Contender, Sent};
use crate::support::drive::{drive, runtime};
use crate::support::heap;
use crate::support::server::Server;

/// How long the server waits for requests that don't come. Attempts have 10 s by default.
const PATIENCE: Duration = Duration::from_secs(5);

/// Live heap bytes above those before, and what they are for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    /// Requests that the server had at once.
    pub(crate) requests: usize,
    /// While all calls wait for their answers.
    pub(crate) waiting: usize,
    /// The highest, as seen whenever a call went on, from the first one's beginning to the last one's end.
    pub(crate) peak: usize,
}

/// Makes a contender ready for so many calls at once: opens as many connections, and lets `Clerk`'s admission window grow,
/// by one request for each four answers. Says how many requests the server had at once in the end.
pub(crate) fn warm(contender: &Contender, server: &mut Server, calls: usize) -> usize {
    drive(contender, calls, calls * 8 + 500, |_| ());
    held(contender, server, calls).requests
}

/// Makes so many calls at once.
pub(crate) fn held(contender: &Contender, server: &mut Server, calls: usize) -> Held {
    tell(server, Command::Hold);
    let mut under_way: Vec<Option<Sent>> = Vec::with_capacity(calls);
    let before = heap::live();
    let above = || heap::live().saturating_sub(before);
    let peak = Cell::new(0);
    let (requests, waiting) = runtime().block_on(async {
        under_way.extend((0..calls).map(|_| Some((contender.send)())));
        // Nothing but the calls themselves may allocate, so this takes no list of wakers: whoever is woken wakes all.
        let all = poll_fn(|context| {
            let mut waits = false;
            for slot in &mut under_way {
                if let Some(call) = slot {
                    if call.as_mut().poll(context).is_ready() {
                        *slot = None;
                    } else {
                        waits = true;
                    }
                    peak.set(above().max(peak.get()));
                }
            }
            if waits {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        });
        let watch = async {
            let begun = Instant::now();
            let requests = loop {
                tokio::time::sleep(Duration::from_millis(5)).await;
                let held = tell(server, Command::CountHeld);
                let held = held.as_u64().map_or(0, |held| held as usize);
                if held >= calls || begun.elapsed() > PATIENCE {
                    break held;
                }
            };
            let waiting = above();
            tell(server, Command::Answer);
            (requests, waiting)
        };
        futures_util::future::join(all, watch).await.1
    });
    Held {
        requests,
        waiting,
        peak: peak.get(),
    }
}
