//! What must be true of every seed.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;

use super::scenarios::{Load, SCENARIOS, Setup};
use super::server::Verdict;
use super::{Call, End, Request, World};

const SEEDS: u64 = 1000;

/// What is measured, by name: in a seed, or the worst of all.
type Figures = BTreeMap<&'static str, Figure>;

#[derive(Clone, Copy)]
struct Figure {
    value: f64,
    must: Must,
}

#[derive(Clone, Copy)]
enum Must {
    BeAtLeast(f64),
    BeAtMost(f64),
}

impl Figure {
    fn holds(self) -> bool {
        match self.must {
            Must::BeAtLeast(least) => self.value >= least,
            Must::BeAtMost(most) => self.value <= most,
        }
    }

    fn worst(self, other: Self) -> Self {
        let value = match self.must {
            Must::BeAtLeast(_) => self.value.min(other.value),
            Must::BeAtMost(_) => self.value.max(other.value),
        };
        Self { value, ..self }
    }
}

#[test]
fn the_rules_hold_against_every_server() {
    let alone = std::env::var("CLERK_API_SEED").ok();
    let seeds = match alone.map(|seed| seed.parse::<u64>().unwrap()) {
        Some(seed) => seed..seed + 1,
        None => 0..SEEDS,
    };
    let begun = Instant::now();
    let next = AtomicU64::new(seeds.start);
    let worst = SCENARIOS.map(|_| Mutex::new(Figures::new()));
    let problems = Mutex::new(Vec::new());
    let work = || {
        while let seed = next.fetch_add(1, Ordering::Relaxed)
            && seeds.contains(&seed)
        {
            let index = seed as usize % SCENARIOS.len();
            let scenario = &SCENARIOS[index];
            let mut random = Rng::with_seed(seed);
            let world = World::new((scenario.setup)(&mut random), random).run();
            for (name, figure) in figures(&world) {
                if !figure.holds() {
                    let problem =
                        format!("seed {seed}, {}: {name} {:.3}", scenario.name, figure.value);
                    problems.lock().unwrap().push(problem);
                }
                let mut worst = worst[index].lock().unwrap();
                let worst = worst.entry(name).or_insert(figure);
                *worst = worst.worst(figure);
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        (0..threads).for_each(|_| drop(scope.spawn(work)));
    });
    for (scenario, worst) in SCENARIOS.iter().zip(worst) {
        let worst = worst.into_inner().unwrap();
        let figures = worst
            .iter()
            .map(|(name, figure)| format!("{name} {:.3}", figure.value));
        println!(
            "{}: {}",
            scenario.name,
            figures.collect::<Vec<_>>().join(", ")
        );
    }
    println!("seeds {seeds:?} in {:.1} s", begun.elapsed().as_secs_f64());
    let problems = problems.into_inner().unwrap();
    assert!(
        problems.is_empty(),
        "{} problems:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

fn figures(world: &World) -> Figures {
    let World {
        setup,
        requests,
        calls,
        ..
    } = world;
    let mut figures = Figures::new();
    let mut add = |name, value, must| {
        let figure = Figure { value, must };
        let worst = figures.entry(name).or_insert(figure);
        *worst = worst.worst(figure);
    };
    let lost = requests.iter().filter(|request| request.given_up).count();
    add("sent and given up", lost as f64, Must::BeAtMost(0.0));
    let times = calls
        .iter()
        .filter_map(|call| Some(call.end?.0 - call.begun));
    let longest = times.max().unwrap_or_default().as_secs_f64();
    add(
        "longest call",
        longest,
        Must::BeAtMost(setup.timeout.as_secs_f64()),
    );
    for settled in &setup.settled {
        let (used, limited) = use_of_limit(setup, requests, settled);
        // A wait in whole seconds costs up to a second in each ten: little more than 0.9 is there to be used.
        add("least use", used, Must::BeAtLeast(0.89));
        add("most 429", limited, Must::BeAtMost(setup.most_limited));
    }
    if let Some((at, retry_after)) = setup.lone_429 {
        let rate = |time: Range<Duration>| {
            count(requests, &time).0 / (time.end - time.start).as_secs_f64()
        };
        let before = rate(Duration::from_secs(1)..at);
        let after = rate(at + retry_after + Duration::from_secs(10)..setup.length);
        add("recovered rate", after / before, Must::BeAtLeast(0.9));
    }
    if !setup.outage.is_empty() {
        let sent = |call: &&Call| setup.outage.contains(&call.begun) && call.attempts > 0;
        let sent: Vec<_> = calls
            .iter()
            .filter(sent)
            .map(|call| call.attempts)
            .collect();
        let amplification = f64::from(sent.iter().sum::<u32>()) / sent.len() as f64;
        add("requests a call", amplification, Must::BeAtMost(1.25));
    }
    if let Load::Closed(callers) = setup.load {
        add(
            "least share of a caller",
            least_share(setup, calls, callers),
            Must::BeAtLeast(0.5),
        );
    }
    figures
}

/// How much of what is allowed is used, and the part of the requests that get 429.
fn use_of_limit(setup: &Setup, requests: &[Request], time: &Range<Duration>) -> (f64, f64) {
    // What is allowed in a window may be used at once, so the mean of ten spans is taken: none begins at a good time.
    let span = time.end - time.start - setup.window;
    let spans = (0..10).map(|tenth| {
        let start = time.start + setup.window * tenth / 10;
        count(requests, &(start..start + span))
    });
    let (accepted, limited) = spans.fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let limit = setup.limit_at(time.start).unwrap_or(0) as f64;
    let allowed = 10.0 * limit * span.div_duration_f64(setup.window);
    (accepted / allowed, limited / (accepted + limited))
}

/// How many requests of this time were accepted, and how many got 429.
fn count(requests: &[Request], time: &Range<Duration>) -> (f64, f64) {
    let within = requests.iter().filter(|request| time.contains(&request.at));
    within.fold((0.0, 0.0), |(accepted, limited), request| {
        match request.verdict {
            Verdict::Accepted => (accepted + 1.0, limited),
            Verdict::Limited(_) => (accepted, limited + 1.0),
            Verdict::Unavailable => (accepted, limited),
        }
    })
}

/// How many successes the unluckiest caller has, beside the mean of those who share its client.
fn least_share(setup: &Setup, calls: &[Call], callers: usize) -> f64 {
    let mut succeeded = vec![0.0; callers];
    for call in calls {
        if matches!(call.end, Some((_, End::Succeeded))) {
            succeeded[call.caller] += 1.0;
        }
    }
    let shares = (0..setup.clients).map(|client| {
        let of_client: Vec<f64> = succeeded
            .iter()
            .copied()
            .skip(client)
            .step_by(setup.clients)
            .collect();
        let mean = of_client.iter().sum::<f64>() / of_client.len() as f64;
        of_client.into_iter().fold(f64::INFINITY, f64::min) / mean
    });
    shares.fold(f64::INFINITY, f64::min)
}
