use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::task::JoinSet;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// A server that takes so many requests in each window, and a client of it.
struct World {
    throttle: Throttle,
    begun: Instant,
    limit: usize,
    window: Duration,
    /// When each request arrived, and whether it was accepted.
    requests: Mutex<Vec<(Duration, bool)>>,
}

impl World {
    fn new(limit: usize, window: Duration) -> Arc<Self> {
        Arc::new(Self {
            throttle: Throttle::new(now()),
            begun: now(),
            limit,
            window,
            requests: Mutex::default(),
        })
    }

    /// What the server does with a request: `Err` is the Retry-After of a 429 in whole seconds, as Clerk has it.
    fn receive(&self) -> Result<(), Duration> {
        let at = now() - self.begun;
        let window = (at.as_nanos() / self.window.as_nanos()) as u32;
        let (start, end) = (self.window * window, self.window * (window + 1));
        let accepted = self.count(start, end).0 < self.limit;
        self.requests.lock().unwrap().push((at, accepted));
        let wait = (end - at).as_secs_f64().ceil() as u64;
        accepted.then_some(()).ok_or(Duration::from_secs(wait))
    }

    /// Sends requests until one is accepted.
    async fn call(&self) {
        loop {
            self.throttle.turn(None).await.unwrap();
            let sent = now();
            tokio::time::sleep(SECOND / 40).await;
            let received = self.receive();
            tokio::time::sleep(SECOND / 40).await;
            match received {
                Ok(()) => return self.throttle.accepted(now()),
                Err(wait) => {
                    self.throttle.limited(now(), sent, Some(wait));
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// Makes many calls at once.
    async fn calls(self: &Arc<Self>, count: usize) {
        let mut calls = JoinSet::new();
        for _ in 0..count {
            let world = self.clone();
            calls.spawn(async move { world.call().await });
        }
        calls.join_all().await;
    }

    /// How many requests were accepted between these times, and how many were not.
    fn count(&self, from: Duration, to: Duration) -> (usize, usize) {
        let requests = self.requests.lock().unwrap();
        let within = requests.iter().rev().take_while(|(at, _)| *at >= from);
        let within = within.filter(|(at, _)| *at < to);
        within.fold((0, 0), |(accepted, limited), (_, is_accepted)| {
            let is_accepted = usize::from(*is_accepted);
            (accepted + is_accepted, limited + 1 - is_accepted)
        })
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_waits_before_the_first_429() {
    let world = World::new(usize::MAX, SECOND);
    world.calls(2000).await;
    assert_eq!(now() - world.begun, SECOND / 20);
}

#[tokio::test(start_paused = true)]
async fn a_burst_that_is_too_large_settles_below_the_limit() {
    let world = World::new(50, SECOND / 2);
    world.calls(500).await;
    let took = now() - world.begun;
    let (accepted, limited) = world.count(SECOND, took);
    assert!(limited * 10 < accepted, "{limited} of {accepted}");
    // Plain arithmetic takes five.
    assert!(took < 10 * SECOND, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn one_429_in_a_healthy_stream_is_over_in_ten_seconds() {
    let world = World::new(usize::MAX, SECOND);
    let mut calls = JoinSet::new();
    for number in 0..4000 {
        tokio::time::sleep_until((world.begun + SECOND * number / 200).into()).await;
        if number == 1000 {
            world.throttle.limited(now(), now(), Some(SECOND));
        }
        let world = world.clone();
        calls.spawn(async move { world.call().await });
    }
    calls.join_all().await;
    assert!(now() - world.begun < 20 * SECOND + SECOND / 10);
    for (second, expected) in [(4, 190..211), (5, 0..20), (16, 190..211), (18, 190..211)] {
        let (accepted, _) = world.count(SECOND * second, SECOND * (second + 1));
        assert!(expected.contains(&accepted), "{accepted} at {second}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_an_instance_is_used() {
    // Clerk's limits for production and development.
    for limit in [1000, 100] {
        let world = World::new(limit, 10 * SECOND);
        let mut workers = JoinSet::new();
        for _ in 0..64 {
            let world = world.clone();
            workers.spawn(async move {
                while now() - world.begun < 120 * SECOND {
                    world.call().await;
                }
            });
        }
        workers.join_all().await;
        let (accepted, limited) = world.count(30 * SECOND, 120 * SECOND);
        assert!(accepted > limit * 9 * 9 / 10, "{accepted} of {limit} * 9");
        assert!(limited * 9 < accepted, "{limited} beside {accepted}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_nobody_polls_blocks_no_other() {
    let throttle = Throttle::new(now());
    let begun = now();
    throttle.limited(begun, begun, Some(SECOND));
    let mut context = Context::from_waker(Waker::noop());
    let mut unpolled: Vec<_> = (0..1000).map(|_| Box::pin(throttle.turn(None))).collect();
    let mut count_ready = || {
        let polls = unpolled
            .iter_mut()
            .map(|turn| turn.as_mut().poll(&mut context));
        polls.filter(Poll::is_ready).count()
    };
    assert_eq!(count_ready(), 0);
    // It comes after a thousand, and no later than if they were polled.
    throttle.turn(None).await.unwrap();
    let took = now() - begun;
    assert!((20 * SECOND..21 * SECOND).contains(&took), "{took:?}");
    // Those whose turns have passed don't all go out at once.
    assert!(count_ready() <= 1);
    drop(unpolled);
    assert!(throttle.state().queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn requests_go_out_in_their_order() {
    let throttle = Arc::new(Throttle::new(now()));
    throttle.limited(now(), now(), Some(SECOND));
    let mut calls = JoinSet::new();
    for number in 0..100 {
        let throttle = throttle.clone();
        calls.spawn(async move {
            throttle.turn(None).await.unwrap();
            number
        });
        tokio::task::yield_now().await;
    }
    // Calls whose turns come within the same millisecond may change places.
    let mut place = 0_usize;
    while let Some(number) = calls.join_next().await {
        let number = number.unwrap();
        assert!(place.abs_diff(number) <= 5, "{number} is number {place}");
        place += 1;
    }
}

#[tokio::test(start_paused = true)]
async fn a_turn_beyond_the_deadline_is_refused_at_once() {
    let throttle = Throttle::new(now());
    throttle.limited(now(), now(), Some(86_400 * SECOND));
    let begun = now();
    let wait = throttle.turn(Some(begun + 30 * SECOND)).await.unwrap_err();
    assert_eq!(now(), begun);
    // A server that asks for a day is asked again after a minute.
    assert!((60 * SECOND..62 * SECOND).contains(&wait), "{wait:?}");
    assert!(throttle.state().queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_burst_of_429s_slows_down_once_and_for_a_minute() {
    let throttle = Throttle::new(now());
    (0..200).for_each(|_| throttle.accepted(now()));
    let sent = now();
    (0..100).for_each(|_| throttle.limited(now(), sent, Some(SECOND)));
    tokio::time::sleep(SECOND).await;
    throttle.turn(None).await.unwrap();
    let rate = throttle.state().slowdown.unwrap().rate_at(now());
    assert!((155.0..170.0).contains(&rate), "{rate}");
    tokio::time::sleep(62 * SECOND).await;
    throttle.turn(None).await.unwrap();
    assert!(throttle.state().slowdown.is_none());
}
