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
    /// When one request gets a 429 without any limit, and its `Retry-After`.
    pub(super) lone_429: Option<(Duration, Duration)>,
    pub(super) outage: Range<Duration>,
    /// The part of what is allowed that is used at least once the clients have settled.
    pub(super) least_use: f64,
    /// The part of the requests that may get 429 then.
    pub(super) most_limited: f64,
    /// When the clients have settled to the limit.
    pub(super) settled: Vec<Range<Duration>>,
    pub(super) length: Duration,
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

type Scenario = fn(&mut Rng) -> Setup;

/// By name.
pub(super) const SCENARIOS: [(&str, Scenario); 7] = [
    ("a fixed window", |random| limited(random, false, 4)),
    ("a sliding window", |random| limited(random, true, 4)),
    ("a window of one second", |random| {
        let limit = random.usize(10..=50);
        let sliding = random.bool();
        Setup {
            load: too_much(random, 10 * limit),
            limits: vec![(seconds(0), limit)],
            window: seconds(1),
            // `Retry-After` costs a whole window, in which all clients may get a 429, and lowers the mean of ten seconds.
            least_use: 0.7,
            most_limited: 0.07,
            ..limited(random, sliding, 3)
        }
    }),
    ("calls with little time", |random| {
        let sliding = random.bool();
        Setup {
            timeout: Duration::from_millis(random.u64(1_000..4_000)),
            ..limited(random, sliding, 1)
        }
    }),
    ("a limit that changes", |random| {
        let sliding = random.bool();
        let (low, high) = (100, 200);
        Setup {
            load: too_much(random, high),
            limits: vec![(seconds(0), high), (seconds(30), low), (seconds(110), high)],
            settled: vec![seconds(60)..seconds(110), seconds(140)..seconds(190)],
            length: seconds(190),
            ..limited(random, sliding, 1)
        }
    }),
    ("one 429 from a healthy server", |random| {
        let retry_after = seconds(random.u64(0..=8));
        let at = Duration::from_secs_f64(3.0 + 2.0 * random.f64());
        Setup {
            load: load(random, 20.0..120.0, 2.0..9.0),
            lone_429: Some((at, retry_after)),
            timeout: seconds(random.u64(2..=30)),
            length: at + retry_after + seconds(13),
            ..healthy(random)
        }
    }),
    ("an outage", |random| {
        let from = seconds(random.u64(0..=10));
        Setup {
            load: load(random, 10.0..40.0, 4.0..9.0),
            outage: from..from + seconds(30),
            length: from + seconds(40),
            ..healthy(random)
        }
    }),
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
        lone_429: None,
        outage: seconds(0)..seconds(0),
        least_use: 0.9,
        most_limited: 0.05,
        settled: Vec::new(),
        length: seconds(0),
    }
}

/// More is wanted than Clerk allows, which is 100 or 1000 requests in 10 seconds, by so many clients at most.
fn limited(random: &mut Rng, sliding: bool, most_clients: usize) -> Setup {
    let limit = if random.u8(..50) == 0 { 1000 } else { 100 };
    Setup {
        clients: random.usize(1..=most_clients),
        load: too_much(random, limit),
        limits: vec![(seconds(0), limit)],
        sliding,
        settled: vec![seconds(40)..seconds(90)],
        length: seconds(90),
        ..healthy(random)
    }
}

/// A load that wants more than so many requests in ten seconds.
fn too_much(random: &mut Rng, limit: usize) -> Load {
    let rate = limit as f64 / 10.0;
    let callers = rate * 0.5 + 4.0..rate * 1.5 + 4.0;
    load(random, rate * 1.2..rate * 2.2, callers)
}

fn load(random: &mut Rng, rate: Range<f64>, callers: Range<f64>) -> Load {
    let mut draw = |from: Range<f64>| from.start + (from.end - from.start) * random.f64();
    let (rate, callers) = (draw(rate), draw(callers));
    match random.bool() {
        true => Load::Open(rate),
        false => Load::Closed(callers as usize),
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
