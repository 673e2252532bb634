//! What must be true of every seed.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;

use super::scenarios::{SCENARIOS, Setup};
use super::server::Verdict;
use super::{Call, Request, World};

const SEEDS: u64 = 1000;

/// The least and the most of all seeds, by name.
type Extremes = BTreeMap<&'static str, (f64, f64)>;

#[test]
fn the_rules_hold_against_every_server() {
    let alone = std::env::var("CLERK_API_SEED").ok();
    let seeds = match alone.map(|seed| seed.parse::<u64>().unwrap()) {
        Some(seed) => seed..seed + 1,
        None => 0..SEEDS,
    };
    let begun = Instant::now();
    let next = AtomicU64::new(seeds.start);
    let extremes = SCENARIOS.map(|_| Mutex::new(Extremes::new()));
    let problems = Mutex::new(Vec::new());
    let work = || {
        while let seed = next.fetch_add(1, Ordering::Relaxed)
            && seeds.contains(&seed)
        {
            let index = seed as usize % SCENARIOS.len();
            let (scenario, setup) = SCENARIOS[index];
            let mut random = Rng::with_seed(seed);
            let world = World::new(setup(&mut random), random).run();
            for (name, value, allowed) in figures(&world) {
                if !allowed.contains(&value) {
                    let problem = format!("seed {seed}, {scenario}: {name} {value:.3}");
                    problems.lock().unwrap().push(problem);
                }
                let mut extremes = extremes[index].lock().unwrap();
                let (least, most) = extremes.entry(name).or_insert((value, value));
                *least = value.min(*least);
                *most = value.max(*most);
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        (0..threads).for_each(|_| drop(scope.spawn(work)));
    });
    for ((scenario, _), extremes) in SCENARIOS.iter().zip(extremes) {
        print!("{scenario}");
        for (name, (least, most)) in extremes.into_inner().unwrap() {
            print!(", {name} {least:.3} to {most:.3}");
        }
        println!();
    }
    println!("seeds {seeds:?} in {:.1} s", begun.elapsed().as_secs_f64());
    let problems = problems.into_inner().unwrap();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What is measured: its name, the value, and what is allowed.
fn figures(world: &World) -> Vec<(&'static str, f64, RangeInclusive<f64>)> {
    let (setup, requests, calls) = (&world.setup, &world.requests, &world.calls);
    let lost = requests.iter().filter(|request| request.given_up).count();
    let times = calls
        .iter()
        .filter_map(|call| Some((call.ended? - call.begun).as_secs_f64()));
    let longest = times.fold(0.0, f64::max);
    let mut figures = vec![
        ("given up", lost as f64, 0.0..=0.0),
        ("longest call", longest, 0.0..=setup.timeout.as_secs_f64()),
        ("overtaken", overtaken(setup, calls), 0.0..=1.0),
    ];
    for settled in &setup.settled {
        let (used, limited) = use_of_limit(setup, requests, settled);
        figures.push(("use", used, setup.least_use..=f64::INFINITY));
        figures.push(("429", limited, 0.0..=setup.most_limited));
    }
    if let Some((at, retry_after)) = setup.lone_429 {
        let rate = |time: Range<Duration>| {
            count(requests, &time).0 / (time.end - time.start).as_secs_f64()
        };
        let before = rate(Duration::from_secs(1)..at);
        let after = rate(at + retry_after + Duration::from_secs(10)..setup.length);
        figures.push(("recovered rate", after / before, 0.9..=f64::INFINITY));
    }
    if !setup.outage.is_empty() {
        let sent = calls
            .iter()
            .filter(|call| setup.outage.contains(&call.begun) && call.attempts > 0);
        let sent: Vec<_> = sent.map(|call| call.attempts).collect();
        let amplification = f64::from(sent.iter().sum::<u32>()) / sent.len() as f64;
        figures.push(("requests a call", amplification, 1.0..=1.25));
    }
    figures
}

/// For how many seconds at most a call waited to be sent the first time, while one that its client began later had
/// already been sent.
fn overtaken(setup: &Setup, calls: &[Call]) -> f64 {
    let mut latest = vec![Duration::ZERO; setup.clients];
    let mut most = Duration::ZERO;
    for call in calls {
        let latest = &mut latest[call.client];
        if let Some(sent) = call.sent {
            most = most.max(latest.saturating_sub(sent));
        }
        *latest = call
            .sent
            .or(call.ended)
            .unwrap_or(setup.length)
            .max(*latest);
    }
    most.as_secs_f64()
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
    let (limited, others): (Vec<_>, Vec<_>) = within
        .filter(|request| request.verdict != Verdict::Unavailable)
        .partition(|request| matches!(request.verdict, Verdict::Limited(_)));
    (others.len() as f64, limited.len() as f64)
}
