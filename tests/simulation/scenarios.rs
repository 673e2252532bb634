//! What is simulated: each scenario draws its numbers from the seed.

use std::ops::Range;
use std::time::Duration;

use fastrand::Rng;

/// Who calls.
#[derive(Clone, Copy, Debug)]
pub(super) enum Load {
    /// So many calls a second, whatever becomes of them.
    Open(f64),
    /// So many callers, each of which waits for its call before it makes the next.
    Closed(usize),
}

#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) clients: usize,
    pub(super) load: Load,
    pub(super) timeout: Duration,
    pub(super) latency: Duration,
    /// From when on how many requests are accepted in a window; none is no limit.
    pub(super) limits: Vec<(Duration, usize)>,
    pub(super) window: Duration,
    pub(super) sliding: bool,
    /// Whether a 429 has a `Retry-After`.
    pub(super) says_when: bool,
    /// When one request gets a 429 without any limit, and its `Retry-After`.
    pub(super) lone_429: Option<(Duration, Duration)>,
    pub(super) outage: Range<Duration>,
    /// The part of the requests that may get 429 once the clients have settled.
    pub(super) most_limited: f64,
    /// When the clients have settled to the limit.
    pub(super) settled: Vec<Range<Duration>>,
    pub(super) length: Duration,
}

pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) setup: fn(&mut Rng) -> Setup,
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(super) const SCENARIOS: [Scenario; 8] = [
    Scenario {
        name: "fixed window, one client",
        setup: |random| limited(random, false, 1),
    },
    Scenario {
        name: "sliding window, one client",
        setup: |random| limited(random, true, 1),
    },
    Scenario {
        name: "fixed window, several clients",
        setup: |random| {
            let clients = random.usize(2..=4);
            limited(random, false, clients)
        },
    },
    Scenario {
        name: "sliding window, several clients",
        setup: |random| {
            let clients = random.usize(2..=4);
            limited(random, true, clients)
        },
    },
    Scenario {
        name: "calls with little time",
        setup: |random| {
            let sliding = random.bool();
            Setup {
                timeout: Duration::from_millis(random.u64(1_000..4_000)),
                ..limited(random, sliding, 1)
            }
        },
    },
    Scenario {
        name: "a limit that changes",
        setup: |random| {
            let sliding = random.bool();
            let (low, high) = (100, 200);
            Setup {
                load: load(random, 20.0),
                limits: vec![(seconds(0), high), (seconds(30), low), (seconds(110), high)],
                settled: vec![seconds(60)..seconds(110), seconds(140)..seconds(190)],
                length: seconds(190),
                ..limited(random, sliding, 1)
            }
        },
    },
    Scenario {
        name: "one 429 from a healthy server",
        setup: |random| {
            let retry_after = seconds(random.u64(0..=8));
            let at = Duration::from_secs_f64(3.0 + 2.0 * random.f64());
            Setup {
                load: match random.bool() {
                    true => Load::Open(random.f64() * 100.0 + 20.0),
                    false => Load::Closed(random.usize(2..=8)),
                },
                lone_429: Some((at, retry_after)),
                timeout: seconds(random.u64(2..=30)),
                length: at + retry_after + seconds(13),
                ..healthy(random)
            }
        },
    },
    Scenario {
        name: "an outage",
        setup: |random| {
            let from = seconds(random.u64(0..=10));
            Setup {
                load: match random.bool() {
                    true => Load::Open(random.f64() * 30.0 + 10.0),
                    false => Load::Closed(random.usize(4..=8)),
                },
                outage: from..from + seconds(30),
                length: from + seconds(40),
                ..healthy(random)
            }
        },
    },
];

fn healthy(random: &mut Rng) -> Setup {
    Setup {
        clients: 1,
        load: Load::Closed(1),
        timeout: seconds(30),
        latency: Duration::from_millis(random.u64(20..100)),
        limits: Vec::new(),
        window: seconds(10),
        sliding: false,
        says_when: true,
        lone_429: None,
        outage: seconds(0)..seconds(0),
        most_limited: 0.05,
        settled: Vec::new(),
        length: seconds(0),
    }
}

/// More is wanted than Clerk allows: 100 or 1000 requests in 10 seconds.
fn limited(random: &mut Rng, sliding: bool, clients: usize) -> Setup {
    let limit = if random.u8(..100) == 0 { 1000 } else { 100 };
    Setup {
        clients,
        load: load(random, limit as f64 / 10.0),
        limits: vec![(seconds(0), limit)],
        // A client finds the limit once in some seconds, which are few requests if its share is five a second or less.
        most_limited: if limit / clients <= 50 { 0.1 } else { 0.05 },
        sliding,
        settled: vec![seconds(40)..seconds(90)],
        length: seconds(90),
        ..healthy(random)
    }
}

/// A load that wants more than this rate.
fn load(random: &mut Rng, rate: f64) -> Load {
    match random.bool() {
        true => Load::Open(rate * (1.2 + random.f64())),
        false => Load::Closed((rate * (0.5 + random.f64())) as usize + 4),
    }
}

impl Setup {
    pub(super) fn limit_at(&self, at: Duration) -> Option<usize> {
        let mut limits = self.limits.iter().rev();
        limits
            .find(|(from, _)| *from <= at)
            .map(|(_, limit)| *limit)
    }
}
